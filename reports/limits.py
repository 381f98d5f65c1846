"""A control chart: each share between the limits that its baseline sets, and in words what left them."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.failure_chart import Chart, Point
from reports.figure import bare, span
from reports.palette import Palette
from reports.trend import Mark, first_day, mark, period_words
from reports.words import count, listed, percent

MOST = 500  # points that are drawn
TRIANGLES = {"up": "triangle-up", "down": "triangle-down", "": "circle"}


def told(each: Point, grain: str) -> str:
    """One point in words: "week of 5 Oct 2026: 6.2% (31 of 500), limits 0.4–5.8%"."""
    limits = f"limits {100 * max(each.low, 0.0):.1f}–{percent(each.high)}"
    when = period_words(first_day(each.name, grain), grain)
    return f"{when}: {percent(each.share)} ({each.hits:,} of {each.of:,}), {limits}"


def answer(found: Chart) -> str:
    """Whether the share is what it was, in a sentence."""
    base = f"the {percent(found.share)} of its first {count(found.baseline, found.grain)}"
    if not found.signals:
        return f"All {count(len(found.points), found.grain)} stayed within the limits around {base}."
    where = [f"{period_words(first_day(each.name, found.grain), found.grain)} ({each.side})" for each in found.signals]
    return f"{count(len(where), found.grain)} of {len(found.points)} left the limits around {base}: {listed(where)}."


def limits_figure(found: Chart, colours: Palette, marks: Sequence[Mark] = (), *, height: int = 236) -> go.Figure:
    """The points after the baseline, its share as a dashed line and the limits of each point as a band; what left them
    is a triangle that points to where it went, with its value.
    """
    figure = bare(colours, height=height)
    points = found.points[-MOST:]
    days = [first_day(each.name, found.grain) for each in points]
    figure.add_scatter(
        x=[*days, *reversed(days)],
        y=[*(each.high for each in points), *(max(each.low, 0.0) for each in reversed(points))],
        mode="lines", fill="toself", fillcolor=colours.band, line={"width": 0}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=[each.share for each in points], mode="lines+markers", hoverinfo="text",
        line={"color": colours.accent, "width": 1.6},
        marker={"size": [12 if each.side else 6 for each in points],
                "symbol": [TRIANGLES[each.side] for each in points],
                "color": [colours.red if each.side else colours.accent for each in points],
                "opacity": 1, "line": {"width": 0}},
        hovertext=[escape(told(each, found.grain)) for each in points],
    )  # fmt: skip
    for day, each in zip(days, points, strict=True):
        if each.side:
            figure.add_annotation(
                x=day, y=each.share, text=percent(each.share), showarrow=False, yshift=14 if each.side == "up" else -14,
                font={"color": colours.red, "size": 11},
            )  # fmt: skip
    if found.share is not None:
        figure.add_hline(y=found.share, line={"color": colours.quiet, "width": 1, "dash": "dash"}, layer="below")
    low, high = span([end for each in points for end in (each.low, each.high, each.share)])
    figure.update_yaxes(range=[low, high], tickformat=".1%", showgrid=True, nticks=5)
    mark(figure, marks, days, found.grain, colours)
    figure.update_xaxes(type="date", tickvals=days[:: -(-len(days) // 6)], tickformat="%-d %b", tickangle=0)
    return figure
