"""The eleven things the registry must say about every product: its completeness is how many of them are said."""

from metrics import views
from metrics.checks.check import OPERATED, Check, blank, held, of_products, query

CURRENT = "c.counted AND (c.left_on IS NULL OR c.left_on > CAST($as_of AS DATE))"

CHECKS = (
    Check(
        id="no-owner",
        title="No owner",
        rule="Somebody holds the role of product owner for the product.",
        about="product",
        sql=of_products(f"NOT {held('product_owner')}", "s.called || ' has no product owner.'"),
    ),
    Check(
        id="no-technical-owner",
        title="No technical owner",
        rule="Somebody holds the role of technical owner for the product.",
        about="product",
        sql=of_products(f"NOT {held('technical_owner')}", "s.called || ' has no technical owner.'"),
    ),
    Check(
        id="no-support",
        title="No support",
        rule="Somebody holds the role of support for the product, or it has a support channel.",
        about="product",
        sql=of_products(
            f"NOT {held('support')} AND {blank('s.support_channel')}",
            "s.called || ' has neither a support team nor a support channel.'",
        ),
    ),
    Check(
        id="no-audience",
        title="No audience",
        rule="At least one person is registered as the product's audience and has not left it.",
        about="product",
        sql=of_products(
            f"s.product NOT IN (SELECT c.product FROM crowd AS c WHERE {CURRENT})",
            "'Nobody is registered as the audience of ' || s.called || '.'",
            alias=views.ALIAS,
            staff=views.STAFF,
            crowd=views.AUDIENCE,
        ),
    ),
    Check(
        id="no-scenario",
        title="No scenario",
        rule="At least one scenario names the product.",
        about="product",
        sql=of_products(
            "s.product NOT IN (SELECT n.product_id FROM scenarios AS n"
            " WHERE n.valid_to IS NULL AND n.product_id IS NOT NULL)",
            "'No scenario names ' || s.called || '.'",
        ),
    ),
    Check(
        id="no-metric",
        title="No metric",
        rule="The product has a target of its own; targets for all products and those of its pilots do not count.",
        about="product",
        sql=of_products(
            "s.product NOT IN (SELECT t.product_id FROM targets AS t"
            " WHERE t.valid_to IS NULL AND t.product_id IS NOT NULL AND t.pilot_id IS NULL)",
            "s.called || ' has no target of its own.'",
        ),
    ),
    Check(
        id="no-baseline",
        title="No baseline",
        rule="At least one scenario of the product has a baseline.",
        about="product",
        sql=of_products(
            "s.product NOT IN (SELECT n.product_id FROM scenarios AS n JOIN baselines AS b"
            " ON b.scenario_id = n.scenario_id AND b.valid_to IS NULL"
            " WHERE n.valid_to IS NULL AND n.product_id IS NOT NULL)",
            "'No scenario of ' || s.called || ' has a baseline.'",
        ),
    ),
    Check(
        id="no-connection-rules",
        title="No connection rules",
        rule="The product's connection rules are written down.",
        about="product",
        sql=of_products(blank("s.connection_rules"), "s.called || ' has no connection rules.'"),
    ),
    Check(
        id="no-lifecycle-stage",
        title="No lifecycle stage",
        rule="The product's lifecycle stage is stated.",
        about="product",
        sql=of_products(blank("s.stage"), "s.called || ' has no lifecycle stage.'"),
    ),
    Check(
        id="no-piloting-process",
        title="No piloting process",
        rule="The product's piloting process is written down.",
        about="product",
        sql=of_products(blank("s.piloting_process"), "s.called || ' has no piloting process.'"),
    ),
    Check(
        id="no-handover",
        title="Operated without handover",
        rule="A product in scaling, handover or evolution has a handover process and somebody in the role of support.",
        about="product",
        sql=query(
            f"""
SELECT s.product AS subject, s.product, CAST(NULL AS VARCHAR) AS pilot,
  s.called || ' is in stage ' || s.stage_words || ' without ' || CASE
    WHEN t.product IS NOT NULL THEN 'a handover process'
    WHEN {blank("s.handover_process")} THEN 'a handover process or a support team'
    ELSE 'a support team' END || '.' AS what
FROM shelf AS s LEFT JOIN supported AS t ON t.product = s.product
WHERE s.stage IN {OPERATED} AND ({blank("s.handover_process")} OR t.product IS NULL)
""",
            supported=f"\nSELECT s.product FROM shelf AS s WHERE {held('support')}\n",
        ),
    ),
)
