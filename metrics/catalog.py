"""All metrics by name. A new metric is one module with METRICS and one word here."""

from collections.abc import Iterable

from data.errors import did_you_mean
from metrics import adoption, escalation_rate, task_success
from metrics.spec import Derived, Duration, Metric, MetricError, Ratio

MODULES = (adoption, task_success, escalation_rate)
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
