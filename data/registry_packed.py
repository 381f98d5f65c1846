"""The registry as a file to download, and an uploaded file as rows: YAML, XLSX, or a zip with a CSV a table."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from data.cursor import Rows
from data.errors import RegistryError
from data.record import Record
from data.registry import REGISTRY
from data.registry_files import export_registry, proposed
from data.sheets import MAX_BYTES, MAX_UNPACKED, write_csv

KINDS = ("yaml", "xlsx", "zip")


def pack(store: Rows, kind: str, folder: Path) -> bytes:
    """All rows in force as one file of a kind of KINDS; `folder` is where it is made meanwhile."""
    with TemporaryDirectory(dir=folder) as made:
        dest = Path(made) / ("registry" if kind == "zip" else f"registry.{kind}")
        export_registry(store, dest)
        if kind != "zip":
            return dest.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for each in sorted(dest.glob("*.csv")):
                file.write(each, f"registry/{each.name}")
        return packed.getvalue()


def pack_rows(model: type[Record], rows: Iterable[Record]) -> bytes:
    """Rows of one table as CSV that an import reads, with the byte order mark that spreadsheets need."""
    text = io.StringIO(newline="")
    write_csv(text, model.columns(), (row.row() for row in rows))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def unpack(store: Rows, name: str, content: bytes, folder: Path) -> list[Record]:
    """The rows that an uploaded file proposes, each valid. The name says the kind: .yaml, .yml, .xlsx, .csv or .zip.

    Raises RegistryError with every problem found.
    """
    if len(content) > MAX_BYTES:
        raise RegistryError(f"{name} has {len(content):,} bytes; {MAX_BYTES:,} are the limit.", "Import it in parts.")
    with TemporaryDirectory(dir=folder) as made:
        path = Path(made) / (PurePosixPath(name.replace("\\", "/")).name or "registry")
        if path.suffix.lower() == ".zip":
            path = path.with_suffix("")
            path.mkdir()
            _open(name, content, path)
        else:
            path.write_bytes(content)
        return proposed(store, path)


def _open(name: str, content: bytes, folder: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [entry for entry in packed.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in members) > MAX_UNPACKED:
                raise RegistryError(f"{name} unpacks to more than {MAX_UNPACKED:,} bytes.", "Import it in parts.")
            tables = [entry for entry in members if PurePosixPath(entry.filename).stem in REGISTRY
                      and entry.filename.lower().endswith(".csv")]  # fmt: skip
            stems = [PurePosixPath(entry.filename).stem for entry in tables]
            if twice := next((stem for stem in stems if stems.count(stem) > 1), None):
                raise RegistryError(f"{name} holds {twice}.csv twice.", "Keep one of them.")
            if not tables:
                raise RegistryError(
                    f"{name} holds no CSV that is named like a table.", f"The tables are: {', '.join(REGISTRY)}."
                )
            for entry in tables:
                (folder / PurePosixPath(entry.filename).name).write_bytes(packed.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise RegistryError(f"{name} cannot be read as a zip file: {error}.", "Pack it anew.") from None
