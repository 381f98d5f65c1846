-- The warehouse as it stands today. A new file gets this text; an older one is brought here by data/migrations/.
-- TIMESTAMP = naive UTC. day = local date in the company's reporting zone, written at load and never converted later.
-- Facts have no PRIMARY KEY (a VARCHAR key makes loading ten times slower): records are told apart by event_key, a hash of
-- the natural key that data/facts.py names, and equality of the key's own columns is checked on each hash hit.
-- Measures are integers (counts, tokens, micro-USD): sums of integers do not differ from run to run.
-- product_id is what the file or a mapping said, '' when neither did; whether the registry knows it is asked when it is read.

CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);

-- facts -------------------------------------------------------------------------------------------------------------------
-- on every fact: event_key, row_hash (content, without load and resolved product), version_at, load_id, source_system,
-- source_row (ordinal of the record in its file), source_records (records folded into this row), source_product (as stated)
CREATE TABLE interactions (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    interaction_id VARCHAR NOT NULL, product_id VARCHAR NOT NULL, pilot_id VARCHAR, scenario_id VARCHAR, topic_id VARCHAR,
    team_id VARCHAR,
    user_id VARCHAR,                 -- pseudonym; NULL when the source names nobody
    unit_id VARCHAR NOT NULL,        -- coalesce(user_id, 's:'||session_id, 'i:'||interaction_id): what intervals cluster on
    user_known BOOLEAN NOT NULL, session_id VARCHAR,
    task_key VARCHAR NOT NULL,       -- the source's task id, else session_id, else interaction_id
    trace_id VARCHAR, occurred_at TIMESTAMP NOT NULL, day DATE NOT NULL, duration_ms BIGINT,
    duration_bucket SMALLINT,        -- floor(8 * log2(duration_ms + 1)): about 9 % wide
    operation_name VARCHAR, request_model VARCHAR, service_version VARCHAR, prompt_version VARCHAR,
    input_tokens BIGINT, output_tokens BIGINT, cost_microusd BIGINT,
    cost_basis VARCHAR,              -- reported | price_table | NULL
    error BOOLEAN, error_type VARCHAR,
    outcome VARCHAR,                 -- what the file said: confirmed | implied | failed | unknown | NULL
    outcome_source VARCHAR,          -- verified | accepted | rating | rule | judge
    escalated BOOLEAN, escalation_planned BOOLEAN, escalated_at TIMESTAMP,
    mode VARCHAR,                    -- shadow | review | assist | autonomous | NULL; shadow never enters a headline
    synthetic BOOLEAN, retrieved_source_count INTEGER);

CREATE TABLE model_calls (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL, trace_id VARCHAR, interaction_id VARCHAR, product_id VARCHAR NOT NULL,
    occurred_at TIMESTAMP NOT NULL, day DATE NOT NULL, operation_name VARCHAR, provider_name VARCHAR, request_model VARCHAR,
    input_tokens BIGINT, output_tokens BIGINT, cache_read_input_tokens BIGINT, cost_microusd BIGINT, duration_ms BIGINT,
    error_type VARCHAR);

CREATE TABLE feedback (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    feedback_id VARCHAR NOT NULL,
    target_type VARCHAR NOT NULL,    -- interaction | trace | session
    target_id VARCHAR NOT NULL, product_id VARCHAR NOT NULL, user_id VARCHAR, given_at TIMESTAMP NOT NULL, name VARCHAR,
    score DOUBLE, label VARCHAR,
    evidence VARCHAR,                -- as outcome_source
    verdict VARCHAR);                -- confirmed | implied | failed | escalated | NULL

CREATE TABLE usage_daily (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL, user_id VARCHAR, team_id VARCHAR, day DATE NOT NULL,
    period_days INTEGER NOT NULL,    -- 1 = a day; more = a snapshot that never becomes days
    feature VARCHAR, request_model VARCHAR, active BOOLEAN, last_activity_on DATE, interactions BIGINT, accepted BIGINT,
    suggested BIGINT, input_tokens BIGINT, output_tokens BIGINT, cost_microusd BIGINT, licensed BOOLEAN,
    active_users BIGINT);            -- how many people, where a vendor counts them and names nobody (user_id NULL)

CREATE TABLE eval_results (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL, run_at TIMESTAMP NOT NULL, run_status VARCHAR, product_id VARCHAR NOT NULL, scenario_id VARCHAR,
    topic_id VARCHAR,
    origin VARCHAR NOT NULL,         -- suite | production_audit | calibration | probe
    suite VARCHAR, suite_version VARCHAR, case_id VARCHAR NOT NULL, epoch INTEGER NOT NULL, interaction_id VARCHAR,
    sampling_probability DOUBLE, metric_name VARCHAR NOT NULL, score DOUBLE, threshold DOUBLE, passed BOOLEAN,
    eval_error VARCHAR,              -- the check itself failed: score and passed are NULL
    error_type VARCHAR,              -- incorrect | unsupported | unsafe | technical | missed_escalation | NULL
    severity SMALLINT, evaluator_kind VARCHAR, evaluator VARCHAR, request_model VARCHAR, prompt_version VARCHAR,
    service_version VARCHAR, input_tokens BIGINT, output_tokens BIGINT, cost_microusd BIGINT, duration_ms BIGINT);

CREATE TABLE tickets (
    event_key UBIGINT NOT NULL, row_hash UBIGINT NOT NULL, version_at TIMESTAMP NOT NULL, load_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_row BIGINT NOT NULL, source_records INTEGER NOT NULL, source_product VARCHAR NOT NULL,
    ticket_id VARCHAR NOT NULL, product_id VARCHAR NOT NULL, pilot_id VARCHAR, topic_id VARCHAR,
    kind VARCHAR NOT NULL,           -- context_gap | incident | request | escalation | other
    opened_at TIMESTAMP NOT NULL, assigned_at TIMESTAMP, first_response_at TIMESTAMP,
    response_basis VARCHAR,          -- native | metric | comment | changelog | started | none
    resolved_at TIMESTAMP,
    status VARCHAR NOT NULL,         -- new | in_progress | waiting | done | cancelled
    requester_id VARCHAR, assignee_id VARCHAR, priority VARCHAR, reopened_count INTEGER, satisfaction DOUBLE,
    knowledge_captured BOOLEAN, documented_at TIMESTAMP, eval_added_at TIMESTAMP, linked_interaction_id VARCHAR,
    linked_session_id VARCHAR);

-- history: every version of a record that is not the one in force, with the load whose row stands above it
CREATE TABLE interactions_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM interactions LIMIT 0;
CREATE TABLE model_calls_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM model_calls LIMIT 0;
CREATE TABLE feedback_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM feedback LIMIT 0;
CREATE TABLE usage_daily_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM usage_daily LIMIT 0;
CREATE TABLE eval_results_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM eval_results LIMIT 0;
CREATE TABLE tickets_superseded AS SELECT *, CAST(NULL AS VARCHAR) AS superseded_by FROM tickets LIMIT 0;

-- reduced -----------------------------------------------------------------------------------------------------------------
CREATE TABLE user_days (
    day DATE NOT NULL, product_id VARCHAR NOT NULL, pilot_id VARCHAR, scenario_id VARCHAR, service_version VARCHAR,
    team_id VARCHAR, mode VARCHAR, unit_id VARCHAR NOT NULL, user_known BOOLEAN NOT NULL,
    interactions BIGINT NOT NULL, tasks BIGINT NOT NULL, tasks_confirmed BIGINT NOT NULL, tasks_implied BIGINT NOT NULL,
    tasks_failed BIGINT NOT NULL, tasks_unknown BIGINT NOT NULL, technical_errors BIGINT NOT NULL,
    escalation_known BIGINT NOT NULL,   -- tasks for which a source says whether a human was asked
    escalated_planned BIGINT NOT NULL, escalated_unplanned BIGINT NOT NULL, escalated_unplanned_1d BIGINT NOT NULL,
    input_tokens BIGINT, output_tokens BIGINT, cost_microusd BIGINT, uncosted BIGINT NOT NULL, duration_ms BIGINT);

-- registry ----------------------------------------------------------------------------------------------------------------
-- What people say, dated: joined when read, never baked into facts. A row is so from valid_from until the day before
-- valid_to; NULL: still so. data/registry.py holds the models.
CREATE TABLE products (product_id VARCHAR NOT NULL, name VARCHAR NOT NULL, class VARCHAR, stage VARCHAR,
    purpose VARCHAR, audience_description VARCHAR, connection_rules VARCHAR, constraints VARCHAR,
    piloting_process VARCHAR, handover_process VARCHAR, support_channel VARCHAR, risk_tier VARCHAR, cadence VARCHAR,
    launched_on DATE, retired_on DATE, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE pilots (pilot_id VARCHAR NOT NULL, product_id VARCHAR NOT NULL, team_id VARCHAR, scenario_id VARCHAR,
    name VARCHAR NOT NULL, goal VARCHAR, hypothesis VARCHAR, starts_on DATE, ends_on DATE, min_users INTEGER,
    planned_tasks INTEGER, mode VARCHAR, design VARCHAR, constraints VARCHAR, risks VARCHAR, conclusions VARCHAR,
    criteria_hash VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE scenarios (scenario_id VARCHAR NOT NULL, product_id VARCHAR, name VARCHAR NOT NULL, problem VARCHAR,
    current_process VARCHAR, human_review_required BOOLEAN, escalation_path VARCHAR, risk_tier VARCHAR,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE initiatives (initiative_id VARCHAR NOT NULL, name VARCHAR NOT NULL, owner_id VARCHAR,
    expected_value DOUBLE, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE initiative_products (initiative_id VARCHAR NOT NULL, product_id VARCHAR, scenario_id VARCHAR,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE people (user_id VARCHAR NOT NULL, team_id VARCHAR, display_name VARCHAR, kind VARCHAR NOT NULL,
    calendar_id VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE person_aliases (source_system VARCHAR NOT NULL, source_user VARCHAR NOT NULL, user_id VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE audience (product_id VARCHAR NOT NULL, pilot_id VARCHAR, user_id VARCHAR NOT NULL, granted_on DATE,
    left_on DATE, is_champion BOOLEAN, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE roles (role VARCHAR NOT NULL, user_id VARCHAR NOT NULL, product_id VARCHAR, pilot_id VARCHAR,
    scenario_id VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE topics (topic_id VARCHAR NOT NULL, product_id VARCHAR, name VARCHAR NOT NULL, required BOOLEAN NOT NULL,
    weight DOUBLE, sme_id VARCHAR, approved BOOLEAN, indexed_at TIMESTAMP, source_updated_at TIMESTAMP,
    freshness_days INTEGER, reviewed_on DATE, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE requirements (requirement_id VARCHAR NOT NULL, product_id VARCHAR, scenario_id VARCHAR,
    text VARCHAR NOT NULL, risk_tier VARCHAR, suite VARCHAR, case_tag VARCHAR, owner_id VARCHAR,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE releases (product_id VARCHAR NOT NULL, service_version VARCHAR NOT NULL, released_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL, note VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE targets (metric VARCHAR NOT NULL, product_id VARCHAR, pilot_id VARCHAR, better VARCHAR NOT NULL,
    target DOUBLE NOT NULL, floor DOUBLE NOT NULL, valid_from DATE NOT NULL, valid_to DATE,
    changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE criteria (pilot_id VARCHAR NOT NULL, criterion_id VARCHAR NOT NULL, metric VARCHAR NOT NULL,
    role VARCHAR NOT NULL, better VARCHAR NOT NULL, bar DOUBLE NOT NULL, floor DOUBLE, valid_from DATE NOT NULL,
    valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE baselines (scenario_id VARCHAR NOT NULL, measure VARCHAR NOT NULL, value DOUBLE NOT NULL, low DOUBLE,
    high DOUBLE, n INTEGER, design VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE costs (product_id VARCHAR NOT NULL, month DATE NOT NULL, kind VARCHAR NOT NULL,
    amount_microusd BIGINT NOT NULL, basis VARCHAR, valid_from DATE NOT NULL, valid_to DATE,
    changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE prices (request_model VARCHAR NOT NULL, input_per_mtok DOUBLE NOT NULL, output_per_mtok DOUBLE NOT NULL,
    cache_read_per_mtok DOUBLE, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE assumptions (product_id VARCHAR, pilot_id VARCHAR, name VARCHAR NOT NULL, distribution VARCHAR NOT NULL,
    p1 DOUBLE NOT NULL, p2 DOUBLE, p3 DOUBLE, evidence VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE,
    changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE incidents (incident_id VARCHAR NOT NULL, product_id VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL,
    detected_at TIMESTAMP, restored_at TIMESTAMP, severity VARCHAR, summary VARCHAR NOT NULL, affected_users INTEGER,
    root_cause VARCHAR, fix VARCHAR, prevention VARCHAR, owner_id VARCHAR, valid_from DATE NOT NULL, valid_to DATE,
    changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE decisions (decision_id VARCHAR NOT NULL, product_id VARCHAR, pilot_id VARCHAR, scenario_id VARCHAR,
    decided_at TIMESTAMP NOT NULL, user_id VARCHAR NOT NULL, second_id VARCHAR, recommendation VARCHAR,
    decision VARCHAR NOT NULL, reason VARCHAR, conditions VARCHAR, readings_hash VARCHAR, valid_from DATE NOT NULL,
    valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE readiness (product_id VARCHAR NOT NULL, pilot_id VARCHAR, item VARCHAR NOT NULL, done BOOLEAN NOT NULL,
    evidence VARCHAR, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE feeds (product_id VARCHAR NOT NULL, fact VARCHAR NOT NULL, cadence_days INTEGER NOT NULL,
    required BOOLEAN NOT NULL, valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL);
CREATE TABLE mappings (source_system VARCHAR NOT NULL, field VARCHAR NOT NULL, match VARCHAR NOT NULL,
    pattern VARCHAR NOT NULL, target VARCHAR NOT NULL, value VARCHAR NOT NULL, priority INTEGER NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE calendars (calendar_id VARCHAR NOT NULL, day DATE NOT NULL, opens TIME, closes TIME,
    valid_from DATE NOT NULL, valid_to DATE, changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE settings (key VARCHAR NOT NULL, value VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE,
    changed_by VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL);

-- operations --------------------------------------------------------------------------------------------------------------
CREATE TABLE loads (
    load_id VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, file_name VARCHAR NOT NULL, format VARCHAR NOT NULL, confidence DOUBLE,
    options JSON, mapping_version BIGINT,
    status VARCHAR NOT NULL,            -- published | undone
    rows_read BIGINT NOT NULL, accepted BIGINT NOT NULL, duplicates BIGINT NOT NULL, quarantined BIGINT NOT NULL,
    blank BIGINT NOT NULL, ignored BIGINT NOT NULL, ignored_reasons JSON, superseded BIGINT NOT NULL, written JSON, totals JSON,
    first_at TIMESTAMP, last_at TIMESTAMP, loaded_by VARCHAR NOT NULL, loaded_at TIMESTAMP NOT NULL);
-- each refused cell (column_name NULL: the whole record), with the record it is of
CREATE TABLE quarantine (load_id VARCHAR NOT NULL, line BIGINT, column_name VARCHAR, code VARCHAR NOT NULL,
    message VARCHAR NOT NULL, value VARCHAR, record BIGINT);
-- each refused record, numbered in the order of its file, with its sound cells: it can be corrected without the file.
-- cells is NULL where the record could not be told into cells, or was refused before Plumbline kept them
CREATE TABLE quarantine_records (load_id VARCHAR NOT NULL, record BIGINT NOT NULL, fact VARCHAR, source_row BIGINT, line BIGINT,
    source_records INTEGER NOT NULL, cells MAP(VARCHAR, VARCHAR));
-- which records of whose quarantine a load gave again or left out for good
CREATE TABLE corrections (load_id VARCHAR NOT NULL, of_load VARCHAR NOT NULL, record BIGINT NOT NULL, left_out BOOLEAN NOT NULL);
CREATE TABLE unmapped (load_id VARCHAR NOT NULL, source_system VARCHAR NOT NULL, field VARCHAR NOT NULL, value VARCHAR NOT NULL,
    records BIGINT NOT NULL);
-- what the columns of foreign files mean, as somebody said it once; ended_at NULL: in force
CREATE TABLE profiles (name VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL, profile JSON NOT NULL, saved_by VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL, ended_by VARCHAR, ended_at TIMESTAMP);
-- which product each load brought data of, and how far the load reaches: what freshness is judged by
CREATE TABLE feed_days (load_id VARCHAR NOT NULL, fact VARCHAR NOT NULL, product_id VARCHAR NOT NULL,
    source_system VARCHAR NOT NULL, source_product VARCHAR NOT NULL, first_day DATE NOT NULL, last_day DATE NOT NULL, records BIGINT NOT NULL);
-- what was published and when: what we said then. Rows are only ever added; pilot_id or product_id NULL: of all of them.
CREATE TABLE readings_log (published_at TIMESTAMP NOT NULL, published_by VARCHAR NOT NULL, data_version BIGINT NOT NULL,
    metric VARCHAR NOT NULL, definition_hash VARCHAR NOT NULL, product_id VARCHAR, pilot_id VARCHAR, since DATE NOT NULL,
    until DATE NOT NULL, value DOUBLE, low DOUBLE, high DOUBLE, level DOUBLE NOT NULL, units BIGINT NOT NULL,
    events BIGINT NOT NULL, method VARCHAR NOT NULL, status VARCHAR NOT NULL, decides BOOLEAN NOT NULL, missing VARCHAR NOT NULL);
CREATE SEQUENCE audit_seq;
CREATE TABLE audit (seq BIGINT NOT NULL DEFAULT nextval('audit_seq'), happened_at TIMESTAMP NOT NULL, who VARCHAR NOT NULL,
    what VARCHAR NOT NULL, before JSON, after JSON);
CREATE TABLE data_versions (version BIGINT NOT NULL, cause VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL);
