"""What feedback says of its task where its source says no verdict: by rules of the registry, seen through."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data import verdict_rules
from data.operation import Mapping
from data.reduction import differing, make_touched, rebuild, rebuild_touched, touch_unjudged
from data.registry_store import save
from data.warehouse import Warehouse
from tests.data.test_reduction import STAMP

AT = datetime(2026, 3, 2, 9)


def rule(field: str, match: str, pattern: str, value: str, *, system: str = "*", priority: int = 0) -> Mapping:
    """A rule about the feedback of a name."""
    said = {"source_system": system, "field": f"feedback.{field}", "match": match, "pattern": pattern}
    return Mapping.model_validate({**said, "target": "verdict", "value": value, "priority": priority})


def feedback(number: int, **stated: object) -> dict[str, object]:
    """A row of feedback about a session."""
    return {
        **STAMP, "feedback_id": f"f{number}", "target_type": "session", "target_id": f"s{number}", "product_id": "",
        "given_at": AT, "name": "stars", "score": None, "label": None, "evidence": None, "verdict": None,
    } | stated  # fmt: skip


def asked(number: int) -> dict[str, object]:
    """An interaction of that session."""
    return {
        **STAMP, "interaction_id": f"i{number}", "product_id": "chat", "unit_id": "ann", "user_id": "ann",
        "user_known": True, "session_id": f"s{number}", "task_key": f"s{number}", "occurred_at": AT, "day": AT.date(),
    }  # fmt: skip


def verdicts(store: Warehouse) -> dict[object, tuple[object, object]]:
    return {row["feedback_id"]: (row["verdict"], row["evidence"]) for row in store.rows(verdict_rules.judged(store))}


def said(store: Warehouse, rules: list[Mapping], rows: list[dict[str, object]]) -> None:
    with store.write("rules", "t") as tx:
        for table in ("feedback", "interactions", "mappings"):
            tx.run(f"DELETE FROM {table}")
        tx.add("interactions", [asked(number) for number in range(len(rows))])
        tx.add("feedback", rows)
        rebuild(tx)
        save(tx, rules, "t")
        make_touched(tx)
        touch_unjudged(tx)
        rebuild_touched(tx)


def test_a_score_and_a_label_become_verdicts(store: Warehouse) -> None:
    """At least, at most, a word, its beginning, an expression; what the source says itself stands."""
    rules = [
        rule("stars", "at_least", "4", "confirmed"),
        rule("stars", "at_most", "2", "failed"),
        rule("reason", "exact", "asked a colleague", "escalated"),
        rule("reason", "prefix", "wrong", "failed"),
        rule("*", "regex", ".*(thanks|danke).*", "implied"),
    ]
    rows = [
        feedback(0, score=5.0), feedback(1, score=3.0), feedback(2, score=1.0),
        feedback(3, name="reason", label="asked a colleague"), feedback(4, name="reason", label="wrong number"),
        feedback(5, name="x", label="ok, danke!"), feedback(6, score=1.0, verdict="confirmed", evidence="rating"),
        feedback(7, name="other", score=1.0),
    ]  # fmt: skip
    said(store, rules, rows)
    assert verdicts(store) == {
        "f0": ("confirmed", "rule"), "f1": (None, None), "f2": ("failed", "rule"), "f3": ("escalated", "rule"),
        "f4": ("failed", "rule"), "f5": ("implied", "rule"), "f6": ("confirmed", "rating"), "f7": (None, None),
    }  # fmt: skip
    decided = {
        (rule.match, rule.pattern): {
            str(row["feedback_id"]) for row in store.rows(f"SELECT feedback_id FROM feedback WHERE {picks}")
        }
        for rule, picks in verdict_rules.deciding(store)
    }
    assert decided["at_most", "2"] == {"f2"}
    assert sorted(name for names in decided.values() for name in names) == ["f0", "f2", "f3", "f4", "f5"]
    (total,) = store.rows("SELECT sum(tasks_failed) AS bad, sum(escalated_unplanned_1d) AS up FROM user_days")
    assert (int(str(total["bad"])), int(str(total["up"]))) == (2, 1)


def test_a_rule_of_a_source_or_of_more_weight_goes_first(store: Warehouse) -> None:
    """The priority decides, then how exactly a rule speaks; a source's rule is of that source alone."""
    rules = [
        rule("stars", "at_least", "0", "implied"),
        rule("stars", "exact", "1", "failed"),
        rule("stars", "at_least", "3", "confirmed", priority=1),
        rule("stars", "at_least", "0", "failed", system="elsewhere"),
    ]
    said(store, rules, [feedback(0, score=0.5), feedback(1, score=1.0), feedback(2, score=3.0)])
    assert [pair[0] for pair in verdicts(store).values()] == ["implied", "failed", "confirmed"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([None, 0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=6), st.integers(0, 3))
def test_a_change_of_rules_touches_enough(store: Warehouse, scores: list[float | None], bar: int) -> None:
    """After rules come and go user_days equals a full rebuild."""
    rows = [feedback(number, score=score) for number, score in enumerate(scores)]
    said(store, [rule("stars", "at_most", str(bar), "failed")], rows)
    with store.reading() as reader:
        assert differing(reader) == 0
        low = sum(1 for score in scores if score is not None and score <= bar)
        assert reader.value("SELECT CAST(sum(tasks_failed) AS BIGINT) AS n FROM user_days") == low


@pytest.mark.parametrize(
    ("field", "match", "pattern", "value", "says"),
    [
        ("stars", "at_least", "many", "failed", "not a number"),
        ("stars", "exact", "1", "bad", "not a verdict: one of confirmed, implied, failed, escalated"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(field: str, match: str, pattern: str, value: str, says: str) -> None:
    """A bar is a number, and a verdict one of four words."""
    with pytest.raises(ValidationError, match=says):
        rule(field, match, pattern, value)


def test_a_quote_in_a_rule_stays_text(store: Warehouse) -> None:
    """Whatever stands in a rule is compared and never run."""
    said(store, [rule("x'); DROP TABLE feedback; --", "exact", "it's", "failed")], [feedback(0, label="it's")])
    assert verdicts(store) == {"f0": (None, None)}
