"""ROI: is what people got worth what it cost; asked only where it is measured that they got something."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from data.cursor import Row, Rows
from metrics import simulate
from metrics.entries import sql_of
from metrics.ledger import READABLE, Ledger, Verdict, cost_per_success
from metrics.ledgers import Found, load
from metrics.simulate import P5_P95, Result, Spread
from metrics.spec import Asked, Conclusion, Derived, Estimate, Inputs, Reading

VALUE = (
    "Benefits are summed over streams: time (successful tasks x minutes saved a task x capture x attribution x hourly "
    "rate), errors avoided x cost of an error, revenue x margin x attribution, and cost avoided; each only where all "
    "its inputs are in the registry. Successful tasks are the tasks of known outcome times task success, which is "
    "drawn from its own sampling distribution; a task of unknown outcome brings nothing, unless the registry has an "
    "assumption unknown_success. Minutes saved are the assumption minutes_saved_per_task, else the baseline "
    "minutes_per_task of the task's scenario less minutes_with_ai, and may be negative. Every input is a distribution "
    "of the registry, the pilot's own before its product's before that of all products, drawn 20,000 times; one that "
    "products share is the same draws in each. "
)
COST = (
    "Costs are the registry's: a month's by its share of days within the period (as far as the data of use reach), "
    "capital whole and before the first month. Tokens are metered from use, shadow mode too, in a month for which the "
    "registry states none; an interaction without a cost counts at the mean of the others. A pilot bears the share of "
    "its product's costs that its tasks are of the product's in its dates. Tokens, licences or infrastructure, and "
    "people must be stated for every month with use, be it as 0: a cost nobody stated is not zero. "
)
PRESENT = "The money of the nth month is discounted by n / 12 years at the registry's discount_rate."


def _roi(ledgers: Sequence[Ledger]) -> Spread | None:
    total = _together(ledgers)
    return simulate.spread(total.roi) if total.costs.min() > 0 else None


def _net(ledgers: Sequence[Ledger]) -> Spread | None:
    return simulate.spread(_together(ledgers).net)


def _chance(ledgers: Sequence[Ledger]) -> Spread | None:
    return Spread(None, float((_together(ledgers).net > 0).mean()), None)


def _together(ledgers: Sequence[Ledger]) -> Result:
    """The sum of results, draw by draw: what products share is the same in all of them."""
    results = [each.result for each in ledgers if each.result]
    none = np.zeros(simulate.DRAWS)
    return Result(sum((each.benefits for each in results), none), sum((each.costs for each in results), none), {})


def _worth(ledger: Ledger) -> Verdict:
    return ledger.worth


def _costing(ledger: Ledger) -> Verdict:
    return ledger.costing


def _conclude(
    inputs: Inputs, judged: Callable[[Ledger], Verdict], value: Callable[[Sequence[Ledger]], Spread | None]
) -> tuple[Estimate, Conclusion]:
    found: Found = inputs.found or Found((), refusal="There is nothing in this period.")
    used, verdict = _used(found, judged)
    shown = value(used) if verdict.status in {*READABLE, "insufficient"} else None
    if shown is None and verdict.status in READABLE:
        verdict = Verdict("not_measured", "The costs come to nothing, so there is nothing to relate the benefit to.")
    whole = verdict.status in READABLE and shown is not None
    estimate = Estimate(
        shown.mid if shown else None,
        shown.low if shown and whole else None,
        shown.high if shown and whole else None,
        None,
        _method(found, used, judged) if shown else "",
    )
    people = found.behind_worth if judged is _worth else found.behind_cost
    events = sum(ledger.confirmed for ledger in used)
    return estimate, Conclusion(verdict.status, verdict.decides, verdict.missing, people, events, P5_P95)


def _used(found: Found, judged: Callable[[Ledger], Verdict]) -> tuple[Sequence[Ledger], Verdict]:
    """The ledgers to sum, and what may be done with the sum: those of several that are not complete are left out."""
    if not found.ledgers:
        return (), Verdict("not_measured", found.refusal)
    if len(found.ledgers) == 1:
        return found.ledgers, judged(found.ledgers[0])
    used = [ledger for ledger in found.ledgers if judged(ledger).status in READABLE]
    if not used:
        first = judged(found.ledgers[0]).missing
        return (), Verdict("not_measured", f"None of {len(found.ledgers)} products has a full ledger. {first}")
    verdicts = sorted(map(judged, used), key=lambda each: (each.status == "ok", each.decides))
    return used, verdicts[0]


def _method(found: Found, used: Sequence[Ledger], judged: Callable[[Ledger], Verdict]) -> str:
    if judged is _costing:
        words = [f"costs / confirmed tasks, ends P5 to P95 of task success (level {P5_P95:.0%})"]
    else:
        words = [f"Monte Carlo, {simulate.DRAWS:,} draws, P5 to P95 (level {P5_P95:.0%})"]
        words.append(f"evidence {max(ledger.evidence for ledger in used)}")
    if len(found.ledgers) > 1:
        words.append(f"{len(used)} of {len(found.ledgers)} products")
    else:
        words += [f"{used[0].first} to {used[0].last}", *used[0].notes]
    if any("unit: session" in ledger.success.reading.method for ledger in used):
        words.append("unit: session")
    return "; ".join(words)


def _text(asked: Asked) -> str:
    return sql_of(asked.scope, "pilot" in asked.by or asked.scope.pilots is not None)


def _rows(reader: Rows, reading: Reading, asked: Asked, limit: int, after: str | None) -> list[Row]:
    """The lines of the ledgers behind a reading, in their order; `cursor` is the place of a line."""
    key = tuple(reading.group[name] for name in asked.by)
    found = load(reader, asked).get(key)
    lines: list[Row] = [
        {"product": ledger.product, "pilot": ledger.pilot, **line._asdict()}
        for ledger in (found.ledgers if found else ())
        for line in ledger.lines
    ]
    begin = int(after) + 1 if after and after.isdigit() else 0
    return [{**line, "cursor": f"{place}"} for place, line in enumerate(lines)][begin : begin + limit]


HEADLINE = Derived(
    name="roi",
    title="ROI",
    question="How much more came back than it cost, per unit of money?",
    definition=(
        "The 50th percentile of (PV(benefits) - PV(costs)) / PV(costs), the ends the 5th and the 95th. "
        + VALUE + COST + PRESENT
    ),
    facts=("user_days",),
    dimensions=frozenset(("product", "pilot")),
    unsplit="costs and assumptions are stated for a product or a pilot, and for whole months",
    load=load,
    conclude=partial(_conclude, judged=_worth, value=_roi),
    text=_text,
    rows=_rows,
    units_are="people",
    counts="successful tasks",
    better="higher",
    measure="multiple",
    caveat="Sees the period only: capital is charged in full. Where benefits are negative, read the net value.",
    settings=("currency", "min_costed_share", "min_outcome_coverage", "show_units"),
)  # fmt: skip

METRICS = (
    HEADLINE,
    replace(
        HEADLINE,
        name="roi.cost_per_success",
        title="Cost per successful task",
        question="What did a task cost that is known to have ended well?",
        definition="Costs of the period, capital too, not discounted / confirmed tasks. " + COST,
        conclude=partial(_conclude, judged=_costing, value=cost_per_success),
        better="lower",
        measure="money",
        caveat="Tasks of unknown outcome cost money and are no success here.",
    ),
    replace(
        HEADLINE,
        name="roi.net_value",
        title="Net value",
        question="How much more money came back than it cost?",
        definition=(
            "The 50th percentile of PV(benefits) - PV(costs), the ends the 5th and the 95th. " + VALUE + COST + PRESENT
        ),
        conclude=partial(_conclude, judged=_worth, value=_net),
        measure="money",
        caveat="Sees the period only: capital is charged in full.",
    ),
    replace(
        HEADLINE,
        name="roi.chance",
        title="Chance that it pays",
        question="How likely is it that more came back than it cost?",
        definition="The share of draws in which PV(benefits) - PV(costs) > 0. " + VALUE + COST + PRESENT,
        conclude=partial(_conclude, judged=_worth, value=_chance),
        measure="share",
        caveat="As likely as the registry's assumptions are right.",
    ),
)
