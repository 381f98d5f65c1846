"""The definitions as a person looks them up: formula, unit, interval, thresholds, and what they were before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from data.cursor import Rows
from data.portfolio import Target
from data.registry_store import history
from data.settings import settings as settings_of
from metrics import method_words
from metrics.catalog import CATALOG, units_are
from metrics.definition import definition_hash
from metrics.reduced import VIEWS
from metrics.spec import Duration, Metric, Ratio


class Version(NamedTuple):
    """A definition by its hash, with the first and the last time a reading of it was published; None: never yet."""

    definition_hash: str
    first: datetime | None
    last: datetime | None
    current: bool


class Threshold(NamedTuple):
    """A target and its floor, of whom, since when, until when and who said so."""

    product: str
    pilot: str
    better: str
    target: float
    floor: float
    since: date
    until: date | None
    who: str


class Definition(NamedTuple):
    """All that is known of one metric's definition."""

    metric: Metric
    formula: str
    unit: str
    interval: str
    left_out: str
    settings: tuple[tuple[str, str], ...]
    thresholds: tuple[Threshold, ...]
    versions: tuple[Version, ...]

    def mentions(self, words: str) -> bool:
        """Whether every word asked for stands somewhere in the definition."""
        held = (
            f"{self.metric.name} {self.metric.title} {self.metric.question} {self.metric.definition} {self.formula}"
            f" {self.metric.caveat} {self.unit} {self.interval} {self.left_out} {self.versions}"
        ).casefold()
        return all(word in held for word in words.casefold().split())


def definitions(store: Rows) -> list[Definition]:
    """Every metric of the catalogue in its order, as the settings and the registry have it now."""
    said = settings_of(store)
    published = store.rows(
        "SELECT metric, definition_hash, min(published_at) AS first, max(published_at) AS last FROM readings_log"
        " GROUP BY metric, definition_hash ORDER BY metric, first"
    )
    targets = history(store, Target)
    return [
        Definition(
            metric=metric,
            formula=_formula(metric),
            unit=units_are(metric),
            interval=method_words.interval(metric, said),
            left_out=method_words.left_out(metric),
            settings=tuple((name, str(getattr(said, name))) for name in ("level", *metric.settings)),
            thresholds=tuple(_threshold(row) for row in targets if row["metric"] == name),
            versions=_versions(definition_hash(metric, said), [row for row in published if row["metric"] == name]),
        )
        for name, metric in CATALOG.items()
    ]


def _formula(metric: Metric) -> str:
    if isinstance(metric, Ratio):
        return f"sum({metric.hit})\n/ sum({metric.of})\nover {VIEWS[metric.fact].units_are}, from {metric.fact}"
    if isinstance(metric, Duration):
        what = f"share within {metric.within}" if metric.within else f"quantile {metric.quantile:g}"
        return f"{what} of ({metric.end} - {metric.start}), stopped at {metric.stop}\nfrom {metric.fact}"
    needs = f"\nfrom the readings {', '.join(metric.needs)}" if metric.needs else ""
    return f"{metric.definition.split('. ')[0].rstrip('.')}{needs}\nfrom {', '.join(metric.facts)}"


def _threshold(row: dict[str, object]) -> Threshold:
    return Threshold(
        str(row["product_id"] or ""), str(row["pilot_id"] or ""), str(row["better"]), cast(float, row["target"]),
        cast(float, row["floor"]), cast(date, row["valid_from"]), cast("date | None", row["valid_to"]),
        str(row["changed_by"]),
    )  # fmt: skip


def _versions(now: str, published: Sequence[dict[str, object]]) -> tuple[Version, ...]:
    found = [
        Version(str(row["definition_hash"]), cast(datetime, row["first"]), cast(datetime, row["last"]),
                row["definition_hash"] == now)
        for row in published
    ]  # fmt: skip
    return tuple(found) if any(each.current for each in found) else (*found, Version(now, None, None, True))
