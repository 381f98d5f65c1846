"""Questions in production whose topic is known, as readings see them: one row an interaction, saying whether the
inventory of its product lists the topic.
"""

from metrics.spec import Dimension, Scope
from metrics.view import Behind, Ctes, View, use_ctes

COLUMNS = ("product_id", "interaction_id", "occurred_at", "event_key", "topic_id", "unlisted")

# Of products that have an inventory: without one nothing is missing from it.
QUESTIONS = """
SELECT i.day, i.product_id, i.pilot_id, i.scenario_id, i.service_version, i.team_id, i.mode, i.unit_id, i.user_known,
  i.interaction_id, i.occurred_at, i.event_key, i.topic_id,
  CASE WHEN listed.topic_id IS NULL THEN 1 ELSE 0 END AS unlisted
FROM interactions AS i
JOIN (SELECT DISTINCT product_id FROM topics WHERE valid_to IS NULL) AS kept ON kept.product_id = i.product_id
LEFT JOIN (SELECT DISTINCT product_id, topic_id FROM topics WHERE valid_to IS NULL) AS listed
  ON listed.product_id = i.product_id AND listed.topic_id = i.topic_id
WHERE i.topic_id IS NOT NULL AND NOT coalesce(i.synthetic, false)
"""


def build(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    """The subqueries of the view."""
    parts, source = use_ctes(scope, by, keys, "questions", COLUMNS)
    return Ctes([("questions", QUESTIONS), *parts], source)


VIEW = View(
    fact="inventory",
    feeds=("interactions",),
    dimensions=frozenset(("product", "pilot", "scenario", "team", "release", "mode", "day", "week", "month")),
    units_are="people",
    unsplit="",
    absent="load interactions that name their topic, and register the topics of the product",
    context={"interactions": "1", "named": "CASE WHEN user_known THEN 1 ELSE 0 END"},
    build=build,
    behind=Behind(
        ("unit_id", "interaction_id", "occurred_at", "topic_id", "unlisted"),
        "true",
        "strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%f') || '/' || event_key",
        newest_first=True,
    ),
)
