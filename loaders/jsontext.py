"""JSON as companies write it: one document, lines of documents, or pretty-printed documents one after another."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path

from loaders.format import Refused

_CHUNK = 1 << 20
_BETWEEN = re.compile(r"[ \t\r\n\x1e\ufeff]*")
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_CUT_LITERAL = re.compile(r"(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-)?|\\?u?[0-9a-fA-F]{0,4}")
_UNDECIDED = 16
"""An error this close to the end of what was read may be a word that is cut there."""
MAX_DOCUMENT = 256 << 20


def decoder() -> json.JSONDecoder:
    """A decoder that keeps numbers as the text they were written in and refuses NaN and Infinity."""

    def constant(name: str) -> object:
        raise ValueError(f"{name} is not JSON")

    return json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=constant)


def documents(path: Path, *, limit: int | None = None) -> Iterator[tuple[int, object]]:
    """Each JSON document of a file with the line it starts on; numbers come as text.

    An array at the top level yields its elements, and several arrays one after another all theirs. Raises Refused,
    naming the line, when the text is not UTF-8, not JSON, or ends in the middle of a document: a file half written is
    refused whole. `limit` stops after that many bytes (for recognition), silently dropping a document cut off there,
    and yields nothing more where the text stops being JSON.
    """
    try:
        yield from _Reader(path, limit).documents()
    except Refused:
        if limit is None:
            raise


class _Reader:
    """A file's text, a window at a time, with the line that the window's position stands on."""

    def __init__(self, path: Path, limit: int | None) -> None:
        self._path = path
        self._left = limit
        self._limited = limit is not None
        self._decode = decoder()
        self._window = ""
        self._position = 0
        self._line = 1
        self._ended = False

    def documents(self) -> Iterator[tuple[int, object]]:
        """Every document; Refused at the first fault."""
        with self._path.open("rb") as file:
            self._file = file
            self._bytes = codecs.getincrementaldecoder("utf-8-sig")("strict")
            in_array, comma = False, False
            while (sign := self._next()) is not None:
                if not in_array and sign == "[":
                    in_array, comma = True, True
                    self._position += 1
                    if self._next() == "]":
                        in_array, comma = False, False
                        self._position += 1
                elif in_array and not comma and sign in ",]":
                    in_array, comma = sign == ",", sign == ","
                    self._position += 1
                elif in_array and not comma:
                    raise _refused(self._line, f"not JSON (a comma or ] should stand before {sign!r})")
                else:
                    line = self._line
                    yield line, self._document()
                    comma = False
            if in_array:
                raise Refused(
                    f"The JSON array is not closed: the file ends at line {self._line}.",
                    "It may have been cut off while it was written: export it again.",
                )

    def _next(self) -> str | None:
        """The next character that is not between documents, None at the end."""
        while True:
            start, self._position = self._position, _after_gap(self._window, self._position)
            self._line += self._window.count("\n", start, self._position)
            if self._position < len(self._window):
                return self._window[self._position]
            if self._ended:
                return None
            self._more(_CHUNK)

    def _document(self) -> object:
        while True:
            try:
                found, end = self._decode.raw_decode(self._window, self._position)
            except RecursionError:
                raise _refused(self._line, "JSON nested too deeply to be an export") from None
            except json.JSONDecodeError as error:
                undecided = error.msg.startswith("Unterminated") or error.pos > len(self._window) - _UNDECIDED
                if self._ended or not undecided:
                    raise self._fault(error) from None
            except ValueError as error:
                raise _refused(self._line, f"not JSON ({error}, in the document that begins here)") from None
            else:
                # 12 may be the beginning of 123, and 1.5e of 1.5e+3: a bare number wants to see what follows it
                if self._ended or end + 3 < len(self._window) or isinstance(found, dict | list):
                    return self._taken(found, end)
            if len(self._window) - self._position > MAX_DOCUMENT:
                raise Refused(
                    f"The JSON document at line {self._line} is larger than {MAX_DOCUMENT >> 20} MB.",
                    "Export a shorter period, or one document a line.",
                )
            # four times as much at each turn, so that a long document is not begun anew too often
            begun = len(self._window) - self._position
            self._more(max(_CHUNK, min(3 * begun, MAX_DOCUMENT - begun + 1)))

    def _taken(self, found: object, end: int) -> object:
        text = self._window[self._position : end]
        if not isinstance(found, dict | list) and re.match(r"[^\s,\]\x1e]", self._window[end : end + 1]):
            raise _refused(self._line, f"not JSON (found {self._window[self._position : end + 1][:40]!r})")
        if "\\ud" in text or "\\uD" in text:
            found = self._decode.decode(_ESCAPE.sub(_whole_characters, text))
        self._line += text.count("\n")
        self._position = end
        return found

    def _more(self, size: int) -> None:
        """Read on; what was taken is let go."""
        size = size if self._left is None else min(size, self._left)
        data = self._file.read(size)
        if self._left is not None:
            self._left -= len(data)
        self._ended = not data
        rest = self._window[self._position :]
        try:
            self._window = rest + self._bytes.decode(data, final=self._ended and not self._limited)
        except UnicodeDecodeError as error:
            line = self._line + rest.count("\n") + error.object[: error.start].count(b"\n")
            raise Refused(
                f"Line {line}: byte 0x{error.object[error.start]:02X} is not UTF-8 text.",
                "Save or export the file as UTF-8.",
            ) from None
        self._position = 0

    def _fault(self, error: json.JSONDecodeError) -> Refused:
        last = self._line + self._window.rstrip().count("\n", self._position)
        if error.msg.startswith("Unterminated") or _CUT_LITERAL.fullmatch(self._window[error.pos :].rstrip()):
            return _refused(last, f"the file ends in the middle of a JSON document (begun on line {self._line})")
        where = self._line + self._window.count("\n", self._position, error.pos)
        return _refused(where, f"not JSON ({error.msg})")


def _refused(line: int, what: str) -> Refused:
    return Refused(
        f"Line {line}: {what}.", "It may have been cut off or changed since it was written: export it again."
    )


def _after_gap(window: str, position: int) -> int:
    gap = _BETWEEN.match(window, position)
    return gap.end() if gap else position


def _whole_characters(escape: re.Match[str]) -> str:
    """Half of a surrogate pair is no character and cannot be stored: it becomes the replacement character."""
    return "\\ufffd" if escape[3] else escape[0]


def text(value: object) -> str | None:
    """A JSON value as a cell: None for null, true/false, the number as written, objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise Refused("A value is nested too deeply to be an export.", "Is this the export you meant?") from None


def unwrapped(value: object) -> object:
    """What JSON in a text says, as our JSON holds it; the value itself where it is no text or no JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[", '"')):
        return value
    try:
        return decoder().decode(value)
    except (ValueError, RecursionError):
        return value
