"""promptfoo's CSV output: a row a test, a block of columns with the same names for every prompt and provider."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from loaders.csvtext import open_text
from loaders.format import Refused
from loaders.promptfoo_results import OVERALL, Check, digest, one_line, prompt_version

_OUTPUT = re.compile(r"\[.*?\] .*", re.DOTALL)
_METRIC = "Metric: "


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one prompt with one provider: their names and places from `start`, where the output stands."""

    start: int
    model: str | None
    prompt: str
    places: dict[str, int]


def blocks(header: Sequence[str]) -> list[Block]:
    """The blocks of a header; none when the file is not promptfoo's."""
    starts = [
        place
        for place in range(len(header) - 2)
        if list(header[place + 1 : place + 3]) == ["Status", "Score"] and _OUTPUT.fullmatch(header[place])
    ]
    found = []
    for start, end in pairwise([*starts, len(header)]):
        model, _, prompt = header[start].removeprefix("[").partition("] ")
        places = {header[place]: place for place in range(start + 1, end)}
        found.append(Block(start, one_line(model), prompt, places))
    return found


def header_of(text: str) -> tuple[list[str], str]:
    """The first record of a text and the delimiter that tells promptfoo's columns, else an empty record."""
    for delimiter in ",;\t":
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        if blocks(header):
            return header, delimiter
    return [], ","


def results(path: Path) -> Iterator[tuple[int, list[list[Check]] | str]]:
    """Each row with its line: the checks of every block, or what is wrong with the row; "" for a blank one.

    Raises Refused when a quote stays open to the end of the file or the header is not promptfoo's.
    """
    with open_text(path) as file:
        delimiter = header_of(file.read(1 << 20))[1]
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            header = next(reader)
            found = blocks(header)
            if not found:
                raise Refused("Not promptfoo's CSV: no column Status follows an output.", "Export results.json.")
            line, number = reader.line_num + 1, 0
            for cells in reader:
                if not any(cells):
                    yield line, ""
                elif len(cells) != len(header):
                    yield line, f"{len(cells)} cells came, the header has {len(header)}"
                else:
                    yield line, _row(cells, header, found, number)
                    number += 1
                line = reader.line_num + 1
        except csv.Error as error:
            raise Refused(
                f"Line {reader.line_num}: the quotes do not match ({error}).",
                "The file may have been cut off or changed by hand: export it again.",
            ) from None
        except UnicodeDecodeError as error:
            raise Refused(
                f"After line {reader.line_num}: byte 0x{error.object[error.start]:02X} is not UTF-8 text.",
                "Save the file as UTF-8 (in Excel: CSV UTF-8) and load it again.",
            ) from None


def _row(cells: list[str], header: list[str], found: list[Block], number: int) -> list[list[Check]] | str:
    described = header[0] == "Description" and found[0].start > 0
    variables = dict(zip(header[described : found[0].start], cells[described : found[0].start], strict=True))
    rows: list[list[Check]] = []
    for block in found:
        status = cells[block.places["Status"]]
        if status not in ("PASS", "FAIL", "ERROR"):
            return f'Status is "{status[:40]}"; expected PASS, FAIL or ERROR'
        errored = status == "ERROR"
        about: Check = {
            "test": str(number), "name": one_line(cells[0]) if described else None,
            "content": digest(variables), "prompt_version": prompt_version(block.prompt), "request_model": block.model,
        }  # fmt: skip
        reason = cells[block.places["Grader Reason"]] if "Grader Reason" in block.places else ""
        verdict = about | {
            "metric_name": OVERALL,
            "score": None if errored else cells[block.places["Score"]],
            "passed": None if errored else str(status == "PASS").lower(),
            "eval_error": (one_line(reason) or "error") if errored else None,
        }
        scores = {} if errored else _scores(cells, block)
        rows.append([verdict, *(about | {"metric_name": name, "score": score} for name, score in scores.items())])
    return rows


def _scores(cells: list[str], block: Block) -> dict[str, str]:
    """The scores by metric: as exact as Named Scores has them, else from the rounded columns of each metric."""
    found = {
        name.removeprefix(_METRIC): cells[place]
        for name, place in block.places.items()
        if name.startswith(_METRIC) and cells[place]
    }
    try:
        exact = json.loads(cells[block.places["Named Scores"]], parse_float=str, parse_int=str)
    except (KeyError, ValueError, RecursionError):
        exact = None
    return {name: str(score) for name, score in exact.items()} if isinstance(exact, dict) else found
