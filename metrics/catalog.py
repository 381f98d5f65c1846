"""All metrics by name. A new metric is one module with METRICS and one word here."""

from collections.abc import Iterable

from data.errors import did_you_mean
from metrics import (
    adoption,
    context_coverage,
    escalation_rate,
    eval_success,
    hallucination_rate,
    roi,
    sme_response_time,
    stated_use,
    task_success,
)
from metrics.reduced import VIEWS
from metrics.spec import Derived, Dimension, Duration, Measure, Metric, MetricError, Ratio

MODULES = (
    adoption, stated_use, task_success, eval_success, hallucination_rate, escalation_rate, context_coverage,
    sme_response_time, roi,
)  # fmt: skip
CATALOG: dict[str, Metric] = {metric.name: metric for module in MODULES for metric in module.METRICS}
HEADLINES: tuple[str, ...] = tuple(name for name in CATALOG if "." not in name)


def resolve(metrics: Iterable[str | Metric]) -> list[Metric]:
    """The metrics meant, in the order given and each once. MetricError names the nearest for one that does not
    exist.
    """
    found: dict[str, Metric] = {}
    for metric in metrics:
        if isinstance(metric, Ratio | Duration | Derived):
            found[metric.name] = metric
        elif metric in CATALOG:
            found[metric] = CATALOG[metric]
        else:
            raise MetricError(
                f"There is no metric '{metric}'.{did_you_mean(metric, CATALOG)}", f"There are {', '.join(CATALOG)}."
            )
    return list(found.values())


def dimensions_of(metric: Metric) -> tuple[frozenset[Dimension], str]:
    """What a metric can be grouped by, and why by nothing else."""
    if isinstance(metric, Derived):
        return metric.dimensions, metric.unsplit
    return VIEWS[metric.fact].dimensions, VIEWS[metric.fact].unsplit


def measure_of(name: str) -> Measure:
    """What the value of a metric is; of one that is not in the catalogue, a share."""
    return CATALOG[name].measure if name in CATALOG else "share"


def units_are(metric: Metric) -> str:
    """What a metric's readings were sampled from: "people", "tickets"."""
    return VIEWS[metric.fact].units_are if isinstance(metric, Ratio) else metric.units_are
