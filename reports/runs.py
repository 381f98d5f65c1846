"""Eval runs in words and over time: a dot on its interval for each run, joined only where runs may be compared."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from itertools import pairwise

import plotly.graph_objects as go

from metrics.eval_runs import Rerun
from metrics.eval_series import Point
from reports.figure import bare, name_end, span
from reports.palette import Palette
from reports.trend import Mark, mark
from reports.words import count, percent, share_within

OTHERS = "other cases or judge"
DAY = timedelta(days=1)
HEAD = 0.16  # of the height, for what the marks say


def value(each: Point) -> str:
    """Success of a run with its interval: "86.7% (70.7–91.6)"."""
    return share_within(each.value, each.low, each.high)


def told(each: Point) -> str:
    """A run in one line: when, success with its interval, of how many cases."""
    return f"{each.ran:%-d %b %Y}: {value(each)}, {count(each.cases, 'case')}"


def difference(found: Rerun) -> str:
    """The newest run against the one before over the same cases, or why there is no comparison."""
    change = found.change
    if found.refused or change.value is None:
        return found.refused or "Not compared: the cases do not tell."
    ends = ""
    if change.low is not None and change.high is not None:
        ends = f" ({100 * change.low:+.1f} to {100 * change.high:+.1f})"
    chance = "" if change.p is None else f", McNemar p {change.p:.2g}"
    sure = "more than chance" if change.clear else "may be chance"
    same = f"over the same {count(found.pairs.cases, 'case')}"
    if not change.value and not found.pairs.squares:
        return f"No change against the run before {same}."
    return f"{100 * change.value:+.1f} pp{ends} against the run before {same}: {sure}{chance}."


def runs_figure(runs: Sequence[Point], colours: Palette, marks: Sequence[Mark] = (), *, height: int = 250) -> go.Figure:
    """The runs of one suite in the order of time: a filled dot may decide; a line joins runs of the same cases and
    judge; where that changes, a mark says so.
    """
    figure = bare(colours, height=height)
    for former, each in pairwise(runs):
        if former.line == each.line:
            figure.add_scatter(
                x=[former.ran, each.ran], y=[former.value, each.value], mode="lines", hoverinfo="skip",
                line={"color": colours.accent, "width": 2},
            )  # fmt: skip
    for each in runs:
        if each.low is not None and each.high is not None:
            figure.add_scatter(
                x=[each.ran, each.ran], y=[each.low, each.high], mode="lines", hoverinfo="skip",
                line={"color": colours.band, "width": 8},
            )  # fmt: skip
    figure.add_scatter(
        x=[each.ran for each in runs], y=[each.value for each in runs], mode="markers", hoverinfo="text",
        marker={"size": 8, "line": {"color": colours.accent, "width": 1.6},
                "color": [colours.accent if each.decides else "rgba(0,0,0,0)" for each in runs]},
        hovertext=[escape(f"{told(each)}. {each.refused}".strip()) for each in runs],
    )  # fmt: skip
    last = runs[-1]
    name_end(figure, last.ran, last.value, percent(last.value), colours)
    low, high = span([end for each in runs for end in (each.low, each.value, each.high)])
    step = next(each for each in (0.05, 0.1, 0.2) if (high - low) / each < 6)
    ticks = [place * step for place in range(round(1 / step) + 1) if low - 1e-9 <= place * step <= high]
    figure.update_yaxes(
        range=[low, high + (high - low) * HEAD], tickformat=".0%", showgrid=True, tickvals=ticks
    )  # what happened is written above the runs
    days = [each.ran.date() for each in runs]
    breaks = [Mark(each.ran.date(), OTHERS) for each in runs if each.refused]
    mark(figure, [*marks, *breaks], [days[0], days[-1]], "day", colours)
    room = max((runs[-1].ran - runs[0].ran) * 0.06, DAY)
    figure.update_xaxes(range=[runs[0].ran - room, runs[-1].ran + 2 * room], type="date", nticks=7, tickformat="%-d %b")
    figure.update_layout(margin={"r": 30})
    return figure
