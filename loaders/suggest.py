"""Which column of a foreign file may be which of the contract: proposals with a reason, never applied by themselves.

A proposal is judged by the column's name in several languages and by what stands in it. The score is between 0 and 1:
a name that is known counts up to 0.7, values that all fit add up to 0.3; values that do not fit take most of it away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher

from data.facts import FACTS
from loaders.column_words import CALLED, MEANS
from loaders.contract import MOMENT, NUMBER, Column, columns_of
from loaders.profiles import COMMA_NUMBER
from loaders.sample import Sample

WORTH = 0.45
"""Below this score nothing is proposed."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMERIC_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{4}([ T,]+\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?)?")
_EPOCH, _EPOCH_MS = re.compile(r"1\d{9}(\.\d+)?"), re.compile(r"1\d{12}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal: the file's column, how sure, and why."""

    theirs: str
    score: float
    reason: str


def suggestions(table: str, sample: Sample) -> dict[str, list[Suggestion]]:
    """For each column of the contract the columns of the file that may be it, the best first."""
    found = {}
    for name, column in columns_of(table).items():
        each = [
            suggestion for theirs in sample.columns if (suggestion := _judge(table, column, theirs, sample.of(theirs)))
        ]
        found[name] = sorted(each, key=lambda one: (-one.score, sample.columns.index(one.theirs)))
    return found


def best(table: str, sample: Sample) -> dict[str, Suggestion]:
    """One proposal a column at most, and each column of the file proposed once: the surest first, what the contract
    needs before what it can do without.
    """
    contract = columns_of(table)
    pairs = [(name, one) for name, every in suggestions(table, sample).items() for one in every]
    pairs.sort(key=lambda pair: (not contract[pair[0]].required, -pair[1].score))
    found: dict[str, Suggestion] = {}
    for name, one in pairs:
        if name not in found and one.theirs not in {each.theirs for each in found.values()}:
            found[name] = one
    return found


def likely_table(sample: Sample) -> str:
    """The table that the columns speak for most: by what it needs, then by all that fits."""

    def fits(table: str) -> tuple[float, float]:
        proposed = best(table, sample)
        needed = [name for name, column in columns_of(table).items() if column.required]
        return (sum(proposed[name].score for name in needed if name in proposed) / len(needed),
                sum(one.score for one in proposed.values()))  # fmt: skip

    return max(FACTS, key=fits)


def day_order(values: Sequence[str]) -> str | None:
    """How moments are written: dmy or mdy where one of them can only be that, epoch, epoch_ms; None when they are
    written year first, or cannot be told.
    """
    if values and all(_EPOCH.fullmatch(value) for value in values):
        return "epoch"
    if values and all(_EPOCH_MS.fullmatch(value) for value in values):
        return "epoch_ms"
    parts = [(int(m[1]), int(m[2])) for value in values if (m := _NUMERIC_DAY.fullmatch(value))]
    first, second = any(a > 12 for a, _ in parts), any(b > 12 for _, b in parts)
    return {(True, False): "dmy", (False, True): "mdy"}.get((first, second))


def factor(name: str, values: Sequence[str]) -> int | None:
    """What makes micro-dollars of dollars, or milliseconds of seconds, where fractions say that it is needed."""
    scale = {"cost_microusd": 1_000_000, "duration_ms": 1_000}.get(name)
    return scale if any(re.fullmatch(r"[+-]?\d*[.,]\d*[1-9]\d*([eE]-?\d+)?", value) for value in values) else None


def decimal_comma(values: Sequence[str]) -> bool:
    """Whether these are numbers of which one can only have been written with a comma for its decimals."""
    return any("," in value for value in values) and all(re.fullmatch(COMMA_NUMBER, value) for value in values)


def day_first(values: Sequence[str]) -> str:
    """A value that is a moment and does not begin with its year; '' when there is none."""
    forms = (_NUMERIC_DAY, _EPOCH, _EPOCH_MS)
    return next((value for value in values if any(form.fullmatch(value) for form in forms)), "")


def words(table: str, name: str, values: Sequence[str]) -> dict[str, str]:
    """Words of the file (in small letters) with the word of the contract that they probably mean; what is written as
    the contract has it needs none.
    """
    column = columns_of(table)[name]
    plain = ("true", "false", "1", "0") if column.kind is bool else column.words
    known = {word: MEANS.get(word, "") for word in plain if not word.isdigit()}
    meaning = {other: word for word, others in known.items() for other in [word, *others.split("|")]}
    seen = dict.fromkeys(value.strip().lower() for value in values)
    return {value: meaning[value] for value in seen if value in meaning and value not in plain}


def _judge(table: str, column: Column, theirs: str, values: Sequence[str]) -> Suggestion | None:
    likeness, called = _likeness(column.name, theirs)
    fit, what = _fit(table, column, values)
    if likeness >= 0.75:
        score = likeness * 0.7 + 0.3 * fit if fit >= 0.5 or not values else 0.3 * likeness
        reason = f'the name is like "{called}"' + (f"; {what}" if what and fit >= 0.5 else "")
    elif (
        fit == 1.0
        and what
        and (column.name == FACTS[table].happened or (column.name in FACTS[table].people and "@" in values[0]))
    ):
        score, reason = 0.5, what
    else:
        return None
    return Suggestion(theirs, round(score, 3), reason) if score >= WORTH else None


def _likeness(name: str, theirs: str) -> tuple[float, str]:
    given = _plain(theirs)
    names = [_plain(name), *(_plain(each) for each in CALLED.get(name, "").split("|") if each)]
    scored = [(1.0 if given == each else SequenceMatcher(None, given, each).ratio() * 0.95, each) for each in names]
    return max(scored, key=lambda pair: pair[0])


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", spaced.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def _fit(table: str, column: Column, values: Sequence[str]) -> tuple[float, str]:
    """The share of the values that the column can take, and what they look like."""
    if not values:
        return 0.0, ""
    if column.words or column.kind is bool:
        taken = ("true", "false", "1", "0") if column.kind is bool else column.words
        known = {*taken, *words(table, column.name, values)}
        return _share(values, lambda value: value.lower() in known), "its words are known"
    if column.kind in (datetime, date):
        forms = (re.compile(MOMENT), _NUMERIC_DAY, _EPOCH, _EPOCH_MS)
        return _share(values, lambda value: any(form.fullmatch(value) for form in forms)), "it holds moments"
    if column.kind in (int, float):
        number = re.compile(f"{NUMBER}|{COMMA_NUMBER}")
        return _share(values, lambda value: number.fullmatch(value) is not None), "it holds numbers"
    if column.name in FACTS[table].people:
        mails = _share(values, lambda value: _EMAIL.fullmatch(value) is not None)
        return 1.0, "it holds e-mail addresses" if mails == 1.0 else ""
    if column.required and column.name in FACTS[table].sign and column.name == FACTS[table].natural_key[-1]:
        return (1.0, "each value is there once") if len(set(values)) == len(values) else (0.5, "")
    return 1.0, ""


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values)
