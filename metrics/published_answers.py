"""What a documented answer did: task success on its topic before and after, against topics of the same product for
which nothing was documented in those days. What changed for all of them is not its work.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, cast

from data.cursor import Row, Rows
from data.settings import Settings
from data.settings import settings as settings_of
from data.verdict_rules import judged
from data.warehouse import Warehouse
from metrics import views
from metrics.before_after import DAY, DAYS, Window
from metrics.causes import COLUMNS, VERDICTS
from metrics.compile import bound, with_clause
from metrics.spec import MetricError, Moments, Scope
from metrics.statistics import delta_variance, ratio, rounded
from metrics.view import use_ctes

SETTLED = 3  # the first whole day at which 48 hours have passed, counted from the day of the documentation
SIDES = 4  # the topic and the others, before and after
SHOW = 10  # people in each of the four groups, from which on there is an interval

_DOCUMENTED = f"""
SELECT t.product_id AS product, t.topic_id AS topic, {views.local_day("t.documented_at")} AS day
FROM tickets AS t
JOIN shelf ON shelf.product = t.product_id
WHERE t.kind = 'context_gap' AND t.documented_at IS NOT NULL AND t.topic_id IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3"""
_ASKED = """
SELECT i.product_id AS product, i.topic_id AS topic, edges.begins, edges.through
FROM (SELECT DISTINCT product_id, topic_id FROM interactions WHERE topic_id IS NOT NULL) AS i
JOIN edges ON edges.product = i.product_id
ORDER BY 1, 2"""
_COUNTED = "\nSELECT r.* FROM rows_in_scope AS r WHERE r.counted AND NOT coalesce(r.synthetic, false)\n"

# Tasks and their ends as the reduction has them; a task is about the topic of its interactions.
_TASKS = """
SELECT i.product, i.unit_id, i.bucket AS day, i.task_key, min(i.topic_id) AS topic, max(v.strength) AS strength,
  bool_and(coalesce(i.error, false)) AS broken
FROM interactions_in_scope AS i
LEFT JOIN (SELECT event_key, max(strength) AS strength FROM verdicts GROUP BY event_key) AS v
  ON v.event_key = i.event_key
GROUP BY i.product, i.unit_id, i.bucket, i.task_key
"""
_SIDES = """
SELECT unnest(CAST($places AS INTEGER[])) AS place, unnest(CAST($place_products AS VARCHAR[])) AS product,
  unnest(CAST($place_topics AS VARCHAR[])) AS topic, unnest(CAST($place_own AS BOOLEAN[])) AS own,
  unnest(CAST($place_late AS BOOLEAN[])) AS late, unnest(CAST($place_firsts AS DATE[])) AS first_day,
  unnest(CAST($place_lasts AS DATE[])) AS last_day
"""
_UNITS = """
SELECT s.place, s.own, s.late, t.unit_id, count(CASE WHEN t.strength IN (30, 40, 50) THEN 1 END) AS hit,
  count(CASE WHEN t.strength IN (30, 40, 50, 11, 21, 31, 41, 51) OR (t.strength IS NULL AND t.broken) THEN 1 END) AS of
FROM sides AS s
JOIN tasks AS t ON t.product = s.product AND t.topic = s.topic AND t.day BETWEEN s.first_day AND s.last_day
GROUP BY s.place, s.own, s.late, t.unit_id
"""
_MOMENTS = """
SELECT place, own, late, count(*) AS units, CAST(sum(hit) AS BIGINT) AS hits, CAST(sum(of) AS BIGINT) AS of,
  CAST(sum(hit * hit) AS BIGINT) AS hits2, CAST(sum(of * of) AS BIGINT) AS of2, CAST(sum(hit * of) AS BIGINT) AS cross
FROM units
WHERE of > 0
GROUP BY place, own, late
ORDER BY place, own, late"""


class Success(NamedTuple):
    """Task success of one group in one window: people, tasks with a known end, and the share that ended well."""

    people: int
    tasks: int
    value: float | None
    low: float | None
    high: float | None


class PublishedAnswer(NamedTuple):
    """The last documentation of a topic in the period that can be looked at from both sides. `effect`: what its success
    changed beyond what that of the `others` changed. `refused` says why there is none.
    """

    product: str
    topic: str
    day: date
    before: Window | None
    after: Window | None
    others: tuple[str, ...]
    own: tuple[Success, Success] | None
    beside: tuple[Success, Success] | None
    effect: float | None
    low: float | None
    high: float | None
    refused: str


class _Place(NamedTuple):
    product: str
    topic: str
    day: date
    before: Window | None
    after: Window | None
    others: tuple[str, ...]


def published_answers(store: Warehouse, scope: Scope) -> list[PublishedAnswer]:
    """One for each topic for which an answer was documented in the period: up to four whole weeks on either side, cut
    where another answer about the topic was documented, without the 48 hours after one.
    """
    if scope.pilots is not None or scope.teams is not None:
        raise MetricError("What an answer did is told of products.", "Leave teams and pilots out.")
    head = [("shelf", views.shelf(scope)), ("edges", views.edges("interactions"))]
    with store.reading() as reader:
        rules = settings_of(reader)
        said, asked = (
            reader.rows(sql, bound(sql, scope, None, rules))
            for sql in (with_clause(head[:1]) + _DOCUMENTED, with_clause(head) + _ASKED)
        )
        places = _places(said, asked, scope)
        cells = _cells(reader, places, rules)
    return [_answer(place, cells.get(number, {}), rules.level) for number, place in enumerate(places)]


def _places(said: Sequence[Row], asked: Sequence[Row], scope: Scope) -> list[_Place]:
    days: dict[tuple[str, str], list[date]] = {}
    for row in said:
        days.setdefault((str(row["product"]), str(row["topic"])), []).append(cast(date, row["day"]))
    spans = {str(row["product"]): (cast(date, row["begins"]), cast(date, row["through"])) for row in asked}
    known: dict[str, list[str]] = {}
    for row in asked:
        known.setdefault(str(row["product"]), []).append(str(row["topic"]))
    found = []
    for (product, topic), every in days.items():
        choices = [
            _place((product, topic), place, days, known.get(product, []), spans.get(product))
            for place, day in enumerate(every) if scope.since <= day <= scope.until
        ]  # fmt: skip
        if choices:
            found.append(max(choices, key=lambda each: (bool(each.before and each.after and each.others), each.day)))
    return found


def _place(
    about: tuple[str, str], place: int, days: Mapping[tuple[str, str], Sequence[date]], topics: Sequence[str],
    span: tuple[date, date] | None,
) -> _Place:  # fmt: skip
    (product, topic), every = about, days[about]
    day = every[place]
    if span is None:
        return _Place(product, topic, day, None, None, ())
    begins = max(span[0], every[place - 1] + SETTLED * DAY) if place else span[0]
    ends = min(span[1], every[place + 1] - DAY) if place + 1 < len(every) else span[1]
    first = day + SETTLED * DAY
    earlier, later = (min((each.days + 1) // 7 * 7, DAYS) for each in (day - DAY - begins, ends - first))
    before = Window(day - timedelta(days=earlier), day - DAY) if earlier > 0 else None
    after = Window(first, first + timedelta(days=later - 1)) if later > 0 else None
    if before is None or after is None:
        return _Place(product, topic, day, before, after, ())
    quiet = before.first - (SETTLED - 1) * DAY, after.last
    others = tuple(
        other for other in topics
        if other != topic and not any(quiet[0] <= each <= quiet[1] for each in days.get((product, other), ()))
    )  # fmt: skip
    return _Place(product, topic, day, before, after, others)


def _cells(reader: Rows, places: Sequence[_Place], rules: Settings) -> dict[int, dict[tuple[bool, bool], Moments]]:
    sides = [
        (number, each.product, topic, topic == each.topic, late, window.first, window.last)
        for number, each in enumerate(places) if each.others
        for late, window in ((False, each.before), (True, each.after)) if window
        for topic in (each.topic, *each.others)
    ]  # fmt: skip
    if not sides:
        return {}
    scope = Scope(
        since=min(side[5] for side in sides), until=max(side[6] for side in sides),
        products=tuple(sorted({side[1] for side in sides})),
    )  # fmt: skip
    parts, _ = use_ctes(scope, ("product", "day"), ("product", "bucket"), "interactions", (*COLUMNS, "synthetic"))
    own = [("interactions_in_scope", _COUNTED), ("verdicts", VERDICTS)]
    whole = [*parts, *own, ("tasks", _TASKS), ("sides", _SIDES), ("units", _UNITS)]
    names_of = with_clause(whole) + _MOMENTS  # the rules' own words may hold what looks like a parameter
    sql = with_clause([("judged", f"\n{judged(reader)}\n"), *whole]) + _MOMENTS
    names = ("places", "place_products", "place_topics", "place_own", "place_late", "place_firsts", "place_lasts")
    params = dict(zip(names, map(list, zip(*sides, strict=True)), strict=True))
    found: dict[int, dict[tuple[bool, bool], Moments]] = {}
    for row in reader.rows(sql, bound(names_of, scope, "day", rules, params)):
        moments = Moments(*(cast(int, row[name]) for name in Moments._fields))
        found.setdefault(cast(int, row["place"]), {})[bool(row["own"]), bool(row["late"])] = moments
    return found


def _answer(place: _Place, cells: Mapping[tuple[bool, bool], Moments], level: float) -> PublishedAnswer:
    refused = ""
    if place.before is None or place.after is None:
        side = "before" if place.before is None else "after"
        refused = f"Not compared: no full week {side} it without another answer about the topic or the end of the data."
    elif not place.others:
        refused = "Not compared: for every other topic an answer was documented in the same weeks."
    elif len(cells) < SIDES:
        refused = "Not compared: one side has no task of which the end is known."
    if refused:
        return PublishedAnswer(*place, None, None, None, None, None, refused)
    then, now, beside, later = (_success(cells[own, late], level) for own in (True, False) for late in (False, True))
    groups = (now, then, later, beside)
    values, signs = [each.value or 0.0 for each in groups], (1, -1, -1, 1)
    effect = math.fsum(sign * value for sign, value in zip(signs, values, strict=True))
    if any(each.people < SHOW or each.low is None or each.high is None for each in groups):
        few = f"An interval needs {SHOW} people on each side; there are {min(each.people for each in groups)}."
        return PublishedAnswer(*place, (then, now), (beside, later), rounded(effect), None, None, few)
    below = [value - (each.low or 0.0) for value, each in zip(values, groups, strict=True)]
    above = [(each.high or 0.0) - value for value, each in zip(values, groups, strict=True)]
    low = effect - math.hypot(below[0], above[1], above[2], below[3])
    high = effect + math.hypot(above[0], below[1], below[2], above[3])
    return PublishedAnswer(*place, (then, now), (beside, later), rounded(effect), rounded(low), rounded(high), "")


def _success(moments: Moments, level: float) -> Success:
    variance = delta_variance(moments) if moments.units > 1 else 0.0
    estimate = ratio(moments, variance, 1, level)
    return Success(moments.units, moments.of, estimate.value, estimate.low, estimate.high)


def lines(found: Sequence[PublishedAnswer]) -> list[tuple[str, ...]]:
    """Answers as a table."""
    rows: list[tuple[str, ...]] = [("product", "topic", "documented", "before", "after", "others", "effect", "why")]
    for each in found:
        own = [f"{side.value:.0%}" if side.value is not None else "-" for side in each.own or ()] or ["-", "-"]
        beside = [f"{side.value:.0%}" for side in each.beside or () if side.value is not None]
        effect = "-" if each.effect is None else f"{each.effect:+.0%}"
        if each.low is not None and each.high is not None:
            effect += f" ({each.low:+.0%} to {each.high:+.0%})"
        rows.append((each.product, each.topic, str(each.day), *own, " to ".join(beside) or "-", effect, each.refused))
    return rows


def as_data(found: Sequence[PublishedAnswer]) -> list[dict[str, object]]:
    """Answers as what JSON can hold."""
    return [
        {
            **each._asdict(),
            "before": each.before and each.before._asdict(),
            "after": each.after and each.after._asdict(),
            "own": [side._asdict() for side in each.own or ()],
            "beside": [side._asdict() for side in each.beside or ()],
        }
        for each in found
    ]
