import csv
import io
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from data.facts import FACTS
from reports.tables import cell, csv_bytes, xlsx_bytes
from reports.templates import EXAMPLES, TITLES, template


@pytest.mark.parametrize("risky", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("x")'])
def test_text_that_a_spreadsheet_would_run_is_escaped(risky: str) -> None:
    """A cell that begins like a formula leaves as text."""
    assert cell(risky) == f"'{risky}"


def test_numbers_and_plain_text_leave_as_they_are() -> None:
    """Only text is escaped: a negative number stays a number, nothing stays empty."""
    assert [cell(value) for value in (-1.5, 7, True, None, "a = b")] == ["-1.5", "7", "True", "", "a = b"]


def test_a_table_can_be_read_back() -> None:
    """Rows with commas, quotes, line breaks and accents come back cell by cell; names of columns are escaped, too."""
    rows: list[dict[str, object]] = [{"=name": 'Zoë, "the" first', "note": "two\nlines"}, {"=name": "b", "note": None}]
    text = csv_bytes(rows).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["'=name", "note"], ['Zoë, "the" first', "two\nlines"], ["b", ""]]


def test_a_workbook_can_be_read_back() -> None:
    """Numbers, days and truth stay what they are; text that a spreadsheet would run stays text, in names of columns,
    too; what no cell may hold is replaced, and the sheet has a name that is allowed.
    """
    rows: list[dict[str, object]] = [
        {"=n": -1.5, "day": date(2026, 10, 5), "who": "=1+1", "on": True, "at": datetime(2026, 10, 5, 9, 30)},
        {"=n": None, "day": None, "who": "Zoë\x00 \U0001f600\nb", "on": False, "at": ["a", 1]},
    ]
    book = load_workbook(io.BytesIO(xlsx_bytes(rows, "rows: [of] a/very? long*name that no sheet may have")))
    (sheet,) = book.worksheets
    assert sheet.title == "rows   of  a very  long name th"
    head, first, second = sheet.iter_rows(values_only=True)
    assert head == ("'=n", "day", "who", "on", "at")
    assert first == (-1.5, datetime(2026, 10, 5), "'=1+1", True, "2026-10-05 09:30:00")
    assert second == (None, None, "Zoë\N{REPLACEMENT CHARACTER} \U0001f600\nb", False, "['a', 1]")


@pytest.mark.parametrize("table", FACTS)
def test_every_kind_of_record_has_a_template_of_its_contract(table: str) -> None:
    """A template names every column of the contract once, and its example fills what the contract needs."""
    header, example = csv.reader(io.StringIO(template(table).decode("utf-8-sig")))
    assert sorted(header) == sorted(FACTS[table].model_fields)
    FACTS[table].model_validate({name: value for name, value in zip(header, example, strict=True) if value})
    assert set(EXAMPLES) == set(TITLES) == set(FACTS)
