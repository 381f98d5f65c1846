"""Use against success: which products are used and work, and which are used and fail."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.spec import Reading
from reports.figure import bare, short, span
from reports.palette import Palette
from reports.words import in_full


def quadrant(
    across: Sequence[Reading], up: Sequence[Reading], labels: Sequence[str], colours: Palette, *,
    bars: tuple[float | None, float | None] = (None, None), height: int = 320,
) -> go.Figure:  # fmt: skip
    """A dot a product at (use, success) with both intervals, labelled; the targets `bars` part the quadrants.

    A product of which one of the two is not known is left out: whoever draws the figure names it beside it.
    """
    figure = bare(colours, height=height)
    pairs = [
        (x, y, label)
        for x, y, label in zip(across, up, labels, strict=True)
        if x.value is not None and y.value is not None
    ]
    for x, y, _ in pairs:
        firm = x.decides and y.decides
        for low, high, along in ((x.low, x.high, "x"), (y.low, y.high, "y")):
            if low is not None and high is not None:
                figure.add_scatter(
                    x=[low, high] if along == "x" else [x.value, x.value],
                    y=[y.value, y.value] if along == "x" else [low, high], mode="lines", hoverinfo="skip",
                    line={"color": colours.accent if firm else colours.grey, "width": 1},
                )  # fmt: skip
    figure.add_scatter(
        x=[x.value for x, _, _ in pairs], y=[y.value for _, y, _ in pairs], mode="markers+text",
        text=[escape(short(label)) for _, _, label in pairs], textposition=_places(pairs),
        textfont={"color": colours.ink, "size": 12},
        marker={
            "size": 10,
            "color": [colours.accent if x.decides and y.decides else "rgba(0,0,0,0)" for x, y, _ in pairs],
            "line": {"width": 2, "color": [colours.accent if x.decides and y.decides else colours.grey
                                           for x, y, _ in pairs]},
        },
        customdata=[[label, in_full(x), in_full(y)] for x, y, label in pairs],
        hovertemplate="%{customdata[0]}<br>use %{customdata[1]}<br>success %{customdata[2]}<extra></extra>",
    )  # fmt: skip
    if bars[0] is not None:
        figure.add_vline(x=bars[0], line={"color": colours.quiet, "width": 1, "dash": "dash"}, layer="below")
    if bars[1] is not None:
        figure.add_hline(y=bars[1], line={"color": colours.quiet, "width": 1, "dash": "dash"}, layer="below")
    x_low, x_high = span([bars[0], *(b for x, _, _ in pairs for b in (x.low, x.value, x.high))])
    y_low, y_high = span([bars[1], *(b for _, y, _ in pairs for b in (y.low, y.value, y.high))])
    figure.update_xaxes(range=[x_low, x_high], tickformat=".0%", showgrid=True, nticks=6)
    figure.update_yaxes(range=[y_low, y_high], tickformat=".0%", showgrid=True, nticks=6)
    return figure


def _places(pairs: Sequence[tuple[Reading, Reading, str]]) -> list[str]:
    """Each label above its dot, below it where another dot lies just above, and inwards near the edges."""
    found = []
    uses = [x.value or 0 for x, _, _ in pairs]
    least, most = min(uses, default=0), max(uses, default=0)
    for x, y, _ in pairs:
        use, success = x.value or 0, y.value or 0
        near = any(0 < (b.value or 0) - success < 0.05 and abs((a.value or 0) - use) < 0.12 for a, b, _ in pairs)
        place = (use - least) / (most - least) if most > least else 0.5
        side = "right" if place < 0.2 else "left" if place > 0.8 else "center"
        found.append(f"{'bottom' if near else 'top'} {side}")
    return found
