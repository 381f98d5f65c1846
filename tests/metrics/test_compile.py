"""What compile_sql may emit, and what it may not."""

import re
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import CATALOG, DIMENSIONS, MetricError, Scope, compile_sql
from metrics.reduced import VIEWS
from metrics.spec import GRAINS, Ratio, dimensions

SCOPE = Scope(since=date(2026, 9, 7), until=date(2026, 10, 4))
RATIOS = [metric for metric in CATALOG.values() if isinstance(metric, Ratio)]


def test_group_by_all_and_having_are_never_emitted() -> None:
    """Duckdb 2.0 silently regroups under GROUP BY ALL with HAVING on an alias: neither is written, for any grouping."""
    for metric in RATIOS:
        splits = sorted(VIEWS[metric.fact].dimensions)
        for by in [(), *combinations(splits, 1), *combinations(splits, 2)]:
            if len(GRAINS & set(by)) > 1:
                continue
            sql = compile_sql([metric], SCOPE.model_copy(update={"pilots": ("p",)}), dimensions(by)).sql.upper()
            assert "GROUP BY ALL" not in sql
            assert "HAVING" not in sql


@given(st.text(min_size=1).filter(lambda name: name not in DIMENSIONS))
def test_only_known_names_group(name: str) -> None:
    """Whatever else is given as a group name is refused before any SQL is written."""
    with pytest.raises(MetricError, match="is not something readings can be grouped by"):
        dimensions([name])


def test_a_group_name_that_looks_like_sql_is_refused() -> None:
    """An injected name is quoted back to the asker and goes no further; a near miss gets the right name."""
    with pytest.raises(MetricError):
        dimensions(["product; DROP TABLE user_days --"])
    with pytest.raises(MetricError, match="Did you mean 'product'"):
        dimensions(["produkt"])
    with pytest.raises(MetricError, match="twice"):
        dimensions(["team", "team"])
    with pytest.raises(MetricError, match="two grains"):
        dimensions(["week", "month"])


def test_what_a_person_chose_is_bound_never_written() -> None:
    """Products, pilots, teams and days are parameters: the text is the same for every choice of the same shape."""
    evil = "x') OR 1=1 --"
    chosen = {"products": (evil,), "pilots": (evil,), "teams": (evil,), "visible": frozenset((evil,))}
    other = {"products": ("y",), "pilots": ("y",), "teams": ("y",), "visible": frozenset(("y",))}
    for metric in RATIOS:
        query = compile_sql([metric], SCOPE.model_copy(update=chosen), ("pilot",))
        assert evil not in query.sql
        assert query.sql == compile_sql([metric], SCOPE.model_copy(update=other), ("pilot",)).sql
        assert set(query.params) == set(re.findall(r"\$(\w+)", query.sql))


def test_metrics_of_one_table_share_one_select() -> None:
    """All ratios over user-days are one statement that names the table's rows once."""
    use = [metric for metric in RATIOS if metric.fact == "user_days"]
    sql = compile_sql(use, SCOPE).sql
    assert sql.count("FROM user_days AS u\n  JOIN edges") == 1
    assert all(f"AS {metric.name.replace('.', '_')}_hits" in sql for metric in use)
    with pytest.raises(ValueError, match="one reduced table"):
        compile_sql(RATIOS, SCOPE)


def test_column_names_of_metrics_do_not_clash() -> None:
    """Two metrics never share a column prefix."""
    names = [metric.name.replace(".", "_") for metric in RATIOS]
    assert len(set(names)) == len(names)


def test_every_metric_is_described() -> None:
    """Title, question, definition and the words for its denominator are there; a question ends with a question mark."""
    for metric in CATALOG.values():
        assert metric.title
        assert metric.counts
        assert metric.question.endswith("?")
        assert len(metric.definition) > 30
