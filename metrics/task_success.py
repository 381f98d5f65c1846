"""Task success: of the tasks whose end is known, how many ended well; and how much is known."""

from dataclasses import replace

from metrics.spec import Coverage, Ratio

KNOWN = "tasks_confirmed + tasks_failed"
# A failure that may be no more than a technical error tells nothing about success: error logs alone do not measure it.
STATED = (
    "tasks_confirmed + tasks_implied"
    " + CASE WHEN tasks_failed > technical_errors THEN tasks_failed - technical_errors ELSE 0 END"
)
OUTCOMES = Coverage(
    known=KNOWN,
    among="tasks",
    stated=STATED,
    minimum="min_outcome_coverage",
    known_words="ended well",
    among_words="tasks",
    source="load outcomes, ratings or feedback",
)
TASK = (
    " A task is a product, a unit (the person, else the session, else the interaction), a local day and the "
    "source's task id, else session, else interaction; a session over midnight is cut there. Shadow-mode rows "
    "and accounts of services, tests and the product team are left out."
)
BAND = (
    " Together the two bounds hold the true rate whatever the tasks without evidence came to (Manski bounds); "
    "an outcome that a rule or an uncalibrated judge implied stays within the band."
)
FAILED = Ratio(
    name="task_success.failed",
    title="Failed tasks",
    question="Of all tasks, how many are known to have failed?",
    definition="Failed tasks / all tasks. Failed: a negative verdict, or nothing but technical errors." + TASK,
    fact="user_days",
    hit="tasks_failed",
    of="tasks",
    counts="tasks",
    better="lower",
    caveat="A share of all tasks, also of those of which nobody knows the end.",
)

METRICS = (
    Ratio(
        name="task_success",
        title="Task success",
        question="Of the tasks whose end is known, how many did what the person came for?",
        definition=(
            "Confirmed tasks / (confirmed + failed tasks). Confirmed: a verified outcome, an accepted or "
            "applied output, or a positive rating. Failed: a negative of any of these, or nothing but technical"
            " errors." + TASK
        ),
        fact="user_days",
        hit="tasks_confirmed",
        of=KNOWN,
        counts="tasks with a confirmed or failed outcome",
        better="higher",
        caveat="Who says how a task ended is not a random choice: read it with its coverage and its bounds.",
        coverage=OUTCOMES,
        settings=("min_outcome_coverage",),
    ),
    Ratio(
        name="task_success.outcome_coverage",
        title="Outcome coverage",
        question="Of all tasks, of how many is the end known?",
        definition="(Confirmed + failed tasks) / all tasks." + TASK,
        fact="user_days",
        hit=KNOWN,
        of="tasks",
        counts="tasks",
        better="higher",
    ),
    Ratio(
        name="task_success.worst",
        title="Task success, lower bound",
        question="How low would task success be if every task without evidence had failed?",
        definition="Confirmed tasks / all tasks." + BAND + TASK,
        fact="user_days",
        hit="tasks_confirmed",
        of="tasks",
        counts="tasks",
        better="higher",
        caveat="A bound, not an estimate.",
        coverage=OUTCOMES,
        settings=("min_outcome_coverage",),
    ),
    Ratio(
        name="task_success.best",
        title="Task success, upper bound",
        question="How high would task success be if every task without evidence had ended well?",
        definition="(All tasks - failed tasks) / all tasks." + BAND + TASK,
        fact="user_days",
        hit="tasks - tasks_failed",
        of="tasks",
        counts="tasks",
        better="higher",
        caveat="A bound, not an estimate.",
        coverage=OUTCOMES,
        settings=("min_outcome_coverage",),
    ),
    FAILED,
    replace(
        FAILED,
        name="task_success.confirmed",
        title="Confirmed tasks",
        question="Of all tasks, how many are known to have ended well?",
        definition="Tasks with a verified, accepted or positively rated end / all tasks." + TASK,
        hit="tasks_confirmed",
        better="higher",
    ),
    replace(
        FAILED,
        name="task_success.implied",
        title="Implied tasks",
        question="Of all tasks, of how many does only a rule or a judge say how they ended?",
        definition="Tasks of which no better evidence than a rule or an uncalibrated judge says they ended well / all"
        " tasks." + TASK,
        hit="tasks_implied",
        better="band",
    ),
    replace(
        FAILED,
        name="task_success.unknown",
        title="Unknown tasks",
        question="Of all tasks, of how many does nothing say how they ended?",
        definition="Tasks without any evidence of their end / all tasks." + TASK,
        hit="tasks_unknown",
    ),
)
