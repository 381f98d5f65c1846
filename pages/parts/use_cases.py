"""Which piece of work to take on next: every scenario with its six scores; a row shows why."""

from collections.abc import Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.prioritise import UseCase, points, prioritise, rivals, shown
from metrics.use_case import EACH, MOST
from pages.parts.asked import asked
from pages.parts.rows import table
from pages.parts.text import plain
from reports.words import NOTHING, count, listed


def use_cases(store: Warehouse, scope: Scope) -> None:
    """Draw the answer, the table, and the reasons of the use case that is chosen; or say what to register."""
    cases = asked(store, scope.model_copy(update={"pilots": None, "teams": None}), prioritise)
    if not cases:
        st.markdown("No scenario is registered: say what work there is, in the registry's scenarios table.")
        return
    st.markdown(f"**{plain(answer(cases), 600)}**")
    st.caption(
        f"{count(len(cases), 'use case')}; {EACH} points a criterion, {MOST} in all, each counting the same. A range:"
        " not all of it is known. ?: nothing is known, which is not zero."
    )
    table([_row(case) for case in cases], name="use cases", download=_download(cases))
    names = [case.facts.scenario.name for case in cases]
    chosen = st.selectbox(
        "Why these scores", range(len(cases)), format_func=lambda place: plain(_called(cases[place], names)),
        key="use-case", width=420,
    )  # fmt: skip
    _why(cases[chosen])


def answer(cases: Sequence[UseCase]) -> str:
    """What comes first, what shares that place, and what might overtake it."""
    first = cases[0]
    level = [case.facts.scenario.name for case in cases if (case.low, case.high) == (first.low, first.high)]
    said = f"{level[0]} comes first with {points(first.low, first.high)} of {MOST} points"
    said += f", as many as {listed(level[1:], 2)}; it takes most hours." if level[1:] else "."
    over = [case.facts.scenario.name for case in rivals(cases) if case.facts.scenario.name not in level]
    return f"{said} {listed(over, 2)} might overtake it, were what is owed of it known." if over else said


def _called(case: UseCase, names: Sequence[str]) -> str:
    name, product = case.facts.scenario.name, case.facts.product
    return f"{name} ({product.name if product else 'no product'})" if names.count(name) > 1 else name


def _row(case: UseCase) -> dict[str, object]:
    product = case.facts.product
    owed = [sentence for score in case.scores for sentence in score.owed]
    return {
        "Use case": case.facts.scenario.name,
        "Product": product.name if product else NOTHING,
        "Points": points(case.low, case.high),
        **{score.criterion.title: shown(score) for score in case.scores},
        "To be known": count(len(owed), "thing") if owed else NOTHING,
    }


def _why(case: UseCase) -> None:
    """The reasons of each criterion, and what would have to be known."""
    for score in case.scores:
        reasons = " ".join(plain(reason, 300) for reason in score.reasons)
        owed = "".join(f" :orange[To be known:] {plain(sentence, 300)}" for sentence in score.owed)
        st.markdown(f"**{score.criterion.title} {shown(score)} of {EACH}.** {reasons}{owed}", help=score.criterion.rule)


def _download(cases: Sequence[UseCase]) -> list[dict[str, object]]:
    return [
        {"use_case": case.facts.scenario.name, "scenario_id": case.facts.scenario.scenario_id,
         "product_id": case.facts.scenario.product_id, "criterion": score.criterion.id, "low": score.low,
         "high": score.high, "of": EACH, "reasons": " ".join(score.reasons), "to_be_known": " ".join(score.owed)}
        for case in cases for score in case.scores
    ]  # fmt: skip
