from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from data.economics import Assumption
from data.errors import RegistryError
from data.meta import DEFAULTS
from data.operation import Setting
from data.people import Member, PersonAlias, PersonRecord
from data.portfolio import Pilot, Product, Target
from data.pseudonym import Pseudonyms
from data.record import Record
from data.registry_store import current, history, retire, save
from data.warehouse import Warehouse

TODAY = date(2026, 10, 5)


@pytest.fixture
def put(store: Warehouse) -> Callable[..., int]:
    """Stores rows as ada and returns how many changed something."""

    def _put(*rows: Record) -> int:
        with store.write("registry", "ada") as tx:
            return save(tx, rows, "ada")

    return _put


def test_a_new_version_closes_the_former_one(store: Warehouse, put: Callable[..., int]) -> None:
    """An edit keeps what was so before, with its dates and who said so, and only the new row is in force."""
    assert put(Product(product_id="a", name="Old", valid_from=date(2026, 1, 1))) == 1
    assert put(Product(product_id="a", name="New")) == 1
    assert current(store, Product) == [Product(product_id="a", name="New", valid_from=TODAY)]
    assert [(v["name"], v["valid_from"], v["valid_to"], v["changed_by"]) for v in history(store, Product)] == [
        ("Old", date(2026, 1, 1), TODAY, "ada"),
        ("New", TODAY, None, "ada"),
    ]
    assert current(store, Product, on=date(2026, 9, 30)) == [
        Product(product_id="a", name="Old", valid_from=date(2026, 1, 1))
    ]
    assert current(store, Product, on=date(2025, 12, 31)) == []
    audit = store.rows("SELECT what, before, after FROM audit ORDER BY seq")
    assert [row["what"] for row in audit] == ["registry: products"] * 2
    assert '"Old"' in str(audit[1]["before"])
    assert '"New"' in str(audit[1]["after"])


def test_two_edits_on_a_day_leave_the_last(store: Warehouse, put: Callable[..., int]) -> None:
    """Of several edits of one day the last one is in force, and the others stay in the history for no day."""
    for name in ("One", "Two", "Three"):
        put(Product(product_id="a", name=name))
    assert [product.name for product in current(store, Product)] == ["Three"]
    assert [product.name for product in current(store, Product, on=TODAY)] == ["Three"]
    assert [version["name"] for version in history(store, Product, product_id="a")] == ["One", "Two", "Three"]


def test_saying_the_same_again_changes_nothing(store: Warehouse, put: Callable[..., int]) -> None:
    """A row that is in force already makes no version."""
    put(Product(product_id="a", name="A", valid_from=date(2026, 1, 1)))
    assert put(Product(product_id="a", name="A")) == 0
    assert len(history(store, Product)) == 1


def test_a_correction_from_an_earlier_day(store: Warehouse, put: Callable[..., int]) -> None:
    """A row dated before the ones in the history takes their place from its day on; no two are in force on one day."""
    put(Product(product_id="a", name="January", valid_from=date(2026, 1, 1)))
    put(Product(product_id="a", name="May", valid_from=date(2026, 5, 1)))
    put(Product(product_id="a", name="March", valid_from=date(2026, 3, 1)))
    day, seen = date(2025, 12, 31), []
    while day <= TODAY:
        seen.append([product.name for product in current(store, Product, on=day)])
        day += timedelta(days=1)
    assert seen == [[]] + [["January"]] * 59 + [["March"]] * ((TODAY - date(2026, 3, 1)).days + 1)


def test_keys_may_be_nothing(store: Warehouse, put: Callable[..., int]) -> None:
    """A row without pilot and one with are two things; the same without again is a version of the first."""
    put(Member(product_id="a", user_id="u"), Member(product_id="a", pilot_id="p", user_id="u"))
    assert put(Member(product_id="a", user_id="u", left_on=TODAY)) == 1
    assert [(member.pilot_id, member.left_on) for member in current(store, Member)] == [("p", None), (None, TODAY)]


def test_a_row_can_be_ended(store: Warehouse, put: Callable[..., int]) -> None:
    """An ended row is no longer in force and stays in the history; ending it again finds nothing."""
    product = Product(product_id="a", name="A", valid_from=date(2026, 1, 1))
    put(product)
    with store.write("registry", "ada") as tx:
        assert retire(tx, [product], "ada") == 1
        assert retire(tx, [product], "ada") == 0
    assert current(store, Product) == []
    assert current(store, Product, on=date(2026, 10, 4)) == [product]


def test_people_become_pseudonyms(store: Warehouse, put: Callable[..., int]) -> None:
    """User ids are stored as pseudonyms, the same in every table, and kept as they are once the setting says so."""
    ada = Pseudonyms(store.side).of("ada@example.org")
    put(
        PersonRecord(user_id="Ada@Example.org"),
        Member(product_id="a", user_id="ada@example.org "),
        PersonAlias(source_system="jira", source_user="jira-7", user_id=ada),
    )
    assert [person.user_id for person in current(store, PersonRecord)] == [ada]
    assert [member.user_id for member in current(store, Member)] == [ada]
    assert [(a.source_user[:2], a.user_id) for a in current(store, PersonAlias)] == [("p_", ada)]
    put(Setting(key="pseudonymise", value="false"))
    put(PersonRecord(user_id="ben"))
    assert {person.user_id for person in current(store, PersonRecord)} == {ada, "ben"}


def test_two_rows_about_one_thing_are_refused(store: Warehouse, put: Callable[..., int]) -> None:
    """Two rows of the same key in one change are refused, also when only their pseudonym is the same."""
    with pytest.raises(RegistryError, match="two rows are about product_id 'a'"):
        put(Product(product_id="a", name="A"), Product(product_id="a", name="B"))
    with pytest.raises(RegistryError, match="two rows"):
        put(PersonRecord(user_id="ada@x.org"), PersonRecord(user_id="ADA@x.org"))
    assert current(store, Product) == []
    assert current(store, PersonRecord) == []


def test_the_future_is_not_stored(put: Callable[..., int]) -> None:
    """A row that comes into force after today is refused: what is in force has no end yet."""
    with pytest.raises(RegistryError, match="after today"):
        put(Product(product_id="a", name="A", valid_from=date(2026, 10, 6)))


def test_no_fact_is_rewritten(store: Warehouse, put: Callable[..., int]) -> None:
    """Editing products, pilots and people changes no row of facts or user-days."""
    with store.write("facts", "ada") as tx:
        tx.run(
            "INSERT INTO interactions BY NAME SELECT 1 AS event_key, 1 AS row_hash, ? AS version_at, 'l' AS load_id,"
            " 's' AS source_system, 1 AS source_row, 1 AS source_records, 'a' AS source_product, 'i' AS interaction_id,"
            " 'a' AS product_id, 'u' AS unit_id, TRUE AS user_known, 'i' AS task_key, ? AS occurred_at,"
            " DATE '2026-03-02' AS day",
            [datetime(2026, 3, 2), datetime(2026, 3, 2)],
        )
    before = store.rows("SELECT * FROM interactions")
    put(Product(product_id="a", name="A"), Pilot(pilot_id="p", product_id="a", name="P"), PersonRecord(user_id="u"))
    put(Product(product_id="a", name="B", retired_on=TODAY))
    assert store.rows("SELECT * FROM interactions") == before
    assert store.value("SELECT count(*) AS n FROM interactions_superseded") == 0


def test_a_new_warehouse_knows_the_targets_of_the_methodology(store: Warehouse, put: Callable[..., int]) -> None:
    """Targets and assumptions without a product are there from the start, and an edited one stays edited."""
    standard = {target.metric: (target.better, target.target, target.floor) for target in current(store, Target)}
    assert standard["task_success"] == ("higher", 0.8, 0.65)
    assert standard["escalation_rate"] == ("lower", 0.15, 0.3)
    assert {assumption.name for assumption in current(store, Assumption)} == {"capture", "attribution", "discount_rate"}
    put(Target(metric="task_success", better="higher", target=0.9, floor=0.7))
    with store.write("again", "ada") as tx:
        tx.run(DEFAULTS.read_text(encoding="utf-8"))
    assert [t.target for t in current(store, Target) if t.metric == "task_success"] == [0.9]
    assert len(current(store, Target)) == len(standard)
