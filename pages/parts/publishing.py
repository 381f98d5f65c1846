"""What lies on the desk is published: one file, or all that can be."""

from collections.abc import Mapping

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse
from pages.parts import desk as desks
from pages.parts.text import plain
from reports.words import count


def offer(ready: Mapping[str, desks.Draft]) -> bool:
    """The button for several files at once; whether it was pressed."""
    if len(ready) < 2:
        return False
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="publish-all-row"):
        pressed = st.button(
            f"Publish all {len(ready)} files", icon=":material/publish:", key="publish-all", type="primary"
        )
        records = sum(made.outcome.accepted for made in ready.values() if made.outcome)
        st.caption(
            f"{count(records, 'record')} would be used; each file is shown below as it is alone.", width="content"
        )
    return pressed


def publish(store: Warehouse, desk: desks.Desk, chosen: Mapping[str, desks.Draft], who: str) -> None:
    """Publish these one after the other, each whole or not at all, and say what changed; then the page begins anew.

    A refused one stays on the desk with its reason and keeps none of the others back.
    """
    before, told = desks.headlines(store), []
    for place, (key, made) in enumerate(chosen.items(), 1):
        of = f" ({place} of {len(chosen)})" if len(chosen) > 1 else ""
        try:
            with st.spinner(f"Publishing {plain(made.name, 80)}{of} …", show_time=True):
                told.append(_one(store, made, who))
        except PlumblineError as refusal:
            made.close()
            made.preview, made.outcome, made.refusal = None, None, refusal
            continue
        desk.done.add(key)
        desk.drafts.pop(key).close()
    if told:
        desk.notices.append(("  \n".join(told), before, desks.headlines(store)))
    if not desk.drafts:
        desk.drops += 1
    st.rerun()


def _one(store: Warehouse, made: desks.Draft, who: str) -> str:
    outcome = desks.publish(store, made, who)
    said = f"Published {plain(made.name, 80)}: {outcome.accepted:,} of {outcome.rows_read:,} records are stored."
    if outcome.unmapped and not made.asked.register:
        said += f" {outcome.unmapped:,} wait in the inbox below until it is said which product they are of."
    return said + plain(desks.keep(store, made, who), 300)
