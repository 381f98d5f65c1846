"""A scenario's value in words, and the figure of what it hangs on."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Literal

import plotly.graph_objects as go

from metrics.catalog import CATALOG
from metrics.ledger import READABLE
from metrics.scenario_value import Aspect, ScenarioValue
from metrics.simulate import Spread, Swing
from metrics.spec import Measure
from reports.figure import bare, short
from reports.palette import Palette
from reports.words import NOTHING, Sign, amount, change, listed

ROLLOUTS: Mapping[str, Sign] = {
    "roll_out": Sign("Roll out", "rocket_launch", "green", "Surely better by more than an estimate, and it pays."),
    "wait": Sign("Wait", "hourglass_empty", "orange", "Not enough is known to decide by."),
    "stop": Sign("Do not roll out", "cancel", "red", "Surely worse than the current way, or it does not pay."),
    "value_confirmed": Sign("Value confirmed", "verified", "green", "The owner found what the numbers say."),
    "value_refuted": Sign("Value refuted", "gpp_bad", "red", "The owner did not find what the numbers say."),
}
SURE: Mapping[str, Sign] = {
    "yes": Sign("Yes", "check_circle", "green", "The whole interval lies on the better side."),
    "no": Sign("No", "cancel", "red", "The whole interval lies on the worse side."),
    "open": Sign("Not sure", "contrast", "orange", "The interval holds no change, too."),
    "unknown": Sign("Not measured", "block", "gray", "There is nothing to compare."),
}
EVIDENCE = {"A": "A, controlled", "B": "B, before and after or matched", "C": "C, an estimate"}
NAMES: tuple[Literal["better", "faster", "cheaper"], ...] = ("better", "faster", "cheaper")
MOST = 8  # inputs that the tornado shows


def answer(found: ScenarioValue, currency: str) -> str:
    """The page's question answered: better, faster, cheaper, whether it pays, and what is proposed."""
    first = {each.name: each for each in reversed(found.aspects)}
    said = {name: [key for key in NAMES if first[key].sure == name] for name in SURE}
    parts = []
    for how, firm in (("surely", True), ("by estimate", False)):
        told = [f"{key} ({gain(first[key], currency)})" for key in said["yes"] if (first[key].evidence != "C") == firm]
        if told:
            parts.append(f"{how} {listed(told)} than the current way")
    if said["no"]:
        parts.append(f"surely not {' and not '.join(said['no'])}")
    if said["open"]:
        parts.append(f"not surely {' or '.join(said['open'])}")
    if said["unknown"]:
        parts.append(f"not known to be {' or '.join(said['unknown'])}")
    words = "; ".join(parts)
    return f"{found.scenario.name}: {words}. {worth(found)} Proposal: {ROLLOUTS[found.proposal.rollout].word.lower()}."


def worth(found: ScenarioValue) -> str:
    """Whether it pays, in a sentence, or why there is no ROI."""
    books = found.ledger
    if books is None:
        return f"No ROI: {found.refused}"
    if books.worth.status not in READABLE or books.roi is None or books.chance is None:
        return (
            books.worth.missing
            if books.worth.missing.startswith(("No ROI", "ROI"))
            else f"No ROI: {books.worth.missing}"
        )
    ends = " to ".join(amount(end, "multiple") for end in (books.roi.low, books.roi.high))
    return (
        f"ROI {amount(books.roi.mid, 'multiple')} (P5 to P95 {ends}), paying with a probability of {books.chance:.0%}."
    )


def title(aspect: Aspect) -> str:
    """What the aspect is measured by."""
    others = {"minutes_per_task": "Minutes a task", "cost_per_success": "Cost of a successful task"}
    return CATALOG[aspect.metric].title if aspect.metric in CATALOG else others[aspect.metric]


def gain(aspect: Aspect, currency: str) -> str:
    """The gain with its interval: "+9.1 pp (+2.0 pp to +16.0 pp)"; why there is none."""
    if aspect.gain is None:
        return aspect.refused
    bounds = (aspect.gain.mid, aspect.gain.low, aspect.gain.high)
    middle, low, high = (_written(end, aspect.measure, currency, signed=True) for end in bounds)
    return f"{middle}, {low} to {high}"


def ends(found: Spread | None, aspect: Aspect, currency: str) -> str:
    """A value with its interval; a dash for none."""
    if found is None or found.mid is None:
        return NOTHING
    middle, low, high = (_written(end, aspect.measure, currency) for end in (found.mid, found.low, found.high))
    return middle if found.low is None or found.high is None else f"{middle} ({low} to {high})"


def _written(value: float | None, measure: Measure | str, currency: str, *, signed: bool = False) -> str:
    """A value in its measure, minutes and money with their unit; a change has its sign."""
    if value is None:
        return NOTHING
    if measure == "minutes":
        return f"{value:{'+' if signed else ''}.1f} min"
    words = (change if signed else amount)(value, measure)  # type: ignore[arg-type]
    return f"{words} {currency}".rstrip() if measure == "money" else words


def swings_in_words(swings: Sequence[Swing], currency: str) -> str:
    """The tornado as text: each input with the net value at its P10 and at its P90."""
    return "; ".join(
        f"{each.name.replace('_', ' ')}: net value {each.low:,.0f} {currency} at its P10, {each.high:,.0f} at its P90"
        for each in swings[:MOST]
    )


def tornado(swings: Sequence[Swing], middle: float | None, colours: Palette) -> go.Figure:
    """A row an input, the widest first: from the net value at its P10 to that at its P90, all others at their P50.

    The line is where nothing is gained; `middle` is the P50 of the net value.
    """
    shown = list(swings[:MOST])
    figure = bare(colours, height=34 * max(len(shown), 2) + 40)
    for row, each in enumerate(shown):
        low, high = sorted((each.low, each.high))
        figure.add_bar(
            x=[high - low], y=[row], base=[low], orientation="h", width=0.5,
            marker={"color": colours.accent, "line": {"width": 0}}, hoverinfo="text",
            hovertext=[f"{escape(each.name.replace('_', ' '))}: {each.low:,.0f} to {each.high:,.0f}"],
        )  # fmt: skip
    for place, dash, colour in ((0.0, "dot", colours.quiet), (middle, "solid", colours.grey)):
        if place is not None:
            figure.add_vline(x=place, line={"color": colour, "width": 1.5, "dash": dash})
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=[escape(short(each.name.replace("_", " "), 26)) for each in shown],
        range=[max(len(shown), 2) - 0.5, -0.5], tickfont={"color": colours.ink, "size": 12},
    )  # fmt: skip
    figure.update_xaxes(tickformat=",.3~s", showgrid=True, nticks=6)
    return figure
