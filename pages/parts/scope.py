"""What is looked at - product, period, end, granularity - kept in the session and in the address of the page.

The address asks once: a link sets the scope. Choosing another page drops the query from the address, so the scope is
remembered in the session and written back; whatever is not the default stands in the address again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import streamlit as st

from data.errors import did_you_mean
from metrics.spec import Grain, Scope

ALL = "all"
PERIODS = {"4w": 28, "8w": 56, "12w": 84, "26w": 182, "all": None}
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
DEFAULTS = {"product": ALL, "period": "12w", "until": "", "by": "week"}
MEMORY = "scope"  # the session's copy of the choice, and of what the address said when it was last written
MOST_POINTS = 500


class Reach(NamedTuple):
    """What there is to choose from: products by id with their names, and the days the data cover."""

    products: Mapping[str, str]
    first: date
    last: date


class Choice(NamedTuple):
    """The scope as words of the address: what was chosen, and notes about what could not be."""

    product: str
    period: str
    until: str
    by: str
    notes: tuple[str, ...] = ()

    def scope(self, reach: Reach) -> Scope:
        """The choice as the engine asks for it."""
        until = date.fromisoformat(self.until) if self.until else reach.last
        length = PERIODS[self.period]
        since = until - timedelta(days=length - 1) if length else min(reach.first, until)
        return Scope(since=since, until=until, products=None if self.product == ALL else (self.product,))

    def address(self) -> dict[str, str]:
        """The part of the choice that differs from the default, as query parameters."""
        chosen = {name: getattr(self, name) for name in DEFAULTS}
        return {name: value for name, value in chosen.items() if value != DEFAULTS[name]}


def settle(asked: Mapping[str, str], reach: Reach) -> Choice:
    """The choice that holds in this run: what a link newly asks for, else what the person picked, else what was chosen
    before. A word in the address that means nothing falls back to the default, with a note.
    """
    memory: dict[str, str] = st.session_state.setdefault(MEMORY, {})
    values, notes = {}, []
    for name, default in DEFAULTS.items():
        held = st.session_state.get(_key(name), memory.get(name, default))
        value = _text(held) if held is not None else memory.get(name, default)
        linked = asked.get(name)
        if linked is not None and linked != memory.get(f"{name} in the address"):
            refusal = _refusal(name, linked, reach)
            value = default if refusal else linked
            notes += [refusal] if refusal else []
            st.session_state.pop(_key(name), None)
        values[name] = value if not _refusal(name, value, reach) else default
    if values["until"] in {reach.last.isoformat(), memory.get("end drawn", "")}:
        values["until"] = ""  # the end moves on with the data, unless a person picked another day
    memory.update(values)
    return Choice(**values, notes=tuple(notes))


def remember(choice: Choice) -> None:
    """Write the choice into the address, beside whatever else stands there."""
    others = {name: st.query_params.get_all(name) for name in st.query_params if name not in DEFAULTS}
    wanted = choice.address()
    if {name: value for name, value in st.query_params.items() if name in DEFAULTS} != wanted:
        st.query_params.from_dict({**others, **wanted})
    memory: dict[str, str] = st.session_state[MEMORY]
    for name in DEFAULTS:
        memory.pop(f"{name} in the address", None)
        if name in wanted:
            memory[f"{name} in the address"] = wanted[name]


def bar(choice: Choice, reach: Reach) -> None:
    """Draw the scope bar; a change runs the page again with the new choice."""
    names = {ALL: "All products", **reach.products}
    st.session_state[MEMORY]["end drawn"] = reach.last.isoformat()
    offered: dict[str, object] = {
        "product": choice.product,
        "period": choice.period,
        "until": date.fromisoformat(choice.until) if choice.until else reach.last,
        "by": choice.by,
    }
    for name, value in offered.items():
        if st.session_state.get(_key(name)) != value:
            st.session_state[_key(name)] = value
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="scope-bar"):
        st.selectbox(
            "Product", list(names), format_func=lambda product: names[product], key=_key("product"), width=230,
            label_visibility="collapsed",
        )  # fmt: skip
        st.segmented_control(
            "Period",
            list(PERIODS),
            required=True,
            key=_key("period"),
            format_func=_period_words,
            label_visibility="collapsed",
        )
        st.caption("up to", width="content")
        st.date_input(
            "Up to", min_value=reach.first, max_value=reach.last, format="YYYY-MM-DD", key=_key("until"), width=135,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption("by", width="content")
        st.segmented_control(
            "By", GRAINS, required=True, key=_key("by"), format_func=str.capitalize, label_visibility="collapsed"
        )
    for note in choice.notes:
        st.caption(f":material/info: {note}")


def grain(scope: Scope) -> Grain:
    """The granularity chosen for charts; days are widened to weeks where they would be too many to see."""
    chosen = str(st.session_state.get(MEMORY, {}).get("by", DEFAULTS["by"]))
    if chosen == "day" and (scope.until - scope.since).days >= MOST_POINTS:
        return "week"
    return next((each for each in GRAINS if each == chosen), "week")


def _refusal(name: str, value: str, reach: Reach) -> str:
    choices: Sequence[str] = {"product": [ALL, *reach.products], "period": [*PERIODS], "by": GRAINS}.get(name, ())
    if name == "until":
        try:
            good = not value or reach.first <= date.fromisoformat(value) <= reach.last
        except ValueError:
            good = False
        return (
            ""
            if good
            else f"The link ends on '{value[:40]}', where there are no data; showing data up to the last day."
        )
    if value in choices:
        return ""
    instead = "all products" if name == "product" else DEFAULTS[name]
    return (
        f"The link asks for {name} '{value[:40]}', which is not here.{did_you_mean(value, choices)} Showing {instead}."
    )


def _key(name: str) -> str:
    return f"scope-{name}"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _period_words(period: str) -> str:
    return "All" if period == "all" else period
