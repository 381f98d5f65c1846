"""Whose ids are whose: how much of the use is of people the registry knows, and aliases for ids that are nobody's."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data import aliases
from data.people import PersonAlias
from data.pseudonym import is_pseudonym
from data.warehouse import Warehouse
from metrics import Scope
from metrics.match import Match, Matched, Unmatched, match
from pages.parts import desk as desks
from pages.parts.asked import asked
from pages.parts.effect import change
from pages.parts.links import link_to
from pages.parts.names import names_of
from pages.parts.reach import products
from pages.parts.rows import table
from pages.parts.signed import author
from pages.parts.text import plain
from reports.words import count

SHOWN, LATEST, LISTED = 8, 5, 500
LONGEST = 40
NAMES = 5_000
"""More names than that are not tried while somebody waits for the page."""


def show(store: Warehouse, scope: Scope, desk: desks.Desk) -> None:
    """The match of audience and use product by product, proposals to accept, and what was accepted last; nothing where
    no use names anybody.
    """
    found = asked(store, scope, match, _domains(), NAMES)
    if not any(each.ids for each in found.products):
        return
    with st.container(border=True, key="who-is-who"):
        st.header("Who is who", anchor=False)
        st.markdown(_answer(found))
        called = products(store)
        rows = [_row(each, called) for each in found.products if each.ids or each.audience]
        with st.expander("Audience and use by product", expanded=bool(found.unmatched), icon=":material/groups:"):
            table(rows, "audience and use")
        if found.unmatched and found.pseudonyms and found.named:
            st.text_input(
                "Domains of your e-mail addresses, to try with people's names", key="match-domains", width=420,
                placeholder="example.com", help="Ids are stored as pseudonyms, so only whole addresses can be tried",
            )  # fmt: skip
        _proposals(store, desk, [each for each in found.unmatched if each.proposal.person])
        rest = [each for each in found.unmatched if not each.proposal.person]
        table([_stray(each, called) for each in rest[:LISTED]], "ids that are nobody's")
        if rest:
            link_to("registry", "Say whose they are in the Registry: people or aliases", ":material/edit_note:")
        _latest(store, desk)


def _domains() -> tuple[str, ...]:
    said = str(st.session_state.get("match-domains") or "").lower().replace(",", " ").split()
    return tuple(each.lstrip("@") for each in said)


def _answer(found: Match) -> str:
    """The question of the section, answered in a sentence."""
    if not found.strays:
        return f"**All {found.ids:,} user ids of the use are people the registry knows.**"
    lost = sum(each.strays for each in found.products)
    return (
        f"**{found.strays:,} of {found.ids:,} user ids of the use are nobody's**, with {count(lost, 'interaction')}:"
        " they count as people of their own, and in no audience."
    )


def _short(written: str) -> str:
    """An id to read: of a pseudonym what tells it apart."""
    return plain(f"{written[:10]}…" if is_pseudonym(written) else written, LONGEST)


def _row(each: Matched, called: dict[str, str]) -> dict[str, object]:
    share = f"{each.seen / each.audience:.0%}" if each.audience else "no audience"
    return {
        "Product": called.get(each.product, each.product), "Audience": each.audience, "Of it in the use": each.seen,
        "Match": share, "User ids": each.ids, "Of the audience": each.members,
        "Known otherwise": each.known - each.members, "Nobody's": each.ids - each.known,
        "Their interactions": each.strays,
    }  # fmt: skip


def _stray(each: Unmatched, called: dict[str, str]) -> dict[str, object]:
    return {
        "Id": each.id, "Sources": ", ".join(each.sources), "Interactions": each.interactions,
        "Products": ", ".join(called.get(name, name) for name in each.products),
        "Last day": each.last_day, "No proposal": each.proposal.because,
    }  # fmt: skip


def _proposals(store: Warehouse, desk: desks.Desk, found: Sequence[Unmatched]) -> None:
    if not found:
        return
    names = names_of(store)
    person = {each.id: each.proposal.person or "" for each in found}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="match-all"):
        st.markdown(f"**{count(len(found), 'proposal')}**, each for the only person who fits.", width="stretch")
        everything = len(found) <= SHOWN or st.toggle(f"Show all {len(found)}", key="match-everything")
        if len(found) > 1 and everything and st.button("Accept all", key="accept-all", icon=":material/done_all:"):
            rows = aliases.rows_of((each.stray for each in found), person)
            said = f"{count(len(found), 'id')} are people of the registry from now on."
            change(store, desk, said, partial(aliases.accept, store, rows, author()))
    for place, each in enumerate(found if everything else found[:SHOWN]):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"match-{place}"):
            who = names.get(person[each.id], person[each.id])
            with st.container(gap=None, width="stretch"):
                st.markdown(f"**{_short(each.id)}** → **{plain(who, LONGEST)}**")
                used = count(each.interactions, "interaction") if each.last_day else "listed by an audience"
                st.caption(f"{used} · {plain(', '.join(each.sources))} · {plain(each.proposal.because)}")
            if st.button("Accept", key=f"accept-{place}-{each.id}", icon=":material/check:"):
                rows = aliases.rows_of([each.stray], person)
                said = f"{_short(each.id)} is {plain(who, LONGEST)} from now on."
                change(store, desk, said, partial(aliases.accept, store, rows, author()))


def _latest(store: Warehouse, desk: desks.Desk) -> None:
    """The newest aliases that people stored, each with its end."""
    rows = aliases.said_by_people(store, LATEST)
    if not rows:
        return
    names = names_of(store)
    st.markdown("**Accepted last**")
    for place, row in enumerate(rows):
        alias = PersonAlias.model_validate({name: row[name] for name in PersonAlias.columns()})
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"alias-{place}"):
            who = names.get(alias.user_id, alias.user_id)
            with st.container(gap=None, width="stretch"):
                st.markdown(f"{_short(alias.source_user)} is {plain(who, LONGEST)}")
                when = f"{plain(row['changed_by'], 60)} on {str(row['changed_at'])[:16]} UTC"
                st.caption(f"{plain(alias.source_system)} · said by {when}")
            if st.button("Take back", key=f"unsay-{place}", icon=":material/undo:"):
                said = f"{_short(alias.source_user)} is nobody's again."
                change(store, desk, said, partial(aliases.take_back, store, alias, author()))
