"""Escalation rate: of the tasks old enough to tell, how many were handed to a human though nobody had planned it."""

from metrics.spec import Coverage, Ratio

AGED = (
    " Only tasks of which a source says whether a human was asked, and whose day plus the escalation window (a "
    "setting, 1 day) lies within the data: younger tasks may still be escalated. An escalation counts when it "
    "came within a day of its task. Shadow-mode rows and accounts of services, tests and the product team are "
    "left out."
)
STATED = Coverage(
    known="escalation_known",
    among="tasks",
    stated="escalation_known",
    minimum="min_outcome_coverage",
    known_words="were handed to a human",
    among_words="tasks",
    source="load handoffs, or tickets linked to interactions",
)

METRICS = (
    Ratio(
        name="escalation_rate",
        title="Escalation rate",
        question="Of the tasks old enough to tell, how many ended with a human though nobody had planned it?",
        definition="Tasks with an unplanned escalation within a day / tasks." + AGED,
        fact="user_days",
        hit="CASE WHEN aged THEN escalated_unplanned_1d END",
        of="CASE WHEN aged THEN escalation_known END",
        counts="tasks old enough to tell",
        better="band",
        caveat="Few escalations with many wrong answers is not a success: containment is not resolution.",
        coverage=STATED,
        settings=("escalation_window_days", "min_outcome_coverage"),
    ),
    Ratio(
        name="escalation_rate.planned",
        title="Planned escalations",
        question="Of the tasks old enough to tell, how many went to a human because the process requires it?",
        definition="Tasks with an escalation that the process requires / tasks." + AGED,
        fact="user_days",
        hit="CASE WHEN aged THEN escalated_planned END",
        of="CASE WHEN aged THEN escalation_known END",
        counts="tasks old enough to tell",
        better="band",
        caveat="A high share is right where policy asks for a human.",
        coverage=STATED,
        settings=("escalation_window_days", "min_outcome_coverage"),
    ),
)
