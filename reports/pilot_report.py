"""A pilot on one page: what the numbers propose and why, its criteria, whether they may be judged, what was decided."""

from dataclasses import asdict
from math import isnan

from metrics.catalog import CATALOG
from metrics.criteria import Criterion
from metrics.scorecard import Judged, Scorecard
from reports import svg
from reports.criteria import EDGE, place, told
from reports.data_checks import checks
from reports.report import Figure, Part, Report, Table, Words
from reports.scorecard import (
    DESIGNS,
    ROLES,
    answer,
    bar,
    bounds,
    compared,
    outcome,
    owed,
    rule_in_words,
    value,
    week_of,
)
from reports.signs import DECISIONS, GLYPHS
from reports.words import MADE_UP, NOTHING, amount, in_full, period, units_of

REASONS = 6
GOOD = {True: "✓", False: "✕", None: "–"}


def pilot_report(card: Scorecard, product: str, version: int, *, made_up: bool = False) -> Report:
    """The report of a scorecard; `product` is the product's name, `version` that of the data, `made_up`: they are the
    demo company's.
    """
    pilot, decision = card.pilot, card.verdict.decision
    span = period(card.scope.since, card.scope.until) if card.scope else "not begun"
    about = [product, pilot.team_id or "no team", span, week_of(card)]
    return Report(
        title=pilot.name,
        under=" · ".join(each for each in about if each),
        mark=GLYPHS[decision],
        proposal=DECISIONS[decision].word,
        answer=answer(card),
        parts=tuple(_parts(card)),
        made_up=f"Demo company. {MADE_UP}" if made_up else "",
        foot=f"Plumbline · pilot {pilot.pilot_id} · data through {card.as_of}, version {version}"
        f" · numbers {card.readings_hash()[:12]} · an open dot ○ may not decide",
    )


def _parts(card: Scorecard) -> list[Part]:
    pilot, verdict = card.pilot, card.verdict
    reasons = [f"{rule_in_words(card)} (rule {verdict.rule})", *verdict.reasons[:REASONS]]
    if missing := owed(verdict.needs):
        reasons.append(f"Still needed: {', '.join(missing)}.")
    parts: list[Part] = [Words("Why", tuple(reasons), points=True)]
    parts += _criteria(card)
    parts.append(
        Words(
            "Can it be judged?",
            tuple(f"{GOOD[each.good]} {each.words}. {each.means}" for each in checks(card)),
            points=True,
        )
    )
    parts.append(Words("Against the current way of working", tuple(_contrasts(card)), points=True))
    said = [("Goal", pilot.goal), ("Hypothesis", pilot.hypothesis), ("Constraints", pilot.constraints),
            ("Risks", pilot.risks), ("Conclusions", pilot.conclusions)]  # fmt: skip
    parts.append(Words("What was agreed", tuple(f"{name}: {text or 'not said'}" for name, text in said), points=True))
    parts.append(_decisions(card))
    return parts


def _criteria(card: Scorecard) -> list[Part]:
    if not card.judged:
        return [Words("Success criteria", ("None was agreed, so there is nothing the pilot could show.",))]
    places = [place(each) for each in card.judged]
    rows = [
        svg.Row(
            each.criterion.name, f"{value(each.reading)}  {outcome(each)}", each.outcome.counts,
            found and found.value, found and found.low, found and found.high,
        )
        for each, found in zip(card.judged, places, strict=True)
    ]  # fmt: skip
    ends = [end for found in places if found for end in found if end is not None]
    known = [min(EDGE, max(-EDGE, end)) for end in ends if not isnan(end)]  # an open end
    drawn = svg.intervals(
        rows, [svg.Line(-1.0, "floor"), svg.Line(0.0, "bar")], (min([-1.3, *known]) - 0.1, max([1.0, *known]) + 0.1)
    )
    table = Table(
        heading="Success criteria",
        columns=("Role", "Criterion", "Bar", "Baseline", "Value", "95% interval", "Of", "Verdict"),
        rows=tuple(_row(each) for each in card.judged),
        wide=1,
        data=[_data(each) for each in card.judged],
        note=f"Frozen at the start; {card.agreed.changes or 'nothing'} changed since. ○: may not decide.",
    )
    return [table, Figure("From floor to bar, better to the right", drawn, told(card.judged))]


def _row(each: Judged) -> tuple[str, ...]:
    criterion, reading = each.criterion, each.reading
    before = amount(each.baseline.value, criterion.measure) if each.baseline else NOTHING
    of = units_of(reading) if reading is not None and reading.value is not None else NOTHING
    return (
        ROLES[criterion.role], criterion.name, bar(criterion), before, value(reading), bounds(reading), of,
        outcome(each),
    )  # fmt: skip


def _data(each: Judged) -> dict[str, object]:
    criterion, reading = each.criterion, each.reading
    found = asdict(reading) if reading is not None else {}
    return {
        "role": ROLES[criterion.role], "criterion": criterion.name, "metric": _metric(criterion),
        "better": criterion.better, "bar": criterion.bar, "floor": criterion.floor,
        "baseline": each.baseline.value if each.baseline else None,
        **{name: found.get(name) for name in ("value", "low", "high", "level", "units", "events", "status", "method")},
        "verdict": each.outcome.verdict, "why": each.outcome.sentence,
    }  # fmt: skip


def _metric(criterion: Criterion) -> str:
    return CATALOG[criterion.metric].title if criterion.metric in CATALOG else criterion.metric


def _contrasts(card: Scorecard) -> list[str]:
    if not card.contrasts:
        return ["It has not been compared: no baseline of its scenario and no minutes saved per task are registered."]
    found = []
    for each in card.contrasts:
        name = CATALOG[each.metric].title if each.metric else "Time saved"
        found.append(f"{name}: {compared(each).rstrip('.')}. Design {DESIGNS[each.design]}; evidence {each.evidence}.")
    paid, roi = card.readings.get("roi.chance"), card.readings.get("roi")
    if paid is not None and roi is not None:
        worth = (
            paid.missing if paid.value is None else f"it pays with a probability of {value(paid)}; ROI {in_full(roi)}"
        )
        found.append(f"Value: {worth}")
    return found


def _decisions(card: Scorecard) -> Part:
    if not card.decisions:
        return Words("Decisions", ("Nobody has decided yet." + (" It is overdue." if card.overdue else ""),))
    kept = [
        {"on": f"{each.decided_at:%Y-%m-%d}", "proposed": each.recommendation or NOTHING, "decided": each.decision,
         "reason": each.reason or NOTHING, "conditions": each.conditions or NOTHING}
        for each in card.decisions
    ]  # fmt: skip
    return Table(
        "Decisions", ("On", "Numbers proposed", "Decided", "Reason", "Conditions"),
        tuple(tuple(row.values()) for row in kept), 3, kept,
    )  # fmt: skip
