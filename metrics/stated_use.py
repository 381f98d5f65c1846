"""What vendors say of use without naming anybody: how many people were active in 1, 7 or 28 days, of those it is for.

Such counts are never taken for people: they say nothing of who came back, and decide nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import cast

from data.cursor import Row, Rows
from metrics import views
from metrics.compile import bound, with_clause
from metrics.groups import NO_PRODUCT, in_words, places
from metrics.panel import PERIODS
from metrics.spec import Asked, Conclusion, Derived, Estimate, Inputs, Key, Reading
from metrics.statistics import rounded
from metrics.view import keys_of

# Each count with the people who had access on any of its days.
_COUNTS = """
SELECT d.product_id AS product, d.team_id AS counted_for, d.day, d.period_days, d.active_users,
  (SELECT count(DISTINCT r.unit_id) FROM roster AS r
   WHERE r.counted AND r.product = d.product_id AND r.granted_on <= d.day
     AND (r.left_on IS NULL OR r.left_on > d.day - (d.period_days - 1))) AS audience
FROM usage_daily AS d JOIN shelf ON shelf.product = d.product_id
WHERE d.active_users IS NOT NULL AND d.user_id IS NULL AND d.feature IS NULL AND d.day BETWEEN $since AND $until
ORDER BY d.product_id, d.day, d.period_days, d.team_id"""
NAMELESS = (
    "The vendor counts people and names none: whether all of them are of the audience, and who came back, it does not"
    " say."
)
WHOLE = (
    " Counts are the vendor's own and name nobody; they never become days of use. The audience is everybody who had"
    " access on any of those days: the registry's, else the holders of a licence; accounts of services, tests and the"
    " product team are left out of it. Of several organisations without a count of all of them the largest stands: the"
    " same people may be in two, so it is a lower bound. Counts of several products are never added."
)


def text(asked: Asked) -> str:
    """The SELECT of every count in scope."""
    return with_clause(_parts(asked)) + _COUNTS


def valued(asked: Asked, days: int) -> str:
    """The share of each group in SQL: of a day the mean over the days, else of the last count; NULL where `conclude`
    says none. One row a group: value and the days counted.
    """
    keys = keys_of(asked.by)
    group = "".join(f"{key}, " for key in keys)
    grouped = f"\nGROUP BY {group[:-2]}\nORDER BY {group[:-2]}" if keys else ""
    people, audience = (
        ("sum(people)", "sum(audience)") if days == 1 else ("arg_max(people, day)", "arg_max(audience, day)")
    )
    return f"""{with_clause([*_parts(asked), ("told", _COUNTS), ("periods", PERIODS)])}
SELECT {group}CASE WHEN count(DISTINCT product) = 1 THEN CAST({people} AS DOUBLE) / nullif({audience}, 0) END AS value,
  count(*) AS days
FROM (
  SELECT t.product, t.day, p.bucket, max(t.audience) AS audience,
    coalesce(max(CASE WHEN t.counted_for IS NULL THEN t.active_users END), max(t.active_users)) AS people
  FROM told AS t JOIN periods AS p ON t.day BETWEEN p.first_day AND p.last_day
  WHERE t.period_days = {days}
  GROUP BY t.product, t.day, p.bucket) AS counted{grouped}"""


def _parts(asked: Asked) -> list[tuple[str, str]]:
    return [
        ("shelf", views.shelf(asked.scope)), ("alias", views.ALIAS), ("staff", views.STAFF), ("roster", views.AUDIENCE),
    ]  # fmt: skip


def load(reader: Rows, asked: Asked) -> Mapping[Key, Sequence[Row]]:
    """Every group's counts: those of its products, of days of its period."""
    sql, ground = text(asked), asked.ground
    rows = reader.rows(sql, bound(sql, asked.scope, None, ground.settings))
    return {
        key: [
            row
            for row in rows
            if row["product"] in ground.products_of(group) and bucket.first <= cast(date, row["day"]) <= bucket.last
        ]
        for group, bucket, key in places(ground, asked.by, ())
    }


def conclude(inputs: Inputs, *, days: int) -> tuple[Estimate, Conclusion]:
    """The counts of windows of so many days: of one day their mean, else the last of the period."""
    ground, group = inputs.ground, inputs.group
    whose = in_words(ground, group)
    if not ground.products:
        return _unmeasured(NO_PRODUCT)
    if ground.scope.pilots or ground.scope.teams:
        return _unmeasured("Counts of people who are not named cannot be told by pilot or team.")
    told = [row for row in inputs.found or () if row["period_days"] == days]
    products = sorted({str(row["product"]) for row in told})
    if not products:
        return _unmeasured(f"No vendor states for {whose} how many people were active in {_window(days)}.")
    if len(products) > 1:
        return _unmeasured(
            f"Counts of people of several products cannot be added ({', '.join(products)}): ask by product."
        )
    counts, organisations = _by_day(told)
    last = max(counts)
    used = list(counts.values()) if days == 1 else [counts[last]]
    people, audience = sum(count for count, _ in used), sum(of for _, of in used)
    said = f"{counts[last][0]:,} in {_window(days)} to {last}"
    if not audience:
        return _unmeasured(
            f"The vendor counts {said} for {whose}, and of how many nobody says: load the seats, or register who it is"
            " for."
        )
    if any(count > of for count, of in used):
        return _unmeasured(
            f"The vendor counts more people for {whose} than the audience holds ({said}, of {counts[last][1]:,}): the"
            " audience is not complete."
        )
    method = f"vendor's count, {said}" if days > 1 else f"vendor's counts, mean of {len(used)} days to {last}"
    words = [method, "names nobody"]
    words += [f"largest of {organisations} organisations: lower bound"] if organisations > 1 else []
    words += ["audience: holders of a licence"] if products[0] in ground.licensed else []
    return (
        Estimate(rounded(people / audience), None, None, None, "; ".join(words)),
        Conclusion("partial", False, NAMELESS, counts[last][1], audience),
    )


def _by_day(told: Sequence[Row]) -> tuple[dict[date, tuple[int, int]], int]:
    """For each day the count of all people, else the largest of the organisations', with the audience; how many
    organisations stand for the whole at most.
    """
    found: dict[date, tuple[int, int]] = {}
    organisations = 1
    for day in sorted({cast(date, row["day"]) for row in told}):
        rows = [row for row in told if row["day"] == day]
        whole = [row for row in rows if row["counted_for"] is None] or rows
        organisations = max(organisations, len(whole))
        found[day] = max(int(str(row["active_users"])) for row in whole), int(str(rows[0]["audience"]))
    return found, organisations


def _window(days: int) -> str:
    return "a day" if days == 1 else f"{days} days"


def _unmeasured(sentence: str) -> tuple[Estimate, Conclusion]:
    return Estimate(None, None, None, None, ""), Conclusion("not_measured", False, sentence, 0, 0)


def rows(reader: Rows, reading: Reading, asked: Asked, limit: int, after: str | None) -> list[Row]:
    """The counts behind a reading, as the vendor stated them, the newest first; `cursor` is the place of one."""
    key = next((key for group, _, key in places(asked.ground, asked.by, ()) if group == reading.group), None)
    found = load(reader, asked)[key] if key is not None else []
    mine = [row for row in found if row["period_days"] == DAYS[reading.metric]]
    begin = int(after) + 1 if after and after.isdigit() else 0
    placed = [{**row, "cursor": f"{place}"} for place, row in enumerate(reversed(mine))]
    return placed[begin : begin + limit]


_WEEKLY = Derived(
    name="adoption.stated_weekly",
    title="Active in seven days, as the vendor counts",
    question="Of the people it is for, how many does the vendor say used it in seven days?",
    definition="The vendor's count of people active in the last seven days it tells of / the audience." + WHOLE,
    facts=("audience",),
    dimensions=frozenset(("product", "week", "month")),
    unsplit="a vendor's count of people is of a whole product",
    load=load,
    conclude=partial(conclude, days=7),
    text=text,
    rows=rows,
    units_are="people",
    counts="people of the audience",
    better="higher",
    census=True,
    caveat=NAMELESS,
)
METRICS = (
    replace(
        _WEEKLY,
        name="adoption.stated_daily",
        title="Active on a day, as the vendor counts",
        question="Of the people it is for, how many does the vendor say used it on a day?",
        definition="The mean over the period's days of the vendor's count of people active that day / the audience."
        + WHOLE,
        conclude=partial(conclude, days=1),
    ),
    _WEEKLY,
    replace(
        _WEEKLY,
        name="adoption.stated_monthly",
        title="Active in 28 days, as the vendor counts",
        question="Of the people it is for, how many does the vendor say used it in 28 days?",
        definition="The vendor's count of people active in the last 28 days it tells of / the audience." + WHOLE,
        conclude=partial(conclude, days=28),
    ),
)
DAYS = {metric.name: days for metric, days in zip(METRICS, (1, 7, 28), strict=True)}
