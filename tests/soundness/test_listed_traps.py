"""Every way to be wrong that the methodology lists has its test in this folder; those that no other file holds are
here. A test here is never weakened.
"""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.economics import Baseline
from data.portfolio import Pilot
from data.settings import Settings
from loaders.ingest import load
from metrics import Scope, evidence, read
from metrics.beliefs import Beliefs
from metrics.cohorts import cohorts
from metrics.compare import delta
from metrics.current_way import contrasts
from metrics.eval_runs import reruns
from metrics.proportions import difference
from metrics.spec import Reading
from tests.metrics.company import MONDAY, Company, day, granted, tasks, use
from tests.metrics.reviews import check, review, talk

ROOT = Path(__file__).resolve().parents[2]
LISTED = {
    "today's population applied to history": "test_todays_audience_is_not_applied_to_history",
    "a partial week drawn as a drop": "test_a_partial_week_is_flagged_and_not_drawn_as_a_drop",
    "missing weeks filled with zero": "test_missing_weeks_are_gaps_not_zeros",
    "headline rates from a capped sample": "test_a_rate_is_of_all_rows_however_few_are_shown",
    "a trial called a habit": "test_a_trial_is_no_habit",
    "a rate that rises because its denominator fell": "test_a_denominator_does_not_shrink_because_people_left",
    "a cohort recomputed at each run": "test_a_cohort_stays_as_it_began",
    "before/after read as causal": "test_before_and_after_never_counts_as_controlled",
    "paired evals tested as unpaired": "test_the_same_cases_are_not_tested_as_other_cases",
    "a mean over failed judges counted as 0": "test_a_judge_that_failed_says_nothing",
    "open tickets dropped from response time": "test_open_tickets_are_never_dropped",
    "token sums that count parent and leaf spans": "test_tokens_of_a_parent_are_not_added_to_its_calls",
    "a distinct count summed over rows": "test_distinct_people_are_never_summed",
    "a delta across a change of definition": "test_another_definition_is_no_change",
    "a delta across a change of judge": "test_another_judge_is_not_a_worse_product",
    "a delta across a change of eval-set version": "test_other_cases_are_no_change",
    "a GROUP BY ALL with HAVING on an alias": "test_no_statement_groups_by_all",
}


@pytest.mark.parametrize("trap", LISTED)
def test_every_listed_trap_has_its_test(trap: str) -> None:
    """The test that stands for a trap is there under its name, and has something to say."""
    functions = {
        node.name: ast.get_docstring(node)
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert functions.get(LISTED[trap]), f"{trap}: no test {LISTED[trap]} in tests/soundness"


def test_a_rate_is_of_all_rows_however_few_are_shown(company: Company, september: Scope) -> None:
    """A page of evidence holds the newest ten of 360 tasks, all of them failures; the rate is of the 360."""
    company.sells("chat")
    company.has("user_days", [tasks(f"p{n}", day(0), confirmed=8) for n in range(40)])
    company.has("user_days", [tasks(f"p{n}", day(27), failed=1) for n in range(40)])
    company.has("interactions", [talk(f"good{n}-{k}", f"p{n}", day(0)) for n in range(40) for k in range(8)])
    company.has("interactions", [talk(f"bad{n}", f"p{n}", day(27)) for n in range(40)])
    (reading,) = read(company.store, ["task_success"], september)
    shown = evidence(company.store, reading, september, limit=10)
    assert len(shown) == 10
    assert all(str(row["interaction_id"]).startswith("bad") for row in shown)
    assert (reading.events, reading.value) == (360, pytest.approx(320 / 360))
    assert read(company.store, ["task_success"], september) == [reading]


def test_a_trial_is_no_habit(company: Company, september: Scope) -> None:
    """Forty people try it for a whole week, fifty times each, and do not come back: all tried it, nobody returned, and
    nobody has a habit; those who come in two weeks return and have none.
    """
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    company.has("user_days", [use(f"p{n}", day(7 + k), interactions=50) for n in range(40) for k in range(7)])
    company.has("user_days", [use("guest", day(0)), use("guest", day(27))])
    names = ["adoption", "adoption.tried", "adoption.habit"]
    values = {reading.metric: reading.value for reading in read(company.store, names, september)}
    assert values == {"adoption": 0, "adoption.tried": 1, "adoption.habit": 0}
    company.has("user_days", [use(f"p{n}", day(21)) for n in range(40)])
    values = {reading.metric: reading.value for reading in read(company.store, names, september)}
    assert values == {"adoption": 1, "adoption.tried": 1, "adoption.habit": 0}


def test_a_cohort_stays_as_it_began(company: Company) -> None:
    """Later weeks, people who leave, a new team and another product's use change nothing in the weeks a cohort has
    behind it: each new week is only added.
    """
    company.sells("chat", "code")
    company.has("user_days", [use(f"p{n}", day(7 * n + k)) for n in range(3) for k in (0, 8)] + [use("p0", day(27))])
    scope = Scope(since=MONDAY, until=day(20), products=("chat",))
    before = cohorts(company.store, scope)
    assert [cohort.active for cohort in before] == [(1, 1, 0, 1), (1, 1, 0), (1, 1)]
    company.has("audience", [granted("p0", left=day(3))]).has(
        "people", [{"user_id": "p1", "team_id": "sales", "kind": "employee"}]
    )
    company.has("user_days", [use("p2", day(1), "code"), use("late", day(28)), use("p1", day(34))])
    after = cohorts(company.store, scope)
    assert [cohort.active[: len(old.active)] for cohort, old in zip(after, before, strict=True)] == [
        old.active for old in before
    ]
    assert [cohort.active[-1] for cohort in after] == [0, 1, 0]


def test_before_and_after_never_counts_as_controlled() -> None:
    """However large the gain: where one side of the comparison is before and after, the evidence is not A; where nobody
    says how it was compared it is an estimate, which decides nothing.
    """
    reading = Reading(
        metric="task_success", group={"pilot": "trial"}, value=0.99, low=0.98, high=1.0, level=0.95, units=400,
        events=9_000, method="", status="ok", decides=True, missing="", definition_hash="", data_version=1,
    )  # fmt: skip
    for of_baseline, of_pilot, evidence_level in (
        ("before_after", "controlled", "B"), ("controlled", "before_after", "B"), ("before_after", None, "B"),
        (None, None, "C"), ("controlled", "controlled", "A"),
    ):  # fmt: skip
        before = Baseline(scenario_id="letters", measure="task_success", value=0.1, low=0.09, high=0.11).model_copy(
            update={"design": of_baseline}
        )
        pilot = Pilot(pilot_id="trial", product_id="chat", name="Trial", scenario_id="letters").model_copy(
            update={"design": of_pilot}
        )
        beliefs = Beliefs((), (before,), [], {}, Settings())
        (one,) = contrasts(pilot, (), {"task_success": reading}, baselines=(before,), beliefs=beliefs, level=0.95)
        assert one.gain == pytest.approx(0.89)
        assert one.evidence == evidence_level


def suite(run: str, when: int, good: set[int], **stated: Any) -> list[dict[str, object]]:
    """A run of a hundred cases on a day, and which of them passed."""
    return [
        check(f"c{case}", day(when), case in good, **{
            "origin": "suite", "suite": "answers", "suite_version": "1", "run_id": run, "interaction_id": None, **stated
        })
        for case in range(100)
    ]  # fmt: skip


def test_the_same_cases_are_not_tested_as_other_cases(company: Company) -> None:
    """Of a hundred cases ten are fixed and none breaks. Taken for other cases, 70 % and 80 % are not told apart; pair
    by pair they are. Ten more that only changed places are no change.
    """
    review(company.sells("chat"), [*suite("a", 1, set(range(70))), *suite("b", 2, set(range(80)))])
    (paired,) = reruns(company.store, "chat", day(27))
    unpaired = difference((80, 70), (100, 100), 0.95)
    assert unpaired is not None
    assert unpaired[0] < 0 < unpaired[1]
    assert paired.change.value == pytest.approx(0.1)
    assert paired.change.clear
    assert paired.change.p == pytest.approx(2 * 0.5**10)
    review(company, suite("c", 3, set(range(10, 90))))
    (moved,) = reruns(company.store, "chat", day(27))
    assert (moved.change.value, moved.change.clear, moved.change.p) == (0, False, 1)


def test_other_cases_are_no_change(company: Company) -> None:
    """The suite got a new version with harder cases: the fall of forty points is refused, with the reason."""
    review(company.sells("chat"), suite("a", 1, set(range(90))))
    review(company, suite("b", 2, set(range(50)), suite_version="2"))
    (paired,) = reruns(company.store, "chat", day(27))
    assert (paired.change.value, paired.change.low, paired.change.p) == (None, None, None)
    assert "the cases are of another version" in paired.refused


def test_another_definition_is_no_change(company: Company, september: Scope) -> None:
    """A definition that was changed between two readings of the same data: no delta, with the reason."""
    company.sells("chat").has("user_days", [tasks(f"p{n}", day(k), 3, 1) for n in range(40) for k in (0, 27)])
    (now,) = read(company.store, ["escalation_rate"], september)
    company.has("settings", [{"key": "escalation_window_days", "value": "2"}])
    (then,) = read(company.store, ["escalation_rate"], september)
    assert now.definition_hash != then.definition_hash
    assert delta(now, then).value is None
    assert "definition changed" in delta(now, then).refused


def test_tokens_of_a_parent_are_not_added_to_its_calls(company: Company, tmp_path: Path) -> None:
    """An agent's span repeats what its two calls used: the product is charged for the calls, once, on every level."""

    def span(name: str, parent: str, kind: str, used: int) -> dict[str, Any]:
        said = {"gen_ai.operation.name": kind, "gen_ai.request.model": "m", "user.id": "ann"}
        attributes = [{"key": key, "value": {"stringValue": value}} for key, value in said.items()]
        attributes.append({"key": "gen_ai.usage.input_tokens", "value": {"intValue": str(used)}})
        return {
            "traceId": "ab" * 16, "spanId": name * 8, "name": kind, "kind": 1, "attributes": attributes,
            "startTimeUnixNano": "1788775200000000000", "endTimeUnixNano": "1788775201000000000",
            **({"parentSpanId": parent * 8} if parent else {}),
        }  # fmt: skip

    spans = [
        span("01", "", "invoke_agent", 99), span("02", "01", "invoke_agent", 99), span("03", "02", "chat", 60),
        span("04", "02", "chat", 39),
    ]  # fmt: skip
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "chat"}}]}
    file = tmp_path / "traces.json"
    file.write_text(json.dumps({"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": spans}]}]}))
    company.sells("chat")
    assert load(company.store, file, who="Ann").status == "published"
    sums = ("interactions", "user_days", "model_calls")
    assert [company.store.value(f"SELECT sum(input_tokens) FROM {table}") for table in sums] == [99, 99, 99]
    assert company.store.value("SELECT count(*) FROM model_calls") == 2


def test_no_statement_groups_by_all() -> None:
    """Duckdb 2.0 silently regroups under GROUP BY ALL with HAVING on an alias: no source file groups by
    all.
    """
    rooms = ("data", "metrics", "loaders", "pages", "reports")
    texts = [file for room in rooms for suffix in ("sql", "py") for file in (ROOT / room).rglob(f"*.{suffix}")]
    assert len(texts) > 100
    by_all = re.compile(r"group\s+by\s+all\b", re.IGNORECASE)
    assert [str(file.relative_to(ROOT)) for file in texts if by_all.search(file.read_text(encoding="utf-8"))] == []
