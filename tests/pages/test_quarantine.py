"""The quarantine on the Data page: browsed, corrected on the page or in a sheet, looked at, published, taken back."""

import csv
import io
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data.warehouse import Warehouse
from loaders import quarantine, sheet
from loaders.history import history
from loaders.undo import undo
from metrics import HEADLINES, default_scope, read
from tests.company import Made, usage
from tests.loaders.files import published
from tests.pages.conftest import draw
from tests.pages.test_data import load_of, press
from tests.pages.test_portfolio import said

NEWER = (Made("search", 40, 0.97, 0.01),)


def file_with(company: Warehouse, spoil: Callable[[int, str], str], load_id: str = "L1") -> None:
    """Newer use of a product, each line spoilt by its number, loaded under an id of the test's choice."""
    lines = usage(NEWER, seed=11).decode().splitlines()
    path = company.side / f"{load_id}.csv"
    path.write_text("\n".join([lines[0], *(spoil(number, line) for number, line in enumerate(lines[1:], 2))]))
    published(company, path, load_id)


@pytest.fixture
def page(company: Warehouse) -> AppTest:
    """The Data page over a load in whose first hundred lines each outcome is misspelt."""
    file_with(
        company, lambda n, line: line.replace("confirmed", "sucess").replace("failed", "fial") if n < 102 else line
    )
    return draw("data", company)


def numbers(store: Warehouse) -> list[tuple[float | None, str]]:
    """The headline values with their status."""
    return [(reading.value, reading.status) for reading in read(store, HEADLINES, default_scope(store))]


def cells_on(page: AppTest) -> list[dict[str, object]]:
    """The rows of the editor as they stand on the page."""
    found: list[dict[str, object]] = page.data_editor[0].value.to_dict("records")
    return found


def edit(page: AppTest, *rows: dict[str, str], view: str = "records") -> None:
    """Fill the first rows of the editor, as a person does cell by cell."""
    key = next(str(each.key) for each in page.data_editor if str(each.key).startswith(f"edit-{view}"))
    page.session_state[key] = {"edited_rows": dict(enumerate(rows)), "added_rows": [], "deleted_rows": []}
    page.run()
    assert not page.exception, page.exception


def test_the_quarantine_is_browsed_and_filtered(company: Warehouse, page: AppTest) -> None:
    """An overview by problem, pages of records that hold each refused cell once, a filter by problem and by text."""
    known = quarantine.cells(company, "L1")
    overview = next(table.value for table in page.dataframe if "Problem" in table.value)
    assert list(overview["Problem"]) == ["outcome: not in list"]
    assert list(overview["Open"]) == [len(known)]
    assert f"{len(known)} records in quarantine" in said(page)
    seen = cells_on(page)
    assert len(seen) == 25
    for _ in range(3):
        press(page, "quarantine-more")
        seen += cells_on(page)
    assert [(row["Line"], row["What came"]) for row in seen] == [(c["line"], c["value"]) for c in known]
    page.text_input(key="quarantine-text-L1").input("FIAL").run()
    assert {row["What came"] for row in cells_on(page)} == {"fial"}
    page.text_input(key="quarantine-text-L1").input("nowhere").run()
    assert "No refused record fits." in said(page)
    page.text_input(key="quarantine-text-L1").input("").run()
    page.selectbox(key="quarantine-problem-L1").select("outcome: not in list").run()
    assert len(cells_on(page)) == 25


def test_cells_are_corrected_on_the_page(company: Warehouse, page: AppTest) -> None:
    """What is typed is kept from page to page, looked at, published as a load, and opened again by its undo."""
    before = numbers(company)
    edit(page, {"Corrected": "confirmed"}, {"Corrected": "confirmd"}, {"Action": "leave out"}, {"Action": "empty"})
    assert "4 answers noted" in said(page)
    press(page, "quarantine-more")
    press(page, "quarantine-back")
    assert [row["Corrected"] for row in cells_on(page)[:2]] == ["confirmed", "confirmd"]
    press(page, "preview-corrections")
    assert "**4** records read = **2** used + **0** duplicates + **1** quarantined" in said(page)
    wrong = next(table.value for table in page.table if "What came" in table.value)
    assert list(wrong["What came"]) == ["confirmd"]
    assert numbers(company) == before
    assert len(history(company)) == 2
    page.text_input(key="who").set_value("Bea").run()
    press(page, "publish-corrections")
    newest = load_of(company, "corrections of L1.csv")
    assert "2 records corrected, 1 left out, 1 refused again" in said(page)
    assert "3 records given again and 1 left out by Bea" in said(page)
    assert len(quarantine.cells(company, "L1", quarantine.Filter(open_only=True))) == 96
    press(page, f"undo-{newest}")
    assert len(quarantine.cells(company, "L1", quarantine.Filter(open_only=True))) == 100
    assert numbers(company) == before


def test_one_value_is_corrected_in_all_its_records(company: Warehouse, page: AppTest) -> None:
    """The same wrong value is answered once; its preview announces the reading that publishing brings."""
    page.segmented_control(key="quarantine-view").set_value("Same value together").run()
    assert sum(int(str(row["Records"])) for row in cells_on(page)) == 100
    first, second = ({"sucess": "confirmed", "fial": "failed"}[str(row["What came"])] for row in cells_on(page))
    edit(page, {"Corrected": first}, {"Corrected": second}, view="values")
    press(page, "preview-corrections")
    announced = list(page.table[0].value["After"])[1]
    press(page, "publish-corrections")
    reading = read(company, HEADLINES, default_scope(company))[1]
    assert f"{100 * (reading.value or 0):.1f}%" in announced
    assert "All 100 settled" in str(page.selectbox(key="quarantine-load").options)
    assert "0 records in quarantine" in said(page)


def test_a_filled_sheet_is_taken(company: Warehouse, page: AppTest) -> None:
    """The answers of a sheet stand in the editor beside those typed; a sheet of another load says so."""
    edit(page, {}, {"Corrected": "failed"})
    rows = list(
        csv.DictReader(io.StringIO(b"".join(sheet.lines("L1", quarantine.cells(company, "L1"))).decode("utf-8-sig")))
    )
    rows[0]["corrected"] = "confirmed"
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows[:30])
    uploader = next(each for each in page.file_uploader if str(each.key).startswith("sheet-"))
    uploader.upload("s.csv", text.getvalue().encode()).run()
    assert not page.exception, page.exception
    assert [row["Corrected"] for row in cells_on(page)[:2]] == ["confirmed", "failed"]
    assert "2 answers noted" in said(page)
    uploader = next(each for each in page.file_uploader if str(each.key).startswith("sheet-"))
    uploader.upload("s.csv", text.getvalue().replace("L1", "L7").encode()).run()
    assert 'is of load "L7", not of L1' in page.error[0].value.replace("\\", "")


def test_a_load_that_is_taken_back_meanwhile(company: Warehouse, page: AppTest) -> None:
    """Between preview and publishing somebody takes the load back: a sentence, nothing stored, and the page goes on."""
    edit(page, {"Corrected": "confirmed"})
    press(page, "preview-corrections")
    undo(company, "L1", "Cem")
    press(page, "publish-corrections")
    assert len(history(company)) == 2
    assert not page.data_editor


def test_nothing_was_ever_refused(company: Warehouse) -> None:
    """Without a quarantine there is no browser of it; with one record there is a page of one."""
    assert not draw("data", company).data_editor
    file_with(company, lambda n, line: line.replace("2026-", "=2026-", 1) if n == 5 else line)
    page = draw("data", company)
    (row,) = cells_on(page)
    assert (row["Line"], row["Column"]) == (5, "occurred_at")
    assert "Records 1 to 1 of 1" in said(page)
