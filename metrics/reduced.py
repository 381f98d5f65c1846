"""The reduced tables there are, each as readings see it. A new one is an entry here and its name in spec.Fact."""

from metrics import audits, panel, questions, tickets, views
from metrics.spec import Dimension, Fact, Scope
from metrics.view import Behind, Ctes, View, use_ctes

MEASURES = (
    "interactions", "tasks", "tasks_confirmed", "tasks_implied", "tasks_failed", "tasks_unknown", "technical_errors",
    "escalation_known", "escalated_planned", "escalated_unplanned", "escalated_unplanned_1d",
)  # fmt: skip


def _use(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    return use_ctes(scope, by, keys, "user_days", MEASURES)


def _audience(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    parts = [
        ("shelf", views.shelf(scope)),
        ("edges", views.edges("interactions", "usage_daily")),
        ("alias", views.ALIAS),
        ("staff", views.STAFF),
        ("roster", views.AUDIENCE),
        ("anonymous", panel.ANONYMOUS),
        ("periods", panel.PERIODS),
        ("active_days", panel.ACTIVE_DAYS),
    ]
    if panel.in_pilots(by, scope):
        parts.append(("pilot_dates", views.PILOT_DATES))
    parts += [("clock", panel.clock(by, scope)), ("panel", panel.panel(keys, by, scope))]
    return Ctes(parts, "panel")


VIEWS: dict[Fact, View] = {
    "user_days": View(
        fact="user_days",
        feeds=("interactions",),
        dimensions=frozenset(("product", "pilot", "scenario", "team", "release", "mode", "day", "week", "month")),
        units_are="people",
        unsplit="",
        context={"interactions": "interactions", "named": "CASE WHEN user_known THEN interactions ELSE 0 END"},
        build=_use,
    ),
    "audience": View(
        fact="audience",
        feeds=("interactions", "usage_daily"),
        dimensions=frozenset(("product", "pilot", "team", "week", "month")),
        units_are="people",
        unsplit="an audience is granted a product or a pilot and is judged over weeks",
        context={},
        build=_audience,
        behind=Behind(("unit_id", "eligible", "active", "eligible_4w", "active_weeks"), "eligible = 1", "unit_id"),
    ),
    "audits": audits.VIEW,
    "tickets": tickets.VIEW,
    "inventory": questions.VIEW,
}
