"""Which bytes of a text are which characters: found by marks and by what the bytes allow, never by hope."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import did_you_mean
from loaders.format import Refused

NAMES = {
    "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-16": "UTF-16", "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32", "utf-32": "UTF-32", "cp1252": "Windows-1252", "cp1250": "Windows-1250",
    "cp1251": "Windows-1251", "cp1253": "Windows-1253", "cp1254": "Windows-1254", "latin-1": "ISO 8859-1",
    "iso-8859-2": "ISO 8859-2", "iso-8859-7": "ISO 8859-7", "iso-8859-9": "ISO 8859-9", "iso-8859-15": "ISO 8859-15",
    "cp437": "code page 437", "cp850": "code page 850", "mac-roman": "Mac Roman", "koi8-r": "KOI8-R",
    "cp932": "Shift JIS", "euc-jp": "EUC-JP", "gb18030": "GB 18030", "big5": "Big5", "euc-kr": "EUC-KR",
}  # fmt: skip
"""The encodings a person may state, by the names of Python's codecs."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip  # the mark of UTF-32 begins with that of UTF-16
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f\x7f]")
_CHUNK = 1 << 20
_MOST_HIGH = 0.2
"""A greater share of bytes above 127 is no Western text: read as Windows-1252 it would be nonsense."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a text are read."""

    codec: str = "utf-8"
    mark: int = 0
    """Bytes of a byte order mark before the text."""
    stated: bool = False

    @property
    def name(self) -> str:
        """As people call it."""
        return NAMES[self.codec]

    def text(self, raw: bytes, *, whole: bool) -> str:
        """The characters of the first bytes of a file, of which the last may be cut when they are not the `whole`."""
        return codecs.getincrementaldecoder(self.codec)("replace").decode(raw[self.mark :], final=whole)


def detect(raw: bytes, *, whole: bool, stated: str | None = None) -> Encoding | None:
    """The encoding of a text by its first bytes; None when they are no text or nobody could tell of which encoding.

    A mark decides, then what was stated, then: bytes that are UTF-8 are; every other byte a zero is UTF-16; what has
    some UTF-8 in it is damaged UTF-8, refused where it is read; what remains, if it can be, is Windows-1252.
    """
    found = next((Encoding(codec, len(mark)) for mark, codec in _MARKS if raw.startswith(mark)), None)
    if found:
        return found
    if stated is not None:
        return Encoding(_known(stated), stated=True)
    even, odd = raw[: len(raw) & ~1 : 2], raw[1::2]
    zeros = even.count(0), odd.count(0)
    if max(zeros) > 0.6 * len(odd) and min(zeros) <= 0.05 * len(odd):
        return Encoding("utf-16-le" if zeros[1] > zeros[0] else "utf-16-be")
    if len(_CONTROL.findall(raw)) > len(raw) / 20:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw, final=whole)
    except UnicodeDecodeError:
        if _MULTIBYTE.search(raw):
            return Encoding()
    else:
        return Encoding()
    high = sum(map(raw.count, (bytes([byte]) for byte in range(128, 256))))
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return Encoding("cp1252") if high <= _MOST_HIGH * len(raw) and not _CONTROL.search(raw) else None


def _known(stated: str) -> str:
    """The codec a person means. Raises Refused for one that is not known."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): codec for codec, name in NAMES.items()}
    plain |= {re.sub(r"[^a-z0-9]", "", codec): codec for codec in NAMES}
    plain |= {"utf16": "utf-16-le", "utf32": "utf-32-le", "ansi": "cp1252", "latin1": "latin-1", "sjis": "cp932"}
    found = plain.get(re.sub(r"[^a-z0-9]", "", stated.lower()))
    if found is None:
        raise Refused(
            f'encoding is "{stated[:80]}", which is not known.{did_you_mean(stated, NAMES)}',
            f"Known: {', '.join(NAMES)}.",
        )
    return found


def pieces(path: Path, encoding: Encoding) -> Iterator[str]:
    """The text of a file piece by piece, its line ends kept and none of them cut in two.

    Raises Refused, naming the line, for bytes that the encoding does not have. Bytes that look like UTF-8 in a file
    nobody said to be of another encoding are refused, too: it holds both, and either reading would spoil the other.
    """
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    ends = io.IncrementalNewlineDecoder(None, translate=False)
    doubtful = encoding.codec == "cp1252" and not encoding.stated
    lines, edge = 1, b""
    with path.open("rb") as file:
        file.seek(encoding.mark)
        while True:
            raw = file.read(_CHUNK)
            if doubtful and (mixed := _MULTIBYTE.search(edge + raw)):
                line = lines + _ends((edge + raw)[len(edge) : mixed.start()].decode("cp1252", "replace"))
                raise Refused(
                    f'Line {line}: "{mixed[0].decode()}" stands here in UTF-8, and the file begins in Windows-1252.',
                    "Save it in one encoding, or say how it is to be read: --set encoding=cp1252.",
                )
            edge = raw[-3:]
            try:
                text = str(ends.decode(decoder.decode(raw, final=not raw), final=not raw))
            except UnicodeDecodeError as error:
                line = lines + _ends(error.object[: error.start].decode(encoding.codec, "replace"))
                raise Refused(
                    f"Line {line}: byte 0x{error.object[error.start]:02X} is not {encoding.name} text.",
                    "Save the file as UTF-8, or say in which encoding it is: --set encoding=NAME.",
                ) from None
            lines += _ends(text)
            yield text
            if not raw:
                return


def _ends(text: str) -> int:
    """How many lines end in a text."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
