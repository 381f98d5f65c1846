"""Ragas results (CSV, JSON lines, Parquet), and other tables of questions, answers and scores."""

from __future__ import annotations

from pathlib import Path

from loaders.format import Format, Head, Match, Stage
from loaders.head import read_head
from loaders.score_table import SAY_WHEN, SLASHED, parse_scores, plain_metrics
from loaders.tables import columns_of

_ASKED = {"user_input", "question"}
_ANSWERED = {"response", "answer", "retrieved_contexts", "contexts", "reference", "ground_truth", "ground_truths"}
_KNOWN = {
    "faithfulness", "answer_relevancy", "response_relevancy", "context_precision", "context_recall",
    "context_entity_recall", "answer_correctness", "factual_correctness", "answer_similarity", "semantic_similarity",
    "noise_sensitivity", "exact_match", "non_llm_string_similarity", "string_present", "bleu_score", "rouge_score",
    "aspect_critic", "context_utilization", "context_relevancy", "harmfulness", "nv_accuracy",
    "nv_response_groundedness",
    "nv_context_relevance", "llm_context_precision_with_reference", "llm_context_precision_without_reference",
}  # fmt: skip


def _recognise(head: Head) -> Match:
    names = [name.strip() for name in columns_of(head)]
    known = set(names)
    if not known & _ASKED or not known & _ANSWERED or any(SLASHED.fullmatch(name) for name in names):
        return Match(0.0)
    if known & _KNOWN:
        return Match(0.95, SAY_WHEN)
    return Match(0.6, SAY_WHEN) if plain_metrics(names) else Match(0.2, "a column of scores")


def _parse(path: Path, stage: Stage) -> None:
    parse_scores(path, stage, plain_metrics(columns_of(read_head(path))))


FORMAT = Format(
    name="ragas",
    title="Ragas results, and other tables of questions and scores (CSV, JSON, Parquet)",
    facts=("eval_results",),
    product_field="--product",
    recognise=_recognise,
    parse=_parse,
    fills="a case a question, every metric with its score; blank scores as errors of the judge, never 0; verdicts of"
    " metrics that are all or nothing, and of graded ones above a bar (--set threshold=0.7)",
    lacks="the time of the run, product, model, prompt version, tokens",
    asks=("run_at", "suite", "threshold", "request_model", "prompt_version"),
)
