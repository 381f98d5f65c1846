"""What the numbers of a pilot propose: whether they may be judged at all, the proposal, its rule and its reasons."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from metrics.scorecard import Scorecard
from pages.parts.text import plain
from reports.data_checks import checks
from reports.scorecard import OUTCOMES, owed, rule_in_words
from reports.signs import DECISIONS, badge
from reports.words import count

SHOWN = 6
LOOKS: dict[bool | None, tuple[Literal["green", "orange", "gray"], str]] = {
    True: ("green", "check"), False: ("orange", "hourglass_empty"), None: ("gray", "block"),
}  # fmt: skip


def data_checks(card: Scorecard) -> None:
    """Draw them in one line that wraps."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pilot-checks"):
        st.caption("Can it be judged?", width="content")
        for check in checks(card):
            colour, icon = LOOKS[check.good]
            st.badge(plain(check.words), icon=f":material/{icon}:", color=colour, help=check.means)


def recommendation(card: Scorecard) -> None:
    """Draw the proposal with the rule that matched and its reasons, how the criteria stand, and how far it has come."""
    verdict = card.verdict
    sign = DECISIONS[verdict.decision]
    st.caption("Recommendation · the numbers propose, a person decides")
    st.header(f":{sign.colour}[:material/{sign.icon}: {sign.word}]", anchor=False)
    st.markdown(f"{plain(rule_in_words(card))} :gray[Rule] `{verdict.rule}`")
    _reasons(verdict.reasons)
    if missing := owed(verdict.needs):
        st.markdown(f":material/add_circle: Still needed: **{plain(', '.join(missing))}**")
    st.space("stretch")
    _chips(card)


def progress(card: Scorecard) -> None:
    """Draw how far the pilot has come in its planned tasks and days."""
    pilot, case = card.pilot, card.case
    left, right = st.columns(2, gap="medium")
    with left:
        planned = f" of {pilot.planned_tasks:,} planned" if pilot.planned_tasks else ""
        if card.shadow is not None:
            people, tasks = card.shadow
            st.markdown(f"{tasks:,} tasks{planned} in shadow, by {count(people, 'person', 'people')}; none is counted")
        elif case.tasks is None or not pilot.planned_tasks:
            st.markdown(f"{case.tasks or 0:,} tasks" if pilot.planned_tasks is None else "Tasks are not known")
        else:
            st.progress(min(1.0, case.tasks / pilot.planned_tasks), text=f"{case.tasks:,}{planned} tasks")
    with right:
        if pilot.starts_on and pilot.ends_on:
            days, every = (card.as_of - pilot.starts_on).days + 1, (pilot.ends_on - pilot.starts_on).days + 1
            done = max(0, min(days, every))
            st.progress(done / every, text=f"Day {done} of {every}, {pilot.starts_on} to {pilot.ends_on}")
        else:
            st.markdown("No planned end")


def _reasons(reasons: Sequence[str]) -> None:
    first = [f"- {plain(reason, 600)}" for reason in reasons[:SHOWN]]
    st.markdown("\n".join(first))
    if rest := reasons[SHOWN:]:
        with st.expander(count(len(rest), "more reason")):
            st.markdown("\n".join(f"- {plain(reason, 600)}" for reason in rest))


def _chips(card: Scorecard) -> None:
    verdicts = [each.outcome.verdict for each in card.judged]
    chips = [
        badge(sign, f"{verdicts.count(name)} {sign.word.lower()}")
        for name, sign in OUTCOMES.items()
        if name in verdicts
    ]
    st.markdown(" ".join(chips) if chips else ":gray-badge[:material/block: No criteria agreed]")
