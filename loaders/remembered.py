"""What a person said of a file is said of the next one with the same first line: kept in `mappings`, and revocable.

An answer is a rule of the registry with the target `answer`: who gave it and when stands with it, and an answer that is
forgotten or replaced stays in the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from data.cursor import Row, Rows, Transaction
from data.errors import did_you_mean
from data.operation import Mapping as Rule
from data.registry_store import current, history, retire, save
from data.warehouse import Warehouse
from loaders import dialect, written
from loaders.format import Options, Refused

ASKS = (*dialect.ASKS, *written.ASKS)
"""What is remembered: how a text is written. A product, a pilot or the time of a run may differ from file to file."""
TARGET = "answer"
_FIRST_LINE = 1 << 16


def fingerprint(path: Path) -> str:
    """What tells files of the same kind: a hash of the first line that says something, as bytes."""
    with path.open("rb") as file:
        first = next(filter(None, (line.strip() for line in file.read(_FIRST_LINE).splitlines())), b"")
    return hashlib.sha256(first).hexdigest()[:16]


def applied(store: Rows, path: Path, options: Options, format: str | None) -> tuple[Options, tuple[str, ...]]:
    """The options with what was said of such a file before, where nothing is said now; and the sentence about it."""
    mark = fingerprint(path)
    known = {
        rule.field: rule
        for rule in current(store, Rule)
        if rule.target == TARGET and rule.pattern == mark and format in (None, rule.source_system)
    }
    fresh = {name: rule.value for name, rule in known.items() if name not in options.values}
    if not fresh:
        return options, ()
    said = ", ".join(f"{name}={value}" for name, value in sorted(fresh.items()))
    note = (
        f"As was said of a file with the same first line: {said}. To say otherwise use --set; to forget it:"
        f" python -m loaders answers --forget {mark}."
    )
    return replace(options, values={**options.values, **fresh}), (note,)


def keep(tx: Transaction, path: Path, format: str, values: Mapping[str, str], who: str) -> None:
    """Remember what was said of a file that is being published."""
    mark = fingerprint(path)
    save(tx, [
        Rule(source_system=format, field=name, match="exact", pattern=mark, target=TARGET, value=values[name])
        for name in ASKS if values.get(name)
    ], who)  # fmt: skip


def remembered(store: Rows) -> list[Row]:
    """Every answer in force: the format, the first line's mark, what was said, by whom and when."""
    return [
        {"file": row["pattern"], "format": row["source_system"], "asked": row["field"], "answer": row["value"],
         "by": row["changed_by"], "at": row["changed_at"]}
        for row in history(store, Rule, target=TARGET)
        if row["valid_to"] is None
    ]  # fmt: skip


def forget(store: Warehouse, mark: str, who: str) -> int:
    """Forget what was said of files with this mark; the number of answers. Raises Refused when there is none."""
    with store.write("forget answers", who) as tx:
        rules = [rule for rule in current(tx, Rule) if rule.target == TARGET]
        gone = [rule for rule in rules if rule.pattern == mark]
        if not gone:
            near = did_you_mean(mark, [rule.pattern for rule in rules])
            raise Refused(f'Nothing is remembered of "{mark[:80]}".{near}', "See python -m loaders answers.")
        return retire(tx, gone, who)
