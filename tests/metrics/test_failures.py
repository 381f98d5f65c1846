"""Failures by cause against plain loops over interactions and feedback."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from metrics import Scope, read
from metrics.failures import Cause, failed_interactions, failures
from tests.conftest import NOON
from tests.metrics.company import MONDAY, SUNDAY, Company, day, use
from tests.metrics.oracle import Row

RANKS = {"verified": 5, "accepted": 4, "rating": 3, "rule": 2, "judge": 1, None: 4}
SOURCES = ("verified", "accepted", "rating", "rule", "judge", None)


def talk(number: int, person: str, on: int, **stated: object) -> dict[str, object]:
    """An interaction so many days after MONDAY."""
    at = datetime.combine(day(on), datetime.min.time()) + timedelta(hours=9, minutes=number % 600)
    return {
        "event_key": number, "interaction_id": f"i{number}", "product_id": "chat", "unit_id": person, "day": day(on),
        "user_known": True, "occurred_at": at, "task_key": f"i{number}", "session_id": None, "trace_id": None,
        "outcome": None, "outcome_source": None, "error": False, "error_type": None, "mode": None, **stated,
    }  # fmt: skip


def verdict(number: int, target: str, target_id: str, said: str, evidence: str | None) -> dict[str, object]:
    """A row of feedback."""
    return {
        "event_key": number, "feedback_id": f"f{number}", "target_type": target, "target_id": target_id,
        "product_id": "chat", "verdict": said, "evidence": evidence,
    }  # fmt: skip


def feeds(company: Company, interactions: Sequence[Row], said: Sequence[Row] = ()) -> Company:
    """Store interactions, the user-days that make them part of the data, and feedback."""
    company.sells("chat").has("interactions", interactions)
    days = [use(str(row["unit_id"]), row["day"], str(row["product_id"])) for row in interactions]
    company.has("user_days", days)
    if said:
        with company.store.write("test", "test") as tx:
            filler = {
                "row_hash": 0, "version_at": NOON, "load_id": "l", "source_system": "s", "source_row": 1,
                "source_records": 1, "source_product": "", "given_at": NOON,
            }  # fmt: skip
            tx.add("feedback", [{**filler, **row} for row in said])
    return company


def expected(interactions: list[Row], said: list[Row]) -> dict[tuple[str, object], list[Row]]:
    """The failed interactions by kind and cause: every verdict on each of them, the best one last."""
    last: dict[object, Row] = {}
    for row in interactions:
        if row["session_id"] is not None and (
            row["session_id"] not in last or _when(row) > _when(last[row["session_id"]])
        ):
            last[row["session_id"]] = row
    found = defaultdict(list)
    for row in interactions:
        verdicts = [(row["outcome_source"], row["outcome"])] if row["outcome"] else []
        for each in said:
            target = {"interaction": row["interaction_id"], "trace": row["trace_id"],
                      "session": row["session_id"] if last.get(row["session_id"]) is row else None}  # fmt: skip
            if target[str(each["target_type"])] == each["target_id"]:
                verdicts.append((each["evidence"], each["verdict"]))
        verdicts = [(source, verdict) for source, verdict in verdicts if verdict in ("confirmed", "implied", "failed")]
        if row["error"]:
            found["technical", row["error_type"]].append(row)
        elif verdicts:
            best = max(rank(source, verdict) for source, verdict in verdicts)
            failed = [source for source, verdict in verdicts if rank(source, verdict) == best and verdict == "failed"]
            if failed:
                found["outcome", min(failed, key=lambda source: (source is None, str(source)))].append(row)
    return found


def rank(source: object, verdict: object) -> int:
    """How much a verdict counts: what is only implied no more than a rule."""
    return min(RANKS[source], 2) if verdict == "implied" else RANKS[source]


def _when(row: Row) -> tuple[datetime, int]:
    at, key = row["occurred_at"], row["event_key"]
    assert isinstance(at, datetime)
    assert isinstance(key, int)
    return at, key


@pytest.mark.parametrize("seed", range(4))
def test_causes_equal_plain_loops(company: Company, september: Scope, seed: int) -> None:
    """Interactions and distinct people of each cause, whatever the file, later feedback, traces and sessions say."""
    random = Random(seed)
    interactions: list[Row] = []
    for number in range(300):
        outcome = random.choice((None, None, "unknown", "confirmed", "implied", "failed"))
        error = random.random() < 0.15
        interactions.append(talk(
            number, f"p{random.randint(0, 15):02d}", random.randint(0, 27),
            session_id=f"s{random.randint(0, 60)}" if random.random() < 0.5 else None,
            trace_id=f"t{number}" if random.random() < 0.5 else None, outcome=outcome,
            outcome_source=random.choice(SOURCES) if outcome else None, error=error,
            error_type=random.choice(("timeout", "rate_limit", None)) if error else None,
            user_known=random.random() < 0.9,
        ))  # fmt: skip
    said: list[Row] = []
    for number in range(120):
        target = random.choice((("interaction", "i", 300), ("trace", "t", 300), ("session", "s", 60)))
        ended = random.choice(("confirmed", "failed", "failed", "implied", "escalated"))
        said.append(
            verdict(number, target[0], f"{target[1]}{random.randint(0, target[2])}", ended, random.choice(SOURCES))
        )
    feeds(company, interactions, said)
    wanted = expected(interactions, said)
    found = failures(company.store, september)
    assert {(cause.kind, cause.name): cause for cause in found.causes} == {
        (kind, name): Cause(
            kind,
            name,
            len(rows),
            len({row["unit_id"] for row in rows if row["user_known"]}),
            sum(not row["user_known"] for row in rows),
        )
        for (kind, name), rows in wanted.items()
    }
    assert found.interactions == 300
    assert found.failed == sum(map(len, wanted.values()))
    counts = [cause.interactions for cause in found.causes]
    assert counts == sorted(counts, reverse=True)
    for (kind, name), rows in wanted.items():
        listed = failed_interactions(company.store, september, kind, name, limit=400)
        assert [row["interaction_id"] for row in listed] == [
            row["interaction_id"] for row in sorted(rows, key=_when, reverse=True)
        ]


def test_no_stated_type_is_a_cause_of_its_own(company: Company, september: Scope) -> None:
    """An error without a type and a failure without a source are counted under no name, not left out."""
    feeds(company, [talk(1, "ann", 1, error=True), talk(2, "bob", 2, outcome="failed")])
    assert set(failures(company.store, september).causes) == {
        Cause("technical", None, 1, 1, 0),
        Cause("outcome", None, 1, 1, 0),
    }
    (row,) = failed_interactions(company.store, september, "technical", None)
    assert row["interaction_id"] == "i1"


def test_failures_are_of_the_same_scope_as_the_readings(company: Company) -> None:
    """Shadow mode, services, other products, other days and other teams are as absent as they are from task success."""
    wrong = {"outcome": "failed", "outcome_source": "rating"}
    rows = [
        talk(1, "ann", 3, **wrong), talk(2, "bob", 3, **wrong), talk(3, "robot", 3, **wrong),
        talk(4, "ann", 4, mode="shadow", **wrong), talk(5, "ann", 9, **wrong),
        talk(6, "ann", 3, product_id="code", **wrong),
    ]  # fmt: skip
    company.has("people", [{"user_id": "robot", "team_id": None, "kind": "service"},
                           {"user_id": "bob", "team_id": "legal", "kind": "employee"},
                           {"user_id": "ann", "team_id": "sales", "kind": "employee"}])  # fmt: skip
    feeds(company, rows)
    scope = Scope(since=MONDAY, until=day(6), products=("chat",))
    assert failures(company.store, scope).causes == (Cause("outcome", "rating", 2, 2, 0),)
    only = scope.model_copy(update={"teams": ("sales",)})
    assert failures(company.store, only).causes == (Cause("outcome", "rating", 1, 1, 0),)


def test_failures_of_a_pilot_are_those_of_its_people_and_dates(company: Company) -> None:
    """With a pilot in scope only the rows of its audience within its dates are there."""
    company.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": day(2), "ends_on": day(8)}])
    company.has("audience", [{"product_id": "chat", "pilot_id": "trial", "user_id": "ann", "granted_on": day(0)}])
    wrong = {"outcome": "failed", "outcome_source": "rating"}
    feeds(company, [talk(1, "ann", 3, **wrong), talk(2, "bob", 3, **wrong), talk(3, "ann", 12, **wrong)])
    scope = Scope(since=MONDAY, until=SUNDAY, pilots=("trial",))
    assert failures(company.store, scope).causes == (Cause("outcome", "rating", 1, 1, 0),)


def test_what_the_file_says_failed_is_what_task_success_counts(company: Company, september: Scope) -> None:
    """Where every interaction is a task with a verdict of its own, failures and failed tasks are the same number."""
    outcomes = ["failed"] * 12 + ["confirmed"] * 20
    rows = [talk(n, f"p{n}", n % 27, outcome=said, outcome_source="rating") for n, said in enumerate(outcomes)]
    company.sells("chat").has("interactions", rows)
    company.has("user_days", [
        use(f"p{n}", day(n % 27), tasks_confirmed=int(said == "confirmed"), tasks_failed=int(said == "failed"))
        for n, said in enumerate(outcomes)
    ])  # fmt: skip
    (reading,) = read(company.store, ["task_success"], september)
    assert failures(company.store, september).failed == reading.events - round((reading.value or 0) * reading.events)


def test_nothing_loaded_has_no_failures(company: Company, september: Scope) -> None:
    """Without data there is nothing, not a count of zero causes among zero."""
    assert failures(company.sells("chat").store, september) == ((), 0)


def test_a_rule_counts_here_as_in_task_success(company: Company, september: Scope) -> None:
    """What a rule of the registry makes of a score is a failure here, too, with the rule as its source."""
    rule = {
        "source_system": "*", "field": "feedback.stars", "match": "at_most", "pattern": "2", "target": "verdict",
        "value": "failed", "priority": 0,
    }  # fmt: skip
    said = [
        {**verdict(7, "interaction", "i1", "", None), "verdict": None, "name": "stars", "score": score}
        for score in (1.0,)
    ]
    feeds(company, [talk(1, "ann", 1), talk(2, "bob", 2)], said)
    assert failures(company.store, september).causes == ()
    company.has("mappings", [rule])
    assert failures(company.store, september).causes == (Cause("outcome", "rule", 1, 1, 0),)
    (row,) = failed_interactions(company.store, september, "outcome", "rule")
    assert row["interaction_id"] == "i1"
