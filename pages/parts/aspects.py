"""The three comparisons with the current way: better, faster, cheaper, each with its interval and its evidence."""

from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics.scenario_value import Aspect, ScenarioValue, scenario_value
from pages.parts.absent import absent
from pages.parts.how import how
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.workings import worked
from reports.signs import badge
from reports.value import EVIDENCE, SURE, ends, gain, title
from reports.words import units_of

WON = {"better": "better", "faster": "saved", "cheaper": "saved a task"}
QUESTIONS = {"better": "Better?", "faster": "Faster?", "cheaper": "Cheaper?"}


def aspects(store: Warehouse, found: ScenarioValue, currency: str) -> None:
    """Draw a card an aspect, and all of them as a table to take away."""
    with st.grid(len(found.aspects), min_column_width=280, gap="small"):
        for place, each in enumerate(found.aspects):
            with st.container(border=True, height="stretch", gap="xsmall", key=f"aspect-{place}"):
                _card(store, found, each, currency, place)
    with st.expander("As a table"):
        table([_row(each, currency) for each in found.aspects], name="better faster cheaper", beside=partial(
            worked, store, found.scope, "scenario value",
            partial(scenario_value, store, found.scope, found.scenario, found.pilot)))  # fmt: skip


def _card(store: Warehouse, found: ScenarioValue, each: Aspect, currency: str, place: int) -> None:
    st.header(QUESTIONS[each.name], anchor=False)
    sign = SURE[each.sure]
    st.markdown(badge(sign), help=sign.means)
    st.markdown(f"**{plain(title(each))}**")
    if each.gain is None:
        st.markdown(f":gray[{plain(each.refused, 500)}]")
        lacks = "baselines" if each.name == "better" else "assumptions"
        if each.before is None or each.name != "better":
            absent("", lacks, f"aspect-{place}")
    else:
        st.markdown(f"{plain(gain(each, currency))} {WON[each.name]}")
    st.caption(f"Now {plain(ends(each.now, each, currency))}  \nBefore {plain(ends(each.before, each, currency))}")
    st.space("stretch")
    people = f" · {units_of(each.reading)}" if each.reading else ""
    kind = f"{each.level:.0%} interval" if each.name == "better" else "P5 to P95"
    st.caption(f"Evidence {plain(EVIDENCE[each.evidence])} · {kind}{people}  \n{plain(each.source)}")
    if each.reading is not None:
        how(store, [each.reading], found.scope, f"aspect-{place}")


def _row(each: Aspect, currency: str) -> dict[str, object]:
    return {
        "Question": QUESTIONS[each.name], "Measured by": title(each), "Answer": SURE[each.sure].word,
        "Gain": gain(each, currency), "Now": ends(each.now, each, currency),
        "Before": ends(each.before, each, currency), "Evidence": EVIDENCE[each.evidence], "Source": each.source,
    }  # fmt: skip
