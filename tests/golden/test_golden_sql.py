"""The compiled SQL is kept and its diff is reviewed. PLUMBLINE_GOLDEN=update writes it anew."""

import os
from datetime import date
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from metrics import CATALOG, Scope, compile_sql, durations, origin
from metrics.spec import Dimension, Duration, Ratio

HERE = Path(__file__).parent
SCOPE = Scope(since=date(2026, 9, 7), until=date(2026, 10, 4))
NARROW = SCOPE.model_copy(
    update={"products": ("chat",), "pilots": ("trial",), "teams": ("sales",), "visible": frozenset(("chat",))}
)
CASES: dict[str, tuple[tuple[str, ...], Scope, tuple[Dimension, ...]]] = {
    "adoption": (("adoption", "adoption.reach"), SCOPE, ()),
    "adoption_by_product_week": (("adoption",), SCOPE, ("product", "week")),
    "adoption_by_pilot": (("adoption",), SCOPE, ("pilot",)),
    "task_success": (("task_success",), SCOPE, ()),
    "task_success_narrow": (("task_success",), NARROW, ()),
    "task_success_by_product_week": (("task_success",), SCOPE, ("product", "week")),
    "task_success_by_pilot_team": (("task_success",), SCOPE, ("pilot", "team")),
    "escalation_rate": (("escalation_rate", "escalation_rate.planned"), SCOPE, ()),
    "hallucination_rate": (("hallucination_rate",), SCOPE, ()),
    "hallucination_rate_narrow": (("hallucination_rate.audited",), NARROW, ("pilot", "week")),
    "context_coverage": (("context_coverage",), SCOPE, ()),
    "context_coverage_unregistered": (("context_coverage.unregistered",), SCOPE, ("product", "week")),
    "sme_response_time": (("sme_response_time", "sme_response_time.p90"), SCOPE, ()),
    "sme_response_time_narrow": (("sme_response_time",), NARROW, ("pilot", "week")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_compiled_sql_is_the_kept_one(store: Warehouse, name: str) -> None:
    """A change of what is asked of the database is seen by a person before it is believed."""
    metrics, scope, by = CASES[name]
    chosen = [CATALOG[metric] for metric in metrics]
    ratios = [metric for metric in chosen if isinstance(metric, Ratio)]
    timed = [metric for metric in chosen if isinstance(metric, Duration)]
    if ratios or timed:
        text = (compile_sql(ratios, scope, by) if ratios else durations.compile_sql(timed, scope, by)).sql + "\n"
    else:
        text = origin(store, chosen[0], scope, by).sql + "\n"
    file = HERE / f"{name}.sql"
    if os.environ.get("PLUMBLINE_GOLDEN") in {"update", "write"}:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_no_golden_file_is_left_over() -> None:
    """Every kept text belongs to a case."""
    assert {file.stem for file in HERE.glob("*.sql")} == set(CASES)
