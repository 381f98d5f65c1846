"""The scope bar: the fields of the scope that a page goes by, each a control; a change runs the page again."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.parts.scope import ALL, COMPARED, DEFAULTS, GRAINS, MEMORY, PERIODS, Choice, Reach, choose
from pages.parts.text import plain


def bar(choice: Choice, reach: Reach, fields: Sequence[str], one: str = "") -> None:
    """Draw the controls of the page's fields. `one` is the field of which the page shows exactly one: there "all" is
    not offered, and what the page shows on its own is not a choice until a person makes it.
    """
    st.session_state[MEMORY]["end drawn"] = reach.last.isoformat()
    _hold(choice, reach, fields, one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="scope-bar"):
        for name, names, width in (("product", reach.products, 190), ("pilot", reach.pilots, 300)):
            if name == one and names:
                _pick_one(name, getattr(choice, name), dict(names), width)
            elif name in fields:
                _pick(name, name.capitalize(), {ALL: f"All {name}s", **names}, width)
        if "period" in fields:
            st.segmented_control(
                "Period", list(PERIODS), required=True, key="scope-period", format_func=_period_words,
                label_visibility="collapsed",
            )  # fmt: skip
        if "until" in fields:
            st.caption("up to", width="content")
            st.date_input(
                "Up to", min_value=reach.first, max_value=reach.last, format="YYYY-MM-DD", key="scope-until", width=125,
                label_visibility="collapsed",
            )  # fmt: skip
        if {"by", "team", "vs"} & set(fields):
            _more(choice, reach, fields)
    for note in choice.notes:
        st.caption(f":material/info: {plain(note)}")


def _hold(choice: Choice, reach: Reach, fields: Sequence[str], one: str) -> None:
    """Give each control the value that holds, before it is drawn."""
    for name in DEFAULTS:
        if name in fields and name != one:
            value: object = getattr(choice, name)
            if name == "until":
                value = date.fromisoformat(choice.until) if choice.until else reach.last
            if st.session_state.get(f"scope-{name}") != value:
                st.session_state[f"scope-{name}"] = value


def _more(choice: Choice, reach: Reach, fields: Sequence[str]) -> None:
    """The rarer fields in a popover whose label says what they are set to."""
    team = "all teams" if choice.team == ALL else reach.teams.get(choice.team, choice.team)
    label = f"By {choice.by} · {team}{' · vs before' if choice.vs == 'previous' else ''}"
    with st.popover(label, icon=":material/tune:", help="Granularity, team, and what numbers are compared with"):
        if "by" in fields:
            st.segmented_control("By", GRAINS, required=True, key="scope-by", format_func=str.capitalize)
        if "team" in fields:
            _pick("team", "Team", {ALL: "All teams", **reach.teams}, 240, shown=True)
        if "vs" in fields:
            st.segmented_control(
                "Compared with", list(COMPARED), required=True, key="scope-vs",
                format_func=lambda which: COMPARED[which].capitalize(),
            )  # fmt: skip


def _pick(name: str, label: str, names: dict[str, str], width: int, *, shown: bool = False) -> None:
    st.selectbox(
        label, list(names), format_func=lambda value: names[value], key=f"scope-{name}", width=width,
        label_visibility="visible" if shown else "collapsed",
    )  # fmt: skip


def _pick_one(name: str, value: str, names: dict[str, str], width: int) -> None:
    key = f"one-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.selectbox(
        name.capitalize(), list(names), format_func=lambda each: names[each], key=key, width=width,
        label_visibility="collapsed", on_change=lambda: choose(name, str(st.session_state[key])),
    )  # fmt: skip


def _period_words(period: str) -> str:
    return "All" if period == "all" else period
