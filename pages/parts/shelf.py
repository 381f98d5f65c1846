"""The shelf of loads: what was loaded, by whom, with what result; taking back and putting in again."""

import streamlit as st

from data.cursor import Row
from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import FORMATS, corrections, mapping
from loaders.history import history
from loaders.quarantine import open_records
from loaders.undo import redo, undo
from pages.parts import desk as desks
from pages.parts.text import plain
from reports.words import count

SHOWN = 8


def answer(store: Warehouse) -> str:
    """The key question of the page, answered: are the files in, what was refused, what waits."""
    loads = [load for load in history(store) if load["status"] == "published" and not load["corrects"]]
    if not loads:
        return "Nothing has been loaded yet."
    read = sum(int(str(load["rows_read"])) for load in loads)
    refused = open_records(store)
    waits = mapping.inbox(store)
    values = f"{count(len(waits), 'product name')} that sources use"
    return (
        f"{count(len(loads), 'file')} with {count(read, 'record')} {'is' if len(loads) == 1 else 'are'} in;"
        f" {count(refused, 'record')} in quarantine;"
        f" {f'{values} must be assigned before readings count them' if waits else 'every record has its product'}."
    )


def history_of(store: Warehouse, desk: desks.Desk) -> None:
    """Every load, the newest first, each with its undo or redo."""
    loads = history(store)
    if not loads:
        return
    with st.container(border=True):
        st.header("History", anchor=False)
        everything = len(loads) <= SHOWN or st.toggle(f"Show all {len(loads)}", key="history-all")
        for load in loads if everything else loads[:SHOWN]:
            _load(store, desk, load)


def _load(store: Warehouse, desk: desks.Desk, load: Row) -> None:
    load_id, published = str(load["load_id"]), load["status"] == "published"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"load-{load_id}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(
                f"{'' if published else ':gray[:material/undo:] '}**{plain(load['file_name'], 80)}** · {_title(load)}"
            )
            st.caption(_facts(load))
        if published:
            pressed = st.button("Undo", key=f"undo-{load_id}", icon=":material/undo:", help="Take this load back")
        else:
            pressed = st.button("Redo", key=f"redo-{load_id}", icon=":material/redo:", help="Put this load in again")
    if pressed:
        _act(store, desk, load, undo if published else redo)


def _act(store: Warehouse, desk: desks.Desk, load: Row, action: object) -> None:
    before = desks.headlines(store)
    who = str(st.session_state.get("who") or "").strip() or "not stated"
    verb = "Taken back" if action is undo else "Put in again"
    try:
        rows = (undo if action is undo else redo)(store, str(load["load_id"]), who)
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    said = ", ".join(f"{number:,} rows of {name}" for name, number in rows.items()) or "no rows"
    if action is undo and (left := corrections.in_force(store, str(load["load_id"]))):
        said += f"; still in: {count(len(left), 'load')} of its corrections"
    desk.notices.append((f"{verb}: {plain(load['file_name'], 80)} ({plain(said)}).", before, desks.headlines(store)))
    st.rerun()


def _title(load: Row) -> str:
    form = FORMATS.get(str(load["format"]))
    return plain(form.title if form else load["format"])


def _facts(load: Row) -> str:
    parts = [f"{int(str(load['accepted'])):,} of {int(str(load['rows_read'])):,} records used"]
    if int(str(load["quarantined"])):
        parts.append(f"{int(str(load['quarantined'])):,} quarantined")
    if load["first_at"]:
        parts.append(f"{str(load['first_at'])[:10]} to {str(load['last_at'])[:10]}")
    parts.append(f"loaded by {plain(load['loaded_by'], 60)} on {str(load['loaded_at'])[:16]} UTC")
    if load["corrects"]:
        parts.append(f"corrects load {plain(load['corrects'])}")
    if load["status"] == "undone":
        parts.append(
            f"taken back by {plain(load['undone_by'] or 'not stated', 60)} on {str(load['undone_at'])[:16]} UTC"
        )
    return " · ".join(parts)
