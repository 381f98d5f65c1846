"""Tables that leave the program as files: a spreadsheet may not take a cell of theirs for a formula."""

import csv
import io
from collections.abc import Mapping, Sequence

RISKY = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """The text of a cell. Text that begins like a formula gets an apostrophe in front; numbers are left as they are."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def csv_bytes(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> bytes:
    """The rows as CSV in UTF-8 with the byte order mark that spreadsheets need; columns as in the first row."""
    names = list(columns or (rows[0] if rows else ()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(name) for name in names])
    writer.writerows([cell(row.get(name)) for name in names] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
