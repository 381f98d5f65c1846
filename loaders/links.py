"""How much of what came later finds the interaction it speaks of: feedback, tickets and checks, by source."""

from __future__ import annotations

from data.cursor import Row, Rows

_LINKS = """
WITH pointing AS (
    SELECT 'feedback' AS fact, source_system, target_type AS by_what, target_id AS pointed, NULL AS person,
        CASE WHEN target_type = 'interaction' THEN target_id END AS interaction,
        CASE WHEN target_type = 'trace' THEN target_id END AS trace,
        CASE WHEN target_type = 'session' THEN target_id END AS session
    FROM feedback
    UNION ALL
    SELECT 'tickets', source_system, CASE WHEN linked_interaction_id IS NOT NULL THEN 'interaction' ELSE 'session' END,
        coalesce(linked_interaction_id, linked_session_id), NULL, linked_interaction_id, NULL, linked_session_id
    FROM tickets WHERE coalesce(linked_interaction_id, linked_session_id) IS NOT NULL
    UNION ALL
    SELECT 'eval_results', source_system, 'interaction', interaction_id, NULL, interaction_id, NULL, NULL
    FROM eval_results WHERE interaction_id IS NOT NULL
), named AS (
    SELECT fact, source_system, by_what, count(*) AS rows, count(CASE WHEN
        interaction IN (SELECT interaction_id FROM interactions)
        OR trace IN (SELECT trace_id FROM interactions WHERE trace_id IS NOT NULL)
        OR session IN (SELECT session_id FROM interactions WHERE session_id IS NOT NULL) THEN 1 END) AS found
    FROM pointing GROUP BY fact, source_system, by_what
), near AS (
    SELECT 'tickets' AS fact, tickets.source_system, 'person within 30 minutes' AS by_what, count(*) AS rows,
        count(CASE WHEN EXISTS (SELECT 1 FROM interactions AS i
            WHERE i.user_id = tickets.requester_id AND i.product_id = tickets.product_id
              AND i.occurred_at <= tickets.opened_at
              AND i.occurred_at > tickets.opened_at - INTERVAL '30' MINUTE) THEN 1 END) AS found
    FROM tickets
    WHERE linked_interaction_id IS NULL AND linked_session_id IS NULL
    GROUP BY tickets.source_system
)
SELECT fact, source_system, by_what, rows, found FROM named
UNION ALL SELECT fact, source_system, by_what, rows, found FROM near
ORDER BY fact, source_system, by_what
"""


def links(store: Rows) -> list[Row]:
    """For each source and kind of link: `rows` that point somewhere, and how many of them `found` it.

    A ticket without a link is of its requester's last interaction with its product within half an hour before it.
    """
    return store.rows(_LINKS)
