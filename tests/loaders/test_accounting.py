from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.job import Parsed
from loaders.publish import publish
from tests.loaders.files import everything, least, staged, write_csv

ROWS = [
    least("interactions", interaction_id="i1"),
    least("interactions", interaction_id="i2", outcome="sucess"),
    least("interactions", interaction_id="i3"),
]


def first(parsed: Parsed, **changes: Any) -> Parsed:
    """The answer of the child with its first staged file described otherwise."""
    return replace(parsed, facts=(replace(parsed.facts[0], **changes), *parsed.facts[1:]))


LIES: dict[str, Callable[[Parsed], Parsed]] = {
    "one read more": lambda told: replace(told, rows_read=4),
    "one accepted more": lambda told: first(replace(told, rows_read=4), records=3),
    "rows that are not there": lambda told: first(told, rows=3),
    "no rows where there are some": lambda told: first(replace(told, rows_read=1), rows=0, records=0),
    "one quarantined more": lambda told: replace(told, rows_read=4, quarantined=2),
    "none quarantined": lambda told: replace(told, rows_read=2, quarantined=0),
    "none quarantined, nor written": lambda told: replace(told, rows_read=2, quarantined=0, refused=()),
    "ignored without a reason": lambda told: replace(told, rows_read=4, ignored=1),
    "a reason that ignores nobody": lambda told: replace(told, ignored_reasons={"a rule": 1}),
    "less than nothing blank": lambda told: replace(told, rows_read=3, blank=-1, ignored=1, ignored_reasons={"r": 1}),
    "a file that is not there": lambda told: replace(told, refused=(replace(told.refused[0], file="gone.parquet"),)),
}


def test_the_publisher_believes_no_count_it_has_not_made(store: Warehouse) -> None:
    """Whatever the child says that is not what it wrote: the load is refused and nothing has changed."""
    origin, parsed = staged(store, write_csv(store.side / "a.csv", ROWS), "L1")
    before, version = everything(store), store.data_version()
    uneven = "accounting does not come out even"
    for name, lie in LIES.items():
        with pytest.raises(Refused, match=uneven), store.write("load", "tester") as tx:
            publish(tx, store.side, origin, lie(parsed))
        assert (name, everything(store), store.data_version()) == (name, before, version)
    with store.write("load", "tester") as tx:  # and the truth is taken
        publish(tx, store.side, origin, parsed)
    assert store.one("SELECT rows_read, accepted, quarantined FROM loads") == {
        "rows_read": 3, "accepted": 2, "quarantined": 1,
    }  # fmt: skip
