from datetime import date, datetime

import pytest

from data.errors import RegistryError
from data.operation import Setting
from data.people import Member, PersonRecord, Role
from data.portfolio import Criterion, Decision, Pilot, Product
from data.record import Record
from data.registry_changes import changes, recent
from data.registry_edit import Clash, Step, apply, refusals, steps
from data.registry_store import as_stored, current, save
from data.registry_view import Search, address, called, last_change, matching, rows, sizes
from data.warehouse import Warehouse

HELPER = Product(product_id="helper", name="Helper")
TODAY = date(2026, 10, 5)


def put(store: Warehouse, *given: Record, who: str = "Ann") -> None:
    """Store registry rows."""
    with store.write("test", who) as tx:
        save(tx, given, who)


def told(store: Warehouse, *given: Step) -> str:
    """Why these steps are refused, in one string; "" when they are not."""
    return " ".join(refusals(store, given, TODAY))


def test_a_row_that_changed_since_it_was_seen_is_a_clash(store: Warehouse) -> None:
    """The second editor gets the first one's row back and stores nothing; on what is there now the same step holds."""
    put(store, HELPER)
    (seen,) = current(store, Product)
    assert apply(store, [Step(seen, seen.model_copy(update={"name": "One"}))], "Max") == 1
    mine = Step(seen, seen.model_copy(update={"name": "Two"}))
    with pytest.raises(Clash, match="helper was changed by Max at 2026-10-05 12:00 UTC since you looked") as clash:
        apply(store, [mine], "Zoe")
    assert [(key, row and row["name"]) for key, row in clash.value.theirs.items()] == [(("helper",), "One")]
    assert [row.name for row in current(store, Product)] == ["One"]
    (now,) = current(store, Product)
    assert apply(store, [Step(now, mine.after)], "Zoe") == 1
    assert [row.name for row in current(store, Product)] == ["Two"]


def test_what_somebody_else_ended_or_made_is_a_clash(store: Warehouse) -> None:
    """An ended row is not brought back unawares, and a new row does not overwrite one of the same key."""
    put(store, HELPER)
    (seen,) = current(store, Product)
    with pytest.raises(Clash, match="is there already: Ann stored it"):
        apply(store, [Step(None, seen.model_copy(update={"name": "Other"}))], "Zoe")
    assert apply(store, [Step(seen, None)], "Max") == 1
    with pytest.raises(Clash, match="was ended by somebody else"):
        apply(store, [Step(seen, seen.model_copy(update={"name": "Two"}))], "Zoe")
    assert current(store, Product) == []


def test_one_clash_stops_every_step(store: Warehouse) -> None:
    """Of many steps all are stored or none is."""
    put(store, HELPER)
    (seen,) = current(store, Product)
    put(store, seen.model_copy(update={"name": "Meanwhile"}), who="Max")
    with pytest.raises(Clash):
        apply(store, [Step(None, Product(product_id="new", name="New")), Step(seen, None)], "Zoe")
    assert [row.product_id for row in current(store, Product)] == ["helper"]


def test_frozen_is_frozen(store: Warehouse) -> None:
    """A criterion of a pilot that began is neither changed, added nor ended; nor are its first day and the pilot."""
    pilot = Pilot(pilot_id="p", product_id="helper", name="P", starts_on=date(2026, 10, 5))
    later = pilot.model_copy(update={"pilot_id": "q", "starts_on": date(2026, 10, 6)})
    bar = Criterion(pilot_id="p", criterion_id="c", metric="adoption", role="must", better="higher", bar=0.5)
    free = bar.model_copy(update={"pilot_id": "q"})
    put(store, HELPER, pilot, later, bar, free)
    lower = bar.model_copy(update={"bar": 0.1})
    another = bar.model_copy(update={"criterion_id": "d"})
    for step in (Step(bar, lower), Step(None, another), Step(bar, None)):
        assert "criteria of pilot p are frozen since it began on 2026-10-05" in told(store, step)
        with pytest.raises(RegistryError, match="frozen"):
            apply(store, [Step(step.before and current(store, Criterion)[0], step.after)], "Zoe")
    assert "its first day is frozen" in told(store, Step(pilot, pilot.model_copy(update={"starts_on": None})))
    assert "what was tried stays on record" in told(store, Step(pilot, None))
    assert told(store, Step(free, free.model_copy(update={"bar": 0.1}))) == ""
    assert told(store, Step(pilot, pilot.model_copy(update={"ends_on": date(2026, 12, 1)}))) == ""
    assert [row.bar for row in current(store, Criterion)] == [0.5, 0.5]


def test_decisions_are_recorded_once(store: Warehouse) -> None:
    """None is changed or ended; one against its recommendation says why and names a second person."""
    made = Decision(decision_id="d", product_id="helper", decided_at=datetime(2026, 9, 1), user_id="zoe",
                    recommendation="close", decision="scale")  # fmt: skip
    assert "against the recommendation close" in told(store, Step(None, made))
    alone = made.model_copy(update={"reason": "because", "second_id": "zoe"})
    assert "a second person" in told(store, Step(None, alone))
    both = alone.model_copy(update={"second_id": "max"})
    put(store, HELPER)
    assert told(store, Step(None, both)) == ""
    assert "never changed" in told(store, Step(both, both.model_copy(update={"reason": "other"})))
    assert "never changed" in told(store, Step(both, None))


def test_rows_name_only_what_there_is(store: Warehouse) -> None:
    """A new row may name what comes with it, not what is missing or going; what is named stays."""
    pilot = Pilot(pilot_id="p", product_id="helpr", name="P")
    put(store, HELPER)
    assert "'helpr' is not in products. Did you mean 'helper'?" in told(store, Step(None, pilot))
    fine = pilot.model_copy(update={"product_id": "helper"})
    assert told(store, Step(None, fine)) == ""
    assert "is not in products" in told(store, Step(HELPER, None), Step(None, fine))
    assert told(store, Step(None, Product(product_id="helpr", name="Helpr")), Step(None, pilot)) == ""
    put(store, fine)
    assert "1 row of pilots still names 'helper'" in told(store, Step(HELPER, None))
    assert told(store, Step(HELPER, None), Step(fine, None)) == ""


def test_steps_are_what_differs(store: Warehouse) -> None:
    """Of proposed rows the new and the changed make a step, people by their pseudonyms, in the order of the tables."""
    put(store, HELPER, Role(role="support", user_id="ada@example.org"), PersonRecord(user_id="ada@example.org"))
    given = [
        Role(role="support", user_id="ada@example.org"), Role(role="sme", user_id="ada@example.org"),
        HELPER.model_copy(update={"purpose": "To help"}), PersonRecord(user_id="ada@example.org", team_id="legal"),
    ]  # fmt: skip
    found = steps(store, as_stored(store, store.side, given))
    assert [(step.row.table, step.before is None) for step in found] == [
        ("products", False), ("people", False), ("roles", True)
    ]  # fmt: skip
    assert apply(store, found, "Zoe") == 3
    assert steps(store, as_stored(store, store.side, given)) == []
    assert len({row.user_id for row in current(store, Role)}) == 1


def test_history_tells_who_when_before_and_after(store: Warehouse) -> None:
    """Added, changed, ended: each with its author, and of a change each cell that differs, by row and by table."""
    apply(store, [Step(None, HELPER)], "Ann")
    (first,) = current(store, Product)
    apply(store, [Step(first, first.model_copy(update={"name": "Two", "purpose": "More"}))], "Max")
    (second,) = current(store, Product)
    apply(store, [Step(None, Product(product_id="other", name="Other")), Step(second, None)], "Zoe")
    found = changes(store, HELPER)
    assert sorted((each.kind, each.who) for each in found) == [("added", "Ann"), ("changed", "Max"), ("ended", "Zoe")]
    (change,) = [each for each in found if each.kind == "changed"]
    assert change.cells == {"name": ("Helper", "Two"), "purpose": (None, "More")}
    of_table = recent(store, Product)
    assert sorted((each.kind, each.who, each.identity) for each in of_table) == [
        ("added", "Ann", ("helper",)), ("added", "Zoe", ("other",)), ("changed", "Max", ("helper",)),
        ("ended", "Zoe", ("helper",)),
    ]  # fmt: skip
    assert next(each.cells for each in of_table if each.kind == "changed") == change.cells
    assert len(recent(store, Product, 2)) == 2


def test_rows_are_found_where_they_are_stored(store: Warehouse) -> None:
    """A search goes through every cell whatever its case, marks of patterns stand for themselves, pages follow keys."""
    members = [Member(product_id="helper", user_id=f"u{number:03}") for number in range(55)]
    put(store, HELPER, Product(product_id="x", name="50%_off"), Product(product_id="y", name="50 off"), *members,
        Setting(key="pseudonymise", value="false"))  # fmt: skip
    assert [row.row()["product_id"] for row in rows(store, Product, Search("%_OFF"))] == ["x"]
    assert matching(store, Product, Search("helper")) == 1
    assert matching(store, Member, Search(product="helper")) == 55
    assert matching(store, Member, Search(product="x")) == 0
    whole = [address(row) for row in rows(store, Member, Search())]
    paged = [address(row) for place in (0, 20, 40) for row in rows(store, Member, Search(), after=place, limit=20)]
    assert whole[:50] == paged[:50]
    assert len(paged) == 55
    found = called(store, Member, whole[7])
    assert found is not None
    assert address(found) == whole[7]
    assert called(store, Member, "nobody") is None
    assert sizes(store)["audience"] == 55
    last = last_change(store)
    assert last is not None
    assert last["changed_by"] == "Ann"
