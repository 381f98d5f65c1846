"""What a product must know and how far it gets with it: from required to answered, and topic by topic."""

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from metrics import Reading, Scope, evidence
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.how import how
from pages.parts.measured import measured
from pages.parts.names import names_of
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from reports.funnel import Rung, funnel
from reports.words import count, in_full, percent, sign

STAGES = {
    "context_coverage.approved": "Approved source", "context_coverage.fresh": "Indexed and fresh",
    "context_coverage.retrievable": "Found by probes", "context_coverage.answerable": "Answered in evals",
}  # fmt: skip
DEMAND = "context_coverage.unregistered"
SHOWN = {
    "name": "Topic", "weight": "Share of questions", "approved": "Approved", "fresh": "Fresh",
    "retrievable": "Found", "answerable": "Answered", "probes_passed": "Probes passed", "probes": "Probes",
    "source_age": "Source age, days", "freshness_days": "Allowed", "sme_id": "Expert",
}  # fmt: skip


def coverage_of(store: Warehouse, scope: Scope) -> None:
    """Draw the waterfall into the current container, or say why there is none."""
    every = measured(store, scope)
    found = {name: every[name] for name in ("context_coverage", *STAGES, DEMAND) if name in every}
    headline = found.get("context_coverage")
    if headline is None or all(found[name].value is None for name in STAGES if name in found):
        absent(headline.missing if headline else "Coverage is not known to this version.", "topics", "coverage")
        return
    left, right = st.columns([2, 3])
    with left:
        st.caption(f"Of {count(headline.events, 'required topic')}, {_weights(headline)}; all counted, no interval")
        rungs = [Rung("Required", 1.0, None, None, count(headline.events, "topic"))]
        rungs += [_rung(name, found[name]) for name in STAGES if name in found]
        chart("chart-coverage", "; ".join(f"{rung.name}: {rung.text}" for rung in rungs), funnel, rungs, colours())
        if DEMAND in found:
            st.caption(f"Questions about topics nobody listed: {plain(in_full(found[DEMAND]), 300)}")
        how(store, list(found.values()), scope, "coverage")
    with right:
        st.caption("Topics, those first that block most questions")
        try:
            rows = evidence(store, headline, scope, limit=200)
        except PlumblineError as refusal:
            st.caption(plain(refusal))
            return
        called = names_of(store)
        told = [{**row, "sme_id": called.get(str(row.get("sme_id")), row.get("sme_id"))} for row in rows]
        table([{title: _cell(row.get(name)) for name, title in SHOWN.items()} for row in told], name="topics")


def _weights(headline: Reading) -> str:
    words = next((part for part in headline.method.split(";") if "weight" in part or "counting" in part), "")
    return plain(words.strip() or "weighted by what is asked")


def _rung(name: str, reading: Reading) -> Rung:
    words = sign(reading).word if reading.value is None else percent(reading.value)
    return Rung(STAGES[name], reading.value, None, None, words, reading.status == "ok")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return percent(value) if isinstance(value, float) else value
