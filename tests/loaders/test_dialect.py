"""How a text is cut into cells and of which encoding it is: found over the whole head, said, and open to correction."""

import codecs
import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.warehouse import Warehouse
from loaders import dialect, encoding
from loaders.answers import answers
from loaders.csvtext import header_of, records
from loaders.format import Refused
from tests.loaders.files import staged

HEADER = "interaction_id,occurred_at,product_id,session_id"
SPECTRUM = Path(__file__).parent.parent / "formats" / "csv_spectrum"
CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "frictionless" / "data"
NUMBERS = count()


@dataclass(frozen=True)
class Read:
    """What became of one file."""

    sessions: list[object]
    wrong: list[tuple[int, str]]
    messages: str
    fast: bool


Reader = Callable[..., Read]


@pytest.fixture(scope="module")
def read(fresh: Callable[[], Warehouse], tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Reads bytes as the child does and tells what became of them; every record must be accounted for."""
    folder, store = tmp_path_factory.mktemp("texts"), fresh()

    def take(raw: bytes, *, careful: bool = False, **said: str) -> Read:
        number = next(NUMBERS)
        path = folder / f"{number}.csv"
        path.write_bytes(raw)
        origin, parsed = staged(store, path, f"L{number}", careful=careful, values=said)
        rows = [row for entry in parsed.facts for row in pq.read_table(origin.folder / entry.file).to_pylist()]
        wrong = pq.read_table(origin.folder / "quarantine.parquet").to_pylist()
        assert parsed.rows_read == len(rows) + parsed.quarantined + parsed.blank
        rows.sort(key=lambda row: str(row["interaction_id"]))
        return Read(
            [row.get("session_id") for row in rows],
            sorted((line["line"], line["code"]) for line in wrong),
            " ".join(parsed.messages),
            parsed.fast,
        )

    return take


def text(*sessions: str, delimiter: str = ",", end: str = "\n") -> str:
    """A file with a record a session."""
    lines = [HEADER, *(f"i{n},2026-03-01,chat,{session}" for n, session in enumerate(sessions))]
    return end.join(lines).replace(",", delimiter) + end


def detected(content: str, **said: str) -> dialect.Dialect:
    """The dialect of a whole text."""
    return dialect.detect(content, whole=True, said=said)


# encodings ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32"),
     ("cp1252", "Windows-1252")],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_of_another_encoding(read: Reader, codec: str, name: str, end: str) -> None:
    """UTF-16 with a mark and without, UTF-32 and Windows-1252 are read cell for cell, and it is said."""
    found = read(text("Zürich", "100 €", end=end).encode(codec))
    assert found.sessions == ["Zürich", "100 €"]
    assert f"Read as {name}" in found.messages


def test_a_file_as_usual_is_read_without_a_word(read: Reader) -> None:
    """Commas, UTF-8 and a header in the first line, in one pass: nothing to say."""
    found = read(text("Zürich", "c").encode())
    assert (found.sessions, found.messages, found.fast) == (["Zürich", "c"], "", True)


def test_a_transcoded_file_still_takes_the_fast_way(read: Reader) -> None:
    """Its lines are counted in the text that was read, not in the file that came."""
    assert read(text("a", "b", "c").encode("utf-16")).fast


@pytest.mark.parametrize("at", range(4))
def test_the_head_may_cut_a_character(at: int) -> None:
    """A character of several bytes at the end of the head makes no UTF-8 file a file of Windows-1252."""
    raw = ("ab,c\n" + "x" * at + "😀" * 3).encode()
    assert encoding.detect(raw[: -1 - at % 3], whole=False) == encoding.Encoding()


def test_a_stated_encoding_decides(read: Reader) -> None:
    """Greek, which nobody can tell from any other eight-bit text, is read as it is said to be."""
    found = read(text("αβγ", "c").encode("iso-8859-7"), encoding="iso-8859-7")
    assert found.sessions == ["αβγ", "c"]
    assert "Read as ISO 8859-7" in found.messages


def test_bytes_that_the_stated_encoding_has_not(read: Reader) -> None:
    """The file is refused, with the line of the byte."""
    with pytest.raises(Refused, match=r"Line 3: byte 0x81 is not Windows-1252 text\."):
        read(text("a", "S").encode().replace(b"S", b"\x81"), encoding="cp1252")


def test_two_encodings_in_one_file(read: Reader) -> None:
    """Windows-1252 at the beginning and UTF-8 far behind: refused with the line, for one of them would be spoilt."""
    head = text(*["Zürich"] * 12_000).encode("cp1252")
    with pytest.raises(Refused, match='Line 12002: "é" stands here in UTF-8'):
        read(head + "x,2026-03-01,chat,é\n".encode())


def test_a_byte_that_is_no_utf_8_far_behind_the_head(read: Reader) -> None:
    """A file that is UTF-8 as far as its head goes is refused where it is not, with the line and what to say."""
    head = text(*["plain"] * 12_000).encode()
    with pytest.raises(Refused, match=r"Line 12002: byte 0xE9 .*--set encoding=cp1252"):
        read(head + b"x,2026-03-01,chat,\xe9\n")
    assert read(head + b"x,2026-03-01,chat,\xe9\n", encoding="cp1252").sessions[-1] == "é"


# delimiters and quotes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_said(read: Reader, delimiter: str) -> None:
    """What is no comma is named in the messages."""
    found = read(text("a,b", "c").replace(",", delimiter).encode())
    assert dialect.WORDS[delimiter] in found.messages


def test_records_outvote_a_header_with_commas_in_its_names() -> None:
    """A name with commas in it cuts the header into more cells by comma; the records are cut by semicolon."""
    content = "when, where, and by whom;what\n1;2\n3;4\n5;6\n"
    assert (detected(content).delimiter, detected(content).width) == (";", 2)


def test_single_quotes_around_every_name(read: Reader) -> None:
    """A file quoted in single quotes throughout is read without them."""
    quoted = "\n".join(",".join(f"'{cell}'" for cell in line.split(",")) for line in text("it''s", "c").splitlines())
    found = read(quoted.encode())
    assert found.sessions == ["it's", "c"]
    assert "single quote" in found.messages


def test_single_quotes_that_could_be_text(read: Reader) -> None:
    """They are kept, and the person is told how to say otherwise; said, they are quotes."""
    raw = text("'a'", "c").encode()
    found = read(raw)
    assert found.sessions == ["'a'", "c"]
    assert "--set quote=single" in found.messages
    assert read(raw, quote="single").sessions == ["a", "c"]


def test_a_stated_delimiter_decides(read: Reader) -> None:
    """A delimiter nobody would guess can be said, by itself or by its name."""
    raw = text("a", "b,c").encode().replace(b",", b":").replace(b"b:c", b"'b,c'")
    assert read(raw, delimiter=":").sessions == ["a", "'b,c'"]
    assert read(raw, delimiter="colon").sessions == ["a", "'b,c'"]


def test_a_broken_record_of_an_unusual_dialect_is_refused_on_its_line(read: Reader) -> None:
    """Text that has to be cut anew loses nothing: blank lines, ragged records and open quotes keep their lines."""
    raw = "\n".join(
        [HEADER, "", "i0,2026-03-01,chat,'a", "i1,2026-03-01,chat,'x, y'", "i2,short", "i3,2026-03-01,chat,c"]
    )
    found = read(raw.encode(), quote="single")
    assert found.sessions == ["x, y", "c"]
    assert [line for line, _ in found.wrong] == [3, 5]


# the header -----------------------------------------------------------------------------------------------------------
def test_titles_above_the_header(read: Reader) -> None:
    """Report titles, a word with its value and blank lines are no data; lines are those of the file."""
    raw = "Usage report\nPeriod,2026-03-01\n\n" + text("a", "b") + "i9,not a day,chat,c\n"
    found = read(raw.encode())
    assert found.sessions == ["a", "b"]
    assert found.wrong == [(7, "not_a_moment")]
    assert "header in line 4" in found.messages


def test_excel_says_its_delimiter(read: Reader) -> None:
    """The line sep=; in front is read as what it says."""
    found = read(("sep=;\r\n" + text("a,b", "c", end="\r\n").replace("a,b", "a.b").replace(",", ";")).encode())
    assert found.sessions == ["a.b", "c"]
    assert "header in line 2" in found.messages


def test_a_stated_header_line_decides(read: Reader) -> None:
    """Lines before it are no data, whatever they look like."""
    raw = "a,b,c,d\n1,2,3,4\n" + text("x")
    assert read(raw.encode(), header_line="3").sessions == ["x"]


def test_a_header_narrower_than_its_records_is_no_title() -> None:
    """Records with a cell more than the header are refused one by one; none of them becomes the header."""
    assert detected("a,b,c\nx,y,z,\nu,v,w,\n").header_line == 1


@pytest.mark.parametrize(
    ("pair", "said"),
    [("encoding=utf8x", "which is not known"), ("delimiter=semicolons", "Did you mean 'semicolon'"),
     ("quote=`", "expected \" or '"), ("header_line=two", "expected the number of a line"),
     ("header_line=0", "expected the number of a line")],
)  # fmt: skip
def test_an_answer_that_cannot_be(read: Reader, pair: str, said: str) -> None:
    """It is refused with what was expected and the nearest right word."""
    with pytest.raises(Refused, match=said):
        read(text("a").encode(), **answers([pair]))


def test_a_misspelt_question() -> None:
    """Its key is answered with the nearest one."""
    with pytest.raises(Refused, match="Did you mean 'delimiter'"):
        answers(["delimeter=;"])


# totals, units, numbers -----------------------------------------------------------------------------------------------
def test_a_row_of_totals_is_never_data(read: Reader) -> None:
    """A last row "Total" without a moment, and a row of units below the header, are refused, each on its line."""
    raw = text("a", "b").replace("\n", "\nid,ISO 8601,,\n", 1) + "Total,,,2\n"
    found = read(raw.encode())
    assert found.sessions == ["a", "b"]
    assert found.wrong == [(2, "not_a_moment"), (5, "missing")]


# any dialect ----------------------------------------------------------------------------------------------------------
ALPHABET = st.sampled_from("ab ,;|\t\"'é€ü1.\\")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(ALPHABET, max_size=7), min_size=1, max_size=8),
    st.fixed_dictionaries({
        "delimiter": st.sampled_from(",;\t|"), "quotechar": st.sampled_from("\"'"),
        "lineterminator": st.sampled_from(("\n", "\r\n", "\r")),
        "quoting": st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)),
    }),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")),
    st.booleans(),
)  # fmt: skip
def test_any_dialect_comes_back_or_is_not_taken_in_silence(
    read: Reader, cells: list[str], how: dict[str, Any], codec: str, careful: bool
) -> None:
    """What Python's csv module writes comes back cell by cell, or is refused with a reason, or a message says that
    single quotes were kept as text: never silently different.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, **how)
    writer.writerow(HEADER.split(","))
    writer.writerows([f"i{n}", "2026-03-01", "chat", cell] for n, cell in enumerate(cells))
    try:
        found = read(buffer.getvalue().encode(codec), careful=careful)
    except Refused:
        return
    doubted = "--set quote=single" in found.messages
    kept = [cell or "" for cell in found.sessions]
    if not found.wrong:
        assert kept == cells or doubted
    assert set(kept) <= set(cells) or doubted
    assert len(kept) + len(found.wrong) >= len(cells)


# files with a truth ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", sorted((SPECTRUM / "csvs").glob("*.csv")), ids=lambda path: str(path.stem))
def test_csv_spectrum(path: Path) -> None:
    """Every file of csv-spectrum is read cell by cell as its JSON says, by our own reader and by the fast one."""
    truth = json.loads((SPECTRUM / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    names, delimiter = header_of(path)
    read_by_us = [record.cells for record in records(path, delimiter, len(names), frozenset()) if record.cells]
    expected = [tuple(row[name] for name in names) for row in truth]
    assert [tuple(plain(cell) for cell in cells) for cells in read_by_us] == [
        tuple(plain(cell) for cell in row) for row in expected
    ]
    columns = dict.fromkeys(names, "VARCHAR")
    fast = duckdb.connect().execute(
        "SELECT * FROM read_csv(?, auto_detect = false, header = true, strict_mode = true, delim = ?, quote = '\"',"
        f" escape = '\"', columns = {columns})", [str(path), delimiter],
    ).fetchall()  # fmt: skip
    assert [tuple(plain(cell or "") for cell in row) for row in fast] == [
        tuple(plain(cell) for cell in row) for row in expected
    ]


def plain(cell: str) -> str:
    """A cell with one kind of line end: the truth files know no other."""
    return cell.replace("\r\n", "\n")


TRUTHS: dict[str, tuple[str, str, int]] = {
    "latin1.csv": ("cp1252", ",", 1), "bom.csv": ("utf-8", ",", 1), "delimiter.csv": ("utf-8", ";", 1),
    "issue-1009-semicolon.csv": ("utf-8", ";", 1), "skip-rows-before-headers.csv": ("utf-8", ",", 2),
    "table-infer-utf8.csv": ("utf-8", ",", 1),
}  # fmt: skip


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora of broken inputs are not beside the project")
@pytest.mark.parametrize("name", TRUTHS)
def test_frictionless_files(name: str) -> None:
    """Files whose name tells their dialect are found to be so."""
    raw = (CORPUS / name).read_bytes()
    codec, delimiter, line = TRUTHS[name]
    found = encoding.detect(raw, whole=True)
    assert found is not None
    assert found.codec == codec
    cut = dialect.detect(found.text(raw, whole=True), whole=True)
    assert cut.delimiter == delimiter
    assert cut.header_line == line


def test_marks_of_encodings_are_told_apart() -> None:
    """The mark of UTF-32 begins with that of UTF-16 and is not taken for it."""
    for mark, codec in ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        found = encoding.detect(mark + "a,b\n".encode(codec), whole=True)
        assert found is not None
        assert (found.codec, found.mark) == (codec, len(mark))
