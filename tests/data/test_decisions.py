from datetime import timedelta

import pytest

from data.decisions import Draft, faults, record, record_rollout
from data.errors import RegistryError
from data.names import names
from data.people import PersonRecord
from data.portfolio import Decision, Pilot
from data.registry_store import current, history, save
from data.warehouse import Warehouse
from tests.conftest import NOON

PILOT = Pilot(pilot_id="trial", product_id="chat", name="Trial")


def decide(store: Warehouse, draft: Draft, recommended: str = "scale") -> Decision:
    """Record a decision about the trial."""
    return record(store, PILOT, draft, recommended=recommended, readings_hash="f00")


def test_a_decision_is_kept_with_what_was_recommended(store: Warehouse) -> None:
    """Who, when, recommendation then, decision, reason, conditions and the fingerprint of the readings."""
    decide(store, Draft("Ann", "scale", " It works. ", "", "Look again in May."))
    (row,) = current(store, Decision)
    assert (row.pilot_id, row.product_id, row.decided_at, row.recommendation) == ("trial", "chat", NOON, "scale")
    assert (row.decision, row.reason, row.conditions, row.readings_hash) == (
        "scale", "It works.", "Look again in May.", "f00",
    )  # fmt: skip
    assert row.second_id is None
    assert names(store)[row.user_id] == "Ann"


def test_a_later_decision_is_another_record(store: Warehouse) -> None:
    """What was recorded is never overwritten, not even by the same decision again."""
    first = decide(store, Draft("Ann", "scale"))
    store.clock = lambda: NOON + timedelta(days=9)
    decide(store, Draft("Ann", "rework", "It broke.", "Bob"))
    decide(store, Draft("Ann", "scale"))
    found = current(store, Decision)
    assert len(found) == 3
    (kept,) = [row for row in found if row.decision_id == first.decision_id]
    assert (kept.decision, kept.decided_at) == ("scale", NOON)
    assert all(row["valid_to"] is None for row in history(store, Decision))


@pytest.mark.parametrize(
    ("draft", "missing"),
    [
        (Draft("", "scale"), {"who"}), (Draft("  ", "rework", "Why not", "Bob"), {"who"}),
        (Draft("Ann", ""), {"decision"}), (Draft("Ann", "expand"), {"decision"}), (Draft("", ""), {"who", "decision"}),
        (Draft("Ann", "rework"), {"reason", "second"}), (Draft("Ann", "rework", "Slow"), {"second"}),
        (Draft("Ann", "rework", " ", "Bob"), {"reason"}), (Draft("Ann", "close", "Slow", "ann "), {"second"}),
        (Draft("Ann", "scale"), set()), (Draft("Ann", "close", "Slow", "Bob"), set()),
    ],
)  # fmt: skip
def test_against_the_recommendation_it_needs_a_reason_and_a_second_name(
    store: Warehouse, draft: Draft, missing: set[str]
) -> None:
    """Each field that is missing has its sentence; nothing is stored before all are there."""
    assert set(faults(draft, "scale")) == missing
    if missing:
        with pytest.raises(RegistryError, match=r"Nothing was recorded\."):
            decide(store, draft)
        assert current(store, Decision) == []


def test_before_the_end_every_decision_is_against_the_recommendation(store: Warehouse) -> None:
    """While a pilot runs, nothing to decide is recommended: a reason and a second name are needed."""
    sentence = "The recommendation is running: say why you decide otherwise."
    assert faults(Draft("Ann", "scale"), "running")["reason"] == sentence


def test_a_person_of_the_registry_is_recognised_by_name_or_id(store: Warehouse) -> None:
    """Nobody is registered twice, and what is known of somebody stays: a name or an id leads to the same person."""
    with store.write("test", "test") as tx:
        save(tx, [PersonRecord(user_id="ann@example.com", display_name="Ann Weber", team_id="law")], "test")
    (ann,) = current(store, PersonRecord)
    for who in ("ann weber", "Ann@example.com"):
        assert decide(store, Draft(who, "scale")).user_id == ann.user_id
    assert current(store, PersonRecord) == [ann]
    with pytest.raises(RegistryError, match="another person"):
        decide(store, Draft("Ann Weber", "close", "Slow", "ann@example.com"))
    assert len(current(store, Decision)) == 2


def test_a_rollout_is_two_records_of_one_moment(store: Warehouse) -> None:
    """What was found of the value and what was decided are kept apart, both of the scenario and by the same person."""
    with pytest.raises(RegistryError, match="confirmed or refuted"):
        record_rollout(store, "letters", Draft("Ann", "wait"), finding="", recommended="wait", readings_hash="f00")
    with pytest.raises(RegistryError, match="Name a second person"):
        record_rollout(store, "letters", Draft("Ann", "stop", "Slow"), finding="value_refuted", recommended="wait",
                       readings_hash="f00")  # fmt: skip
    assert not current(store, Decision)
    record_rollout(store, "letters", Draft("Ann", "stop", "Slow", "Bob"), finding="value_refuted", recommended="wait",
                   readings_hash="f00")  # fmt: skip
    rows = {row.decision: row for row in current(store, Decision)}
    assert rows.keys() == {"value_refuted", "stop"}
    assert {(row.scenario_id, row.product_id, row.decided_at, row.reason) for row in rows.values()} == {
        ("letters", None, NOON, "Slow")
    }
    assert (rows["stop"].recommendation, rows["value_refuted"].recommendation) == ("wait", None)
    assert {names(store)[str(user)] for user in (rows["stop"].user_id, rows["stop"].second_id)} == {"Ann", "Bob"}
