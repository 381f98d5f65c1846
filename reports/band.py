"""How all tasks ended, week by week: confirmed, implied, unknown and failed as parts of each period's tasks."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from metrics.spec import Reading
from reports.figure import bare
from reports.palette import Palette
from reports.trend import period_words
from reports.words import percent

PARTS = {
    "task_success.confirmed": "confirmed", "task_success.implied": "implied", "task_success.unknown": "unknown",
    "task_success.failed": "failed",
}  # fmt: skip
"""The parts from the bottom to the top, by metric."""
APART = 0.085  # of the height that the words of two parts keep between them


def band(
    found: Mapping[str, Sequence[Reading]], days: Sequence[date], grain: str, colours: Palette, *, height: int = 260
) -> go.Figure:
    """Stacked bars of the parts by period; a period without tasks is a gap, one that is not complete or has too few
    people is pale.

    `found` has the readings of PARTS over the same periods, `days` their first days. The words of the parts stand at
    the last complete period.
    """
    figure = bare(colours, height=height)
    length = {"day": 1, "week": 7}.get(grain, 30)
    fills = _fills(colours)
    for metric, name in PARTS.items():
        shown = [(day, each) for day, each in zip(days, found.get(metric, ()), strict=False) if each.value is not None]
        figure.add_bar(
            x=[day for day, _ in shown], y=[each.value for _, each in shown], name=name,
            width=0.82 * length * 86_400_000,
            marker={
                "color": fills[name], "line": {"width": 0},
                "opacity": [1.0 if each.status == "ok" else 0.4 for _, each in shown],
            },
            customdata=[[period_words(day, grain), percent(each.value), f"{each.events:,}"] for day, each in shown],
            hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}} of %{{customdata[2]}} tasks {name}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_yaxes(range=[0, 1.0], tickformat=".0%", showgrid=True, nticks=5)
    if days:
        figure.update_xaxes(
            type="date", tickangle=0, tickvals=days[:: -(-len(days) // 4)],
            tickformat="%b %Y" if grain == "month" else "%-d %b",
            range=[days[0] - timedelta(days=length * 0.6), days[-1] + timedelta(days=length * 0.6)],
        )  # fmt: skip
    for name, at in _placed(last_shares(found)).items():
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=6, y=at, text=name, showarrow=False,
            font={"color": colours.ink, "size": 12},
        )  # fmt: skip
    figure.update_layout(margin={"r": 112})
    return figure


def last_shares(found: Mapping[str, Sequence[Reading]]) -> dict[str, float]:
    """The parts of the last complete period with tasks by their words; of the last one at all, where none is."""
    series = [found.get(metric, ()) for metric in PARTS]
    if not all(series):
        return {}
    periods = [each for each in zip(*series, strict=True) if each[0].value is not None]
    whole = [each for each in periods if each[0].status == "ok"]
    if not periods:
        return {}
    return {name: reading.value or 0.0 for name, reading in zip(PARTS.values(), (whole or periods)[-1], strict=True)}


def _placed(shares: Mapping[str, float]) -> dict[str, float]:
    """The words of each part there is with the height they stand at: beside its middle, never over one another."""
    found: dict[str, float] = {}
    reached, place = 0.0, -APART
    for name, share in shares.items():
        if share > 0:
            place = max(reached + share / 2, place + APART)
            found[f"{name} {percent(share)}"] = place
        reached += share
    top = 1.0 - APART / 3
    for text in reversed(found):  # from the top down again, so that none is pushed out
        found[text] = min(found[text], top)
        top = found[text] - APART
    return found


def _fills(colours: Palette) -> dict[str, str]:
    return {
        "confirmed": colours.green, "implied": _pale(colours.green, 0.45), "unknown": _pale(colours.grey, 0.45),
        "failed": colours.red,
    }  # fmt: skip


def _pale(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
