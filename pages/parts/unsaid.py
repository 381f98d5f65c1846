"""What a file does not say and a person may: its product, format, time zone, and answers to what a format asks."""

from zoneinfo import available_timezones

import streamlit as st

from data.warehouse import Warehouse
from loaders import FORMATS
from pages.parts.desk import Asked
from pages.parts.reach import products


def unsaid(store: Warehouse, *, product: bool = True) -> Asked:
    """Draw the fields; what stands in them. Without `product` it is asked elsewhere."""
    known = products(store)
    with st.container(horizontal=True, gap="small"):
        chosen = product and st.selectbox(
            "Product",
            [None, *known],
            format_func=lambda each: known[each] if each else "As the file says",
            key="unsaid-product",
            width=240,
        )
        form = st.selectbox(
            "Format", [None, *FORMATS],
            format_func=lambda each: FORMATS[each].title if each else "Recognise by content",
            key="unsaid-format", width=260,
        )  # fmt: skip
        zone = st.selectbox(
            "Time zone of times without one",
            [None, *_zones()],
            format_func=lambda each: each or "UTC",
            key="unsaid-zone",
            width=240,
        )
        said = st.text_input(
            "Answers to what a format asks", placeholder="day_order=dmy", key="unsaid-answers", width=320,
            help="key=value, several apart by spaces. A refused file says which it needs: run_at=2026-10-01T08:00Z.",
        )  # fmt: skip
    return Asked(form, chosen or None, zone, tuple(said.split()))


def _zones() -> list[str]:
    return sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))
    )
