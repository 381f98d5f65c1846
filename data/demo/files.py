"""How the demo's files are put on disk: the same content is always the same bytes."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

Row = Mapping[str, object]


def moment(value: datetime | None) -> str | None:
    """A naive UTC moment as ISO 8601."""
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%S}Z"


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """A CSV with the columns of the first row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)


def write_columns(path: Path, table: pa.Table) -> None:
    """A table as CSV, JSON lines or Parquet, by the name's ending."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, compression="snappy")
    elif path.suffix == ".jsonl":
        shown = table.cast(pa.schema([(f.name, pa.string() if pa.types.is_timestamp(f.type) else f.type)
                                      for f in table.schema]))  # fmt: skip
        write_lines(path, shown.to_pylist())
    else:
        pc.write_csv(table, path, pc.WriteOptions(quoting_style="needed"))


def write_lines(path: Path, documents: Iterable[Row]) -> None:
    """JSON lines; what is None is left out."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            kept = {name: value for name, value in document.items() if value is not None}
            file.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_json(path: Path, document: Row) -> None:
    """One JSON document, indented as tools do."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
