"""Figures of missing knowledge: topics by what they block, the board by age, and what published answers did."""

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go

from metrics.gap_board import Card, Column, ages
from metrics.gap_topics import OPEN_KINDS, GapTopic
from metrics.published_answers import PublishedAnswer
from reports.figure import bare, short, span
from reports.knowledge import KINDS, money
from reports.palette import Palette
from reports.words import count

ROW = 38  # pixels a row takes
MOST = 10  # topics that are drawn
WAITS: Mapping[Column, str] = {
    "opened": "Waits for an answer", "answered": "Answered, not documented", "documented": "Documented, no better eval",
}  # fmt: skip
AGED = ("under 1 week", "1 to 2 weeks", "2 to 4 weeks", "over 4 weeks")
SHADES = (0.25, 0.45, 0.7, 1.0)


def told(each: GapTopic, currency: str) -> str:
    """What a topic blocks, in words: "163 blocked tasks, 1,115 EUR"."""
    worth = "" if each.lost is None else f", {money(each.lost, currency)}"
    return f"{count(each.blocked, 'blocked task')}{worth}"


def topics_figure(
    topics: Sequence[GapTopic], names: Mapping[str, str], currency: str, colours: Palette, *, by_worth: bool
) -> go.Figure:
    """A row a topic in the order given: name and numbers above a bar of blocked tasks times value (or of tasks alone);
    topics with a known gap in the accent, the others grey.
    """
    rows = max(len(topics), 1)
    figure = bare(colours, height=ROW * rows + 12)
    sizes = [float((each.lost if by_worth else each.blocked) or 0) for each in topics]
    figure.add_bar(
        x=sizes, y=[row + 0.22 for row in range(len(topics))], orientation="h", width=0.34,
        marker={"color": [colours.accent if each.kind in OPEN_KINDS else colours.grey for each in topics],
                "line": {"width": 0}},
        hovertext=[escape(f"{_whose(each, names)}: {told(each, currency)}. {each.why}") for each in topics],
        hoverinfo="text",
    )  # fmt: skip
    for row, each in enumerate(topics):
        kind = f" · {KINDS[each.kind].word.lower()}" if each.kind in OPEN_KINDS else ""
        for text, x, side, colour in (
            (f"<b>{escape(short(each.name, 24))}</b>", 0, "left", colours.ink),
            (f"{escape(told(each, currency).replace(' blocked', ''))}{kind}", 1, "right", colours.quiet),
        ):
            figure.add_annotation(
                x=x, xref="paper", y=row - 0.18, text=text, showarrow=False, xanchor=side,
                font={"color": colour, "size": 12},
            )  # fmt: skip
    figure.update_yaxes(range=[rows - 0.5, -0.5], visible=False)
    figure.update_xaxes(range=[0, max(sizes, default=1) or 1], visible=False)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 4, "b": 4})
    return figure


def _whose(each: GapTopic, names: Mapping[str, str]) -> str:
    return f"{each.name} ({names.get(each.product, each.product)})"


def board_figure(cards: Sequence[Card], colours: Palette) -> go.Figure:
    """A row for each thing that gaps wait for: its words and count above a bar of their ages, dark is old."""
    figure = bare(colours, height=ROW * len(WAITS) + 16)
    counts = {column: ages(cards, column) for column in WAITS}
    for age, (words, shade) in enumerate(zip(AGED, SHADES, strict=True)):
        figure.add_bar(
            x=[of[age] for of in counts.values()], y=[row + 0.22 for row in range(len(WAITS))], orientation="h",
            width=0.34, marker={"color": colours.accent, "opacity": shade, "line": {"width": 0}}, hoverinfo="text",
            hovertext=[f"{WAITS[column]}, {words}: {of[age]:,}" for column, of in counts.items()],
        )  # fmt: skip
    for row, (column, of) in enumerate(counts.items()):
        late = f", {of[-1]:,} for over 4 weeks" if of[-1] else ""
        for text, x, side, colour in (
            (f"<b>{WAITS[column]}</b>", 0, "left", colours.ink), (f"{sum(of):,}{late}", 1, "right", colours.quiet),
        ):  # fmt: skip
            figure.add_annotation(
                x=x, xref="paper", y=row - 0.18, text=text, showarrow=False, xanchor=side,
                font={"color": colour, "size": 12},
            )  # fmt: skip
    figure.update_yaxes(range=[len(WAITS) - 0.5, -0.5], visible=False)
    figure.update_xaxes(range=[0, max((sum(of) for of in counts.values()), default=1) or 1], visible=False)
    figure.update_layout(margin={"l": 2, "r": 2, "t": 4, "b": 4}, barmode="stack")
    return figure


def effects_figure(answers: Sequence[PublishedAnswer], names: Sequence[str], colours: Palette) -> go.Figure:
    """A row an answer: what task success on its topic gained beyond the other topics, a dot on its interval, in
    percentage points; filled where the interval leaves out zero.
    """
    figure = bare(colours, height=max(140, 30 * len(answers) + 40))
    low, high = span([b for each in answers for b in (each.low, each.high, 0.0)], "multiple")
    low = min(low, *(each.low or 0.0 for each in answers)) - 0.02
    for row, each in enumerate(answers):
        clear = (each.low or 0) > 0 or (each.high or 0) < 0
        colour = colours.accent if clear else colours.grey
        figure.add_scatter(
            x=[each.low, each.high], y=[row, row], mode="lines", hoverinfo="skip", line={"color": colour, "width": 3}
        )
        figure.add_scatter(
            x=[each.effect], y=[row], mode="markers",
            marker={"size": 10, "color": colour if clear else "rgba(0,0,0,0)", "line": {"color": colour, "width": 2}},
            hovertemplate=f"{escape(names[row])}: {100 * (each.effect or 0):+.1f} pp"
            f" ({100 * (each.low or 0):+.1f} to {100 * (each.high or 0):+.1f})<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": colours.quiet, "width": 1, "dash": "dash"}, layer="below")
    figure.update_yaxes(
        tickvals=list(range(len(answers))), ticktext=[escape(short(name)) for name in names], autorange=False,
        range=[max(len(answers), 2) - 0.5, -0.5], tickfont={"color": colours.ink, "size": 12}, ticks="",
    )  # fmt: skip
    figure.update_xaxes(range=[low, high], tickformat="+.0%", showgrid=True, nticks=6)
    return figure
