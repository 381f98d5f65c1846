"""A pilot against the current way of working, what that is worth, and why its tasks failed."""

import streamlit as st

from metrics import CATALOG
from metrics.current_way import Contrast
from metrics.scorecard import Scorecard
from pages.parts.absent import absent
from pages.parts.text import plain
from reports.scorecard import DESIGNS, EVIDENCE, compared, value
from reports.words import count, in_full, percent


def against_today(card: Scorecard) -> None:
    """Draw every comparison with the current way, its design named, and what the pilot is worth."""
    st.header("Against the current way of working", anchor=False)
    if not card.contrasts:
        absent(
            "It has not been compared: register a baseline of the pilot's scenario for a metric of its criteria, or"
            " the assumption minutes_saved_per_task.", "baselines", "baseline",
        )  # fmt: skip
    for contrast in card.contrasts:
        _contrast(contrast)
    _worth(card)


def why_failed(card: Scorecard) -> None:
    """Draw the causes of the failed tasks, and how much of it can be mended."""
    st.header("Why tasks failed", anchor=False)
    if not card.causes:
        words = "No task of the pilot is known to have failed." if card.case.tasks else "Nothing has been counted yet."
        st.markdown(f":gray[{words}]")
        return
    every = sum(cause.failures for cause in card.causes)
    share = card.case.fixable_share
    st.caption(f"{count(every, 'failed task')}; {percent(share)} can be mended: technical errors and missing knowledge")
    for cause in card.causes:
        part = cause.failures / every
        st.progress(part, text=f"{cause.name.capitalize()}: {cause.failures:,} ({part:.0%})")


def _contrast(contrast: Contrast) -> None:
    name = CATALOG[contrast.metric].title if contrast.metric else "Time saved"
    st.markdown(f"**{plain(name)}**: {plain(compared(contrast))}")
    st.caption(
        f"Design {plain(DESIGNS[contrast.design])}  \nEvidence {contrast.evidence}: {EVIDENCE[contrast.evidence]}"
        f" · {plain(contrast.source)}"
    )


def _worth(card: Scorecard) -> None:
    chance, roi = card.readings.get("roi.chance"), card.readings.get("roi")
    if chance is None or roi is None:
        return
    if chance.value is None:
        st.markdown(f"**Value**: {plain(chance.missing)}")
        return
    need = f"scaling needs {card.gates.npv:.0%}"
    st.markdown(f"**Value**: pays with a probability of {plain(value(chance))} ({need}); ROI {plain(in_full(roi))}")
    if not chance.decides:
        st.caption(f":material/info: {plain(chance.missing)}")
