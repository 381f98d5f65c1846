"""A small company to ask questions about: writes rows straight into the reduced and registry tables."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from data.warehouse import Warehouse
from metrics.spec import Group, Reading

MONDAY = date(2026, 9, 7)  # the first day of four complete ISO weeks, W37 to W40
SUNDAY = date(2026, 10, 4)
LONG_AGO = date(2026, 1, 1)

ZERO = dict.fromkeys(
    (
        "interactions", "tasks", "tasks_confirmed", "tasks_implied", "tasks_failed", "tasks_unknown",
        "technical_errors", "escalation_known", "escalated_planned", "escalated_unplanned", "escalated_unplanned_1d",
        "uncosted",
    ),
    0,
)  # fmt: skip
PLACE: dict[str, object] = dict.fromkeys(("pilot_id", "scenario_id", "service_version", "team_id", "mode"), None)
TABLES = (
    "user_days", "usage_daily", "interactions", "feed_days", "loads", "products", "pilots", "people",
    "person_aliases", "audience", "feeds", "settings",
)  # fmt: skip

Rows = Sequence[Mapping[str, object]]


def day(offset: int) -> date:
    """The day so many days after MONDAY."""
    return MONDAY + timedelta(days=offset)


def use(person: str, when: date, product: str = "chat", **stated: object) -> dict[str, object]:
    """A row of user_days: one interaction and one task without evidence, unless stated otherwise."""
    counts = {**ZERO, "interactions": 1, "tasks": 1, **{name: value for name, value in stated.items() if name in ZERO}}
    place = {**PLACE, **{name: value for name, value in stated.items() if name in PLACE}}
    known = stated.get("user_known", True)
    return {"day": when, "product_id": product, "unit_id": person, "user_known": known, **place, **counts}


def tasks(
    person: str, when: date, confirmed: int = 0, failed: int = 0, unknown: int = 0, **more: object
) -> dict[str, object]:
    """A row of user_days with so many tasks of each outcome."""
    every = confirmed + failed + unknown
    counts = {"interactions": every, "tasks": every, "tasks_confirmed": confirmed, "tasks_failed": failed}
    return use(person, when, **{**counts, "tasks_unknown": unknown, **more})


def granted(
    person: str, product: str = "chat", since: date = LONG_AGO, left: date | None = None, pilot: str | None = None
) -> dict[str, object]:
    """A row of the audience."""
    return {"product_id": product, "pilot_id": pilot, "user_id": person, "granted_on": since, "left_on": left}


class Company:
    """A warehouse and what was put into it."""

    def __init__(self, store: Warehouse) -> None:
        self.store = store

    def has(self, table: str, rows: Rows) -> "Company":
        """Add rows to a table; registry rows are in force since long ago unless they say otherwise."""
        if table not in ("user_days", "usage_daily", "interactions", "feed_days", "loads"):
            dated = {"valid_from": LONG_AGO, "valid_to": None, "changed_by": "test", "changed_at": self.store.clock()}
            rows = [{**dated, **row} for row in rows]
        with self.store.write("test", "test") as tx:
            required = {
                str(row["name"]): str(row["type"])
                for row in tx.rows(
                    "SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = ?"
                    " AND NOT is_nullable AND column_default IS NULL AND database_name = current_database()",
                    [table],
                )
            }
            filler: dict[str, object] = {
                name: {"VARCHAR": "", "BOOLEAN": False, "DATE": LONG_AGO, "TIMESTAMP": self.store.clock()}.get(kind, 0)
                for name, kind in required.items()
            }
            every = dict.fromkeys(name for row in rows for name in row)
            tx.add(table, [{**every, **filler, **row} for row in rows])
        return self

    def sells(self, *products: str) -> "Company":
        """Register products."""
        return self.has("products", [{"product_id": product} for product in products])

    def empty(self) -> "Company":
        """Forget everything."""
        with self.store.write("test", "test") as tx:
            for table in TABLES:
                tx.run(f"DELETE FROM {table}")
        return self


def found(readings: Sequence[Reading], **group: str | None) -> Reading:
    """The one reading of a group."""
    wanted: Group = dict(group)
    (reading,) = [reading for reading in readings if reading.group == wanted]
    return reading
