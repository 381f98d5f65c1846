"""The rows behind a reading, through the same scope, people, pilots and period as the number itself."""

from collections.abc import Sequence
from datetime import date, datetime

from data.cursor import Row
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.catalog import resolve
from metrics.compile import Query, bound, with_clause
from metrics.ground import survey
from metrics.periods import buckets
from metrics.reduced import VIEWS
from metrics.spec import Asked, Derived, Dimension, Fact, Metric, MetricError, Ratio, Reading, Scope, dimensions
from metrics.view import Behind, grain_of, keys_of, use_ctes

INTERACTION = (
    "event_key", "product_id", "interaction_id", "occurred_at", "task_key", "session_id", "trace_id", "outcome",
    "outcome_source",
    "error", "error_type", "escalated", "escalation_planned", "escalated_at", "source_system", "load_id", "source_row",
)  # fmt: skip


def evidence(store: Warehouse, reading: Reading, scope: Scope, limit: int = 100, after: str | None = None) -> list[Row]:
    """The rows that a reading of `scope` was made from, newest first; `after` is the `cursor` of the last row already
    seen.

    Of a metric of use: its interactions, with what their file said. Verdicts that came later decide tasks, not rows:
    they stand in the feedback. Of adoption: the people of the audience, with what was seen of each. Of other tables:
    their own rows. Accounts that are not counted are not among them.
    """
    metric = resolve([reading.metric])[0]
    by = dimensions(list(reading.group))
    with store.reading() as reader:
        if isinstance(metric, Derived) and metric.rows is None and not VIEWS[fact_of(metric)].behind:
            raise MetricError(f"There are no rows to show behind {metric.name}.", "Look at the readings it is made of.")
        if isinstance(metric, Derived) and metric.rows:
            ground = survey(reader, scope, store.clock().date(), metric.facts)
            return metric.rows(reader, reading, Asked(scope, by, ground), limit, after)
        query = compile_evidence(metric, scope, by, reading)
        params = bound(
            query.sql, scope, grain_of(by), settings_of(reader), query.params | _place(after) | {"limit": limit}
        )
        return reader.rows(query.sql, params)


def fact_of(metric: Metric) -> Fact:
    """The table whose rows stand behind a metric: of a derived one without rows of its own, its first."""
    return metric.facts[0] if isinstance(metric, Derived) else metric.fact


def compile_evidence(metric: Metric, scope: Scope, by: tuple[Dimension, ...], reading: Reading) -> Query:
    """The SELECT of the rows behind a reading. Pure; values of the group are parameters named group_<column>."""
    keys, view = keys_of(by), VIEWS[fact_of(metric)]
    if view.behind:
        ctes = view.build(scope, by, keys)
        shown, rows, order = _own(view.behind)
        if isinstance(metric, Ratio):
            rows = f"({metric.of}) > 0 AND {rows}"
    else:
        ctes = use_ctes(scope, by, keys, "interactions", INTERACTION)
        cursor = "strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%f') || '/' || event_key"
        shown = f"unit_id, {', '.join(INTERACTION)}, aged, {cursor} AS cursor"
        rows = "($after_at IS NULL OR (occurred_at, event_key) < ($after_at, CAST($after_key AS UBIGINT)))"
        order = "occurred_at DESC, event_key DESC"
    places = [f"{key} IS NOT DISTINCT FROM $group_{key}" for key in keys]
    where = " AND ".join(["counted", *places, rows])
    sql = (
        f"{with_clause(ctes.parts)}\nSELECT {shown}\nFROM {ctes.source}\nWHERE {where}\nORDER BY {order}\nLIMIT $limit"
    )
    return Query(sql, _group(keys, by, reading, scope))


def _own(behind: Behind) -> tuple[str, str, str]:
    sense, order = ("<", " DESC") if behind.newest_first else (">", "")
    further = f"($after IS NULL OR {behind.cursor} {sense} $after)"
    return (
        f"{', '.join(behind.columns)}, {behind.cursor} AS cursor",
        f"{behind.where} AND {further}",
        f"{behind.cursor}{order}",
    )


def _group(keys: Sequence[str], by: tuple[Dimension, ...], reading: Reading, scope: Scope) -> dict[str, object]:
    values: dict[str, object] = {}
    grain = grain_of(by)
    for key, name in zip(keys, by, strict=True):
        values[f"group_{key}"] = reading.group[name]
        if grain and key == "bucket":
            starts: dict[str | None, date] = {b.name: b.start for b in buckets(scope.since, scope.until, grain)}
            if reading.group[name] not in starts:
                raise MetricError(
                    f"{reading.group[name]} is not in the period asked for.", "Give the scope of the reading."
                )
            values["group_bucket"] = starts[reading.group[name]]
    return values


def _place(after: str | None) -> dict[str, object]:
    if after is None:
        return {"after": None, "after_at": None, "after_key": None}
    at, _, key = after.partition("/")
    try:
        return {"after": after, "after_at": datetime.fromisoformat(at), "after_key": int(key)}
    except ValueError:
        return {"after": after, "after_at": None, "after_key": None}
