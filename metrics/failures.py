"""What failed and why: the interactions in scope that ended in an error or with a negative verdict, by cause."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

from data.cursor import Row, Rows
from data.settings import settings
from data.verdict_rules import judged
from data.warehouse import Warehouse
from metrics.compile import bound, with_clause
from metrics.spec import Scope
from metrics.view import use_ctes

Kind = Literal["technical", "outcome"]
COLUMNS = (
    "event_key", "product_id", "interaction_id", "trace_id", "session_id", "occurred_at", "outcome", "outcome_source",
    "error", "error_type", "scenario_id", "topic_id", "service_version", "source_system", "load_id", "source_row",
)  # fmt: skip
RANK = (
    "CASE WHEN {source} = 'judge' THEN 1 WHEN {source} = 'rule' OR {verdict} = 'implied' THEN 2"
    " WHEN {source} = 'rating' THEN 3 WHEN {source} = 'verified' THEN 5 ELSE 4 END"
)

# Who says how an interaction ended: its own file, and feedback on it, on its trace, or on its session (which is counted
# once, at the last interaction of the session). As for tasks the best evidence decides: verified, accepted, rating,
# rule (and whatever is only implied), judge; at the same rank a failure wins.
_ENDS = "('confirmed', 'implied', 'failed')"
VERDICTS = f"""
SELECT r.event_key, r.outcome_source AS source, r.outcome AS verdict,
  {RANK.format(source="r.outcome_source", verdict="r.outcome")} AS rank
FROM rows_in_scope AS r
WHERE r.outcome IN {_ENDS}
""" + "".join(
    f"""UNION ALL
SELECT r.event_key, f.evidence, f.verdict, {RANK.format(source="f.evidence", verdict="f.verdict")}
FROM judged AS f JOIN {among} AS r ON r.{target}_id = f.target_id AND f.product_id IN ('', r.product_id)
WHERE f.target_type = '{target}' AND f.verdict IN {_ENDS}
"""
    for target, among in (("interaction", "rows_in_scope"), ("trace", "rows_in_scope"), ("session", "sessions_ended"))
)

SESSIONS_ENDED = """
SELECT product_id, session_id, event_key
FROM (
  SELECT product_id, session_id, event_key, row_number() OVER (
    PARTITION BY product_id, session_id ORDER BY occurred_at DESC, event_key DESC) AS place
  FROM rows_in_scope WHERE session_id IS NOT NULL) AS ended
WHERE place = 1
"""

# A technical error explains a failure better than the verdict on it does.
ENDED = """
SELECT r.*, CASE WHEN r.error THEN 'technical' WHEN best.verdict = 'failed' THEN 'outcome' END AS kind,
  CASE WHEN r.error THEN r.error_type WHEN best.verdict = 'failed' THEN best.source END AS cause
FROM rows_in_scope AS r
LEFT JOIN (
  SELECT event_key, source, verdict, row_number() OVER (PARTITION BY event_key
    ORDER BY rank DESC, CASE WHEN verdict = 'failed' THEN 0 ELSE 1 END, coalesce(source, '~')) AS place
  FROM verdicts) AS best ON best.event_key = r.event_key AND best.place = 1
WHERE r.counted
"""


class Cause(NamedTuple):
    """Why interactions failed: the type of a technical error, or who said that it did not do what it should.

    `name` None: the source says neither type nor source, which is a cause of its own. `people` are distinct;
    `unnamed` interactions are of nobody in particular and in none of them.
    """

    kind: Kind
    name: str | None
    interactions: int
    people: int
    unnamed: int


class Failures(NamedTuple):
    """The causes, the most frequent first, and how many interactions there were at all."""

    causes: tuple[Cause, ...]
    interactions: int

    @property
    def failed(self) -> int:
        """Interactions that failed, for whatever cause."""
        return sum(cause.interactions for cause in self.causes)


def failures(store: Warehouse, scope: Scope) -> Failures:
    """What failed in a scope, through the same products, people, pilots and days as the readings."""
    asked = (
        "\nSELECT kind, cause, CAST(count(*) AS BIGINT) AS interactions,"
        " CAST(count(DISTINCT CASE WHEN user_known THEN unit_id END) AS BIGINT) AS people,"
        " CAST(count(CASE WHEN NOT user_known THEN 1 END) AS BIGINT) AS unnamed"
        "\nFROM ended\nGROUP BY kind, cause\nORDER BY interactions DESC, kind, cause"
    )
    with store.reading() as reader:
        rows = _rows(reader, scope, asked, {})
    causes = tuple(
        Cause(
            cast(Kind, row["kind"]),
            cast("str | None", row["cause"]),
            cast(int, row["interactions"]),
            cast(int, row["people"]),
            cast(int, row["unnamed"]),
        )
        for row in rows
        if row["kind"]
    )
    return Failures(causes, sum(cast(int, row["interactions"]) for row in rows))


def failed_interactions(store: Warehouse, scope: Scope, kind: Kind, name: str | None, limit: int = 100) -> list[Row]:
    """The interactions of one cause, the newest first."""
    shown = ("occurred_at", "unit_id", "product_id", "interaction_id", "cause", *COLUMNS[10:])
    asked = (
        f"\nSELECT {', '.join(shown)}\nFROM ended"
        "\nWHERE kind = $kind AND cause IS NOT DISTINCT FROM CAST($cause AS VARCHAR)"
        "\nORDER BY occurred_at DESC, event_key DESC\nLIMIT $limit"
    )
    with store.reading() as reader:
        more: dict[str, object] = {"kind": kind, "cause": name, "limit": limit}
        return _rows(reader, scope, asked, more)


def _rows(reader: Rows, scope: Scope, asked: str, more: Mapping[str, object]) -> list[Row]:
    """What is asked of the interactions that ended; `judged` is feedback with the verdicts that rules give."""
    parts, source = use_ctes(scope, (), (), "interactions", COLUMNS)
    if source != "rows_in_scope":
        parts = [*parts, ("rows_in_scope", f"\nSELECT * FROM {source}\n")]
    own = [("sessions_ended", SESSIONS_ENDED), ("verdicts", VERDICTS), ("ended", ENDED)]
    names = with_clause([*parts, *own]) + asked  # the words of rules may hold what looks like a parameter
    sql = with_clause([("judged", f"\n{judged(reader)}\n"), *parts, *own]) + asked
    return reader.rows(sql, bound(names, scope, None, settings(reader), more))
