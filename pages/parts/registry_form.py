"""One registry row to edit: a field a column with what is wrong beside it, and what somebody else did meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from data.errors import PlumblineError
from data.operation import Mapping as Rule
from data.record import Record
from data.registry_edit import Clash, Step, apply
from data.registry_files import faults
from data.registry_view import in_force
from data.settings import settings
from data.warehouse import Warehouse
from loaders.mapping import remap
from pages.parts.names import names_of
from pages.parts.registry_field import UNSAID, Kind, kinds
from pages.parts.signed import fault, sign, signed
from pages.parts.text import plain
from pages.parts.theme import main_action

STATE = "registry-editing"
NOTICE = "registry-notice"


@dataclass
class Editing:
    """A row on somebody's desk: as it was when they opened it (None: a new row), and what was wrong when saved."""

    model: type[Record]
    before: Record | None
    turn: int
    wrong: dict[str, str] = field(default_factory=dict)
    unsigned: bool = False


def editing() -> Editing | None:
    """The row that is being edited in this session."""
    return st.session_state.get(STATE)


def begin(model: type[Record], before: Record | None) -> None:
    """Put a row on the desk; what lay there is put away."""
    turn = st.session_state.get("registry-turn", 0) + 1
    st.session_state["registry-turn"] = turn
    st.session_state[STATE] = Editing(model, before, turn)


def close() -> None:
    """Put the row away."""
    st.session_state.pop(STATE, None)
    st.session_state["registry-turn"] = st.session_state.get("registry-turn", 0) + 1


def form(store: Warehouse, choices: Mapping[str, Mapping[str, str]], frozen: str = "") -> None:
    """Draw the fields of the row on the desk. `frozen` says why it may not be changed."""
    own = editing()
    if own is None:
        return
    names = names_of(store)
    st.header("Row" if frozen else "Edit" if own.before else "New row", anchor=False)
    if frozen:
        st.markdown(f":gray[:material/lock: {plain(frozen)}]")
    theirs = _meanwhile(store, own, names)
    typed = _fields(store, own, choices, names, locked=bool(frozen))
    if frozen:
        st.button("Close", key="registry-close", on_click=close)
        return
    sign()
    beside = st.empty()
    with st.container(horizontal=True, gap="small"):
        save = st.button("Save", key="registry-save", type=main_action(), icon=":material/check:", disabled=theirs)
        end = own.before is not None and _end(disabled=theirs)
        st.button("Cancel", key="registry-close", on_click=close)
    if own.unsigned and (why := fault(signed())):
        beside.markdown(f":red[:material/error: {plain(why)}]")
    if not save and not end:
        return
    after, own.wrong = faults(own.model, _meant(own, typed, names)) if save else (None, {})
    own.unsigned = bool(fault(signed()))
    if own.wrong or own.unsigned:
        st.rerun()  # what is wrong stands beside its field then
    if own.before and after and after.content() == own.before.content() and after.valid_from is None:
        beside.markdown(":gray[:material/info: Nothing was changed.]")
        return
    _store(store, own, after, beside)


def _fields(
    store: Warehouse, own: Editing, choices: Mapping[str, Mapping[str, str]], names: Mapping[str, str], *, locked: bool
) -> dict[str, object]:
    currency = settings(store).currency
    stated = own.before.row() if own.before else {}
    typed: dict[str, object] = {}
    places = _places(kinds(own.model))
    for column, kind in kinds(own.model).items():
        value = None if column == "valid_from" else stated.get(column, kind.default)
        key = _key(own, column)
        label = "Valid from (empty: today)" if column == "valid_from" else kind.label(currency)
        with places[column]:
            typed[column] = kind.ask(
                key, kind.typed(value, names), choices, label=label,
                locked=locked or (kind.key and own.before is not None),
            )  # fmt: skip
            if column in own.wrong:
                st.markdown(f":red[:material/error: {plain(own.wrong[column], 500)}]")
    if "" in own.wrong:
        st.markdown(f":red[:material/error: {plain(own.wrong[''], 500)}]")
    return typed


def _places(asked: Mapping[str, Kind]) -> dict[str, st.delta_generator.DeltaGenerator]:
    """Where each column's field stands: two short ones beside each other, a long one for itself."""
    found: dict[str, st.delta_generator.DeltaGenerator] = {}
    half: st.delta_generator.DeltaGenerator | None = None
    for column, kind in asked.items():
        if kind.long:
            found[column], half = st.container(gap="xsmall"), None
        elif half is not None:
            found[column], half = half, None
        else:
            left, right = st.columns(2, gap="small")
            found[column], half = left.container(gap="xsmall"), right.container(gap="xsmall")
    return found


def _end(*, disabled: bool) -> bool:
    """Whether the row shall end; it is asked twice."""
    with st.popover("End", icon=":material/event_busy:", disabled=disabled):
        st.markdown("From today on it is no longer so. What was said until now stays in the history.")
        return st.button("End it today", key="registry-end", icon=":material/event_busy:", disabled=disabled)


def _meant(own: Editing, typed: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """The cells that the fields mean. A name that two people share stays what it is: the model takes it for an id."""
    ids: dict[str, str] = {}
    for user, name in names.items():
        ids[name.casefold()] = user if name.casefold() not in ids else name
    stated = own.before.row() if own.before else {}
    found = {}
    for column, kind in kinds(own.model).items():
        same = column != "valid_from" and own.before and typed[column] == kind.typed(stated[column], names)
        found[column] = stated[column] if same else kind.meant(typed[column], ids)
    return {column: value for column, value in found.items() if value is not None or column != "valid_from"}


def _meanwhile(store: Warehouse, own: Editing, names: Mapping[str, str]) -> bool:
    """Say what somebody else changed since the row was opened, and offer to go on; whether there is such a thing."""
    if own.before is None:
        return False
    now = in_force(store, own.before)
    if now is None:
        st.warning("Somebody else ended this row since you opened it.", icon=":material/group:")
        with st.container(horizontal=True, gap="small"):
            st.button("Save mine as a new row", key="registry-rebase", on_click=_rebase, args=(own, None, names))
        return True
    theirs = own.model.model_validate({column: now[column] for column in own.model.columns()})
    if theirs == own.before:
        return False
    was = own.before.row()
    told = [
        f"- **{kind.label('').strip(' *()')}**: {_cell(kind, was[column], names)} → {_cell(kind, new, names)}"
        for column, kind in kinds(own.model).items()
        if (new := theirs.row()[column]) != was[column]
    ]
    who, when = plain(now["changed_by"], 80), f"{str(now['changed_at'])[:16]} UTC"
    st.warning(
        "\n".join([f"**{who}** changed this row at {when}, after you opened it:\n", *told]), icon=":material/group:"
    )
    with st.container(horizontal=True, gap="small"):
        st.button("Keep what I typed", key="registry-rebase", icon=":material/merge:", on_click=_rebase,
                  args=(own, theirs, names), help="Fields you did not touch take theirs; then save")  # fmt: skip
        st.button("Take theirs", key="registry-theirs", on_click=begin, args=(own.model, theirs),
                  help="Forget what you typed")  # fmt: skip
    return True


def _rebase(own: Editing, theirs: Record | None, names: Mapping[str, str]) -> None:
    """Go on from what is there now: untouched fields take it, what was typed stays."""
    was = own.before.row() if own.before else {}
    for column, kind in kinds(own.model).items():
        key = _key(own, column)
        if theirs and column != "valid_from" and st.session_state.get(key) == kind.typed(was[column], names):
            st.session_state[key] = kind.typed(theirs.row()[column], names)
    own.before = theirs


def _store(store: Warehouse, own: Editing, after: Record | None, beside: st.delta_generator.DeltaGenerator) -> None:
    then = remap if own.model is Rule else None
    try:
        apply(store, [Step(own.before, after)], signed(), then)
    except Clash as clash:
        if own.before is not None:
            st.rerun()  # the warning above the fields says what happened
        beside.markdown(f":red[:material/group: {plain(clash.message, 500)} Open that row to change it.]")
        return
    except PlumblineError as refusal:
        beside.markdown(f":red[:material/error: {plain(refusal, 1000)}]")
        return
    row = next(each for each in (after, own.before) if each is not None)
    what = ", ".join(str(part) for part in row.identity() if part is not None)
    st.session_state[NOTICE] = f"{'Saved' if after else 'Ended'}: {what}"
    close()
    st.rerun()


def _cell(kind: Kind, value: object, names: Mapping[str, str]) -> str:
    shown = kind.shown(value, names)
    return UNSAID if shown is None else plain(shown, 200)


def _key(own: Editing, column: str) -> str:
    return f"registry-{own.turn}-{column}"
