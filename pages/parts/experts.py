"""Where people come in: tasks that went to a human, and how long experts take to answer."""

from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.waiting_tickets import waiting_tickets
from pages.parts import computed
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.beside import beside, known
from pages.parts.card import cards
from pages.parts.measured import measured
from pages.parts.names import names_of
from pages.parts.rows import table
from pages.parts.workings import worked
from reports.words import NOTHING, count

ESCALATIONS = {"escalation_rate": "Unplanned", "escalation_rate.planned": "Planned"}
PARTS = ("sme_response_time.p90", "sme_response_time.within_sla")  # the median is among the cards of the page


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
    known_ones = measured(store, scope)
    found = [known_ones[name] for name in PARTS if name in known_ones]
    pressed = cards(found)
    if pressed is not None:
        computed.show(store, pressed, scope)
    if not found or all(reading.status == "not_measured" for reading in found):
        absent("Load tickets to experts with the time of their first answer.", "tickets", "experts")
        return
    rows = asked(store, scope, waiting_tickets)
    every = rows[0].every if rows else 0
    st.caption(
        f"{count(every, 'ticket')} of the product had no answer at the end of the data, whenever opened"
        + (f"; the oldest {len(rows)}:" if every > len(rows) else ", the oldest first." if rows else ".")
    )
    called = names_of(store)
    table(
        [{"Ticket": each.ticket, "Opened": each.opened, "Business hours": round(each.hours, 1),
          "Topic": each.topic or NOTHING, "Kind": each.kind or NOTHING,
          "Expert": called.get(each.expert, each.expert) or NOTHING}
         for each in rows],
        name="waiting tickets",
        beside=partial(worked, store, scope, "waiting tickets", partial(waiting_tickets, store, scope)),
    )  # fmt: skip
