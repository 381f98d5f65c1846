"""What changed with each release of a product: task success before and after it, as a table."""

from datetime import date
from functools import partial

import streamlit as st

from data.portfolio import Release
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import Scope
from metrics.before_after import Comparison, Window, before_after
from pages.parts.absent import absent
from pages.parts.downloads import downloads
from pages.parts.readings import state
from pages.parts.text import plain
from pages.parts.workings import worked
from reports.words import NOTHING, change, interval, listed, percent, period

WORSE, BETTER, CHANCE, NONE = "▼ Worse", "▲ Better", "≈ May be chance", "– Not compared"
COLOURS = {WORSE: "red", BETTER: "green", CHANCE: "gray", NONE: "gray"}


def releases_of(store: Warehouse, scope: Scope) -> None:
    """Draw the table into the current container, or say why there is none."""
    st.header("Before and after each release", anchor=False)
    found = _compared(store, state(store), scope.model_dump_json(), scope)
    if not found:
        every = [each for each in current(store, Release) if each.product_id in (scope.products or ())]
        if every:
            last = max(each.released_at for each in every).date()
            st.markdown(f":gray[No release lies in this period; the last of {len(every)} was on {last}.]")
        else:
            absent("No release of this product is registered.", "releases", "releases")
        return
    held = [each for each in found if each.difference.value is not None]
    st.caption(
        "Task success in up to four whole weeks on either side, without the 48 hours after the release and without the"
        " days of other releases. Not causal: whatever else changed in those weeks is in the difference, too."
        + (f" Of {len(held)} comparisons one in twenty is clear by chance." if len(held) > 1 else "")
    )
    st.dataframe(
        [_row(each) for each in found], hide_index=True, key="table-releases", placeholder="",
        alt="; ".join(f"{each.change.day} {', '.join(each.change.versions)}: {verdict(each)[2:]}" for each in found),
        column_config={
            "Version": st.column_config.TextColumn(width=100, pinned=True),
            "Released": st.column_config.DateColumn(width=95, format="D MMM YYYY"),
            "Task success": st.column_config.MultiselectColumn(
                width=140, options=list(COLOURS), color=list(COLOURS.values())
            ),
            "Difference": st.column_config.TextColumn(width=170),
            "Before": st.column_config.TextColumn(width=150),
            "After": st.column_config.TextColumn(width=150),
            "What changed": st.column_config.TextColumn(width=320),
            "Compared": st.column_config.TextColumn(width=330),
        },
    )  # fmt: skip
    refusals: dict[str, list[str]] = {}
    for each in found:
        if each.difference.refused:
            refusals.setdefault(each.difference.refused, []).append(", ".join(each.change.versions))
    for why, versions in refusals.items():
        st.caption(f"{plain(listed(versions, 6), 200)}: {plain(why)}")
    downloads(
        [_plain(each) for each in found], "releases",
        beside=partial(worked, store, scope, "releases", partial(before_after, store, scope)),
    )  # fmt: skip


def verdict(each: Comparison) -> str:
    """What the difference may be called: only one whose interval leaves out zero is called better or worse."""
    if each.difference.value is None:
        return NONE
    if not each.difference.clear:
        return CHANCE
    return BETTER if each.difference.value > 0 else WORSE


def _row(each: Comparison) -> dict[str, object]:
    delta = each.difference
    bounds = ""
    if delta.low is not None and delta.high is not None:
        bounds = f" ({100 * delta.low:+.1f} to {100 * delta.high:+.1f})"
    return {
        "Version": ", ".join(each.change.versions),
        "Released": each.change.day,
        "Task success": [verdict(each)],
        "Difference": NOTHING if delta.value is None else f"{change(delta.value, 'share')}{bounds}",
        "Before": _side(each, "before"),
        "After": _side(each, "after"),
        "What changed": f"{', '.join(each.change.kinds)}: {each.change.note}".removesuffix(": "),
        "Compared": delta.refused or f"{_days(each.change.before)}; {_days(each.change.after)}",
    }


def _side(each: Comparison, which: str) -> str:
    reading = getattr(each, which)
    if reading is None or reading.value is None:
        return NOTHING
    return f"{percent(reading.value)}{f' ({bounds})' if (bounds := interval(reading)) else ''}"


def _days(window: Window | None) -> str:
    return f"{period(window.first, window.last)}" if window else NOTHING


def _plain(each: Comparison) -> dict[str, object]:
    sides = {"before": each.before, "after": each.after}
    values = {
        f"{side}_{part}": getattr(reading, part) if reading else None
        for side, reading in sides.items()
        for part in ("value", "low", "high", "units")
    }
    return {
        "released": each.change.day, "versions": ", ".join(each.change.versions),
        "kinds": ", ".join(each.change.kinds), "note": each.change.note, **values,
        "difference": each.difference.value, "difference_low": each.difference.low,
        "difference_high": each.difference.high, "verdict": verdict(each)[2:], "refused": each.difference.refused,
    }  # fmt: skip


@st.cache_data(max_entries=50, show_spinner=False)
def _compared(_store: Warehouse, version: tuple[str, int, date], asked: str, _scope: Scope) -> list[Comparison]:
    return before_after(_store, _scope)
