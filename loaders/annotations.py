"""What people and judges said of a span or a trace, as annotations: a rating is feedback, a judgement a check."""

from __future__ import annotations

import re

from loaders.eval_rows import Told
from loaders.figures import finite
from loaders.format import Stage
from loaders.promptfoo_results import fault
from loaders.relation import relation

RATINGS = (
    "feedback_id", "target_type", "target_id", "product_id", "user_id", "given_at", "name", "score", "label",
    "evidence", "verdict",
)  # fmt: skip
CHECKS = (
    "run_id", "run_at", "product_id", "origin", "suite", "case_id", "interaction_id", "metric_name", "score", "passed",
    "eval_error", "error_type", "evaluator_kind", "evaluator",
)  # fmt: skip
_GOOD = re.compile(
    r"(?i)(true|yes|pass(ed)?|thumbs?[ _-]?up|up|like[d]?|positive|good|helpful|factual|grounded|faithful|correct"
    r"|relevant|non[ _-]?toxic|safe|accepted?)"
)
_BAD = re.compile(
    r"(?i)(false|no|fail(ed)?|thumbs?[ _-]?down|down|dislike[d]?|negative|bad|unhelpful|hallucinated|ungrounded"
    r"|unfaithful|incorrect|irrelevant|unrelated|toxic|unsafe|rejected?)"
)


def verdict_of(label: str | None, score: str | None) -> bool | None:
    """Whether an annotation says that it went well: by its label, else by a score that is all or nothing."""
    if label:
        return True if _GOOD.fullmatch(label) else False if _BAD.fullmatch(label) else None
    return {"1.0": True, "0.0": False, "-1.0": False}.get(finite(score) or "")


def rating(about: Told, name: str | None, label: str | None, score: str | None) -> Told:
    """Feedback of a person: `about` says whose, of what and when."""
    said = verdict_of(label, score)
    return about | {
        "name": name, "score": finite(score), "label": label, "evidence": None if said is None else "rating",
        "verdict": None if said is None else "confirmed" if said else "failed",
    }  # fmt: skip


def judgement(about: Told, name: str | None, label: str | None, score: str | None) -> Told:
    """A check of something that was really asked: `about` says of what, when and by whom."""
    said, stated = verdict_of(label, score), finite(score)
    return about | {
        "origin": "production_audit", "metric_name": name, "score": stated,
        "passed": None if said is None else "true" if said else "false",
        "eval_error": None if said is not None or stated else "no score and no label that says whether it went well",
        "error_type": fault("", name or "") if said is False else None,
    }  # fmt: skip


class Said:
    """The ratings and the judgements of one file on their way to the facts."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tables = {
            True: (stage.table("ratings", ("source_row", "line", *RATINGS)), RATINGS),
            False: (stage.table("checks", ("source_row", "line", *CHECKS)), CHECKS),
        }
        self.count = 0

    def add(self, row: int, line: int, human: bool, told: Told) -> None:
        """One annotation: of a person, or of a judge."""
        table, columns = self._tables[human]
        table.add(str(row), str(line), *(told.get(column) for column in columns))
        self.count += 1

    def fill(self, records: int = 1) -> None:
        """Hand all over; each stands for so many `records` of the file. The totals say how people rated."""
        stage = self._stage
        for fact, columns, source in (("feedback", RATINGS, "ratings"), ("eval_results", CHECKS, "checks")):
            picked = {column: f'"{column}"' for column in columns}
            stage.fill(fact, picked, relation(picked, source, str(records)))
        counts = "count(CASE WHEN verdict = 'confirmed' THEN 1 END), count(CASE WHEN verdict = 'failed' THEN 1 END)"
        up, down = (int(str(found)) for found in stage.rows(f"SELECT {counts} FROM ratings")[0])
        for key, count in (("thumbs_up", up), ("thumbs_down", down)):
            stage.total(key, count)
        stage.total("judged", int(str(stage.rows("SELECT count(*) FROM checks")[0][0])))
