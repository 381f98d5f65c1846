"""Reference routines that need more than numbers: adoption, which is asked of a warehouse, and series of a library."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from data.warehouse import Warehouse
from metrics import Scope, read
from metrics.cohorts import cohorts
from tests.conftest import NOON
from tests.metrics.company import Company, day, granted, use
from tests.reference.cases import Found, Inputs, Malformed


def adoption(given: Inputs) -> list[Found]:
    """Reach in the month, the week's active / target, the week's / the month's active, and of those who began in the
    month's first week the shares active in the next week and in the week asked for.
    """
    active: dict[str, list[int]] = given["active_weeks"]
    target, week, month = given.count("target_population"), given.count("week"), sorted(given["month"])
    if not month or month != list(range(month[0], month[-1] + 1)) or week not in month:
        raise Malformed("'month' must be weeks one after the other, and 'week' one of them")
    if len(active) > target:
        raise Malformed(f"{len(active)} people are named and the target population is {target}")
    others = [f"nobody {number}" for number in range(target - len(active))]
    with TemporaryDirectory() as folder:
        store = Warehouse.create(Path(folder) / "plumbline.duckdb", clock=lambda: NOON + timedelta(days=3660))
        try:
            company = Company(store).sells("tool").has("people", [{"user_id": "robot", "kind": "service"}])
            company.has("audience", [granted(who, "tool") for who in (*active, *others)])
            weeks = {when for each in active.values() for when in each} | set(month)
            company.has(
                "user_days", [use("robot", day(7 * when + offset), "tool") for when in weeks for offset in (0, 6)]
            )
            company.has("user_days", [use(who, day(7 * when), "tool") for who in active for when in active[who]])
            return _asked(store, week, month)
        finally:
            store.close()


def _asked(store: Warehouse, week: int, month: list[int]) -> list[Found]:
    reach, of_month, people = _active(store, month[0], month[-1])
    share, of_week, _ = _active(store, week, week)
    first = Scope(since=day(7 * month[0]), until=day(7 * month[0] + 6))
    began = [cohort for cohort in cohorts(store, first) if cohort.week == first.since]
    retained = [began[0].retained(later) if began else None for later in (1, week - month[0])]
    return [reach if people else None, share if people else None, of_week / of_month if of_month else None, *retained]


def _active(store: Warehouse, first: int, last: int) -> tuple[Found, int, int]:
    """Reach over weeks, how many people that is, and of how many."""
    (found,) = read(store, ["adoption.reach"], Scope(since=day(7 * first), until=day(7 * last + 6)))
    return found.value, round((found.value or 0) * found.events), found.events


def library_series(name: str) -> list[float]:
    """A series that statsmodels carries, as "statsmodels.datasets.nile": its last column."""
    from importlib import import_module

    package, _, dataset = name.rpartition(".")
    if package != "statsmodels.datasets":
        raise Malformed(f"'{name}' is no series known here: name one of statsmodels.datasets, or list the numbers")
    try:
        rows: Iterable[object] = import_module(name).load_pandas().data.iloc[:, -1]
    except (ImportError, AttributeError):
        raise Malformed(f"statsmodels has no data set '{dataset}'") from None
    return [float(str(value)) for value in rows]
