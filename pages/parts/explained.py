"""What changed against the period before and why: how much by other rates within segments, how much by another mix."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from data.portfolio import Scenario
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import CATALOG, Reading, Scope, read
from metrics.catalog import dimensions_of
from metrics.compare import before
from metrics.explained import Explanation, explanation
from metrics.spec import Dimension
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.chart import chart
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import worked
from reports.rate_mix import MOST, effects_figure, named, points, told
from reports.words import NOTHING, change, in_full, period

METRICS = ("task_success", "escalation_rate", "hallucination_rate.technical_failure", "adoption")
OVER: tuple[Dimension, ...] = ("team", "scenario", "release", "mode")


def explained_of(store: Warehouse, scope: Scope) -> None:
    """Draw the change of a number and its parts into the current container, or say why it is not told apart."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        metric = st.selectbox(
            "Number", METRICS, format_func=lambda name: CATALOG[name].title, key="explained-metric", width=220
        )
        fit = [each for each in OVER if each in dimensions_of(CATALOG[metric])[0]]
        over = st.segmented_control(
            "Split by", fit, default=fit[0], required=True, key=f"explained-by-{metric}", format_func=str.capitalize
        )
    with st.spinner("Holding both periods against each other ..."):
        found: Explanation = asked(store, scope, explanation_of, metric, over)
    then = before(scope)
    st.markdown(f"**{plain(_sentence(found, metric), 600)}**")
    st.caption(
        f"{period(scope.since, scope.until)} against {period(then.since, then.until)}. By its rate: it does better or"
        " worse itself; by its mix: it became a larger or smaller part of all. Percentage points; both add up."
    )
    if found.parts is None:
        if found.now.value is None:
            absent(found.now.missing, "interactions", "explained")
        else:
            st.markdown(f":gray[{plain(found.refused or 'Nothing to compare: one period has no events.', 500)}]")
        return
    names = _names(store, over)
    effects = [each for each in found.parts.effects if each.rate or each.mix]
    if not effects:
        st.markdown(f":gray[Neither a rate nor the mix of a {over} changed.]")
        return
    left, right = st.columns([2, 3])
    with left:
        if len(effects) > MOST:
            st.caption(f"The {MOST} largest of {len(effects)}; all of them in the table.")
        said = "; ".join(told(each, names) for each in effects[:MOST])
        chart("chart-explained", said, effects_figure, effects[:MOST], names, colours())
    with right:
        sides = [read(store, (metric,), each, by=(over,)) for each in (scope, then)]
        rows = _rows(found, names, *sides)
        table(rows, name=f"change by {over}", download=_plain(found, names), beside=partial(
            worked, store, scope, "explained", partial(explanation_of, store, scope, metric, over)))  # fmt: skip


def explanation_of(store: Warehouse, scope: Scope, metric: str, over: Dimension) -> Explanation:
    """The change of the metric from the period before, by the parts."""
    return explanation(store, metric, scope, over)


def _sentence(found: Explanation, metric: str) -> str:
    title, delta = CATALOG[metric].title, found.difference
    if delta.value is None:
        return f"{title}: {delta.refused}"
    ends = ""
    if delta.low is not None and delta.high is not None:
        ends = f" ({100 * delta.low:+.1f} to {100 * delta.high:+.1f})"
    sure = "" if delta.clear else ", which may be chance"
    whole = f"{title} changed by {change(delta.value, 'share')}{ends}{sure}"
    if found.parts is None:
        return f"{whole}."
    turned = " Most segments moved the other way (Simpson)." if found.parts.reversed else ""
    return f"{whole}: {points(found.parts.rate)} by rates, {points(found.parts.mix)} by the mix.{turned}"


def _names(store: Warehouse, over: Dimension) -> dict[str, str]:
    if over != "scenario":
        return {}
    return {each.scenario_id: each.name for each in current(store, Scenario)}


def _rows(
    found: Explanation, names: Mapping[str, str], now: Sequence[Reading], then: Sequence[Reading]
) -> list[dict[str, object]]:
    new, old = ({each.group[found.over]: each for each in side} for side in (now, then))
    rows: list[dict[str, object]] = [
        {"Segment": named(each.name, names), "Together": points(each.rate + each.mix), "By its rate": points(each.rate),
         "By its mix": points(each.mix), "Now": _side(new.get(each.name)), "Before": _side(old.get(each.name))}
        for each in (found.parts.effects if found.parts else ())
    ]  # fmt: skip
    if found.parts:
        whole = found.parts
        rows.append({
            "Segment": "All", "Together": points(whole.change), "By its rate": points(whole.rate),
            "By its mix": points(whole.mix), "Now": in_full(found.now), "Before": in_full(found.then),
        })  # fmt: skip
    return rows


def _side(reading: Reading | None) -> str:
    return NOTHING if reading is None or reading.value is None else in_full(reading)


def _plain(found: Explanation, names: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"over": found.over, "segment": each.name, "name": named(each.name, names), "rate": each.rate, "mix": each.mix,
         "together": each.rate + each.mix}
        for each in (found.parts.effects if found.parts else ())
    ]  # fmt: skip
