"""What the Method page says of one metric: how its interval is made, and what is not counted. In words, with the
settings that apply.
"""

from data.settings import Settings
from metrics.catalog import units_are
from metrics.spec import Derived, Duration, Metric, Ratio

ACCOUNTS = "accounts of services, tests and the product team"
USE = f"Rows in shadow mode and synthetic ones; {ACCOUNTS}; interactions whose product is not registered"
AUDIENCE = f"People who are not of the audience; {ACCOUNTS}; shadow mode; technical errors, which are no use"
JACKKNIFE = (
    "Leave one {one} out (jackknife), turned into an effective sample size, then Wilson's score interval with Student's"
    " t of K - 1 {many}. Without interval under {show}, deciding nothing under {decide} {many}. Sources: Wilson, JASA"
    " 22 (1927); Deng, Knoblich and Lu, arXiv 1803.06336."
)
QUANTILE = (
    "Kaplan-Meier on the business clock, open ones censored; pointwise log-log interval of the curve, inverted at its"
    " {share} (Brookmeyer and Crowley, Biometrics 38 (1982)). From {enough} answered tickets on; where the curve does"
    " not fall so far, its lower end stands and no value."
)
WITHIN = (
    "Kaplan-Meier on the business clock, open ones censored; pointwise log-log interval of the curve at {hours:g}"
    " business hours. From {enough} answered tickets on."
)
CORRECTED = (
    "Of a rate by people and judge together: prediction-powered inference by person (Angelopoulos et al., Science 382"
    " (2023)); of a judge's rate corrected by sensitivity and specificity: Lee et al. for Rogan and Gladen's estimate;"
    " of people's own rate: leave one person out, weighted by how each task was drawn. A judge counts from {labels}"
    " labels of either class on and with sensitivity + specificity - 1 of {youden:g} or more."
)
DRAWS = "P5 to P95 of 20,000 seeded draws of every input (level 90 %)."
MONEY = {
    "roi": f"{DRAWS} The value is the median: a mean of a ratio would flatter.",
    "roi.net_value": f"{DRAWS} The value is the median.",
    "roi.chance": "None: it is itself the share of 20,000 seeded draws in which the net value is above zero.",
    "roi.cost_per_success": "P5 to P95 of task success, drawn from its own sampling distribution; costs are as stated.",
}
COUNTED = "None: each of the {counts} is counted and nothing is sampled."
STATED = (
    "None: a vendor's own count names nobody, so nothing is known of how it would vary. It decides nothing."
)  # fmt: skip
LEFT_OUT = {
    "adoption": f"{AUDIENCE}; people who came or left within the four weeks; weeks that are not complete",
    "adoption.reach": f"{AUDIENCE}; people whose access begins after the period or ended before it",
    "adoption.stated": "Everything that names people: this is what the vendor counted, taken as it stands",
    "task_success": f"{USE}; tasks whose end nobody knows, which the bounds worst and best take in",
    "task_success.all": USE,
    "hallucination_rate": f"{USE}; tasks that nobody audited; checks that failed themselves",
    "hallucination_rate.judged": f"{USE}; what no judge read; judgements that failed themselves",
    "hallucination_rate.audited": f"{USE}; tasks that no person audited; technical errors, which are none of content",
    "hallucination_rate.technical_failure": f"{USE}. An interaction of which nobody says anything did not fail",
    "escalation_rate": (
        f"{USE}; tasks whose day plus the escalation window is not within the data yet; tasks of which no source says"
        " whether a human was asked; escalations later than a day"
    ),
    "context_coverage": "Topics that the registry does not call required; from weights shadow mode and synthetic rows",
    "context_coverage.unregistered": f"{USE}; interactions that name no topic",
    "sme_response_time": (
        "Incidents; tickets answered or closed before they were opened (the method says how many); requests of"
        " services, tests and the product team. Open ones are never left out: they are censored"
    ),
    "roi": (
        f"{USE}; days beyond the data; benefits of which an input is not in the registry. A cost nobody stated is not 0"
    ),
}


def left_out(metric: Metric) -> str:
    """What the metric does not count."""
    root = metric.name.split(".", maxsplit=1)[0]
    if metric.name.startswith("adoption.stated"):
        return f"{LEFT_OUT['adoption.stated']}."
    if metric.name.startswith(("hallucination_rate.in", "hallucination_rate.un")):
        return f"{LEFT_OUT['hallucination_rate.audited']}."
    if root == "task_success" and isinstance(metric, Ratio) and metric.of == "tasks":
        return f"{LEFT_OUT['task_success.all']}."
    return f"{LEFT_OUT.get(metric.name, LEFT_OUT.get(root, USE))}."


def interval(metric: Metric, settings: Settings) -> str:
    """How the metric's interval is made, and from how much on there is one."""
    many = units_are(metric)
    if isinstance(metric, Ratio):
        one = {"people": "person"}.get(many, many.removesuffix("s"))
        words = JACKKNIFE.format(one=one, many=many, show=settings.show_units, decide=settings.decide_units)
        return " ".join(filter(None, [words, _ratio(metric, settings)]))
    if isinstance(metric, Duration):
        enough = getattr(settings, metric.enough)
        if metric.within:
            return WITHIN.format(hours=getattr(settings, metric.within), enough=enough)
        share = "median" if metric.quantile == 0.5 else f"{100 * (metric.quantile or 0):g}th percentile"
        return QUANTILE.format(share=share, enough=enough)
    return _derived(metric, settings)


def _ratio(metric: Ratio, settings: Settings) -> str:
    if metric.uncalibrated:
        return f"It never decides: {metric.uncalibrated[:1].lower()}{metric.uncalibrated[1:]}"
    if metric.coverage:
        least = getattr(settings, metric.coverage.minimum)
        return f"Insufficient where a source tells it of under {least:.0%} of the {metric.coverage.among_words}."
    if metric.trailing_weeks:
        return f"Not measured where under {settings.min_known_share:.0%} of interactions name a person."
    return ""


def _derived(metric: Derived, settings: Settings) -> str:
    if metric.name.startswith("adoption.stated"):
        return STATED
    if metric.census:
        return COUNTED.format(counts=metric.counts)
    if metric.name in MONEY:
        return MONEY[metric.name]
    return CORRECTED.format(labels=settings.min_calibration, youden=settings.min_youden)
