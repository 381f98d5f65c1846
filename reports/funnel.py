"""Steps that each hold a part of the one before: a bar a step with its interval, and at it what it says."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import plotly.graph_objects as go

from reports.figure import bare, short
from reports.palette import Palette

ROW = 46  # pixels a step takes


class Rung(NamedTuple):
    """One step: its share of the whole (None: not known, then `text` says why), the interval, and the words at it."""

    name: str
    share: float | None
    low: float | None
    high: float | None
    text: str
    decides: bool = True


def funnel(rungs: Sequence[Rung], colours: Palette, *, least: int = 4) -> go.Figure:
    """The steps from top to bottom: name and words above a bar as long as its share, on a track that is the whole.

    What may not decide is drawn open. `least` rows are kept free, so that two figures side by side are of one height.
    """
    rows = max(len(rungs), least)
    figure = bare(colours, height=ROW * rows + 16)
    for row, rung in enumerate(rungs):
        figure.add_shape(
            type="rect", x0=0, x1=1, y0=row + 0.06, y1=row + 0.34, fillcolor=colours.line, line_width=0, layer="below"
        )
        if rung.share is not None:
            figure.add_scatter(
                x=[0, rung.share, rung.share, 0, 0], y=[row + edge for edge in (0.06, 0.06, 0.34, 0.34, 0.06)],
                mode="lines", fill="toself", fillcolor=colours.accent if rung.decides else colours.band,
                line={"width": 1 if not rung.decides else 0, "color": colours.accent}, hoveron="fills",
                text=f"{escape(rung.name)}: {escape(rung.text)}", hoverinfo="text",
            )  # fmt: skip
        if rung.low is not None and rung.high is not None:
            figure.add_scatter(
                x=[rung.low, rung.high], y=[row + 0.2] * 2, mode="lines+markers", hoverinfo="skip",
                line={"color": colours.ink, "width": 1.5},
                marker={"symbol": "line-ns", "size": 9, "line": {"width": 1.5, "color": colours.ink}},
            )  # fmt: skip
        figure.add_annotation(
            x=0, y=row - 0.2, text=f"<b>{escape(short(rung.name, 30))}</b>", showarrow=False, xanchor="left",
            font={"color": colours.ink, "size": 12},
        )  # fmt: skip
        figure.add_annotation(
            x=1, y=row - 0.2, text=escape(rung.text), showarrow=False, xanchor="right",
            font={"color": colours.quiet, "size": 12},
        )  # fmt: skip
    figure.update_xaxes(range=[-0.005, 1.005], visible=False)
    figure.update_yaxes(range=[rows - 0.5, -0.5], visible=False)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 4, "b": 4})
    return figure
