"""Tables that one connector wrote, packed together: read as JSON lines, each row with the names of its own columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from loaders.format import Refused

_MARK = b"_fivetran_synced"
_LINES = 1_000


def is_of_connector(head: bytes) -> bool:
    """Whether a CSV begins with the header of a table that Fivetran wrote."""
    header = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    return bool(header) and _MARK in header[0].lower()


class Rows:
    """The rows of all tables as JSON lines, table after table. `tables` are names with what opens them."""

    def __init__(self, tables: Sequence[tuple[str, Callable[[], IO[bytes]]]]) -> None:
        self._chunks = self._all(tables)

    def read(self, size: int) -> bytes:
        """The next piece, of about any size; empty at the end. Raises Refused for a row that is no row of its table."""
        return next(self._chunks, b"")

    def _all(self, tables: Sequence[tuple[str, Callable[[], IO[bytes]]]]) -> Iterator[bytes]:
        for name, opened in tables:
            lines: list[str] = []
            with opened() as raw:
                for values in _rows(name, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")):
                    lines.append(json.dumps(values, ensure_ascii=False))
                    if len(lines) == _LINES:
                        yield ("\n".join(lines) + "\n").encode()
                        lines = []
            if lines:
                yield ("\n".join(lines) + "\n").encode()


def _rows(name: str, file: io.TextIOWrapper) -> Iterator[dict[str, str]]:
    found = csv.reader(file, strict=True)
    header: list[str] = []
    try:
        for cells in found:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip().casefold() for cell in cells]
            elif len(cells) != len(header):
                raise _refused(name, found.line_num, f"{len(cells)} cells came, the header has {len(header)}")
            else:
                yield {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    except (csv.Error, UnicodeDecodeError) as error:
        raise _refused(name, found.line_num, str(error).split("\n", maxsplit=1)[0][:120]) from None


def _refused(name: str, line: int, why: str) -> Refused:
    return Refused(
        f"Line {line} of the table {name} cannot be told into cells ({why}).",
        "It may have been cut off or changed by hand: export it again; nothing was loaded.",
    )
