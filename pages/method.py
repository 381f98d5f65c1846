"""Method: every definition in full, searchable, with its thresholds and what it was before."""

from datetime import datetime

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.catalog import dimensions_of, measure_of
from metrics.method import Definition, definitions
from metrics.workings import WORKINGS
from pages.parts.addressed import addressed
from pages.parts.header import head
from pages.parts.reach import reach
from pages.parts.rows import table
from pages.parts.text import plain
from reports.words import NOTHING, amount, count

TITLE = "Method"
ICON = ":material/menu_book:"
URL = "definitions"
SCOPE: tuple[str, ...] = ()
ONE = ""


def render(store: Warehouse, scope: Scope) -> None:
    """What each number means: an overview that can be searched, and one definition in full."""
    every = definitions(store)
    head(store, TITLE, reach(store))
    changed = [each for each in every if len(each.versions) > 1]
    published = sum(any(version.first for version in each.versions) for each in every)
    st.markdown(
        f"**{count(len(every), 'number')} are defined; {len(changed)} of them changed their definition since they were"
        f" first published, and {len(every) - published} were never published.**"
    )
    words = st.text_input("Search the definitions", key="method-words", bind="query-params", placeholder="escalated")
    found = [each for each in every if each.mentions(words or "")]
    if not found:
        st.markdown(f":gray[No definition mentions {plain(words)}.]")
        return
    by_name = {each.metric.name: each for each in found}
    name = addressed("Definition", "metric", list(by_name), lambda each: by_name[each].metric.title, width=400)
    with st.container(border=True, gap="small"):
        _in_full(by_name[name])
    with st.container(border=True, gap="small"):
        st.header(count(len(found), "definition"), anchor=False)
        table([_row(each) for each in found], name="definitions")
    tables = [each for each in WORKINGS.values() if each.mentions(words or "")]
    with st.container(border=True, gap="small"):
        st.header("Tables and figures that are no reading", anchor=False)
        table([
            {"Title": each.title, "Counts": each.counts, "Interval": each.interval, "Left out": each.left_out}
            for each in tables
        ], name="tables and figures")  # fmt: skip
        if not tables:
            st.markdown(":gray[None of them mentions it.]")


def _in_full(each: Definition) -> None:
    metric = each.metric
    st.header(metric.title, anchor=False)
    st.markdown(f"{plain(metric.question)}  \n{plain(metric.definition, 4000)}")
    st.code(each.formula, language=None, wrap_lines=True)
    if metric.caveat:
        st.markdown(f":material/info: {plain(metric.caveat, 1000)}")
    dimensions, unsplit = dimensions_of(metric)
    said = {
        "Unit": f"{each.unit}; counts {metric.counts}",
        "Interval": each.interval,
        "Left out": each.left_out,
        "Better": {"higher": "more", "lower": "less", "band": "neither more nor less"}[metric.better],
        "By": f"{', '.join(sorted(dimensions))}. Nothing else: {unsplit}" if unsplit else ", ".join(sorted(dimensions)),
        "Settings": ", ".join(f"{key} {value}" for key, value in each.settings),
    }
    st.markdown("  \n".join(f":gray[{title}:] {plain(text, 1500)}" for title, text in said.items()))
    measure = measure_of(metric.name)
    st.markdown("**Thresholds**" if each.thresholds else ":gray[No target of it is registered.]")
    table([
        {
            "Product": row.product or "all", "Pilot": row.pilot or NOTHING, "Target": amount(row.target, measure),
            "Floor": amount(row.floor, measure), "Since": row.since, "Until": row.until or "in force",
            "Said by": row.who,
        }
        for row in each.thresholds
    ], name=f"thresholds of {metric.name}")  # fmt: skip
    st.markdown("**Versions of the definition**")
    table([
        {
            "Definition": version.definition_hash, "Now": "in force" if version.current else "replaced",
            "First published": _moment(version.first), "Last published": _moment(version.last),
        }
        for version in each.versions
    ], name=f"versions of {metric.name}")  # fmt: skip


def _moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def _row(each: Definition) -> dict[str, object]:
    return {
        "Name": each.metric.name, "Title": each.metric.title, "Question": each.metric.question,
        "Unit": each.unit, "Definition": each.metric.definition,
        "In force": next(version.definition_hash for version in each.versions if version.current),
        "Versions": len(each.versions),
    }  # fmt: skip
