"""The compiled SQL is kept and its diff is reviewed. PLUMBLINE_GOLDEN=update writes it anew."""

import os
from datetime import date
from pathlib import Path

import pytest

from metrics import CATALOG, Scope, compile_sql
from metrics.spec import Dimension, Ratio

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
}


@pytest.mark.parametrize("name", CASES)
def test_the_compiled_sql_is_the_kept_one(name: str) -> None:
    """A change of what is asked of the database is seen by a person before it is believed."""
    metrics, scope, by = CASES[name]
    chosen = [metric for metric in (CATALOG[metric] for metric in metrics) if isinstance(metric, Ratio)]
    text = compile_sql(chosen, scope, by).sql + "\n"
    file = HERE / f"{name}.sql"
    if os.environ.get("PLUMBLINE_GOLDEN") in {"update", "write"}:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_no_golden_file_is_left_over() -> None:
    """Every kept text belongs to a case."""
    assert {file.stem for file in HERE.glob("*.sql")} == set(CASES)
