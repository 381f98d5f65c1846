"""From answers about refused cells to a load of their own: the records with the answers in place, read like a file."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.literal import literal
from data.settings import settings
from data.warehouse import Warehouse
from loaders import FORMATS, process
from loaders.answered import Answered
from loaders.confine import Limits
from loaders.corrections import origin_of
from loaders.format import Options, Refused
from loaders.incoming import Origin
from loaders.ingest import Preview, new_load
from loaders.job import Job
from loaders.sheet import Answer

RECORDS_A_SECOND = 5_000
"""The child may compute for a second more for so many records: they are packed tightly, so their bytes tell little."""
_ANSWERS = pa.schema(
    [("sheet_line", pa.int64()), ("record", pa.int64()), ("line", pa.int64()), ("column_name", pa.string()),
     ("code", pa.string()), ("found", pa.string()), ("action", pa.string()), ("corrected", pa.string())]
)  # fmt: skip


def read_corrections(store: Warehouse, load_id: str, answers: Sequence[Answer]) -> Preview:
    """The records of a load's quarantine that the answers settle, read again in a child process; nothing is changed.

    A record is given again when each of its refused cells has an answer; the others stay where they are and are named.
    Raises Refused, using none of the answers, when one of them is of no record, no column, a record that was not told
    into cells, or contradicts another; or when nothing is left to give again.
    """
    began = time.monotonic()
    if not answers:
        raise Refused("Nothing was corrected.", "Fill the column corrected, or say empty or leave out as the action.")
    made, folder, _ = new_load(store)
    given = folder / "given.parquet"
    try:
        with store.reading() as reader:
            row = origin_of(reader, load_id)
            form, stated = str(row["format"]), str(row["options"])
            if form not in FORMATS:
                raise Refused(f"This Plumbline does not read {form} any more.", "Correct the file and load it again.")
            _write_answers(folder / "answers.parquet", answers)
            messages = Answered(reader, row, folder).write(given)
            digest = str(reader.value(
                "SELECT sha256($load || string_agg(CAST(hash(source_row, left_out, cells) AS VARCHAR), ','"
                f" ORDER BY source_row)) AS digest FROM read_parquet({literal(given)})", {"load": load_id},
            ))  # fmt: skip
            zone = settings(reader).reporting_zone
        records = pq.read_metadata(given).num_rows
        limits = Limits(cpu_seconds=Limits().cpu_seconds + records // RECORDS_A_SECOND)
        job = Job(str(given), str(folder), form, Options(**json.loads(stated)), zone, resubmission=True, limits=limits)
        child = process.start(job)
        try:
            parsed = process.finish(child, job)
        finally:
            process.end(child)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"corrections of {row['file_name']}"
    origin = Origin(made, digest, name, stated, FORMATS[form].product_field, folder, load_id)
    parsed = replace(parsed, messages=(*messages, *parsed.messages))
    return Preview(origin, parsed, given, time.monotonic() - began)


def _write_answers(path: Path, answers: Sequence[Answer]) -> None:
    rows = [{**asdict(answer), "column_name": answer.column, "line": answer.line} for answer in answers]
    pq.write_table(pa.Table.from_pylist(rows, _ANSWERS), path)
