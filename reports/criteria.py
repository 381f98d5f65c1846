"""The criteria of a pilot against their bars: what reaches them, what misses them, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import NamedTuple

import plotly.graph_objects as go

from metrics.health import measured, upright
from metrics.scorecard import Judged
from metrics.targets import is_census
from reports.figure import bare, short
from reports.palette import Palette
from reports.scorecard import MARKS, OUTCOMES, bar, bounds, value
from reports.words import NOTHING

ROW = 56  # pixels a criterion takes
TICK = 0.2  # of a row, up and down: a bar and a floor
EDGE = 2.6  # what lies further from its bar than this many steps is drawn at the edge
NO_FLOOR = 0.25  # of the bar: a step where no floor was agreed


class Place(NamedTuple):
    """Where a reading lies, counted from its bar in steps from floor to bar, better to the right: the bar is at 0, the
    floor at -1. An end is infinite where the interval is open.
    """

    value: float | None
    low: float
    high: float


def criteria(judged: Sequence[Judged], colours: Palette) -> go.Figure:
    """One row a criterion: its value as a dot on its interval, against its own bar and floor.

    Criteria of different measures and directions stand on one scale: steps from floor to bar. A dot is filled where
    the reading may decide, and the colour is that of the outcome, whose word stands beside it. What lies off the scale
    is drawn as an arrow at the edge.
    """
    figure = bare(colours, height=max(180, ROW * len(judged) + 34))
    places = [place(each) for each in judged]
    ends = [end for each in places if each for end in (each.value, each.low, each.high) if end is not None]
    known = [min(EDGE, max(-EDGE, end)) for end in ends]
    left, right = min([-1.3, *known]) - 0.15, max([1.0, *known]) + 0.15
    for row, (each, found) in enumerate(zip(judged, places, strict=True)):
        colour = _colour(each, colours)
        if found is not None:
            _draw(figure, row, found, (left, right), colour, filled=each.outcome.counts)
        figure.add_annotation(
            x=0, xref="paper", y=row, text=_said(each), showarrow=False, xanchor="left", yanchor="bottom",
            yshift=10, align="left", font={"color": colours.ink, "size": 12},
        )  # fmt: skip
        figure.add_scatter(
            x=[found.value if found and found.value is not None else 0], y=[row], mode="markers",
            marker={"size": 26, "opacity": 0}, hovertemplate=f"{escape(each.outcome.sentence)}<extra></extra>",
        )  # fmt: skip
    for at, word in ((0.0, "bar"), (-1.0, "floor")):
        for row in range(len(judged)):
            figure.add_shape(
                type="line", x0=at, x1=at, y0=row - TICK, y1=row + TICK, layer="below",
                line={"color": colours.ink if word == "bar" else colours.grey, "width": 2 if word == "bar" else 1},
            )  # fmt: skip
        figure.add_annotation(
            x=at, y=1, yref="paper", text=word, showarrow=False, yanchor="bottom",
            font={"color": colours.quiet, "size": 11},
        )  # fmt: skip
    figure.update_xaxes(range=[left, right], showticklabels=False)
    figure.update_yaxes(range=[max(len(judged), 2) - 0.65, -0.7], autorange=False, showticklabels=False)
    figure.update_layout(margin={"t": 22})
    return figure


def place(each: Judged) -> Place | None:
    """Where a criterion's reading lies; None where there is no value, or its bar cannot be stood on."""
    reading, goal = each.reading, each.criterion.goal
    if reading is None or reading.value is None or goal.fault():
        return None
    bounded = reading.low is not None or reading.high is not None
    seen = replace(measured(reading, census=is_census(reading) or not bounded), status="ok")
    stands = upright(seen, goal)
    if stands is None:
        return None
    step = abs(stands.target - stands.floor) if stands.floor is not None else NO_FLOOR * abs(stands.target)
    if not step:
        return None
    where = [None if end is None else (end - stands.target) / step for end in (stands.value, stands.low, stands.high)]
    return Place(where[0], *(math.nan if end is None else end for end in where[1:]))


def told(judged: Sequence[Judged]) -> str:
    """The figure in words, for whoever cannot see it."""
    return "; ".join(
        f"{each.criterion.name} {value(each.reading)} ({bounds(each.reading)}) against {bar(each.criterion)}:"
        f" {OUTCOMES[each.outcome.verdict].word.lower()}"
        for each in judged
    )


def _draw(figure: go.Figure, row: int, found: Place, ends: tuple[float, float], colour: str, *, filled: bool) -> None:
    left, right = ends
    low, high = max(found.low, left), min(found.high, right)
    if low < high:
        figure.add_scatter(
            x=[low, high], y=[row, row], mode="lines", hoverinfo="skip", opacity=1 if filled else 0.55,
            line={"color": colour, "width": 4 if filled else 2, "dash": "solid" if filled else "dot"},
        )  # fmt: skip
    if found.value is None:
        return
    inside = left <= found.value <= right
    figure.add_scatter(
        x=[min(max(found.value, left), right)], y=[row], mode="markers", hoverinfo="skip",
        marker={
            "size": 12, "symbol": "circle" if inside else f"triangle-{'right' if found.value > right else 'left'}",
            "color": colour if filled else "rgba(0,0,0,0)", "line": {"color": colour, "width": 2},
        },
    )  # fmt: skip


def _said(each: Judged) -> str:
    """The name, the value, the bar and the outcome's letter and word, on the line above the interval."""
    number = value(each.reading) if each.reading is not None else NOTHING
    verdict = f"{MARKS[each.outcome.verdict]} {OUTCOMES[each.outcome.verdict].word}"
    name = escape(short(each.criterion.name, 24))
    return f"{name}  <b>{escape(number)}</b>  {escape(bar(each.criterion))}  {verdict}"


def _colour(each: Judged, colours: Palette) -> str:
    tones = {"met": colours.green, "missed": colours.red, "inconclusive": colours.amber, "unmeasured": colours.grey}
    return tones[each.outcome.verdict]
