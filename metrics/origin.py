"""The SQL that a number comes from, as it is shown to people."""

from collections.abc import Sequence

from data.warehouse import Warehouse
from metrics import durations
from metrics.compile import Query, bound, compile_sql
from metrics.engine import facts_of
from metrics.ground import survey
from metrics.spec import Asked, Dimension, Duration, Metric, MetricError, Ratio, Scope
from metrics.view import grain_of


def origin(store: Warehouse, metric: Metric, scope: Scope, by: Sequence[Dimension] = ()) -> Query:
    """The SELECT behind a metric with its parameters. MetricError when it is made of other readings alone."""
    with store.reading() as reader:
        ground = survey(reader, scope, store.clock().date(), facts_of(metric))
    if isinstance(metric, Ratio):
        return compile_sql([metric], scope, by, ground.settings)
    if isinstance(metric, Duration):
        return durations.compile_sql([metric], scope, by, ground.settings)
    if metric.text is None:
        raise MetricError(
            f"{metric.name} is made of other readings.", f"Ask for the SQL of {', '.join(metric.needs) or 'those'}."
        )
    sql = metric.text(Asked(scope, tuple(by), ground))
    return Query(sql, bound(sql, scope, grain_of(by), ground.settings))
