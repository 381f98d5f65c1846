"""A choice within a page that stands in the address: a link sets it once, then a person's own choice holds."""

from collections.abc import Callable, Sequence

import streamlit as st


def addressed(label: str, name: str, among: Sequence[str], words: Callable[[str], str], width: int = 320) -> str:
    """Draw a box to choose from `among`, the first where nothing was chosen, and keep the choice in the address under
    `name`; "" does not stand there. What the address says counts where it is new and can be chosen.
    """
    key, seen = f"chosen-{name}", f"chosen-{name}-in-address"
    asked = st.query_params.get(name, "")
    if asked in among and asked != st.session_state.get(seen, ""):
        st.session_state[key] = asked
    elif st.session_state.get(key) not in among:
        st.session_state[key] = among[0]
    chosen = str(st.selectbox(label, among, key=key, format_func=words, width=width))
    st.session_state[seen] = chosen
    if chosen and asked != chosen:
        st.query_params[name] = chosen
    elif not chosen and name in st.query_params:
        del st.query_params[name]
    return chosen
