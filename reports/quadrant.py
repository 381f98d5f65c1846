"""Use against success: which products are used and work, and which are used and fail."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics.spec import Reading
from reports.figure import bare, short, span
from reports.palette import Palette
from reports.words import in_full

Box = tuple[float, float, float, float]
PLACES = ("top right", "top left", "bottom right", "bottom left",
          "top center", "bottom center", "middle right", "middle left")  # fmt: skip


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
    x_low, x_high = span([bars[0], *(b for x, _, _ in pairs for b in (x.low, x.value, x.high))])
    y_low, y_high = span([bars[1], *(b for _, y, _ in pairs for b in (y.low, y.value, y.high))])
    dots = [(_bounds(x, x_low, x_high), _bounds(y, y_low, y_high), short(label)) for x, y, label in pairs]
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
        text=[escape(label) for _, _, label in dots], textposition=_places(dots),
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
    figure.update_xaxes(range=[x_low, x_high], tickformat=".0%", showgrid=True, nticks=6)
    figure.update_yaxes(range=[y_low, y_high], tickformat=".0%", showgrid=True, nticks=6)
    return figure


def _bounds(reading: Reading, low: float, high: float) -> tuple[float, float, float]:
    """Lower bound, value and upper bound as shares of an axis."""
    value = reading.value or 0.0
    each = (value if reading.low is None else reading.low, value, value if reading.high is None else reading.high)
    lower, middle, upper = ((bound - low) / (high - low) for bound in each)
    return lower, middle, upper


def _places(dots: Sequence[tuple[tuple[float, float, float], tuple[float, float, float], str]]) -> list[str]:
    """Where each label stands beside its dot, so that it covers least of dots, intervals and the labels before it."""
    taken: list[Box] = []
    for (left, x, right), (low, y, high), _ in dots:
        taken += [(x - 0.012, y - 0.02, x + 0.012, y + 0.02), (left, y - 0.004, right, y + 0.004),
                  (x - 0.003, low, x + 0.003, high)]  # fmt: skip
    found = []
    for (_, x, _), (_, y, _), label in dots:
        boxes = {place: _box(x, y, len(label), *place.split()) for place in PLACES}
        place = min(PLACES, key=lambda each: _hidden(boxes[each], taken))  # the first of those that are as good
        taken.append(boxes[place])
        found.append(place)
    return found


def _box(x: float, y: float, letters: int, above: str, side: str) -> Box:
    """What a label covers, as shares of a figure of half a desk's width: left, lower, right and upper end."""
    width, height, off = 0.0155 * letters, 0.065, 0.02
    left = {"left": x - off - width, "center": x - width / 2, "right": x + off}[side]
    low = {"top": y + off, "middle": y - height / 2, "bottom": y - off - height}[above]
    return left, low, left + width, low + height


def _hidden(box: Box, taken: Sequence[Box]) -> float:
    """How much of what is there a box would cover, and how much of it would be outside the figure."""
    left, low, right, high = box
    covered = sum(
        max(0.0, min(right, other[2]) - max(left, other[0])) * max(0.0, min(high, other[3]) - max(low, other[1]))
        for other in taken
    )
    outside = max(0.0, -left) + max(0.0, right - 1) + max(0.0, -low) + max(0.0, high - 1)
    return round(covered + outside, 6)
