"""The theme in use: the colours of figures, and how loud a button may be."""

from typing import Literal

import streamlit as st

from reports.palette import Palette, palette


def dark() -> bool:
    """Whether the dark theme is in use."""
    return st.context.theme.type == "dark"


def colours() -> Palette:
    """The colours of figures."""
    return palette(dark())


def main_action() -> Literal["primary", "secondary"]:
    """The type of the one main button of a page. In the dark theme no accent carries white text with enough contrast
    and stands out as text itself, so there the button is a plain one.
    """
    return "secondary" if dark() else "primary"
