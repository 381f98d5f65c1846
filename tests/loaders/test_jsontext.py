import json
from pathlib import Path

import pytest

from loaders import jsontext
from loaders.format import Refused
from loaders.jsontext import documents, text

SUITE = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "JSONTestSuite"


def read(tmp_path: Path, content: str | bytes, limit: int | None = None) -> list[tuple[int, object]]:
    """The documents of a file with this content, with their lines."""
    file = tmp_path / "file"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(documents(file, limit=limit))


def refusal(tmp_path: Path, content: str | bytes) -> str:
    """The sentence with which a file of this content is refused."""
    with pytest.raises(Refused) as caught:
        read(tmp_path, content)
    return caught.value.message


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of three bytes, so that every word, number and character is cut somewhere."""
    monkeypatch.setattr(jsontext, "_CHUNK", 3)


def test_pretty_printed_objects_one_after_another(tmp_path: Path) -> None:
    """Files named .jsonl are often indented objects in a row: each is a document, with the line it begins on."""
    content = "\n".join(json.dumps({"n": n, "in": {"deep": [n]}}, indent=2) for n in range(3))
    found = read(tmp_path, content)
    assert [line for line, _ in found] == [1, 9, 17]
    assert [document for _, document in found] == [{"n": str(n), "in": {"deep": [str(n)]}} for n in range(3)]


def test_lines_of_json_keep_their_line_numbers(tmp_path: Path) -> None:
    """Blank lines, Windows line ends and record separators stand between documents and still count as lines."""
    assert read(tmp_path, '{"a":1}\r\n\r\n\x1e{"a":2}\n{"a":3}') == [(1, {"a": "1"}), (3, {"a": "2"}), (4, {"a": "3"})]


def test_an_array_yields_its_elements(tmp_path: Path) -> None:
    """One array is a file of its elements; arrays after one another (paged downloads) are, too; inner arrays stay."""
    assert [found for _, found in read(tmp_path, '[{"a":1},\n[2, 3]]')] == [{"a": "1"}, ["2", "3"]]
    assert read(tmp_path, '[{"a":1}]\n[]\n[{"a":2}]') == [(1, {"a": "1"}), (3, {"a": "2"})]


@pytest.mark.parametrize("content", ["", " \n ", "[]", "\ufeff"])
def test_a_file_without_documents(tmp_path: Path, content: str) -> None:
    """Nothing between the lines is no document and no fault."""
    assert read(tmp_path, content) == []


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    """The mark that Windows tools put first, and again where files were joined, is passed over."""
    assert read(tmp_path, b'\xef\xbb\xbf{"a":1}\n\xef\xbb\xbf{"a":2}') == [(1, {"a": "1"}), (2, {"a": "2"})]


def test_numbers_are_kept_as_they_were_written(tmp_path: Path) -> None:
    """No number passes through a float: nanoseconds, long integers and trailing zeros come out digit by digit."""
    numbers = ["1772435113000000001", "30000000000000000000000000000001", "0.10", "-0", "1e400", "12.50"]
    assert read(tmp_path, f"[{','.join(numbers)}]") == [(1, number) for number in numbers]


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    "content", ['{"a": 12345678901234567890}', '[true,false,null,-12.5e+3,"x\\u00e9\\ud83d\\ude00"]', '"äöü€😀"',
                '1234567890\n1234567890', '{"a":"b\\\\\\"c"}'],
)  # fmt: skip
def test_what_the_window_cuts_is_read_whole(tmp_path: Path, content: str) -> None:
    """A document that lies across the edge of what was read so far is no fault."""
    exact = json.JSONDecoder(parse_int=str, parse_float=str)
    wanted = [exact.decode(part) for part in content.splitlines()]
    wanted = wanted[0] if content.startswith("[") else wanted
    assert [document for _, document in read(tmp_path, content)] == wanted


@pytest.mark.parametrize("rest", ['{"b":[1,\n2', '{"b":"tex', '{"b":tr', "{", '{"b":"\\u00', '{"b":1,', '{"b":-'])
def test_a_file_cut_in_the_middle_is_refused_with_its_line(tmp_path: Path, rest: str) -> None:
    """A file that ends inside a document is refused whole: the line of its end and of the document's beginning."""
    content = '{"a":1}\n' + rest
    last = content.count("\n") + 1
    assert refusal(tmp_path, content) == (
        f"Line {last}: the file ends in the middle of a JSON document (begun on line 2)."
    )


def test_an_array_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    """Whole elements do not make up for a missing bracket: more of them may be missing."""
    assert refusal(tmp_path, '[{"a":1},\n{"a":2}\n') == "The JSON array is not closed: the file ends at line 3."


@pytest.mark.parametrize(("content", "line"), [
    ('{"a":1}\n{"b":\n oops}', 3), ('{"a":1}{"b" 2}', 1), ("[1,,2]", 1), ("[1 2]", 1), ('{"a":1},\n{"a":2}', 1),
    ("hello", 1), ("[1]]", 1), ("1.0.2", 1), ("{\"a\":'b'}", 1), ("[1,]", 1),
])  # fmt: skip
def test_what_is_not_json_is_refused_with_its_line(tmp_path: Path, content: str, line: int) -> None:
    """The line of the fault is named, not the line where its document began."""
    assert refusal(tmp_path, content).startswith(f"Line {line}: not JSON (")


def test_a_fault_is_found_where_it_is(tmp_path: Path) -> None:
    """A fault early in a large file is told without reading on: what is wrong far behind it is never met."""
    good = json.dumps({"text": "x" * 500}) + "\n"
    content = (good * 10 + '{"text" "x"}\n' + good * 10_000).encode() + b"\xff"
    assert refusal(tmp_path, content).startswith("Line 11: not JSON (")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_not_json(tmp_path: Path, word: str) -> None:
    """What no number is never becomes one: the file is refused with the document's line."""
    assert refusal(tmp_path, f'{{"a":1}}\n{{"a":{word}}}').startswith(f"Line 2: not JSON ({word} is not JSON")


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_deep_nesting_is_refused(tmp_path: Path, content: str) -> None:
    """A file nested beyond all use ends in a sentence, not in a crash."""
    assert refusal(tmp_path, content) == "Line 1: JSON nested too deeply to be an export."


def test_a_document_beyond_the_largest_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document may not take all memory."""
    monkeypatch.setattr(jsontext, "MAX_DOCUMENT", 1 << 20)
    assert "larger than 1 MB" in refusal(tmp_path, json.dumps(["x" * 100] * 60_000)[1:-1].join(('{"a":[', "]}")))


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    """The line of the byte is named, also when it was read long after the documents before it."""
    assert refusal(tmp_path, b'{"a":1}\n{"a":"\xe9"}\n') == "Line 2: byte 0xE9 is not UTF-8 text."
    assert refusal(tmp_path, b'{"a":1}\n' * 300_000 + b'{"a":"\xff"}') == "Line 300001: byte 0xFF is not UTF-8 text."
    assert refusal(tmp_path, '{"a":1}'.encode("utf-16")) == "Line 1: byte 0xFF is not UTF-8 text."


def test_half_of_a_pair_becomes_the_replacement_character(tmp_path: Path) -> None:
    """An escaped half of a surrogate pair cannot be stored and is replaced; pairs and written backslashes stay."""
    content = r'{"\ud800":"\udc00x\uD83D\uDE00 \\ud800 \ud83d"}'
    assert read(tmp_path, content) == [(1, {"\ufffd": "\ufffdx😀 \\ud800 \ufffd"})]


def test_a_limit_yields_what_is_whole_within_it(tmp_path: Path) -> None:
    """Recognition sees the whole documents of a head; one cut off by the limit or broken ends the list silently."""
    content = '{"a":"ä"}\n{"b":2}\n{"c":3}'
    assert [document for _, document in read(tmp_path, content, limit=20)] == [{"a": "ä"}, {"b": "2"}]
    assert read(tmp_path, content, limit=8) == []
    assert [document for _, document in read(tmp_path, '{"a":1}\n{"b"', limit=1_000)] == [{"a": "1"}]


def test_a_cell_of_json() -> None:
    """Text stays, numbers are text already, truth values are words, null is empty, the rest is JSON again."""
    assert [text(value) for value in (None, "a", "1.50", True, False, ["1", None], {"ä": "b"})] == [
        None, "a", "1.50", "true", "false", '["1",null]', '{"ä":"b"}',
    ]  # fmt: skip


@pytest.mark.skipif(not SUITE.exists(), reason="../shared is not here: the JSONTestSuite corpus is not read")
def test_the_json_test_suite() -> None:
    """What must be read is read, what must be refused is; documents in a row and empty files are ours to allow."""
    ours = {"n_single_space", "n_structure_UTF8_BOM_no_data", "n_structure_no_data", "n_structure_double_array",
            "n_structure_object_with_trailing_garbage"}  # fmt: skip
    wrong = []
    for file in sorted((SUITE / "test_parsing").glob("*.json")):
        try:
            list(documents(file))
            fine = file.stem[0] in "yi" or file.stem in ours
        except Refused:
            fine = file.stem[0] in "ni" and file.stem not in ours
        if not fine:
            wrong.append(file.name)
    assert not wrong
