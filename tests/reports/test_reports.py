import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from data.__main__ import main as data_main
from data.portfolio import Pilot
from data.registry_store import current, save
from data.warehouse import Warehouse
from metrics.scorecard import Scorecard, scorecards
from metrics.scorecard_data import as_data
from reports.__main__ import main
from reports.as_html import html
from reports.made import made
from reports.pilot_report import pilot_report
from reports.report import Report, Table, Words
from reports.scorecard import answer
from reports.words import MADE_UP

AT = datetime(2026, 11, 27, 12)
HOSTILE = '=1+1 #let x = $ * _ @cite <b>"&\\ ' + "Similar-contract search and clause comparison for Legal EMEA"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small demo company of which one pilot has a name that every form would like to read as markup."""
    path = tmp_path_factory.mktemp("reports") / "plumbline.duckdb"
    assert data_main(["demo", "--warehouse", str(path), "--scale", "0.05"]) == 0
    store = Warehouse.open(path)
    with store.write("names", "Ann") as tx:
        pilots = {each.pilot_id: each for each in current(tx, Pilot)}
        save(tx, [pilots["code-review"].model_copy(update={"name": HOSTILE, "valid_from": None})], "Ann")
    yield store
    store.close()


@pytest.fixture(scope="module")
def cards(store: Warehouse) -> dict[str, Scorecard]:
    """The scorecards by pilot."""
    return {card.pilot.pilot_id: card for card in scorecards(store)}


@pytest.fixture(scope="module")
def report(cards: dict[str, Scorecard]) -> Report:
    """The report of the pilot with the hostile name."""
    return pilot_report(cards["code-review"], "Code agent", 7)


def test_a_report_says_what_the_scorecard_says(cards: dict[str, Scorecard], report: Report) -> None:
    """Answer, criteria with value and interval, and decisions are those of the scorecard's own data."""
    card = cards["code-review"]
    assert report.answer == answer(card)
    tables = {part.heading: part for part in report.parts if isinstance(part, Table)}
    stated = as_data(card)["criteria"]
    assert isinstance(stated, list)
    assert [(row["value"], row["low"], row["high"]) for row in tables["Success criteria"].data] == [
        (each["value"], each["low"], each["high"]) for each in stated
    ]
    assert [row["decided"] for row in tables["Decisions"].data] == [each.decision for each in card.decisions]


def test_html_asks_for_nothing_and_reads_no_markup(report: Report) -> None:
    """The page names no other address, holds no script, and a name is text."""
    page = html(report)
    assert "&lt;b&gt;" in page
    assert not re.search(r"<script|<link|@import|url\(|src=|href=", page)
    assert MADE_UP not in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_pdf_is_made_of_any_name_and_is_the_same_each_time(report: Report) -> None:
    """Typst reads the name as text; the same report of the same moment gives the same bytes."""
    content = made(report, "pdf", AT)
    assert content.startswith(b"%PDF-")
    assert content == made(report, "pdf", AT)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1


def test_xlsx_holds_numbers_as_numbers_and_no_formula(report: Report) -> None:
    """A value is a number of the sheet, and a name that begins like a formula is text."""
    book = load_workbook(io.BytesIO(made(report, "xlsx", AT)))
    summary = [[cell.value for cell in row] for row in book["summary"].iter_rows()]
    assert summary[1] == ["title", "'" + HOSTILE]
    head, *rows = book["Success criteria"].iter_rows()
    place = [cell.value for cell in head].index("value")
    assert all(row[place].data_type == "n" for row in rows)
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_pilot_without_anything_has_a_report(cards: dict[str, Scorecard]) -> None:
    """A pilot that has not begun says so, in every form."""
    card = next(card for card in cards.values() if card.verdict.decision == "not_begun")
    found = pilot_report(card, "P", 1)
    assert "has not begun" in found.answer
    assert any(isinstance(part, Words) and part.heading == "Decisions" for part in found.parts)
    for form in ("html", "pdf", "xlsx"):
        assert len(made(found, form, AT)) > 1000


def test_reports_by_command(store: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both reports in each form; a form, a pilot or a place that cannot be is a sentence and writes nothing."""
    where = ["--warehouse", str(store.path)]
    for out in ("pilot.pdf", "pilot.html"):
        assert main(["scorecard", "code-review", "--out", str(tmp_path / out), *where]) == 0
    for out in ("all.pdf", "all.html", "all.xlsx"):
        assert main(["portfolio", "--out", str(tmp_path / out), *where]) == 0
    text = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert all(name in text for name in ("Corporate LLM", "Code agent", "What the registry leaves open"))
    assert f"The demo company is in it. {MADE_UP}" in text
    assert f"Demo company. {MADE_UP}" in (tmp_path / "pilot.html").read_text(encoding="utf-8")
    told = [row[1] for row in load_workbook(tmp_path / "all.xlsx")["summary"].iter_rows(values_only=True)]
    assert f"The demo company is in it. {MADE_UP}" in told
    capsys.readouterr()
    assert main(["scorecard", "code-reviev", "--out", str(tmp_path / "x.pdf"), *where]) == 1
    assert 'Did you mean "code-review"?' in capsys.readouterr().err.replace("'", '"')
    assert main(["scorecard", "code-review", "--out", str(tmp_path / "x.docx"), *where]) == 2
    assert ".html, .pdf, .xlsx" in capsys.readouterr().err
    assert main(["portfolio", "--out", str(tmp_path / "no" / "x.pdf"), *where]) == 1
    assert not (tmp_path / "x.pdf").exists()
