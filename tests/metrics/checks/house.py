"""A house whose registry can be whole or lack any one thing, and the files it loads."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from data.economics import Baseline
from data.people import Member, PersonRecord, Role
from data.portfolio import Decision, Initiative, InitiativeProduct, Pilot, Product, Scenario, Target
from data.record import Record
from data.registry_store import current, retire, save
from data.warehouse import Warehouse
from metrics.checks import Finding, Standing, run
from metrics.spec import Reading, Status
from tests.loaders.files import least, published, write_csv

TODAY = date(2026, 10, 5)
AS_OF = date(2026, 9, 30)
LONG_AGO = date(2026, 1, 5)

Parts = dict[str, list[Record]]


def ago(days: float) -> datetime:
    """The noon (UTC) so many days before the last day with data."""
    return datetime(2026, 9, 30, 12) - timedelta(days=days)


def stamp(days: float) -> str:
    """The same as files write it."""
    return f"{ago(days).isoformat()}Z"


def role(kind: str, product: str | None = None, pilot: str | None = None, scenario: str | None = None) -> Role:
    """Somebody with a role."""
    who = f"{kind}@example.com"
    return Role(role=kind, user_id=who, product_id=product, pilot_id=pilot, scenario_id=scenario)


def decision(number: str, product: str | None = None, pilot: str | None = None) -> Decision:
    """A decision about a product or a pilot."""
    return Decision(
        decision_id=number, product_id=product, pilot_id=pilot, decided_at=ago(20), user_id="lead", decision="keep"
    )


def parts(name: str) -> Parts:
    """All that the registry can say about a product in scaling, by what is lacking when it is left out."""
    ada, ben = f"ada@{name}.com", f"ben@{name}.com"
    texts = dict.fromkeys(
        ("connection_rules", "piloting_process", "handover_process", "support_channel"), "as agreed in May"
    )
    return {
        "product": [Product(product_id=name, name=name.title(), stage="scaling", **texts)],
        "owner": [role("product_owner", name)],
        "technical owner": [role("technical_owner", name)],
        "support": [role("support", name)],
        "people": [PersonRecord(user_id=ada, team_id="sales"), PersonRecord(user_id=ben, team_id="legal")],
        "audience": [Member(product_id=name, user_id=who, granted_on=LONG_AGO) for who in (ada, ben)],
        "scenario": [Scenario(scenario_id=f"{name}-work", product_id=name, name=f"Work of {name}")],
        "baseline": [Baseline(scenario_id=f"{name}-work", measure="minutes", value=12)],
        "target": [Target(metric="adoption", product_id=name, better="higher", target=0.5, floor=0.25)],
        "initiative": [
            Initiative(initiative_id=f"{name}-plan", name=f"Plan of {name}"),
            InitiativeProduct(initiative_id=f"{name}-plan", product_id=name),
        ],
        "decision": [decision(f"{name}-kept", name)],
    }


def whole(name: str, without: str = "", **stated: object) -> list[Record]:
    """All of a product but one part; `stated` changes fields of the product itself."""
    every = parts(name)
    (product,) = every["product"]
    every["product"] = [product.model_copy(update=stated)]
    return [row for part, rows in every.items() if part != without for row in rows]


def reading(metric: str, low: float | None, high: float | None, status: Status = "ok") -> Reading:
    """A reading with this interval."""
    value = None if low is None or high is None else (low + high) / 2
    return Reading(
        metric=metric, group={"product": "chat"}, value=value, low=low, high=high, level=0.95, units=60, events=600,
        method="", status=status, decides=status == "ok", missing="", definition_hash="0" * 12, data_version=1,
    )  # fmt: skip


class House:
    """A warehouse, what was said and loaded there, and what the checks find."""

    def __init__(self, store: Warehouse, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.loaded = 0

    def says(self, *rows: Record) -> "House":
        """Save registry rows."""
        with self.store.write("registry", "ada") as tx:
            save(tx, rows, "ada")
        return self

    def takes_back(self, model: type[Record], **stated: object) -> "House":
        """End the registry rows that say this; there are some."""
        ending = [row for row in current(self.store, model) if stated.items() <= row.content().items()]
        with self.store.write("registry", "ada") as tx:
            assert retire(tx, ending, "ada") == len(ending) > 0
        return self

    def loads(self, table: str, *rows: Mapping[str, object]) -> "House":
        """Load a file with rows of a fact."""
        self.loaded += 1
        path = write_csv(self.folder / f"{self.loaded}.csv", [least(table, **row) for row in rows])
        counts = published(self.store, path, f"L{self.loaded}")
        assert counts.accepted == len(rows)
        return self

    def finds(
        self,
        *,
        products: set[str] | None = None,
        readings: Mapping[str, Standing] | None = None,
        as_of: date = AS_OF,
        today: date = TODAY,
    ) -> list[Finding]:
        """All findings."""
        return run(self.store, as_of, today, products, readings)

    def broken(self, check: str) -> dict[str, str]:
        """What breaks one check: the sentence by subject, each subject once."""
        found = [finding for finding in self.finds() if finding.check == check]
        assert len({finding.subject for finding in found}) == len(found)
        return {finding.subject: finding.what for finding in found}


def trial(name: str = "trial", product: str = "chat", **stated: object) -> Pilot:
    """A pilot of the sales team that began in June and goes on until the end of the year."""
    given: dict[str, object] = {"team_id": "sales", "starts_on": date(2026, 6, 1), "ends_on": date(2026, 12, 31)}
    return Pilot.model_validate({"pilot_id": name, "product_id": product, "name": name.title(), **given, **stated})
