"""What common CSV and JSON readers change or lose without a word. Here each is taken exactly or refused out loud."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.warehouse import Warehouse
from loaders.format import Refused
from tests.loaders.conftest import fresh  # noqa: F401
from tests.loaders.files import Row, csv_text, least, staged

NUMBERS = count()


@dataclass(frozen=True)
class Found:
    """What became of one file: the typed rows, and line, column and code of what was refused."""

    rows: list[dict[str, object]]
    refused: list[tuple[int, str | None, str]]
    messages: str

    def column(self, name: str) -> list[object]:
        """One column of the rows."""
        return [row[name] for row in self.rows]


Reader = Callable[[str | bytes], Found]


@pytest.fixture(params=[False, True], ids=["fast", "careful"])
def read(
    request: pytest.FixtureRequest,
    fresh: Callable[[], Warehouse],  # noqa: F811
    tmp_path: Path,
) -> Reader:
    """Reads a file as a load does, by the fast way where it serves and record by record; all of it is accounted for."""
    store = fresh()

    def take(content: str | bytes, **said: str) -> Found:
        number = next(NUMBERS)
        path = tmp_path / f"{number}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        origin, parsed = staged(store, path, f"S{number}", careful=request.param, values=said)
        rows = [row for entry in parsed.facts for row in pq.read_table(origin.folder / entry.file).to_pylist()]
        wrong = pq.read_table(origin.folder / "quarantine.parquet").to_pylist()
        assert parsed.rows_read == len(rows) + parsed.quarantined + parsed.blank
        refused = sorted((cell["line"], cell["column_name"], cell["code"]) for cell in wrong)
        return Found(rows, refused, " ".join(parsed.messages))

    return take


def uses(*rows: Row) -> str:
    """Interactions as CSV, each with what is stated of it."""
    return csv_text([least("interactions", interaction_id=f"i{n}", **row) for n, row in enumerate(rows)])


def results(*rows: Row) -> str:
    """Eval results as CSV."""
    return csv_text([least("eval_results", case_id=f"c{n}", **row) for n, row in enumerate(rows)])


# numbers --------------------------------------------------------------------------------------------------------------
def test_a_fraction_is_never_rounded_into_a_whole_number(read: Reader) -> None:
    """7.9 tokens are not 8: the cell is refused, and its neighbours are taken."""
    found = read(uses({"input_tokens": "7"}, {"input_tokens": "7.9"}))
    assert found.column("input_tokens") == [7]
    assert found.refused == [(3, "input_tokens", "fraction")]


def test_a_decimal_keeps_all_its_places(read: Reader) -> None:
    """1.239 is 1.239 and never 1.24."""
    assert read(results({"threshold": "1.239"}, {"threshold": "0.1"})).column("threshold") == [1.239, 0.1]


def test_a_number_of_thirty_digits_is_not_made_a_float(read: Reader) -> None:
    """It is refused in CSV, and in JSON, where others keep fifteen digits of it."""
    many = "9" * 30
    assert [code for *_, code in read(uses({"input_tokens": many})).refused] == ["out_of_range"]
    line = json.dumps(least("interactions"))[:-1]
    found = read(f'{line}, "input_tokens": {many}}}\n{line}, "input_tokens": 5}}\n')
    assert (found.column("input_tokens"), [code for *_, code in found.refused]) == ([5], ["out_of_range"])


def test_a_decimal_comma_is_never_guessed(read: Reader) -> None:
    """1.234,56 and 1,5 are refused until it is said which sign is the decimal one; then all are read by it."""
    rows = [{"threshold": "1.234,56"}, {"threshold": "1,5"}, {"threshold": "1.234"}]
    found = read(results(*rows))
    assert [line for line, *_ in found.refused] == [2, 3]
    assert "--set decimal=," in found.messages
    assert read(results(*rows), decimal=",").column("threshold") == [1234.56, 1.5, 1234]
    assert [line for line, *_ in read(results({"threshold": "1.5"}, {"threshold": "2"}), decimal=",").refused] == [2]


def test_thousands_are_never_guessed(read: Reader) -> None:
    """1,234 is refused until it is said that commas stand between thousands."""
    rows = [{"input_tokens": "1,234"}, {"input_tokens": "5"}]
    assert read(uses(*rows)).column("input_tokens") == [5]
    assert read(uses(*rows), decimal=".").column("input_tokens") == [1234, 5]


# moments --------------------------------------------------------------------------------------------------------------
def test_an_offset_is_never_dropped(read: Reader) -> None:
    """10:00 at +03:00 is 07:00 UTC."""
    found = read(uses({"occurred_at": "2026-01-01T10:00:00+03:00"}))
    assert [str(moment) for moment in found.column("occurred_at")] == ["2026-01-01 07:00:00"]


def test_the_order_of_day_and_month_is_never_guessed(read: Reader) -> None:
    """01/02/2026 is refused with the question, and is what the person says it is."""
    rows = uses({"occurred_at": "01/02/2026"}, {"occurred_at": "2026-03-04"})
    assert read(rows).refused == [(2, "occurred_at", "not_a_moment")]
    first = [str(moment)[:10] for moment in read(rows, day_order="dmy").column("occurred_at")]
    assert first == ["2026-02-01", "2026-03-04"]
    other = [str(moment)[:10] for moment in read(rows, day_order="mdy").column("occurred_at")]
    assert other == ["2026-01-02", "2026-03-04"]


# columns --------------------------------------------------------------------------------------------------------------
def test_columns_never_swap(read: Reader) -> None:
    """A header in another order moves the values with the names."""
    found = read("output_tokens,interaction_id,input_tokens,occurred_at\n1,i0,2,2026-03-01\n")
    assert (found.column("input_tokens"), found.column("output_tokens")) == ([2], [1])


def test_a_column_that_stands_twice_is_refused(read: Reader) -> None:
    """Nobody can tell which of the two is meant."""
    with pytest.raises(Refused, match='"input_tokens" stands twice'):
        read("interaction_id,occurred_at,input_tokens,input_tokens\ni0,2026-03-01,1,2\n")


@pytest.mark.parametrize("word", ["yes", "Y", "on", "t"])
def test_a_word_is_never_guessed_to_be_a_truth(read: Reader, word: str) -> None:
    """Only true and false, 1 and 0 are truth values: the others are all refused alike."""
    assert read(uses({"error": "true"}, {"error": word})).refused == [(3, "error", "not_in_list")]


# rows and text --------------------------------------------------------------------------------------------------------
def test_a_nul_is_never_kept_in_a_text(read: Reader) -> None:
    """The row with it is refused on its line."""
    assert read(uses({"session_id": "a"}, {"session_id": "a\0b"})).refused == [(3, "session_id", "control_character")]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_no_load_of_nothing(read: Reader, content: str) -> None:
    """It is refused with the sentence that it is empty."""
    with pytest.raises(Refused, match="The file is empty"):
        read(content)


def test_an_open_quote_swallows_no_row(read: Reader) -> None:
    """The row with it is refused, and the five good ones behind it are loaded."""
    lines = uses(*[{"session_id": "c"}] * 6).splitlines()
    lines[1] = lines[1].removesuffix("c") + '"c'
    found = read("\n".join(lines) + "\n")
    assert found.column("interaction_id") == [f"i{n}" for n in range(1, 6)]
    assert [code for *_, code in found.refused] == ["open_quote"]


def test_one_short_row_does_not_collapse_the_columns(read: Reader) -> None:
    """One row in 101 with a cell too few is refused, and the other hundred keep all their columns."""
    lines = uses(*[{"session_id": "c"}] * 101).splitlines()
    lines[50] = lines[50].rpartition(",")[0]
    found = read("\n".join(lines) + "\n")
    assert (len(found.rows), found.refused) == (100, [(51, None, "cells")])


def test_a_late_bad_row_is_found(read: Reader) -> None:
    """A row that others' samples do not reach is refused where it stands, also in a column nothing else asks for."""
    rows = uses({"input_tokens": "5"}).splitlines()
    body = "\n".join([rows[0], *[rows[1]] * 60_000, rows[1].replace(",5", ",five")])
    assert read(body + "\n").refused == [(60_002, "input_tokens", "not_a_number")]


def test_every_refused_row_is_kept(read: Reader) -> None:
    """There is no limit after which refusals are forgotten."""
    found = read(uses(*[{"input_tokens": "x"}] * 1_500))
    assert [line for line, *_ in found.refused] == list(range(2, 1_502))


def test_mixed_line_ends_lose_nothing(read: Reader) -> None:
    """Files put together from several systems are read line by line."""
    lines = uses(*[{"session_id": "c"}] * 4).splitlines()
    ends = ["\r\n", "\n", "\r", "\r\n", "\n"]
    found = read("".join(map("".join, zip(lines, ends, strict=True))))
    assert found.column("session_id") == ["c"] * 4


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "cp1252"])
def test_another_encoding_is_read_or_said(read: Reader, codec: str) -> None:
    """UTF-16 and Windows-1252 come back character by character, and the person is told."""
    found = read(uses({"session_id": "Zürich €"}).encode(codec))
    assert found.column("session_id") == ["Zürich €"]
    assert "Read as " in found.messages


# JSON -----------------------------------------------------------------------------------------------------------------
def test_a_json_array_is_its_rows(read: Reader) -> None:
    """Not one row of nothing."""
    rows = [least("interactions", interaction_id=f"i{n}") for n in range(3)]
    assert read(json.dumps(rows)).column("interaction_id") == ["i0", "i1", "i2"]


def test_a_json_value_of_another_kind_is_never_made_nothing(read: Reader) -> None:
    """Text in the place of a number is refused with its row, not stored as empty."""
    rows = [least("interactions", interaction_id="i0", input_tokens="many"), least("interactions", interaction_id="i1")]
    found = read("".join(json.dumps(row) + "\n" for row in rows))
    assert found.column("interaction_id") == ["i1"]
    assert [code for *_, code in found.refused] == ["not_a_number"]


@pytest.mark.parametrize("tail", ['"score": NaN}', '"score": 1,}', '"score": '])
def test_json_that_is_none_is_refused(read: Reader, tail: str) -> None:
    """NaN, a comma too many and a line cut off refuse the file with the line; no row of nothing is made of them."""
    line = json.dumps(least("interactions"))
    with pytest.raises(Refused, match="Line 2"):
        read(f"{line}\n{line[:-1]}, {tail}\n")


def test_json_without_a_bottom_is_refused(read: Reader) -> None:
    """Nesting beyond all measure ends in a sentence, not in a crash."""
    line = json.dumps(least("interactions"))
    with pytest.raises(Refused):
        read(f'{line}\n{line[:-1]}, "remark": {"[" * 100_000}\n')
