"""What was loaded, by whom, and what stands out in one load: its first refused cells, its unknown products."""

from __future__ import annotations

from data.cursor import Row, Rows


def history(store: Rows) -> list[Row]:
    """Every load with who, when and its counts, the newest first; whose records it corrects; who took it back, when."""
    return store.rows(
        "SELECT l.load_id, l.file_name, l.format, l.confidence, l.status, l.rows_read, l.accepted, l.duplicates,"
        " l.quarantined, l.blank, l.ignored, l.superseded, l.first_at, l.last_at, l.loaded_by, l.loaded_at, c.corrects,"
        " CASE WHEN l.status = 'undone' THEN u.who END AS undone_by,"
        " CASE WHEN l.status = 'undone' THEN u.happened_at END AS undone_at"
        " FROM loads AS l LEFT JOIN (SELECT json_extract_string(before, '$.load_id') AS load_id,"
        " arg_max(who, seq) AS who, max(happened_at) AS happened_at FROM audit WHERE what = 'undo' GROUP BY 1) AS u"
        " ON u.load_id = l.load_id LEFT JOIN (SELECT load_id, any_value(of_load) AS corrects FROM corrections"
        " GROUP BY load_id) AS c ON c.load_id = l.load_id"
        " ORDER BY l.loaded_at DESC, l.load_id DESC"
    )


def quarantined(store: Rows, load_id: str, limit: int = 500) -> list[Row]:
    """The cells of a load that were refused, in the order of the file: line, column, code, message, value."""
    return store.rows(
        "SELECT line, column_name, code, message, value FROM quarantine WHERE load_id = ?"
        " ORDER BY line, column_name, code LIMIT ?",
        [load_id, limit],
    )


def unmapped(store: Rows, load_id: str) -> list[Row]:
    """What one load calls its products where the registry knows none: value and records, the most first."""
    return store.rows(
        "SELECT value, CAST(sum(records) AS BIGINT) AS records FROM unmapped WHERE load_id = ? GROUP BY value"
        " ORDER BY records DESC, value",
        [load_id],
    )
