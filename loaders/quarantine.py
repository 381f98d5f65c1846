"""The quarantine of a load: an overview by problem, pages of records, values that stand in many, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.cursor import Row, Rows
from loaders.corrections import SETTLED

PAGE = 50_000
"""Records of a page when everything is written out."""
PERSON = "(a person)"
"""What stands in the quarantine in place of somebody's name."""
# control characters have pictures of their own: a cell shown or written out has neither breaks nor NUL in it
_CONTROLS = "".join(map(chr, [*range(32), 127]))
_PICTURES = "".join(map(chr, [*range(0x2400, 0x2420), 0x2421]))
_VISIBLE = str.maketrans(_CONTROLS, _PICTURES)
_MARKS = " || ".join(f"chr({ord(mark)})" for mark in _CONTROLS)
_PICTURED = f"translate(coalesce({{name}}, ''), {_MARKS}, '{_PICTURES}')"
_STANDING = f"SELECT record, by_load, standing FROM ({SETTLED}) AS every_one WHERE of_load = $load"


def pictured(name: str) -> str:
    """SQL: a text in which each control character is its picture, '' for none."""
    return _PICTURED.format(name=name)


def visible(text: object) -> str:
    """The same for a text that is there: what `pictured` makes of it."""
    return "" if text is None else str(text).translate(_VISIBLE)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which refused cells are asked for; None and '' ask for all."""

    column: str | None = None
    """A column of the contract; '' for records that could not be told into cells."""
    code: str | None = None
    text: str = ""
    """Stands in the value or the message, in upper or lower case."""
    open_only: bool = False
    """Without the records that were corrected, left out or refused again."""

    def sql(self, load_id: str) -> tuple[str, dict[str, object]]:
        """A condition over the cells `q` and their standing `s`, with its parameters."""
        parts, said = ["q.load_id = $load"], {"load": load_id}
        if self.column is not None:
            parts, said = [*parts, "coalesce(q.column_name, '') = $column"], said | {"column": self.column}
        if self.code:
            parts, said = [*parts, "q.code = $code"], said | {"code": self.code}
        if self.text:
            found = "contains(lower(concat_ws(' ', q.column_name, q.value, q.message)), lower($text))"
            parts, said = [*parts, found], said | {"text": self.text}
        if self.open_only:
            parts.append("s.record IS NULL")
        return " AND ".join(parts), dict[str, object](said)


ALL = Filter()


def problems(store: Rows, load_id: str) -> list[Row]:
    """Column by code: cells, how many of them are open, distinct values, and the first one with its explanation; the
    most first.
    """
    return store.rows(
        "SELECT q.column_name, q.code, count(*) AS cells, count(CASE WHEN s.record IS NULL THEN 1 END) AS open,"
        " count(DISTINCT coalesce(q.value, '')) AS different_values,"
        f" arg_min(q.value, q.record) AS value, arg_min(q.message, q.record) AS message"
        f" FROM quarantine AS q LEFT JOIN ({_STANDING}) AS s ON s.record = q.record WHERE q.load_id = $load"
        " GROUP BY q.column_name, q.code ORDER BY cells DESC, q.column_name, q.code",
        {"load": load_id},
    )


def cells(
    store: Rows, load_id: str, asked: Filter = ALL, *, after: int = 0, limit: int = 500, whole: bool = False
) -> list[Row]:
    """The refused cells of the next `limit` records behind record number `after`: record, line, column_name, code,
    message, value, standing (open | corrected | left out | refused again), by_load, correctable.

    Only the cells that fit, or with `whole` every refused cell of a record in which one fits.
    """
    fits, said = asked.sql(load_id)
    joined = f"quarantine AS q LEFT JOIN ({_STANDING}) AS s ON s.record = q.record"
    return store.rows(
        f"WITH wanted AS (SELECT q.record FROM {joined} WHERE {fits} AND q.record > $after"
        " GROUP BY q.record ORDER BY q.record LIMIT $limit)"
        f" SELECT q.record, q.line, q.column_name, q.code, q.message, q.value,"
        " coalesce(s.standing, 'open') AS standing, s.by_load, r.cells IS NOT NULL AS correctable"
        f" FROM {joined} JOIN quarantine_records AS r ON r.load_id = q.load_id AND r.record = q.record"
        f" WHERE {'q.load_id = $load' if whole else fits} AND q.record IN (SELECT record FROM wanted)"
        " ORDER BY q.record, q.column_name, q.code",
        said | {"after": after, "limit": limit},
    )


def every_cell(store: Rows, load_id: str, asked: Filter = ALL, *, after: int = 0, limit: int | None = None,
               whole: bool = False) -> Iterator[Row]:  # fmt: skip
    """The same for all records, or the next `limit`, read page by page."""
    while limit is None or limit > 0:
        found = cells(store, load_id, asked, after=after, limit=min(PAGE, limit or PAGE), whole=whole)
        if not found:
            return
        yield from found
        after = int(str(found[-1]["record"]))
        if limit is not None:
            limit -= len({row["record"] for row in found})


def values(store: Rows, load_id: str, asked: Filter = ALL, limit: int = 200) -> list[Row]:
    """What stands in many cells: column_name, code, value, message, open records with it; the most first. Names of
    people are left out: no answer is right for all of them.
    """
    fits, said = asked.sql(load_id)
    return store.rows(
        f"SELECT column_name, code, {pictured('value')} AS value, message, records FROM ("
        "  SELECT q.column_name, q.code, coalesce(q.value, '') AS value, any_value(q.message) AS message,"
        "  count(DISTINCT q.record) AS records FROM quarantine AS q"
        f"  LEFT JOIN ({_STANDING}) AS s ON s.record = q.record"
        f"  WHERE {fits} AND s.record IS NULL AND q.value IS DISTINCT FROM $person"
        "  GROUP BY q.column_name, q.code, coalesce(q.value, '')) AS found"
        " ORDER BY records DESC, column_name, code, value LIMIT $limit",
        said | {"limit": limit, "person": PERSON},
    )


def matching(store: Rows, load_id: str, asked: Filter = ALL) -> int:
    """How many records of a load have a cell that fits."""
    fits, said = asked.sql(load_id)
    return int(str(store.value(
        "SELECT count(DISTINCT q.record) AS n FROM quarantine AS q"
        f" LEFT JOIN ({_STANDING}) AS s ON s.record = q.record WHERE {fits}", said,
    )))  # fmt: skip


def open_records(store: Rows) -> int:
    """Source records in the quarantine of all loads in force that nobody has corrected or left out yet."""
    refused = store.value("SELECT CAST(sum(quarantined) AS BIGINT) AS n FROM loads WHERE status = 'published'")
    settled = store.value(
        "SELECT CAST(sum(r.source_records) AS BIGINT) AS n FROM corrections AS c"
        " JOIN loads AS x ON x.load_id = c.load_id AND x.status = 'published'"
        " JOIN loads AS p ON p.load_id = c.of_load AND p.status = 'published'"
        " JOIN quarantine_records AS r ON r.load_id = c.of_load AND r.record = c.record"
    )
    return int(str(refused or 0)) - int(str(settled or 0))


def loads(store: Rows) -> list[Row]:
    """Every load in force that has a quarantine, the newest first: load_id, file_name, loaded_at, records, open."""
    return store.rows(
        "SELECT l.load_id, l.file_name, l.loaded_at, count(*) AS records,"
        " count(CASE WHEN s.record IS NULL THEN 1 END) AS open FROM loads AS l"
        " JOIN quarantine_records AS r ON r.load_id = l.load_id"
        f" LEFT JOIN ({SETTLED}) AS s ON s.of_load = r.load_id AND s.record = r.record WHERE l.status = 'published'"
        " GROUP BY l.load_id, l.file_name, l.loaded_at ORDER BY l.loaded_at DESC, l.load_id DESC"
    )
