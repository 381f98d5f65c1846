-- The targets and floors of the methodology, and what a value calculation assumes until somebody says better: rows
-- without a product, which a product's or a pilot's own row replaces. Whoever edited one keeps it.
INSERT INTO targets
SELECT metric, NULL, NULL, better, target, floor, DATE '2000-01-01', NULL, 'plumbline', TIMESTAMP '2000-01-01 00:00:00'
FROM (VALUES
    ('adoption', 'higher', 0.50, 0.25), ('adoption.reach', 'higher', 0.60, 0.35), ('task_success', 'higher', 0.80, 0.65),
    ('hallucination_rate', 'lower', 0.05, 0.10), ('hallucination_rate.technical_failure', 'lower', 0.01, 0.03),
    ('escalation_rate', 'lower', 0.15, 0.30), ('context_coverage', 'higher', 0.90, 0.75),
    ('sme_response_time', 'lower', 4.0, 8.0), ('sme_response_time.p90', 'lower', 16.0, 40.0),
    ('sme_response_time.within_sla', 'higher', 0.90, 0.75), ('roi', 'higher', 0.2, 0.0))
    AS standard(metric, better, target, floor)
WHERE metric NOT IN (SELECT metric FROM targets WHERE product_id IS NULL AND pilot_id IS NULL);
INSERT INTO assumptions
SELECT NULL, NULL, name, distribution, p1, p2, NULL, 'C', DATE '2000-01-01', NULL, 'plumbline', TIMESTAMP '2000-01-01 00:00:00'
FROM (VALUES ('capture', 'beta', 5.0, 5.0), ('attribution', 'beta', 5.0, 5.0), ('discount_rate', 'point', 0.08, NULL))
    AS standard(name, distribution, p1, p2)
WHERE name NOT IN (SELECT name FROM assumptions WHERE product_id IS NULL AND pilot_id IS NULL);
