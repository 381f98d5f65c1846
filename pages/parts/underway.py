"""A file that is being read: how far it is, and a button that ends it.

It is read in a thread of its own, so that whatever else is pressed on the page meanwhile does not begin it again.
"""

from concurrent.futures import wait
from threading import Thread

import streamlit as st
from streamlit.typing import UploadedFile

from data.warehouse import Warehouse
from loaders.progress import PART, Cancelled, cancelled
from pages.parts import desk as desks
from pages.parts.text import plain

LOOK = 0.4  # seconds between two looks at it, and before anything is drawn


def read(store: Warehouse, desk: desks.Desk, upload: UploadedFile, asked: desks.Asked) -> desks.Draft:
    """The draft of an upload as it is asked for: the one on the desk, or a new one, waited for and laid there."""
    key = upload.file_id
    if (made := desk.drafts.get(key)) is not None:
        if made.asked == asked:
            return made
        made.close()
    going = desk.underway.get(key)
    if going is None or going.asked != asked:
        end(desk, key)
        going = desk.underway[key] = _begin(store, upload, asked)
    place = st.empty()
    wait([going.made], timeout=LOOK)
    if not going.made.done():
        _watch(place.container(border=True, key=f"underway-{key}"), upload, going)
    place.empty()
    del desk.underway[key]
    desk.drafts[key] = made = going.made.result()
    return made


def end(desk: desks.Desk, key: str) -> None:
    """Stop reading an upload, where it is being read."""
    if going := desk.underway.pop(key, None):
        going.stopped.set()


def again(desk: desks.Desk, key: str, made: desks.Draft) -> None:
    """Offer to read a file after all whose reading was cancelled."""
    if isinstance(made.refusal, Cancelled) and st.button(
        "Read it again", key=f"reread-{key}", icon=":material/replay:"
    ):
        desk.drafts.pop(key).close()
        st.rerun()


def _begin(store: Warehouse, upload: UploadedFile, asked: desks.Asked) -> desks.Underway:
    going = desks.Underway(asked)

    def progress(state: str) -> None:
        if going.stopped.is_set():
            raise cancelled()
        going.state = state

    def work() -> None:
        try:
            made = desks.draft(store, upload, asked, progress)
            if going.stopped.is_set():  # a moment too late: nobody is to see it
                made.close()
                made = desks.Draft(upload.name, asked, refusal=cancelled())
            going.made.set_result(made)
        except BaseException as error:
            going.made.set_exception(error)

    Thread(target=work, name="reading an upload", daemon=True).start()
    return going


def _watch(place: st.delta_generator.DeltaGenerator, upload: UploadedFile, going: desks.Underway) -> None:
    with place:
        st.markdown(f"**{plain(upload.name, 80)}**")
        shown = st.empty()
        st.button("Cancel", key=f"cancel-{upload.file_id}", icon=":material/stop_circle:", on_click=going.stopped.set)
    while not going.made.done():
        what, _, far = going.state.partition(PART)
        said = f"{what.capitalize()} …{f' {far}' if far else ''}"
        shown.caption(f":material/hourglass_top: {plain('Ending …' if going.stopped.is_set() else said)}")
        wait([going.made], timeout=LOOK)
