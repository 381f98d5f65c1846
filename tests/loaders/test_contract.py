"""Cells of text against plain Python: what is taken, as which value, and what a person is told of the rest."""

import re
import types
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data.facts import FACTS, Fact
from data.warehouse import Warehouse
from loaders.contract import columns_of
from tests.loaders.files import WHOLE, csv_text, least, staged, write_jsonl

NUMBERS = count()
SQL_TYPES = {
    str: "VARCHAR", int: "BIGINT INTEGER SMALLINT", float: "DOUBLE", bool: "BOOLEAN", datetime: "TIMESTAMP",
    date: "DATE",
}  # fmt: skip
BY_THE_LOAD = {
    "event_key", "row_hash", "load_id", "source_row", "source_records", "source_product", "unit_id", "user_known",
    "duration_bucket",
}  # fmt: skip

Answer = dict[int, object]


class Refusal(str):
    """What a person is told of a cell."""

    __slots__ = ()


Taken = Callable[..., list[object]]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Gives, for each cell of a column, the value it became or the Refusal; both kinds of file must agree."""
    folder = tmp_path_factory.mktemp("cells")
    store = Warehouse.create(folder / "plumbline.duckdb")

    def take(table: str, column: str, cells: Sequence[str], **said: str) -> list[object]:
        rows = [least(table, **{name_of(table, column): str(n), column: cell}) for n, cell in enumerate(cells)]
        answers = [
            read(store, write_jsonl(folder / "cells.jsonl", rows), table, column, said),
            read(store, write_text(folder / "cells.csv", csv_text(rows)), table, column, said),
        ]
        assert answers[0] == answers[1]
        return [answers[0][n] for n in range(len(cells))]

    return take


def name_of(table: str, column: str) -> str:
    """A column of a fact that tells the rows of a test apart, another than the one under test."""
    key = {"usage_daily": "team_id"}.get(table) or FACTS[table].natural_key[-1 if table == "tickets" else 1]
    return key if key != column else "source_system"


def write_text(path: Path, text: str) -> Path:
    """Text as it stands, in a file."""
    path.write_text(text, encoding="utf-8", newline="")
    return path


def read(store: Warehouse, path: Path, table: str, column: str, said: dict[str, str]) -> Answer:
    """The typed values and the refusals by the number that a row's name tells, record by record."""
    origin, parsed = staged(store, path, f"cells-{next(NUMBERS)}", careful=True, **said)
    found: Answer = {}
    for entry in parsed.facts:
        stage = pq.read_table(origin.folder / entry.file).to_pylist()
        found |= {int(str(row["source_row"])) - 1: row[column] for row in stage}
    lines = pq.read_table(origin.folder / "quarantine.parquet").to_pylist()
    firsts = [line["line"] for line in lines]
    assert len(firsts) == len(set(firsts)), "one cell was wrong in each row"
    wrong = iter(sorted(lines, key=lambda line: line["line"]))
    missing = [n for n in range(parsed.rows_read) if n not in found]
    return found | {n: Refusal(f"{line['code']}: {line['message']}") for n, line in zip(missing, wrong, strict=True)}


def refused(answers: Sequence[object]) -> list[bool]:
    """Which of the answers are refusals."""
    return [isinstance(answer, Refusal) for answer in answers]


# the contract itself --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", FACTS)
def test_columns_are_those_of_the_model(table: str) -> None:
    """Names, kinds, words and which are needed: read from the model in another way."""
    hints = get_type_hints(FACTS[table], include_extras=True)
    fields = {name: hint for name, hint in hints.items() if get_origin(hint) is not types.NoneType
              and name in FACTS[table].model_fields}  # fmt: skip
    columns = columns_of(table)
    assert list(columns) == list(FACTS[table].model_fields)
    for name, hint in fields.items():
        parts = [part for part in get_args(hint) if part is not type(None)]
        optional = get_origin(hint) in (Union, types.UnionType)
        inner = parts[0] if optional else hint
        inner = get_args(inner)[0] if get_origin(inner) is Annotated else inner
        words = get_args(inner) if get_origin(inner) is Literal else ()
        assert (columns[name].required, columns[name].words) == (not optional, words)
        assert columns[name].kind is (str if words else inner)


@pytest.mark.parametrize("table", FACTS)
def test_columns_are_those_of_the_schema(store: Warehouse, table: str) -> None:
    """Every column of the contract stands in the table with its type, and the table has only the load's own besides."""
    stored = {
        str(row["column_name"]): row
        for row in store.rows(f'SELECT column_name, column_type, "null" AS nullable FROM (DESCRIBE {table})')
    }
    columns = columns_of(table)
    for name, column in columns.items():
        assert str(stored[name]["column_type"]) in SQL_TYPES[column.kind].split(), name
        if column.required:
            assert stored[name]["nullable"] == "NO", name
    derived = {"day"} if FACTS[table].dated else set()
    assert set(stored) - set(columns) - derived <= BY_THE_LOAD


@pytest.mark.parametrize("table", FACTS)
def test_bounds_are_those_of_the_model(table: str) -> None:
    """A value on a bound obeys the model, and the next one beyond does not."""
    model: type[Fact] = FACTS[table]
    whole = WHOLE[table]
    for name, column in columns_of(table).items():
        if column.kind not in (int, float) or column.words:
            continue
        beyond = [(column.low, -1), (column.above, 0), (column.high, 1)]
        for bound, step in beyond:
            if bound is None:
                continue
            kind = column.kind
            with pytest.raises(ValidationError):
                model.model_validate({**whole, name: kind(bound) + step})
            if step:
                model.model_validate({**whole, name: kind(bound)})


# numbers --------------------------------------------------------------------------------------------------------------
def whole_number(cell: str, high: int = 10**15) -> int | None:
    """The number that a cell is if it is a whole one from 0 to `high` in plain digits."""
    cell = cell.strip(" \u00a0")
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.0*)?", cell):
        return None
    value = Decimal(cell)
    return int(value) if 0 <= value <= high else None


def number(cell: str) -> float | None:
    """The number that a cell is if Python reads it as a finite one in plain digits."""
    cell = cell.strip(" \u00a0")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", cell):
        return None
    value = float(cell)
    return value if abs(value) != float("inf") else None


digits = st.text("0123456789", min_size=1, max_size=30)
numbers = st.one_of(
    digits,
    st.builds("{}{}.{}".format, st.sampled_from(("", "+", "-")), digits, st.sampled_from(("", "0", "00", "9", "50"))),
    st.builds("{}{}{}e{}".format, st.sampled_from(("", "-")), st.sampled_from(("1", "7.5", ".5")),
              st.sampled_from(("", "0")), st.integers(-400, 400)),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.builds("{}{}{}".format, st.sampled_from(("", " ", "  ")), st.integers(0, 99), st.sampled_from(("", " "))),
    st.sampled_from(("NaN", "nan", "inf", "-Infinity", "1,000", "1.000,5", "1_000", "0x10", "١٢", "½", "1 000", "--1",
                     "1e3", "7.9", "1.0", "-0", "+5", "1.", ".", "+", "e5", "12abc", "null", "None", "999999999999999",
                     "1000000000000000", "1000000000000001", "0.1", "1e-320", "\t7", "7\u00a0")),
).filter(lambda cell: cell.strip(" \u00a0") != "")  # fmt: skip
quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.lists(numbers, min_size=10, max_size=60))
def test_whole_numbers(taken: Taken, cells: list[str]) -> None:
    """A count is taken only if plain Python finds a whole number in bounds, and then as that number."""
    for cell, answer in zip(cells, taken("interactions", "input_tokens", cells), strict=True):
        expected = whole_number(cell)
        assert (None if isinstance(answer, Refusal) else answer) == expected, cell


@quick
@given(st.lists(numbers, min_size=10, max_size=60))
def test_numbers(taken: Taken, cells: list[str]) -> None:
    """A score is taken only if it is a finite number, and then to the last bit as Python reads it."""
    for cell, answer in zip(cells, taken("feedback", "score", cells), strict=True):
        expected = number(cell)
        assert (None if isinstance(answer, Refusal) else answer) == expected, cell


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("7.9", 'fraction: input_tokens is "7.9"; expected a whole number from 0 up to 1,000,000,000,000,000.'
                " Nearest valid value: 8."),
        ("1e3", "Nearest valid value: 1000."),
        ("1 000", "Nearest valid value: 1000."),
        ("-3", "out_of_range: "),
        ("-3", "Nearest valid value: 0."),
        ("9" * 30, "Nearest valid value: 1000000000000000."),
        ("NaN", 'not_a_number: input_tokens is "NaN"'),
        ("inf", 'not_a_number: input_tokens is "inf"'),
        ("1e400", "input_tokens"),
        ("many", 'not_a_number: input_tokens is "many"'),
        ("yes", "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_number(taken: Taken, cell: str, said: str) -> None:
    """What came, what was expected, and the nearest valid value where there is one."""
    (answer,) = taken("interactions", "input_tokens", [cell])
    assert isinstance(answer, Refusal)
    assert said in answer
    near = re.search(r"Nearest valid value: (\S+)\.$", answer)
    assert near is None or whole_number(near[1]) is not None


@pytest.mark.parametrize("cell", ["0", "-1", "1.01", "7"])
def test_the_nearest_value_is_valid(taken: Taken, cell: str) -> None:
    """A share of 0 is refused, and the value that is offered instead is never one that would be refused too."""
    (answer,) = taken("eval_results", "sampling_probability", [cell])
    assert isinstance(answer, Refusal)
    near = re.search(r"Nearest valid value: (\S+)\.$", answer)
    assert near is None or 0 < float(near[1]) <= 1


# words and truth ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "value"), [("true", True), ("TRUE", True), (" True ", True), ("1", True), ("false", False), ("0", False)]
)
def test_truth(taken: Taken, cell: str, value: bool) -> None:
    """True and false, 1 and 0, in any letters."""
    assert taken("interactions", "error", [cell]) == [value]


@pytest.mark.parametrize(
    ("cell", "near"),
    [("on", "true"), ("Y", "true"), ("yes", "true"), ("t", "true"), ("off", "false"), ("No", "false"), ("n", "false"),
     ("2", None), ("1.0", None), ("ja", None), ("NULL", None)],
)  # fmt: skip
def test_no_word_is_guessed_to_be_a_truth_value(taken: Taken, cell: str, near: str | None) -> None:
    """Yes, on and their like are refused with the value they probably mean."""
    (answer,) = taken("interactions", "error", [cell])
    assert isinstance(answer, Refusal)
    assert answer.startswith(f'not_in_list: error is "{cell}"; expected true or false.')
    assert answer.endswith(f"Nearest valid value: {near}.") is (near is not None)


def test_words_of_a_list(taken: Taken) -> None:
    """A word of the list in any letters and padded is taken as the list writes it; another gets the nearest one."""
    answers = taken("interactions", "outcome", ["confirmed", " Failed ", "IMPLIED", "confirmd", "success"])
    assert answers[:3] == ["confirmed", "failed", "implied"]
    assert refused(answers) == [False, False, False, True, True]
    assert "expected confirmed, implied, failed or unknown. Nearest valid value: confirmed." in str(answers[3])
    assert "Nearest" not in str(answers[4])


# moments --------------------------------------------------------------------------------------------------------------
@st.composite
def moments(draw: st.DrawFn) -> tuple[str, bool]:
    """A moment as exports write them, and whether it names its offset; some are no moments at all."""
    when = draw(st.datetimes(datetime(1989, 12, 1), datetime(2100, 2, 1)))
    text = when.strftime("%Y-%m-%d") + draw(st.sampled_from(("T", " "))) + when.strftime("%H:%M")
    if draw(st.booleans()):
        text += when.strftime(":%S") + draw(st.sampled_from(("", ".5", ".123", ".123456", ".123456789", ".999999999")))
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(st.sampled_from("059x/ ")) + text[at + 1 :]
    offset = draw(
        st.sampled_from(("", "", "Z", " UTC", "+00:00", "+03:00", "-0330", "+05", "+14:00", "-12", "+5", "z0"))
    )
    return text + offset, bool(offset)


def instant(cell: str, zone: str = "UTC") -> datetime | None:
    """The moment as Python reads it, naive UTC; None when it is none or lies outside 1990 to 2099."""
    cell = cell.strip(" \u00a0")
    clock, offset = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?", r"(Z| UTC|[+-][0-9]{2}(:?[0-9]{2})?)?"
    if (
        not re.fullmatch(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({clock}{offset})?", cell)
        or not "1990" <= cell[:4] <= "2099"
    ):
        return None
    try:
        found = datetime.fromisoformat(cell.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC).replace(tzinfo=None)


@quick
@given(st.lists(moments(), min_size=10, max_size=60))
def test_moments(taken: Taken, cells: list[tuple[str, bool]]) -> None:
    """A moment becomes the same instant in UTC as plain Python finds, whatever its offset; no other text is taken."""
    texts = [cell for cell, _ in cells]
    for cell, answer in zip(texts, taken("interactions", "occurred_at", texts), strict=True):
        expected = instant(cell)
        if expected is None or 1990 <= expected.year <= 2099:  # an offset may carry a moment over the edge
            assert (None if isinstance(answer, Refusal) else answer) == expected, cell


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")),
    st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), min_size=20, max_size=60),
)
def test_naive_moments_are_of_the_stated_zone(taken: Taken, zone: str, whens: list[datetime]) -> None:
    """A moment without offset is local time of --timezone, before and after the clocks change."""
    cells = [when.strftime("%Y-%m-%d %H:%M:%S") for when in whens]
    for when, answer in zip(whens, taken("interactions", "occurred_at", cells, timezone=zone), strict=True):
        clock = when.replace(microsecond=0)
        readings = {
            clock.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1)
        }
        assert answer in readings


def test_the_days_on_which_clocks_change(taken: Taken) -> None:
    """In Berlin 02:30 stands twice in October and not at all in March: both are taken and stated offsets decide."""
    cells = ["2026-03-29 01:59:59", "2026-03-29 03:00:00", "2026-10-25 01:59:59", "2026-10-25 03:00:00",
             "2026-10-25 02:30:00+02:00", "2026-10-25 02:30:00+01:00", "2026-03-29", "2026-07-01"]  # fmt: skip
    answers = taken("interactions", "occurred_at", cells, timezone="Europe/Berlin")
    assert [str(answer)[5:16] for answer in answers] == [
        "03-29 00:59", "03-29 01:00", "10-24 23:59", "10-25 02:00", "10-25 00:30", "10-25 01:30", "03-28 23:00",
        "06-30 22:00",
    ]  # fmt: skip
    missing, twice = taken(
        "interactions", "occurred_at", ["2026-03-29 02:30:00", "2026-10-25 02:30:00"], timezone="Europe/Berlin"
    )
    assert missing in (datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 1, 30))
    assert twice in (datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30))


def test_a_stated_zone_leaves_offsets_alone(taken: Taken) -> None:
    """An offset in the file wins over --timezone."""
    cells = ["2026-07-01T12:00:00Z", "2026-07-01T12:00:00+03:00", "2026-07-01T12:00:00+0300", "2026-07-01T12:00:00-05"]
    answers = taken("interactions", "occurred_at", cells, timezone="Asia/Tokyo")
    assert [answer.hour for answer in answers if isinstance(answer, datetime)] == [12, 9, 9, 17]


@pytest.mark.parametrize("offset", ["+99:99", "+24:00", "-19:00", "+03:60", "+15:59"])
def test_an_offset_that_no_place_has(taken: Taken, offset: str) -> None:
    """No clock is more than 14 hours from UTC: such an offset is a fault of the file and refused."""
    assert refused(taken("interactions", "occurred_at", [f"2026-07-01T12:00:00{offset}"])) == [True]


@pytest.mark.parametrize(
    ("cell", "near"),
    [("01/02/2026", None), ("02/02/2026", "2026-02-02"), ("31/12/2026", "2026-12-31"), ("12/31/2026", "2026-12-31"),
     ("31.12.2026 10:00", "2026-12-31"), ("2026/12/31", "2026-12-31"), ("1850-01-01", None), ("2150-01-01", None),
     ("31/12/26", None), ("2026-02-30", None), ("1767225600", None), ("yesterday", None), ("12:30", None)],
)  # fmt: skip
def test_a_date_that_could_be_read_two_ways_is_asked_about(taken: Taken, cell: str, near: str | None) -> None:
    """A day written otherwise is refused; it gets a nearest value only when it can be read in one way."""
    for table, column in (("interactions", "occurred_at"), ("usage_daily", "last_activity_on")):
        (answer,) = taken(table, column, [cell])
        assert isinstance(answer, Refusal)
        offered = re.search(r"Nearest valid value: (\S+)\.$", answer)
        assert (offered[1] if offered else None) == near


@quick
@given(st.lists(st.dates(date(1985, 1, 1), date(2105, 1, 1)), min_size=5, max_size=40))
def test_days(taken: Taken, days: list[date]) -> None:
    """A day is taken as it stands, in any time zone, between 1990 and 2099."""
    answers = taken("usage_daily", "last_activity_on", [f"{day}" for day in days], timezone="Asia/Tokyo")
    for day, answer in zip(days, answers, strict=True):
        assert (None if isinstance(answer, Refusal) else answer) == (day if 1990 <= day.year <= 2099 else None)


def test_a_day_with_a_time_is_not_a_day(taken: Taken) -> None:
    """Midnight written out is the day; another time of day is not dropped but refused."""
    cells = ["2026-03-01 00:00:00", "2026-03-01T00:00:00.000", "2026-03-01 10:00:00", "2026-03-01T00:00:00Z"]
    answers = taken("usage_daily", "last_activity_on", cells)
    assert answers[:2] == [date(2026, 3, 1)] * 2
    assert refused(answers) == [False, False, True, True]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles"])
def test_the_day_of_a_row_is_local(store: Warehouse, tmp_path: Path, zone: str) -> None:
    """The day of an interaction is its date in the reporting zone, as Python's own calendar has it."""
    from loaders import child
    from loaders.format import Options
    from loaders.job import Job

    start = datetime(2026, 3, 28, tzinfo=UTC)
    rows = [
        least("interactions", interaction_id=str(n), occurred_at=(start + timedelta(minutes=37 * n)).isoformat())
        for n in range(120)
    ]
    path = write_jsonl(tmp_path / "rows.jsonl", rows)
    (tmp_path / "stage").mkdir()
    found = child.read(Job(str(path), str(tmp_path / "stage"), None, Options(timezone="Asia/Tokyo"), zone))
    (entry,) = found["facts"]
    for row in pq.read_table(tmp_path / "stage" / entry["file"]).to_pylist():
        assert row["day"] == row["occurred_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


# text and emptiness ---------------------------------------------------------------------------------------------------
def test_text(taken: Taken) -> None:
    """Text is counted in characters, not bytes, and holds neither a line break nor a NUL."""
    cells = ["é" * 4_000, "x" * 4_000, "x" * 4_001, "é" * 4_001, "NULL", "N/A", "🙂" * 4_000, "a'b\"c"]
    answers = taken("interactions", "session_id", cells)
    assert refused(answers) == [False, False, True, True, False, False, False, False]
    assert [answers[index] for index in (0, 1, 4, 5, 6, 7)] == [cells[index] for index in (0, 1, 4, 5, 6, 7)]
    assert str(answers[2]).startswith("too_long: ")
    assert "expected text of at most 4000 characters without line breaks" in str(answers[2])
    assert len(str(answers[2])) < 400


@pytest.mark.parametrize("cell", ["two\nlines", "a\0b", "\0", "two\n"])
def test_a_line_break_or_a_nul_in_text(store: Warehouse, tmp_path: Path, cell: str) -> None:
    """A line break or a NUL within a text is refused with its line, and ends neither the text nor the row."""
    rows = [least("interactions"), least("interactions", interaction_id="i2", session_id=cell)]
    origin, parsed = staged(store, write_jsonl(tmp_path / "rows.jsonl", rows), "L1")
    (wrong,) = pq.read_table(origin.folder / "quarantine.parquet").to_pylist()
    assert (wrong["line"], wrong["column_name"], wrong["code"]) == (2, "session_id", "control_character")
    assert (parsed.rows_read, parsed.quarantined) == (2, 1)


def test_a_needed_cell_that_is_empty(taken: Taken) -> None:
    """An empty cell, spaces only, in a column the table needs: refused; in another: nothing was said."""
    for cell in ("", "   "):
        (answer,) = taken("interactions", "occurred_at", [cell])
        assert str(answer).startswith("missing: occurred_at is empty; expected a moment like")
        assert taken("interactions", "input_tokens", [cell]) == [None]
        assert taken("interactions", "error", [cell]) == [None]


def test_people_stay_out_of_what_is_said(taken: Taken) -> None:
    """The refusal of a user id does not repeat it."""
    (answer,) = taken("interactions", "user_id", ["ann@example.com" * 400])
    assert str(answer).startswith("too_long: user_id is its value;")
    assert "ann" not in str(answer)
