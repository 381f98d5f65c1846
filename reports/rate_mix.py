"""What a change is due to, segment by segment: a bar for its rate and a bar for its share of all."""

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go

from metrics.strata import Effect
from reports.figure import bare, short
from reports.palette import Palette
from reports.words import NBSP

ROW = 40  # pixels a segment takes
MOST = 8  # segments that are drawn
UNSTATED = "not stated"


def points(value: float) -> str:
    """A part of a change of a share in percentage points: "+1.2"; "0.0" for none that shows."""
    text = f"{100 * value:+.1f}"
    return text if float(text) else "0.0"


def named(name: str | None, names: Mapping[str, str]) -> str:
    """What a segment is called."""
    return UNSTATED if name is None else names.get(name, name)


def told(each: Effect, names: Mapping[str, str]) -> str:
    """One segment in words."""
    return f"{named(each.name, names)}: rate {points(each.rate)}, mix {points(each.mix)} percentage points"


def effects_figure(effects: Sequence[Effect], names: Mapping[str, str], colours: Palette) -> go.Figure:
    """A row a segment in the order given: its name and both numbers above a bar of its rate effect (the accent) and one
    of its mix effect (grey) from the line of no change.
    """
    shown = effects[:MOST]
    figure = bare(colours, height=ROW * len(shown) + 12)
    for offset, colour, values, what in (
        (0.12, colours.accent, [each.rate for each in shown], "rate"),
        (0.32, colours.grey, [each.mix for each in shown], "mix"),
    ):
        figure.add_bar(
            x=values, y=[row + offset for row in range(len(shown))], orientation="h", width=0.18, hoverinfo="text",
            marker={"color": colour, "line": {"width": 0}},
            hovertext=[escape(f"{named(each.name, names)}, {what}: {points(value)} pp")
                       for each, value in zip(shown, values, strict=True)],
        )  # fmt: skip
    for row, each in enumerate(shown):
        for text, x, side, colour in (
            (f"<b>{escape(short(named(each.name, names), 26))}</b>", 0, "left", colours.ink),
            (f"rate{NBSP}{points(each.rate)} · mix{NBSP}{points(each.mix)}", 1, "right", colours.quiet),
        ):
            figure.add_annotation(
                x=x, xref="paper", y=row - 0.22, text=text, showarrow=False, xanchor=side,
                font={"color": colour, "size": 12},
            )  # fmt: skip
    widest = max((abs(end) for each in shown for end in (each.rate, each.mix)), default=0.0) or 0.01
    figure.add_vline(x=0, line={"color": colours.quiet, "width": 1}, layer="below")
    figure.update_yaxes(range=[len(shown) - 0.4, -0.5], visible=False)
    figure.update_xaxes(range=[-widest * 1.05, widest * 1.05], visible=False)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 4, "b": 4}, bargap=0)
    return figure
