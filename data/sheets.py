"""Registry files as people keep them: one YAML, one XLSX with a sheet a table, or CSVs named like their tables."""

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import NamedTuple, TextIO
from xml.etree.ElementTree import ParseError

import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from data.errors import RegistryError

MAX_BYTES = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_ROWS = 300_000
MAX_COLUMNS = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EXACT = 2**53
_UNREADABLE = (
    csv.Error,
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # what zipfile says of a packing method it does not read
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
)  # as openpyxl fails


class SheetRow(NamedTuple):
    """One row of one table as it was found: where, and its cells by column name."""

    table: str
    where: str
    cells: dict[str, object]


def kind_of(path: Path) -> str:
    """Which of yaml, xlsx and csv, by the name; without such an ending it is a folder of CSVs. One CSV that is there is
    the table of its name.
    """
    kinds = {".yaml": "yaml", ".yml": "yaml", ".xlsx": "xlsx", "": "csv"}
    is_table = path.is_dir() or (path.suffix.lower() == ".csv" and path.is_file())
    kind = kinds.get(path.suffix.lower(), "csv" if is_table else "")
    if not kind:
        raise RegistryError(
            f"'{path.name}' ends with '{path.suffix}'; a registry is a .yaml or .xlsx file or a folder of .csv.",
            "Name one of these.",
        )
    return kind


def read(path: Path) -> list[SheetRow]:
    """Every row of a registry file or folder, tables and columns as they are named there. Raises RegistryError."""
    if not path.exists():
        raise RegistryError(f"There is no file or folder {path}.", "Check the name.")
    kind = kind_of(path)
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        raise RegistryError(f"{path.name} has {path.stat().st_size:,} bytes; {MAX_BYTES:,} are the limit.")
    try:
        rows = list({"yaml": _read_yaml, "xlsx": _read_xlsx, "csv": _read_csv}[kind](path))
    except _UNREADABLE as error:
        raise RegistryError(f"{path.name} cannot be read as {kind.upper()}: {error}.", "Save it anew.") from None
    if not rows:
        raise RegistryError(f"{path.name} holds no rows.", "See python -m data export for how such a file looks.")
    return rows


def write(path: Path, tables: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, object]]]]) -> None:
    """Write tables (columns, rows) to a new file or folder. Raises RegistryError when something is there already."""
    kind = kind_of(path)
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise RegistryError(f"There is something at {path} already; it was left as it is.", "Name a new place.")
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "yaml":
        plain = {
            name: [{k: _plain(v) for k, v in row.items() if v is not None} for row in rows]
            for name, (_, rows) in tables.items()
            if rows
        }
        path.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
    elif kind == "xlsx":
        book = Workbook(write_only=True)
        for name, (columns, rows) in tables.items():
            sheet = book.create_sheet(name)
            sheet.append(list(columns))
            for row in rows:
                sheet.append([_cell(row[column]) for column in columns])
        book.save(path)
    else:
        path.mkdir(parents=True, exist_ok=True)
        for name, (columns, rows) in tables.items():
            with (path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                write_csv(file, columns, rows)


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write one table as CSV that `read` takes again."""
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_text(row[column]) for column in columns] for row in rows)


def _read_yaml(path: Path) -> Iterator[SheetRow]:
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8-sig"))
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise RegistryError(f"{path.name} is not a mapping of table names to lists of rows.")
        for name, rows in root.value:
            table = str(loader.construct_object(name))
            if not isinstance(rows, yaml.SequenceNode):
                raise RegistryError(f"{path.name}, line {name.start_mark.line + 1}: '{table}' must be a list of rows.")
            for row in rows.value:
                where = f"{path.name}, line {row.start_mark.line + 1}"
                if not isinstance(row, yaml.MappingNode):
                    raise RegistryError(f"{where}: a row of '{table}' must be a mapping of columns to values.")
                names = [str(loader.construct_object(key)) for key, _ in row.value]
                values = [loader.construct_object(value, deep=True) for _, value in row.value]
                if twice := next((n for n in names if names.count(n) > 1), None):
                    raise RegistryError(f"{where}: column '{twice}' is given twice.")
                yield SheetRow(table, where, dict(zip(names, values, strict=True)))
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        raise RegistryError(f"{path.name} is not YAML: {why}.", "Correct that place.") from None
    finally:
        loader.dispose()


def _read_xlsx(path: Path) -> Iterator[SheetRow]:
    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
            raise RegistryError(f"{path.name} unpacks to more than {MAX_UNPACKED:,} bytes.")
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            lines = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS, max_row=MAX_ROWS)
            yield from _table(sheet.title, f"{path.name}, sheet {sheet.title}", enumerate(lines, start=1))
    finally:
        book.close()


def _read_csv(path: Path) -> Iterator[SheetRow]:
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    for file in files:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            lines = csv.reader(opened, strict=True)
            yield from _table(file.stem, file.name, ((lines.line_num, line) for line in lines))


def _table(table: str, where: str, lines: Iterator[tuple[int, Sequence[object]]]) -> Iterator[SheetRow]:
    header: list[str] = []
    for number, line in lines:
        cells = [_found(cell) for cell in line]
        if not any(cell is not None and cell != "" for cell in cells):
            continue
        if not header:
            header = [str(cell).strip() if cell is not None else "" for cell in cells]
            if twice := next((n for n in header if n and header.count(n) > 1), None):
                raise RegistryError(f"{where}: column '{twice}' is there twice.")
            continue
        for beyond in range(len(header), len(cells)):
            if cells[beyond] not in (None, ""):
                raise RegistryError(f"{where}, row {number}: '{cells[beyond]}' stands in a column without a name.")
        yield SheetRow(table, f"{where}, row {number}", {k: v for k, v in zip(header, cells, strict=False) if k})


def _found(cell: object) -> object:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")):
        return cell[1:]
    return cell


def _guarded(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets a leading quote, which reading takes off again."""
    return "'" + text if text.startswith((*_FORMULA, "'")) else text


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, time) else value


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _guarded(value)
    if isinstance(value, datetime | time) or (isinstance(value, int) and abs(value) > _EXACT):
        return str(value)  # a spreadsheet would round it
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        return repr(value)  # sixteen digits are all that a sheet keeps
    return value


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _guarded(value) if isinstance(value, str) else ("" if value is None else str(value))
