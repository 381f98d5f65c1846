"""The unmapped inbox: what sources call a product that the registry does not know, and what it is to mean."""

import streamlit as st

from data.operation import Mapping
from data.warehouse import Warehouse
from loaders import mapping
from loaders.mapping import Waiting
from pages.parts import desk as desks
from pages.parts.effect import change
from pages.parts.reach import products
from pages.parts.text import plain
from reports.words import count


def show(store: Warehouse, desk: desks.Desk) -> None:
    """Each waiting value with its two ways out: a new product, or one that is there."""
    waits = mapping.inbox(store)
    if not waits:
        return
    known = products(store)
    with st.container(border=True):
        st.header("Unmapped inbox", anchor=False)
        st.caption(
            "No reading counts these records until it is said which product they are of. The answer is remembered."
        )
        for place, each in enumerate(waits):
            _one(store, desk, each, known, place)


def _one(store: Warehouse, desk: desks.Desk, each: Waiting, known: dict[str, str], place: int) -> None:
    who = str(st.session_state.get("who") or "").strip() or "not stated"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"inbox-{place}"):
        name = f"“{plain(each.value, 80)}”" if each.value else "No product stated"
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{name}**")
            where = f"{plain(each.field)} of {plain(each.source_system)}"
            st.caption(f"{count(each.records, 'record')} in {count(each.loads, 'load')} · {where}")
        if desks.can_be_product(each.value) and st.button(
            "New product",
            key=f"new-{place}",
            icon=":material/add:",
            help=f"Register {plain(each.value, 80)} as a product",
        ):
            change(
                store, desk, f"Registered {plain(each.value, 80)}.", lambda: mapping.register(store, [each.value], who)
            )
        if known:
            guess = list(known).index(each.nearest) if each.nearest in known else None
            chosen = st.selectbox(
                f"Assign {plain(each.value, 80) or 'it'} to", list(known), index=guess,
                format_func=lambda product: known[product], placeholder="Assign to …",
                key=f"assign-{place}-{each.value}", label_visibility="collapsed", width=220,
            )  # fmt: skip
            if (
                st.button("Assign", key=f"do-assign-{place}", icon=":material/link:", disabled=chosen is None)
                and chosen
            ):
                rule = Mapping(
                    source_system=each.source_system,
                    field=each.field,
                    match="exact",
                    pattern=each.value,
                    target="product",
                    value=chosen,
                )
                change(
                    store,
                    desk,
                    f"{name} is {plain(known[chosen])} from now on.",
                    lambda: mapping.add_rules(store, [rule], who),
                )
