"""Registry: what people say about products, pilots, topics and the rest: looked through, edited, with its history."""

from datetime import date

import streamlit as st

from data.portfolio import Criterion, Decision, Initiative, Pilot, Product, Scenario
from data.record import Record
from data.registry import REGISTRY
from data.registry_store import current
from data.registry_view import address, called, last_change, sizes
from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from pages.parts import registry_history as histories
from pages.parts import registry_import
from pages.parts.header import head
from pages.parts.reach import products, reach
from pages.parts.readings import state
from pages.parts.registry_form import NOTICE, begin, close, editing, form
from pages.parts.registry_table import download, search, table
from pages.parts.text import plain
from reports.words import count, listed

TITLE = "Registry"
ICON = ":material/edit_note:"
URL = "registry"
SCOPE: tuple[str, ...] = ()  # what people say is of all products and any time
ONE = ""
GROUPS: dict[str, tuple[str, ...]] = {
    "Portfolio": ("products", "scenarios", "initiatives", "initiative_products", "roles", "requirements", "releases"),
    "Pilots": ("pilots", "criteria", "readiness", "decisions", "targets"),
    "Value": ("costs", "prices", "baselines", "assumptions"),
    "Knowledge": ("topics", "calendars"),
    "People": ("people", "audience", "person_aliases"),
    "Operation": ("incidents", "feeds", "mappings", "settings"),
}


def render(store: Warehouse, scope: Scope) -> None:
    """Choose a table; look through it, edit a row, see its history; below, the registry as one file."""
    head(store, TITLE, reach(store))
    if notice := st.session_state.pop(NOTICE, ""):
        st.toast(plain(notice, 200), icon=":material/check:")
    found, answer = _overview(store, state(store))
    st.markdown(f"**{answer}**")
    model = REGISTRY[_choose(found)]
    own = editing()
    if own is not None and own.model is not model:
        close()
    _follow(store, model)
    with st.container(border=True, gap="small", key="registry-table"):
        _look(store, model)
    with st.container(border=True, gap="small"):
        st.header("Last changes of this table", anchor=False)
        histories.of_table(store, model)
    with st.container(border=True, gap="small"):
        registry_import.show(store)


@st.cache_data(max_entries=5, show_spinner=False)
def _overview(_store: Warehouse, version: tuple[str, int, date]) -> tuple[dict[str, int], str]:
    """How many rows each table has, and the answer of the page, asked once per version of the data."""
    found = sizes(_store)
    return found, _answer(_store, found)


def _answer(store: Warehouse, found: dict[str, int]) -> str:
    """The page's question, answered: what is registered, and who said something last."""
    last = last_change(store)
    if last is None:
        return "Nothing is registered yet but the defaults of the methodology."
    names = {"products": "product", "pilots": "pilot", "scenarios": "scenario", "topics": "topic"}
    told = listed([count(found[table], word) for table, word in names.items()])
    return (
        f"{told} are registered; the last change was made by {plain(last['changed_by'], 80)} on"
        f" {str(last['changed_at'])[:16]} UTC in {plain(_title(str(last['name'])).lower())}."
    )


def _choose(found: dict[str, int]) -> str:
    """The table to look at: what the address or a choice says, else products."""
    asked = st.query_params.get("table", "")
    held = str(st.session_state.get("registry-chosen", "products"))
    if asked in REGISTRY and asked != st.session_state.get("registry-in-address"):
        held = asked
        st.session_state.pop("registry-which", None)
        st.session_state.pop("registry-group", None)
    within = next(name for name, tables in GROUPS.items() if held in tables)
    group = st.segmented_control("Part", list(GROUPS), default=within, required=True, key="registry-group",
                                 label_visibility="collapsed") or within  # fmt: skip
    if held not in GROUPS[group]:
        held = GROUPS[group][0]
        st.session_state.pop("registry-which", None)
    held = str(st.pills(
        "Table", GROUPS[group], default=held, required=True, key="registry-which", label_visibility="collapsed",
        format_func=lambda each: f"{_title(each)} · {found[each]:,}",
    ) or held)  # fmt: skip
    if held != st.session_state.get("registry-chosen"):
        st.session_state["registry-page"] = 0
    st.session_state["registry-chosen"] = st.session_state["registry-in-address"] = held
    if st.query_params.get("table") != held:
        st.query_params["table"] = held
    return held


def _follow(store: Warehouse, model: type[Record]) -> None:
    """Open the row that the address names, and name the one that is open in the address."""
    asked = st.query_params.get("row", "")
    if asked and asked != st.session_state.get("registry-row-in-address"):
        found = called(store, model, asked)
        if found is not None:
            begin(model, found)
    own = editing()
    held = address(own.before) if own and own.before else ""
    st.session_state["registry-row-in-address"] = held
    if held and asked != held:
        st.query_params["row"] = held
    elif asked and not held:
        del st.query_params["row"]


def _look(store: Warehouse, model: type[Record]) -> None:
    st.header(_title(model.table), anchor=False)
    about = " ".join((model.__doc__ or "").partition("\n\n")[0].split())
    st.caption(f"{plain(about)} Pick a row to change it.")
    known = products(store)
    asked = search(store, model, known)
    own = editing()
    left, right = st.columns([2, 3], gap="medium") if own else (st.container(gap="small"), None)
    with left:
        table(store, model, asked)
        download(store, model, asked)
    if own is not editing():  # another row was picked, or none
        st.rerun()
    if own is None or right is None:
        return
    with right:
        choices = {each.table: _called(store, each) for each in (Product, Pilot, Scenario, Initiative)}
        form(store, choices, _frozen(store, own.before))
    if own.before:
        histories.of_row(store, own.before)


def _called(store: Warehouse, model: type[Record]) -> dict[str, str]:
    return {str(row.identity()[0]): str(row.row()["name"] or row.identity()[0]) for row in current(store, model)}


def _frozen(store: Warehouse, row: Record | None) -> str:
    """Why a row may not be changed, "" when it may."""
    if isinstance(row, Decision):
        return "Decisions are records that are never changed; a new one is recorded on the Pilot scorecard."
    if isinstance(row, Criterion):
        today = settings(store).day_of(store.clock())
        pilot = next((each for each in current(store, Pilot) if each.pilot_id == row.pilot_id), None)
        if pilot and pilot.starts_on and pilot.starts_on <= today:
            return f"Frozen: pilot {pilot.name} began on {pilot.starts_on}."
    return ""


def _title(table: str) -> str:
    return table.replace("_", " ").capitalize()
