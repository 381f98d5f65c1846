"""The five documents that roles need, filled from what is known: what is not is a gap, never a phrase that fills it."""

from collections.abc import Callable, Mapping

from data.operation import Incident
from metrics import CATALOG, HEADLINES
from metrics.catalog import measure_of
from reports.document import Document
from reports.document_facts import Facts
from reports.words import MADE_UP, amount, in_full, percent

STATES = {"passes": "passes", "fails": "fails", "no results": "no results yet", "no check": "no check is named"}
READY = ("monitoring", "fallback", "support", "training")
"""What a release checklist asks for beside the risk review; items of the registry are found by these words."""


def prd(facts: Facts) -> Document:
    """The requirements document of an AI product: problem, workflow, behaviour, constraints, tools, owners."""
    product = facts.product
    found = _begun("AI PRD", facts)
    found.section("User problem")
    found.fact("Purpose", product.purpose, "What the product is for")
    found.fact("For whom", product.audience_description, "Who it is for")
    for each in facts.scenarios:
        found.fact(each.name, each.problem, f"The problem of the scenario {each.name}")
    found.section("Workflow")
    for each in facts.scenarios:
        found.fact(f"{each.name}: today", each.current_process, f"How {each.name} is done without the product")
        found.fact(f"{each.name}: to a person by", each.escalation_path, f"How {each.name} reaches a person")
        review = each.human_review_required
        found.fact(
            f"{each.name}: human review", None if review is None else ("required" if review else "not required"),
            f"Whether {each.name} requires human review",
        )  # fmt: skip
    if not facts.scenarios:
        found.missing("A scenario: the piece of work that the product shall do")
    found.section("Expected behaviour")
    found.table(
        ("Requirement", "Risk", "Shown by", "State"),
        ((each.requirement.text, each.requirement.risk_tier, _check(each.requirement.suite, each.requirement.case_tag),
          STATES[each.state]) for each in facts.requirements),
        "Requirements with the eval suite that shows them",
    )  # fmt: skip
    found.section("What it reaches now and shall reach")
    _numbers(found, facts)
    found.section("Constraints and tools")
    found.fact("Constraints", product.constraints)
    found.fact("Risk tier", product.risk_tier)
    found.fact("Connection rules", product.connection_rules)
    models = sorted({each.service_version for each in facts.releases if each.kind == "model"})
    found.fact("Models released", ", ".join(models), "Which models it runs on")
    found.section("Owners")
    _owners(found, facts)
    return found


def evals(facts: Facts) -> Document:
    """The eval plan: representative cases, scoring criteria, thresholds, review cadence."""
    found = _begun("Eval plan", facts)
    found.section("Representative cases")
    found.table(
        ("Suite", "Newest run", "Cases", "Trials", "Passed", "Judged by", "Production covered"),
        ((each.suite, each.ran.date(), each.cases, each.trials, percent(each.value), ", ".join(each.judges) or "rules",
          "not known" if each.covered is None else percent(each.covered)) for each in facts.runs),
        "An eval suite with results in the period",
    )  # fmt: skip
    found.section("Scoring criteria")
    found.table(
        ("Requirement", "Suite", "Cases", "State"),
        ((each.requirement.text, each.requirement.suite, each.requirement.case_tag or "all", STATES[each.state])
         for each in facts.requirements),
        "Requirements, each with the suite and cases that show it",
    )  # fmt: skip
    for each in facts.requirements:
        if each.state in ("no check", "no results"):
            found.missing(f"A passing check of: {each.requirement.text}")
    found.section("Thresholds")
    _numbers(found, facts)
    found.section("Review cadence")
    cadence = next((each.cadence_days for each in facts.feeds if each.fact == "eval_results"), None)
    found.fact("Results are due every", cadence and f"{cadence} days", "How often evals run (a feed of eval_results)")
    found.fact("Product is used", facts.product.cadence)
    found.fact("Reviewed by", facts.who("technical_owner"), "Who reviews the results (technical owner)")
    return found


def context(facts: Facts) -> Document:
    """The context inventory: approved sources, missing knowledge, experts, freshness."""
    found = _begun("Context inventory", facts)
    found.section("Approved sources")
    found.table(
        ("Topic", "Required", "Approved", "Source of", "Indexed", "Stale after, days", "Expert"),
        ((each.name, "yes" if each.required else "no", {True: "yes", False: "no", None: None}[each.approved],
          each.source_updated_at and each.source_updated_at.date(), each.indexed_at and each.indexed_at.date(),
          each.freshness_days, facts.named(each.sme_id)) for each in facts.topics),
        "The topics that the product must know",
    )  # fmt: skip
    for each in facts.topics:
        if each.sme_id is None:
            found.missing(f"An expert for {each.name}")
        if each.indexed_at is None:
            found.missing(f"Whether {each.name} is in the index")
    found.section("Missing knowledge")
    blocking = [each for each in facts.gaps if each.blocked]
    found.table(
        ("Topic", "Kind of gap", "Blocked tasks", "Of", "Why"),
        ((each.name or each.topic, each.kind, each.blocked, each.tasks, each.why) for each in blocking),
        "Tasks that name their topic: without them nobody knows what is missing",
    )
    found.section("How much of it is covered")
    coverage = facts.readings.get("context_coverage")
    found.fact("Context coverage", coverage and coverage.value is not None and in_full(coverage),
               coverage.missing if coverage else "Context coverage")  # fmt: skip
    return found


def release(facts: Facts) -> Document:
    """The release checklist: risk review, monitoring, fallback, support, training readiness."""
    found = _begun("Release checklist", facts)
    found.section("What is released")
    newest = facts.releases[0] if facts.releases else None
    found.fact("Newest release", newest and f"{newest.service_version} ({newest.kind}), {newest.released_at:%Y-%m-%d}",
               "A registered release")  # fmt: skip
    found.fact("What changed", newest and newest.note)
    found.section("Risk review")
    found.fact("Risk tier", facts.product.risk_tier)
    failing = [each for each in facts.requirements if each.state != "passes"]
    found.table(
        ("Requirement not shown to hold", "Risk", "State"),
        ((each.requirement.text, each.requirement.risk_tier, STATES[each.state]) for each in failing)
        if failing or not facts.requirements else [("none: every requirement passes", "", "")],
        "Requirements of the release",
    )  # fmt: skip
    alone = [each.incident_id for each in facts.incidents if each.restored_at is None]
    found.fact("Open incidents", ", ".join(alone) or "none")
    found.section("Readiness")
    for word in READY:
        items = [each for each in facts.readiness if word in each.item.lower()]
        told = "; ".join(f"{each.item}: {'done' if each.done else 'not done'}"
                         + (f" ({each.evidence})" if each.evidence else "") for each in items)  # fmt: skip
        found.fact(word.capitalize(), told or None, f"Whether {word} is ready (an item of the readiness checklist)")
    others = [each for each in facts.readiness if not any(word in each.item.lower() for word in READY)]
    for each in others:
        found.fact(each.item, ("done" if each.done else "not done") + (f": {each.evidence}" if each.evidence else ""))
    for each in facts.readiness:
        if not each.done:
            found.missing(f"{each.item} is not done")
    found.fact("Support channel", facts.product.support_channel)
    found.fact("Handover", facts.product.handover_process, "How it is handed over to operations")
    found.section("What it reaches before the release")
    _numbers(found, facts)
    found.section("Owners")
    _owners(found, facts)
    return found


def incident(facts: Facts, each: Incident) -> Document:
    """The report of one incident: summary, affected users, root cause, fix, prevention."""
    found = _begun(f"Incident report {each.incident_id}", facts)
    found.section("Failure")
    found.fact("Summary", each.summary)
    found.fact("Severity", each.severity)
    found.fact("Began", f"{each.started_at:%Y-%m-%d %H:%M} UTC")
    found.fact("Noticed", each.detected_at and f"{each.detected_at:%Y-%m-%d %H:%M} UTC", "When it was noticed")
    found.fact("Restored", each.restored_at and f"{each.restored_at:%Y-%m-%d %H:%M} UTC", "When it was restored")
    hours = each.restored_at and (each.restored_at - each.started_at).total_seconds() / 3600
    found.fact("Hours to restore", None if hours is None else f"{hours:.1f}", "How long it lasted")
    found.section("Affected users")
    people = each.affected_users
    found.fact("People", None if people is None else f"{people:,}", "How many people it affected")
    found.section("Cause, fix, prevention")
    found.fact("Root cause", each.root_cause)
    found.fact("Fix", each.fix)
    found.fact("Prevention", each.prevention, "What prevents the next one")
    found.fact("Owner", facts.named(each.owner_id), "Who owns the incident")
    return found


KINDS: Mapping[str, tuple[str, Callable[[Facts], Document]]] = {
    "prd": ("AI PRD", prd), "evals": ("Eval plan", evals), "context": ("Context inventory", context),
    "release": ("Release checklist", release),
}  # fmt: skip
"""The documents of a product by what the command calls them; that of an incident is asked for by the incident."""


def _begun(kind: str, facts: Facts) -> Document:
    scope = facts.scope
    return Document(
        f"{kind}: {facts.product.name}",
        f"Filled by Plumbline on {facts.today} from its registry and from data of {scope.since} to {scope.until}.",
        f"Demo company. {MADE_UP}" if facts.made_up else "",
    )


def _check(suite: str | None, tag: str | None) -> str:
    return f"{suite}{f' ({tag})' if tag else ''}" if suite else ""


def _numbers(found: Document, facts: Facts) -> None:
    rows = []
    for name in HEADLINES:
        reading, goal = facts.readings.get(name), facts.goals.of(name, facts.product.product_id)
        measure = measure_of(name)
        rows.append((
            CATALOG[name].title, in_full(reading) if reading else "not measured",
            goal and amount(goal.target, measure), goal and goal.floor is not None and amount(goal.floor, measure),
        ))  # fmt: skip
        if reading is None or reading.value is None:
            found.missing(f"{CATALOG[name].title}: {reading.missing if reading else 'not measured'}")
        if goal is None:
            found.missing(f"A target for {CATALOG[name].title.lower()}")
    found.table(("Number", "Now", "Target", "Floor"), [[cell or None for cell in row] for row in rows], "Numbers")


def _owners(found: Document, facts: Facts) -> None:
    for role, name in (("product_owner", "Product owner"), ("technical_owner", "Technical owner"),
                       ("support", "Support")):  # fmt: skip
        found.fact(name, facts.who(role), f"Who is {name.lower()}")
    for each in facts.scenarios:
        found.fact(f"Owner of {each.name}", facts.who("scenario_owner", each.scenario_id), f"Who owns {each.name}")
