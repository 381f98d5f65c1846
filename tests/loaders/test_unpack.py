import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from data.warehouse import Warehouse
from loaders import unpack as module
from loaders.format import Refused
from loaders.head import kind_of
from loaders.ingest import Outcome, load
from loaders.jsontext import documents
from loaders.opening import open_file
from loaders.unpack import LARGEST, unpack
from tests.loaders.files import csv_text, least, write_jsonl

ROWS = [least("interactions", interaction_id=f"i{number}", input_tokens=number) for number in range(7)]
CSV = csv_text(ROWS).encode()
FIGURES = ("status", "rows_read", "accepted", "duplicates", "quarantined", "blank", "ignored", "totals", "period")


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "two gzip members": lambda content: gzip.compress(content[:50]) + gzip.compress(content[50:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda content: zipped({"deep/er/usage.csv": content}),
    "zip stored": lambda content: zipped({"usage": content}, zipfile.ZIP_STORED),
    "zip with litter": lambda content: zipped({"a.csv": content, "__MACOSX/._a.csv": b"\0\5", "x/.DS_Store": b"\0"}),
}


def figures(outcome: Outcome) -> dict[str, object]:
    """What a load tells about what was in the file."""
    return {name: getattr(outcome, name) for name in FIGURES}


@pytest.mark.parametrize("packer", PACKERS)
def test_packed_is_what_it_holds(tmp_path: Path, packer: str) -> None:
    """What comes out of a packed file is the file inside, byte by byte, and it says how long that is."""
    (tmp_path / "packed").write_bytes(PACKERS[packer](CSV))
    opened = open_file(tmp_path / "packed", tmp_path)
    assert opened.path.read_bytes() == CSV
    assert f": {len(CSV)} bytes." in opened.notes[0]


def test_a_packed_load_is_the_plain_load(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """A zip loads as the file inside, row by row, says that it was unpacked, and leaves nothing behind."""
    plain, packed = fresh(), fresh()
    (tmp_path / "plain").write_bytes(CSV)
    (tmp_path / "packed").write_bytes(PACKERS["zip with litter"](CSV))
    expected = load(plain, tmp_path / "plain", who="t")
    found = load(packed, tmp_path / "packed", who="t")
    assert figures(found) == figures(expected)
    assert any(message.startswith("Unpacked a.csv") for message in found.messages)
    assert rows_of(packed) == rows_of(plain)
    assert [entry for name in ("staging", "uploads") for entry in (packed.side / name).iterdir()] == []


def rows_of(store: Warehouse) -> object:
    """The interactions without the load's own name."""
    return store.rows("SELECT * EXCLUDE (load_id) FROM interactions ORDER BY interaction_id")


def test_zstd(tmp_path: Path) -> None:
    """Zstandard is unpacked, too."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(CSV)
    (tmp_path / "a").write_bytes(sink.getvalue().to_pybytes())
    assert open_file(tmp_path / "a", tmp_path).path.read_bytes() == CSV


def test_parts_of_one_export_in_a_zip(store: Warehouse, tmp_path: Path) -> None:
    """CSV files with the same header are read one after another, whatever marks and blank lines they begin with."""
    parts = {
        "1.csv": csv_text(ROWS[:3]).encode().rstrip(b"\n"),
        "2.csv": b"\xef\xbb\xbf" + csv_text(ROWS[3:5]).encode(),
        "3.csv": b"\r\n\n" + csv_text(ROWS[5:]).replace("\n", "\r\n").encode(),
    }
    (tmp_path / "split").write_bytes(zipped(parts))
    assert open_file(tmp_path / "split", tmp_path).path.read_bytes().replace(b"\r", b"") == CSV
    outcome = load(store, tmp_path / "split", who="t")
    assert (outcome.rows_read, outcome.accepted) == (7, 7)


def test_json_files_in_a_zip(tmp_path: Path) -> None:
    """JSON files of one zip are read one after another."""
    parts = [write_jsonl(tmp_path / f"{n}", ROWS[n::2]).read_bytes().rstrip() for n in (0, 1)]
    (tmp_path / "z").write_bytes(zipped({"a.json": parts[0], "b.json": parts[1]}))
    found = [document for _, document in documents(open_file(tmp_path / "z", tmp_path).path)]
    assert [row["interaction_id"] for row in found] == [f"i{n}" for n in (0, 2, 4, 6, 1, 3, 5)]  # type: ignore[index]


def test_a_damaged_row_inside_is_told_by_its_line(store: Warehouse, tmp_path: Path) -> None:
    """The lines in quarantine are those of the file inside."""
    (tmp_path / "z").write_bytes(zipped({"a.csv": CSV.replace(b"i3,", b",")}))
    outcome = load(store, tmp_path / "z", who="t")
    assert (outcome.accepted, outcome.quarantined) == (6, 1)
    assert store.rows("SELECT line, column_name FROM quarantine") == [{"line": 5, "column_name": "interaction_id"}]


def encrypted() -> bytes:
    """A zip whose entry claims to be encrypted."""
    content = bytearray(zipped({"a.csv": CSV}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    return bytes(content)


REFUSED: dict[str, tuple[bytes, str]] = {
    "zip of zips": (zipped({"a.zip": zipped({"b.csv": CSV})}), "holds another archive (zip)"),
    "gzip of gzip": (gzip.compress(gzip.compress(CSV)), "holds another archive (gzip)"),
    "zip of gzip": (zipped({"a.gz": gzip.compress(CSV)}), "holds another archive (gzip)"),
    "different files": (zipped({"a.csv": CSV, "b.json": b"{}"}), "2 different files: a.csv, b.json."),
    "other headers": (zipped({"a.csv": CSV, "b.csv": b"x,y\n1,2\n"}), "2 different files: a.csv, b.csv."),
    "no file": (zipped({}), "holds no file"),
    "only folders": (zipped({"a/": b""}), "holds no file"),
    "encrypted": (encrypted(), "is encrypted"),
    "cut off": (zipped({"a.csv": CSV})[:-30], "damaged or cut off"),
    "wrong checksum": (zipped({"a.csv": CSV}, zipfile.ZIP_STORED).replace(b"i3", b"j3", 1), "damaged or cut off"),
    "xz cut": (lzma.compress(CSV)[:-10], "xz file is damaged or cut off"),
    "bzip2 cut": (bz2.compress(CSV)[:-10], "bzip2 file is damaged or cut off"),
    "binary inside": (gzip.compress(bytes(range(256)) * 40), "neither text nor a format known here"),
    "too many": (zipped({f"{n}.csv": b"a,b\n1,2\n" for n in range(1_001)}), "1,001 files; up to 1,000"),
    "names that are paths": (zipped({"../../etc/passwd": b"{}", "C:\\x": b"a,b\n"}), "2 different files"),
    "names that cannot be shown": (
        zipped({"a\x07\u202eb.csv": b"a,b\n", "c.csv": b"b\n"}),
        "different files: a��b.csv",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_that_is_refused(tmp_path: Path, case: str) -> None:
    """Each is refused with a sentence that says what it is."""
    content, said = REFUSED[case]
    (tmp_path / "in").mkdir()
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(Refused) as refusal:
        open_file(tmp_path / "a.bin", tmp_path / "in")
    assert said in str(refusal.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "in"]  # nothing beside the folder


def test_zeros_are_not_unpacked(tmp_path: Path) -> None:
    """A quarter of a gigabyte of nothing is refused by its first bytes."""
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb") as file:
        for _ in range(16):
            file.write(bytes(1 << 24))
    (tmp_path / "a").write_bytes(sink.getvalue())
    with pytest.raises(Refused, match="neither text nor"):
        unpack(tmp_path / "a", "gzip", tmp_path)
    assert (tmp_path / "unpacked").stat().st_size == 0


def test_text_that_grows_beyond_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacking ends where the bound is, and says how large the packed file was."""
    monkeypatch.setattr(module, "LARGEST", 3 << 20)
    (tmp_path / "a").write_bytes(gzip.compress(CSV + b"i,2026-03-01,\n" * 1_000_000))
    with pytest.raises(Refused, match="larger than 0 GB"):
        unpack(tmp_path / "a", "gzip", tmp_path)
    assert (tmp_path / "unpacked").stat().st_size <= 3 << 20
    assert LARGEST == 8 << 30


def test_a_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where unpacking would fill the disk it stops and says so."""
    monkeypatch.setattr(module, "SPARE", 1 << 60)
    (tmp_path / "a").write_bytes(gzip.compress(CSV))
    with pytest.raises(Refused, match="no room on the disk"):
        unpack(tmp_path / "a", "gzip", tmp_path)


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"PK\x03\x04", "zip"), (b"\x1f\x8b\x08", "gzip"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\0", "xz"),
        (b"(\xb5/\xfd", "zstd"), (b"\xd0\xcf\x11\xe0", "ole"), (b"PAR1", "parquet"), (b'{"a":1}', "json"),
        (b"a,b\n", "csv"), (b"\0\1\2\3", "unknown"),
    ],
)  # fmt: skip
def test_kinds_by_first_bytes(beginning: bytes, kind: str) -> None:
    """What a file is, its bytes say."""
    assert kind_of(beginning) == kind
