"""A pilot's scorecard in words: the answer of its page, the rules, verdicts and roles as people read them. Pure."""

from collections.abc import Mapping
from datetime import date

from metrics.catalog import measure_of
from metrics.criteria import Criterion, Role
from metrics.current_way import Contrast
from metrics.pilot_case import Needs
from metrics.scorecard import Judged, Scorecard
from metrics.spec import Reading
from reports.words import NBSP, NOTHING, Sign, amount, change, count, interval, value_of

RULES: Mapping[str, str] = {
    "not-begun": "The pilot has not begun.",
    "running": "It is neither at its planned end, nor at its planned tasks with complete evidence.",
    "harm-not-fixable": "Critical errors surely exceed their limit, and the owner says they cannot be fixed.",
    "harm": "Critical errors surely exceed their limit.",
    "evidence": "There is not enough evidence to judge by.",
    "futile": "What must show value surely fails, and most failures are none that can be mended.",
    "futile-fixable": "What must show value surely fails, for reasons that may be mended.",
    "below-bar": "A must lies on the bad side of its bar.",
    "guardrail": "A guardrail is surely crossed.",
    "goal-failed": "A goal surely fails.",
    "worse-than-today": "The current way of working is surely better.",
    "not-worth-it": "It is more likely to cost than to bring.",
    "straddles": "A must reaches its bar, but not for certain.",
    "unmeasured": "Something that must be known before scaling has not been measured.",
    "uncompared": "No gain over the current way of working is shown.",
    "value-open": "Whether the value exceeds the cost is open.",
    "not-ready": "The readiness checklist is not done.",
    "scale": "Every must is met, and nothing stands against it.",
}
OUTCOMES: Mapping[str, Sign] = {
    "met": Sign("Met", "check", "green", "The whole interval reaches the bar."),
    "missed": Sign("Missed", "close", "red", "The whole interval lies on the bad side of the bar."),
    "inconclusive": Sign(
        "Inconclusive", "hourglass_empty", "orange", "The bar lies in the interval, or it may not decide."
    ),
    "unmeasured": Sign("Not measured", "block", "gray", "There is no number to hold against the bar."),
}
MARKS = {"met": "✓", "missed": "✕", "inconclusive": "◐", "unmeasured": "–"}
"""A letter that stands for an outcome's icon where only text can stand."""
ROLES: Mapping[Role, str] = {"must": "Must", "should": "Goal", "guardrail": "Guardrail"}
DESIGNS: Mapping[str | None, str] = {
    "controlled": "controlled: against a group that worked the current way at the same time",
    "matched": "matched: against similar cases of the current way",
    "before_after": "before and after: against how it went before, which is no proof of the cause",
    None: "no design is stated, so it counts as an estimate",
}
EVIDENCE = {"A": "controlled", "B": "before and after, or matched", "C": "an estimate, which alone never scales"}


def answer(card: Scorecard) -> str:
    """Whether the pilot has proven the product useful and ready, in one sentence or two; what people decided last."""
    name, verdict = card.pilot.name, card.verdict
    reason = _lowered(verdict.reasons[0]) if verdict.reasons else ""
    if verdict.decision == "scale":
        musts = sum(each.criterion.role == "must" for each in card.judged)
        met = {1: "its must is met", 2: "both musts are met"}.get(musts, f"all {musts} musts are met")
        words = f"{name} has proven itself: {met}, it is better than the current way of working, and all is ready."
    elif verdict.decision == "running":
        today = verdict.today
        near = f" If it had ended today: {today.decision}. {today.reasons[0]}" if today and today.reasons else ""
        if card.shadow is not None:
            near = " It runs in shadow mode: nobody acts on the answers, so they enter no reading and decide nothing."
        week = week_of(card)
        words = f"{name} is still running{f', in {week[0].lower()}{week[1:]}' if week else ''}.{near}"
    elif verdict.decision == "not_begun":
        words = f"{name} has not begun. {verdict.reasons[0]}"
    elif verdict.decision == "repeat":
        words = f"{name} has not proven itself yet: {reason}"
    else:
        words = f"{name} has {'not proven itself' if verdict.decision == 'rework' else 'failed'}: {reason}"
    last = card.decisions[-1] if card.decisions else None
    return f"{words} Decided on {last.decided_at:%Y-%m-%d}: {last.decision}." if last else words


def week_of(card: Scorecard) -> str:
    """Where the pilot stands in its plan: "Week 6 of 12", "12 weeks, over since 2026-09-30"; "" without dates."""
    begins, ends = card.pilot.starts_on, card.pilot.ends_on
    if begins is None:
        return ""
    today = card.as_of
    weeks = f" of {_weeks(begins, ends)}" if ends else ""
    if today < begins:
        return f"Begins on {begins}" + (f", {count(_weeks(begins, ends), 'week')}" if ends else "")
    if ends and today >= ends:
        return f"{count(_weeks(begins, ends), 'week')}, over since {ends}"
    return f"Week {_weeks(begins, today)}{weeks}"


def rule_in_words(card: Scorecard) -> str:
    """The rule that matched; of a running pilot also the one that would, had it ended today."""
    verdict = card.verdict
    words = RULES.get(verdict.rule, verdict.rule)
    if verdict.today is None:
        return words
    return f"{words} Had it ended today: {_lowered(RULES.get(verdict.today.rule, verdict.today.rule))}"


def bar(criterion: Criterion) -> str:
    """The bar with its direction: "≥ 80.0%", "≤ 4.0 h", "15.0% ± 7.5"."""
    value = amount(criterion.bar, criterion.measure)
    if criterion.better == "band" and criterion.floor is not None:
        return f"{value} ± {amount(abs(criterion.floor - criterion.bar) / 2, criterion.measure)}"
    return f"{'≤' if criterion.better == 'lower' else '≥'}{NBSP}{value}"


def value(reading: Reading | None) -> str:
    """The reading's value, open where it may not decide; a dash for none."""
    if reading is None or reading.value is None:
        return NOTHING
    return f"{value_of(reading)}{'' if reading.decides else ' ○'}"


def bounds(reading: Reading | None) -> str:
    """The reading's interval; a dash for none."""
    return (interval(reading) if reading is not None else "") or NOTHING


def outcome(each: Judged) -> str:
    """The outcome as text: its letter and its word."""
    return f"{MARKS[each.outcome.verdict]} {OUTCOMES[each.outcome.verdict].word}"


def owed(needs: Needs) -> list[str]:
    """What is missing in numbers: "12 more people", "3 more complete weeks"."""
    parts = [
        (needs.people, "person", "people"), (needs.tasks, "task", "tasks"),
        (needs.weeks, "complete week", "complete weeks"),
    ]  # fmt: skip
    found = [f"{count(number, f'more {one}', f'more {many}')}" for number, one, many in parts if number]
    return [*found, f"{count(needs.days, 'day')} until it can be decided"] if needs.days else found


def gain(contrast: Contrast) -> str:
    """Whether the pilot is surely better or worse than the current way, with the interval; why it cannot be said."""
    middle, low, high = contrast.gain, contrast.low, contrast.high
    if middle is None or low is None or high is None:
        return contrast.refused
    sure = "better" if low > 0 else "worse" if high < 0 else "not surely different"
    if contrast.metric is None:
        return f"{sure}, {middle:+.1f} minutes a task ({low:+.1f} to {high:+.1f})"
    gained, least, most = (change(number, measure_of(contrast.metric)) for number in (middle, low, high))
    return f"{sure}, {gained} ({least} to {most})"


def compared(contrast: Contrast) -> str:
    """What is reached now and was before, with what `gain` says of the difference."""
    if contrast.gain is None or contrast.metric is None or contrast.before is None:
        return gain(contrast)
    measure = measure_of(contrast.metric)
    cases = f", {contrast.cases:,} cases" if contrast.cases else ""
    return (
        f"{amount(contrast.now, measure)} instead of {amount(contrast.before, measure)} before{cases}: {gain(contrast)}"
    )


def _weeks(begins: date, until: date | None) -> int:
    return 0 if until is None else (until - begins).days // 7 + 1


def _lowered(sentence: str) -> str:
    first = sentence.split(" ", maxsplit=1)[0]
    return sentence if first.isupper() else sentence[:1].lower() + sentence[1:]
