"""Whatever is loaded, taken back, put in again and renamed: the tables are those of a fresh load of what remains."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from data.operation import Mapping
from data.reduction import differing
from data.warehouse import Warehouse
from loaders.mapping import add_rules
from loaders.undo import redo, undo
from tests.loaders.files import dump, facts, least, published, write_csv

Row = dict[str, object]

MOMENTS = ("2026-03-01T09:00:00Z", "2026-03-01T22:30:00Z", "2026-03-02T09:00:00Z", "2026-03-04T09:00:00Z")
VERSIONS = ("", "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z")
moments = st.sampled_from(MOMENTS)
few = st.sampled_from(("1", "2", "3"))
products = st.sampled_from(("chat", "chat-eu", "code", ""))
people = st.sampled_from(("ann@example.com", "bob", ""))


def some(table: str, **stated: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[str, list[Row]]]:
    """A few rows of a fact in which ids, versions and products meet often."""
    shared = {"version_at": st.sampled_from(VERSIONS), "product_id": products}
    row = st.fixed_dictionaries({**shared, **stated}).map(lambda cells: least(table, **cells))
    return st.lists(row, min_size=1, max_size=4).map(lambda rows: (table, rows))


contents = st.one_of(
    some(
        "interactions", interaction_id=few, occurred_at=moments, user_id=people, session_id=st.sampled_from(("c1", "")),
        trace_id=st.sampled_from(("r1", "r2")), outcome=st.sampled_from(("confirmed", "failed", "")),
        outcome_source=st.sampled_from(("rule", "")), escalated=st.sampled_from(("true", "false", "")),
        mode=st.sampled_from(("shadow", "")), synthetic=st.sampled_from(("true", "")), duration_ms=few,
    ),
    some(
        "feedback", feedback_id=few, given_at=moments, target_type=st.sampled_from(("interaction", "trace", "session")),
        target_id=st.sampled_from(("1", "2", "r1", "c1")), user_id=people,
        evidence=st.sampled_from(("verified", "judge", "")),
        verdict=st.sampled_from(("confirmed", "implied", "failed", "escalated", "")),
    ),
    some(
        "tickets", ticket_id=few, opened_at=moments, kind=st.sampled_from(("escalation", "incident", "")),
        linked_interaction_id=st.sampled_from(("1", "2", "")), linked_session_id=st.sampled_from(("c1", "")),
        requester_id=people,
    ),
    some("model_calls", call_id=few, occurred_at=moments, trace_id=st.sampled_from(("r1", "")), input_tokens=few),
    some("usage_daily", day=st.sampled_from(("2026-03-01", "2026-03-02")), user_id=people, interactions=few),
    some("eval_results", case_id=few, run_at=moments, score=few, suite=st.sampled_from(("a", ""))),
)  # fmt: skip
wordings = st.sampled_from(
    (("exact", "chat"), ("exact", "code"), ("regex", ".{0}"), ("prefix", "chat"), ("regex", "c.*"))
)


class AnyOrder(RuleBasedStateMachine):
    """One warehouse that lives through everything; `fresh` makes the ones it is held against."""

    fresh: Callable[[], Warehouse]
    folder: Path
    names = count()

    def __init__(self) -> None:
        super().__init__()
        self.store = self.fresh()
        self.files: dict[str, Path] = {}
        self.live: set[str] = set()
        self.rules: dict[tuple[str, str], Mapping] = {}

    def _load(self, path: Path) -> None:
        load_id = f"L{len(self.files):02}"
        published(self.store, path, load_id)
        self.files[load_id] = path
        self.live.add(load_id)

    @rule(content=contents)
    def load(self, content: tuple[str, list[Row]]) -> None:
        """A file with some rows comes."""
        self._load(write_csv(self.folder / f"{next(self.names)}.csv", content[1]))

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def load_the_same_again(self, data: st.DataObject) -> None:
        """The same rows come once more, as another export would bring them."""
        self._load(self.files[data.draw(st.sampled_from(sorted(self.files)))])

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """A load is undone: the first, the last or one in the middle."""
        load_id = data.draw(st.sampled_from(sorted(self.live)))
        undo(self.store, load_id, "tester")
        self.live.remove(load_id)

    @precondition(lambda self: len(self.live) < len(self.files))
    @rule(data=st.data())
    def put_in_again(self, data: st.DataObject) -> None:
        """An undone load is redone."""
        load_id = data.draw(st.sampled_from(sorted(set(self.files) - self.live)))
        redo(self.store, load_id, "tester")
        self.live.add(load_id)

    @rule(
        wording=wordings, product=st.sampled_from(("chat", "code", "other")), system=st.sampled_from(("*", "canonical"))
    )
    def rename(self, wording: tuple[str, str], product: str, system: str) -> None:
        """A mapping rule is made or changed."""
        match, pattern = wording
        said = Mapping.model_validate(
            {"source_system": system, "field": "product_id", "match": match, "pattern": pattern, "target": "product",
             "value": product}
        )  # fmt: skip
        self.rules[system, f"{match}{pattern}"] = said
        add_rules(self.store, [said], "tester", new=True)

    @invariant()
    def user_days_equal_a_full_rebuild(self) -> None:
        """No partition was forgotten."""
        with self.store.reading() as reader:
            assert differing(reader) == 0

    @rule(order=st.randoms(use_true_random=False))
    def equals_a_fresh_load(self, order: Random) -> None:
        """What remains, loaded anew in any order, gives the same rows in the same tables."""
        other = self.fresh()
        if self.rules:
            add_rules(other, list(self.rules.values()), "tester", new=True)
        remaining = sorted(self.live)
        order.shuffle(remaining)
        for load_id in remaining:
            published(other, self.files[load_id], load_id)
        assert facts(self.store, without=()) == facts(other, without=())
        assert dump(self.store, ["feed_days"]) == dump(other, ["feed_days"])
        other.close()

    def teardown(self) -> None:
        self.equals_a_fresh_load(Random(len(self.files)))
        self.store.close()


def test_any_sequence_equals_a_fresh_load_of_what_remains(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """Any sequence of loads, duplicates, supersedes, undos, redos and renamings leaves what a fresh load would."""
    machine = type("AnyOrder", (AnyOrder,), {"fresh": staticmethod(fresh), "folder": tmp_path, "names": count()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=10, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_undoing_any_of_three_versions(fresh: Callable[[], Warehouse], tmp_path: Path, taken: int) -> None:
    """Three versions of one record: whichever load is taken back, the greatest version that is left is in force."""
    store = fresh()
    for number in range(3):
        stated = {"version_at": f"2026-03-0{5 + number}", "input_tokens": str(number)}
        published(store, write_csv(tmp_path / f"{number}.csv", [least("interactions", **stated)]), f"L{number}")
    undo(store, f"L{taken}", "tester")
    best = max({0, 1, 2} - {taken})
    assert store.rows("SELECT load_id, input_tokens FROM interactions") == [
        {"load_id": f"L{best}", "input_tokens": best}
    ]
    left = store.rows("SELECT load_id, superseded_by FROM interactions_superseded")
    assert left == [{"load_id": f"L{min({0, 1, 2} - {taken})}", "superseded_by": f"L{best}"}]
