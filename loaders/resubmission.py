"""Refused records given again after somebody corrected them: read by the rules of the format they came from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.literal import literal
from loaders import FORMATS
from loaders.contract import columns_of
from loaders.format import Format, Options, Stage
from loaders.written import ASKS

LEFT_OUT = "left out by who corrected the others"


def resubmitted(name: str) -> Format:
    """The format, reading records of ours in place of its files."""
    return replace(FORMATS[name], parse=parse)


def settled(options: Options) -> Options:
    """The options without what was said of how numbers and days are written: the records are kept as they were read."""
    return replace(options, values={key: value for key, value in options.values.items() if key not in ASKS})


def parse(path: Path, stage: Stage) -> None:
    """Read Parquet of fact, source_row, line, source_records, left_out and cells (a map of contract columns to text).

    The contract is checked as for any file: what is still wrong goes to the quarantine again.
    """
    rows = f"read_parquet({literal(path)})"
    groups = stage.rows(
        "SELECT left_out, fact, CAST(sum(source_records) AS BIGINT)"
        f" FROM {rows} GROUP BY left_out, fact ORDER BY left_out, fact"
    )
    filled = set(stage.rows(f"SELECT DISTINCT fact, unnest(map_keys(cells)) FROM {rows} WHERE NOT left_out"))
    for left_out, fact, count in groups:
        stage.read(int(str(count)))
        if left_out:
            stage.ignore(LEFT_OUT, int(str(count)))
            continue
        columns = [name for name in columns_of(str(fact)) if (fact, name) in filled]
        cells = "".join(f", cells['{name}'] AS \"{name}\"" for name in columns)
        stage.fill(
            str(fact),
            columns,
            f"SELECT source_row, line, source_records{cells} FROM {rows} WHERE NOT left_out AND fact = '{fact}'",
        )
