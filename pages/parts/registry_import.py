"""The registry as one file: to take away, and to propose changes with, seen as a difference before they count."""

from dataclasses import dataclass, field
from functools import partial

import streamlit as st
from streamlit.typing import UploadedFile

from data.errors import PlumblineError
from data.operation import Mapping as Rule
from data.registry_edit import Clash, Step, apply, refusals, steps
from data.registry_packed import KINDS, pack, unpack
from data.registry_store import as_stored
from data.settings import settings
from data.warehouse import Warehouse
from loaders.mapping import remap
from pages.parts.names import names_of
from pages.parts.registry_field import UNSAID, kinds
from pages.parts.registry_form import NOTICE
from pages.parts.rows import table
from pages.parts.signed import fault, sign, signed
from pages.parts.text import plain
from reports.words import count

TITLES = {"yaml": "YAML", "xlsx": "XLSX", "zip": "CSV files (zip)"}
MIMES = {"yaml": "application/yaml", "zip": "application/zip",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
SHOWN = 500
STATE = "registry-proposal"


@dataclass
class Proposal:
    """What an uploaded file says, held against the registry once: its steps, or why it was refused."""

    file_id: str
    rows: int = 0
    steps: list[Step] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def show(store: Warehouse) -> None:
    """Offer the whole registry as a file, and take one."""
    st.header("Import and export", anchor=False)
    st.caption(
        "The whole registry as it is now, in a form that import reads: change it in a spreadsheet, drop it here."
    )
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS:
            st.download_button(
                TITLES[kind], partial(pack, store, kind, store.side / "tmp"), key=f"registry-export-{kind}",
                file_name=f"registry.{kind}", mime=MIMES[kind], icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    upload = st.file_uploader(
        "A registry file: YAML, XLSX, zip of CSVs, or one CSV named like its table",
        type=["yaml", "yml", "xlsx", "zip", "csv"], key=_key(),
        max_upload_size=50,
    )  # fmt: skip
    if upload is None:
        st.session_state.pop(STATE, None)
        return
    held: Proposal | None = st.session_state.get(STATE)
    if held is None or held.file_id != upload.file_id:
        with st.spinner(f"Reading {plain(upload.name, 80)} …"):
            held = st.session_state[STATE] = _look(store, upload)
    _preview(store, held)


def _key() -> str:
    return f"registry-upload-{st.session_state.get('registry-uploads', 0)}"


def _look(store: Warehouse, upload: UploadedFile) -> Proposal:
    held = Proposal(upload.file_id)
    try:
        rows = as_stored(store, store.side, unpack(store, upload.name, upload.getvalue(), store.side / "tmp"))
        held.rows, held.steps = len(rows), steps(store, rows)
        held.refusals = refusals(store, held.steps, settings(store).day_of(store.clock()))
    except PlumblineError as refusal:
        held.refusals = str(refusal).splitlines()
    return held


def _preview(store: Warehouse, held: Proposal) -> None:
    if held.refusals:
        told = "\n".join(f"- {plain(line, 500)}" for line in held.refusals[:25] if line.strip())
        st.error(told, title="Refused, nothing was changed", icon=":material/block:")
        return
    new = sum(step.before is None for step in held.steps)
    same = held.rows - len(held.steps)
    st.markdown(
        f"**{count(held.rows, 'row')}** read: **{new:,}** new, **{len(held.steps) - new:,}** changed, {same:,} as they"
        " are. Rows that the file does not name stay; a row it names is taken as it stands there, empty cells included."
    )
    if not held.steps:
        return
    table(_lines(store, held.steps[:SHOWN]), "proposed changes")
    if len(held.steps) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(held.steps):,} changed rows are shown.")
    sign()
    if not st.button(f"Apply {count(len(held.steps), 'change')}", key="registry-apply", icon=":material/check:"):
        return
    if why := fault(signed()):
        st.markdown(f":red[:material/error: {plain(why)}]")
        return
    _apply(store, held)


def _apply(store: Warehouse, held: Proposal) -> None:
    then = remap if any(isinstance(step.after, Rule) for step in held.steps) else None
    try:
        changed = apply(store, held.steps, signed(), then)
    except Clash as clash:
        st.error(plain(clash, 1000), title="Somebody was here meanwhile", icon=":material/group:")
        st.button("Compare again", key="registry-again", icon=":material/refresh:",
                  on_click=lambda: st.session_state.pop(STATE, None))  # fmt: skip
        return
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    st.session_state[NOTICE] = f"Imported: {count(changed, 'row')} new or changed"
    st.session_state["registry-uploads"] = st.session_state.get("registry-uploads", 0) + 1
    st.session_state.pop(STATE, None)
    st.rerun()


def _lines(store: Warehouse, proposed: list[Step]) -> list[dict[str, object]]:
    names = names_of(store)
    lines: list[dict[str, object]] = []
    for before, after in proposed:
        row = next(each for each in (after, before) if each is not None)
        what = " · ".join(names.get(str(part), str(part)) for part in row.identity() if part is not None)
        common = {"Table": row.table.replace("_", " "), "Row": what}
        if before is None:
            lines.append({**common, "What": "new", "Before": "", "After": ""})
            continue
        was, now = before.row(), row.row()
        for column, kind in kinds(type(row)).items():
            if was[column] != now[column] and not (column == "valid_from" and now[column] is None):
                cells = [UNSAID if (each := kind.shown(side[column], names)) is None else str(each)
                         for side in (was, now)]  # fmt: skip
                lines.append({**common, "What": kind.label("").strip(" *()"), "Before": cells[0], "After": cells[1]})
    return lines
