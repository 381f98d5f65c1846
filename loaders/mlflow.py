"""MLflow: traces (search_traces as CSV, JSON or Parquet, traces as JSON lines) and tables of evaluations."""

from __future__ import annotations

from pathlib import Path

from loaders.annotations import Said
from loaders.format import Format, Head, Match, Stage
from loaders.head import read_head
from loaders.mlflow_traces import CALLS, INTERACTIONS, NotATraceError, Trace, is_trace
from loaders.relation import relation
from loaders.score_table import SLASHED, asked_at, expectations, parse_scores, slashed_metrics
from loaders.tables import columns_of, rows_of

_TRACED = ({"trace_id", "trace"}, {"request_id", "trace"})


def _recognise(head: Head) -> Match:
    names = [name.strip() for name in columns_of(head)]
    if slashed_metrics(names):
        return Match(0.97 if any("/v1/" in name or name.endswith("/value") for name in names) else 0.9)
    if any(set(names) >= traced for traced in _TRACED):
        return Match(0.96)
    first = next((document for document in head.documents if document), None)
    if is_trace(first):
        return Match(0.97)
    start = head.text[:65_536]
    long = head.kind == "json" and not head.documents and '"mlflow.trace' in start and '"trace_id"' in start
    return Match(0.9 if long else 0.0)


def _parse(path: Path, stage: Stage) -> None:
    names = [name.strip() for name in columns_of(read_head(path))]
    if any(SLASHED.fullmatch(name) for name in names):
        parse_scores(path, stage, slashed_metrics(names), skip=expectations, when=asked_at)
        return
    tables = {
        "interactions": (INTERACTIONS, stage.table("traces", ("source_row", "line", *INTERACTIONS))),
        "model_calls": (CALLS, stage.table("calls", ("source_row", "line", *CALLS))),
    }
    said = Said(stage)
    for row, line, values in rows_of(path, stage):
        try:
            trace = Trace(values)
        except NotATraceError as error:
            stage.broken(line, "trace", "not_a_trace", str(error))
            continue
        for table, found in (("interactions", trace.interaction()), *(("model_calls", call) for call in trace.calls())):
            columns, into = tables[table]
            into.add(str(row), str(line), *(found.get(column) for column in columns))
        for human, told in trace.assessments():
            said.add(row, line, human, told)
    for table, source, records in (("interactions", "traces", "1"), ("model_calls", "calls", "0")):
        picked = {column: f'"{column}"' for column in tables[table][0]}
        stage.fill(table, picked, relation(picked, source, records))
    said.fill(records=0)


FORMAT = Format(
    name="mlflow",
    title="MLflow traces (CSV, JSON, Parquet) and evaluation tables",
    facts=("interactions", "model_calls", "feedback", "eval_results"),
    product_field="tag product, else the experiment",
    recognise=_recognise,
    parse=_parse,
    fills="a trace as one interaction: person, session, time, duration, tokens, model, error, sources found, pilot and"
    " product (tags); every call of a model; ratings of people; checks of judges; of evaluation tables every metric,"
    " with failed judges told from failures",
    lacks="dollars, escalation; of evaluation tables without traces the time: --set run_at=...",
    asks=("run_at", "suite", "threshold"),
)
