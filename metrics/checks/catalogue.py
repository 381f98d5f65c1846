"""All checks of the registry in the order they are shown."""

from metrics.checks import knowledge, pilots, portfolio, products, quality
from metrics.checks.check import Check, Judged

CHECKS: tuple[Check | Judged, ...] = (
    *products.CHECKS,
    portfolio.ONE_TEAM_PRODUCT,
    portfolio.OWNER_WITHOUT_DECISION,
    pilots.BUSINESS_ABSENT,
    portfolio.SAME_SCENARIO_TWICE,
    portfolio.INITIATIVE_WITHOUT_PRODUCT,
    portfolio.PRODUCT_WITHOUT_INITIATIVE,
    pilots.PILOT_OVERDUE,
    pilots.CRITERIA_CHANGED_AFTER_START,
    knowledge.TOPIC_WITHOUT_SME,
    knowledge.ANSWER_NEVER_DOCUMENTED,
    quality.USAGE_WITHOUT_SUCCESS,
    quality.REQUIREMENT_WITHOUT_EVAL,
    quality.OPEN_INCIDENT_WITHOUT_OWNER,
    quality.WRONG_OUTPUTS_WITHOUT_OWNER,
    knowledge.GAPS_NOT_IN_BACKLOG,
)
COMPLETENESS = tuple(check.id for check in products.CHECKS)
