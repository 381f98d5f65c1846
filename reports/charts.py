"""Figures made of readings: the interval is drawn wherever a rate is, gaps stay gaps, labels stand at the lines."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import NamedTuple

import plotly.graph_objects as go

from metrics.spec import Reading
from reports.words import in_full, percent, sign

FONT = "Inter, system-ui, sans-serif"
ROW = 34  # pixels a product takes in a plot of intervals


class Palette(NamedTuple):
    """The colours of one theme; the same as in .streamlit/config.toml."""

    ink: str
    quiet: str
    line: str
    accent: str
    band: str
    grey: str


LIGHT = Palette("#16181D", "#5B6472", "#E4E7EC", "#4F46E5", "rgba(79,70,229,0.13)", "#98A2B3")
DARK = Palette("#ECEEF2", "#A0A9B8", "#262A33", "#8B85FF", "rgba(139,133,255,0.18)", "#667085")


def palette(dark: bool) -> Palette:
    """The palette of the theme in use."""
    return DARK if dark else LIGHT


def height_for(rows: int) -> int:
    """Pixels of a plot of intervals with this many rows, and of the trend beside it."""
    return max(260, ROW * rows + 40)


def intervals(readings: Sequence[Reading], labels: Sequence[str], colours: Palette) -> go.Figure:
    """One row a reading, in the order given: the value as a dot on its interval, both labelled; a reason where none is.

    A dot is filled when the reading may decide, open when it may not.
    """
    figure = _bare(colours, height=height_for(len(readings)))
    shown = [reading for reading in readings if reading.value is not None]
    low, high = _range([bound for reading in shown for bound in (reading.value, reading.low, reading.high)])
    for row, reading in enumerate(readings):
        if reading.value is None:
            figure.add_annotation(
                x=low,
                y=row,
                text=sign(reading).word,
                showarrow=False,
                xanchor="left",
                font={"color": colours.quiet, "size": 12},
            )
            continue
        if reading.low is not None and reading.high is not None:
            figure.add_scatter(
                x=[reading.low, reading.high], y=[row, row], mode="lines", hoverinfo="skip",
                line={"color": colours.accent if reading.decides else colours.grey, "width": 3},
            )  # fmt: skip
        figure.add_scatter(
            x=[reading.value], y=[row], mode="markers",
            hovertemplate=f"{escape(labels[row])}: {escape(in_full(reading))}<extra></extra>",
            marker=_dot(reading, colours, 11),
        )  # fmt: skip
        right = max(bound for bound in (reading.value, reading.high) if bound is not None)
        figure.add_annotation(
            x=right, y=row, text=percent(reading.value), showarrow=False, xanchor="left", xshift=9,
            font={"color": colours.ink, "size": 12},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(readings))), ticktext=[escape(_short(label)) for label in labels], autorange=False,
        range=[max(len(readings), 2) - 0.5, -0.5], tickfont={"color": colours.ink, "size": 12}, ticks="",
    )  # fmt: skip
    figure.update_xaxes(range=[low, high + (high - low) * 0.12], tickformat=".0%", showgrid=True, nticks=6)
    return figure


def trend(
    readings: Sequence[Reading], days: Sequence[date], grain: str, colours: Palette, height: int = 260
) -> go.Figure:
    """One metric over time: the line with its interval band, gaps where there is no value, open dots where partial.

    `days` are the first days of the periods. The last value is labelled at the line.
    """
    figure = _bare(colours, height=height)
    for run in _runs(readings):
        x = [days[place] for place in run]
        bounded = [place for place in run if readings[place].low is not None]
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
                "color": [colours.accent if readings[place].status != "partial" else "rgba(0,0,0,0)" for place in run],
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
        figure.add_annotation(
            x=days[last], y=readings[last].value, text=percent(readings[last].value), showarrow=False, xanchor="left",
            xshift=8, font={"color": colours.accent, "size": 12},
        )  # fmt: skip
    low, high = _range([bound for reading in readings for bound in (reading.value, reading.low, reading.high)])
    figure.update_yaxes(range=[low, high], tickformat=".0%", showgrid=True, nticks=5)
    if days:
        step = _length(days[-1], grain)
        figure.update_xaxes(
            range=[days[0] - step * 0.6, days[-1] + step * 1.1], type="date", tickvals=days[:: -(-len(days) // 7)],
            tickformat="%b %Y" if grain == "month" else "%-d %b",
        )  # fmt: skip
    figure.update_layout(margin={"r": 30})
    return figure


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


def _dot(reading: Reading, colours: Palette, size: int) -> dict[str, object]:
    colour = colours.accent if reading.decides else colours.grey
    return {
        "size": size,
        "color": colour if reading.decides else "rgba(0,0,0,0)",
        "line": {"color": colour, "width": 2},
    }


def _range(bounds: Sequence[float | None]) -> tuple[float, float]:
    known = [bound for bound in bounds if bound is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = max((high - low) * 0.12, 0.02)
    return max(0.0, low - room), min(1.04, high + room)


def _short(label: str, limit: int = 22) -> str:
    return label if len(label) <= limit else f"{label[: limit - 1]}…"


def _bare(colours: Palette, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height, showlegend=False, dragmode=False, hovermode="closest", colorway=[colours.accent, colours.grey],
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 12, "color": colours.quiet},
    )  # fmt: skip
    axis = {
        "fixedrange": True, "zeroline": False, "showgrid": False, "showline": False, "gridcolor": colours.line,
        "automargin": True, "tickfont": {"color": colours.quiet, "size": 11}, "title": None,
    }  # fmt: skip
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure
