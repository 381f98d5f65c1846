"""Delimited text as companies write it: nothing is swallowed, every line is accounted for, columns go by name."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.warehouse import Warehouse
from loaders.format import Refused
from tests.loaders.files import facts, least, published, staged

HEADER = "interaction_id,occurred_at,product_id,session_id"
NUMBERS = count()


@dataclass(frozen=True)
class Read:
    """What became of one file."""

    ids: list[str]
    """The records in the table, in order."""
    wrong: list[tuple[int, str]]
    """Line and code of what is in quarantine."""
    blank: int
    sessions: list[object]


def good(name: str, session: str = "c") -> str:
    """A line that is as it should be."""
    return f"{name},2026-03-01T09:00:00Z,chat,{session}"


Reader = Callable[..., Read]


@pytest.fixture(scope="module")
def read(fresh: Callable[[], Warehouse], tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Reads text or bytes and tells what became of it; every record must be accounted for."""
    folder, store = tmp_path_factory.mktemp("texts"), fresh()

    def take(text: str | bytes, *, careful: bool = False) -> Read:
        number = next(NUMBERS)
        path = folder / f"{number}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        origin, parsed = staged(store, path, f"L{number}", careful=careful)
        rows = [row for entry in parsed.facts for row in pq.read_table(origin.folder / entry.file).to_pylist()]
        wrong = pq.read_table(origin.folder / "quarantine.parquet").to_pylist()
        assert parsed.rows_read == len(rows) + parsed.quarantined + parsed.blank
        rows.sort(key=lambda row: str(row["interaction_id"]))
        return Read(
            [row["interaction_id"] for row in rows],
            sorted((line["line"], line["code"]) for line in wrong),
            parsed.blank,
            [row.get("session_id") for row in rows],
        )

    return take


# quotes ---------------------------------------------------------------------------------------------------------------
def test_an_unclosed_quote_swallows_nothing(read: Reader) -> None:
    """A quote opened on the first row and never closed costs that row, and the five good rows behind it are loaded."""
    lines = [HEADER, good("i0", '"open')] + [good(f"i{n}") for n in range(1, 6)]
    found = read("\n".join(lines) + "\n")
    assert found.ids == ["i1", "i2", "i3", "i4", "i5"]
    assert found.wrong == [(2, "open_quote")]


def test_an_unclosed_quote_before_quoted_cells(read: Reader) -> None:
    """Well-quoted rows after it do not close it by mistake."""
    lines = [HEADER, good("i0", '"open')] + [good(f"i{n}", f'"a, ""b"" {n}"') for n in range(1, 6)]
    found = read("\n".join(lines))
    assert found.ids == ["i1", "i2", "i3", "i4", "i5"]
    assert found.sessions == [f'a, "b" {n}' for n in range(1, 6)]
    assert found.wrong == [(2, "open_quote")]


def test_two_unclosed_quotes_do_not_close_each_other(read: Reader) -> None:
    """The rows between two open quotes are loaded, though together they could be one long cell."""
    for column in ("session_id", "remark"):  # a known column cannot hold a line break, an unknown one can
        header = HEADER.replace("session_id", column)
        lines = [header, good("i0", '"open'), good("i1"), good("i2"), good("i3", '"')]
        found = read("\n".join(lines) + "\n")
        assert found.ids == ["i1", "i2"]
        assert found.wrong == [(2, "open_quote"), (5, "open_quote")]


def test_many_unclosed_quotes_far_apart(read: Reader) -> None:
    """Each costs its own row only, also when thousands of rows lie between them."""
    lines = [HEADER] + [good(f"i{n:05}", '"open' if n % 3_000 == 0 else "c") for n in range(9_001)]
    found = read("\n".join(lines))
    assert len(found.ids) == 8_997
    assert found.wrong == [(line, "open_quote") for line in (2, 3_002, 6_002, 9_002)]


def test_a_quote_within_a_cell(read: Reader) -> None:
    """Text after a closing quote is no cell: the row is refused, and the next one loaded."""
    found = read("\n".join([HEADER, good("i0", '"a"b'), good("i1")]))
    assert found.ids == ["i1"]
    assert found.wrong == [(2, "quotes")]


def test_quoted_delimiters_and_breaks_in_a_column_that_is_not_ours(read: Reader) -> None:
    """A column we do not know may hold anything: its delimiters and line breaks do not end a cell or a row."""
    remark = '"first, and\nsecond; ""third""\r\n\nlast"'
    text = f"remark,{HEADER}\n{remark},{good('i0')}\nplain,{good('i1')}\n{remark},{good('i2')}\n"
    found = read(text)
    assert found.ids == ["i0", "i1", "i2"]
    assert (found.wrong, found.blank) == ([], 0)


def test_a_break_within_one_of_our_columns(read: Reader) -> None:
    """An id with a line break is refused at its line; the piece of text behind the break is refused too."""
    found = read(f'{HEADER}\n{good("i0")}\n{good("i1", chr(34) + "two")}\nlines"\n{good("i2")}\n')
    assert found.ids == ["i0", "i2"]
    assert found.wrong == [(3, "open_quote"), (4, "cells")]


def test_a_quote_that_opens_nothing(read: Reader) -> None:
    """A quote in the middle of a cell, as in inches, is a character: also when another row of the file is wrong."""
    lines = [HEADER, good("i0", '5" pipe'), "ragged", good("i1", 'a "b" c'), good("i2")]
    found = read("\n".join(lines))
    assert found.sessions == ['5" pipe', 'a "b" c', "c"]
    assert found.wrong == [(3, "cells")]


# rows -----------------------------------------------------------------------------------------------------------------
def test_ragged_rows(read: Reader) -> None:
    """A row with a cell too few or too many is refused at its line, whatever the cells say."""
    found = read("\n".join([HEADER, good("i0"), "i1,2026-03-01", good("i2"), good("i3") + ",more", good("i4")]))
    assert found.ids == ["i0", "i2", "i4"]
    assert found.wrong == [(3, "cells"), (5, "cells")]


def test_blank_lines_and_empty_rows(read: Reader) -> None:
    """A line without anything, with spaces, or with nothing but delimiters is blank: counted and not refused."""
    found = read("\n".join([HEADER, "", good("i0"), "   ", ",,,", '"",,,', good("i1"), "", ""]))
    assert found.ids == ["i0", "i1"]
    assert (found.wrong, found.blank) == ([], 5)


def test_blank_lines_before_the_header(read: Reader) -> None:
    """The header is the first line that says something; lines are counted from the top of the file."""
    found = read("\n".join(["", "  ", HEADER, good("i0"), "i1,2026-03-01", good("i2")]))
    assert found.ids == ["i0", "i2"]
    assert found.wrong == [(5, "cells")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(read: Reader, end: str, last: bool) -> None:
    """Unix, Windows and old Mac line ends, with or without one after the last row."""
    found = read(end.join([HEADER, good("i0"), good("i1"), good("i2")]) + (end if last else ""))
    assert found.ids == ["i0", "i1", "i2"]
    assert found.sessions == ["c", "c", "c"]
    assert (found.wrong, found.blank) == ([], 0)


def test_mixed_line_ends(read: Reader) -> None:
    """A file put together from several systems loses nothing and keeps no carriage return in a cell."""
    text = f"{HEADER}\r\n{good('i0')}\n{good('i1')}\r\n{good('i2')}\r{good('i3')}\n"
    found = read(text)
    assert found.ids == ["i0", "i1", "i2", "i3"]
    assert found.sessions == ["c"] * 4
    assert found.wrong == []


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n", HEADER + "\r\n\r\n"])
def test_header_only(read: Reader, text: str) -> None:
    """A file without a record is a load of nothing."""
    found = read(text)
    assert (found.ids, found.wrong) == ([], [])


# header ---------------------------------------------------------------------------------------------------------------
def test_byte_order_mark(read: Reader) -> None:
    """The mark that Excel writes is no part of the first name, quoted or not."""
    assert read(b"\xef\xbb\xbf" + f"{HEADER}\n{good('i0')}\n".encode()).ids == ["i0"]
    quoted = ",".join(f'"{name}"' for name in HEADER.split(","))
    assert read(b"\xef\xbb\xbf" + f"{quoted}\n{good('i0')}\n".encode()).ids == ["i0"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(read: Reader, delimiter: str) -> None:
    """Comma, semicolon, tab and bar, told by the header; the other three are then text."""
    others = "".join(set(",;\t|") - {delimiter}).replace("\t", "")
    text = f"{HEADER}\n{good('i0', 'S')}\n".replace(",", delimiter).replace("S", others)
    found = read(text)
    assert (found.ids, found.sessions) == (["i0"], [others])


def test_columns_go_by_name(read: Reader) -> None:
    """In whatever order, letters and padding the header names them; two columns never swap."""
    found = read("session_id, Occurred_At ,PRODUCT_ID,interaction_id\nc,2026-03-01,chat,i0\n")
    assert (found.ids, found.sessions) == (["i0"], ["c"])


@pytest.mark.parametrize("twice", ["session_id", "Session_ID", "remark"])
def test_a_name_that_stands_twice(read: Reader, twice: str) -> None:
    """The file is refused whole: nobody can tell which of the two is meant."""
    with pytest.raises(Refused, match=f'The column "{twice.lower()}" stands twice in the header'):
        read(f"{HEADER},remark,{twice}\n{good('i0')},x,y\n")


def test_two_names_of_one_column(read: Reader) -> None:
    """A column and its other name in one file: refused, for one of them would be lost."""
    with pytest.raises(Refused, match='columns "task_id" and "task_key" are both task_key'):
        read(f"{HEADER},task_id,task_key\n{good('i0')},a,b\n")


def test_unnamed_columns(read: Reader) -> None:
    """Delimiters at the end of the header make columns without a name, which are left out."""
    assert read(f"{HEADER},,\n{good('i0')},,\n{good('i1')},x,y\n").ids == ["i0", "i1"]


def test_a_quoted_nothing_is_empty(read: Reader) -> None:
    """Two quotes with nothing between them are an empty cell, by either way."""
    text = f"{HEADER}\n" + good("i0", '""') + "\n"
    assert read(text).sessions == [None]
    assert read(text) == read(text, careful=True)


# bytes ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("line", [2, 3, 200, 5_000])
def test_a_byte_of_another_encoding(read: Reader, line: int) -> None:
    """A byte of Windows-1252 in a file that is UTF-8 elsewhere refuses it, naming the line it stands on."""
    lines = [HEADER.encode()] + [good(f"i{n}").encode() for n in range(6_000)]
    lines[line - 1] = good("bad", "Zürich").encode("cp1252")
    lines[-1] = good("sound", "Zürich").encode()
    with pytest.raises(Refused, match=rf"Line {line}: byte 0xFC is not UTF-8 text\. Save the file as UTF-8"):
        read(b"\r\n".join(lines))


def test_a_nul_costs_its_row(read: Reader) -> None:
    """A NUL byte in a cell refuses the row with its line."""
    found = read("\n".join([HEADER, good("i0"), good("i1", "a\0b"), good("i2")]))
    assert found.ids == ["i0", "i2"]
    assert found.wrong == [(3, "control_character")]


# the fast way and the careful way -------------------------------------------------------------------------------------
pieces = st.text(st.sampled_from('ab",;|\n\r \t\0é0'), max_size=6)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(pieces, min_size=1, max_size=5),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
    st.sampled_from(("session_id", "remark", "team_id")),
)
def test_both_ways_read_the_same(read: Reader, cells: list[str], end: str, quoted: bool, dirty: str) -> None:
    """Whatever stands in a cell, raw or well quoted: the fast way gives what record by record gives, or gives way."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end)
    writer.writerow(["interaction_id", "occurred_at", "product_id", dirty, "topic_id"])
    for number, cell in enumerate(cells):
        if quoted:
            writer.writerow([f"i{number}", "2026-03-01", "chat", cell, "c"])
        else:
            buffer.write(f"i{number},2026-03-01,chat,{cell},c{end}")
    assert read(buffer.getvalue()) == read(buffer.getvalue(), careful=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\n\r"), max_size=9), max_size=9)
)
def test_well_formed_text_comes_back(read: Reader, cells: list[str]) -> None:
    """Cells as Python's own csv writer quotes them arrive as they were, and nothing is refused."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows([f"i{number}", "2026-03-01", "chat", cell] for number, cell in enumerate(cells))
    found = read(buffer.getvalue())
    assert found.wrong == []
    assert [cell or "" for cell in found.sessions] == cells


def test_careful_and_fast_give_the_same_tables(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """The same clean file through either way: identical rows, down to the row each came from."""
    path = tmp_path / "rows.csv"
    rows = [least("interactions", interaction_id=f"i{n}", user_id=f"u{n % 7}") for n in range(100)]
    path.write_text(
        HEADER + ",user_id\n" + "".join(good(f"i{n}") + f",{row['user_id']}\n" for n, row in enumerate(rows))
    )
    stores = [fresh(), fresh()]
    for store, careful in zip(stores, (True, False), strict=True):
        published(store, path, "L1", careful=careful)
    assert facts(stores[0], without=()) == facts(stores[1], without=())
