"""Topics by what they block: the ranking, the interactions of one topic, coverage by product, topics without expert."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.gap_topics import OPEN_KINDS, GapTopic, Unnamed, blocked_interactions, without_expert
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.chart import chart
from pages.parts.interaction import interaction
from pages.parts.rows import picked_row, table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import How
from reports.gap_figures import MOST, told, topics_figure
from reports.knowledge import KINDS, label, money
from reports.words import NOTHING, count, percent, share_of

ROWS = 100
SEEN, EVERY = "Where the data show a gap", "All topics"


def ranking(
    topics: Sequence[GapTopic], unnamed: Unnamed, products: Mapping[str, str], people: Mapping[str, str],
    currency: str, *, how: How,
) -> GapTopic | None:  # fmt: skip
    """Draw the topics that block most; the one that was picked."""
    st.header("Which missing knowledge blocks tasks", anchor=False)
    if not topics:
        absent("No topic is registered, and no interaction names one.", "topics", "gap-topics")
        return None
    ranked = [each for each in topics if each.blocked]
    seen = [each for each in ranked if each.kind in OPEN_KINDS]
    if not ranked:
        absent("No task about a known topic is known to have been blocked.", "interactions", "gap-blocked")
        return None
    worth = any(each.lost for each in ranked)
    nameless = (
        f" {unnamed.nameless:,} of {count(unnamed.blocked, 'blocked task')}"
        f" ({percent(unnamed.nameless / unnamed.blocked)}) name no topic and are not here."
        if unnamed.nameless
        else ""
    )
    st.caption(
        "A task is blocked when it failed without a technical error, or went to a person though no process asks for it."
        f" {'Ranked by blocked tasks times what a task is worth' if worth else 'Ranked by blocked tasks'}; in colour:"
        f" the data show a gap.{nameless}"
    )
    which = st.segmented_control(
        "Topics", [SEEN, EVERY], default=SEEN if seen else EVERY, required=True, key="gap-which",
        label_visibility="collapsed",
    )  # fmt: skip
    if which == SEEN:
        ranked = seen
    if not ranked:
        st.markdown(":gray[No topic with a known gap blocks a task.]")
        return None
    drawn = ranked[:MOST]
    left, right = st.columns([2, 3])
    with left:
        said = [f"{each.name}: {told(each, currency)}, {KINDS[each.kind].word.lower()}" for each in drawn]
        chart(
            "chart-gap-topics", "; ".join(said)[:900],
            topics_figure, drawn, products, currency, colours(), by_worth=worth,
        )  # fmt: skip
    with right:
        st.caption("All of them. Select one to see the interactions that were blocked.")
        rows = [_row(each, products, people, currency) for each in ranked]
        picked = picked_row(rows, name="blocked topics", beside=how)
    return None if picked is None else ranked[picked]


def blocked(store: Warehouse, scope: Scope, each: GapTopic) -> None:
    """Draw the interactions of the blocked tasks about a topic, and all that is known of the selected one."""
    found = asked(store, scope, blocked_interactions, each.product, each.topic, ROWS)
    st.header(f"{plain(each.name)}: {count(each.blocked, 'blocked task')} of {each.tasks:,}", anchor=False)
    newest = f"The newest {ROWS} interactions" if len(found) == ROWS else "All interactions"
    st.caption(f"{plain(each.why)} {newest} of these tasks. Select one to see all that is known of it.")
    picked = picked_row(found, name=f"blocked interactions {each.product} {each.topic}")
    if picked is not None:
        interaction(store, str(found[picked]["product_id"]), str(found[picked]["interaction_id"]))


def matrix(topics: Sequence[GapTopic], products: Mapping[str, str], how: How) -> None:
    """Draw topic by product: what stands between the topic and an answer."""
    listed = [each for each in topics if each.listed or each.kind == "missing"]
    if not listed:
        absent("No product has an inventory of what it must know.", "topics", "gap-matrix")
        return
    owners = [product for product in products if any(each.product == product for each in listed)]
    without = [name for product, name in products.items() if product not in owners]
    lacking = f" No inventory: {plain(', '.join(without), 200)}." if without else ""
    st.caption(f"Topics that a product must know or is asked about, gaps first; blank: not in its inventory.{lacking}")
    called = {each.topic: each.name for each in listed}
    broken = {each.topic for each in listed if each.kind in OPEN_KINDS}
    cells = {(each.topic, each.product): label(each.kind) for each in listed}
    rows: list[dict[str, object]] = [
        {"Topic": name, **{products[owner]: cells.get((topic, owner), "") for owner in owners}}
        for topic, name in sorted(called.items(), key=lambda pair: (pair[0] not in broken, pair[1].casefold()))
    ]  # fmt: skip
    table(rows, name="coverage by topic and product", beside=how)


def orphans(topics: Sequence[GapTopic], products: Mapping[str, str], how: How) -> None:
    """Draw the topics that nobody keeps."""
    found = without_expert(topics)
    if not found:
        st.markdown(":gray[Every required topic has an expert, and nothing else that is asked about blocks tasks.]")
        return
    st.caption("Required topics without an expert, and topics that block tasks and that no inventory lists.")
    table([
        {"Topic": each.name, "Product": products.get(each.product, each.product), "Type of gap": label(each.kind),
         "Listed": "yes" if each.listed else "no", "Blocked tasks": each.blocked, "Gaps waiting": each.waiting}
        for each in found
    ], name="topics without expert", beside=how)  # fmt: skip


def _row(
    each: GapTopic, products: Mapping[str, str], people: Mapping[str, str], currency: str
) -> dict[str, object]:  # fmt: skip
    return {
        "Topic": each.name, "Product": products.get(each.product, each.product), "Type of gap": label(each.kind),
        "Blocked": each.blocked, "Worth": money(each.lost, currency),
        "Share of its tasks": share_of(each.share, each.units), "To a person": each.handed,
        "Gaps waiting": each.waiting, "Expert": people.get(each.expert, each.expert) or NOTHING,
        "Why": each.why,
    }  # fmt: skip
