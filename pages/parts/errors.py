"""How often a product says something wrong: corrected, judged and audited side by side, by type; technical failures."""

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from pages.parts.absent import absent
from pages.parts.beside import beside, known
from pages.parts.text import plain

TECHNICAL = "hallucination_rate.technical_failure"
LABELS = {
    "hallucination_rate": "Headline", "hallucination_rate.judged": "Judged, as it is",
    "hallucination_rate.audited": "Audited by people", "hallucination_rate.incorrect": "Incorrect",
    "hallucination_rate.unsupported": "Unsupported", "hallucination_rate.unsafe": "Unsafe",
    TECHNICAL: "Technical failure",
}  # fmt: skip


def errors_of(store: Warehouse, scope: Scope) -> None:
    """Draw the rates into the current container, or say why there are none."""
    found = known(store, scope, LABELS)
    headline = found["hallucination_rate"]
    if all(reading.value is None for name, reading in found.items() if name != TECHNICAL):
        absent(headline.missing, "eval_results", "errors")
        found = {name: reading for name, reading in found.items() if name == TECHNICAL}
    else:
        first = headline.missing.rstrip(".") if headline.value is None else headline.method.split(";")[0]
        st.caption(f"Headline: {plain(first, 400)}. Errors of content are shares of audited tasks; tick: target.")
    if any(reading.value is not None for reading in found.values()):
        beside(store, scope, found, LABELS, "errors")
