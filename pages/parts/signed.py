"""Who acts on a page, as they say it themselves: there is no login."""

import streamlit as st

from data.made_up import DEMO, PROGRAM
from pages.parts.text import plain

UNSAID = "not stated"
KEPT = {DEMO, PROGRAM, UNSAID}  # names that mark rows of the program itself


def signed() -> str:
    """The name a person gave in this session, "" when none."""
    return str(st.session_state.get("who") or "").strip()


def author() -> str:
    """Who is written into the history where nobody has to say who they are."""
    name = signed()
    return UNSAID if fault(name) else name


def sign() -> None:
    """The field for the name, the same on each page that changes something."""
    name = st.text_input(
        "Your name, for the history", key="who", persist_state="session", placeholder=UNSAID, max_chars=80, width=320
    )
    if name.strip() and (why := fault(name.strip())):
        st.markdown(f":red[:material/error: {plain(why)}]")


def fault(name: str) -> str:
    """What is wrong with a name that a change shall be signed with; "" when nothing is."""
    if not name:
        return "Say who you are: the history keeps it."
    return f"'{name}' marks rows of the program itself: take another name." if name.casefold() in KEPT else ""
