"""The value ledger of a scenario's product or pilot: what came back, what it hangs on, and every input with its tag."""

from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import read
from metrics.ledger import Ledger
from metrics.ledgers import ledger
from metrics.scenario_value import ScenarioValue
from metrics.simulate import Spread
from pages.parts import computed
from pages.parts.absent import absent
from pages.parts.card import cards
from pages.parts.chart import chart
from pages.parts.readings import by_name
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.value import line_of
from pages.parts.workings import How, worked
from reports.value import swings_in_words, tornado, worth
from reports.words import NOTHING

PARTS = ("roi", "roi.net_value", "roi.chance", "roi.cost_per_success")
TAGS = {"measured": "measured in the data", "file": "from a file of costs", "assumed": "assumed in the registry"}


def drawn(store: Warehouse, found: ScenarioValue, currency: str) -> None:
    """Draw P5, P50 and P95, the tornado, the break-even and the ledger; why there is none, where there is none."""
    st.header("What it is worth", anchor=False)
    whose = f"pilot {found.pilot.name}" if found.pilot else "the whole product"
    st.caption(f"Of {plain(whose)}: costs are stated for a product or a pilot, not for a scenario.")
    numbers = by_name(read(store, PARTS, found.scope))
    asked = cards([numbers[name] for name in PARTS if name in numbers], currency=currency)
    if asked is not None:
        computed.show(store, asked, found.scope)
    books = found.ledger
    if books is None:
        absent(worth(found), "costs", "books")
        return
    if books.roi is None:
        absent(worth(found), "costs" if not books.cost else "assumptions", "books")
    else:
        left, right = st.columns(2)
        with left.container(border=True, height="stretch", gap="xsmall"):
            _spread(books, currency, _how(store, found, "range"))
        with right.container(border=True, height="stretch", gap="xsmall"):
            _tornado(books, currency)
    with st.container(border=True, gap="xsmall"):
        st.header("Ledger", anchor=False)
        tagged = [f"{sum(each.tag == tag for each in books.lines)} {words}" for tag, words in TAGS.items()]
        st.caption(
            f"Every line with its range and its evidence: {', '.join(tagged)}. Worst evidence: {books.evidence}"
            " (A controlled, B before and after, C an estimate)."
        )
        table([line_of(each._asdict()) for each in books.lines], name="value ledger", beside=_how(store, found))
        for note in books.notes:
            st.caption(f":material/info: {plain(note[:1].upper() + note[1:])}.")


def _how(store: Warehouse, found: ScenarioValue, key: str = "") -> How:
    whose = {"pilot": found.pilot.pilot_id} if found.pilot else {"product": found.scenario.product_id}
    return partial(worked, store, found.scope, "ledger", partial(ledger, store, found.scope, **whose), key)


def _spread(books: Ledger, currency: str, how: How) -> None:
    st.header("Range of the value", anchor=False)
    st.caption("20,000 draws of every input. The middle is the median: a mean would flatter.")
    weekly = books.break_even
    weeks = ((books.last - books.first).days + 1) / 7
    rows = [
        _row("ROI", books.roi, "×"),
        _row("Net value", books.net, currency),
        _row("Payback", books.payback_months, "months"),
        _row("Break-even", weekly, "successful tasks a week"),
        _row("Cost of a successful task", books.cost_per_success, currency),
    ]
    table(rows, name="range of the value", beside=how)
    if weekly is not None:
        need = "No number of successful tasks covers the costs" if weekly.mid is None else (
            f"It breaks even at {weekly.mid:,.0f} successful tasks a week"
        )  # fmt: skip
        st.markdown(f"{plain(need)}; there were {books.confirmed / weeks:,.0f} a week.")
    if books.chance is not None:
        st.markdown(f"The net value is over zero in {books.chance:.1%} of the draws: P(NPV \\> 0).")


def _tornado(books: Ledger, currency: str) -> None:
    st.header("What it hangs on", anchor=False)
    swings = books.tornado
    if not swings:
        st.markdown(":gray[No input has a range, so nothing moves the value.]")
        return
    st.caption(
        "Net value with one input at its P10 and at its P90, all others at their median. Dotted: nothing gained."
    )
    middle = books.net.mid if books.net else None
    chart("chart-tornado", swings_in_words(swings, currency)[:900], tornado, swings, middle, colours())


def _row(name: str, found: Spread | None, unit: str) -> dict[str, object]:
    low, mid, high = found or Spread(None, None, None)
    none = "never" if found is not None and name in ("Payback", "Break-even") else NOTHING
    return {"": name, "P5": _number(low, none), "P50": _number(mid, none), "P95": _number(high, none), "Unit": unit}


def _number(value: float | None, none: str) -> str:
    if value is None:
        return none
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
