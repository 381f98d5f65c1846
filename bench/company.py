"""A company's usage log of any size, the same each time: 20 products, five interactions a person-day, 26 weeks."""

from __future__ import annotations

from pathlib import Path

import duckdb

COLUMNS = {
    "interaction_id": "VARCHAR", "product_id": "VARCHAR", "team_id": "VARCHAR", "user_id": "VARCHAR",
    "session_id": "VARCHAR", "occurred_at": "TIMESTAMP", "duration_ms": "BIGINT", "operation_name": "VARCHAR",
    "request_model": "VARCHAR", "service_version": "VARCHAR", "input_tokens": "BIGINT", "output_tokens": "BIGINT",
    "cost_microusd": "BIGINT", "error": "BOOLEAN", "outcome": "VARCHAR", "outcome_source": "VARCHAR",
    "escalated": "BOOLEAN", "mode": "VARCHAR",
}  # fmt: skip
"""The columns of the file with the types a bare read_csv is given."""

_ROWS = """
    WITH visits AS (
        SELECT visit, hash(visit * 3) % 182 AS day, hash(visit * 5) % {people} AS person, i
        FROM range({rows} // 5 + 1) AS v(visit), range(5) AS t(i)
        LIMIT {rows}
    )
    SELECT 'i-' || visit || '-' || i AS interaction_id,
        'product-' || ((person * 7 + hash(visit) % 3) % 20) AS product_id,
        'team-' || (person % 40) AS team_id,
        'user' || person || '@corp.example' AS user_id,
        's-' || visit || '-' || (i // 2) AS session_id,
        strftime(TIMESTAMP '2026-01-05 08:00:00' + to_days(CAST(day AS INTEGER))
            + to_seconds(CAST(hash(visit * 11) % 28800 + i * 97 AS BIGINT)), '%Y-%m-%dT%H:%M:%SZ') AS occurred_at,
        CAST(200 + hash(visit * 13 + i) % 60000 AS BIGINT) AS duration_ms, 'chat' AS operation_name,
        'model-' || (hash(visit * 17) % 4) AS request_model, '1.' || (day // 30) AS service_version,
        hash(visit * 19 + i) % 5000 AS input_tokens, hash(visit * 23 + i) % 800 AS output_tokens,
        hash(visit * 29 + i) % 20000 AS cost_microusd,
        CASE WHEN hash(visit * 31 + i) % 50 = 0 THEN 'true' ELSE 'false' END AS error,
        CASE hash(visit * 37 + i) % 4 WHEN 0 THEN 'confirmed' WHEN 1 THEN 'failed' WHEN 2 THEN 'implied' ELSE '' END
            AS outcome,
        CASE hash(visit * 37 + i) % 4 WHEN 2 THEN 'rule' WHEN 3 THEN '' ELSE 'rating' END AS outcome_source,
        CASE WHEN hash(visit * 41 + i) % 12 = 0 THEN 'true' ELSE 'false' END AS escalated, 'assist' AS mode
    FROM visits ORDER BY day, visit, i
"""


def write_log(path: Path, rows: int) -> None:
    """Write the log as CSV."""
    with duckdb.connect() as connection:
        rows_sql = _ROWS.format(rows=rows, people=max(1_000, rows // 80))
        connection.execute(f"COPY ({rows_sql}) TO '{path}' (FORMAT csv, HEADER)")


def bare_read(path: Path, database: Path) -> None:
    """What a load is measured against: a typed read_csv into a table, its types stated."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with duckdb.connect(database) as connection:
        connection.execute("SET threads = 2")
        connection.execute(
            f"CREATE TABLE bare AS SELECT * FROM read_csv('{path}', header = true, auto_detect = false, delim = ',',"
            f" quote = '\"', escape = '\"', columns = {{{types}}})"
        )


def write_events(log: Path, path: Path) -> None:
    """The log as Parquet with zstd: what a script would keep of it."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{log}', header = true, auto_detect = false, delim = ',', quote = '\"',"
            f" escape = '\"', columns = {{{types}}})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )


def bare_table(path: Path, database: Path) -> None:
    """What a load of Parquet is measured against: CREATE TABLE AS from the same file."""
    with duckdb.connect(database) as connection:
        connection.execute("SET threads = 2")
        connection.execute(f"CREATE TABLE bare AS SELECT * FROM read_parquet('{path}')")
