"""Colours that do not flip at an edge: a change of colour stands once two periods, a week apart, agree on it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise, takewhile

from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics.audits import TYPES
from metrics.catalog import HEADLINES
from metrics.compile import bound
from metrics.engine import read
from metrics.harm import CRITICAL
from metrics.health import LIKELY, WORST_FIRST, Colour, Health
from metrics.spec import Reading, Scope
from metrics.targets import Targets
from metrics.views import CHECKED, local_day

Readings = Mapping[str, Mapping[str, Reading]]  # product -> metric -> reading

WEEK = timedelta(days=7)
LOOK = 3
"""How many weeks back an agreement is looked for; where there is none, the colour of then is held."""
ERRORS = "hallucination_rate"

# Products of which people found a critical content error in the last week of the period.
_CRITICAL = f"""
SELECT DISTINCT e.product_id AS product
FROM eval_results AS e
WHERE e.origin = 'production_audit' AND e.evaluator_kind = 'human' AND e.severity = {CRITICAL} AND NOT e.passed
  AND {CHECKED} AND (e.error_type IS NULL OR e.error_type IN {TYPES})
  AND {local_day("e.run_at")} BETWEEN CAST($until AS DATE) - 6 AND CAST($until AS DATE)
"""


def settled(colours: Sequence[Colour], *, urgent: bool = False) -> Colour:
    """The colour in force, of the colours of the same period a week apart, the newest first.

    It is the newest that two in a row agree on, else the oldest. Grey is no colour: what is not known now is grey at
    once, and the first colour after it stands. `urgent`: a change for the worse stands at once.
    """
    known = list(takewhile(lambda colour: colour != "grey", colours))
    if not known:
        return "grey"
    found = next((newer for newer, older in pairwise(known) if newer == older), known[-1])
    return min(found, known[0], key=WORST_FIRST.index) if urgent else found


def steady(store: Warehouse, scope: Scope, goals: Targets, now: Readings) -> dict[str, dict[str, Health]]:
    """How every reading of the scope stands against its target, by product and metric, with colours that are settled.

    The period of the scope is read again as it ended one week earlier, and further back only for what has changed
    since; by today's targets, so that a change of those shows at once. A critical error that people found in the last
    week lets the rate of errors get worse at once. A reading that may not decide is never more than likely.
    """
    found = {p: {m: goals.health(each, p) for m, each in of.items()} for p, of in now.items()}
    seen = {(p, m): [health.colour] for p, of in found.items() for m, health in of.items() if health.known}
    open_ = set(seen)
    for weeks in range(1, LOOK + 1):
        if not open_:
            break
        then = _readings(store, scope, weeks, open_)
        for place in sorted(open_):
            health = goals.health(then.get(place), place[0])
            seen[place].append(health.colour)
            if not health.known or seen[place][-1] == seen[place][-2]:
                open_.remove(place)
    urgent = _critical(store, scope) if any(m == ERRORS for _, m in seen) else set()
    for (product, metric), colours in seen.items():
        held = settled(colours, urgent=metric == ERRORS and product in urgent)
        decides = now[product][metric].decides
        found[product][metric] = _held(found[product][metric], held if decides else LIKELY.get(held, held))
    return found


def _held(now: Health, colour: Colour) -> Health:
    if colour == now.colour:
        return now
    word = colour.replace("_", " ")
    return Health(colour, f"{now.sentence} Still {word}, as it was: a change must stand for two weeks.")


def week_before(scope: Scope, weeks: int = 1) -> Scope:
    """The scope's period as it ended so many weeks earlier."""
    return scope.model_copy(update={"since": scope.since - WEEK * weeks, "until": scope.until - WEEK * weeks})


def _readings(
    store: Warehouse, scope: Scope, weeks: int, places: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Reading]:
    """The readings of these products and metrics over the scope's period so many weeks earlier: first all headlines,
    which are kept from one process to the next, then what is asked for only.
    """
    products, metrics = ({place[side] for place in places} for side in (0, 1))
    earlier, found = week_before(scope, weeks), list[Reading]()
    if weeks == 1:
        found, metrics = read(store, HEADLINES, earlier, ("product",)), metrics - set(HEADLINES)
    if metrics:
        asked = earlier.model_copy(update={"products": tuple(sorted(products))})
        found = [*found, *read(store, sorted(metrics), asked, ("product",))]
    return {(each.group["product"] or "", each.metric): each for each in found}


def _critical(store: Warehouse, scope: Scope) -> set[str]:
    with store.reading() as reader:
        rows = reader.rows(_CRITICAL, bound(_CRITICAL, scope, None, settings_of(reader)))
    return {str(row["product"]) for row in rows}
