"""What changed and why, as data and as lines: alarms, charts, rate and mix, releases, retention."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from metrics.amounts import amount
from metrics.before_after import Comparison
from metrics.catalog import measure_of
from metrics.compare import Delta
from metrics.explained import Explanation
from metrics.failure_chart import Chart, wolf
from metrics.readings_log import Said
from metrics.restated import Restated
from metrics.retention import Point
from metrics.spec import Measure, Reading
from metrics.watch import Watched

Data = list[dict[str, object]]
Lines = list[tuple[str, ...]]


def watched_data(found: Sequence[Watched]) -> Data:
    """Watched series as what JSON can hold."""
    return [
        {
            "group": each.group, "stands": each.stands, "missing": each.missing,
            "points": [point._asdict() for point in each.points],
            "drift": each.drift and {
                **each.drift._asdict(), "alarms": [alarm._asdict() for alarm in each.drift.alarms]
            },
        }
        for each in found
    ]  # fmt: skip


def watched_lines(found: Sequence[Watched]) -> Lines:
    """A line an alarm, with how often its chart cries wolf; a series without alarms has one line, too."""
    rows: Lines = [("group", "chart", "at", "since", "to", "one false alarm in", "stands", "why")]
    for each in found:
        name = ", ".join(str(value) for value in each.group.values()) or "all"
        alarms = each.drift.alarms if each.drift else ()
        hint = (
            f"perhaps changed after {each.drift.hint}: for a person to confirm"
            if each.drift and each.drift.hint
            else ""
        )
        for alarm in alarms:
            stands = "yes" if each.stands else "no"
            rows.append((name, alarm.chart, alarm.at, alarm.began, alarm.side, f"{alarm.one_in} weeks", stands, hint))
        if not alarms:
            rows.append((name, "-", "-", "-", "-", "-", "no", each.missing or hint or "As it was."))
    return rows


def charts_data(found: Sequence[Chart]) -> Data:
    """Charts as what JSON can hold."""
    return [
        {**each._asdict(), "points": [{**point._asdict(), "share": point.share} for point in each.points]}
        for each in found
    ]


def charts_lines(found: Sequence[Chart]) -> Lines:
    """A line a signal; a chart without one has a line, too; the last says how often all of them cry wolf."""
    rows: Lines = [("product", "point", "share", "limits", "of", "baseline", "spread", "why")]
    for each in found:
        name, base = str(each.group["product"]), "-" if each.share is None else f"{each.share:.2%}"
        spread = f"{each.spread:.2f}"
        for point in each.signals:
            ends = f"{point.low:.2%} - {point.high:.2%}"
            rows.append((name, point.name, f"{point.share:.2%}", ends, f"{point.of:,}", base, spread, point.side))
        if not each.signals:
            within = f"{len(each.points)} {each.grain}s within their limits."
            rows.append((name, "-", "-", "-", "-", base, spread, each.missing or within))
    return [*rows, ("", "", "", "", "", "", "", wolf(found))] if found else rows


def explanation_data(found: Explanation) -> dict[str, object]:
    """An explanation as what JSON can hold."""
    parts = found.parts
    return {
        "over": found.over, "now": asdict(found.now), "before": asdict(found.then),
        "difference": found.difference._asdict(), "refused": found.refused,
        "parts": parts and {**parts._asdict(), "effects": [effect._asdict() for effect in parts.effects]},
    }  # fmt: skip


def explanation_lines(found: Explanation) -> Lines:
    """The change, and what each part adds to it by its rate and by its share; or why it is not told apart."""
    rows: Lines = [(found.over, "by its rate", "by its share", "together")]
    parts = found.parts
    if parts is None:
        return [*rows, ("", "", "", found.refused or "Nothing to compare: one period has no events.")]
    for effect in parts.effects:
        both = effect.rate + effect.mix
        rows.append((effect.name or "(not stated)", f"{effect.rate:+.2%}", f"{effect.mix:+.2%}", f"{both:+.2%}"))
    flag = " Most parts moved the other way (Simpson)." if parts.reversed else ""
    rows.append(("all", f"{parts.rate:+.2%}", f"{parts.mix:+.2%}", f"{parts.change:+.2%}{flag}"))
    return rows


def releases_data(found: Sequence[Comparison]) -> Data:
    """Releases as what JSON can hold."""
    return [
        {
            "day": each.change.day, "versions": each.change.versions, "kinds": each.change.kinds,
            "note": each.change.note, "before_days": each.change.before, "after_days": each.change.after,
            "before": each.before and asdict(each.before), "after": each.after and asdict(each.after),
            "difference": each.difference._asdict(),
        }
        for each in found
    ]  # fmt: skip


def releases_lines(found: Sequence[Comparison]) -> Lines:
    """A line a release: both sides, the difference with its interval, or why there is none."""
    rows: Lines = [("released", "version", "kind", "before", "after", "difference")]
    for each in found:
        what = (str(each.change.day), ", ".join(each.change.versions), ", ".join(each.change.kinds))
        rows.append((*what, _value(each.before), _value(each.after), _difference(each.difference, each.after)))
    return rows


def _value(reading: Reading | None) -> str:
    return "-" if reading is None or reading.value is None else amount(reading.value, measure_of(reading.metric))


def _difference(found: Delta, reading: Reading | None) -> str:
    if found.value is None or reading is None:
        return found.refused
    measure: Measure = measure_of(reading.metric)
    ends = "" if found.low is None or found.high is None else (
        f" ({amount(found.low, measure)} to {amount(found.high, measure)})"
    )  # fmt: skip
    return f"{amount(found.value, measure)}{ends}{'' if found.clear else ', may be chance'}; not causal"


def retention_data(found: Sequence[Point]) -> Data:
    """A curve as what JSON can hold."""
    return [point._asdict() for point in found]


def retention_lines(found: Sequence[Point]) -> Lines:
    """A line a week since the people began."""
    return [
        ("week", "share", "interval", "people at risk"),
        *((str(p.week), f"{p.share:.1%}", f"{p.low:.1%} - {p.high:.1%}", f"{p.at_risk:,}") for p in found),
    ]  # fmt: skip


def said_lines(found: Sequence[Said], interval: Callable[[Reading], str]) -> Lines:
    """What was published, with when, by whom and of which days; `interval` writes one."""
    rows: Lines = [("published", "by", "data", "product", "metric", "days", "value", "interval", "status")]
    for at, who, since, until, each in found:
        value = amount(each.value, measure_of(each.metric)) if each.value is not None else "-"
        what = (str(each.data_version), str(each.group["product"]), each.metric, f"{since} - {until}")
        rows.append((f"{at:%Y-%m-%d %H:%M}", who, *what, value, interval(each), each.status))
    return rows


def restated_lines(found: Sequence[Restated]) -> Lines:
    """Weeks with what was said of them first and what is said now."""
    rows: Lines = [("product", "metric", "week", "said", "on", "now", "since", "status")]
    for each in found:
        then, now = (
            amount(value, measure_of(each.metric)) if value is not None else "-" for value in (each.said, each.value)
        )
        on, since = (f"{moment:%Y-%m-%d %H:%M}" for moment in (each.said_at, each.restated_at))
        rows.append((each.product, each.metric, each.week, then, on, now, since, each.status))
    return rows
