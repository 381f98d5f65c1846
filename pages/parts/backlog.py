"""What waits to be mended in a product: failed eval cases and open gaps by topic, those first that block most."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from metrics.backlog import Work, backlog
from metrics.gap_board import Card
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.interaction import interaction
from pages.parts.names import names_of
from pages.parts.rows import picked_row, table
from pages.parts.text import plain
from pages.parts.workings import worked
from reports.gap_figures import WAITS
from reports.knowledge import label, money
from reports.words import NOTHING, count

UNNAMED = "No topic named"


def backlog_of(store: Warehouse, scope: Scope) -> None:
    """Draw the ranking into the current container, and what waits about the topic that was picked."""
    found = asked(store, scope, backlog)
    if not found:
        absent(
            "No case of the newest eval runs fails and no gap is open; without eval results and tickets that says"
            " nothing.", "eval_results", "backlog-evals",
        )  # fmt: skip
        absent("", "tickets", "backlog-tickets")
        return
    currency, people = settings(store).currency, names_of(store)
    failed, gaps = sum(len(each.failed) for each in found), sum(len(each.gaps) for each in found)
    first = found[0]
    blocks = f": {_blocks(first, currency)}" if first.known and first.known.blocked else ""
    begin = f" First {plain(first.name)}{plain(blocks)}." if first.topic else ""
    oldest = max((each.oldest for each in found if each.oldest is not None), default=None)
    age = "" if oldest is None else f"; the oldest gap stands where it is for {count(oldest, 'day')}"
    st.markdown(f"**{count(failed, 'failed eval case')} and {count(gaps, 'open gap')}{age}.**{begin}")
    st.caption("By topic, ranked by blocked tasks times what a task is worth. Select one to see what waits about it.")
    picked = picked_row(
        [_row(each, people, currency) for each in found], name="backlog",
        beside=partial(worked, store, scope, "backlog", partial(backlog, store, scope)),
    )  # fmt: skip
    if picked is not None:
        _waits(store, found[picked], people)


def _waits(store: Warehouse, each: Work, people: Mapping[str, str]) -> None:
    st.header(plain(each.name or UNNAMED), anchor=False)
    if each.failed:
        st.caption(f"{count(len(each.failed), 'case')} of {each.cases} failed in the newest run of the suite.")
        table(
            [{"Case": case.case, "Suite": case.suite or NOTHING, "Ran": case.ran.date()} for case in each.failed],
            name="failed cases",
        )  # fmt: skip
    if not each.gaps:
        return
    st.caption("Open gaps, the longest waiting first. Select one to see the interaction that it came from.")
    picked = picked_row(
        [{"Ticket": gap.ticket, "Waits": WAITS[gap.column], "Since": gap.since.date(), "Days": gap.days,
          "Business hours": round(gap.hours, 1), "Expert": people.get(gap.expert, gap.expert) or NOTHING}
         for gap in each.gaps], name="open gaps",
    )  # fmt: skip
    if picked is None:
        return
    gap = each.gaps[picked]
    if gap.interaction:
        interaction(store, gap.product, gap.interaction)
    else:
        st.caption(f"Ticket {plain(gap.ticket)} names no interaction that it came from.")


def _blocks(each: Work, currency: str) -> str:
    if each.known is None:
        return NOTHING
    worth = "" if each.known.lost is None else f", {money(each.known.lost, currency)}"
    return f"{count(each.known.blocked, 'blocked task')}{worth}"


def _row(each: Work, people: Mapping[str, str], currency: str) -> dict[str, object]:
    known = each.known
    return {
        "Topic": each.name or UNNAMED, "Blocked tasks": known.blocked if known else None,
        "Worth": money(known.lost, currency) if known else NOTHING,
        "Failed cases": f"{len(each.failed)} of {each.cases}" if each.cases else NOTHING, "Open gaps": len(each.gaps),
        "Oldest, days": each.oldest, "Type of gap": label(known.kind) if known else NOTHING,
        "Expert": (people.get(known.expert, known.expert) if known else "") or NOTHING, "Gaps": _stands(each.gaps),
    }  # fmt: skip


def _stands(gaps: Sequence[Card]) -> str:
    stands = {words: sum(gap.column == column for gap in gaps) for column, words in WAITS.items()}
    return "; ".join(f"{words} ({number})" for words, number in stands.items() if number) or NOTHING
