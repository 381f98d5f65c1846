"""A reading as a statement for a plain DuckDB shell, opened on the warehouse: literals instead of parameters, and the
value beside the moments that it is computed from.
"""

from collections.abc import Sequence

from data.warehouse import Warehouse
from metrics import calibration, durations, eval_success, hallucination_rate, inventory, stated_use
from metrics.compile import Query, bound, column, compile_sql
from metrics.engine import facts_of, read
from metrics.ground import survey
from metrics.literals import inlined
from metrics.origin import origin
from metrics.spec import Asked, Derived, Dimension, Duration, Metric, Ratio, Reading, Scope
from metrics.view import grain_of, keys_of

UNSAID = """-- The value is read off 20,000 seeded draws of assumptions (python -m metrics read). SQL draws nothing:
-- these are the entries of the ledger that enter it, costs and tasks by month.
"""
PATHS = {
    "corrected (prediction-powered)": "powered",
    "corrected (Rogan-Gladen)": "corrected",
    "judged by": "judged",
    "audited by people": "audited",
}


def plain(store: Warehouse, metric: Metric, scope: Scope, by: Sequence[Dimension] = ()) -> str:
    """The statement of a metric. Rounded to 12 significant digits its `value` is the reading's, wherever the reading
    shows one: the rules of status are not in it.

    MetricError where the metric cannot be split so, or is made of other readings alone.
    """
    if isinstance(metric, Derived) and metric.load is calibration.load:
        return _audited(store, metric, scope, by)
    query = origin(store, metric, scope, by)
    if isinstance(metric, Ratio):
        name, text = column(metric), inlined(query.sql, query.params)
        value = f"CAST({name}_hits AS DOUBLE) / nullif({name}_of, 0) AS value"
        return _outer(f"{value}, moments.*", text, "moments", keys_of(by))
    with store.reading() as reader:
        asked = Asked(scope, tuple(by), survey(reader, scope, store.clock().date(), facts_of(metric)))
    if isinstance(metric, Duration):
        sql = durations.valued_sql(metric, scope, by)
        return _literal(sql, asked) + ";"
    if metric.load is inventory.load:
        headline = "." not in metric.name
        return _literal(inventory.valued(asked, metric.name.partition(".")[2] or "retrievable", headline), asked) + ";"
    if metric.load is stated_use.load:
        return _literal(stated_use.valued(asked, stated_use.DAYS[metric.name]), asked) + ";"
    if metric.load is eval_success.load:
        return _literal(eval_success.valued(asked), asked) + ";"
    return f"{UNSAID}{inlined(query.sql, query.params)};"


def _literal(sql: str, asked: Asked) -> str:
    return inlined(sql, bound(sql, asked.scope, grain_of(asked.by), asked.ground.settings))


def _outer(columns: str, text: str, name: str, keys: Sequence[str]) -> str:
    order = f"\nORDER BY {', '.join(keys)}" if keys else ""
    return f"SELECT {columns}\nFROM (\n{text}) AS {name}{order};"


def _audited(store: Warehouse, metric: Metric, scope: Scope, by: Sequence[Dimension]) -> str:
    """Every path to the rate as a column, and which of them each group took."""
    readings = read(store, [metric], scope, by)
    with store.reading() as reader:
        asked = Asked(scope, tuple(by), survey(reader, scope, store.clock().date(), facts_of(metric)))
    both = [hallucination_rate.JUDGED, hallucination_rate.AUDITED]
    ratio: Query = compile_sql(both, scope, by, asked.ground.settings)
    sql = calibration.valued_sql(ratio.sql, asked)
    return f"{''.join(map(_path, readings))}{_literal(sql, asked)};"


def _path(reading: Reading) -> str:
    group = ", ".join(str(value) for value in reading.group.values()) or "all"
    path = next((name for words, name in PATHS.items() if reading.method.startswith(words)), "")
    return (
        f"-- {group}: {f'the value is the column {path}' if path and reading.value is not None else reading.missing}\n"
    )
