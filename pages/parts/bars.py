"""The criteria of a pilot: each reading against its bar as a figure, and as a table with the way to its origin."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import CATALOG, shadow
from metrics.scorecard import Judged, Scorecard
from pages.parts import computed
from pages.parts.absent import absent
from pages.parts.chart import chart
from pages.parts.downloads import downloads
from pages.parts.text import plain
from pages.parts.theme import colours
from reports import scorecard as words
from reports.criteria import criteria, told
from reports.signs import badge
from reports.words import NOTHING, amount, units_of


def drawable(card: Scorecard) -> bool:
    """Whether any criterion has a number to draw."""
    return any(each.reading is not None and each.reading.value is not None for each in card.judged)


def figure(card: Scorecard) -> None:
    """Draw every criterion against its bar and floor."""
    st.header("Against the agreed criteria", anchor=False)
    runs = ". It runs: these intervals hold for one look at its end" if card.verdict.decision == "running" else ""
    st.caption(f"Interval in steps from floor to bar: right of the bar is better. Open: may not decide{runs}")
    chart("chart-criteria", told(card.judged)[:900], criteria, card.judged, colours())


def table(store: Warehouse, card: Scorecard) -> None:
    """Draw the criteria as they were frozen at the start, and offer the origin of each number."""
    st.header("Success criteria", anchor=False)
    if not card.judged:
        absent(
            "No criterion was agreed, so there is nothing the pilot could show: say before it starts which metric must"
            " reach which bar.", "criteria", "criteria",
        )  # fmt: skip
        return
    st.caption(_frozen(card))
    st.table(
        _rows(card.judged), border="horizontal", hide_index=True,
        alt=f"Criteria of {card.pilot.name}: {told(card.judged)}"[:900],
    )  # fmt: skip
    for sentence in _open(card):
        st.caption(f":material/info: {plain(sentence, 500)}")
    downloads(
        [_plain_row(each) for each in card.judged], f"criteria-{card.pilot.pilot_id}", "criteria",
        beside=partial(_how, store, card),
    )  # fmt: skip


def _open(card: Scorecard) -> list[str]:
    """What is open about the criteria, in words: why a number may not decide, how many more would settle it."""
    if card.scope is None:
        return []
    if card.shadow is not None:
        return [f"{shadow.WHY[:1].upper()}{shadow.WHY[1:]}"]
    return [each.outcome.sentence for each in card.judged if each.outcome.verdict in ("inconclusive", "unmeasured")]


def _frozen(card: Scorecard) -> str:
    agreed = card.agreed
    if agreed.frozen_on is None:
        return "They are frozen on the day the pilot begins"
    words_ = f"As they stood on {agreed.frozen_on}; a later change is flagged and not applied"
    if not agreed.changes:
        return words_
    changes = "; ".join(agreed.changes)
    return f"{words_}  \n:orange[:material/warning: Changed after the start: {plain(changes, 600)}]"


def _rows(judged: Sequence[Judged]) -> list[dict[str, str]]:
    levels = {each.reading.level for each in judged if each.reading is not None and each.reading.low is not None}
    header = f"{levels.pop():.0%} interval" if len(levels) == 1 else "Interval"
    rows = []
    for each in judged:
        criterion, reading = each.criterion, each.reading
        where = "" if reading is None or "pilot" in reading.group else ", of the whole product"
        several = f" ({reading.level:.0%})" if reading is not None and reading.low is not None and levels else ""
        rows.append(
            {
                "Criterion": f"{plain(criterion.name, 60)}  \n:gray[{words.ROLES[criterion.role]}{where}]",
                "Verdict": badge(words.OUTCOMES[each.outcome.verdict]),
                "Value": words.value(reading),
                header: f"{words.bounds(reading)}{several}",
                "Bar": words.bar(criterion),
                "Baseline": amount(each.baseline.value, criterion.measure) if each.baseline else NOTHING,
                "From": units_of(reading) if reading is not None and reading.value is not None else NOTHING,
            }
        )
    return rows


def _plain_row(each: Judged) -> dict[str, object]:
    criterion, reading, baseline = each.criterion, each.reading, each.baseline
    return {
        "criterion": criterion.criterion_id, "metric": criterion.metric, "role": criterion.role,
        "better": criterion.better, "bar": criterion.bar, "floor": criterion.floor,
        "baseline": baseline.value if baseline else None, "value": reading.value if reading else None,
        "low": reading.low if reading else None, "high": reading.high if reading else None,
        "units": reading.units if reading else None, "status": reading.status if reading else "not_measured",
        "verdict": each.outcome.verdict, "sentence": each.outcome.sentence,
    }  # fmt: skip


def _how(store: Warehouse, card: Scorecard) -> None:
    """The origin of each number of the scorecard, through the pilot's own people and days."""
    if card.scope is None or not card.readings:
        return
    asked = None
    with st.popover("How computed", icon=":material/function:", type="tertiary", key="how-of-criteria"):
        for name, reading in card.readings.items():
            if st.button(CATALOG[name].title, key=f"how-criteria-{name}", type="tertiary"):
                asked = reading
    if asked is not None:
        own = card.scope if "pilot" in asked.group else card.scope.model_copy(update={"pilots": None})
        computed.show(store, asked, own)
