"""How a product serves, in words and figures: the answer to whether it can be relied on, and latency over time."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import plotly.graph_objects as go

from metrics.incident_record import IncidentRecord
from metrics.service_times import Availability, Latency
from metrics.spec import Reading
from metrics.watch import Watched
from reports.figure import bare
from reports.palette import Palette
from reports.trend import Mark, mark
from reports.words import count, interval, percent, value_of

SHOWN = (0.5, 0.95, 0.99)


def seconds(value: float) -> str:
    """A time as people read it: "850 ms", "2.4 s", "1.5 min"."""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{value / 60:.1f} min"


def times(found: Latency) -> str:
    """The percentiles in a line: "p50 1.2 s, p95 4.0 s, p99 9.1 s"."""
    return ", ".join(f"p{100 * each.share:.0f} {seconds(each.value)}" for each in found.percentiles)


def answer(
    name: str, failures: Reading, drifts: Sequence[Watched], served: Availability, incidents: Sequence[IncidentRecord]
) -> str:
    """Whether a product can be used safely, stably and every day, claiming no more than is measured."""
    if failures.value is None:
        first = f"Whether {name} serves stably is not known: {failures.missing}"
    else:
        bounds = f" ({interval(failures)})" if interval(failures) else ""
        first = f"{name}: {value_of(failures)}{bounds} of interactions fail technically."
    up = "" if served.share is None else f"Available in {percent(served.share)} of five-minute slots of business hours."
    standing = [each for each in drifts if each.stands]
    moved = "Quality has left its baseline." if standing else "No drift of quality stands out." if any(
        each.drift for each in drifts) else "Whether quality drifts is not known yet."  # fmt: skip
    open_ones = [each for each in incidents if each.open]
    alone = sum(each.incident.owner_id is None for each in open_ones)
    now = ""
    if open_ones:
        now = f"{count(len(open_ones), 'incident')} open" + (f", {alone} without an owner." if alone else ".")
    return " ".join(filter(None, [first, up, moved, now]))


def latency_figure(
    weeks: Sequence[Latency], period: tuple[date, date], colours: Palette, marks: Sequence[Mark]
) -> go.Figure:
    """Three lines over ISO weeks, named at their end, on a logarithmic axis of seconds; a week that `period` does
    not hold whole has an open dot.
    """
    figure = bare(colours, height=236)
    days = [each.week for each in weeks if each.week is not None]
    whole = [period[0] <= day and day + timedelta(days=6) <= period[1] for day in days]
    highest = max(each.percentiles[-1].value for each in weeks)
    lowest = min(each.percentiles[0].value for each in weeks)
    for place, share in enumerate(SHOWN):
        values = [each.percentiles[place].value for each in weeks]
        colour = colours.accent if place == 0 else colours.quiet
        figure.add_scatter(
            x=days, y=values, mode="lines+markers", hoverinfo="text",
            line={"color": colour, "width": 2 if place == 0 else 1.4, "dash": ("solid", "dash", "dot")[place]},
            marker={"size": 6, "line": {"color": colour, "width": 1.4},
                    "color": [colour if each else "rgba(0,0,0,0)" for each in whole]},
            hovertext=[escape(f"p{100 * share:.0f} in the week of {day}: {seconds(value)}")
                       for day, value in zip(days, values, strict=True)],
        )  # fmt: skip
        figure.add_annotation(
            x=days[-1], y=math.log10(max(values[-1], 1e-4)), text=f"p{100 * share:.0f} {seconds(values[-1])}",
            showarrow=False, xanchor="left", xshift=8, font={"color": colour, "size": 12},
        )  # fmt: skip
    low, high = (math.log10(max(end, 1e-4)) for end in (lowest / 1.3, highest * 2))
    ticks = [n * 10.0**power for power in range(-3, 5) for n in (1, 2, 5) if low <= math.log10(n * 10.0**power) <= high]
    figure.update_yaxes(
        type="log", range=[low, high], showgrid=True, tickvals=ticks, ticktext=[seconds(each) for each in ticks]
    )
    mark(figure, marks, days, "week", colours)
    figure.update_xaxes(
        type="date", range=[days[0] - timedelta(days=4), days[-1] + timedelta(days=7)], tickformat="%-d %b",
        tickvals=days[:: -(-len(days) // 5)], tickangle=0,
    )  # fmt: skip
    figure.update_layout(margin={"r": 70})
    return figure
