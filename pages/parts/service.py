"""How a product serves: latency and availability, quality against its baseline, review by people, incidents."""

from collections.abc import Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics import CATALOG, Scope
from metrics.human_review import Review, unreviewed
from metrics.incident_record import IncidentRecord, time_to_restore
from metrics.service_times import Availability, Latency
from metrics.watch import Watched
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.interaction import interaction
from pages.parts.marks import marks
from pages.parts.rows import picked_row, table
from pages.parts.theme import colours
from pages.parts.workings import How
from reports.service import latency_figure, seconds, times
from reports.words import NOTHING, count, percent, share_of

ROWS = 100


def latency(store: Warehouse, scope: Scope, found: Sequence[Latency], how: How) -> None:
    """Draw the percentiles of the period and of each week, or say that nobody timed the product."""
    st.header("How long it takes", anchor=False)
    whole, weeks = found[0], found[1:]
    if not whole.timed:
        absent("No source says how long interactions took.", "interactions", "latency")
        return
    untimed = whole.interactions - whole.timed
    st.caption(
        f"**{times(whole)}** over {count(whole.timed, 'interaction')}"
        f"{f'; {untimed:,} say no time' if untimed else ''}. All are counted, so there is no interval; buckets are"
        " about 9% wide. Open dots: the week is not complete; dotted verticals: releases."
    )
    chart(
        "chart-latency", f"By week; last week: {times(weeks[-1])}; whole period: {times(whole)}",
        latency_figure, weeks, (scope.since, scope.until), colours(), marks(store, scope),
    )  # fmt: skip
    rows: list[dict[str, object]] = [
        {"Week of": each.week or "whole period",
         **{f"p{100 * one.share:.0f}": f"{seconds(one.value)} ({seconds(one.low)} to {seconds(one.high)})"
            for one in each.percentiles}, "Interactions": each.timed}
        for each in found
    ]  # fmt: skip
    with st.expander("As a table"):
        table(rows, name="latency by week", download=[row for each in found for row in _percentiles(each)])
    how()


def available(found: Availability, how: How) -> None:
    """Draw the availability, or why there is none."""
    st.header("Availability", anchor=False)
    if found.share is None:
        absent(found.missing, "interactions", "availability")
        return
    with st.container(horizontal=True, gap="large"):
        st.metric("Slots that went well", percent(found.share), width="content")
        st.metric("Slots", f"{found.slots:,}", width="content")
        st.metric("Lost to incidents", f"{found.down:,}", width="content")
    st.caption(
        f"Five-minute slots of business hours, Monday to Friday, that had traffic or lay in an incident (severity s1,"
        f" s2 or none stated). A slot went well when under {percent(found.limit)} of its interactions failed"
        " technically and no incident ran. Every slot is counted, so there is no interval."
    )
    how()


def drifts(found: Sequence[Watched], titles: Sequence[str], how: How) -> None:
    """Draw what CUSUM, EWMA and limits say of each metric against its frozen baseline, with how often they cry wolf."""
    st.header("Does quality drift", anchor=False)
    st.caption(
        "Weeks against the product's first eight complete ones (anew after a release with nine weeks behind it). False"
        " alarms were the baseline known exactly: CUSUM one in 465 weeks, EWMA and three-sigma limits one in 370. An"
        " alarm stands when the last four weeks differ from the baseline by more than chance gives in one of ten such"
        " series; each metric is tested by itself here."
    )
    rows: list[dict[str, object]] = []
    for title, each in zip(titles, found, strict=True):
        alarms = each.drift.alarms if each.drift else ()
        rows.append({
            "Metric": CATALOG[title].title if title in CATALOG else title,
            "State": "– Not watched" if each.drift is None else "▲ Drifted" if each.stands else
            "◔ Alarm, may be chance" if alarms else "✓ In control",
            "Alarms": "; ".join(f"{'EWMA' if one.chart == 'average' else one.chart} {one.side} at {one.at}"
                                f" (began {one.began}, 1 in {one.one_in})" for one in alarms) or NOTHING,
            "Baseline": percent(each.drift.baseline) if each.drift else NOTHING, "Weeks": len(each.points),
            "Possible change after": (each.drift.hint if each.drift else "") or NOTHING,
            "Note": each.missing or NOTHING,
        })  # fmt: skip
    table(rows, name="quality drift", beside=how)


def reviews(store: Warehouse, scope: Scope, found: Sequence[Review], how: How) -> None:
    """Draw the review rate of the scenarios that require it, and the actions that had none."""
    st.header("Human review against policy", anchor=False)
    if not found:
        absent("No scenario with use in this period requires human review.", "scenarios", "reviews")
        return
    without = sum(each.without for each in found)
    st.caption(
        "Of the scenarios that require review: interactions in review or assist mode, where a person stands between the"
        f" answer and its use, of those whose mode is known. {count(without, 'interaction')} ran without one."
    )
    table([
        {"Scenario": each.name, "Reviewed": share_of(each.share, each.units),
         "Without review": each.without, "Mode known": each.known,
         "Mode not stated": each.untold}
        for each in found
    ], name="human review", beside=how)  # fmt: skip
    if not without:
        return
    rows = unreviewed(store, scope, ROWS)
    st.caption("The newest that ran without review. Select one to see all that is known of it.")
    picked = picked_row(rows, name="actions without review")
    if picked is not None:
        interaction(store, str(rows[picked]["product_id"]), str(rows[picked]["interaction_id"]))


def incidents(found: Sequence[IncidentRecord], people: dict[str, str], how: How) -> None:
    """Draw the incidents: open ones without an owner first."""
    st.header("Incidents", anchor=False)
    if not found:
        absent("No incident of this product touches the period.", "incidents", "incidents")
        return
    alone = sum(each.open and each.incident.owner_id is None for each in found)
    middle = time_to_restore(list(found))
    restore = "at least half are open" if middle is None else f"median time to restore {middle:.1f} h, open ones longer"
    st.caption(
        f"{count(len(found), 'incident')}; {restore}. Open without an owner: {alone}. Without prevention:"
        f" {sum(not each.incident.prevention for each in found)}."
    )
    table([
        {"Incident": each.incident.incident_id, "State": "✕ Open" if each.open else "✓ Restored",
         "Owner": people.get(each.incident.owner_id or "", each.incident.owner_id or "") or "✕ Nobody",
         "Began": each.incident.started_at, "Noticed after, h": _hours(each.noticed),
         "Restored after, h": _hours(each.restored), "Severity": each.incident.severity or NOTHING,
         "People": each.incident.affected_users, "Summary": each.incident.summary,
         "Cause": each.incident.root_cause or NOTHING, "Fix": each.incident.fix or NOTHING,
         "Prevention": each.incident.prevention or "✕ None stated"}
        for each in found
    ], name="incidents", beside=how)  # fmt: skip


def _percentiles(each: Latency) -> list[dict[str, object]]:
    return [
        {"week": each.week, "share": one.share, "seconds": one.value, "low": one.low, "high": one.high,
         "interactions": each.timed}
        for one in each.percentiles
    ]  # fmt: skip


def _hours(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"
