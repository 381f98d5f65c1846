"""A figure on a page. Making one costs far more than sending it: what was made of the same things is sent again."""

import pickle
from collections.abc import Callable
from typing import ParamSpec

import plotly.graph_objects as go
import streamlit as st

QUIET = {"displayModeBar": False}
P = ParamSpec("P")


def chart(key: str, alt: str, figure: Callable[P, go.Figure], *given: P.args, **named: P.kwargs) -> None:
    """Draw what `figure` makes of the rest into the current container; `alt` tells it in words."""
    drawn = pickle.dumps((figure.__module__, figure.__qualname__, given, named))
    _draw(drawn, key, alt, lambda: figure(*given, **named))


@st.cache_data(max_entries=300, show_spinner=False)
def _draw(drawn: bytes, key: str, alt: str, _figure: Callable[[], go.Figure]) -> None:
    st.plotly_chart(_figure(), key=key, config=QUIET, alt=alt, theme=None)
