"""Readings side by side: each a dot on its interval, with the bar it is held against."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.catalog import measure_of
from metrics.spec import Reading
from reports.figure import TICKS, bare, short, span
from reports.palette import Palette
from reports.words import in_full, sign, value_of

ROW = 34  # pixels a row takes


def height_for(rows: int) -> int:
    """Pixels of a plot of intervals with this many rows, and of the trend beside it."""
    return max(260, ROW * rows + 40)


def intervals(
    readings: Sequence[Reading], labels: Sequence[str], colours: Palette, bars: Sequence[float | None] = ()
) -> go.Figure:
    """One row a reading, in the order given: the value as a dot on its interval, both labelled; a reason where none is.

    A dot is filled when the reading may decide, open when it may not. `bars` are the targets, a tick a row; an interval
    without an upper end runs to the edge. The readings are of one measure.
    """
    figure = bare(colours, height=height_for(len(readings)))
    measure = measure_of(readings[0].metric) if readings else "share"
    shown = [reading for reading in readings if reading.value is not None]
    low, high = span([*(b for r in shown for b in (r.value, r.low, r.high)), *(bars if shown else ())], measure)
    edge = high + (high - low) * 0.12
    for row, reading in enumerate(readings):
        if row < len(bars) and bars[row] is not None:
            _tick(figure, float(bars[row] or 0), row, colours)
        if reading.value is None:
            figure.add_annotation(
                x=low, y=row, text=sign(reading).word, showarrow=False, xanchor="left",
                font={"color": colours.quiet, "size": 12},
            )  # fmt: skip
            continue
        if reading.low is not None:
            end = edge if reading.high is None else reading.high
            figure.add_scatter(
                x=[reading.low, end], y=[row, row], mode="lines", hoverinfo="skip",
                line={"color": colours.accent if reading.decides else colours.grey, "width": 3},
            )  # fmt: skip
        figure.add_scatter(
            x=[reading.value], y=[row], mode="markers",
            hovertemplate=f"{escape(labels[row])}: {escape(in_full(reading))}<extra></extra>",
            marker=_dot(reading, colours, 11),
        )  # fmt: skip
        right = max(bound for bound in (reading.value, reading.high) if bound is not None)
        figure.add_annotation(
            x=right, y=row, text=value_of(reading), showarrow=False, xanchor="left", xshift=9,
            font={"color": colours.ink, "size": 12},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(readings))), ticktext=[escape(short(label)) for label in labels], autorange=False,
        range=[max(len(readings), 2) - 0.5, -0.5], tickfont={"color": colours.ink, "size": 12}, ticks="",
    )  # fmt: skip
    figure.update_xaxes(range=[low, edge], tickformat=TICKS[measure], showgrid=True, nticks=6)
    return figure


def _tick(figure: go.Figure, bar: float, row: int, colours: Palette) -> None:
    figure.add_shape(
        type="line", x0=bar, x1=bar, y0=row - 0.34, y1=row + 0.34, line={"color": colours.quiet, "width": 1.5},
        layer="below",
    )  # fmt: skip


def _dot(reading: Reading, colours: Palette, size: int) -> dict[str, object]:
    colour = colours.accent if reading.decides else colours.grey
    return {
        "size": size,
        "color": colour if reading.decides else "rgba(0,0,0,0)",
        "line": {"color": colour, "width": 2},
    }
