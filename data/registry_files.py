"""The registry as files: everything of a file is stored or nothing is, and a refusal names file, row and column."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data import sheets
from data.cursor import Rows
from data.errors import RegistryError, did_you_mean
from data.record import Record
from data.registry import REFERENCES, REGISTRY
from data.registry_store import current, save
from data.sheets import SheetRow
from data.warehouse import Warehouse

SHOWN = 20


def import_registry(store: Warehouse, path: Path | str, who: str) -> dict[str, int]:
    """Store what a YAML, an XLSX or a folder of CSVs says; the number of new or changed rows by table.

    Rows that the file does not name stay as they are. Raises RegistryError with every problem found (the first 20 in
    words), and stores nothing then.
    """
    path = Path(path)
    rows = proposed(store, path)
    changed: dict[str, int] = {}
    with store.write(f"registry import of {path.name}", who) as tx:
        for table, model in REGISTRY.items():
            given = [row for row in rows if isinstance(row, model)]
            if given:
                changed[table] = save(tx, given, who)
    return changed


def proposed(store: Rows, path: Path) -> list[Record]:
    """The rows of a registry file, each valid and naming only what the file or the registry has; nothing is stored.

    Raises RegistryError with every problem found (the first 20 in words).
    """
    problems: list[str] = []
    rows = _validated(sheets.read(path), problems)
    if not problems:
        problems += _dangling(store, rows)
    if problems:
        more = [f"... and {len(problems) - SHOWN} more."] if len(problems) > SHOWN else []
        raise RegistryError("\n".join([*problems[:SHOWN], *more]), "\nNothing was stored; correct it and try again.")
    return [record for _, record in rows]


def faults(model: type[Record], cells: dict[str, object]) -> tuple[Record | None, dict[str, str]]:
    """One row as a person typed it: the valid row, or what is wrong by column ("" for the row as a whole)."""
    try:
        return model.model_validate(cells), {}
    except ValidationError as error:
        found: dict[str, str] = {}
        for detail in error.errors():
            column, sentence = _sentence(cells, detail)
            found.setdefault(column, sentence[:1].upper() + sentence[1:])
        return None, found


def export_registry(store: Rows, dest: Path | str) -> dict[str, int]:
    """Write the rows in force to a new YAML, XLSX (by the name's ending) or folder of CSVs; rows by table.

    The file can be imported again. Raises RegistryError when something is at `dest` already.
    """
    found = {table: [row.row() for row in current(store, model)] for table, model in REGISTRY.items()}
    sheets.write(Path(dest), {table: (REGISTRY[table].columns(), rows) for table, rows in found.items()})
    return {table: len(rows) for table, rows in found.items()}


def _validated(found: Iterable[SheetRow], problems: list[str]) -> list[tuple[SheetRow, Record]]:
    valid: list[tuple[SheetRow, Record]] = []
    unknown: set[tuple[str, str]] = set()
    first: dict[tuple[object, ...], str] = {}
    for row in found:
        model = REGISTRY.get(row.table)
        if model is None:
            if (row.table, "") not in unknown:
                guess = did_you_mean(row.table, REGISTRY) or f" The tables are: {', '.join(REGISTRY)}."
                problems.append(f"{row.where}: '{row.table}' is not a table of the registry.{guess}")
            unknown.add((row.table, ""))
            continue
        strange = [column for column in row.cells if column not in model.columns()]
        for column in strange:
            if (row.table, column) not in unknown:
                guess = did_you_mean(column, model.columns()) or f" Its columns are: {', '.join(model.columns())}."
                problems.append(f"{row.where}: '{column}' is not a column of {row.table}.{guess}")
            unknown.add((row.table, column))
        try:
            record = model.model_validate({k: v for k, v in row.cells.items() if k not in strange})
        except ValidationError as error:
            problems += [_said(row, detail) for detail in error.errors()]
            continue
        identity = (row.table, *record.identity())
        if identity in first:
            problems.append(f"{row.where}: says the same thing as {first[identity]}; keep one of the two.")
        first.setdefault(identity, row.where)
        valid.append((row, record))
    return valid


def _said(row: SheetRow, detail: ErrorDetails) -> str:
    column, sentence = _sentence(row.cells, detail)
    return f"{row.where}, column {column}: {sentence}" if column else f"{row.where}: {sentence}"


def _sentence(cells: dict[str, object], detail: ErrorDetails) -> tuple[str, str]:
    """The column that an error of the model is about, "" for the whole row, and what is wrong with it."""
    column = str(detail["loc"][0]) if detail["loc"] else ""
    came = cells.get(column)
    if detail["type"] == "missing" or (column and came in (None, "")):
        return column, "nothing came, a value is needed."
    if detail["type"] == "literal_error":
        allowed = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return column, f"'{came}' came, expected one of {', '.join(allowed)}.{did_you_mean(str(came), allowed)}"
    expected = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    expected = expected[:1].lower() + expected[1:].rstrip(".")
    return column, f"'{came}' came, it {expected}." if column else f"{expected}."


def _dangling(store: Rows, rows: list[tuple[SheetRow, Record]]) -> list[str]:
    """Names of products, pilots, scenarios and initiatives that neither the file nor the registry has."""
    problems = []
    for column, model in REFERENCES.items():
        known = {str(row.identity()[0]) for row in current(store, model)}
        known |= {str(record.identity()[0]) for _, record in rows if isinstance(record, model)}
        for row, record in rows:
            named = None if isinstance(record, model) else record.row().get(column)
            if named is not None and named not in known:
                guess = did_you_mean(str(named), known) or f" Add it to {model.table} first."
                problems.append(f"{row.where}, column {column}: '{named}' is not in {model.table}.{guess}")
    return problems
