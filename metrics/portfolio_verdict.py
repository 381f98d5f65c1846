"""What the numbers of a product propose: keep, scale, fix, merge, retire, new, by ordered rules of which the first that
matches wins; `measure` where too little is measured to say any of them. Pure: numbers in, a proposal out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from metrics.health import UNKNOWN, Goal, Health, Measured, upright
from metrics.pilot_case import Decision
from metrics.spec import Better

Fate = Literal["keep", "scale", "fix", "merge", "retire", "new", "measure"]
Trend = Literal["better", "same", "worse"]  # sure changes only: what may be chance is "same"
MUST = ("adoption", "task success", "errors")  # without these nothing is good enough to keep
GRACE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCase:
    """Everything the rules look at; what is not known is grey or None.

    `errors` is the health of the hallucination and error rate. `better_elsewhere` names the products that do a
    scenario of this one surely better (see outdoes), () when none does. `pilot` is the best verdict of its pilots,
    `users` the people with any use in the period.
    """

    days_since_launch: int | None
    adoption: Health = UNKNOWN
    reach: Health = UNKNOWN
    task_success: Health = UNKNOWN
    errors: Health = UNKNOWN
    escalation: Health = UNKNOWN
    roi: Health = UNKNOWN
    better_elsewhere: tuple[str, ...] | None = None
    pilot: Decision | None = None
    trend: Trend | None = None
    users: int | None = None

    def healths(self) -> dict[str, Health]:
        """The five that a verdict stands on, by the name sentences use. Reach only says whether a failure hits many."""
        return {
            "adoption": self.adoption,
            "task success": self.task_success,
            "errors": self.errors,
            "escalation": self.escalation,
            "ROI": self.roi,
        }


class ProductVerdict(NamedTuple):
    """A proposal: a person decides. `rule` is the id of the rule that matched, `unknown` names what is not measured."""

    decision: Fate
    rule: str
    reason: str
    unknown: tuple[str, ...] = ()


Rule = Callable[[ProductCase], ProductVerdict | None]


def product_verdict(case: ProductCase, grace_days: int = GRACE_DAYS) -> ProductVerdict:
    """The first rule that matches, in this order; only solid colours drive a change.

    `new`: launched under `grace_days` ago. `merge`: another product does its scenario surely better. `retire`: people
    do not come back, and it fails, or loses money without being good, or nobody used it at all; unless it is surely
    getting better. `fix`, by what is wrong: `used-and-failing`, `failing`, `wrong`, `escalating`, `unused` (it does
    not fail and nobody comes back), `unprofitable`, `degrading`. `scale`: a pilot says so, success is green, nothing
    is unknown or likely red, no trend down. `keep`: adoption, task success and errors are known and none is red.
    `measure`: too little is known; says what.
    """
    days = case.days_since_launch
    if days is not None and days < grace_days:
        when = "Not launched yet" if days < 0 else f"Launched {days} day{'s' * (days != 1)} ago"
        verdict = ProductVerdict("new", "new", f"{when}: it has {grace_days} days before it is judged.")
    else:
        verdict = next(found for rule in RULES if (found := rule(case)))
    return verdict._replace(unknown=tuple(name for name, each in case.healths().items() if not each.known))


def outdoes(theirs: Measured | None, ours: Measured | None, better: Better) -> bool:
    """Whether another product is surely better: both readings decide and the intervals lie apart.

    Stricter than a test of the difference: whoever merges products should not do it on a close call.
    """
    if theirs is None or ours is None or not (theirs.decides and ours.decides) or better == "band":
        return False
    goal = Goal(better=better, target=0.0)
    one, other = upright(theirs, goal), upright(ours, goal)
    return one is not None and other is not None and one.low > other.high


def _merge(case: ProductCase) -> ProductVerdict | None:
    if not case.better_elsewhere:
        return None
    others = ", ".join(sorted(case.better_elsewhere))
    return ProductVerdict("merge", "merge", f"The same scenario is surely done better by {others}.")


def _retire(case: ProductCase) -> ProductVerdict | None:
    if not _red(case.adoption) or case.trend == "better":
        return None
    if case.users == 0:
        why = "Nobody used it in the period, so there is nothing else to measure."
    elif _red(case.task_success):
        why = f"Task success: {case.task_success.sentence}"
    elif _red(case.roi) and case.task_success.known and case.task_success.colour != "green":
        why = f"ROI: {case.roi.sentence}"
    else:
        return None
    return ProductVerdict("retire", "retire", f"Adoption: {case.adoption.sentence} {why}")


def _failing(case: ProductCase) -> ProductVerdict | None:
    if not _red(case.task_success):
        return None
    if case.adoption.colour == "green" or (case.reach.colour == "green" and not _red(case.adoption)):
        return _fix("used-and-failing", f"Many use it and it fails them. {case.task_success.sentence}")
    return _fix("failing", f"Task success: {case.task_success.sentence}")


def _wrong(case: ProductCase) -> ProductVerdict | None:
    if not _red(case.errors):
        return None
    quiet = " Few escalations are no comfort: the errors stay with the people." * (case.escalation.colour == "green")
    return _fix("wrong", f"Errors: {case.errors.sentence}{quiet}")


def _escalating(case: ProductCase) -> ProductVerdict | None:
    return _fix("escalating", f"Escalation: {case.escalation.sentence}") if _red(case.escalation) else None


def _unused(case: ProductCase) -> ProductVerdict | None:
    if not _red(case.adoption) or not case.task_success.known:
        return None
    return _fix("unused", f"It does not fail, and people do not come back. {case.adoption.sentence}")


def _unprofitable(case: ProductCase) -> ProductVerdict | None:
    return _fix("unprofitable", f"ROI: {case.roi.sentence}") if _red(case.roi) else None


def _degrading(case: ProductCase) -> ProductVerdict | None:
    return _fix("degrading", "It is surely getting worse.") if case.trend == "worse" else None


def _scale(case: ProductCase) -> ProductVerdict | None:
    if case.pilot != "scale" or _against_scale(case):
        return None
    return ProductVerdict("scale", "scale", f"A pilot is worth scaling. Task success: {case.task_success.sentence}")


def _keep(case: ProductCase) -> ProductVerdict | None:
    found = case.healths()
    if not all(found[name].known for name in MUST):
        return None
    watch = [name for name, each in found.items() if each.colour in ("amber", "likely_red")]
    said = [
        "Nothing that must be known is surely wrong.",
        f"Watch {', '.join(watch)}." if watch else "",
        f"A pilot is worth scaling; not yet: {', '.join(_against_scale(case))}." if case.pilot == "scale" else "",
    ]
    return ProductVerdict("keep", "keep", " ".join(filter(None, said)))


def _measure(case: ProductCase) -> ProductVerdict:
    owed = [f"{name}: {each.sentence}" for name, each in case.healths().items() if name in MUST and not each.known]
    return ProductVerdict("measure", "measure", f"Too little is measured to say. {' '.join(owed)}")


RULES: tuple[Rule, ...] = (
    _merge, _retire, _failing, _wrong, _escalating, _unused, _unprofitable, _degrading, _scale, _keep, _measure,
)  # fmt: skip


def _against_scale(case: ProductCase) -> list[str]:
    """What stands between a pilot worth scaling and scale, in words."""
    found = [f"{name} is not known" for name, each in case.healths().items() if not each.known]
    found += [f"{name} is likely red" for name, each in case.healths().items() if each.colour == "likely_red"]
    if case.task_success.known and case.task_success.colour != "green":
        found.append("task success does not surely reach its target")
    if case.trend is None:
        found.append("the trend is not known")
    if case.better_elsewhere is None:
        found.append("whether another product does it better is not known")
    return found


def _fix(rule: str, reason: str) -> ProductVerdict:
    return ProductVerdict("fix", rule, reason)


def _red(health: Health) -> bool:
    return health.colour == "red"
