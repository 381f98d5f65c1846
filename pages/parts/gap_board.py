"""From question to better eval: the board with ageing, the stages of the loop, and how often a gap comes back."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics.gap_board import Card, Column
from metrics.loop import Loop, Rate
from metrics.survival import Bounds
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.interaction import interaction
from pages.parts.rows import picked_row, table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import How
from reports.gap_figures import AGED, WAITS, board_figure
from reports.words import NOTHING, count, percent

COLUMNS: Mapping[Column, str] = {**WAITS, "improved": "Eval improved in the period"}
STAGES = {
    "answered": "Opened → answered", "documented": "Answered → documented", "eval_added": "Documented → eval case",
    "eval_improved": "Eval case → improved", "loop": "The whole loop",
}  # fmt: skip
RATES = {
    "re_asked": "Asked again by the same person within 30 days", "reopened": "Reopened",
    "recurrence": "New gap on a documented topic", "yield": "Documented and eval improved",
}  # fmt: skip


def board(store: Warehouse, cards: Sequence[Card], names: Mapping[str, Mapping[str, str]], how: How) -> None:
    """Draw what gaps wait for and for how long; the gaps of one column, and the interaction that one came from.

    `names` are what is called how: products, topics and people by id.
    """
    st.header("From question to better eval", anchor=False)
    if not cards:
        absent("No ticket about a context gap has been loaded.", "tickets", "gap-board")
        return
    done, stopped = (sum(card.column == column for card in cards) for column in ("improved", "stopped"))
    st.caption(
        f"As the newest files tell, whenever the gap was opened; the darker, the longer: {', '.join(AGED)}."
        f" {done:,} came to a better eval in this period; {stopped:,} ended otherwise (cancelled, closed unanswered, or"
        " the case passed from the start)."
    )
    shown = [card for card in cards if card.column in WAITS]
    counts = {words: sum(card.column == column for card in shown) for column, words in WAITS.items()}
    said = "; ".join(f"{words}: {count(number, 'gap')}" for words, number in counts.items())
    chart("chart-gap-board", said, board_figure, shown, colours())
    how()
    column = st.pills(
        "Show the gaps", list(COLUMNS), format_func=lambda each: COLUMNS[each], key="gap-column", default="opened",
    )  # fmt: skip
    chosen = sorted((card for card in cards if card.column == column), key=lambda card: -card.days)
    if column and not chosen:
        st.markdown(":gray[No gap stands there.]")
    picked = picked_row([_card(card, names) for card in chosen], name=f"gaps {column}") if chosen else None
    if picked is not None:
        _origin(store, chosen[picked])


def _origin(store: Warehouse, card: Card) -> None:
    if card.interaction:
        interaction(store, card.product, card.interaction)
    else:
        st.caption(f"Ticket {plain(card.ticket)} names no interaction that it came from.")


def _card(card: Card, names: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {
        "Ticket": card.ticket, "Product": names["products"].get(card.product, card.product),
        "Topic": names["topics"].get(card.topic, card.topic) or NOTHING,
        "Expert": names["people"].get(card.expert, card.expert) or NOTHING, "Opened": card.opened.date(),
        "There since": card.since.date(), "Days there": card.days, "Business hours": round(card.hours, 1),
    }  # fmt: skip


def stages(found: Sequence[Loop], products: Mapping[str, str], how: How) -> None:
    """Draw how long each stage takes, product by product: open gaps are censored, never dropped."""
    if not found:
        absent("No gap of these products is known, so no loop can be timed.", "tickets", "gap-stages")
        return
    st.caption("Business hours: Kaplan-Meier median with its interval, and P90, of gaps opened in the period; open ones"
               " are censored. ○ may not decide.")  # fmt: skip
    table([
        {"Product": products.get(each.product, each.product), "Stage": STAGES[stage.name],
         "Median": f"{time_of(stage.median)}{'' if stage.decides else ' ○'}", "P90": time_of(stage.p90),
         "Gaps": stage.gaps, "Ended": stage.ended, "Open": stage.open, "Note": stage.missing or NOTHING}
        for each in found for stage in reversed(each.stages)
    ], name="loop stages", beside=how)  # fmt: skip


def returns(found: Sequence[Loop], products: Mapping[str, str], how: How) -> None:
    """Draw how often gaps are asked again, reopened or come back, with intervals."""
    if not found:
        absent("No gap of these products is known.", "tickets", "gap-returns")
        return
    st.caption("Shares of the gaps opened in the period, with Wilson's interval and how many they are of.")
    rates = {(each.product, rate.name): rate for each in found for rate in each.rates}
    rows: list[dict[str, object]] = [
        {"Product": products.get(each.product, each.product),
         **{title: _rate(rates[each.product, name]) for name, title in RATES.items()},
         "Improved a week": NOTHING if each.weekly is None else f"{each.weekly:.1f}", "In the loop": each.unfinished}
        for each in found
    ]  # fmt: skip
    table(rows, name="gaps that come back", beside=how)


def _rate(rate: Rate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return rate.missing.removesuffix(".").removeprefix("Not measured: ") or NOTHING
    return f"{percent(rate.value)} ({100 * rate.low:.1f}–{100 * rate.high:.1f}), {rate.hits} of {rate.of}"


def time_of(bounds: Bounds) -> str:
    """A time in business hours with its interval; "> 61.0 h" where the curve does not fall so far."""
    if bounds.value is None:
        return f"> {bounds.low:,.1f} h" if bounds.low is not None else NOTHING
    if bounds.low is None:
        return f"{bounds.value:,.1f} h"
    high = f"{bounds.low:,.1f}–{bounds.high:,.1f}" if bounds.high is not None else f"> {bounds.low:,.1f}"
    return f"{bounds.value:,.1f} h ({high})"
