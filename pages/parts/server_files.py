"""Files that came to the server without the browser: copied into its inbox folder, or given by a command."""

import shutil
from dataclasses import replace

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import inbox
from loaders.answers import answers
from loaders.format import Options
from loaders.inbox import Dropped, Entry
from loaders.ingest import look_at
from loaders.order import Order
from loaders.progress import PART
from loaders.recognise import UNRECOGNISED
from pages.parts import desk as desks
from pages.parts import wizard
from pages.parts.signed import author
from pages.parts.text import plain

_WORDS = {"waiting": "waits for its turn", "reading": "is being read", "publishing": "is being published"}


def show(store: Warehouse, desk: desks.Desk, asked: desks.Asked) -> None:
    """What lies in the inbox folder and what came of it; nothing where it is empty. `asked` is what was said of files
    that do not say it.
    """
    with st.expander("Files over 200 MB", icon=":material/folder_open:"):
        st.markdown(
            f"Copy them into `{plain(str(inbox.inbox_of(store.side)))}` on this server; they appear here and wait until"
            " you say so. Or run `python -m loaders load FILE` there: the command hands the file to this server."
        )
    if not inbox.dropped(store.side) and not inbox.entries(store.side):
        return
    busy = any(entry.state != "done" for entry in inbox.entries(store.side))
    st.fragment(_list, run_every="2s" if busy else None)(store, desk, asked, busy)


def _list(store: Warehouse, desk: desks.Desk, asked: desks.Asked, was_busy: bool) -> None:
    entries = inbox.entries(store.side)
    if was_busy and all(entry.state == "done" for entry in entries):
        st.rerun()  # the pages' numbers are others now
    with st.container(border=True):
        st.header("Files on this server", anchor=False)
        for place, file in enumerate(inbox.dropped(store.side)):
            _dropped(store, file, place, asked)
        for entry in reversed(entries[-20:]):
            _entry(store, entry, desk, asked)


def _dropped(store: Warehouse, file: Dropped, place: int, asked: desks.Asked) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"dropped-{place}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(file.name, 80)}**")
            st.caption(f"{file.size / 1e6:,.1f} MB · copied here {file.modified:%Y-%m-%d %H:%M} UTC")
        if st.button("Look", key=f"look-{place}", icon=":material/search:", help="Read it and change nothing"):
            _order(store, file, asked, dry_run=True)
        if st.button("Load", key=f"take-{place}", icon=":material/download:", help="Read and publish it"):
            _order(store, file, asked, dry_run=False)


def _order(store: Warehouse, file: Dropped, asked: desks.Asked, *, dry_run: bool) -> None:
    try:
        options = Options(asked.product, timezone=asked.timezone, values=answers(asked.answers))
        order = Order(author(), file.name, asked.format, options, dry_run=dry_run)
        inbox.put(store.side, file.path, order, move=True)
    except PlumblineError as refusal:
        st.error(plain(refusal, 500), icon=":material/block:")
    else:
        st.rerun()


def _entry(store: Warehouse, entry: Entry, desk: desks.Desk, asked: desks.Asked) -> None:
    outcome, key = entry.outcome, entry.folder.name
    name = plain(entry.order.name, 80)
    if outcome is None:
        what, _, far = entry.state.partition(PART)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry-{key}"):
            said = f"**{name}** {_WORDS.get(what, 'is being loaded')} …"
            st.markdown(f":material/hourglass_top: {said} {plain(far)}", width="stretch")
            if what != "publishing" and st.button("Cancel", key=f"cancel-{key}", icon=":material/stop_circle:"):
                if not inbox.cancel(entry.folder):
                    st.caption("It is too late: it is being published. It can be undone in the history.")
                else:
                    st.rerun(scope="fragment")
        return
    icon = {"published": ":material/check_circle:", "preview": ":material/visibility:"}.get(
        outcome.status, ":material/block:"
    )
    verb = {"published": "is loaded", "preview": "was looked at; nothing has changed"}.get(
        outcome.status, "was refused; nothing has changed"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry-{key}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"{icon} **{name}** {verb}.")
            if outcome.status != "refused":
                st.caption(
                    f"{plain(outcome.format)} · {outcome.rows_read:,} records = {outcome.accepted:,} accepted"
                    f" + {outcome.duplicates:,} duplicates + {outcome.quarantined:,} quarantined"
                    f" + {outcome.blank:,} blank + {outcome.ignored:,} ignored"
                )
            for message in outcome.messages[:3]:
                st.caption(plain(message, 400))
        if entry.file.exists() and st.button(
            "Load" if outcome.status == "preview" else "Try again", key=f"again-{key}", icon=":material/download:"
        ):
            _again(store, entry, replace(entry.order, dry_run=False))
        unknown = bool(outcome.messages) and outcome.messages[0].startswith(UNRECOGNISED)
        if unknown and entry.file.exists() and key not in desk.on_server and st.button(
            "Map its columns", key=f"columns-{key}", icon=":material/table_edit:"
        ):  # fmt: skip
            _look(store, entry, desk)
        if st.button("Discard", key=f"discard-{key}", icon=":material/delete:", help="Forget it; what is loaded stays"):
            desk.on_server.pop(key, None)
            shutil.rmtree(entry.folder, ignore_errors=True)
            st.rerun()
    if unknown and key in desk.on_server:
        profile = wizard.ask(entry.order.name, key, desk.on_server[key], expanded=True)
        if profile is not None:
            desk.on_server.pop(key)
            profile = wizard.chosen(profile, asked)
            _again(store, entry, replace(entry.order, dry_run=True, format=None, profile=profile))


def _again(store: Warehouse, entry: Entry, order: Order) -> None:
    """Give the file of an entry in again, in its place."""
    inbox.put(store.side, entry.file, replace(order, who=author()), move=True)
    shutil.rmtree(entry.folder, ignore_errors=True)
    st.rerun()


def _look(store: Warehouse, entry: Entry, desk: desks.Desk) -> None:
    try:
        desk.on_server[entry.folder.name] = look_at(store, entry.file, entry.order.options)
    except PlumblineError as refusal:
        st.error(plain(refusal, 500), icon=":material/block:")
    else:
        st.rerun()
