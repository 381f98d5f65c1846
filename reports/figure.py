"""What all figures share: a bare sheet without legend or zoom, axes that read a measure, a range that fits."""

from collections.abc import Sequence

import plotly.graph_objects as go

from metrics.spec import Measure
from reports.palette import Palette

FONT = "Inter, system-ui, sans-serif"
NONE = go.layout.Template()  # all that a figure shows is said here; a template is nine tenths of a small one
TICKS: dict[Measure, str] = {"share": ".0%", "hours": ",.3~g", "multiple": ".2~f", "money": ",.3~s"}
"""How an axis writes the values of a measure."""


def bare(colours: Palette, height: int) -> go.Figure:
    """An empty figure in the colours of the theme."""
    figure = go.Figure(layout_template=NONE)
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


def span(bounds: Sequence[float | None], measure: Measure = "share") -> tuple[float, float]:
    """The range of an axis that shows all the bounds with room around them; of a share it stays within 0 and 1."""
    known = [bound for bound in bounds if bound is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = max((high - low) * 0.12, 0.02 if measure == "share" else 0.02 * max(abs(low), abs(high), 1.0))
    if measure == "share":
        return max(0.0, low - room), min(1.04, high + room)
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def short(label: str, limit: int = 22) -> str:
    """The label, cut with an ellipsis where it is too long to stand at an axis."""
    return label if len(label) <= limit else f"{label[: limit - 1]}…"


def name_end(figure: go.Figure, x: object, y: float | None, text: str, colours: Palette) -> None:
    """Write the last value of a line beside its end."""
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=8, font={"color": colours.accent, "size": 12}
    )
