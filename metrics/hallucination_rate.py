"""Hallucination rate: of the tasks that somebody looked at, how many said something wrong; judged, audited by people,
and corrected.
"""

from dataclasses import replace
from datetime import timedelta

from metrics import calibration, ratios
from metrics.calibration import Agreement
from metrics.compile import compile_sql
from metrics.judge import Confusion, corrected, kappa, none_of, powered_interval, prediction_powered, rogan_gladen
from metrics.reduced import VIEWS
from metrics.spec import Asked, Conclusion, Derived, Estimate, Inputs, Moments, Part, Ratio
from metrics.statistics import rounded, t_quantile
from metrics.status import Case, judge

TASK = (
    " A task is the interaction that a result of an audit (origin production_audit) names, else its case. A content"
    " error is a failed check without a type of error, or incorrect, unsupported or unsafe; technical failures and"
    " missed escalations are none. Checks that failed themselves or were cancelled say nothing; of a check that was"
    " repeated the last one counts, of its trials what at least half of them show. A task counts on the day of its"
    " interaction, else of its audit, and by the inverse of the probability with which it was drawn. Shadow-mode and"
    " synthetic rows and accounts of services, tests and the product team are left out."
)

JUDGED = Ratio(
    name="hallucination_rate.judged",
    title="Judged errors",
    question="Of the tasks that a judge read, how many did it flag?",
    definition="Tasks with a content error by a judge (a model or a rule) / tasks that a judge read." + TASK,
    fact="audits",
    hit="judge_weight * judge_error",
    of="judge_weight",
    events="1",
    counts="judged tasks",
    better="lower",
    caveat="What the judge says, with its mistakes: its interval knows nothing of them. Never a headline.",
    uncalibrated="A judge's own rate, with its mistakes: the hallucination rate says what is known of them.",
    settings=("reporting_zone",),
)
AUDITED = Ratio(
    name="hallucination_rate.audited",
    title="Audited errors",
    question="Of the tasks that people audited, how many said something wrong?",
    definition="Tasks with a content error that any person found / tasks that people audited." + TASK,
    fact="audits",
    hit="human_weight * human_error",
    of="human_weight",
    events="1",
    counts="tasks audited by people",
    better="lower",
    caveat="It holds for production as far as the audited tasks were drawn at random.",
    settings=("reporting_zone",),
)


def _of_type(name: str, title: str, question: str, what: str) -> Ratio:
    return replace(
        AUDITED,
        name=f"hallucination_rate.{name}",
        title=title,
        question=question,
        definition=f"Tasks with an error of type {name} ({what}) that any person found / tasks that people audited."
        + TASK,
        hit=f"human_weight * {name}",
        caveat="By people alone. A task may show several types, and an error without a stated type is in none of them.",
    )


def conclude(inputs: Inputs) -> tuple[Estimate, Conclusion]:
    """The rate by the best path there is: judge and people together, else a judge corrected by its calibration set,
    else people alone, else a judge whom nobody checked, which is shown and decides nothing.
    """
    seen: Agreement | None = inputs.found
    settings = inputs.ground.settings
    limits = settings.min_calibration, settings.min_youden
    if seen is None or not seen.read:
        return _audited(inputs)
    why_not = seen.both.fault(*limits)
    if not why_not:
        if powered := _powered(inputs, seen):
            return powered
        why_not = "with it the rate would leave 0 to 1, or have no spread at all"
    labels, fault = seen.calibration, seen.unfit
    if labels:
        fault = labels.fault(*limits)
        if not fault:
            return _corrected(inputs, seen, labels)
    if seen.looked:
        return _audited(inputs, f"; the judge is left out: {why_not}")
    return _uncalibrated(inputs, seen, f"A judge read {seen.read:,} tasks, and its rate cannot be corrected: {fault}.")


def _powered(inputs: Inputs, seen: Agreement) -> tuple[Estimate, Conclusion] | None:
    """People and judge together; None where that gives no rate between 0 and 1 with an error of its own."""
    if seen.people < 2:
        return None
    level = inputs.ground.settings.level
    powered = prediction_powered(seen.judged, seen.judged_among, seen.found_among, seen.spread, seen.people)
    bounds = powered_interval(powered, float(seen.read), t_quantile(level, seen.people - 1))
    if bounds is None:
        return None
    low, high, size = bounds
    method = (
        f"corrected (prediction-powered): {seen.both.labels:,} human labels among {seen.read:,} judged tasks, judge"
        f" weighted {powered.trust:.2f}, {_worth(seen.both)}; Wilson, n_eff {size:.4g}, t({seen.people - 1})"
    )
    estimate = Estimate(rounded(powered.value), rounded(low), rounded(high), rounded(size), method)
    case = replace(_case(inputs, AUDITED), units=seen.people)
    return _finished(estimate, case, seen.both.labels, inputs.parts[AUDITED.name])


def _corrected(inputs: Inputs, seen: Agreement, labels: Confusion) -> tuple[Estimate, Conclusion]:
    part = inputs.parts[JUDGED.name]
    share, size = part.estimate.value, part.estimate.effective
    if share is not None and part.moments:  # to its last bit, for little may be left of it
        share = part.moments.hits / part.moments.of
    method = (
        f"corrected (Rogan-Gladen): {_worth(labels)}, {labels.wrong} + {labels.good} human labels;"
        f" {seen.read:,} tasks judged by {seen.judge()}"
    )
    case = _case(inputs, JUDGED)
    if share is None or size is None:  # too little for an interval, and for the rules too
        raw = None if share is None else rogan_gladen(share, labels.sensitivity, labels.specificity)
        estimate = Estimate(None if raw is None else rounded(raw), None, None, None, method)
    else:
        found = corrected(share, size, labels, t_quantile(inputs.ground.settings.level, case.units - 1))
        worth = found.value * (1 - found.value) / found.variance
        method += f", n_eff {size:.4g}, t({case.units - 1})"
        value, low, high = (rounded(each) for each in found[:3])
        estimate = Estimate(value, low, high, rounded(worth) if worth else None, method)
    return _finished(estimate, case, seen.read, part)


def _audited(inputs: Inputs, why: str = "") -> tuple[Estimate, Conclusion]:
    """People alone; also nobody at all."""
    part, case = inputs.parts[AUDITED.name], _case(inputs, AUDITED)
    estimate = part.estimate
    if estimate.value is not None and estimate.effective is not None and part.moments and not part.moments.hits:
        high = rounded(none_of(case.units, inputs.ground.settings.level))
        how = f"no error found, exact upper bound (Clopper-Pearson) of {case.units} {case.units_are}"
        estimate = estimate._replace(low=0.0, high=high, method=how)
    elif estimate.effective is not None:
        estimate = estimate._replace(method=f"jackknife Wilson, n_eff {estimate.effective:.4g}, t({case.units - 1})")
    estimate = estimate._replace(method=f"audited by people: {estimate.method or 'no interval'}{why}")
    return _finished(estimate, case, part.reading.events, part)


def _uncalibrated(inputs: Inputs, seen: Agreement, sentence: str) -> tuple[Estimate, Conclusion]:
    """The judge's own rate: no interval of it would hold the true one."""
    part = inputs.parts[JUDGED.name]
    estimate = Estimate(part.estimate.value, None, None, None, f"judged by {seen.judge()}, not corrected")
    case = replace(_case(inputs, JUDGED), uncalibrated=sentence)
    return _finished(estimate, case, part.reading.events, part)


def _finished(estimate: Estimate, case: Case, events: int, part: Part) -> tuple[Estimate, Conclusion]:
    """The estimate as far as the status rules let it be shown. The part's notes on what was left out go with it."""
    status, decides, missing, shown, bounded = judge(case)
    notes = part.reading.method.partition("; ")[2]
    estimate = estimate._replace(
        value=estimate.value if shown else None,
        low=estimate.low if bounded else None,
        high=estimate.high if bounded else None,
        method="; ".join(filter(None, [estimate.method if shown else "no interval", notes])),
    )
    return estimate, Conclusion(status, decides, missing, case.units, events)


def _case(inputs: Inputs, metric: Ratio) -> Case:
    """What the rules look at: as of the ratio itself, but where the registry says how often an audit is due, an audit
    covers the days until the next one, as far as there is use.
    """
    seen, ground = inputs.found, inputs.ground
    row = {"context_interactions": seen.tasks, "context_named": seen.named} if seen else {}
    moments = inputs.parts[metric.name].moments or Moments(0, 0, 0, 0, 0, 0)
    place = (inputs.group, inputs.bucket, ())
    case = ratios.case(replace(metric, counts="audited tasks", uncalibrated=""), place, row, moments, ground)
    used = ground.span("user_days", inputs.group, case.first_day, case.last_day)
    if case.through is None or not case.due or used is None:
        return case
    covered = case.through + timedelta(days=min(due.cadence_days for due in case.due) - 1)
    return replace(case, through=max(case.through, min(covered, used.through)))


def _worth(labels: Confusion) -> str:
    agreed = kappa(labels)
    words = [f"sensitivity {_short(labels.sensitivity)}", f"specificity {_short(labels.specificity)}"]
    return ", ".join([*words, f"kappa {_short(agreed)}"] if agreed is not None else words)


def _short(share: float) -> str:
    return f"{share:.2f}".replace("0.", ".", 1)


def text(asked: Asked) -> str:
    """The SQL behind the headline: the judged and the audited rate, what people and judge said together, and the
    calibration sets.
    """
    ratio = compile_sql([JUDGED, AUDITED], asked.scope, asked.by).sql
    return ";\n\n".join([ratio, calibration.audits_sql(asked), calibration.labels_sql(asked.scope)])


METRICS = (
    Derived(
        name="hallucination_rate",
        title="Hallucination rate",
        question="Of the tasks that somebody looked at, how many said something wrong?",
        definition=(
            "The share of tasks with a content error. Where people labelled a part of the tasks that a judge read:"
            " prediction-powered inference over both, by person. Else the judge's rate corrected by its sensitivity and"
            " specificity (Rogan-Gladen, interval by Lee et al.), from the product's calibration set of the same judge"
            " with the same prompt. A judge is used when people found enough wrong and enough good answers among those"
            " it read (a setting, 30 each) and sensitivity + specificity - 1 is high enough (a setting, .3). Else the"
            " rate that people found (weighted ratio, by person). Else the judge's own rate, uncalibrated." + TASK
        ),
        needs=(JUDGED.name, AUDITED.name),
        facts=("audits", "user_days"),
        dimensions=VIEWS["audits"].dimensions,
        unsplit=VIEWS["audits"].unsplit,
        load=calibration.load,
        conclude=conclude,
        text=text,
        units_are="people",
        counts="audited tasks",
        better="lower",
        caveat="Without an audit there is no rate, not a rate of nothing; complaints and feedback are no audit.",
        settings=("min_calibration", "min_youden", "reporting_zone"),
    ),
    JUDGED,
    AUDITED,
    _of_type(
        "incorrect",
        "Incorrect answers",
        "Of the tasks that people audited, how many said something false?",
        "it is false",
    ),
    _of_type(
        "unsupported",
        "Unsupported claims",
        "Of the tasks that people audited, how many claimed what no source given says?",
        "the claim is not in the context provided",
    ),
    _of_type(
        "unsafe",
        "Unsafe answers",
        "Of the tasks that people audited, how many said what policy forbids?",
        "it breaks a policy or may do harm",
    ),
    Ratio(
        name="hallucination_rate.technical_failure",
        title="Technical failures",
        question="Of all interactions, how many failed technically?",
        definition=(
            "Interactions with a technical error (a timeout, a server or tool error) / interactions. All are counted,"
            " none is sampled. Shadow-mode rows and accounts of services, tests and the product team are left out."
        ),
        fact="user_days",
        hit="technical_errors",
        of="interactions",
        counts="interactions",
        better="lower",
        caveat="An interaction of which its source says nothing counts as one that did not fail.",
    ),
)
