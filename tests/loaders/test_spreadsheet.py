import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.opening import open_file
from loaders.spreadsheet import kind_of_zip, typed
from tests.loaders.files import csv_text, least, published, staged

ROWS = [
    least("interactions", interaction_id=f"i{number}", input_tokens=number * 10, user_id=f"u{number}")
    for number in range(5)
]
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "calamine" / "tests"


def book(path: Path, **sheets: list[list[object]]) -> Path:
    """An XLSX file with these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def table(rows: list[dict[str, object]]) -> list[list[object]]:
    """Rows as a header and cells."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def ods(path: Path, body: str, head: str = "") -> Path:
    """An ODS file with this content."""
    names = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
    names += " xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'"
    names += " xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
    content = (
        f"<?xml version='1.0'?>{head}<office:document-content {names}><office:body><office:spreadsheet>"
        f"<table:table table:name='Data'>{body}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:x'/>")
        archive.writestr("content.xml", content)
    return path


def ods_row(*cells: object, repeated: int = 1) -> str:
    """A row of text cells."""
    inner = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{cell}</text:p></table:table-cell>" for cell in cells
    )
    return f"<table:table-row table:number-rows-repeated='{repeated}'>{inner}</table:table-row>"


def cells(path: Path, folder: Path, **said: str) -> list[list[str]]:
    """What the formats read of a spreadsheet."""
    folder.mkdir(exist_ok=True)
    with open_file(path, folder, sheet=said.get("sheet")).path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (45.0, "45"), (0.1, "0.1"), (1e300, str(int(1e300))), (-2.5, "-2.5"), (True, "true"), (False, "false"),
        (datetime(2026, 3, 1, 9, 30), "2026-03-01T09:30:00"), (date(2026, 3, 1), "2026-03-01"), ("007", "007"),
        (time(9, 5), "09:05:00"),
        (timedelta(hours=30), "108000.0"), ("", ""), (" a\r\nb", " a\nb"), (123456789012345.0, "123456789012345"),
    ],
)  # fmt: skip
def test_a_cell_is_what_would_be_typed(cell: object, text: str) -> None:
    """No fraction is added, no zero lost, no moment reformatted."""
    assert typed(cell) == text


def test_an_xlsx_is_the_csv_it_holds(store: Warehouse, tmp_path: Path) -> None:
    """The same table as XLSX and as CSV is the same rows: the second load is all duplicates."""
    (tmp_path / "a").write_text(csv_text(ROWS))
    assert published(store, tmp_path / "a", "l1").accepted == 5
    counts = published(store, book(tmp_path / "b", Export=table(ROWS)), "l2")
    assert (counts.accepted, counts.duplicates) == (0, 5)


def test_an_ods_is_the_csv_it_holds(store: Warehouse, tmp_path: Path) -> None:
    """The same table as ODS is the same rows, a million empty rows behind it or not."""
    (tmp_path / "a").write_text(csv_text(ROWS))
    published(store, tmp_path / "a", "l1")
    body = "".join(ods_row(*row) for row in table(ROWS)) + ods_row(repeated=1_048_000)
    assert published(store, ods(tmp_path / "b", body), "l2").duplicates == 5


def test_moments_of_a_spreadsheet(store: Warehouse, tmp_path: Path) -> None:
    """A moment typed as a date cell is the moment it shows, of the zone that was stated."""
    rows = [["interaction_id", "occurred_at", "product_id"], ["i1", datetime(2026, 7, 1, 9, 30), "chat"]]
    published(store, book(tmp_path / "b", Sheet=rows), "l1", timezone="Europe/Berlin")
    assert store.value("SELECT occurred_at FROM interactions") == datetime(2026, 7, 1, 7, 30)


def test_the_sheet_that_is_recognised_is_read(store: Warehouse, tmp_path: Path) -> None:
    """Of several sheets the one a format knows is read, and the others are named."""
    path = book(tmp_path / "b", Notes=[["What this is"], ["An export"]], Data=table(ROWS), Empty=[])
    _, parsed = staged(store, path, "l1")
    assert parsed.rows_read == 5
    assert parsed.messages == ('Read from the sheet "Data".', "Other sheets were left out: Notes.")


def test_two_sheets_that_could_be_meant_ask(store: Warehouse, tmp_path: Path) -> None:
    """Two tables of one kind are not guessed between; the answer names the sheet."""
    path = book(tmp_path / "b", March=table(ROWS[:2]), April=table(ROWS))
    with pytest.raises(Refused, match=r"Several sheets of the file can be loaded: March, April"):
        staged(store, path, "l1")
    _, parsed = staged(store, path, "l2", values={"sheet": "April"})
    assert parsed.rows_read == 5


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    """A sheet that does not exist, and a sheet of a file that is no spreadsheet, are refused with the names."""
    with pytest.raises(Refused, match=r'no sheet "May". The sheets are: March'):
        cells(book(tmp_path / "b", March=table(ROWS)), tmp_path / "in", sheet="May")
    (tmp_path / "c").write_text("a,b\n1,2\n")
    with pytest.raises(Refused, match="no spreadsheet"):
        cells(tmp_path / "c", tmp_path / "in", sheet="May")


def test_text_and_numbers_are_kept_apart(tmp_path: Path) -> None:
    """Leading zeros of text stay; line breaks and quotes in a cell stay in the cell; a blank row is a blank line."""
    rows: list[list[object]] = [["id", "note"], ["007", 'two\nlines, "quoted"'], [], [12, None]]
    found = cells(book(tmp_path / "b", Sheet=rows), tmp_path / "in")
    assert found == [["id", "note"], ["007", 'two\nlines, "quoted"'], [], ["12", ""]]


def test_digits_that_a_spreadsheet_lost_are_said(tmp_path: Path) -> None:
    """A number of more than fifteen digits is loaded as it stands there, with a warning."""
    path = book(tmp_path / "b", Sheet=[["id", "n"], ["a", 12345678901234567]])
    (tmp_path / "in").mkdir()
    assert any("more than 15 digits" in note for note in open_file(path, tmp_path / "in").notes)


def test_errors_in_cells_are_said(tmp_path: Path) -> None:
    """A cell with #N/A is empty, and how many there are is said."""
    made = openpyxl.Workbook()
    made.worksheets[0].append(["id", "n"])
    made.worksheets[0].append(["a", "#N/A"])
    made.worksheets[0]["B2"].data_type = "e"
    made.save(tmp_path / "b")
    (tmp_path / "in").mkdir()
    opened = open_file(tmp_path / "b", tmp_path / "in")
    assert "1 cells of the file hold an error" in opened.notes[1]


def far(path: Path) -> Path:
    """A small XLSX with a cell in the last corner of the sheet."""
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = "a"
    made.worksheets[0]["XFD1048576"] = "z"
    made.save(path)
    return path


def xlsx_with(path: Path, sheet: bytes) -> Path:
    """An XLSX whose sheet is this XML."""
    book(path, Sheet=[["a", "b"], [1, 2]])
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, sheet if "worksheets/" in entry.filename else old.read(entry))
    return path


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"
BOMBS = {
    "a cell in the last corner": (far, "reaches to the cell XFD1048576: 17,179,869,184 cells"),
    "a row repeated without end": (
        lambda path: ods(path, ods_row("a", "b") + ods_row(*"abcdefgh", repeated=999_999_999)), "8,000,000,000 cells"),
    "entities": (lambda path: ods(path, ods_row("&b;"), LAUGHS), "declares entities"),
    "a tag without end": (lambda path: xlsx_with(path, b"<worksheet " + b"a" * 3_000_000), "a tag longer than"),
    "no xml": (lambda path: xlsx_with(path, b"\0\1\2"), "cannot be read"),
    "protected": (
        lambda path: (path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)), path)[1], "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", BOMBS)
def test_a_spreadsheet_that_is_refused(tmp_path: Path, case: str) -> None:
    """What would take all memory, or is no spreadsheet inside, is refused with a sentence before it is built."""
    make, said = BOMBS[case]
    make(tmp_path / "b")
    with pytest.raises(Refused) as refusal:
        cells(tmp_path / "b", tmp_path / "in")
    assert said in str(refusal.value)


def test_what_kind_of_spreadsheet_a_zip_is() -> None:
    """By its members, in any case and with either slash."""
    assert kind_of_zip(["[Content_Types].xml", "xl\\workbook.xml"]) == "xlsx"
    assert kind_of_zip(["content.xml", "META-INF/manifest.xml"]) == "ods"
    assert kind_of_zip(["xl/workbook.bin", "[Content_Types].xml"]) == "xlsb"
    assert kind_of_zip(["a.csv", "content.xml"]) is None


DATES = {"date.xlsx": "2021-01-01", "date_1904.xlsx": "2021-01-01", "date.ods": "2021-01-01", "date.xls": "2021-01-01",
         "date_1904.xls": "2021-01-01"}  # fmt: skip


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is not here: its workbooks are not read")
@pytest.mark.parametrize("name", DATES)
def test_days_of_either_epoch(tmp_path: Path, name: str) -> None:
    """A day is the day the workbook shows, whether it counts from 1900 or from 1904."""
    assert cells(CORPUS / name, tmp_path / "in")[0][0].startswith(DATES[name])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is not here: its workbooks are not read")
def test_workbooks_of_real_bug_reports(tmp_path: Path) -> None:
    """Every one is opened or refused with a sentence; none takes the process with it."""
    files = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".xlsx", ".xlsm", ".ods", ".xlsb", ".xls"))
    assert len(files) > 100
    assert sum(opens(path, tmp_path / str(number)) for number, path in enumerate(files)) > 50


def opens(path: Path, folder: Path) -> bool:
    """Whether a workbook is opened; a refusal is a whole sentence."""
    folder.mkdir()
    try:
        return open_file(path, folder).path.is_file()
    except Refused as refusal:
        if not refusal.message.endswith((".", "…")):
            raise
        return False
