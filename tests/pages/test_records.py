from datetime import date

from streamlit.testing.v1 import AppTest

from data.economics import Cost
from data.people import Member, PersonRecord, Role, Topic
from data.portfolio import Criterion, Decision, Initiative, Pilot, Product, Scenario
from data.record import Record
from data.registry import REGISTRY
from data.registry_store import current, history, save
from data.registry_view import called
from data.warehouse import Warehouse
from metrics import default_scope
from metrics.checks import CHECKS
from metrics.portfolio import portfolio
from pages.parts.checklist import REGISTERED, place
from pages.records import GROUPS
from tests.pages.conftest import draw

NAUGHTY = [
    "<script>alert(1)</script>",
    "*b* [a](http://x) $y$ :red[z]",
    "'; DROP TABLE products; --",
    "=1+1",
    "Ω≈ç√ 田中 🐍",
]


def put(store: Warehouse, *rows: Record, who: str = "Ann") -> None:
    """Store registry rows."""
    with store.write("test", who) as tx:
        save(tx, rows, who)


def said(page: AppTest) -> str:
    """Everything in words on a page, as people read it."""
    kinds = ("title", "header", "markdown", "caption", "warning", "error")
    return "\n".join(each.value for kind in kinds for each in getattr(page, kind)).replace("\\", "")


def turn_to(page: AppTest, table: str) -> AppTest:
    """Choose a table."""
    group = next(name for name, tables in GROUPS.items() if table in tables)
    page.segmented_control(key="registry-group").set_value(group).run()
    page.pills(key="registry-which").set_value(table).run()
    assert not page.exception, page.exception
    return page


def on_the_desk(page: AppTest, row: Record) -> AppTest:
    """Open a row, as picking it in the table does."""
    from pages.parts.registry_form import STATE, Editing

    page.session_state["registry-turn"] = 7
    page.session_state[STATE] = Editing(type(row), row, 7)
    page.run()
    assert not page.exception, page.exception
    return page


def field(page: AppTest, column: str, kind: str = "text_input") -> object:
    """The field of a column in the form."""
    turn = page.session_state["registry-turn"]
    return getattr(page, kind)(key=f"registry-{turn}-{column}")


def test_every_table_of_the_registry_can_be_chosen() -> None:
    """No table is left out, none is there twice."""
    assert sorted(table for tables in GROUPS.values() for table in tables) == sorted(REGISTRY)


def test_an_empty_registry_says_so_and_takes_a_first_product(store: Warehouse) -> None:
    """Nothing is registered; a new product is stored under the name of whoever typed it, and then shown."""
    page = draw("records", store)
    assert "Nothing is registered yet but the defaults" in said(page)
    page.button(key="registry-new").click().run()
    field(page, "product_id").set_value("helper").run()  # type: ignore[attr-defined]
    field(page, "name").set_value("Helper").run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert "Say who you are" in said(page)
    assert current(store, Product) == []
    page.text_input(key="who").set_value("Zoe").run()
    page.button(key="registry-save").click().run()
    assert not page.exception
    assert [row.name for row in current(store, Product)] == ["Helper"]
    assert history(store, Product)[0]["changed_by"] == "Zoe"
    assert "1 product" in said(page)


def test_a_wrong_cell_is_told_beside_its_field_and_nothing_is_stored(store: Warehouse) -> None:
    """The model's message stands under the field; what was typed stays there."""
    put(store, Product(product_id="helper", name="Helper"))
    page = turn_to(draw("records", store), "costs")
    page.button(key="registry-new").click().run()
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "amount_microusd").set_value("twelve").run()  # type: ignore[attr-defined]
    field(page, "month", "date_input").set_value(date(2026, 9, 2)).run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    words = said(page)
    assert "must be the first day of a month" in words
    assert "'twelve' came, it should be a valid integer" in words
    assert words.count("Nothing came, a value is needed.") == 2
    assert field(page, "amount_microusd").value == "twelve"  # type: ignore[attr-defined]
    field(page, "amount_microusd").set_value("1250.75").run()  # type: ignore[attr-defined]
    field(page, "month", "date_input").set_value(date(2026, 9, 1)).run()  # type: ignore[attr-defined]
    field(page, "product_id", "selectbox").set_value("helper").run()  # type: ignore[attr-defined]
    field(page, "kind", "selectbox").set_value("people").run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert not page.exception
    assert [row.amount_microusd for row in current(store, Cost)] == [1_250_750_000]


def test_two_editors_the_second_is_told_and_loses_nothing(store: Warehouse) -> None:
    """What the first changed is named with who and when; what the second typed stays, and both end up stored."""
    put(store, Product(product_id="helper", name="Helper", purpose="Old"))
    page = on_the_desk(draw("records", store), current(store, Product)[0])
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "purpose", "text_area").set_value("What Zoe typed").run()  # type: ignore[attr-defined]
    put(store, Product(product_id="helper", name="Helper two", purpose="Old"), who="Max")
    page.button(key="registry-save").click().run()
    words = said(page)
    assert "Max** changed this row at 2026-10-05 12:00 UTC" in words
    assert "**Name**: Helper → Helper two" in words
    assert field(page, "purpose", "text_area").value == "What Zoe typed"  # type: ignore[attr-defined]
    assert [(row.name, row.purpose) for row in current(store, Product)] == [("Helper two", "Old")]
    page.button(key="registry-rebase").click().run()
    assert field(page, "name").value == "Helper two"  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert not page.exception
    assert [(row.name, row.purpose) for row in current(store, Product)] == [("Helper two", "What Zoe typed")]
    assert [row["changed_by"] for row in history(store, Product)] == ["Ann", "Max", "Zoe"]


def test_criteria_are_frozen_once_the_pilot_began(store: Warehouse) -> None:
    """Before the first day a bar can be changed; from it on the form is locked and says why."""
    put(
        store, Product(product_id="helper", name="Helper"),
        Pilot(pilot_id="now", product_id="helper", name="Now", starts_on=date(2026, 10, 5)),
        Pilot(pilot_id="later", product_id="helper", name="Later", starts_on=date(2026, 10, 6)),
        *(Criterion(pilot_id=pilot, criterion_id="c", metric="adoption", role="must", better="higher", bar=0.5)
          for pilot in ("now", "later")),
    )  # fmt: skip
    later, now = current(store, Criterion)
    page = on_the_desk(turn_to(draw("records", store), "criteria"), now)
    assert "Frozen: pilot Now began on 2026-10-05." in said(page)
    assert "registry-save" not in [button.key for button in page.button]
    assert field(page, "bar").disabled  # type: ignore[attr-defined]
    page = on_the_desk(turn_to(draw("records", store), "criteria"), later)
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "bar").set_value("0.65").run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert [row.bar for row in current(store, Criterion)] == [0.65, 0.5]


def test_a_decision_is_never_changed(store: Warehouse) -> None:
    """The form of a decision is locked and leads to where a new one is recorded."""
    put(store, Product(product_id="helper", name="Helper"))
    put(
        store,
        Decision(decision_id="d", product_id="helper", decided_at=date(2026, 9, 1), user_id="zoe", decision="keep"),
    )  # type: ignore[arg-type]
    page = on_the_desk(turn_to(draw("records", store), "decisions"), current(store, Decision)[0])
    assert "Decisions are records that are never changed" in said(page)
    assert "registry-save" not in [button.key for button in page.button]


def test_people_are_named_not_numbered(store: Warehouse) -> None:
    """A role shows the name of the person, and a name typed there is understood as that person."""
    put(
        store, Product(product_id="helper", name="Helper"), Role(role="support", user_id="zoe@example.com"),
        PersonRecord(user_id="zoe@example.com", display_name="Zoe M"),
        PersonRecord(user_id="max@example.com", display_name="Max B"),
    )  # fmt: skip
    page = turn_to(draw("records", store), "roles")
    assert list(page.dataframe[0].value["User"]) == ["Zoe M"]
    page.button(key="registry-new").click().run()
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "role", "selectbox").set_value("sme").run()  # type: ignore[attr-defined]
    field(page, "user_id").set_value("max b").run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    ids = {row.display_name: row.user_id for row in current(store, PersonRecord)}
    assert {row.role: row.user_id for row in current(store, Role)} == {"support": ids["Zoe M"], "sme": ids["Max B"]}


def test_what_others_name_does_not_end(store: Warehouse) -> None:
    """A product that a pilot names is refused; the pilot ends, and the history says who ended it."""
    put(store, Product(product_id="helper", name="Helper"), Pilot(pilot_id="p", product_id="helper", name="P"))
    page = on_the_desk(draw("records", store), current(store, Product)[0])
    assert page.query_params["row"] == "helper"
    page.text_input(key="who").set_value("Zoe").run()
    page.button(key="registry-end").click().run()
    assert "1 row of pilots still names 'helper': end these first." in said(page)
    page = on_the_desk(turn_to(page, "pilots"), current(store, Pilot)[0])
    page.button(key="registry-end").click().run()
    assert current(store, Pilot) == []
    assert "ended" in list(page.dataframe[-1].value["What"])
    assert set(page.dataframe[-1].value["Who"]) == {"Zoe", "Ann"}


def test_a_large_table_is_paged_and_searched_where_it_is_stored(store: Warehouse) -> None:
    """Of 20,000 people in an audience the page gets twenty; a search finds one among all of them."""
    put(store, Product(product_id="helper", name="Helper"), PersonRecord(user_id="u7", display_name="Seven Sisters"),
        *(Member(product_id="helper", user_id=f"u{number}") for number in range(20_000)))  # fmt: skip
    page = turn_to(draw("records", store), "audience")
    assert len(page.dataframe[0].value) == 20
    assert "1 to 20 of 20,000" in said(page)
    page.button(key="registry-more").click().run()
    assert "21 to 40 of 20,000" in said(page)
    page.text_input(key="registry-search-audience").set_value("seven sis").run()
    assert list(page.dataframe[0].value["User"]) == ["Seven Sisters"]


def test_hostile_names_are_text(store: Warehouse) -> None:
    """A product may be called anything: it is stored as typed and shown as text, in the table, history and notices."""
    put(store, *(Product(product_id=f"p{place}", name=name) for place, name in enumerate(NAUGHTY)))
    page = on_the_desk(draw("records", store), current(store, Product)[0])
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "name").set_value(NAUGHTY[1]).run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert not page.exception
    assert [row.name for row in current(store, Product)] == [NAUGHTY[1], *NAUGHTY[1:]]
    assert list(page.dataframe[0].value["Name"]) == [NAUGHTY[1], *NAUGHTY[1:]]
    assert NAUGHTY[0] in list(page.dataframe[-1].value["Before"])


def test_names_of_the_program_sign_nothing(store: Warehouse) -> None:
    """Rows under these names are the program's own, so a person has to take another."""
    put(store, Product(product_id="p", name="Plain"))
    page = on_the_desk(draw("records", store), current(store, Product)[0])
    field(page, "name").set_value("Other").run()  # type: ignore[attr-defined]
    for name in ("Demo company", "Plumbline"):
        page.text_input(key="who").set_value(name).run()
        page.button(key="registry-save").click().run()
        assert "take another name" in said(page)
    assert [row.name for row in current(store, Product)] == ["Plain"]


def test_a_file_is_seen_as_changes_before_it_counts(store: Warehouse) -> None:
    """New and changed rows are listed and nothing is stored until somebody applies them; a clash compares again."""
    put(store, Product(product_id="a", name="A"), Product(product_id="b", name="B"))
    page = draw("records", store)
    text = "products:\n- {product_id: a, name: A}\n- {product_id: b, name: Bee}\n- {product_id: c, name: =C}\n"
    page.file_uploader[0].upload("registry.yaml", text.encode()).run()
    assert "3 rows** read: **1** new, **1** changed, 1 as they are" in said(page)
    shown = page.dataframe[-1].value
    assert list(shown["Row"]) == ["b", "c"]
    assert next(iter(shown["After"])) == "Bee"
    assert len(current(store, Product)) == 2
    page.text_input(key="who").set_value("Zoe").run()
    put(store, Product(product_id="b", name="Bay"), who="Max")
    page.button(key="registry-apply").click().run()
    assert "b was changed by Max" in said(page)
    assert [row.name for row in current(store, Product)] == ["A", "Bay"]
    page.button(key="registry-again").click().run()
    assert next(iter(page.dataframe[-1].value["Before"])) == "Bay"
    page.button(key="registry-apply").click().run()
    assert not page.exception
    assert [row.name for row in current(store, Product)] == ["A", "Bee", "=C"]
    assert history(store, Product)[-1]["changed_by"] == "Zoe"


def test_a_file_with_a_fault_changes_nothing(store: Warehouse) -> None:
    """What is wrong is said with its line, and there is nothing to apply; frozen criteria are wrong, too."""
    put(
        store, Product(product_id="a", name="A"),
        Pilot(pilot_id="p", product_id="a", name="P", starts_on=date(2026, 9, 1)),
        Criterion(pilot_id="p", criterion_id="c", metric="adoption", role="must", better="higher", bar=0.5),
    )  # fmt: skip
    page = draw("records", store)
    page.file_uploader[0].upload("registry.yaml", b"products:\n- {product_id: a, stage: scalling}\n").run()
    words = said(page)
    assert "line 2, column stage: 'scalling' came, expected one of" in words
    assert "line 2, column name: nothing came" in words
    text = b"pilot_id,criterion_id,metric,role,better,bar\np,c,adoption,must,higher,0.1\n"
    page.file_uploader[0].set_value(("criteria.csv", text, "text/csv")).run()
    assert "The criteria of pilot p are frozen since it began on 2026-09-01" in said(page)
    assert "registry-apply" not in [button.key for button in page.button]
    assert [row.bar for row in current(store, Criterion)] == [0.5]


def test_a_link_opens_its_row(store: Warehouse) -> None:
    """The address names table and row; closing the row takes it out of the address."""
    put(store, Product(product_id="a", name="A"), Product(product_id="b", name="B"))
    page = draw("records", store)
    page.query_params["table"] = "products"
    page.query_params["row"] = "b"
    page.run()
    assert field(page, "name").value == "B"  # type: ignore[attr-defined]
    page.button(key="registry-close").click().run()
    assert "row" not in page.query_params
    assert "registry-save" not in [button.key for button in page.button]


def test_what_breaks_a_check_is_mended_where_its_link_leads(company: Warehouse) -> None:
    """Every finding about a row of the registry leads to that row, one of a topic by both parts of its key."""
    put(
        company, Topic(topic_id="limits", product_id="chat", name="Limits"), Topic(topic_id="all", name="Of all"),
        Pilot(pilot_id="p", product_id="chat", name="P", starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 1)),
        Initiative(initiative_id="i", name="I"), Scenario(scenario_id="s", product_id="chat", name="S"),
    )  # fmt: skip
    about = {check.id: check.about for check in CHECKS}
    found = [
        each for each in portfolio(company, default_scope(company), []).findings if about[each.check] in REGISTERED
    ]
    assert {about[each.check] for each in found} >= {"product", "pilot", "initiative", "topic"}
    for each in found:
        asked = place(about[each.check], each)
        assert called(company, REGISTRY[asked["table"]], asked["row"]), each


def test_an_edit_rewrites_no_fact(company: Warehouse) -> None:
    """Loads, facts and user-days are the same before and after an edit."""
    asked = (
        "SELECT (SELECT bit_xor(hash(i)) FROM interactions AS i) AS facts,"
        " (SELECT bit_xor(hash(u)) FROM user_days AS u) AS reduced"
    )
    before = company.rows(asked)
    row = next(each for each in current(company, Product) if each.product_id == "chat")
    page = on_the_desk(draw("records", company), row)
    page.text_input(key="who").set_value("Zoe").run()
    field(page, "name").set_value("Chat renamed").run()  # type: ignore[attr-defined]
    page.button(key="registry-save").click().run()
    assert "Chat renamed" in [each.name for each in current(company, Product)]
    assert company.rows(asked) == before
