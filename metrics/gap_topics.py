"""Which missing knowledge blocks tasks: every topic with the tasks about it that did not get done, what those would
have been worth, what kind of gap the data point to, and who keeps it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, cast

from data.cursor import Row, Rows
from data.settings import Settings
from data.settings import settings as settings_of
from data.verdict_rules import judged
from data.warehouse import Warehouse
from metrics import inventory
from metrics.beliefs import Beliefs
from metrics.causes import COLUMNS, VERDICTS
from metrics.compile import bound, with_clause
from metrics.spec import Estimate, Moments, Scope
from metrics.statistics import delta_variance, ratio, rounded
from metrics.task_worth import task_worth
from metrics.view import use_ctes

Kind = Literal["missing", "no access", "stale", "contradictory", "unclear", "none seen", "not checked"]
OPEN_KINDS: tuple[Kind, ...] = ("missing", "no access", "stale", "contradictory", "unclear")

_COUNTED = "\nSELECT r.* FROM rows_in_scope AS r WHERE r.counted AND NOT coalesce(r.synthetic, false)\n"
# Handed to a person though no process asks for it: the file says so, feedback does, or an escalation ticket that names
# the interaction or its session.
_HANDED = (
    "\nSELECT event_key FROM interactions_in_scope WHERE escalated AND NOT coalesce(escalation_planned, false)"
    + "".join(
        f"\nUNION\nSELECT i.event_key FROM tickets AS t JOIN interactions_in_scope AS i"
        f" ON i.{target}_id = t.linked_{target}_id"
        "\nWHERE t.kind = 'escalation' AND NOT coalesce(i.escalation_planned, false)"
        for target in ("interaction", "session")
    )
    + "".join(
        f"\nUNION\nSELECT i.event_key FROM judged AS f JOIN interactions_in_scope AS i ON i.{target}_id = f.target_id"
        f"\nWHERE f.target_type = '{target}' AND f.verdict = 'escalated' AND f.product_id IN ('', i.product_id)"
        " AND NOT coalesce(i.escalation_planned, false)"
        for target in ("interaction", "trace", "session")
    )
    + "\n"
)
# Tasks and their ends as the reduction has them; a task is about the topic of its interactions. A technical error is no
# gap in what a product knows.
_TASKS = """
SELECT *, handed OR (coalesce(strength % 10 = 1, false) AND NOT erred) AS blocked
FROM (
  SELECT i.product, i.unit_id, i.bucket AS day, i.task_key, min(i.topic_id) AS topic, max(v.strength) AS strength,
    bool_or(coalesce(i.error, false)) AS erred, bool_or(h.event_key IS NOT NULL) AS handed
  FROM interactions_in_scope AS i
  LEFT JOIN (SELECT event_key, max(strength) AS strength FROM verdicts GROUP BY event_key) AS v
    ON v.event_key = i.event_key
  LEFT JOIN handed AS h ON h.event_key = i.event_key
  GROUP BY i.product, i.unit_id, i.bucket, i.task_key) AS task
"""
_MOMENTS = """
SELECT product, topic, count(*) AS units, CAST(sum(hit) AS BIGINT) AS hits, CAST(sum(of) AS BIGINT) AS of,
  CAST(sum(hit * hit) AS BIGINT) AS hits2, CAST(sum(of * of) AS BIGINT) AS of2, CAST(sum(hit * of) AS BIGINT) AS cross,
  count(CASE WHEN hit > 0 THEN 1 END) AS people, CAST(sum(passed_on) AS BIGINT) AS passed_on
FROM (
  SELECT product, topic, unit_id, count(*) AS of, count(CASE WHEN blocked THEN 1 END) AS hit,
    count(CASE WHEN handed THEN 1 END) AS passed_on
  FROM tasks
  GROUP BY product, topic, unit_id) AS unit
GROUP BY product, topic
ORDER BY product, topic"""
_ROWS = """
SELECT i.occurred_at, i.unit_id, i.product_id, i.interaction_id, t.handed AS handed_over, i.outcome, i.outcome_source
FROM interactions_in_scope AS i
JOIN tasks AS t ON t.product = i.product AND t.unit_id = i.unit_id AND t.day = i.bucket AND t.task_key = i.task_key
WHERE t.blocked AND t.product = $gap_product AND t.topic = $gap_topic
ORDER BY i.occurred_at DESC, i.event_key DESC
LIMIT $gap_limit"""
# Of the newest runs the cases that came out well in one trial and badly in another: two answers to one question.
_LISTED = f"""
SELECT p.*, coalesce(s.split, 0) AS split
FROM probed AS p
LEFT JOIN (
  SELECT product_id, topic_id, count(*) AS split
  FROM (
    SELECT product_id, topic_id, suite, case_id
    FROM ({inventory.TRIALS}) AS trial
    WHERE origin = 'suite'
    GROUP BY product_id, topic_id, suite, case_id
    HAVING min(good) < max(good)) AS torn
  GROUP BY product_id, topic_id) AS s ON s.product_id = p.product AND s.topic_id = p.topic_id
ORDER BY p.product, p.topic_id"""
_WAITING = """
SELECT t.product_id AS product, t.topic_id AS topic, count(*) AS waiting
FROM tickets AS t
JOIN shelf ON shelf.product = t.product_id
WHERE t.kind = 'context_gap' AND t.topic_id IS NOT NULL AND t.documented_at IS NULL AND t.status <> 'cancelled'
GROUP BY t.product_id, t.topic_id"""


class GapTopic(NamedTuple):
    """A topic of one product. `blocked` of `tasks` about it failed without a technical error, or went to a person
    though no process asks for that (`handed`); `people` met that. `share` is blocked / tasks with its interval by
    people: a lower bound where the end of tasks is not known. `worth` is what one task done is worth, in the company's
    money, and `lost` that times blocked (None: nobody said). `waiting`: gaps about it that are not documented.
    """

    product: str
    topic: str
    name: str
    listed: bool
    required: bool
    kind: Kind
    why: str
    tasks: int
    blocked: int
    handed: int
    people: int
    units: int
    share: Estimate
    worth: float | None
    lost: float | None
    waiting: int
    expert: str


class Unnamed(NamedTuple):
    """What no topic tells of: blocked tasks of the same products in all, and those of them that name no topic."""

    blocked: int
    nameless: int


def gap_topics(store: Warehouse, scope: Scope) -> tuple[list[GapTopic], Unnamed]:
    """The topics that products must know or were asked about, those first whose blocked tasks are worth most; where
    nobody said what a task is worth, by blocked tasks alone, behind the others.
    """
    with store.reading() as reader:
        rules = settings_of(reader)
        counted = _asked(reader, scope, rules, _MOMENTS, {})
        head = inventory.parts(scope)
        listed = reader.rows(sql := with_clause(head) + _LISTED, bound(sql, scope, None, rules))
        waiting = reader.rows(sql := with_clause(head[:1]) + _WAITING, bound(sql, scope, None, rules))
        beliefs = Beliefs.of_registry(reader, rules)
    use = {(str(row["product"]), cast("str | None", row["topic"])): row for row in counted}
    known = {(str(row["product"]), str(row["topic_id"])): row for row in listed}
    open_ones = {(str(row["product"]), str(row["topic"])): cast(int, row["waiting"]) for row in waiting}
    kept = {product for product, _ in known}
    found = [
        _topic(product, topic, known.get((product, topic)), use.get((product, topic)),
               waiting=open_ones.get((product, topic), 0), worth=task_worth(beliefs, product), kept=product in kept,
               rules=rules)
        for product, topic in sorted({*known, *((p, t) for p, t in use if t is not None), *open_ones})
    ]  # fmt: skip
    blocked = sum(cast(int, row["hits"]) for row in counted)
    nameless = sum(cast(int, row["hits"]) for row in counted if row["topic"] is None)
    return sorted(found, key=_rank), Unnamed(blocked, nameless)


def blocked_interactions(store: Warehouse, scope: Scope, product: str, topic: str, limit: int = 100) -> list[Row]:
    """The interactions of the blocked tasks about one topic, the newest first: what `blocked` counts."""
    more: dict[str, object] = {"gap_product": product, "gap_topic": topic, "gap_limit": limit}
    with store.reading() as reader:
        return _asked(reader, scope, settings_of(reader), _ROWS, more)


def _asked(reader: Rows, scope: Scope, rules: Settings, final: str, more: Mapping[str, object]) -> list[Row]:
    columns = (*COLUMNS, "synthetic", "escalated", "escalation_planned")
    parts, _ = use_ctes(scope, ("product", "day"), ("product", "bucket"), "interactions", columns)
    own = [("interactions_in_scope", _COUNTED), ("verdicts", VERDICTS), ("handed", _HANDED), ("tasks", _TASKS)]
    names_of = with_clause([*parts, *own]) + final  # the rules' own words may hold what looks like a parameter
    sql = with_clause([("judged", f"\n{judged(reader)}\n"), *parts, *own]) + final
    return reader.rows(sql, bound(names_of, scope, "day", rules, more))


def _topic(
    product: str, topic: str, listed: Row | None, used: Row | None, *, waiting: int, worth: float | None,
    kept: bool, rules: Settings,
) -> GapTopic:  # fmt: skip
    moments = Moments(*(cast(int, used[name]) if used else 0 for name in Moments._fields))
    kind, why = _kind(listed, kept, rules.probe_share)
    share = Estimate(None, None, None, None, "")
    if moments.of:
        share = ratio(moments, delta_variance(moments) if moments.units > 1 else 0.0, 1, rules.level)
        if moments.units < rules.show_units:
            share = share._replace(low=None, high=None)
    return GapTopic(
        product=product, topic=topic, name=str(listed["name"]) if listed else topic, listed=listed is not None,
        required=bool(listed and listed["required"]), kind=kind, why=why, tasks=moments.of, blocked=moments.hits,
        handed=cast(int, used["passed_on"]) if used else 0, people=cast(int, used["people"]) if used else 0,
        units=moments.units, share=share, worth=worth,
        lost=None if worth is None else rounded(max(worth, 0.0) * moments.hits),
        waiting=waiting, expert=str((listed and listed["sme_id"]) or ""),
    )  # fmt: skip


def _kind(row: Row | None, kept: bool, enough: float) -> tuple[Kind, str]:
    """What the registry, the probes and the evals say of a topic: the first step on the way to an answer that fails."""
    if row is None:
        return ("missing", "No inventory lists it.") if kept else ("not checked", "The product has no inventory.")
    probes, found, cases, passed = (cast(int, row[n]) for n in ("probes", "probes_passed", "cases", "cases_passed"))
    if not row["approved"]:
        return "missing", "No source is approved for it."
    if row["indexed_at"] is None:
        return "no access", "Its approved source is not indexed."
    if not row["fresh"]:
        return "stale", _age(row)
    if probes and found < enough * probes - 1e-9:
        return "no access", f"{found} of {probes} probe questions find it."
    if cases and passed < enough * cases - 1e-9:
        split = cast(int, row["split"])
        if split:
            return "contradictory", f"{split} of {cases} eval cases pass in one trial and fail in another."
        return "unclear", f"It is found, and {passed} of {cases} eval cases pass."
    if not probes and not cases:
        return "not checked", "Approved and fresh; no probe question and no eval case tries it."
    return "none seen", "Approved, fresh, and its probes and eval cases pass."


def _age(row: Row) -> str:
    if row["source_age"] is None or row["index_behind"] is None:
        return "Nobody says how old its source is."
    age, behind, allowed = (cast(int, row[name]) for name in ("source_age", "index_behind", "freshness_days"))
    if age > allowed:
        return f"Its source is {age} days old; {allowed} are allowed."
    return f"The index is {behind} days behind its source; {allowed} are allowed."


def _rank(each: GapTopic) -> tuple[bool, float, int, str, str]:
    return each.lost is None, -(each.lost or 0.0), -each.blocked, each.product, each.topic


def without_expert(found: Sequence[GapTopic]) -> list[GapTopic]:
    """Topics that nobody keeps: required ones, and unlisted ones that block tasks or have gaps waiting."""
    asked = [each for each in found if each.required or (not each.listed and (each.blocked or each.waiting))]
    return [each for each in asked if not each.expert]
