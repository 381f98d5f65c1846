import pytest
import sqlglot
from sqlglot import exp

from data import reduction
from data.warehouse import Warehouse


def columns_of_the_facts(store: Warehouse) -> set[str]:
    return {
        str(row["name"])
        for row in store.rows(
            "SELECT DISTINCT column_name AS name FROM duckdb_columns()"
            " WHERE table_name IN ('interactions', 'feedback', 'tickets', 'user_days')"
        )
    }


def complaints(sql: str, columns: set[str]) -> list[str]:
    """What in a text is outside the portable subset of the design."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    found = [
        type(node).__name__
        for node in tree.find_all(
            exp.Filter, exp.Window, exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.WithinGroup, exp.DateDiff,
            exp.ApproxQuantile, exp.Median, exp.Qualify, exp.AtTimeZone, exp.TimestampDiff,
        )
    ]  # fmt: skip
    found += ["GROUP BY ALL" for group in tree.find_all(exp.Group) if group.args.get("all")]
    found += ["sum(CAST(..))" for total in tree.find_all(exp.Sum) if isinstance(total.this, exp.Cast)]
    found += [f"alias {a.alias} shadows a column" for a in tree.find_all(exp.Alias) if a.alias in columns]
    return found


def test_reduction_stays_portable(store: Warehouse) -> None:
    """The reduction uses nothing but the declared portable subset, and Spark's dialect takes it."""
    assert complaints(reduction.REDUCTION, columns_of_the_facts(store)) == []
    spark = sqlglot.transpile(
        reduction.REDUCTION, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    assert [type(sqlglot.parse_one(text, read="spark")) for text in spark] == [exp.Select]


@pytest.mark.parametrize(
    "construct",
    [
        "SELECT count(*) FILTER (WHERE error) AS n FROM interactions",
        "SELECT day, count(*) AS n FROM interactions GROUP BY ALL",
        "SELECT quantile_cont(duration_ms, 0.5) AS n FROM interactions",
        "SELECT median(duration_ms) AS n FROM interactions",
        "SELECT sum(error) OVER () AS n FROM interactions",
        "SELECT date_diff('day', occurred_at, escalated_at) AS n FROM interactions",
        "SELECT min(pilot_id) AS pilot_id FROM interactions",
        "SELECT sum(CAST(error AS BIGINT)) AS n FROM interactions",
        "SELECT sum(error::INTEGER) AS n FROM interactions",
        "SELECT occurred_at AT TIME ZONE 'UTC' AS n FROM interactions",
    ],
)
def test_the_lint_sees_what_it_forbids(store: Warehouse, construct: str) -> None:
    """Each forbidden construct is found, so that an empty list of complaints means something."""
    assert complaints(construct, columns_of_the_facts(store))
