"""The quarantine: which problems a load has, the refused records page by page, and the place to correct them."""

import json
import re
from collections.abc import Sequence

import streamlit as st

from data.cursor import Row
from data.warehouse import Warehouse
from loaders import corrections, quarantine, sheet
from loaders.quarantine import Filter, visible
from loaders.sheet import Answer
from pages.parts import corrections as benches
from pages.parts import desk as desks
from pages.parts.text import plain
from reports.words import count

PAGE = 25
MOST = 100_000
"""Records in one download; the command line writes any number."""
UNTOLD = " Its cells are not kept: correct it in its file and load that again, or leave it out."
NUMBER = re.compile(r"[+-]?[\d.,]+")
WHOLE = "whole record"
EACH, SAME = "Each record", "Same value together"


def show(store: Warehouse, desk: desks.Desk) -> None:
    """Browse, filter, download, correct and give again what was refused; nothing when nothing ever was."""
    loads = {str(load["load_id"]): load for load in quarantine.loads(store)}
    if not loads:
        return
    with st.container(border=True, key="quarantine"):
        st.header("Quarantine", anchor=False)
        st.caption(
            "Records that were refused, with the rest of their cells. Correct them here or in a sheet and give them"
            " again: they become a load of their own, which can be taken back like any other."
        )
        chosen = st.selectbox(
            "Load", list(loads), key="quarantine-load", format_func=lambda each: _load_title(loads[each])
        )
        own = benches.bench()
        own.turn_to(chosen)
        problems = quarantine.problems(store, chosen)
        _overview(problems)
        _settled(store, chosen)
        asked = _filters(own, problems)
        _downloads(store, chosen, asked)
        if asked.open_only:
            _correct(store, desk, own, asked, str(loads[chosen]["file_name"]))
        else:
            _pages(store, own, asked)


def _load_title(load: Row) -> str:
    file, when = visible(load["file_name"])[:60], str(load["loaded_at"])[:16]
    number, still = int(str(load["records"])), int(str(load["open"]))
    return f"{still:,} of {number:,} open: {file} ({when})" if still else f"All {number:,} settled: {file} ({when})"


def _overview(problems: Sequence[Row]) -> None:
    st.dataframe(
        [
            {
                "Problem": _problem(row),
                "Cells": row["cells"],
                "Open": row["open"],
                "First value": _shown(row["value"]),
                "Explanation": visible(row["message"]),
            }
            for row in problems
        ],
        hide_index=True, alt="Problems by column", key="table-problems", placeholder="",
        column_config={"Explanation": st.column_config.TextColumn(width=520)},
    )  # fmt: skip


def _shown(value: object) -> str:
    """A value on one line; what a spreadsheet would take for a formula begins with an apostrophe, as in the sheet: the
    table offers a download of its own.
    """
    text = visible(value)
    return text if NUMBER.fullmatch(text) else sheet.safe(text)


def _problem(row: Row) -> str:
    reason = str(row["code"]).replace("_", " ")
    return f"{row['column_name']}: {reason}" if row["column_name"] else f"{WHOLE}: {reason}"


def _settled(store: Warehouse, load_id: str) -> None:
    for load in corrections.in_force(store, load_id):
        left_out = int(str(load["left_out"]))
        given = int(str(load["records"])) - left_out
        st.caption(
            f":material/task_alt: {count(given, 'record')} given again and {left_out:,} left out by"
            f" {plain(load['loaded_by'], 60)} on {str(load['loaded_at'])[:16]} UTC, load {plain(load['load_id'])}."
        )


def _filters(own: benches.Bench, problems: Sequence[Row]) -> Filter:
    def anew() -> None:
        own.trail, own.turn = [0], own.turn + 1

    by_name = {_problem(row): row for row in problems}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.selectbox(
            "Problem", [None, *by_name], format_func=lambda each: each or "All problems",
            key=f"quarantine-problem-{own.load_id}", on_change=anew, width=280,
        )  # fmt: skip
        text = st.text_input(
            "Value or reason contains", key=f"quarantine-text-{own.load_id}", on_change=anew, width=240, max_chars=200
        )
        settled = st.toggle("Also settled ones", key=f"quarantine-settled-{own.load_id}", on_change=anew)
    column = str(by_name[name]["column_name"] or "") if name else None
    code = str(by_name[name]["code"]) if name else None
    return Filter(column, code, text.strip(), open_only=not settled and any(row["open"] for row in problems))


def _downloads(store: Warehouse, load_id: str, asked: Filter) -> None:
    def cells() -> Sequence[Row]:
        return list(quarantine.every_cell(store, load_id, asked, limit=MOST, whole=True))

    buttons = {
        "Correction sheet": ("csv", lambda: b"".join(sheet.lines(load_id, cells())), "A line for each refused cell"),
        "Sheet of values": (
            "csv", lambda: b"".join(sheet.value_lines(load_id, quarantine.values(store, load_id, asked, MOST))),
            "A line for each value: one answer for all records with it",
        ),
        "JSON": ("json", lambda: json.dumps(cells(), ensure_ascii=False, indent=1).encode(), "The same for programs"),
    }  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for name, (ending, content, told) in buttons.items():
            slug = name.lower().replace(" ", "-")
            st.download_button(
                name, content, file_name=f"{slug}-{load_id}.{ending}", key=f"download-{slug}", on_click="ignore",
                mime="text/csv" if ending == "csv" else "application/json", icon=":material/download:",
                type="tertiary", help=f"{told}, as filtered above; up to {MOST:,} records.",
            )  # fmt: skip


def _correct(store: Warehouse, desk: desks.Desk, own: benches.Bench, asked: Filter, file_name: str) -> None:
    view = st.segmented_control(
        "Correct", [EACH, SAME], default=EACH, required=True, key="quarantine-view", label_visibility="collapsed"
    )
    if view == SAME:
        _values(store, own, asked)
    else:
        _pages(store, own, asked)
    benches.take_sheet(store, own)
    benches.look_and_publish(store, desk, own, file_name)


def _pages(store: Warehouse, own: benches.Bench, asked: Filter) -> None:
    number = quarantine.matching(store, own.load_id, asked)
    if not number:
        st.caption("No refused record fits.")
        return
    cells = quarantine.cells(store, own.load_id, asked, after=own.trail[-1], limit=PAGE, whole=True)
    answers = [_of_record(own, cell) for cell in cells]
    rows: list[Row] = [
        {
            "Line": cell["line"],
            "Column": cell["column_name"] or WHOLE,
            "What came": _shown(cell["value"]),
            "Corrected": answer.corrected if answer else "",
            "Action": answer.action if answer and answer.action != sheet.CORRECT else None,
            "Why": visible(cell["message"]) + ("" if cell["correctable"] else UNTOLD),
            "Standing": str(cell["standing"]) + (f" ({cell['by_load']})" if cell["by_load"] else ""),
        }
        for cell, answer in zip(cells, answers, strict=True)
    ]
    if asked.open_only:
        given = _edited(own, rows, "records")
        own.note({
            (int(str(cell["record"])), str(cell["column_name"] or ""), "", ""):
            _answer(row, int(str(cell["record"])), cell)
            for cell, row in zip(cells, given, strict=True)
        })  # fmt: skip
    else:
        st.dataframe(rows, hide_index=True, alt="Refused records", key="table-records", placeholder="",
                     column_order=["Line", "Column", "What came", "Standing", "Why"])  # fmt: skip
    _pager(own, number, last=int(str(cells[-1]["record"])) if cells else 0)


def _of_record(own: benches.Bench, cell: Row) -> Answer | None:
    return own.answers.get((int(str(cell["record"])), str(cell["column_name"] or ""), "", ""))


def _answer(row: Row, record: int | None, cell: Row) -> Answer | None:
    """What a row of the editor says; an action goes before a value."""
    corrected, action = str(row["Corrected"] or ""), row["Action"]
    if not corrected.strip() and not action:
        return None
    many = record is None
    return Answer(
        record, str(cell["column_name"] or ""), str(action or sheet.CORRECT), "" if action else corrected,
        code=str(cell["code"]) if many else "", found=visible(cell["value"]) if many else "",
    )  # fmt: skip


def _values(store: Warehouse, own: benches.Bench, asked: Filter) -> None:
    values = quarantine.values(store, own.load_id, asked)
    if not values:
        st.caption("No value can be corrected for all its records together.")
        return
    rows: list[Row] = []
    for value in values:
        answer = own.answers.get(_of_value(value))
        rows.append({
            "Records": value["records"], "Column": value["column_name"] or WHOLE, "What came": _shown(value["value"]),
            "Corrected": answer.corrected if answer else "",
            "Action": answer.action if answer and answer.action != sheet.CORRECT else None,
            "Why": visible(value["message"]),
        })  # fmt: skip
    given = _edited(own, rows, "values")
    own.note({_of_value(value): _answer(row, None, value) for value, row in zip(values, given, strict=True)})


def _of_value(value: Row) -> benches.Place:
    return None, str(value["column_name"] or ""), str(value["code"]), visible(value["value"])


def _edited(own: benches.Bench, rows: list[Row], name: str) -> list[Row]:
    """The rows as the person has filled them; they begin as they stood when this page was turned to."""
    key = f"edit-{name}-{own.load_id}-{own.turn}"
    if own.begun[0] != key or len(own.begun[1]) != len(rows):  # another page, or somebody settled some of it meanwhile
        own.begun = key, rows
    given = st.data_editor(
        own.begun[1], key=key, hide_index=True, alt=f"Refused {name}", placeholder="", num_rows="fixed",
        disabled=[column for column in rows[0] if column not in ("Corrected", "Action")],
        column_order=[column for column in rows[0] if column != "Standing"],
        column_config={
            "Line": st.column_config.NumberColumn(width=60, format="%d"),
            "Records": st.column_config.NumberColumn(width=80, format="localized"),
            "Corrected": st.column_config.TextColumn(width=150, max_chars=4_000, help="The right value"),
            "Action": st.column_config.SelectboxColumn(
                options=[sheet.EMPTY, sheet.LEAVE_OUT], width=110, help="In place of a value"
            ),
            "Why": st.column_config.TextColumn(width=520),
        },
    )  # fmt: skip
    return list(given)


def _pager(own: benches.Bench, number: int, last: int) -> None:
    done = (len(own.trail) - 1) * PAGE
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        back = st.button("Previous", icon=":material/chevron_left:", key="quarantine-back", disabled=not done)
        more = st.button("Next", icon=":material/chevron_right:", key="quarantine-more", disabled=done + PAGE >= number)
        st.caption(f"Records {done + 1:,} to {min(done + PAGE, number):,} of {number:,}", width="content")
    if back or more:
        own.trail = own.trail[:-1] if back else [*own.trail, last]
        own.turn += 1
        st.rerun()
