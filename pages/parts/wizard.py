"""The wizard for a file whose columns nobody recognises: each column of the contract is given one of the file's."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

import streamlit as st
from streamlit.typing import UploadedFile

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.contract import Column, columns_of
from loaders.profiles import DAY_ORDERS, Profile, fingerprint
from loaders.recognise import UNRECOGNISED
from loaders.sample import Sample
from loaders.suggest import Suggestion, best, day_first, day_order, decimal_comma, factor, likely_table, words
from pages.parts import desk as desks
from pages.parts.text import plain
from reports.templates import TITLES
from reports.words import count

EXAMPLES = 3
MOST_WORDS = 12
UNITS: dict[str, dict[int, str]] = {
    "cost_microusd": {1: "millionths of a dollar", 10_000: "cents", 1_000_000: "dollars"},
    "duration_ms": {1: "milliseconds", 1_000: "seconds", 60_000: "minutes"},
}


@dataclass(slots=True)
class Said:
    """What the widgets say so far."""

    columns: dict[str, str] = field(default_factory=dict)
    factors: dict[str, int] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


def show(store: Warehouse, desk: desks.Desk, upload: UploadedFile, made: desks.Draft) -> None:
    """Offer to say what the columns of the file mean, where nothing else recognises it."""
    key = upload.file_id
    unknown = made.refusal is not None and made.refusal.message.startswith(UNRECOGNISED)
    if not unknown and key not in desk.profiles:
        return
    try:
        sample = desks.sample(store, desk, upload)
    except PlumblineError:  # it is no table: what the refusal says is all there is to say
        return
    profile = ask(upload.name, key, sample, expanded=key not in desk.profiles)
    if profile is not None:
        desk.profiles[key] = profile
        st.rerun()


def ask(file: str, key: str, sample: Sample, *, expanded: bool) -> Profile | None:
    """The widgets for the columns of a file; what they say, named if it shall be saved, once somebody says so."""
    with st.expander(f"What the columns of {plain(file, 80)} mean", expanded=expanded,
                     icon=":material/table_edit:", key=f"wizard-{key}"):  # fmt: skip
        st.caption(
            "Proposals come from names and values, and nothing is read until you say so. Columns without a place are"
            " left out. Times without a zone are read in the one chosen above."
        )
        tables = list(TITLES)
        table = st.selectbox("Each row is", tables, index=tables.index(likely_table(sample)),
                             format_func=lambda each: TITLES[each], key=f"table-{key}", width=420)  # fmt: skip
        profile, missing = _columns(sample, table, key)
        if missing:
            st.warning(f"Still needed: {', '.join(missing)}.", icon=":material/rule:")
        name = st.text_input("Save as profile, for files with the same header", key=f"profile-{key}", max_chars=80,
                             placeholder="not saved", width=420)  # fmt: skip
        pressed = st.button("Read it so", icon=":material/play_arrow:", key=f"read-{key}", disabled=bool(missing))
    return replace(profile, name=name.strip()) if pressed else None


def mapped(desk: desks.Desk, key: str, asked: desks.Asked) -> Profile | None:
    """What was said of the columns of an upload, with the time zone and the product that were chosen for it."""
    profile = desk.profiles.get(key)
    return None if profile is None else chosen(profile, asked)


def chosen(profile: Profile, asked: desks.Asked) -> Profile:
    """A profile with the time zone and the product that were chosen for its file."""
    product = {"product_id": asked.product} if asked.product else {}
    return replace(profile, timezone=asked.timezone, constants={**profile.constants, **product})


def _columns(sample: Sample, table: str, key: str) -> tuple[Profile, list[str]]:
    """The widgets of every column of a table, what it needs first; what they say, and what is still to be said."""
    proposed, contract, said = best(table, sample), columns_of(table), Said()
    needed = [column for column in contract.values() if column.required]
    likely = [column for name, column in contract.items() if name in proposed and not column.required]
    for column in [*needed, *likely]:
        _one(sample, column, proposed.get(column.name), said, f"{key}-{table}")
    with st.expander("Further columns", icon=":material/add:", key=f"further-{key}-{table}"):
        for name, column in contract.items():
            if column not in needed and column not in likely:
                _one(sample, column, proposed.get(name), said, f"{key}-{table}")
    example, order, comma = _writing(sample, table, said, key)
    profile = Profile("", table, fingerprint(sample.columns), said.columns, said.factors, said.words, said.constants,
                      order, comma)  # fmt: skip
    undecided = [f"how moments like {plain(example, 30)} are written"] if example and order is None else []
    return profile, [*profile.missing(), *undecided]


def _one(sample: Sample, column: Column, proposed: Suggestion | None, said: Said, key: str) -> None:
    """One column of the contract: which of the file's it is, what stands there, and what its words or units are."""
    name, names = column.name, list(sample.columns)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"map-{key}-{name}"):
        theirs = st.selectbox(
            f"{plain(name)} (needed)" if column.required else plain(name), names, help=f"Expected {column.expected}.",
            index=names.index(proposed.theirs) if proposed else None, placeholder="no column", width=260,
            key=f"column-{key}-{name}",
        )  # fmt: skip
        if theirs is None and column.required:
            fixed = st.text_input("or one value for all rows", key=f"constant-{key}-{name}", width=260)
            if fixed.strip():
                said.constants[name] = fixed.strip()
        if theirs is None:
            return
        said.columns[name] = theirs
        values = sample.of(theirs)
        if name in UNITS:
            units = UNITS[name]
            times = st.selectbox("is in", list(units), index=list(units).index(factor(name, values) or 1),
                                 format_func=lambda each: units[each], key=f"unit-{key}-{name}", width=180)  # fmt: skip
            if times and times != 1:
                said.factors[name] = times
        shown = " · ".join(plain(value, 30) for value in list(dict.fromkeys(values))[:EXAMPLES])
        why = (
            f" · Proposed: {plain(proposed.reason)} ({proposed.score:.0%})."
            if proposed and proposed.theirs == theirs
            else ""
        )
        st.caption(f"{shown or 'empty in the first rows'}{why}")
    _words(column, name, values, said, key)


def _words(column: Column, name: str, values: tuple[str, ...], said: Said, key: str) -> None:
    taken = ("true", "false") if column.kind is bool else column.words
    seen = [
        value for value in dict.fromkeys(each.strip().lower() for each in values) if value not in (*taken, "0", "1")
    ]
    if not taken or not seen:
        return
    table = key.rpartition("-")[2]
    known = words(table, name, values)
    with st.container(horizontal=True, gap="small", key=f"words-{key}-{name}"):
        for place, value in enumerate(seen[:MOST_WORDS]):
            guess = known.get(value)
            ours = st.selectbox(f"“{plain(value, 30)}” means", taken, index=taken.index(guess) if guess else None,
                                placeholder="refused", key=f"word-{key}-{name}-{place}", width=180)  # fmt: skip
            if ours:
                said.words.setdefault(name, {})[value] = ours


def _writing(sample: Sample, table: str, said: Said, key: str) -> tuple[str, str | None, bool]:
    """How moments and numbers are written, asked where the mapped columns leave it open, and a moment that does."""
    kinds = {theirs: columns_of(table)[name].kind for name, theirs in said.columns.items()}
    moments = [sample.of(theirs) for theirs, kind in kinds.items() if kind in (date, datetime)]
    numbers = [sample.of(theirs) for theirs, kind in kinds.items() if kind in (int, float)]
    order = None
    if example := next(filter(None, map(day_first, moments)), ""):
        orders = list(DAY_ORDERS)
        sure = next(filter(None, map(day_order, moments)), None)
        order = st.selectbox(f"Moments like {plain(example, 30)} are", orders, key=f"order-{key}-{table}", width=420,
                             index=orders.index(sure) if sure else None, placeholder="has to be said",
                             format_func=lambda each: DAY_ORDERS[each])  # fmt: skip
    comma = any(map(decimal_comma, numbers))
    if comma:
        comma = st.checkbox("The comma stands before the decimals: 1.234,5", value=True, key=f"comma-{key}-{table}")
    return example, order, comma


def profiles(store: Warehouse, desk: desks.Desk) -> None:
    """The saved profiles, each with its end."""
    saved = profile_shelf.listed(store)
    if not saved:
        return
    with st.container(border=True):
        st.header("Profiles", anchor=False)
        st.caption("Files with the header of one of these are read through it.")
        for row in saved:
            name = str(row["name"])
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"saved-{name}"):
                with st.container(gap=None, width="stretch"):
                    st.markdown(f"**{plain(name, 80)}** · {TITLES[str(row['table'])].partition(':')[0]}")
                    st.caption(f"{count(int(str(row['columns'])), 'column')} · saved by {plain(row['saved_by'], 60)}"
                               f" on {str(row['saved_at'])[:16]} UTC")  # fmt: skip
                if st.button("Forget", key=f"forget-{name}", icon=":material/delete:",
                             help="Read no file through it any more; what was loaded stays"):  # fmt: skip
                    who = str(st.session_state.get("who") or "").strip() or "not stated"
                    profile_shelf.forget(store, name, who)
                    st.rerun()
