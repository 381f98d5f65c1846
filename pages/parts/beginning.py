"""The way from an empty warehouse to a first page: what have you got, drop it, name the product, see the numbers."""

from dataclasses import replace
from typing import NamedTuple

import streamlit as st
from streamlit.typing import UploadedFile

from data.errors import PlumblineError
from data.portfolio import Product
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import FORMATS
from loaders.ingest import Outcome
from pages.parts import desk as desks
from pages.parts import draft as drafts
from pages.parts import underway, wizard
from pages.parts.links import link_to
from pages.parts.signed import author, sign
from pages.parts.text import plain
from pages.parts.unsaid import unsaid
from reports.templates import TITLES, template
from reports.words import count

WELCOME = "beginning-welcome"
NAMED = 8


class Kind(NamedTuple):
    """Something a team may have: what it tells, the records it holds, and the tables of ours it fills."""

    title: str
    tells: str
    needs: str
    facts: tuple[str, ...]


def kinds() -> dict[str, Kind]:
    """What a team may have, the most telling first."""
    return {
        "usage": Kind(
            "Usage logs",
            "who comes back, which tasks succeed, what fails, what goes to a human and what it costs",
            "when, which product, and who asked (an id is enough); how it ended, where somebody knows",
            ("interactions", "usage_daily"),
        ),
        "evals": Kind(
            "Eval results", "how often the product says something wrong, run by run and requirement by requirement",
            "a run, a case and whether it passed", ("eval_results",),
        ),
        "tickets": Kind(
            "Expert tickets", "how long people wait for an expert, and which knowledge is missing",
            "when a ticket was opened, who answered it and when", ("tickets",),
        ),
    }  # fmt: skip


def begin(store: Warehouse) -> None:
    """The steps, each drawn when the one before is done; after the last the page shows its first numbers."""
    st.markdown("**What have you got? One file is enough for a first number; nothing has been loaded here yet.**")
    with st.container(border=True):
        st.header("1 · What have you got?", anchor=False)
        offered = kinds()
        chosen = st.segmented_control(
            "What have you got?", [*offered, "nothing"], default="usage", required=True, key="beginning-kind",
            format_func=lambda each: offered[each].title if each in offered else "Nothing yet",
            label_visibility="collapsed",
        )  # fmt: skip
        if chosen not in offered:
            _nothing()
            return
        _about(offered[str(chosen)])
    with st.container(border=True):
        st.header("2 · Drop it here", anchor=False)
        desk = desks.desk()
        upload = st.file_uploader("One file, as the tool exported it, or the filled template",
                                  key=f"beginning-{desk.drops}")  # fmt: skip
        st.caption(
            f":material/shield_person: It stays on this machine, in {plain(store.path.name, 80)}. Prompts and outputs"
            " are dropped while it is read."
        )
        product = st.text_input("Product, where the file does not say which", key="beginning-product", width=320,
                                max_chars=200, placeholder="my-assistant").strip()  # fmt: skip
        if product and not desks.can_be_product(product):
            st.markdown(":red[:material/error: A product's id has no ':' and no control characters.]")
            return
        with st.expander("What else the file does not say", icon=":material/tune:", key="unsaid"):
            asked = replace(unsaid(store, product=False), product=product or None)
    if upload is not None:
        _read(store, desk, upload, asked)


def welcome() -> None:
    """After the first file: what is counted now, and what would make the page say more. Closed once."""
    said = st.session_state.get(WELCOME)
    if not said:
        return
    with st.container(border=True):
        st.header("Your first numbers", anchor=False)
        st.markdown(f":green[:material/check_circle:] {said}")
        st.caption("What makes them say more, whenever you have it:")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            link_to("registry", "Who the product is for, its owner, targets and costs", ":material/edit_note:")
            link_to("files", "Ratings, eval results, tickets, more usage", ":material/upload_file:")
            if st.button("Close", icon=":material/close:", type="tertiary", key="beginning-close"):
                del st.session_state[WELCOME]
                st.rerun()


def _about(kind: Kind) -> None:
    known = sorted({form.title for name, form in FORMATS.items() if set(form.facts) & set(kind.facts)
                    and name != "canonical"})  # fmt: skip
    st.markdown(f"Tells {kind.tells}. It takes {kind.needs}.")
    st.caption(f"Read as they are: {plain(', '.join(known), 1000)}. Of any other table you say which column is which.")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for table in kind.facts:
            name = TITLES[table].partition(":")[0]
            st.download_button(
                f"Template: {name.lower()}", template(table), file_name=f"plumbline-{table}.csv", mime="text/csv",
                icon=":material/download:", key=f"beginning-template-{table}", on_click="ignore",
            )  # fmt: skip


def _nothing() -> None:
    st.markdown(
        "Ask whoever runs the product for one of these: the log of its gateway (LiteLLM, OpenTelemetry, Langfuse and"
        " others are read as they are), the admin export of a bought assistant (Copilot, Claude Code, Open WebUI), or"
        " the ticket queue of its experts as CSV. Two columns are a beginning: when, and who."
    )
    st.markdown(
        "To look around meanwhile: `python -m data demo --warehouse demo.duckdb` makes a made-up company in a warehouse"
        " of its own, and `make run PLUMBLINE_WAREHOUSE=demo.duckdb` shows it."
    )


def _read(store: Warehouse, desk: desks.Desk, upload: UploadedFile, asked: desks.Asked) -> None:
    key = upload.file_id
    st.session_state.setdefault(f"register-{key}", True)  # with nothing registered, every product is a new one
    register = bool(st.session_state[f"register-{key}"])
    asked = replace(asked, register=register, profile=wizard.mapped(desk, key, asked))
    for other in [each for each in desk.drafts if each != key]:
        desk.drafts.pop(other).close()
    made = underway.read(store, desk, upload, asked)
    if made.refusal is None:
        wizard.show(store, desk, upload, made)
    names = _names(made, key) if register and made.outcome else {}
    pressed = drafts.show(made, key)
    if made.refusal is not None:
        wizard.show(store, desk, upload, made)
    underway.again(desk, key, made)
    if not pressed:
        return
    try:
        outcome = desks.publish(store, made, author())
        _call(store, names)
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    desks.keep(store, made, author())
    st.session_state[WELCOME] = _welcome(outcome, names)
    desk.drafts.pop(key).close()
    desk.drops += 1
    st.rerun()


def _names(made: desks.Draft, key: str) -> dict[str, str]:
    """What people call the products of the file, by the ids it uses."""
    found = desks.newcomers(made.unknown)[:NAMED]
    if not found and not made.unknown:
        return {}
    with st.container(border=True):
        st.header("3 · Name the product", anchor=False)
        if not found:
            st.markdown("The file names no product: type which it is in the field above.")
        names = {}
        for place, each in enumerate(found):
            label = f"What the file calls “{plain(each, 60)}” is for people"
            names[each] = st.text_input(label, each, key=f"beginning-name-{key}-{place}", max_chars=120, width=420)
        sign()
    return {each: name.strip() for each, name in names.items() if name.strip()}


def _call(store: Warehouse, names: dict[str, str]) -> None:
    renamed = [Product(product_id=each, name=name) for each, name in names.items() if name != each]
    if renamed:
        with store.write("products named", author()) as tx:
            save(tx, renamed, author())


def _welcome(outcome: Outcome, names: dict[str, str]) -> str:
    called = ", ".join(f"**{plain(name, 80)}**" for name in names.values())
    of = f" of {called}" if called else ""
    waits = (
        f" {count(outcome.unmapped, 'record')} wait on the Data page until it is said which product they are of."
        if outcome.unmapped and not names
        else ""
    )
    return f"{count(outcome.accepted, 'record')}{of} from {plain(outcome.file, 80)} are counted.{waits}"
