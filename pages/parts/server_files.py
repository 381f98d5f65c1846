"""Files that came to the server without the browser: copied into its inbox folder, or given by a command."""

import shutil

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import inbox
from loaders.inbox import Dropped, Entry
from loaders.order import Order
from loaders.progress import PART
from pages.parts.text import plain

_WORDS = {"waiting": "waits for its turn", "reading": "is being read", "publishing": "is being published"}


def show(store: Warehouse) -> None:
    """What lies in the inbox folder and what came of it; nothing where it is empty."""
    with st.expander("Files over 200 MB", icon=":material/folder_open:"):
        st.markdown(
            f"Copy them into `{plain(str(inbox.inbox_of(store.side)))}` on this server; they appear here and wait until"
            " you say so. Or run `python -m loaders load FILE` there: the command hands the file to this server."
        )
    if not inbox.dropped(store.side) and not inbox.entries(store.side):
        return
    busy = any(entry.state != "done" for entry in inbox.entries(store.side))
    st.fragment(_list, run_every="2s" if busy else None)(store, busy)


def _list(store: Warehouse, was_busy: bool) -> None:
    entries = inbox.entries(store.side)
    if was_busy and all(entry.state == "done" for entry in entries):
        st.rerun()  # the pages' numbers are others now
    with st.container(border=True):
        st.header("Files on this server", anchor=False)
        for place, file in enumerate(inbox.dropped(store.side)):
            _dropped(store, file, place)
        for entry in reversed(entries[-20:]):
            _entry(store, entry)


def _dropped(store: Warehouse, file: Dropped, place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"dropped-{place}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(file.name, 80)}**")
            st.caption(f"{file.size / 1e6:,.1f} MB · copied here {file.modified:%Y-%m-%d %H:%M} UTC")
        if st.button("Look", key=f"look-{place}", icon=":material/search:", help="Read it and change nothing"):
            _order(store, file, dry_run=True)
        if st.button("Load", key=f"take-{place}", icon=":material/download:", help="Read and publish it"):
            _order(store, file, dry_run=False)


def _order(store: Warehouse, file: Dropped, *, dry_run: bool) -> None:
    who = str(st.session_state.get("who") or "").strip() or "not stated"
    try:
        inbox.put(store.side, file.path, Order(who, file.name, dry_run=dry_run), move=True)
    except PlumblineError as refusal:
        st.error(plain(refusal, 500), icon=":material/block:")
    else:
        st.rerun()


def _entry(store: Warehouse, entry: Entry) -> None:
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
            again = Order(
                entry.order.who, entry.order.name, entry.order.format, entry.order.options,
                register=entry.order.register,
            )  # fmt: skip
            inbox.put(store.side, entry.file, again, move=True)
            shutil.rmtree(entry.folder, ignore_errors=True)
            st.rerun()
        if st.button("Discard", key=f"discard-{key}", icon=":material/delete:", help="Forget it; what is loaded stays"):
            shutil.rmtree(entry.folder, ignore_errors=True)
            st.rerun()
