-- From interactions and the evidence that came later to user-days. `chosen` is a view of interactions, made by
-- data/reduction.py: all of them, or the partitions (product, day) that a load touched; `judged` one of feedback, with
-- the verdicts that rules give. An escalation ticket that names neither interaction nor session is of the last
-- interaction of its requester with its product within 30 minutes before it was opened.
-- Portable subset, held by a test; the same text runs on Spark through sqlglot.
--
-- Evidence is a row beside the interactions it points at and counts as none of them, so nothing is multiplied.
-- strength = 10 * rank + (1 if it says failed); verified 5, accepted 4, rating 3, rule 2, judge 1. The greatest one of a task
-- decides: at the same rank a failure wins, and what a rule or a judge confirms is implied.
-- handover = 3 unplanned within a day, 2 unplanned later, 1 planned, 0 said not to have happened; NULL: nobody says.
WITH verdicts AS (
    SELECT judged.target_type, judged.target_id, judged.product_id, judged.given_at,
        CASE judged.verdict
            WHEN 'failed' THEN 1 + 10 * CASE judged.evidence
                WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
            WHEN 'confirmed' THEN 10 * CASE judged.evidence
                WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
            WHEN 'implied' THEN 10 * CASE judged.evidence WHEN 'judge' THEN 1 ELSE 2 END
        END AS strength,
        CASE WHEN judged.verdict = 'escalated' THEN 1 ELSE 0 END AS asks_human
    FROM judged
    WHERE judged.verdict IN ('confirmed', 'implied', 'failed', 'escalated')
    UNION ALL
    SELECT 'interaction', tickets.linked_interaction_id, '', tickets.opened_at, NULL, 1
    FROM tickets
    WHERE tickets.kind = 'escalation' AND tickets.linked_interaction_id IS NOT NULL
    UNION ALL
    SELECT 'session', tickets.linked_session_id, '', tickets.opened_at, NULL, 1
    FROM tickets
    WHERE tickets.kind = 'escalation' AND tickets.linked_session_id IS NOT NULL
),
asked_before AS (
    SELECT tickets.requester_id, tickets.product_id, tickets.opened_at, max(interactions.occurred_at) AS asked_at
    FROM tickets JOIN interactions
        ON interactions.user_id = tickets.requester_id AND interactions.product_id = tickets.product_id
        AND interactions.occurred_at <= tickets.opened_at
        AND interactions.occurred_at > tickets.opened_at - INTERVAL '30' MINUTE
    WHERE tickets.kind = 'escalation' AND tickets.linked_interaction_id IS NULL AND tickets.linked_session_id IS NULL
        AND coalesce(interactions.synthetic, FALSE) = FALSE
    GROUP BY tickets.requester_id, tickets.product_id, tickets.opened_at
),
pointed AS (
    SELECT chosen.product_id, chosen.unit_id, chosen.day, chosen.task_key, chosen.mode, chosen.occurred_at,
        chosen.escalation_planned, verdicts.given_at, verdicts.strength, verdicts.asks_human
    FROM verdicts JOIN chosen ON chosen.interaction_id = verdicts.target_id
    WHERE verdicts.target_type = 'interaction' AND verdicts.product_id IN ('', chosen.product_id)
    UNION ALL
    SELECT chosen.product_id, chosen.unit_id, chosen.day, chosen.task_key, chosen.mode, chosen.occurred_at,
        chosen.escalation_planned, verdicts.given_at, verdicts.strength, verdicts.asks_human
    FROM verdicts JOIN chosen ON chosen.trace_id = verdicts.target_id
    WHERE verdicts.target_type = 'trace' AND verdicts.product_id IN ('', chosen.product_id)
    UNION ALL
    SELECT chosen.product_id, chosen.unit_id, chosen.day, chosen.task_key, chosen.mode, chosen.occurred_at,
        chosen.escalation_planned, verdicts.given_at, verdicts.strength, verdicts.asks_human
    FROM verdicts JOIN chosen ON chosen.session_id = verdicts.target_id
    WHERE verdicts.target_type = 'session' AND verdicts.product_id IN ('', chosen.product_id)
    UNION ALL
    SELECT chosen.product_id, chosen.unit_id, chosen.day, chosen.task_key, chosen.mode, chosen.occurred_at,
        chosen.escalation_planned, asked_before.opened_at, NULL, 1
    FROM asked_before JOIN chosen ON chosen.user_id = asked_before.requester_id
        AND chosen.product_id = asked_before.product_id AND chosen.occurred_at = asked_before.asked_at
),
stated AS (
    SELECT chosen.product_id, chosen.unit_id, chosen.day, chosen.task_key,
        CASE WHEN chosen.mode = 'shadow' THEN 1 ELSE 0 END AS is_shadow,
        1 AS used,
        CASE WHEN chosen.user_known THEN 1 ELSE 0 END AS is_named,
        chosen.pilot_id, chosen.scenario_id, chosen.service_version, chosen.team_id, chosen.mode,
        CASE WHEN chosen.error THEN 1 ELSE 0 END AS is_error,
        CASE WHEN chosen.cost_microusd IS NULL THEN 1 ELSE 0 END AS is_uncosted,
        chosen.input_tokens, chosen.output_tokens, chosen.cost_microusd, chosen.duration_ms,
        CASE chosen.outcome
            WHEN 'failed' THEN 1 + 10 * CASE chosen.outcome_source
                WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
            WHEN 'confirmed' THEN 10 * CASE chosen.outcome_source
                WHEN 'verified' THEN 5 WHEN 'rating' THEN 3 WHEN 'rule' THEN 2 WHEN 'judge' THEN 1 ELSE 4 END
            WHEN 'implied' THEN 10 * CASE chosen.outcome_source WHEN 'judge' THEN 1 ELSE 2 END
        END AS strength,
        CASE
            WHEN chosen.escalated IS NULL THEN NULL
            WHEN NOT chosen.escalated THEN 0
            WHEN chosen.escalation_planned THEN 1
            WHEN chosen.escalated_at IS NULL OR chosen.escalated_at < chosen.occurred_at + INTERVAL '1' DAY THEN 3
            ELSE 2
        END AS handover
    FROM chosen
    UNION ALL
    SELECT pointed.product_id, pointed.unit_id, pointed.day, pointed.task_key,
        CASE WHEN pointed.mode = 'shadow' THEN 1 ELSE 0 END,
        0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL,
        pointed.strength,
        CASE
            WHEN pointed.asks_human = 0 THEN NULL
            WHEN pointed.escalation_planned THEN 1
            WHEN pointed.given_at < pointed.occurred_at + INTERVAL '1' DAY THEN 3
            ELSE 2
        END
    FROM pointed
),
tasks AS (
    SELECT product_id, unit_id, day, task_key, is_shadow,
        max(is_named) AS task_named, min(pilot_id) AS task_pilot, min(scenario_id) AS task_scenario,
        min(service_version) AS task_version, min(team_id) AS task_team, min(mode) AS task_mode,
        sum(used) AS task_used, sum(is_error) AS task_errors, sum(is_uncosted) AS task_uncosted,
        sum(input_tokens) AS task_input, sum(output_tokens) AS task_output, sum(cost_microusd) AS task_cost,
        sum(duration_ms) AS task_duration, max(strength) AS task_strength, max(handover) AS task_handover
    FROM stated
    GROUP BY product_id, unit_id, day, task_key, is_shadow
)
SELECT day, product_id, task_pilot, task_scenario, task_version, task_team, task_mode, unit_id,
    max(task_named) = 1 AS unit_named,
    CAST(sum(task_used) AS BIGINT) AS all_used,
    count(*) AS all_tasks,
    count(CASE WHEN task_strength IN (30, 40, 50) THEN 1 END) AS all_confirmed,
    count(CASE WHEN task_strength IN (10, 20) THEN 1 END) AS all_implied,
    count(CASE WHEN task_strength IN (11, 21, 31, 41, 51) THEN 1
        WHEN task_strength IS NULL AND task_errors = task_used THEN 1 END) AS all_failed,
    count(CASE WHEN task_strength IS NULL AND task_errors < task_used THEN 1 END) AS all_unknown,
    CAST(sum(task_errors) AS BIGINT) AS all_errors,
    count(task_handover) AS all_known,
    count(CASE WHEN task_handover = 1 THEN 1 END) AS all_planned,
    count(CASE WHEN task_handover >= 2 THEN 1 END) AS all_unplanned,
    count(CASE WHEN task_handover = 3 THEN 1 END) AS all_unplanned_1d,
    CAST(sum(task_input) AS BIGINT) AS all_input,
    CAST(sum(task_output) AS BIGINT) AS all_output,
    CAST(sum(task_cost) AS BIGINT) AS all_cost,
    CAST(sum(task_uncosted) AS BIGINT) AS all_uncosted,
    CAST(sum(task_duration) AS BIGINT) AS all_duration
FROM tasks
GROUP BY day, product_id, task_pilot, task_scenario, task_version, task_team, task_mode, unit_id
