"""Our own format: CSV, JSON lines or Parquet with the columns of the contract, one file a fact table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from data.errors import did_you_mean
from data.facts import FACTS
from data.literal import literal
from loaders.contract import NAIVE, NATIVE, columns_of
from loaders.csvtext import LONGEST_CELL, header_of, records, told
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents, text
from loaders.profiles import Profile, plain_name, translated
from loaders.written import ASKS

ALIASES = {"task_id": "task_key"}
OURS = frozenset({
    "event_key", "row_hash", "load_id", "source_row", "source_records", "source_product", "unit_id", "user_known",
    "day", "duration_bucket", "superseded_by",
})  # fmt: skip
"""Columns that a load writes itself: left out without a word when an export of ours comes back."""


def recognise(head: Head) -> Match:
    """Ours when a fact's signature columns are all there; the more of the rest is known, the surer."""
    names = _names(head)
    if not names:
        return Match(0.0)
    table = table_of(names)
    if table is None:
        near = max(FACTS, key=lambda name: (len(FACTS[name].sign & names), len(set(columns_of(name)) & names)))
        missing = sorted(FACTS[near].sign - names)
        share = len(FACTS[near].sign & names) / len(FACTS[near].sign)
        return Match(0.2 * share, f"for {near}: the column{'s' * (len(missing) > 1)} {', '.join(missing)}")
    known = sum(name in columns_of(table) or name in OURS for name in names)
    return Match(0.6 + 0.4 * known / len(names))


def table_of(names: set[str]) -> str | None:
    """The fact whose signature is among the column names, the one that knows most of them."""
    fit = [table for table, fact in FACTS.items() if fact.sign <= names]
    return max(fit, key=lambda table: len(set(columns_of(table)) & names)) if fit else None


def parse(path: Path, stage: Stage, profile: Profile | None = None) -> None:
    """Read one file of ours, or a foreign one through a profile. Raises Refused when its text, JSON or Parquet is
    malformed, or lacks a column of the profile.
    """
    head = read_head(path)
    table = profile.table if profile else table_of(_names(head))
    if table is None:
        raise Refused(
            "No table has these columns.", f"A file of ours names, for interactions: {_sign('interactions')}."
        )
    if head.kind == "csv":
        _parse_csv(path, stage, table, profile)
    elif head.kind == "json":
        _parse_json(path, stage, table, profile)
    else:
        _parse_parquet(path, stage, table, head.columns, profile)


def _sign(table: str) -> str:
    return ", ".join(sorted(FACTS[table].sign))


def _names(head: Head) -> set[str]:
    if head.kind in ("csv", "parquet"):
        found = list(head.columns)
    else:
        found = [key for document in head.documents if isinstance(document, dict) for key in document]
    return {ALIASES.get(name.strip().lower(), name.strip().lower()) for name in found}


def _known(names: Sequence[str], stage: Stage, table: str, profile: Profile | None) -> dict[str, str]:
    """The file's columns that the contract knows: contract name -> name in the file; says which are left out."""
    if profile:
        used = profile.found(names)
        if left := [name for name in names if name not in used.values()]:
            stage.note(f"The profile has no use for the columns {', '.join(left)[:500]}.")
        return used
    contract, unknown = columns_of(table), []
    found: dict[str, str] = {}
    for name in names:
        low = ALIASES.get(name.strip().lower(), name.strip().lower())
        if low in found:
            raise Refused(
                f'The columns "{found[low]}" and "{name}" are both {low}.', "Keep one of them, or rename the other."
            )
        if low in contract:
            found[low] = name
        elif low not in OURS:
            unknown.append(name)
    missing = [name for name in contract if name not in found]
    for name in unknown:
        stage.note(f'Column "{name}" is not one of {table} and was left out.{did_you_mean(name.lower(), missing)}')
    return found


def _parse_csv(path: Path, stage: Stage, table: str, profile: Profile | None) -> None:
    names, delimiter = header_of(path)
    known = _known(names, stage, table, profile)
    place = {name.strip().lower(): index for index, name in enumerate(names)}
    if not stage.careful and _fast(path, stage, table, known, names=names, delimiter=delimiter, profile=profile):
        return
    order = {name: place[given.strip().lower()] for name, given in known.items()}
    rows = stage.table("records", ["source_row", "line", *order])
    plain = frozenset(order.values())
    for record in told(records(path, delimiter, len(names), plain), stage):
        rows.add(str(record.row), str(record.line), *(record.cells[index] for index in order.values()))
    stage.fill(table, order, _located("records", order, profile))


def _located(name: str, columns: Sequence[str] | dict[str, int], profile: Profile | None) -> str:
    cells = "".join(f", {_cell(profile, column, f'{chr(34)}{column}{chr(34)}')}" for column in columns)
    return (
        "SELECT CAST(source_row AS BIGINT) AS source_row, CAST(line AS BIGINT) AS line, 1 AS source_records"
        f"{cells} FROM {name}"
    )


def _cell(profile: Profile | None, name: str, text: str) -> str:
    """SQL: a cell of the file as the contract column `name`."""
    return f'{translated(profile, name, text) if profile else text} AS "{name}"'


def _fast(
    path: Path, stage: Stage, table: str, known: dict[str, str], *, names: Sequence[str], delimiter: str,
    profile: Profile | None,
) -> bool:  # fmt: skip
    """One pass by DuckDB's own reader, strict, all text, columns by the names we read ourselves."""
    columns = ", ".join(f"'column{index}': 'VARCHAR'" for index in range(len(names)))
    place = {name: index for index, name in enumerate(names)}
    cells = ", ".join(_cell(profile, name, f"column{place[given]}") for name, given in known.items())
    file = literal(path)
    return stage.fill_file(
        table,
        known,
        f"SELECT {cells} FROM read_csv({file}, auto_detect = false, header = true, strict_mode = true,"
        f" delim = '{delimiter}', quote = '\"', escape = '\"', max_line_size = {LONGEST_CELL},"
        f" columns = {{{columns}}})",
    )


def _parse_json(path: Path, stage: Stage, table: str, profile: Profile | None) -> None:
    contract = list(columns_of(table))
    fills = _fills(profile)
    rows = stage.table("records", ["source_row", "line", *contract])
    seen: dict[str, list[str]] = {}
    for row, (line, document) in enumerate(documents(path), start=1):
        stage.read()
        if not isinstance(document, dict):
            stage.broken(line, None, "not_an_object", "Not an object with named values.")
            continue
        given = {}
        for key, value in document.items():
            for name in seen[key] if key in seen else seen.setdefault(key, fills(key)):
                given[name] = text(value)
        if not any(given.values()):
            stage.blank()
            continue
        rows.add(str(row), str(line), *(given.get(name) for name in contract))
    known = _known(list(seen), stage, table, profile)
    have = [name for name in contract if name in known]
    stage.fill(table, have, _located("records", have, profile))


def _fills(profile: Profile | None) -> Callable[[str], list[str]]:
    """Which contract columns a key of a JSON object fills."""
    if profile is None:
        return lambda key: [ALIASES.get(key.strip().lower(), key.strip().lower())]
    used = profile.columns.items()
    return lambda key: [ours for ours, theirs in used if plain_name(theirs) == plain_name(key)]


def _parse_parquet(path: Path, stage: Stage, table: str, names: Sequence[str], profile: Profile | None) -> None:
    known = _known(names, stage, table, profile)
    file = literal(path)
    cells = [
        _cell(profile, name, 'nullif(CAST("' + given.replace('"', '""') + "\" AS VARCHAR), '')")
        for name, given in known.items()
    ]
    rows = pq.read_metadata(path).num_rows
    native = frozenset() if profile or set(ASKS) & set(stage.options.values) else _native(path, stage, table, known)
    plain = ", ".join(
        f'"{given.replace(chr(34), chr(34) * 2)}" AS "{name}"' if name in native else cell
        for (name, given), cell in zip(known.items(), cells, strict=True)
    )
    if stage.fill_file(table, known, f"SELECT {plain} FROM read_parquet({file})", expected=rows, native=native):
        return
    located = (
        "SELECT file_row_number + 1 AS source_row, file_row_number + 1 AS line, 1 AS source_records, "
        f"{', '.join(cells)} FROM read_parquet({file}, file_row_number = true)"
    )
    stage.read(rows)
    stage.fill(table, known, located)


def _native(path: Path, stage: Stage, table: str, known: dict[str, str]) -> frozenset[str]:
    """The columns whose values need not become text first: of a type that holds what the contract wants, and no more.
    A moment without a zone is one of them only where moments are in UTC.
    """
    asked = f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet({literal(path)}))"
    types = {str(name): str(kind) for name, kind in stage.rows(asked)}
    contract, local = columns_of(table), () if stage.options.timezone not in (None, "UTC") else (NAIVE,)
    held = {kind: (*names, *(local if kind is datetime else ())) for kind, names in NATIVE.items()}
    return frozenset(name for name, given in known.items() if types.get(given) in held.get(contract[name].kind, ()))


FORMAT = Format(
    name="canonical",
    title="Plumbline's own tables (CSV, JSON lines, Parquet)",
    facts=tuple(FACTS),
    product_field="product_id",
    recognise=recognise,
    parse=parse,
    fills="any fact table, with the columns of the contract under their own names",
    lacks="nothing: what the file leaves out stays not measured",
)


def through(profile: Profile) -> Format:
    """Our own format, reading foreign files whose columns a profile names."""
    return replace(FORMAT, parse=partial(parse, profile=profile))
