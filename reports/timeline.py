"""Pilots over time: a bar a pilot from its start to its planned end, in the colour and the word of its decision."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import NamedTuple

import plotly.graph_objects as go

from reports.figure import bare, short
from reports.palette import Palette

ROW = 42  # pixels a pilot takes: a line of words and its bar


class Span(NamedTuple):
    """One pilot: what it is called, when it runs, the word at its bar and the tone of that word."""

    name: str
    starts_on: date
    ends_on: date
    word: str
    tone: str  # good | bad | open | quiet


def timeline(spans: Sequence[Span], today: date, colours: Palette) -> go.Figure:
    """A row a pilot in the order given, name and word above its bar: colour is never alone. A line marks today."""
    figure = bare(colours, height=max(160, ROW * len(spans) + 50))
    tones = {"good": colours.green, "bad": colours.red, "open": colours.amber, "quiet": colours.grey}
    for row, span in enumerate(spans):
        figure.add_scatter(
            x=[span.starts_on, span.ends_on], y=[row, row], mode="lines",
            line={"color": tones[span.tone], "width": 8},
            hovertemplate=f"{escape(f'{span.name}: {span.starts_on} to {span.ends_on}, {span.word}')}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=0, xref="paper", y=row, yshift=14, text=f"<b>{escape(short(span.name, 34))}</b>  {escape(span.word)}",
            showarrow=False, xanchor="left", align="left", font={"color": colours.ink, "size": 12},
        )  # fmt: skip
    if spans:
        first = min(span.starts_on for span in spans)
        last = max([today, *(span.ends_on for span in spans)])
        room = (last - first) * 0.02
        figure.update_xaxes(range=[first - room, last + room], type="date", tickformat="%b %Y", nticks=5)
        figure.add_vline(x=today, line={"color": colours.quiet, "width": 1, "dash": "dot"}, layer="below")
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(showticklabels=False, autorange=False, range=[max(len(spans), 2) - 0.5, -0.8])
    return figure
