"""A change of a share from the period before, explained by its parts: how much is other rates within them, and how much
another mix of them.
"""

from typing import NamedTuple, cast

from data.cursor import Rows
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.catalog import resolve
from metrics.compare import Delta, before, delta
from metrics.compile import column, compile_sql
from metrics.engine import read
from metrics.spec import GRAINS, Dimension, MetricError, Ratio, Reading, Scope
from metrics.strata import Explained, Segment, explain


class Explanation(NamedTuple):
    """Both readings and their difference; `parts` is what it is due to, by segment of `over`, the largest first.

    `refused` is a sentence: why there are no parts. The difference may stand without them.
    """

    over: Dimension
    now: Reading
    then: Reading
    difference: Delta
    parts: Explained | None
    refused: str = ""


def explanation(store: Warehouse, metric: str, scope: Scope, over: Dimension) -> Explanation:
    """A metric of the scope against the period of the same length before it, by product, team, scenario and so on.

    MetricError for a metric that is no share of sums, and for parts that it cannot be split by or that are periods.
    """
    (chosen,) = resolve([metric])
    if not isinstance(chosen, Ratio):
        raise MetricError(f"{chosen.name} is no share of sums, so it has no rate and mix.", "Explain a share.")
    if over in GRAINS:
        raise MetricError(f"A change between periods is not explained by {over}.", "Explain it by product or team.")
    earlier = before(scope)
    compile_sql([chosen], scope, [over])  # refuses a split that cannot be made, whatever the data say
    now, then = (read(store, [chosen], each)[0] for each in (scope, earlier))
    difference = delta(now, then)
    if difference.refused:
        return Explanation(over, now, then, difference, None, difference.refused)
    with store.reading() as reader:
        sides = [_sums(reader, chosen, each, (over,)) for each in (earlier, scope)]
        wholes = [_sums(reader, chosen, each, ()) for each in (earlier, scope)]
    if any(_total(side) != _total(whole) for side, whole in zip(sides, wholes, strict=True)):
        why = f"Not split by {over}: somebody counts in several of them, so their effects would not add up."
        return Explanation(over, now, then, difference, None, why)
    names = sorted({*sides[0], *sides[1]}, key=lambda name: (name is None, name or ""))
    pairs = [(name, sides[0].get(name, (0, 0)), sides[1].get(name, (0, 0))) for name in names]
    parts = explain([Segment(name, (old[0], new[0]), (old[1], new[1])) for name, old, new in pairs])
    if parts:
        effects = sorted(parts.effects, key=lambda each: -abs(each.rate + each.mix))
        parts = parts._replace(effects=tuple(effects))
    return Explanation(over, now, then, difference, parts)


def _sums(reader: Rows, metric: Ratio, scope: Scope, by: tuple[Dimension, ...]) -> dict[str | None, tuple[int, int]]:
    """Hits and events of each part; without a split of the whole, by the name None."""
    name = column(metric)
    query = compile_sql([metric], scope, by, settings_of(reader))
    return {
        cast("str | None", row[by[0]] if by else None): (int(str(row[f"{name}_hits"])), int(str(row[f"{name}_of"])))
        for row in reader.rows(query.sql, query.params)
        if row[f"{name}_of"]
    }


def _total(side: dict[str | None, tuple[int, int]]) -> tuple[int, int]:
    return sum(hits for hits, _ in side.values()), sum(of for _, of in side.values())
