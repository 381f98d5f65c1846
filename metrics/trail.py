"""One interaction with everything that points at it: its model calls, verdicts, checks and tickets."""

from collections.abc import Mapping, Sequence

from data.cursor import Row
from data.warehouse import Warehouse

_KEYS = ("event_key", "row_hash", "version_at", "source_records")
_POINTING = {
    "Model calls": "SELECT * FROM model_calls WHERE product_id = $product AND (interaction_id = $interaction"
    " OR (interaction_id IS NULL AND trace_id = $trace)) ORDER BY occurred_at",
    "Feedback": "SELECT * FROM feedback WHERE product_id IN ('', $product) AND ("
    "(target_type = 'interaction' AND target_id = $interaction) OR (target_type = 'trace' AND target_id = $trace)"
    " OR (target_type = 'session' AND target_id = $session)) ORDER BY given_at",
    "Checks": "SELECT * FROM eval_results WHERE product_id IN ('', $product) AND interaction_id = $interaction"
    " ORDER BY run_at",
    "Tickets": "SELECT * FROM tickets WHERE linked_interaction_id = $interaction OR linked_session_id = $session"
    " ORDER BY opened_at",
}


def trail(store: Warehouse, product: str, interaction_id: str) -> dict[str, list[Row]]:
    """The interaction under "Interaction", and under their titles the rows that point at it; {} when there is none.

    Columns that are empty throughout are left out, and so are hashes. Nobody's name: people are pseudonyms.
    """
    with store.reading() as reader:
        found = reader.rows(
            "SELECT * FROM interactions WHERE product_id = $product AND interaction_id = $interaction",
            {"product": product, "interaction": interaction_id},
        )
        if not found:
            return {}
        ids = {"product": product, "interaction": interaction_id, "trace": found[0]["trace_id"],
               "session": found[0]["session_id"]}  # fmt: skip
        pointing = {
            title: reader.rows(sql, {name: value for name, value in ids.items() if f"${name}" in sql})
            for title, sql in _POINTING.items()
        }
    return {title: _told(rows) for title, rows in {"Interaction": found, **pointing}.items() if rows}


def _told(rows: Sequence[Mapping[str, object]]) -> list[Row]:
    names = [name for name in rows[0] if name not in _KEYS and any(row[name] not in (None, "") for row in rows)]
    return [{name: row[name] for name in names} for row in rows]
