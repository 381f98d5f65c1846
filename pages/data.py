"""Data: a file in, seen before it counts, taken back when it was wrong; what was refused, what waits for a product."""

from dataclasses import replace

import streamlit as st
from streamlit.typing import UploadedFile

from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from pages.parts import column_guide, inbox, publishing, quarantine, server_files, shelf, underway, who_is_who, wizard
from pages.parts import desk as desks
from pages.parts import draft as drafts
from pages.parts.header import head
from pages.parts.reach import reach
from pages.parts.signed import author, sign
from pages.parts.unsaid import unsaid

TITLE = "Data"
ICON = ":material/database:"
URL = "files"
SCOPE: tuple[str, ...] = ()  # files are of all products and any time
ONE = ""


def render(store: Warehouse, scope: Scope) -> None:
    """Drop files, look at them, publish; below the history, the unmapped inbox and the quarantine."""
    head(store, TITLE, reach(store))
    desk = desks.desk()
    _answer(store)
    drafts.notices(desk)
    asked = _drop(store, desk)
    server_files.show(store, desk, asked)
    inbox.show(store, desk)
    who_is_who.show(store, scope, desk)
    shelf.history_of(store, desk)
    quarantine.show(store, desk)
    wizard.profiles(store, desk)
    column_guide.show()


def _answer(store: Warehouse) -> None:
    rules = settings(store)
    people = (
        "user ids are stored as pseudonyms, made with a secret that stays on this machine"
        if rules.pseudonymise
        else "user ids are stored as the file says them (the setting pseudonymise is off)"
    )
    with st.container(gap="xxsmall"):
        st.markdown(f"**{shelf.answer(store)}**")
        st.caption(
            f":material/shield_person: Prompts and outputs are dropped; {people}. There is no login yet: everyone who"
            " reaches this address can read and change everything, so it listens on this machine only unless you"
            " told it otherwise."
        )


def _drop(store: Warehouse, desk: desks.Desk) -> desks.Asked:
    """The place to drop files, and the drafts of those that were; what was said of files that do not say it."""
    with st.container(border=True):
        st.header("Load files", anchor=False)
        uploads = st.file_uploader(
            "Usage logs, eval results or tickets, as the tool exported them", accept_multiple_files=True,
            key=f"drop-{desk.drops}",
            help="Up to 200 MB a file. Larger ones: copy them into this server's inbox folder, or python -m loaders"
            " load FILE on its machine.",
        )  # fmt: skip
        sign()
        with st.expander("What the file does not say", icon=":material/tune:", key="unsaid"):
            asked = unsaid(store)
    together = st.container()
    for upload in uploads:
        if upload.file_id not in desk.done:
            _one(store, desk, upload, asked, author())
    here = {upload.file_id for upload in uploads}
    for gone in [name for name in desk.drafts if name not in here]:
        desk.drafts.pop(gone).close()
    for gone in [name for name in desk.underway if name not in here]:
        underway.end(desk, gone)
    for gone in [name for name in desk.samples if name not in here]:
        desk.samples.pop(gone)
        desk.profiles.pop(gone, None)
    ready = {key: made for key, made in desk.drafts.items() if made.outcome is not None}
    with together:
        if publishing.offer(ready):
            publishing.publish(store, desk, ready, author())
    return asked


def _one(store: Warehouse, desk: desks.Desk, upload: UploadedFile, asked: desks.Asked, who: str) -> None:
    key = upload.file_id
    register = bool(st.session_state.get(f"register-{key}", False))
    asked = replace(asked, register=register, profile=wizard.mapped(desk, key, asked))
    made = underway.read(store, desk, upload, asked)
    if made.refusal is None:
        wizard.show(store, desk, upload, made)
    pressed = drafts.show(made, key)
    if made.refusal is not None:
        wizard.show(store, desk, upload, made)
    underway.again(desk, key, made)
    if pressed:
        publishing.publish(store, desk, {key: made}, who)
