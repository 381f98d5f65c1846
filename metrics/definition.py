"""What a metric counts, as twelve hex digits: two readings with different ones are never compared."""

import hashlib
from dataclasses import replace
from datetime import date
from functools import lru_cache

from data.settings import Settings
from metrics.compile import compile_sql
from metrics.spec import Metric, Ratio, Scope


def definition_hash(metric: Metric, settings: Settings) -> str:
    """12 hex digits that change when what the metric counts changes: of a ratio its SQL with the shared views, of
    another its definition and revision; and the settings it depends on.
    """
    stated = tuple(f"{name}={getattr(settings, name)}" for name in sorted({"level", *metric.settings}))
    if isinstance(metric, Ratio):
        return _of_sql(replace(metric, name="metric"), stated)
    return _digest(metric.definition, f"revision {metric.revision}", *stated)


@lru_cache(maxsize=256)
def _of_sql(metric: Ratio, stated: tuple[str, ...]) -> str:
    anytime = Scope(since=date(2000, 1, 1), until=date(2000, 1, 31))
    return _digest(*(compile_sql([metric], anytime, by).sql for by in ((), ("pilot",))), *stated)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
