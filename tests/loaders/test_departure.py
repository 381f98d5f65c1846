from datetime import date
from pathlib import Path

import pytest

from data.check import check
from data.economics import Cost
from data.facts import FACTS
from data.made_up import DEMO, present
from data.operation import Mapping, Setting
from data.people import Member, PersonRecord
from data.portfolio import Criterion, Pilot, Product, Scenario, Target
from data.record import Record
from data.registry import REGISTRY
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders.departure import held, leave
from loaders.ingest import load
from loaders.undo import undo
from tests.company import Made, usage

TABLES = (
    "user_days", "loads", "quarantine", "quarantine_records", "corrections", "unmapped", "feed_days", "readings_log",
    *FACTS, *(f"{table}_superseded" for table in FACTS), *REGISTRY,
)  # fmt: skip
HEADER = "interaction_id,occurred_at,product_id,user_id,outcome,outcome_source,version_at\n"


def contents(store: Warehouse) -> dict[str, list[str]]:
    """Every row of every table that tells something of products, sorted."""
    return {table: sorted(map(str, store.rows(f'SELECT * FROM "{table}"'))) for table in TABLES}


def put(store: Warehouse, who: str, *rows: Record) -> None:
    """Store registry rows."""
    with store.write("test", who) as tx:
        save(tx, rows, who)


def bring(store: Warehouse, who: str, name: str, content: str | bytes) -> str:
    """Load a file; the id of the load."""
    path = store.path.with_name(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    outcome = load(store, path, who=who)
    assert outcome.status == "published", outcome.messages
    assert outcome.load_id
    return outcome.load_id


def invite(store: Warehouse, folder: Path) -> None:
    """The made-up company comes: files with a refused record, one that replaces a record of ours, and a registry."""
    put(
        store, DEMO, Product(product_id="helper", name="Helper"),
        Scenario(scenario_id="s", product_id="helper", name="S"),
        Pilot(pilot_id="p", product_id="helper", scenario_id="s", name="P", starts_on=date(2026, 9, 1)),
        Criterion(pilot_id="p", criterion_id="c", metric="adoption", role="must", better="higher", bar=0.5),
        Target(metric="task_success", better="higher", target=0.99, floor=0.98),
        Mapping(source_system="*", field="product_id", match="exact", pattern="other", target="product",
                value="helper"),
        Member(product_id="helper", user_id="eve@example.com"), PersonRecord(user_id="eve@example.com"),
    )  # fmt: skip
    put(store, DEMO, Product(product_id="helper", name="Helper two"))
    bring(store, DEMO, "demo.csv", usage((Made("helper", 12, 0.8, 0.1), Made("other", 4, 0.8, 0.1)), weeks=3, seed=9))
    replaced = "m-1,2026-09-01T10:00:00Z,mine,ann@example.com,confirmed,rating,2026-09-03T00:00:00Z\n"
    bring(store, DEMO, "newer.csv", f"{HEADER}{replaced}d-2,never,helper,ann@example.com,failed,rating,\n")
    (store.side / "demo").mkdir()
    (store.side / "demo" / "registry.yaml").write_text("products: []\n")


@pytest.fixture
def lived_in(store: Warehouse) -> Warehouse:
    """A warehouse with something of a person's own: a load, one taken back, a product, an edited default."""
    put(store, "Ann", Product(product_id="mine", name="Mine"), PersonRecord(user_id="ann@example.com"),
        Target(metric="adoption", better="higher", target=0.5, floor=0.1))  # fmt: skip
    older = "m-1,2026-09-01T10:00:00Z,mine,ann@example.com,failed,rating,2026-09-02T00:00:00Z\n"
    bring(store, "Ann", "mine.csv", f"{HEADER}{older}m-2,2026-09-01T11:00:00Z,mine,bob@example.com,failed,rating,\n")
    gone = bring(store, "Ann", "gone.csv", usage((Made("mine", 3, 0.5, 0.1),), weeks=2, seed=3))
    undo(store, gone, "Ann")
    return store


def test_after_it_left_the_warehouse_is_what_it_was_before_it_came(lived_in: Warehouse, tmp_path: Path) -> None:
    """Every table of facts, loads, quarantine and registry equals its state before, replaced records and defaults are
    in force again, the check is well, and nothing of the demo's lies beside the file.
    """
    before = contents(lived_in)
    assert not present(lived_in)
    invite(lived_in, tmp_path)
    assert present(lived_in)
    assert contents(lived_in) != before
    found = held(lived_in)
    assert (found.loads, found.own_loads, len(found.said.staying)) == (2, 2, 3)
    removed = leave(lived_in, "Ann")
    assert removed["products"] == 2
    after = contents(lived_in)
    assert {table for table in TABLES if after[table] != before[table]} == set()
    assert not present(lived_in)
    assert all(finding.well for finding in check(lived_in)[1])
    assert not (lived_in.side / "demo").exists()
    assert lived_in.value("SELECT count(*) AS n FROM audit WHERE what = 'the demo company leaves' AND who = 'Ann'") == 1


def test_what_people_said_stays_with_what_it_names(store: Warehouse, tmp_path: Path) -> None:
    """A cost and a new pilot of the demo's product stay, with product and scenario; the rest goes."""
    invite(store, tmp_path)
    pilot = Pilot(pilot_id="q", product_id="helper", scenario_id="s", name="Q")
    put(store, "Ann", pilot, Cost(product_id="helper", month=date(2026, 9, 1), kind="people", amount_microusd=1))
    put(store, DEMO, Setting(key="currency", value="EUR"))
    leave(store, "Ann")
    assert [row.pilot_id for row in current(store, Pilot)] == ["q"]
    assert [row.name for row in current(store, Product)] == ["Helper two"]
    assert [row.scenario_id for row in current(store, Scenario)] == ["s"]
    assert len(current(store, Cost)) == 1
    assert current(store, Criterion) == []
    assert [row.value for row in current(store, Setting)] == ["EUR"]
    assert store.value("SELECT count(*) AS n FROM interactions") == 0


def test_what_people_tried_on_the_demo_can_leave_with_it(store: Warehouse, tmp_path: Path) -> None:
    """Asked for, edits of the demo's rows and rows about its products go too; what has nothing to do with it stays."""
    invite(store, tmp_path)
    put(store, "Ann", Product(product_id="helper", name="Tried"), Product(product_id="mine", name="Mine"),
        Pilot(pilot_id="q", product_id="helper", name="Q"), Pilot(pilot_id="m", product_id="mine", name="M"),
        Target(metric="task_success", better="higher", target=0.5, floor=0.4))  # fmt: skip
    assert {type(row) for row in held(store, edits=True).said.leaving} == {Product, Pilot, Target}
    leave(store, "Ann", edits=True)
    assert [row.product_id for row in current(store, Product)] == ["mine"]
    assert [row.pilot_id for row in current(store, Pilot)] == ["m"]
    (target,) = [row for row in current(store, Target) if row.metric == "task_success"]
    assert target.target not in (0.5, 0.99)


def test_a_product_with_files_of_ones_own_stays(store: Warehouse, tmp_path: Path) -> None:
    """Whoever loaded their usage under a product of the demo keeps both, even when edits leave."""
    invite(store, tmp_path)
    bring(store, "Ann", "own.csv", f"{HEADER}o-1,2026-09-01T10:00:00Z,helper,ann@example.com,failed,rating,\n")
    leave(store, "Ann", edits=True)
    assert [row.product_id for row in current(store, Product)] == ["helper"]
    assert [row["interaction_id"] for row in store.rows("SELECT interaction_id FROM interactions")] == ["o-1"]
    assert all(finding.well for finding in check(store)[1])
