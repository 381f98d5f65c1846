"""Why interactions failed: a bar a cause, the most frequent first."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.failures import Cause
from reports.figure import bare, short
from reports.palette import Palette
from reports.words import count

ROW = 38  # pixels a cause takes
MOST = 10  # causes that are drawn
VERDICTS = {
    "verified": "Verified as wrong", "accepted": "Not accepted", "rating": "Rated badly", "rule": "A rule says failed",
    "judge": "A judge says failed", None: "Failed, no source stated",
}  # fmt: skip


def words_of(cause: Cause) -> str:
    """A cause as people say it: "Rated badly", "Timeout", "Technical error, no type stated"."""
    if cause.kind == "outcome":
        return VERDICTS.get(cause.name, f"Failed by {cause.name}")
    if cause.name is None:
        return "Technical error, no type stated"
    plain = cause.name.replace("_", " ").strip() or cause.name
    return plain[:1].upper() + plain[1:]


def told(cause: Cause) -> str:
    """How often a cause happened, and to how many people."""
    people = count(cause.people, "person", "people")
    if cause.unnamed == cause.interactions:
        people = "nobody named"
    return f"{count(cause.interactions, 'interaction')}, {people}"


def pareto(causes: Sequence[Cause], colours: Palette, *, chosen: int | None = None) -> go.Figure:
    """A row a cause in the order given: its words and counts above a bar; technical errors are grey, verdicts in the
    accent.

    `chosen` is the place of the picked cause: the others are pale.
    """
    rows = max(len(causes), 1)
    figure = bare(colours, height=ROW * rows + 12)
    figure.add_bar(
        x=[cause.interactions for cause in causes], y=[row + 0.22 for row in range(len(causes))], orientation="h",
        width=0.34,
        marker={
            "color": [colours.grey if cause.kind == "technical" else colours.accent for cause in causes],
            "opacity": [1.0 if chosen in (None, place) else 0.35 for place in range(len(causes))],
            "line": {"width": 0},
        },
        hovertext=[f"{escape(words_of(cause))}: {escape(told(cause))}" for cause in causes], hoverinfo="text",
    )  # fmt: skip
    for row, cause in enumerate(causes):
        counts = f"{cause.interactions:,} · {count(cause.people, 'person', 'people')}"
        for text, x, side, colour in (
            (f"<b>{escape(short(words_of(cause), 30))}</b>", 0, "left", colours.ink),
            (counts, 1, "right", colours.quiet),
        ):
            figure.add_annotation(
                x=x, xref="paper", y=row - 0.18, text=text, showarrow=False, xanchor=side,
                font={"color": colour, "size": 12},
            )  # fmt: skip
    figure.update_yaxes(range=[rows - 0.5, -0.5], visible=False)
    figure.update_xaxes(range=[0, max((cause.interactions for cause in causes), default=1)], visible=False)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 4, "b": 4})
    return figure
