"""The quarantine as it is browsed, against a plain count in Python; the sheet, and what comes back in it."""

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders import quarantine, sheet
from loaders.format import Refused
from loaders.history import quarantined
from loaders.quarantine import Filter
from loaders.sheet import Answer, read_sheet
from tests.loaders.files import least, published, write_csv

WRONG: dict[str, tuple[list[str], str]] = {
    "outcome": (["sucess", "=1+1", "not sure", "@x"], "not_in_list"),
    "input_tokens": (["1.5", "2.25"], "fraction"),
    "duration_ms": (["-1", "-20"], "out_of_range"),
    "occurred_at": (["yesterday"], "not_a_moment"),
}


@pytest.fixture
def known(store: Warehouse) -> list[dict[str, object]]:
    """A load L1 of 400 records, about half of them wrong in one or more cells; the wrong cells in plain Python."""
    chance, rows, wrong = random.Random(7), [], []
    for number in range(400):
        row = least("interactions", interaction_id=f"i{number}", user_id=f"u{number}")
        for column, (values, code) in WRONG.items():
            if chance.random() < 0.2:
                row[column] = chance.choice(values)
                wrong.append({"line": number + 2, "column_name": column, "code": code, "value": row[column]})
        rows.append(row)
    published(store, write_csv(store.side / "a.csv", rows), "L1")
    numbers = {line: place for place, line in enumerate(sorted({int(str(cell["line"])) for cell in wrong}), 1)}
    for cell in wrong:
        cell["record"] = numbers[int(str(cell["line"]))]
    return sorted(wrong, key=lambda cell: (cell["record"], cell["column_name"]))


def plain(cells: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """Cells by what a person tells them by."""
    return [tuple(cell[name] for name in ("record", "line", "column_name", "code", "value")) for cell in cells]


def test_the_overview_counts_what_python_counts(store: Warehouse, known: list[dict[str, object]]) -> None:
    """Column by code: cells, open ones, distinct values, the first value and its explanation, the most first."""
    found = quarantine.problems(store, "L1")
    assert {(row["column_name"], row["code"]): row["cells"] for row in found} == Counter(
        (cell["column_name"], cell["code"]) for cell in known
    )
    assert [row["cells"] for row in found] == sorted((row["cells"] for row in found), reverse=True)
    for row in found:
        mine = [cell for cell in known if cell["column_name"] == row["column_name"]]
        assert row["open"] == row["cells"]
        assert row["different_values"] == len({cell["value"] for cell in mine})
        assert row["value"] == mine[0]["value"]
        assert str(row["value"]) in str(row["message"])
    values = {(row["column_name"], row["value"]): row["records"] for row in quarantine.values(store, "L1")}
    assert values == Counter((cell["column_name"], cell["value"]) for cell in known)


FILTERS = (
    Filter(), Filter(column="outcome"), Filter(code="fraction"), Filter(text="SUC"), Filter(text="nothing like it"),
    Filter(column="outcome", text="confirmed"), Filter(column="duration_ms", code="fraction"), Filter(open_only=True),
)  # fmt: skip


def fits(cell: dict[str, object], asked: Filter) -> bool:
    """Whether a cell is asked for, in plain Python."""
    expected = " confirmed" if cell["column_name"] == "outcome" else ""  # each message lists what is expected
    text = f"{cell['column_name']} {cell['value']}{expected}".lower()
    named = asked.column in (None, cell["column_name"]) and asked.code in (None, cell["code"])
    return named and asked.text.lower() in text


def test_pages_hold_every_cell_once_in_the_order_of_the_file(store: Warehouse, known: list[dict[str, object]]) -> None:
    """Whatever is asked for, page after page gives the cells that Python finds, each once; whole records on demand."""
    for asked in FILTERS:
        expected = [cell for cell in known if fits(cell, asked)]
        seen, after = [], 0
        while page := quarantine.cells(store, "L1", asked, after=after, limit=17):
            assert len({cell["record"] for cell in page}) <= 17
            seen += page
            after = int(str(page[-1]["record"]))
        assert plain(seen) == plain(expected)
        assert plain(list(quarantine.every_cell(store, "L1", asked))) == plain(expected)
        records = {cell["record"] for cell in expected}
        assert quarantine.matching(store, "L1", asked) == len(records)
        whole = list(quarantine.every_cell(store, "L1", asked, whole=True))
        assert plain(whole) == plain([cell for cell in known if cell["record"] in records])
        some = list(quarantine.every_cell(store, "L1", asked, limit=5))
        assert {cell["record"] for cell in some} == set(sorted(records)[:5])


def test_the_loads_say_how_much_is_open(store: Warehouse, known: list[dict[str, object]]) -> None:
    """A load with a quarantine is listed with its records; one without is not."""
    published(store, write_csv(store.side / "b.csv", [least("interactions", interaction_id="b")]), "L2")
    (row,) = quarantine.loads(store)
    records = len({cell["record"] for cell in known})
    assert (row["load_id"], row["records"], row["open"]) == ("L1", records, records)
    assert len(quarantined(store, "L1")) == len(known)
    assert quarantine.cells(store, "L2") == quarantine.problems(store, "L2") == quarantine.values(store, "L2") == []


# the sheet ------------------------------------------------------------------------------------------------------------
def filled(path: Path, lines: list[bytes], *rows: dict[str, str]) -> Path:
    """The first lines of a sheet with what a person wrote into them."""
    found = list(csv.DictReader(io.StringIO(b"".join(lines).decode("utf-8-sig"))))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows([row | said for row, said in zip(found, (*rows, *[{}] * len(found)), strict=False)])
    return path


def test_no_cell_of_a_sheet_is_a_formula_and_all_of_them_come_back(store: Warehouse, tmp_path: Path) -> None:
    """What begins like a formula gets an apostrophe in front, controls are pictures, and the text comes back."""
    nasty = ["=1+1", "+1", "-x", "@x", "'=1", "\tx", "\rx", "a\0b\x07", "שלום \u202e", "👩‍👩‍👧", 'q"uo,te;', "''", " "]
    cells = [
        {"record": n, "line": n, "column_name": "outcome", "code": "not_in_list", "message": text, "value": text}
        for n, text in enumerate(nasty, 1)
    ]
    text = b"".join(sheet.lines("L1", cells)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(sheet.COLUMNS)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert not [mark for mark in text if ord(mark) < 32 and mark not in "\r\n"]
    answers = read_sheet(filled(tmp_path / "s.csv", list(sheet.lines("L1", cells)), *[{"action": "empty"}] * 13), "L1")
    assert [answer.found for answer in answers] == [quarantine.visible(text) for text in nasty]
    assert [answer.record for answer in answers] == list(range(1, 14))


def test_a_filled_sheet_is_read_as_it_was_meant(
    store: Warehouse, known: list[dict[str, object]], tmp_path: Path
) -> None:
    """Lines without an answer say nothing; a value, empty and leave out are what they say, a minus stays a minus."""
    lines = list(sheet.lines("L1", quarantine.every_cell(store, "L1")))
    path = filled(
        tmp_path / "s.csv", lines, {"corrected": "-4"}, {}, {"action": "Leave-Out"}, {"action": "EMPTY"},
        {"corrected": "'=x", "action": "correct"},
    )  # fmt: skip
    answers = read_sheet(path, "L1")
    assert [(answer.action, answer.corrected) for answer in answers] == [
        ("correct", "-4"), ("leave out", ""), ("empty", ""), ("correct", "=x"),
    ]  # fmt: skip
    assert [answer.record for answer in answers] == [known[place]["record"] for place in (0, 2, 3, 4)]
    assert [answer.sheet_line for answer in answers] == [2, 4, 5, 6]
    many = filled(tmp_path / "v.csv", list(sheet.value_lines("L1", quarantine.values(store, "L1"))), {"corrected": "2"})
    (answer,) = read_sheet(many, "L1")
    assert (answer.record, answer.line, answer.corrected) == (None, None, "2")
    assert answer.found in {value for values, _ in WRONG.values() for value in values}


def test_a_spreadsheet_may_write_semicolons_and_another_order(store: Warehouse, tmp_path: Path) -> None:
    """The columns of a sheet are known by name, whatever stands between and beside them."""
    path = tmp_path / "s.csv"
    path.write_text(
        "Corrected;note;Record;Line;Load;Column;Code;Found\nfailed;mine;1;2;L1;outcome;not_in_list;x\n;;;;;;;\n",
        encoding="utf-8-sig",
    )
    assert read_sheet(path, "L1") == [
        Answer(1, "outcome", "correct", "failed", line=2, code="not_in_list", found="x", sheet_line=2)
    ]


HEADER = "load,record,line,column,code,message,found,corrected,action\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("interaction_id,occurred_at\na,b\n", "not a correction sheet: it has no column load"),
        (HEADER + "L2,1,2,outcome,c,m,x,failed,\n", r'Line 2 of the sheet is of load "L2", not of L1'),
        (HEADER + "L1,1,2,outcome,c,m,x,,corect\n", r'Line 2 of the sheet says "corect"\. Did you mean .correct'),
        (HEADER + "L1,1,2,outcome,c,m,x,,correct\n", 'has no corrected value. Say "empty"'),
        (HEADER + "L1,1,2,outcome,c,m,x,failed,leave out\n", 'says "leave out" and holds a corrected value'),
        (HEADER + "L1,one,2,outcome,c,m,x,failed,\n", 'the record is "one"; expected a number'),
        (HEADER + "L1,,2,outcome,c,m,x,failed,\n", 'the record is ""; expected a number'),
        (HEADER + 'L1,1,2,outcome,c,m,"x,failed,\n', "Line 2 of the sheet cannot be read: a quote is opened"),
        (HEADER + "L1,1,2,outcome\n", "4 cells came, the header has 9"),
        (HEADER + "L1,1,2,outcome,c,m,x,fa\xefled,\n", "not UTF-8"),
    ],
)
def test_a_sheet_that_cannot_be_meant_is_refused_with_its_line(text: str, why: str, tmp_path: Path) -> None:
    """Another file, another load, an action that there is not, or two that contradict: a sentence with the line."""
    path = tmp_path / "s.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(Refused, match=why):
        read_sheet(path, "L1")
