"""What is looked at - product, pilot, team, period, end, granularity, comparison - kept in the session and in the
address of the page.

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
COMPARED = {"previous": "the period before", "none": "nothing"}
DEFAULTS = {"product": ALL, "pilot": ALL, "team": ALL, "period": "12w", "until": "", "by": "week", "vs": "previous"}
MEMORY = "scope"  # the session's copy of the choice, and of what the address said when it was last written
MOST_POINTS = 500


class Reach(NamedTuple):
    """What there is to choose from: products, pilots and teams by id with their names, and the days the data cover."""

    products: Mapping[str, str]
    pilots: Mapping[str, str]
    teams: Mapping[str, str]
    first: date
    last: date


class Choice(NamedTuple):
    """The scope as words of the address: what was chosen, and notes about what could not be."""

    product: str
    pilot: str
    team: str
    period: str
    until: str
    by: str
    vs: str
    notes: tuple[str, ...] = ()

    def scope(self, reach: Reach, fields: Sequence[str]) -> Scope:
        """The choice as the engine asks for it, as far as a page with these `fields` of the scope bar goes by it."""
        until = date.fromisoformat(self.until) if self.until else reach.last
        length = PERIODS[self.period]
        since = until - timedelta(days=length - 1) if length else min(reach.first, until)
        return Scope(
            since=since,
            until=until,
            products=_named(self.product) if "product" in fields else None,
            pilots=_named(self.pilot) if "pilot" in fields else None,
            teams=_named(self.team) if "team" in fields else None,
        )

    def with_one(self, name: str, reach: Reach) -> "Choice":
        """The choice for a page that shows exactly one product or pilot: the first there is, where none is chosen."""
        among: Mapping[str, str] = {"product": reach.products, "pilot": reach.pilots}.get(name, {})
        if not among or getattr(self, name) != ALL:
            return self
        first = next(iter(among))
        return self._replace(product=first) if name == "product" else self._replace(pilot=first)

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


def choose(name: str, value: str) -> None:
    """Set one field of the scope from within a page; the next run looks at that."""
    st.session_state.pop(_key(name), None)
    st.session_state.setdefault(MEMORY, {})[name] = value


def chosen(name: str) -> str:
    """A field of the scope as this session has it."""
    return str(st.session_state.get(MEMORY, {}).get(name, DEFAULTS[name]))


def grain(scope: Scope) -> Grain:
    """The granularity chosen for charts; days are widened to weeks where they would be too many to see."""
    by = chosen("by")
    if by == "day" and (scope.until - scope.since).days >= MOST_POINTS:
        return "week"
    return next((each for each in GRAINS if each == by), "week")


def compared() -> bool:
    """Whether numbers are held against the period before."""
    return chosen("vs") == "previous"


def _named(value: str) -> tuple[str, ...] | None:
    return None if value == ALL else (value,)


def _refusal(name: str, value: str, reach: Reach) -> str:
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
    choices: Mapping[str, Sequence[str]] = {
        "product": [ALL, *reach.products], "pilot": [ALL, *reach.pilots], "team": [ALL, *reach.teams],
        "period": [*PERIODS], "by": GRAINS, "vs": [*COMPARED],
    }  # fmt: skip
    if value in choices[name]:
        return ""
    instead = f"all {name}s" if DEFAULTS[name] == ALL else DEFAULTS[name]
    nearest = did_you_mean(value, choices[name])
    return f"The link asks for {name} '{value[:40]}', which is not here.{nearest} Showing {instead}."


def _key(name: str) -> str:
    return f"scope-{name}"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
