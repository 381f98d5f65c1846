"""A file split in overlapping parts, in every order: the same facts as the whole file, whatever the format."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from data.facts import FACTS
from data.warehouse import Warehouse
from tests.exports.values import told
from tests.loaders.files import dump, published
from tests.loaders.loaded import FORMATS

SAMPLES = [
    "litellm_spendlogs/spend_logs.jsonl", "servicenow_csv/incident.csv", "mlflow/traces.jsonl", "langfuse/scores.jsonl",
    "copilot_usage_metrics/users_first.ndjson", "m365_copilot/d7.csv", "phoenix/annotations.csv",
]  # fmt: skip
"""Files in which a line is a record: a trace or a run that is cut over two files is another matter."""
WITHOUT = ("load_id", "source_row", "superseded_by", "source_records", "row_hash")


def parts(path: Path, folder: Path) -> list[Path]:
    """Three parts that overlap, each with the header of a CSV."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    head, body = (lines[:1], lines[1:]) if path.suffix == ".csv" else ([], lines)
    third = len(body) // 3
    made = []
    for number, (first, last) in enumerate(((0, 2 * third), (third, len(body)), (third, 2 * third))):
        part = folder / f"part{number}{path.suffix}"
        part.write_text("".join([*head, *body[first:last]]), encoding="utf-8")
        made.append(part)
    return made


ORDERS = list(itertools.permutations(range(3)))


@pytest.mark.parametrize("orders", [[ORDERS[0], ORDERS[4]], pytest.param(ORDERS, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SAMPLES)
def test_overlapping_parts_are_the_whole(
    name: str, orders: list[tuple[int, ...]], fresh: Callable[[], Warehouse], tmp_path: Path
) -> None:
    """In every order of the parts each fact and each user-day is what the whole file gives, once."""
    answers = dict(told(name.partition("/")[0]).answers)
    zone = answers.pop("timezone", None)
    whole = fresh()
    published(whole, FORMATS / name, "whole", timezone=zone, values=answers)
    expected = dump(whole, [*FACTS, "user_days"], WITHOUT)
    assert any(expected.values())
    split = parts(FORMATS / name, tmp_path)
    for order in orders:
        store = fresh()
        for place in order:
            published(store, split[place], f"part{place}", timezone=zone, values=answers)
        assert dump(store, [*FACTS, "user_days"], WITHOUT) == expected, order
