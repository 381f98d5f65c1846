"""SME response time: how long it takes until an expert answers, in business hours, with the tickets that still wait."""

from dataclasses import replace

from metrics.spec import Duration

CLOCK = (
    " Tickets to experts are all kinds but incidents; they belong to the local day on which they were opened. The clock"
    " runs from opening to the first response in the business hours of the assignee's calendar (without one, the"
    " office hours of the settings from Monday to Friday); a day that a calendar does not name is closed. A ticket"
    " without an answer is never dropped: it is censored at the edge of its product's data, the last moment at which"
    " any ticket of the product's loads was opened, assigned, answered or resolved, because the file shows it as it"
    " stood then. One that was closed or cancelled without an answer is censored at that moment. One answered or"
    " closed before it was opened has no time and is left out; the method says how many. Requests of services, tests"
    " and the product team are left out."
)
CAVEAT = (
    "Time in which the expert waited for the requester is not taken off, and tickets count as independent of each"
    " other."
)

HEADLINE = Duration(
    name="sme_response_time",
    title="SME response time",
    question="How long do half of those who ask an expert wait for the first answer?",
    definition=(
        "The median of the Kaplan-Meier curve of tickets opened in the period: the smallest time at which the share"
        " that still waits is 50 % or less." + CLOCK
    ),
    fact="tickets",
    start="opened_at",
    end="first_response_at",
    stop="closed_at",
    quantile=0.5,
    enough="min_answered",
    units_are="tickets",
    counts="answered tickets",
    better="lower",
    measure="hours",
    caveat=CAVEAT,
    settings=("reporting_zone", "sme_opens", "sme_closes"),
)

METRICS = (
    HEADLINE,
    replace(
        HEADLINE,
        name="sme_response_time.p90",
        title="SME response time, 90th percentile",
        question="Within what time have nine in ten of those who ask an expert an answer?",
        definition=(
            "The 90th percentile of the Kaplan-Meier curve of tickets opened in the period: the smallest time at which"
            " the share that still waits is 10 % or less." + CLOCK
        ),
        quantile=0.9,
        enough="min_answered_p90",
    ),
    replace(
        HEADLINE,
        name="sme_response_time.within_sla",
        title="Answered within the agreed time",
        question="How many of those who ask an expert have an answer within the agreed time?",
        definition=(
            "1 - S(agreed time) of the Kaplan-Meier curve of tickets opened in the period; the agreed time is a"
            " setting, 16 business hours unless changed." + CLOCK
        ),
        quantile=None,
        within="sme_sla_hours",
        better="higher",
        measure="share",
        settings=(*HEADLINE.settings, "sme_sla_hours"),
    ),
)
