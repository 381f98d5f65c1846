"""Where people come in: tasks that went to a human, and how long experts take to answer."""

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from metrics import Scope, evidence
from pages.parts import computed
from pages.parts.absent import absent
from pages.parts.beside import beside, known
from pages.parts.card import cards
from pages.parts.measured import measured
from pages.parts.names import names_of
from pages.parts.rows import table
from pages.parts.text import plain
from reports.words import count

ESCALATIONS = {"escalation_rate": "Unplanned", "escalation_rate.planned": "Planned"}
PARTS = ("sme_response_time.p90", "sme_response_time.within_sla")  # the median is among the cards of the page
MOST = 1000


def escalations_of(store: Warehouse, scope: Scope) -> None:
    """Draw both kinds of escalation into the current container, or say why there are none."""
    found = known(store, scope, ESCALATIONS)
    if all(reading.value is None for reading in found.values()):
        absent(found["escalation_rate"].missing, "tickets", "escalations")
        return
    st.caption("Shares of tasks. Planned: the process asks for a human. Unplanned: nobody had meant to; tick: target.")
    beside(store, scope, found, ESCALATIONS, "escalations")


def experts_of(store: Warehouse, scope: Scope) -> None:
    """Draw how long the slowest wait and who waits now, or say why nothing is known."""
    every = measured(store, scope)
    found = [every[name] for name in PARTS if name in every]
    asked = cards(found)
    if asked is not None:
        computed.show(store, asked, scope)
    if not found or all(reading.status == "not_measured" for reading in found):
        absent("Load tickets to experts with the time of their first answer.", "tickets", "experts")
        return
    try:
        rows = evidence(store, found[0], scope, limit=MOST)
    except PlumblineError as refusal:
        st.caption(plain(refusal))
        return
    waiting = [row for row in reversed(rows) if row.get("state") == "open"]
    st.caption(
        f"{count(len(waiting), 'ticket')} of {len(rows):,} had no answer at the end of the data, the oldest first."
    )
    names = {"ticket_id": "Ticket", "opened_at": "Opened", "business_hours": "Business hours", "topic_id": "Topic",
             "kind": "Kind", "assignee_id": "Expert"}  # fmt: skip
    called = names_of(store)
    table(
        [{title: called.get(str(row.get(name)), row.get(name)) for name, title in names.items()} for row in waiting],
        name="waiting tickets",
    )
