"""Who comes back: of the people who began in a week, how many were there again N weeks later, pooled and by cohort."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from data.settings import settings
from data.warehouse import Warehouse
from metrics import Scope
from metrics.cohorts import cohorts
from metrics.retention import FEWEST, Cohort, Point, curve
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.chart import chart
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import worked
from reports.retention import curve_figure, told
from reports.words import count, percent, share_within


class Kept(NamedTuple):
    """The cohorts of a period and the curve over all of them; `level` is that of its intervals."""

    cohorts: list[Cohort]
    points: list[Point]
    level: float


def kept(store: Warehouse, scope: Scope) -> Kept:
    """Both, of all teams: of which team somebody was who began, is not known."""
    found = cohorts(store, scope.model_copy(update={"teams": None, "pilots": None}))
    level = settings(store).level
    return Kept(found, curve(found, level), level)


def retained_of(store: Warehouse, scope: Scope) -> None:
    """Draw the curve and the cohorts into the current container, or say why there is none."""
    found = asked(store, scope, kept)
    if not found.points:
        began = sum(each.size for each in found.cohorts)
        absent(
            f"{count(began, 'person', 'people')} with a name began in this period: fewer than {FEWEST}, or no week"
            " after theirs is complete.", "interactions", "retention",
        )  # fmt: skip
        return
    how = partial(worked, store, scope, "retention", partial(kept, store, scope))
    first = found.points[0]
    teams = " Of all teams: who began in a team is not known." if scope.teams else ""
    old = [each for each in found.cohorts if each.from_the_start]
    early = f" Some of the {old[0].size:,} of the first week of data may have begun before it." if old else ""
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{plain(told(first).capitalize())}.**")
        st.caption(
            f"People who began in this period, all cohorts that are old enough; {found.level:.0%} band; n: people at"
            f" risk; open: under 30.{teams}{early}"
        )
        chart("chart-retention", "; ".join(told(each) for each in found.points), curve_figure, found.points, colours())
        table(
            [{"Week": each.week, "Active": share_within(each.share, each.low, each.high), "At risk": each.at_risk}
             for each in found.points],
            name="retention", download=[each._asdict() for each in found.points], beside=how,
        )  # fmt: skip
    with right:
        st.markdown("**By cohort**")
        st.caption("Of those who began in a week, the share active so many weeks later; blank: not complete yet.")
        table(_matrix(found.cohorts), name="retention by cohort", download=_counts(found.cohorts))


def _matrix(found: Sequence[Cohort]) -> list[dict[str, object]]:
    weeks = range(1, max(len(each.active) for each in found))
    return [
        {"Began in the week of": each.week, "People": each.size,
         **{f"w{week}": "" if (share := each.retained(week)) is None else percent(share) for week in weeks}}
        for each in found
    ]  # fmt: skip


def _counts(found: Sequence[Cohort]) -> list[dict[str, object]]:
    weeks = range(1, max(len(each.active) for each in found))
    return [
        {"week": each.week, "people": each.size, "from_the_start": each.from_the_start,
         **{f"active_{week}": each.active[week] if week < len(each.active) else None for week in weeks}}
        for each in found
    ]  # fmt: skip
