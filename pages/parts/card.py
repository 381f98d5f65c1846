"""The card of one reading: value, interval, what it counts, status as a sign and a word, and the way to its origin."""

import streamlit as st

from metrics import CATALOG, Reading
from pages.parts.text import plain
from reports.words import interval, percent, sign, units_of


def badge(reading: Reading) -> str:
    """The status of a reading as a badge: an icon and a word."""
    mark = sign(reading)
    return f":{mark.colour}-badge[:material/{mark.icon}: {mark.word}]"


def card(reading: Reading) -> bool:
    """Draw the card; whether "How computed" was pressed. A reading without a value shows the reason, never a number."""
    metric = CATALOG[reading.metric]
    with st.container(border=True, height="stretch", gap="small", key=f"card-{reading.metric}"):
        if reading.value is None:
            st.markdown(metric.title, help=metric.question)
            st.markdown(f":gray[{plain(reading.missing)}]")
        else:
            st.metric(metric.title, percent(reading.value), help=metric.question)
            st.caption(_bounds(reading) + (f"  \n{plain(reading.missing)}" if reading.missing else ""))
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(badge(reading), width="content")
            return st.button("How computed", key=f"how-{reading.metric}", type="tertiary", icon=":material/function:")


def _bounds(reading: Reading) -> str:
    bounds = interval(reading)
    counted = f"{reading.events:,} {CATALOG[reading.metric].counts}"
    if reading.events != reading.units:  # where each unit counts once, one number says both
        counted = f"{units_of(reading)} · {counted}"
    return f"{f'{reading.level:.0%} interval {bounds}%' if bounds else 'No interval'} · {counted}"
