"""How a number came about: definition, what was left out, the SQL with its parameters, the loads and rows behind it."""

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders.history import history
from metrics import CATALOG, Reading, Scope, evidence, origin
from metrics.method_words import left_out
from metrics.spec import dimensions
from pages.parts.card import badge
from pages.parts.interaction import interaction
from pages.parts.links import go_to
from pages.parts.rows import picked_row, table
from pages.parts.text import plain
from reports.words import in_full, period, sign

ROWS = 100


@st.dialog("How this number is computed", width="large")
def show(store: Warehouse, reading: Reading, scope: Scope) -> None:
    """Open the origin of a reading over the page."""
    metric = CATALOG[reading.metric]
    st.markdown(f"**{metric.title}** · {period(scope.since, scope.until)}")
    st.markdown(f"{plain(in_full(reading))}  \n{badge(reading)} {sign(reading).means}")
    if reading.missing and reading.value is not None:
        st.caption(plain(reading.missing))
    definition, sql, loads, rows = st.tabs(["Definition", "SQL", "Loads", "Rows"])
    with definition:
        _definition(reading)
    with sql:
        _sql(store, reading, scope)
    with loads:
        loads_behind(store, scope, reading.metric)
    with rows:
        _rows(store, reading, scope)


def _definition(reading: Reading) -> None:
    metric = CATALOG[reading.metric]
    st.markdown(metric.question)
    st.markdown(plain(metric.definition, 2000))
    if metric.caveat:
        st.markdown(f":material/info: {plain(metric.caveat, 1000)}")
    st.markdown(f"**Left out:** {plain(left_out(metric), 1000)}")
    st.caption(
        f"Interval and units: {plain(reading.method)} · level {reading.level:.0%}"
        f" · definition {reading.definition_hash} · data version {reading.data_version}"
    )
    if st.button("In full, with its versions", key="computed-method", type="tertiary", icon=":material/menu_book:"):
        go_to("definitions", metric=reading.metric)


def _sql(store: Warehouse, reading: Reading, scope: Scope) -> None:
    try:
        query = origin(store, CATALOG[reading.metric], scope, dimensions(list(reading.group)))
    except PlumblineError as refusal:
        st.caption(plain(refusal))
        return
    st.caption("One SELECT over the reduced table. Whatever a person chose is a parameter.")
    st.code(query.sql, language="sql", height=340, wrap_lines=True)
    st.code("\n".join(f"${name} = {value}" for name, value in query.params.items()), language=None, wrap_lines=True)


def loads_behind(store: Warehouse, scope: Scope, name: str) -> None:
    """Draw the loads that reach into the period; `name` is what they are behind."""
    within = [load for load in history(store) if _touches(load, scope)]
    if not within:
        st.caption("No load reaches into this period.")
    table(
        [
            {
                "File": load["file_name"],
                "Format": load["format"],
                "Used": load["accepted"],
                "Quarantined": load["quarantined"],
                "From": _day(load["first_at"]),
                "To": _day(load["last_at"]),
                "Loaded by": load["loaded_by"],
                "Load": load["load_id"],
            }
            for load in within
        ],
        name=f"loads behind {name}",
    )


def _rows(store: Warehouse, reading: Reading, scope: Scope) -> None:
    try:
        found = evidence(store, reading, scope, limit=ROWS)
    except PlumblineError as refusal:
        st.caption(plain(refusal))
        return
    if not found:
        st.caption("There are no rows behind this number.")
        return
    one_by_one = "interaction_id" in found[0] and "product_id" in found[0]
    said = f"The first {len(found)} rows, through the same filter as the number." if len(found) == ROWS else "All rows."
    st.caption(said + (" Select one to see all that is known of it." if one_by_one else ""))
    shown = [{name: value for name, value in row.items() if name not in {"cursor", "event_key"}} for row in found]
    name = f"rows behind {reading.metric}"
    if not one_by_one:
        table(shown, name=name)
        return
    picked = picked_row(shown, name=name)
    if picked is not None:
        interaction(store, str(found[picked]["product_id"]), str(found[picked]["interaction_id"]))


def _touches(load: dict[str, object], scope: Scope) -> bool:
    if load["status"] != "published":
        return False
    first, last = _day(load["first_at"]), _day(load["last_at"])
    return not first or not last or (first <= scope.until.isoformat() and last >= scope.since.isoformat())


def _day(at: object) -> str:
    return str(at)[:10] if at else ""
