"""What lies in a compressed file: written out into the load's own folder, with bounds on everything it claims."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Protocol, cast

import pyarrow as pa

from loaders.connector_tables import Rows, is_of_connector
from loaders.format import Refused
from loaders.head import SIZE, files_in, kind_of

LARGEST = 8 << 30
"""Bytes that one file may hold when unpacked."""
LARGEST_MEMBER = 256 << 20
ENTRIES = 1_000
SPARE = 1 << 30
"""Bytes that unpacking leaves free on the disk."""
ARCHIVES = ("zip", "gzip", "zstd", "bzip2", "xz")
_CHUNK = 1 << 20
_ZSTANDARD = 93
_TEXT = ("csv", "json")
_UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The one file that came out, and what a person should know about it."""

    path: Path
    notes: tuple[str, ...]


def unpack(path: Path, kind: str, folder: Path) -> Unpacked:
    """Write what a compressed file holds into `folder`, under a name of ours.

    A zip may hold one file of data, or several texts of one kind: CSV with the same header, or JSON; they are put one
    after another; or tables of one connector, which are put together as JSON lines. Raises Refused for anything else,
    for an archive in an archive, an encrypted, damaged or lying one, and for more than LARGEST bytes.
    """
    inner = folder / "unpacked"
    try:
        if kind == "zip":
            return _unzip(path, inner)
        with _stream(path, kind) as source:
            written = _write(source, inner, path.stat().st_size)
    except _UNREADABLE as error:
        raise Refused(
            f"The {kind} file is damaged or cut off ({_said(error)}).", "Pack or export it again; nothing was loaded."
        ) from None
    return Unpacked(inner, (f"Unpacked with {kind}: {written:,} bytes.",))


def _stream(path: Path, kind: str) -> IO[bytes]:
    openers: dict[str, Callable[[Path], object]] = {
        "gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open,
        "zstd": lambda file: pa.CompressedInputStream(pa.OSFile(str(file)), "zstd"),
    }  # fmt: skip
    return cast(IO[bytes], openers[kind](path))


def _unzip(path: Path, inner: Path) -> Unpacked:
    with zipfile.ZipFile(path) as archive:
        entries = files_in(archive)
        if not entries:
            raise Refused("The zip file holds no file.", "Pack the data again.")
        if len(entries) > ENTRIES:
            raise Refused(
                f"The zip file holds {len(entries):,} files; up to {ENTRIES:,} are read.", "Load them in parts."
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("The zip file is encrypted.", "Pack it without a password.")
        names = [entry.filename for entry in entries]
        size = path.stat().st_size
        if len(entries) == 1:
            written = _write(member(archive, entries[0]), inner, size)
            return Unpacked(inner, (f"Unpacked {shown(names[0])}: {written:,} bytes.",))
        heads = [_head(archive, entry) for entry in entries]
        kinds = {kind_of(head) for head in heads}
        if kinds == {"csv"} and all(is_of_connector(head) for head in heads):
            tables = [(shown(entry.filename), partial(member, archive, entry)) for entry in entries]
            written = _write(Rows(tables), inner, size)
            return Unpacked(
                inner, (f"Unpacked {len(names)} tables of one connector, read together: {written:,} bytes.",)
            )
        if kinds == {"csv"}:
            headers = {head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()[0].strip() for head in heads}
        if len(kinds) > 1 or not kinds <= set(_TEXT) or (kinds == {"csv"} and len(headers) > 1):
            listed = ", ".join(map(shown, names[:5])) + (" and others" if len(names) > 5 else "")
            raise Refused(f"The zip file holds {len(names)} different files: {listed}.", "Unpack it and load each one.")
        written = _write(_Joined(archive, entries, header_once=kinds == {"csv"}), inner, size)
        return Unpacked(
            inner, (f"Unpacked {len(names)} files of one kind, read one after another: {written:,} bytes.",)
        )


def shown(name: str) -> str:
    """A member's name as text to show: data, and never a path."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)[-100:]


def member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    """What one file of a zip holds, as a stream; also packed with Zstandard, which Python reads only from 3.14 on.

    Raises Refused for a method that is not read, for a password, and for more than LARGEST_MEMBER under Zstandard.
    """
    if entry.compress_type == _ZSTANDARD:
        return _zstandard(archive, entry)
    try:
        return archive.open(entry)
    except NotImplementedError:  # what zipfile says of a packing method it does not read
        raise Refused(
            f"The zip file packs {shown(entry.filename)} with method {entry.compress_type}, which is not read.",
            "Pack it the usual way (deflate).",
        ) from None
    except RuntimeError as error:  # a password is wanted only now
        raise Refused(f"The zip file cannot be opened ({_said(error)}).", "Pack it without a password.") from None


def _zstandard(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    with Path(str(archive.filename)).open("rb") as file:
        file.seek(entry.header_offset + 26)
        name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
        file.seek(entry.header_offset + 30 + name + extra)
        packed = file.read(entry.compress_size)
    with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
        found = stream.read(LARGEST_MEMBER + 1)
    if len(found) > LARGEST_MEMBER:
        raise Refused(
            f"{shown(entry.filename)} holds more than {LARGEST_MEMBER >> 20} MB unpacked.", "Is this the right file?"
        )
    return io.BytesIO(found)


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with member(archive, entry) as file:
        return file.read(SIZE)


class Stream(Protocol):
    """Anything that hands over bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next piece, of about this size; empty at the end."""
        ...


class _Joined:
    """Several texts read as one; of CSV files only the first keeps its header."""

    def __init__(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], *, header_once: bool) -> None:
        self._chunks = self._all(archive, entries, header_once)

    def read(self, size: int) -> bytes:
        """The next piece, of about any size; empty at the end."""
        return next((chunk for chunk in self._chunks if chunk), b"")

    def _all(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], header_once: bool) -> Iterator[bytes]:
        for number, entry in enumerate(entries):
            with member(archive, entry) as file:
                if number and header_once:
                    while (line := file.readline()) and not line.strip(b"\xef\xbb\xbf\r\n"):
                        pass  # blank lines before the header
                last = b"\n"
                while chunk := file.read(_CHUNK):
                    last = chunk
                    yield chunk
                if not last.endswith(b"\n"):
                    yield b"\n"


def _write(source: Stream, inner: Path, packed: int) -> int:
    """Copy a stream into a file within the bounds; the bytes written."""
    written = 0
    with inner.open("wb") as target:
        while chunk := source.read(_CHUNK):
            if not written and (kind := kind_of(chunk[:SIZE])) in ARCHIVES and not _is_spreadsheet(chunk):
                raise Refused(f"The archive holds another archive ({kind}).", "Unpack it and load the files inside.")
            if not written and kind == "unknown":
                raise Refused("What is packed is neither text nor a format known here.", "Is this the right file?")
            written += len(chunk)
            if written > LARGEST:
                raise Refused(
                    f"Unpacked, the file is larger than {LARGEST >> 30} GB ({packed:,} bytes packed).",
                    "Export a shorter period.",
                )
            target.write(chunk)
            if shutil.disk_usage(inner.parent).free < SPARE:
                raise Refused("There is no room on the disk to unpack the file.", "Make room, or unpack it elsewhere.")
    return written


def _is_spreadsheet(beginning: bytes) -> bool:
    """Whether a zip begins as XLSX or ODS files do: these are documents, not archives of files."""
    return any(mark in beginning[:4_096] for mark in (b"[Content_Types].xml", b"xl/", b"_rels/.rels", b"mimetypeapp"))


def _said(error: BaseException) -> str:
    return str(error).split("\n", maxsplit=1)[0][:120] or "it ends too early"
