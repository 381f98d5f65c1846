"""Checks of a product's place in the portfolio: its teams, its decisions, its scenarios and initiatives."""

from metrics import views
from metrics.checks.check import ALL_SEEN, OPERATED, PROVEN, Check, held, of_products, query
from metrics.checks.products import CURRENT

# Whom the audience is made of: people by product, with the team where it is known.
TEAMS = f"""
SELECT c.product, min(c.team) AS team, count(DISTINCT c.team) AS teams, count(DISTINCT c.unit_id) AS people,
  count(DISTINCT CASE WHEN c.team IS NOT NULL THEN c.unit_id END) AS placed
FROM crowd AS c
WHERE {CURRENT}
GROUP BY c.product
"""

ONE_TEAM_PRODUCT = Check(
    id="one-team-product",
    title="A pilot called a product",
    rule="The audience of a product in scaling, handover or evolution is of more than one team.",
    about="product",
    sql=query(
        f"""
SELECT s.product AS subject, s.product, CAST(NULL AS VARCHAR) AS pilot,
  s.called || ' is in stage ' || s.stage_words || ', yet everybody of its audience whose team is known is of team '
    || t.team || ' (' || CAST(t.placed AS VARCHAR) || ' of ' || CAST(t.people AS VARCHAR) || ').' AS what
FROM shelf AS s JOIN teams AS t ON t.product = s.product
WHERE s.stage IN {OPERATED} AND t.teams = 1
""",
        alias=views.ALIAS,
        staff=views.STAFF,
        crowd=views.AUDIENCE,
        teams=TEAMS,
    ),
)

# A decision is never unmade, so the history counts as well.
DECIDED = """
SELECT product_id AS product FROM decisions WHERE product_id IS NOT NULL
UNION ALL
SELECT p.product_id AS product FROM decisions AS d JOIN pilots AS p ON p.pilot_id = d.pilot_id
"""

OWNER_WITHOUT_DECISION = Check(
    id="owner-without-decision",
    title="An owner who has decided nothing",
    rule="About a product that has an owner and has reached value validation, or about one of its pilots, a decision"
    " was recorded.",
    about="product",
    sql=of_products(
        f"s.stage IN {PROVEN} AND {held('product_owner')} AND s.product NOT IN (SELECT d.product FROM decided AS d)",
        "s.called || ' has an owner and is in stage ' || s.stage_words"
        " || ', and no decision about it or its pilots was recorded.'",
        decided=DECIDED,
    ),
)

NAMED_WORK = r"""
SELECT n.scenario_id, n.name AS work, s.product, s.called,
  regexp_replace(lower(n.name), '[\s\x{00A0}]+', '', 'g') AS plain
FROM scenarios AS n JOIN shelf AS s ON s.product = n.product_id
WHERE n.valid_to IS NULL
"""

SAME_SCENARIO_TWICE = Check(
    id="same-scenario-twice",
    title="The same scenario twice",
    rule="No two products have a scenario of the same name, upper case and spaces apart.",
    about="scenario",
    sql=query(
        """
SELECT n.scenario_id AS subject, n.product, CAST(NULL AS VARCHAR) AS pilot,
  'Scenario "' || n.work || '" of ' || n.called || ' is also a scenario of ' || min(o.called)
    || CASE WHEN count(DISTINCT o.product) > 1 THEN ' and ' || CAST(count(DISTINCT o.product) - 1 AS VARCHAR) || ' more'
      ELSE '' END || '.' AS what
FROM named_work AS n JOIN named_work AS o ON o.plain = n.plain AND o.product <> n.product
GROUP BY n.scenario_id, n.product, n.work, n.called
""",
        named_work=NAMED_WORK,
    ),
)

INITIATIVE_WITHOUT_PRODUCT = Check(
    id="initiative-without-product",
    title="Initiative without product",
    rule="At least one product serves each initiative.",
    about="initiative",
    sql=query(
        f"""
SELECT i.initiative_id AS subject, CAST(NULL AS VARCHAR) AS product, CAST(NULL AS VARCHAR) AS pilot,
  'No product serves the initiative "' || i.name || '".' AS what
FROM initiatives AS i
WHERE i.valid_to IS NULL AND {ALL_SEEN} AND i.initiative_id NOT IN (
  SELECT l.initiative_id FROM initiative_products AS l WHERE l.valid_to IS NULL AND l.product_id IS NOT NULL)
"""
    ),
)

PRODUCT_WITHOUT_INITIATIVE = Check(
    id="product-without-initiative",
    title="Product without initiative",
    rule="Each product serves at least one initiative of the registry.",
    about="product",
    sql=of_products(
        "s.product NOT IN (SELECT l.product_id FROM initiative_products AS l JOIN initiatives AS i"
        " ON i.initiative_id = l.initiative_id AND i.valid_to IS NULL"
        " WHERE l.valid_to IS NULL AND l.product_id IS NOT NULL)",
        "s.called || ' serves no initiative.'",
    ),
)
