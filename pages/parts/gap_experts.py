"""The experts: what waits with each of them and how long people wait; and what their documented answers did."""

from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.expert_load import ExpertLoad
from metrics.published_answers import PublishedAnswer, Success
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.gap_board import time_of
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import How
from reports.gap_figures import effects_figure
from reports.knowledge import verdict
from reports.words import NOTHING, count, percent, period


def experts(found: Sequence[ExpertLoad], people: Mapping[str, str], how: How) -> None:
    """Draw what each expert was asked in the period: load, median and P90."""
    st.header("Who answers", anchor=False)
    if not found:
        absent("No expert keeps a topic and no ticket to experts lies in this period.", "tickets", "gap-experts")
        return
    nobody = sum(each.open for each in found if not each.expert)
    unassigned = f" {count(nobody, 'open ticket')} {'has' if nobody == 1 else 'have'} nobody." if nobody else ""
    st.caption(
        "Tickets opened in the period, business hours to the first answer (Kaplan-Meier, open ones censored); who has"
        f" most open ones first.{unassigned}"
    )
    table([
        {"Expert": people.get(each.expert, each.expert) or "nobody", "Keeps topics": each.topics,
         "Open": each.open, "Oldest open, h": NOTHING if each.oldest is None else f"{each.oldest:,.1f}",
         "Tickets": each.tickets, "Answered": each.answered, "Median": time_of(each.median), "P90": time_of(each.p90),
         "Note": each.missing or NOTHING}
        for each in found
    ], name="experts", beside=how)  # fmt: skip


def answers(found: Sequence[PublishedAnswer], products: Mapping[str, str], topics: Mapping[str, str], how: How) -> None:
    """Draw what success on a topic gained after its answer was documented, beyond topics for which none was."""
    st.header("Did the answers help", anchor=False)
    if not found:
        absent("No answer about a known topic was documented in this period.", "tickets", "gap-answers")
        return
    held = [each for each in found if each.low is not None and each.high is not None]
    chance = f" Of {len(held)} comparisons one in twenty is clear by chance." if len(held) > 1 else ""
    st.caption(
        "Task success on the topic after its answer was documented less before, less the same change of the product's"
        " other topics, for which none was documented in those weeks (up to four weeks on either side, without 48"
        f" hours). Filled: the interval leaves out zero.{chance}"
    )
    if held:
        names = [topics.get(each.topic, each.topic) for each in held]
        said = [f"{name}: {_effect(each)}, {verdict(each)[2:].lower()}" for name, each in zip(names, held, strict=True)]
        chart("chart-gap-answers", "; ".join(said)[:900], effects_figure, held, names, colours())
    else:
        st.markdown(f":gray[{plain(found[0].refused)}]")
    rows: list[dict[str, object]] = [
        {"Topic": topics.get(each.topic, each.topic), "Product": products.get(each.product, each.product),
         "Documented": each.day, "Verdict": verdict(each), "Effect": _effect(each),
         "Before": _side(each.own, 0), "After": _side(each.own, 1), "Others before": _side(each.beside, 0),
         "Others after": _side(each.beside, 1), "Compared": _days(each), "Note": each.refused or NOTHING}
        for each in sorted(found, key=lambda each: each.effect is None)
    ]  # fmt: skip
    table(rows, name="published answers", beside=how)


def _effect(each: PublishedAnswer) -> str:
    if each.effect is None:
        return NOTHING
    bounds = ""
    if each.low is not None and each.high is not None:
        bounds = f" ({100 * each.low:+.1f} to {100 * each.high:+.1f})"
    return f"{100 * each.effect:+.1f} pp{bounds}"


def _side(sides: tuple[Success, Success] | None, place: int) -> str:
    if sides is None or sides[place].value is None:
        return NOTHING
    return f"{percent(sides[place].value)}, {count(sides[place].people, 'person', 'people')}"


def _days(each: PublishedAnswer) -> str:
    if each.before is None or each.after is None:
        return NOTHING
    return f"{period(each.before.first, each.before.last)}; {period(each.after.first, each.after.last)}"
