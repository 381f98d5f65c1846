"""What a product costs and what comes back: per person, per successful task, and as a return with its range."""

from datetime import date
from functools import partial
from typing import NamedTuple

import streamlit as st

from data.errors import PlumblineError
from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from metrics.ledger import Ledger
from metrics.ledgers import ledger
from metrics.simulate import Spread
from pages.parts import computed
from pages.parts.absent import absent
from pages.parts.card import cards
from pages.parts.measured import measured
from pages.parts.readings import state
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.workings import worked
from reports.words import NOTHING, count, percent

PARTS = ("roi.net_value", "roi.chance")  # the cost of a success is among the cards of the page


class Worth(NamedTuple):
    """What the page says of a ledger, in words and rows."""

    sentences: tuple[str, ...]
    lines: tuple[dict[str, object], ...]
    refusal: str = ""


def value_of_product(store: Warehouse, scope: Scope) -> None:
    """Draw cost and return into the current container, with the ledger line by line."""
    every = measured(store, scope)
    asked = cards([every[name] for name in PARTS if name in every], currency=settings(store).currency)
    if asked is not None:
        computed.show(store, asked, scope)
    (product,) = scope.products or ("",)
    worth = _worth(store, state(store), scope.model_dump_json(), scope)
    if worth.refusal:
        absent(worth.refusal, "costs", "value")
        return
    st.markdown("\n".join(f"- {plain(sentence, 500)}" for sentence in worth.sentences))
    if not any(line["Kind"] == "cost" for line in worth.lines):
        absent("No cost of this product is known for this period.", "costs", "value")
    if not worth.lines:
        return
    st.caption("Every line of the ledger with its range (P5 to P95 of 20,000 draws), its tag and its evidence")
    table(
        list(worth.lines), name="value ledger",
        beside=partial(worked, store, scope, "ledger", partial(ledger, store, scope, product=product)),
    )  # fmt: skip


@st.cache_data(max_entries=50, show_spinner=False)
def _worth(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> Worth:
    (product,) = _scope.products or ("",)
    try:
        found = ledger(_store, _scope, product=product)
    except PlumblineError as refusal:
        return Worth((), (), f"{refusal.message} {refusal.remedy}")
    money = settings(_store).currency
    return Worth(tuple(_sentences(found, money)), tuple(line_of(line._asdict()) for line in found.lines))


def _sentences(found: Ledger, money: str) -> list[str]:
    people = next((line.mid for line in found.lines if line.name == "active people"), None)
    said = []
    if found.cost and people:
        each = found.cost / people
        who = count(round(people), "active person", "active people")
        said.append(f"Cost per active person: {each:,.2f} {money} ({found.cost:,.0f} {money} in all, {who}).")
    if found.worth.missing:
        said.append(found.worth.missing)
    if found.roi:
        roi, net = found.roi, found.net
        words = f"ROI: {_times(roi.low)} at P5, {_times(roi.mid)} at P50, {_times(roi.high)} at P95"
        pays = f"; it pays with a chance of {percent(found.chance)}" if found.chance is not None else ""
        value = f"; net value {_whole(net, money)}" if net else ""
        said.append(
            f"{words}{value}{pays}. Evidence {found.evidence} (A controlled, B before and after, C an estimate)."
        )
    if found.break_even and found.break_even.mid is not None:
        said.append(f"It breaks even at {found.break_even.mid:,.0f} successful tasks a week.")
    if found.tornado:
        widest = found.tornado[0]
        said.append(f"Most of what is uncertain comes from {widest.name.replace('_', ' ')}.")
    return [*said, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]


def _times(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}×"


def _whole(spread: Spread, money: str) -> str:
    low, mid, high = ("not reached" if end is None else f"{end:,.0f}" for end in spread)
    return f"{mid} {money} ({low} to {high})"


def line_of(line: dict[str, object]) -> dict[str, object]:
    """A line of a ledger as a row of a table."""
    return {
        "Entry": line["name"], "Kind": line["kind"], "P5": _number(line["low"]), "P50": _number(line["mid"]),
        "P95": _number(line["high"]), "Unit": line["unit"], "Tag": line["tag"], "Evidence": line["evidence"],
        "Source": line["source"],
    }  # fmt: skip


def _number(value: object) -> str:
    if not isinstance(value, int | float):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}"
