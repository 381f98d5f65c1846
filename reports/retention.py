"""Week-N retention as a curve with its interval, and under each week how many people it is of."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.retention import Point
from reports.figure import bare, name_end, span
from reports.palette import Palette
from reports.words import count, percent, share_within

FIRM = 30  # people at risk from which on a dot is filled
LABELS = 9  # weeks that are named at the axis


def told(each: Point) -> str:
    """One week in words: "week 4: 13.6% (9.8–18.6) of 174 people"."""
    share = share_within(each.share, each.low, each.high)
    return f"week {each.week}: {share} of {count(each.at_risk, 'person', 'people')}"


def curve_figure(points: Sequence[Point], colours: Palette, *, height: int = 250) -> go.Figure:
    """The curve from week 1 on with its band; at the axis the week, and under it the people at risk."""
    figure = bare(colours, height=height)
    weeks = [each.week for each in points]
    figure.add_scatter(
        x=[*weeks, *reversed(weeks)],
        y=[*(each.high for each in points), *(each.low for each in reversed(points))],
        mode="lines", fill="toself", fillcolor=colours.band, line={"width": 0}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=weeks, y=[each.share for each in points], mode="lines+markers", hoverinfo="text",
        line={"color": colours.accent, "width": 2},
        marker={"size": 7, "line": {"color": colours.accent, "width": 1.6},
                "color": [colours.accent if each.at_risk >= FIRM else "rgba(0,0,0,0)" for each in points]},
        hovertext=[escape(told(each).capitalize()) for each in points],
    )  # fmt: skip
    last = points[-1]
    name_end(figure, last.week, last.share, percent(last.share), colours)
    named = points[:: -(-len(points) // LABELS)]
    figure.update_xaxes(
        range=[0.5, max(last.week, 2) + 0.8], tickvals=[each.week for each in named],
        ticktext=[f"week {each.week}<br>n {each.at_risk:,}" for each in named],
    )  # fmt: skip
    low, high = span([end for each in points for end in (each.low, each.high)])
    figure.update_yaxes(range=[min(low, 0.0), high], tickformat=".0%", showgrid=True, nticks=5)
    figure.update_layout(margin={"r": 34})
    return figure
