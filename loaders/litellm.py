"""LiteLLM proxy: the spend log (LiteLLM_SpendLogs) as CSV, JSON lines, JSON or Parquet, and its daily roll-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from loaders.csvtext import header_of, records
from loaders.csvtext import told as told_apart
from loaders.format import Format, Head, Match, Refused, Stage
from loaders.head import read_head
from loaders.jsontext import documents, text
from loaders.litellm_rows import COLUMNS, NotASpendError, plain, told
from loaders.relation import relation

_LOG = {"requestid", "calltype", "spend", "prompttokens", "completiontokens", "starttime"}
_DAILY = {"date", "spend", "prompttokens", "completiontokens", "apirequests"}
_OURS = {"cachehit", "cachekey", "requesttags", "modelgroup", "customllmprovider", "enduser", "apikey", "metadata"}
_WRAPPED = ("data", "results", "spend_logs", "logs")
_OWNERS = ("auto", "person", "nobody")
_FREE_TEXT = {"metadata", "messages", "response", "proxyserverrequest", "requesttags"}
Record = tuple[int, int, Mapping[str, object]]

_INTERACTIONS = {
    "interaction_id": "request_id", "product_id": "product", "pilot_id": "pilot", "scenario_id": "scenario",
    "topic_id": "topic", "team_id": "team", "user_id": "user_id",
    "session_id": "CASE WHEN fresh = 'true' AND calls_of_session = 1 THEN NULL ELSE session_id END",
    "occurred_at": "occurred_at", "duration_ms": "duration_ms", "operation_name": "operation",
    "request_model": "model", "input_tokens": "input_tokens", "output_tokens": "output_tokens",
    "cost_microusd": "CASE WHEN attempted IS NULL THEN cost"
    " ELSE CAST(coalesce(TRY_CAST(cost AS BIGINT), 0) + attempted AS VARCHAR) END",
    "cost_basis": "'reported'", "error": "error", "error_type": "error_type",
}  # fmt: skip
_MODEL_CALLS = {
    "call_id": "request_id", "interaction_id": "CASE WHEN kind <> 'call' THEN base_id END",
    "product_id": "product", "occurred_at": "occurred_at", "operation_name": "operation",
    "provider_name": "provider", "request_model": "model", "input_tokens": "input_tokens",
    "output_tokens": "output_tokens", "cache_read_input_tokens": "cached_tokens", "cost_microusd": "cost",
    "duration_ms": "duration_ms", "error_type": "error_type",
}  # fmt: skip
_ANSWERS = """
    (SELECT calls.*, attempts.attempted, sessions.calls_of_session FROM calls
        LEFT JOIN (SELECT base_id AS tried, CAST(sum(TRY_CAST(cost AS BIGINT)) AS BIGINT) AS attempted
            FROM (SELECT DISTINCT request_id, base_id, cost FROM calls WHERE kind = 'attempt') AS once
            GROUP BY base_id) AS attempts ON attempts.tried = calls.request_id
        LEFT JOIN (SELECT session_id AS one, count(DISTINCT request_id) AS calls_of_session
            FROM calls WHERE kind <> 'attempt' GROUP BY session_id) AS sessions ON sessions.one = calls.session_id
        WHERE calls.kind = 'answer') AS answers
"""
_BILLED = "(SELECT * FROM calls WHERE hit = 'false') AS billed"
_DAYS = {
    "product_id": "apikey", "user_id": "person", "team_id": "teamid", "day": "date", "period_days": "'1'",
    "feature": "modelgroup", "request_model": "model", "active": "CASE WHEN any_request THEN 'true' ELSE 'false' END",
    "interactions": "requests", "input_tokens": "input_tokens", "output_tokens": "output_tokens",
    "cost_microusd": "cost",
}  # fmt: skip
_DAILY_COLUMNS = ("source_row", "line", "date", "teamid", "person", "apikey", "model", "modelgroup", "requests",
                  "input", "output", "spend")  # fmt: skip
_BY_DAY = """
    (SELECT min(CAST(source_row AS BIGINT)) AS source_row, min(CAST(line AS BIGINT)) AS line, date, teamid, person,
        apikey, model, modelgroup, count(*) AS folded,
        coalesce(max(TRY_CAST(requests AS BIGINT)), 0) > 0 AS any_request,
        CASE WHEN count(*) = count(TRY_CAST(requests AS BIGINT)) THEN CAST(sum(TRY_CAST(requests AS BIGINT)) AS VARCHAR)
            ELSE min(requests) END AS requests,
        CASE WHEN count(*) = count(TRY_CAST(input AS BIGINT)) THEN CAST(sum(TRY_CAST(input AS BIGINT)) AS VARCHAR)
            ELSE min(input) END AS input_tokens,
        CASE WHEN count(*) = count(TRY_CAST(output AS BIGINT)) THEN CAST(sum(TRY_CAST(output AS BIGINT)) AS VARCHAR)
            ELSE min(output) END AS output_tokens,
        CAST(CAST(round(sum(TRY_CAST(spend AS DOUBLE)) * 1000000) AS BIGINT) AS VARCHAR) AS cost
    FROM days GROUP BY date, teamid, person, apikey, model, modelgroup) AS by_day
"""


def _recognise(head: Head) -> Match:
    names = {plain(name) for name in (*head.columns, *_keys(head))}
    if names >= _LOG:
        return Match(min(0.99, 0.85 + 0.03 * len(names & _OURS)))
    if names >= _DAILY:
        return Match(0.9)
    near = _LOG - names
    if len(near) <= 2 and names & _OURS:
        return Match(0.3, f"the column{'s' * (len(near) > 1)} {', '.join(sorted(near))}")
    return Match(0.0)


def _keys(head: Head) -> set[str]:
    found: set[str] = set()
    for document in head.documents:
        for record in _inside(document):
            if isinstance(record, dict):
                found |= set(record)
    return found


def _inside(document: object) -> list[object]:
    """The records of a document: itself, or those an answer of the proxy's API wraps."""
    if isinstance(document, dict) and "request_id" not in document:
        for name in _WRAPPED:
            if isinstance(inner := document.get(name), list):
                return inner
    return [document]


def _parse(path: Path, stage: Stage) -> None:
    owner = stage.options.values.get("key_owner", "auto")
    if owner not in _OWNERS:
        raise Refused(f'key_owner is "{owner}".', f"Say one of: {', '.join(_OWNERS)}.")
    head = read_head(path)
    names = {plain(name) for name in (*head.columns, *_keys(head))}
    if names >= _DAILY and not names >= _LOG:
        _parse_daily(path, stage)
    else:
        _parse_log(path, stage, owner)


def _parse_log(path: Path, stage: Stage, owner: str) -> None:
    table = stage.table("calls", COLUMNS)
    owners = 0
    for row, line, record in _records(path, stage):
        try:
            cells = told(record, row, line, owner)
        except NotASpendError as error:
            stage.broken(line, error.column, error.code, error.message, error.value)
            continue
        table.add(*cells)
        owners += cells[COLUMNS.index("user_id")] is None and bool(text(record.get("user")))
    stage.fill("interactions", _INTERACTIONS, relation(_INTERACTIONS, _ANSWERS, "1"))
    own = "CASE WHEN kind = 'answer' THEN 0 ELSE 1 END"
    stage.fill("model_calls", _MODEL_CALLS, relation(_MODEL_CALLS, _BILLED, own))
    _say(stage, owners, owner)


def _say(stage: Stage, owners: int, owner: str) -> None:
    hits, attempts, lesser = (
        int(str(n))
        for n in stage.rows(
            "SELECT count(CASE WHEN hit = 'true' THEN 1 END), count(CASE WHEN kind = 'attempt' THEN 1 END),"
            " count(CASE WHEN kind = 'call' THEN 1 END) FROM calls"
        )[0]
    )
    for key, value in (("cache_hits", hits), ("billed_attempts", attempts)):
        stage.total(key, value)
    if hits:
        stage.note(f"{hits:,} answers came from the proxy's cache: they count as use and cost no tokens.")
    if attempts:
        stage.note(f"{attempts:,} attempts were billed and failed: they are calls of their answer, not interactions.")
    if lesser:
        stage.note(f"{lesser:,} embeddings, rerankings and the like are calls, not interactions: nobody sees them.")
    if owners and owner == "auto":
        stage.note(
            f"{owners:,} records name no end user, and the owner of their key is no e-mail address: they count for"
            " nobody. If owners of keys are people, load with --set key_owner=person."
        )


def _parse_daily(path: Path, stage: Stage) -> None:
    table = stage.table("days", _DAILY_COLUMNS)
    requests = 0
    for row, line, record in _records(path, stage):
        person = text(record.get("userid")) or text(record.get("enduserid")) or None
        cells = [text(record.get(name)) or None for name in ("date", "teamid")]
        rest = ("apikey", "model", "modelgroup", "apirequests", "prompttokens", "completiontokens", "spend")
        found = [text(record.get(name)) or None for name in rest]
        table.add(str(row), str(line), *cells, person, *found)
        counted = found[rest.index("apirequests")] or ""
        requests += int(counted) if counted.isdecimal() else 0
    stage.total("api_requests", requests)
    stage.note("Daily sums of LiteLLM: they tell use and cost by day and never become interactions.")
    stage.fill("usage_daily", _DAYS, relation(_DAYS, _BY_DAY, "folded"))


def _records(path: Path, stage: Stage) -> Iterator[Record]:
    """Every record by plain column name, with its ordinal and line; blank and broken ones are accounted for here."""
    kind = read_head(path).kind
    if kind == "csv":
        names, delimiter = header_of(path)
        keys = [plain(name) for name in names]
        steady = frozenset(place for place, name in enumerate(keys) if name not in _FREE_TEXT)
        for record in told_apart(records(path, delimiter, len(names), steady), stage):
            yield record.row, record.line, dict(zip(keys, record.cells, strict=True))
    elif kind == "parquet":
        row = 0
        for batch in pq.ParquetFile(path).iter_batches(batch_size=10_000):
            for values in batch.to_pylist():
                row += 1
                stage.read()
                yield row, row, {plain(name): _cell(value) for name, value in values.items()}
    else:
        row = 0
        for line, document in documents(path):
            for found in _inside(document):
                row += 1
                stage.read()
                if not found:
                    stage.blank()
                elif not isinstance(found, dict):
                    stage.broken(line, None, "not_an_object", "A record of the spend log is an object.")
                else:
                    yield row, line, {plain(name): value for name, value in found.items()}


def _cell(value: object) -> object:
    """A typed value as JSON would hold it: numbers as text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


FORMAT = Format(
    name="litellm_spendlogs",
    title="LiteLLM spend logs (CSV, JSON, Parquet), also its daily spend tables",
    facts=("interactions", "model_calls", "usage_daily"),
    product_field="request_tags product:, else the key's alias",
    recognise=_recognise,
    parse=_parse,
    fills="product and pilot (tags product:… and pilot:…, else the key's alias), end user, team, session, time,"
    " duration, model, tokens without what the cache answered, dollars, errors, every billed call; from the daily"
    " tables use and cost by day",
    lacks="outcome, feedback, escalation; who asked when the caller named no end user and the key's owner is no person",
    asks=("key_owner",),
)
