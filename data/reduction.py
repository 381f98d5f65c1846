"""Keeps user_days equal to what the facts say: all of it, or exactly the partitions (product, day) that were touched.

The SQL itself is data/reduction.sql. Who touches partitions lists them in the temporary table `touched` first.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from data.cursor import Reader, Rows, Transaction
from data.verdict_rules import judged

REDUCTION = (Path(__file__).parent / "reduction.sql").read_text(encoding="utf-8")
USER_DAYS = (
    "day, product_id, pilot_id, scenario_id, service_version, team_id, mode, unit_id, user_known, interactions, tasks,"
    " tasks_confirmed, tasks_implied, tasks_failed, tasks_unknown, technical_errors, escalation_known,"
    " escalated_planned, escalated_unplanned, escalated_unplanned_1d, input_tokens, output_tokens, cost_microusd,"
    " uncosted, duration_ms"
)
SLICE = 2_000_000
"""Interactions that are reduced at a time, in whole days: what bounds the memory of a load of any size."""

_REAL = "CREATE OR REPLACE TEMP VIEW chosen AS SELECT * FROM interactions WHERE coalesce(synthetic, FALSE) = FALSE"
_TOUCHED = (
    " AND EXISTS (SELECT 1 FROM touched WHERE touched.product_id = interactions.product_id"
    " AND touched.day = interactions.day)"
)


def make_touched(tx: Transaction) -> None:
    """An empty temporary table `touched (product_id, day)`; it lives as long as the transaction."""
    tx.run("CREATE OR REPLACE TEMP TABLE touched (product_id VARCHAR, day DATE)")


_NEAR = (
    "interactions.user_id = evidence.requester_id AND interactions.product_id = evidence.product_id"
    " AND interactions.occurred_at <= evidence.opened_at"
    " AND interactions.occurred_at > evidence.opened_at - INTERVAL '30' MINUTE"
    " AND evidence.kind = 'escalation' AND evidence.linked_interaction_id IS NULL"
    " AND evidence.linked_session_id IS NULL"
)
"""Whether an interaction may be the one that an escalation ticket, which names none, came from."""
_POINTS = {
    "feedback": [
        f"interactions.{target}_id = evidence.target_id AND evidence.target_type = '{target}'"
        " AND evidence.product_id IN ('', interactions.product_id)"
        " AND evidence.verdict IN ('confirmed', 'implied', 'failed', 'escalated')"
        for target in ("interaction", "trace", "session")
    ],
    "tickets": [
        *(
            f"interactions.{target}_id = evidence.linked_{target}_id AND evidence.kind = 'escalation'"
            for target in ("interaction", "session")
        ),
        _NEAR,
    ],
}


def touch_pointed(tx: Transaction, fact: Literal["feedback", "tickets"], relation: str) -> None:
    """Add to `touched` the partitions whose interactions evidence rows point at; call it for rows that come and for
    rows that go.

    `relation` is a table or view of this program with the columns of the fact; rows that say nothing about an outcome
    or an escalation touch nothing.
    """
    evidence = judged(tx, f'"{relation}"') if fact == "feedback" else f'SELECT * FROM "{relation}"'
    _touch(tx, evidence, _POINTS[fact])


def touch_unjudged(tx: Transaction) -> None:
    """Add to `touched` the partitions of feedback without a verdict of its own: what a change of rules may change."""
    _touch(tx, "SELECT * REPLACE ('failed' AS verdict) FROM feedback WHERE verdict IS NULL", _POINTS["feedback"])


def touch_rivals(tx: Transaction, relation: str) -> None:
    """Add to `touched` the partitions of interactions from which a ticket may have come as well as from one of
    `relation`, rows of interactions that come or go: which of them is the last before the ticket may change.
    """
    if not tx.value(
        "SELECT count(*) AS n FROM tickets WHERE kind = 'escalation' AND requester_id IS NOT NULL"
        " AND linked_interaction_id IS NULL AND linked_session_id IS NULL"
    ):
        return
    near = f"SELECT evidence.* FROM tickets AS evidence JOIN (SELECT * FROM {relation}) AS interactions ON {_NEAR}"
    _touch(tx, near, [_NEAR])


def _touch(tx: Transaction, evidence: str, joins: list[str]) -> None:
    pointed = " UNION ALL ".join(
        f"SELECT interactions.product_id, interactions.day FROM ({evidence}) AS evidence JOIN interactions ON {join}"
        for join in joins
    )
    tx.run(f"INSERT INTO touched SELECT DISTINCT product_id, day FROM ({pointed}) AS pointed")


def rebuild(tx: Transaction) -> int:
    """Make user_days anew from all facts; the number of its rows."""
    tx.run(_judged(tx))
    tx.run("DELETE FROM user_days")
    return sum(_reduce(tx, days) for days in _slices(tx, "interactions"))


def rebuild_touched(tx: Transaction) -> int:
    """Make the partitions in `touched` anew, and only these; the number of rows they now have."""
    tx.run(_judged(tx))
    tx.run(
        "DELETE FROM user_days WHERE EXISTS (SELECT 1 FROM touched WHERE touched.product_id = user_days.product_id"
        " AND touched.day = user_days.day)"
    )
    return sum(_reduce(tx, days + _TOUCHED) for days in _slices(tx, "touched"))


def _judged(store: Rows) -> str:
    return f"CREATE OR REPLACE TEMP VIEW judged AS {judged(store)}"


def _reduce(tx: Transaction, chosen: str) -> int:
    tx.run(_REAL + chosen)
    return tx.run(f"INSERT INTO user_days ({USER_DAYS}) {REDUCTION}")


def _slices(tx: Transaction, within: str) -> Iterator[str]:
    """SQL conditions that cut the days of table `within` into spans of about SLICE interactions. A task never spans
    two days (both GROUP BYs name the day), so the spans together are the whole.
    """
    days = tx.rows(
        f"SELECT day, count(*) AS n FROM interactions WHERE day BETWEEN (SELECT min(day) FROM {within})"
        f" AND (SELECT max(day) FROM {within}) GROUP BY day ORDER BY day"
    )
    first, held = 0, 0
    for place, row in enumerate(days):
        held += int(str(row["n"]))
        if held >= SLICE or place == len(days) - 1:
            yield f" AND interactions.day BETWEEN DATE '{days[first]['day']}' AND DATE '{row['day']}'"
            first, held = place + 1, 0


def differing(reader: Reader) -> int:
    """How many rows of user_days are not what a full rebuild gives, in either direction: 0 when all is well."""
    reader.rows(_REAL)
    reader.rows(_judged(reader))
    found = reader.value(
        f"WITH rebuilt AS ({REDUCTION}), kept AS (SELECT {USER_DAYS} FROM user_days)"
        " SELECT (SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT * FROM rebuilt) AS more)"
        " + (SELECT count(*) FROM (SELECT * FROM rebuilt EXCEPT ALL SELECT * FROM kept) AS less) AS rows_differing"
    )
    return int(str(found))
