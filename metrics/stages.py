"""The stages of a product and of its delivery, who answers for each, and what each must leave behind. An output is
ticked from what is in the registry and the data: SQL that gives the products that have it.
"""

from typing import NamedTuple

from data.portfolio import Stage
from metrics.checks.check import blank
from metrics.views import CHECKED


class Output(NamedTuple):
    """Something a stage leaves behind. `table`: where in the registry it is said; "" for what files bring."""

    id: str
    title: str
    table: str
    sql: str


class Step(NamedTuple):
    """A stage of a product's life: who answers for it, who supports, and its outputs by id."""

    id: Stage
    title: str
    primary: str
    supporting: str
    outputs: tuple[str, ...]


class Delivery(NamedTuple):
    """A stage of the delivery of a GenAI product with its outputs by id."""

    id: str
    title: str
    outputs: tuple[str, ...]


def _said(column: str) -> str:
    """The products of which something is written in a column."""
    return f"SELECT x.product_id FROM products AS x WHERE x.valid_to IS NULL AND NOT {blank(f'x.{column}')}"


def _own(table: str, where: str = "true") -> str:
    """The products with a row in force of their own."""
    return f"SELECT x.product_id FROM {table} AS x WHERE x.valid_to IS NULL AND {where}"


def _of_works(table: str, where: str = "true") -> str:
    """The products with a row in force of one of their scenarios."""
    return (
        f"SELECT n.product_id FROM {table} AS x JOIN scenarios AS n ON n.scenario_id = x.scenario_id"
        f" AND n.valid_to IS NULL WHERE x.valid_to IS NULL AND {where}"
    )


def _of_pilots(table: str) -> str:
    """The products with a row in force of one of their pilots."""
    return (
        f"SELECT i.product_id FROM {table} AS x JOIN pilots AS i ON i.pilot_id = x.pilot_id AND i.valid_to IS NULL"
        " WHERE x.valid_to IS NULL"
    )


def _held(role: str) -> str:
    """The products for which somebody has a role: for the product itself, not only one of its pilots or scenarios."""
    return _own("roles", f"x.role = '{role}' AND x.pilot_id IS NULL AND x.scenario_id IS NULL")


def _facts(table: str, where: str = "true") -> str:
    """The products of which files told this."""
    return f"SELECT e.product_id FROM {table} AS e WHERE {where} GROUP BY e.product_id"


def _either(*ways: str) -> str:
    return " UNION ALL ".join(ways)


_CHECKED_BY = f"NOT ({blank('x.suite')} AND {blank('x.case_tag')})"
_CHECKLIST = (
    "SELECT x.product_id FROM readiness AS x WHERE x.valid_to IS NULL GROUP BY x.product_id"
    " HAVING min(CASE WHEN x.done THEN 1 ELSE 0 END) = 1"
)

OUTPUTS: dict[str, Output] = {
    output.id: output
    for output in (
        Output("purpose", "its purpose", "products", _said("purpose")),
        Output("problem", "a scenario with its problem", "scenarios", _own("scenarios", f"NOT {blank('x.problem')}")),
        Output("scenario-owner", "a scenario owner", "roles", _of_works("roles", "x.role = 'scenario_owner'")),
        Output("audience", "whom it is for", "products", _said("audience_description")),
        Output("baseline", "the current way measured", "baselines", _of_works("baselines")),
        Output("risk", "its risk tier", "products", _said("risk_tier")),
        Output("initiative", "an initiative it serves", "initiative_products",
               _either(_own("initiative_products"), _of_works("initiative_products"))),
        Output("owner", "a product owner", "roles", _held("product_owner")),
        Output("technical-owner", "a technical owner", "roles", _held("technical_owner")),
        Output("constraints", "its constraints", "products", _said("constraints")),
        Output("connection-rules", "its connection rules", "products", _said("connection_rules")),
        Output("piloting-process", "its piloting process", "products", _said("piloting_process")),
        Output("pilot", "a pilot with dates", "pilots",
               _own("pilots", "x.starts_on IS NOT NULL AND x.ends_on IS NOT NULL")),
        Output("criteria", "criteria of a pilot", "criteria", _of_pilots("criteria")),
        Output("pilot-people", "people of a pilot", "audience", _of_pilots("audience")),
        Output("use", "use", "", _facts("user_days")),
        Output("pilot-ended", "a pilot at its planned end", "pilots",
               _own("pilots", "x.ends_on <= CAST($as_of AS DATE)")),
        Output("pilot-decided", "a decision about a pilot", "decisions", _of_pilots("decisions")),
        Output("costs", "what it costs", "costs", _own("costs")),
        Output("targets", "targets of its own", "targets", _own("targets", "x.pilot_id IS NULL")),
        Output("people", "its audience", "audience",
               _own("audience", "(x.left_on IS NULL OR x.left_on > CAST($as_of AS DATE))")),
        Output("support", "support", "roles", _either(_held("support"), _said("support_channel"))),
        Output("support-team", "a support team", "roles", _held("support")),
        Output("handover", "its handover process", "products", _said("handover_process")),
        Output("feeds", "how often its files are due", "feeds", _own("feeds")),
        Output("checklist", "its readiness checklist done", "readiness", _CHECKLIST),
        Output("requirements", "requirements", "requirements",
               _either(_own("requirements"), _of_works("requirements"))),
        Output("requirement-checks", "a requirement that names its evals", "requirements",
               _either(_own("requirements", _CHECKED_BY), _of_works("requirements", _CHECKED_BY))),
        Output("topics", "topics with an expert", "topics", _own("topics", f"x.required AND NOT {blank('x.sme_id')}")),
        Output("evals", "results of an eval suite", "", _facts("eval_results", f"e.origin = 'suite' AND {CHECKED}")),
        Output("audits", "audits by people", "", _facts(
            "eval_results", f"e.origin = 'production_audit' AND e.evaluator_kind = 'human' AND {CHECKED}")),
        Output("releases", "a dated release", "releases", _own("releases")),
        Output("documented", "an answer to a gap, documented", "", _facts(
            "tickets", "e.kind = 'context_gap' AND (e.documented_at IS NOT NULL OR e.knowledge_captured)")),
        Output("eval-added", "an eval case from a gap", "", _facts(
            "tickets", "e.kind = 'context_gap' AND e.eval_added_at IS NOT NULL")),
        Output("decision", "a decision about it", "decisions",
               _either(_own("decisions"), _of_pilots("decisions"), _of_works("decisions"))),
        Output("end-decided", "a decision to retire or close it", "decisions",
               _own("decisions", "x.pilot_id IS NULL AND x.decision IN ('retire', 'close', 'merge')")),
        Output("end", "the day it ends", "products", _own("products", "x.retired_on IS NOT NULL")),
    )
}  # fmt: skip
"""Everything that a stage may leave behind."""

LIFECYCLE: tuple[Step, ...] = (
    Step("idea", "Idea", "portfolio_lead", "scenario_owner", ("purpose", "problem", "scenario-owner")),
    Step("needs_assessment", "Needs assessment", "portfolio_lead", "scenario_owner",
         ("audience", "baseline", "risk", "initiative")),
    Step("solution_selection", "Solution selection", "portfolio_lead", "product_owner",
         ("owner", "technical-owner", "constraints", "connection-rules")),
    Step("pilot_launch", "Pilot launch", "product_owner", "pilot_owner",
         ("piloting-process", "pilot", "criteria", "pilot-people")),
    Step("value_validation", "Value validation", "pilot_owner", "scenario_owner",
         ("use", "costs", "pilot-ended", "pilot-decided")),
    Step("scaling", "Scaling", "product_owner", "technical_owner", ("targets", "people", "support", "handover")),
    Step("handover", "Handover to operations", "technical_owner", "support", ("support-team", "feeds", "checklist")),
    Step("evolution", "Evolution", "product_owner", "sme", ("requirement-checks", "releases", "evals", "documented")),
    Step("closure", "Closure", "portfolio_lead", "product_owner", ("end-decided", "end")),
)  # fmt: skip
DELIVERY: tuple[Delivery, ...] = (
    Delivery("discover", "Discover", ("purpose", "problem", "scenario-owner", "baseline")),
    Delivery("prototype", "Prototype", ("constraints", "requirements", "topics")),
    Delivery("evaluate", "Evaluate", ("requirement-checks", "evals", "criteria")),
    Delivery("deploy", "Deploy", ("connection-rules", "support", "releases", "checklist")),
    Delivery("monitor", "Monitor", ("use", "targets", "feeds", "audits")),
    Delivery("improve", "Improve", ("documented", "eval-added", "decision")),
)


def ticks() -> str:
    """SQL: every product with every output that it has; the parameter $as_of is the last day with data."""
    return "\nUNION ALL\n".join(
        f"SELECT DISTINCT product_id AS product, '{output.id}' AS output FROM ({output.sql}) AS told"
        for output in OUTPUTS.values()
    )
