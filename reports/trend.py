"""A reading over time: the line with its interval band, gaps left as gaps, partial periods open and shaded."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import NamedTuple

import plotly.graph_objects as go

from metrics.catalog import measure_of
from metrics.spec import Reading
from reports.figure import TICKS, bare, name_end, short, span
from reports.palette import Palette
from reports.words import in_full, sign, value_of


class Mark(NamedTuple):
    """Something that happened on a day: a release, a prompt, a price."""

    day: date
    text: str


def trend(
    readings: Sequence[Reading], days: Sequence[date], grain: str, colours: Palette, *, height: int = 260,
    marks: Sequence[Mark] = (), bar: float | None = None,
) -> go.Figure:  # fmt: skip
    """One metric over time: the line with its interval band, gaps where there is no value, open dots where a period is
    not complete or has too little behind it.

    `days` are the first days of the periods; the last value is labelled at the line. `marks` are drawn as dotted
    verticals with their text, `bar` (the target) as a dashed horizontal.
    """
    figure = bare(colours, height=height)
    measure = measure_of(readings[0].metric) if readings else "share"
    for run in _runs(readings):
        x = [days[place] for place in run]
        bounded = [place for place in run if readings[place].low is not None and readings[place].high is not None]
        if len(bounded) > 1:
            figure.add_scatter(
                x=[days[place] for place in [*bounded, *reversed(bounded)]],
                y=[*(readings[place].high for place in bounded), *(readings[place].low for place in reversed(bounded))],
                mode="lines", fill="toself", fillcolor=colours.band, line={"width": 0}, hoverinfo="skip",
            )  # fmt: skip
        elif bounded:
            only = readings[bounded[0]]
            figure.add_scatter(
                x=[days[bounded[0]]] * 2, y=[only.low, only.high], mode="lines", hoverinfo="skip",
                line={"color": colours.band, "width": 8},
            )  # fmt: skip
        whole = [place for place in run if readings[place].status != "partial"]
        figure.add_scatter(
            x=[days[place] for place in whole], y=[readings[place].value for place in whole], mode="lines",
            line={"color": colours.accent, "width": 2}, hoverinfo="skip",
        )  # fmt: skip
        _dotted_ends(figure, readings, days, run, colours)
        figure.add_scatter(
            x=x, y=[readings[place].value for place in run], mode="markers",
            marker={
                "size": 7,
                "color": [colours.accent if _firm(readings[place]) else "rgba(0,0,0,0)" for place in run],
                "line": {"color": colours.accent, "width": 1.6},
            },
            customdata=[
                [period_words(days[place], grain), in_full(readings[place]), sign(readings[place]).word]
                for place in run
            ],
            hovertemplate="%{customdata[0]}: %{customdata[1]} · %{customdata[2]}<extra></extra>",
        )  # fmt: skip
    _mark_partial(figure, readings, days, grain, colours)
    last = next((place for place in reversed(range(len(readings))) if readings[place].value is not None), None)
    if last is not None:
        name_end(figure, days[last], readings[last].value, value_of(readings[last]), colours)
    low, high = span([bar, *(b for r in readings if r.value is not None for b in (r.value, r.low, r.high))], measure)
    figure.update_yaxes(range=[low, high], tickformat=TICKS[measure], showgrid=True, nticks=5)
    if bar is not None:
        figure.add_hline(y=bar, line={"color": colours.quiet, "width": 1, "dash": "dash"}, layer="below")
    mark(figure, marks, days, grain, colours)
    if days:
        step = _length(days[-1], grain)
        figure.update_xaxes(
            range=[days[0] - step * 0.6, days[-1] + step * 1.1], type="date", tickvals=days[:: -(-len(days) // 7)],
            tickformat="%b %Y" if grain == "month" else "%-d %b",
        )  # fmt: skip
    figure.update_layout(margin={"r": 30})
    return figure


def _firm(reading: Reading) -> bool:
    """Whether the dot is filled: a whole period with enough behind it for an interval, or counted as a census."""
    return reading.status not in ("partial", "insufficient")


def period_words(first: date, grain: str) -> str:
    """A day, ISO week or month in words: "week of 5 Oct 2026"."""
    if grain == "month":
        return f"{first:%B %Y}"
    return f"{'week of ' if grain == 'week' else ''}{first.day} {first:%b %Y}"


def first_day(group: str, grain: str) -> date:
    """The first day of a period by its name in a reading's group: "2026-W40", "2026-10" or "2026-10-05"."""
    if grain == "week":
        return date.fromisocalendar(int(group[:4]), int(group[6:]), 1)
    return date.fromisoformat(f"{group}-01" if grain == "month" else group)


def mark(figure: go.Figure, marks: Sequence[Mark], days: Sequence[date], grain: str, colours: Palette) -> None:
    """Each mark within the period at its day; texts that would run into each other take turns above one another."""
    if not days:
        return
    end = days[-1] + _length(days[-1], grain)
    within = sorted(mark for mark in marks if days[0] <= mark.day < end)
    for place, mark in enumerate(within):
        figure.add_vline(x=mark.day, line={"color": colours.grey, "width": 1, "dash": "dot"}, layer="below")
        figure.add_annotation(
            x=mark.day, y=1, yref="paper", yshift=-12 * (place % 3), text=escape(short(mark.text, 16)), showarrow=False,
            xanchor="left", yanchor="top", xshift=3, font={"color": colours.quiet, "size": 10},
            hovertext=escape(mark.text),
        )  # fmt: skip


def _mark_partial(
    figure: go.Figure, readings: Sequence[Reading], days: Sequence[date], grain: str, colours: Palette
) -> None:
    for reading, day in zip(readings, days, strict=True):
        if reading.status == "partial":
            half = _length(day, grain) / 2
            figure.add_vrect(
                x0=day - half, x1=day + half, fillcolor=colours.line, opacity=0.45, line_width=0, layer="below"
            )


def _dotted_ends(
    figure: go.Figure, readings: Sequence[Reading], days: Sequence[date], run: Sequence[int], colours: Palette
) -> None:
    for one, next_one in pairwise(run):
        if "partial" in (readings[one].status, readings[next_one].status):
            figure.add_scatter(
                x=[days[one], days[next_one]], y=[readings[one].value, readings[next_one].value], mode="lines",
                line={"color": colours.accent, "width": 1.5, "dash": "dot"}, hoverinfo="skip",
            )  # fmt: skip


def _runs(readings: Sequence[Reading]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place, reading in enumerate(readings):
        if reading.value is None:
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _length(day: date, grain: str) -> timedelta:
    days = {"day": 1, "week": 7}.get(grain)
    return (
        timedelta(days=days) if days else (day.replace(day=1) + timedelta(days=31)).replace(day=1) - day.replace(day=1)
    )
