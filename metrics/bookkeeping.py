"""How a ledger is made up: the books of a product or pilot, what they come to, and what may be said of the sum."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data.settings import Settings
from metrics import simulate
from metrics.beliefs import DISCOUNT, Belief, Beliefs
from metrics.bill import WORST, Bill, bill
from metrics.entries import Entries
from metrics.ledger import READABLE, Ledger, Line, Verdict
from metrics.simulate import Input, Plan, Result
from metrics.spec import Part
from metrics.statistics import rounded
from metrics.streams import SUCCESS, Benefits, benefits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """What a ledger is made from."""

    entries: Entries
    owed: Bill
    gains: Benefits
    interest: Belief | None  # the yearly rate of discount: a convention, not a claim, so it has no say in the evidence
    success: Part
    rate: Input | None
    period: str

    @property
    def whose(self) -> str:
        return f"pilot {self.entries.pilot}" if self.entries.pilot else self.entries.product

    @property
    def beliefs(self) -> list[Belief]:
        return [*self.gains.used.values(), *([self.interest] if self.interest else [])]

    @property
    def claims(self) -> dict[str, str]:
        """The evidence of every input that is a claim, by its name."""
        found = {name: belief.evidence for name, belief in self.gains.used.items()}
        return found | {charge.kind: "C" for charge in self.owed.charges if charge.tag == "assumed"}

    @property
    def evidence(self) -> str:
        return max(self.claims.values(), default="C")

    def plan(self) -> Plan | None:
        if not self.rate or not self.interest or not self.owed.charges or not self.gains.streams:
            return None
        return Plan(
            inputs=(self.rate, *(belief.given for belief in self.beliefs)),
            streams=tuple(self.gains.streams),
            costs=self.owed.months,
            capital=self.owed.capital,
            rate=DISCOUNT,
            period=self.period,
        )


def build(entries: Entries, known: Beliefs, success: Part, settings: Settings, period: str) -> Ledger:
    """The ledger of one product or pilot. `success` is its task success in the period, `period` names the draws."""
    books = _Books(
        entries=entries,
        owed=bill(entries, settings.min_costed_share),
        gains=benefits(entries, known),
        interest=known.of(DISCOUNT, entries.product, entries.pilot),
        success=success,
        rate=_rate(entries, success),
        period=period,
    )
    faults = [said for belief in books.beliefs if (said := simulate.fault(belief.given, period))]
    plan = None if faults else books.plan()
    result = simulate.simulate(plan) if plan else None
    if result and not np.isfinite(result.net).all():
        faults, result = ["The inputs are too large to compute with."], None
    done = entries.tasks.values()
    return Ledger(
        product=entries.product,
        pilot=entries.pilot,
        first=entries.first,
        last=entries.last,
        lines=(*_lines(books, result, settings.currency), *(() if faults else _inputs(books))),
        notes=(*books.owed.notes, *books.gains.notes),
        success=success,
        confirmed=sum(each.confirmed for each in done),
        known=sum(each.confirmed + each.failed for each in done),
        cost=books.owed.total,
        costing=_costing(books),
        worth=_worth(books, faults),
        evidence=books.evidence,
        rate=books.rate,
        period=period,
        plan=plan,
        result=result,
        successes=tuple(books.gains.successes),
    )


def _rate(entries: Entries, success: Part) -> Input | None:
    """Task success as it might have come out: a beta of its successes among its effective tasks (Jeffreys' half each).
    None where it is not known well enough for anything to follow from it.
    """
    value, size = success.estimate.value, success.estimate.effective
    if value is None or size is None or success.reading.status not in READABLE:
        return None
    owner = (entries.product, entries.pilot or "")
    return Input(SUCCESS, "beta", value * size + 0.5, (1 - value) * size + 0.5, owner=owner)


def _costing(books: _Books) -> Verdict:
    success = books.success.reading
    if refused := _refused("cost per successful task", books):
        return refused
    if books.owed.gaps:
        return Verdict("insufficient", f"Costs incomplete: {'; '.join(books.owed.gaps)}.")
    if not success.value:
        return Verdict("insufficient", f"No task of {books.whose} is known to have ended well.")
    return Verdict(success.status, success.missing, success.decides)


def _worth(books: _Books, faults: list[str]) -> Verdict:
    success = books.success.reading
    if refused := _refused("ROI", books):
        return refused
    lacking = ([] if books.gains.streams else books.gains.lacking) + ([] if books.interest else [DISCOUNT])
    if lacking:
        return Verdict("not_measured", f"No benefit of {books.whose} can be valued: no {', no '.join(lacking)}.")
    if faults:
        return Verdict("invalid", faults[0])
    if books.owed.gaps:
        return Verdict("insufficient", f"ROI incomplete: {'; '.join(books.owed.gaps)}.")
    if success.status == "ok" and books.evidence == "C":
        guessed = ", ".join(name for name, level in books.claims.items() if level == "C")
        return Verdict("ok", f"An estimate alone decides nothing (evidence C: {guessed}).")
    return Verdict(success.status, success.missing, success.decides)


def _refused(what: str, books: _Books) -> Verdict | None:
    if books.rate is None:
        why = books.success.reading.missing or "too few tasks have a known outcome."
        return Verdict("not_measured", f"No {what} while task success is unmeasured: {why}")
    if not books.owed.charges:
        return Verdict("not_measured", f"No costs of {books.whose} in this period: the registry has none.")
    return None


def _lines(books: _Books, result: Result | None, currency: str) -> Iterable[Line]:
    """Benefits and costs."""
    used = books.gains.used
    for stream in books.gains.streams if result else ():
        names = [name for factor in stream.factors for name in factor]
        tag = max((used[name].tag for name in names if name in used), key=WORST.__getitem__)
        evidence = max(used[name].evidence for name in names if name in used)
        drawn = result.streams[stream.name] if result else np.zeros(1)
        words = " × ".join(" less ".join(factor).replace("_", " ") for factor in stream.factors)
        yield Line(stream.name, "benefit", *simulate.spread(drawn), currency, tag, evidence, words)
    for charge in books.owed.charges:
        amount, evidence = rounded(math.fsum(charge.months)), "C" if charge.tag == "assumed" else ""
        yield Line(charge.kind, "cost", amount, amount, amount, currency, charge.tag, evidence, charge.source)


def _inputs(books: _Books) -> Iterable[Line]:
    """What was counted, and every input that was drawn."""
    done, people = books.entries.tasks.values(), books.entries.people
    yield Line("active people", "input", people, people, people, "people", "measured", "", "user days")
    counts = {
        "tasks": sum(each.tasks for each in done),
        "tasks of known outcome": sum(each.confirmed + each.failed for each in done),
        "successful tasks": sum(each.confirmed for each in done),
    }
    for name, count in counts.items():
        yield Line(name, "input", count, count, count, "tasks", "measured", "", "user days")
    if books.rate:
        ends = simulate.spread(simulate.draw(books.rate, books.period))
        size = f"{books.success.estimate.effective:.4g} effective tasks"
        yield Line(SUCCESS, "input", *ends, "share", "measured", "", size)
    for belief in books.beliefs:
        ends = simulate.spread(simulate.draw(belief.given, books.period))
        yield Line(belief.given.name, "input", *ends, belief.unit, belief.tag, belief.evidence, belief.source)
