"""Ways from one page of ours to another that keep the session."""

import streamlit as st

FRAME = "frame"  # the session's copy of the pages by URL, for links between them


def link_to(url: str, label: str, icon: str) -> None:
    """A link to another page of ours that keeps the session; plain text where there is no frame around."""
    page = st.session_state.get(FRAME, {}).get(url)
    if page is None:
        st.caption(f"{icon} {label}")
    else:
        st.page_link(page, label=label, icon=icon)


def go_to(url: str, **asked: str) -> None:
    """Open another page of ours now, with the scope as it was just set and what is `asked` in the address; nothing
    happens where no frame is around.
    """
    page = st.session_state.get(FRAME, {}).get(url)
    if page is not None:
        st.switch_page(page, query_params=asked or None)
