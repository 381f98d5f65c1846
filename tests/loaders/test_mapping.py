"""What a source calls a product becomes a product of the registry: by rule, for what is loaded and what will be."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.__main__ import main as data_command
from data.operation import Mapping
from data.portfolio import Product
from data.reduction import differing
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.mapping import Rules, add_rules, inbox, parse_rule, register
from loaders.undo import redo, undo
from metrics import default_scope
from metrics import read as read_metrics
from tests.loaders.files import everything, least, published, write_csv

FIELD = "product_id"


def says(pattern: str, value: str, match: str = "exact", priority: int = 0, system: str = "*") -> Mapping:
    """A product rule for our own format."""
    return Mapping.model_validate(
        {"source_system": system, "field": FIELD, "match": match, "pattern": pattern, "target": "product",
         "value": value, "priority": priority}
    )  # fmt: skip


def put(store: Warehouse, load_id: str, *products: str, first: int = 0) -> None:
    """One interaction for each product named, by another person each, as one load."""
    rows = [
        least("interactions", interaction_id=f"{load_id}-{n}", product_id=product, user_id=f"user{first + n}")
        for n, product in enumerate(products)
    ]
    published(store, write_csv(store.side / f"{load_id}.csv", rows), load_id)


def products_of(store: Warehouse, table: str = "interactions") -> list[str]:
    """The products of all rows, in order."""
    return [str(row["product_id"]) for row in store.rows(f"SELECT product_id FROM {table} ORDER BY product_id")]


# which rule decides ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "product"),
    [
        ("chat", "exact"),
        ("chat-eu", "longer"),
        ("chatty", "prefix"),
        ("other", "regex"),
        ("Other 2", "Other 2"),
        ("", ""),
    ],
)
def test_the_stricter_rule_decides(value: str, product: str) -> None:
    """An exact rule before a prefix, a longer prefix before a shorter, a prefix before a regular expression."""
    rules = [says("[a-z-]+", "regex", "regex"), says("cha", "prefix", "prefix"), says("chat-", "longer", "prefix"),
             says("chat", "exact")]  # fmt: skip
    for order in (rules, rules[::-1]):
        assert Rules(order).product("canonical", FIELD, value) == product


def test_priority_before_strictness() -> None:
    """A rule with a greater priority decides, however loose it is."""
    rules = Rules([says("chat", "exact"), says(".*", "loose", "regex", priority=1)])
    assert rules.product("canonical", FIELD, "chat") == "loose"


def test_a_regular_expression_fits_the_whole_value() -> None:
    """A pattern that only occurs within the value does not match."""
    rules = Rules([says("chat", "x", "regex")])
    assert rules.product("canonical", FIELD, "chat-eu") == "chat-eu"
    assert rules.product("canonical", FIELD, "chat") == "x"


def test_rules_of_another_source_or_field() -> None:
    """A rule holds for its own source and field, and * for every source."""
    rules = Rules([says("chat", "x", system="litellm")])
    assert rules.product("canonical", FIELD, "chat") == "chat"
    assert rules.product("litellm", FIELD, "chat") == "x"
    assert rules.product("litellm", "service.name", "chat") == "chat"
    assert Rules([says("chat", "x")]).product("anything", FIELD, "chat") == "x"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_an_exact_rule_matches_itself_only(pattern: str, value: str, product: str) -> None:
    """Whatever characters it is made of, an exact rule compares and never interprets."""
    if not pattern.strip() or not product.strip():
        return
    try:
        rule = says(pattern, product)
    except ValueError:
        return  # control characters are no text of the registry
    expected = rule.value if value == rule.pattern else value
    assert Rules([rule]).product("any", FIELD, value) == expected


# a rule as typed ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "match", "pattern", "value"),
    [
        ("product_id=kb-search:kb", "exact", "kb-search", "kb"),
        ("product_id^=kb-:kb", "prefix", "kb-", "kb"),
        ("product_id~=kb-(a|b):kb", "regex", "kb-(a|b)", "kb"),
        ("product_id=http://kb:8080:kb", "exact", "http://kb:8080", "kb"),
        (" product_id = kb search : kb ", "exact", "kb search", "kb"),
        ("product_id=a=b:kb", "exact", "a=b", "kb"),
    ],
)
def test_rules_as_typed(text: str, match: str, pattern: str, value: str) -> None:
    """FIELD=VALUE:PRODUCT, where the value may hold colons and equals signs; ^= is a prefix, ~= a pattern."""
    rule = parse_rule(text)
    assert (rule.field, rule.match, rule.pattern, rule.value) == (FIELD, match, pattern, value)
    assert (rule.source_system, rule.target) == ("*", "product")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kb-search", "is not a rule. Write FIELD=VALUE:PRODUCT"),
        ("product_id=kb", "is not a rule"),
        ("product_id=:kb", "is not a rule"),
        ("product_id=kb:", "is not a rule"),
        ("", "is not a rule"),
        ("produkt_id=kb:kb", "No format tells its product by \"produkt_id\". Did you mean 'product_id'?"),
        ("product_id~=kb(:kb", "is not a regular expression"),
        ("product_id=" + "x" * 20_000 + ":kb", "is not a rule"),
    ],
)
def test_rules_that_cannot_be_read(text: str, said: str) -> None:
    """What came, what a rule looks like, and the nearest field."""
    with pytest.raises(Refused) as refused:
        parse_rule(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 25_000


# the inbox ------------------------------------------------------------------------------------------------------------
def test_the_inbox_counts_what_waits(store: Warehouse) -> None:
    """By value: how many records of how many loads, the most first, with the product it resembles."""
    register(store, ["kb-search"], "tester")
    put(store, "L1", "kb_search", "kb_search", "other", "")
    put(store, "L2", "kb_search", "kb-search")
    found = [(entry.value, entry.records, entry.loads, entry.nearest) for entry in inbox(store)]
    assert found == [("kb_search", 3, 2, "kb-search"), ("", 1, 1, None), ("other", 1, 1, None)]
    undo(store, "L1", "tester")
    assert [(entry.value, entry.records) for entry in inbox(store)] == [("kb_search", 1)]
    redo(store, "L1", "tester")
    assert [(entry.value, entry.records, entry.loads, entry.nearest) for entry in inbox(store)] == found


def test_names_with_quotes_in_the_inbox(store: Warehouse) -> None:
    """A product of the registry whose name has a quote in it is offered whole."""
    register(store, ["bob's chat"], "tester")
    put(store, "L1", "bobs chat")
    assert [entry.nearest for entry in inbox(store)] == ["bob's chat"]


def test_what_waits_is_in_no_total_until_it_is_mapped(store: Warehouse) -> None:
    """Rows of a product the registry does not know change no reading; the mapping brings them in."""
    register(store, ["chat"], "tester")
    put(store, "L1", *["chat"] * 3)
    names = ["task_success.outcome_coverage", "escalation_rate"]

    def readings() -> list[tuple[object, ...]]:
        found = read_metrics(store, names, default_scope(store))
        return [(reading.metric, reading.value, reading.units, reading.events) for reading in found]

    before = readings()
    put(store, "L2", "chat-eu", "chat-eu", first=10)
    assert readings() == before
    assert add_rules(store, [parse_rule("product_id=chat-eu:chat")], "tester") == 2
    assert readings() != before
    assert inbox(store) == []


# mapping what is there ------------------------------------------------------------------------------------------------
def test_a_rule_moves_what_is_loaded_and_what_will_be(store: Warehouse) -> None:
    """All facts of the value change product, user_days follow, and the next load comes in right."""
    put(store, "L1", "a", "b")
    feedback = least("feedback", product_id="a", target_id="L1-0", verdict="confirmed")
    published(store, write_csv(store.side / "f.csv", [feedback]), "L2")
    assert add_rules(store, [says("a", "chat")], "tester", new=True) == 2
    assert products_of(store) == ["b", "chat"]
    assert products_of(store, "feedback") == ["chat"]
    assert products_of(store, "user_days") == ["b", "chat"]
    assert store.value("SELECT tasks_confirmed FROM user_days WHERE product_id = 'chat'") == 1
    put(store, "L3", "a")
    assert products_of(store) == ["b", "chat", "chat"]
    assert add_rules(store, [says("a", "code")], "tester", new=True) == 3
    assert products_of(store) == ["b", "code", "code"]
    with store.reading() as reader:
        assert differing(reader) == 0


def test_a_rule_reaches_superseded_rows(store: Warehouse) -> None:
    """A version that lies beneath another moves too: taking the upper one back shows it under its product."""
    for number in range(2):
        row = least("interactions", product_id="a", version_at=f"2026-04-0{number + 1}")
        published(store, write_csv(store.side / f"{number}.csv", [row]), f"L{number}")
    add_rules(store, [says("a", "chat")], "tester", new=True)
    undo(store, "L1", "tester")
    assert products_of(store) == ["chat"]
    assert products_of(store, "user_days") == ["chat"]


def test_a_load_put_in_again_under_todays_rules(store: Warehouse) -> None:
    """A rule made while a load was undone holds for it when it comes back."""
    put(store, "L1", "a", "b")
    undo(store, "L1", "tester")
    assert add_rules(store, [says("a", "chat")], "tester", new=True) == 0
    redo(store, "L1", "tester")
    assert products_of(store) == ["b", "chat"]
    assert products_of(store, "user_days") == ["b", "chat"]
    assert sorted(str(row["product_id"]) for row in store.rows("SELECT product_id FROM feed_days")) == ["b", "chat"]


def test_undo_after_a_rule(store: Warehouse) -> None:
    """A mapped load is taken back whole, from the product it was mapped to."""
    put(store, "L1", "a")
    add_rules(store, [says("a", "chat")], "tester", new=True)
    undo(store, "L1", "tester")
    assert products_of(store) == products_of(store, "user_days") == []


def test_an_unknown_product_is_refused(store: Warehouse) -> None:
    """A rule to a product that is not registered: refused with the nearest one, and nothing changes."""
    register(store, ["kb-search"], "tester")
    put(store, "L1", "a")
    before = everything(store)
    with pytest.raises(Refused, match=r"has no product \"kb-serch\"\. Did you mean 'kb-search'"):
        add_rules(store, [says("a", "kb-serch")], "tester")
    assert everything(store) == before


def test_new_products(store: Warehouse) -> None:
    """Registered with nothing but the name; one that is known stays as it is."""
    with store.write("seed", "tester") as tx:
        save(tx, [Product(product_id="chat", name="Company Chat")], "tester")
    register(store, ["chat", "code"], "tester")
    add_rules(store, [says("a", "other"), says("b", "other")], "tester", new=True)
    found = {product.product_id: product.name for product in current(store, Product)}
    assert found == {"chat": "Company Chat", "code": "code", "other": "other"}


@pytest.mark.parametrize("name", ["a:b", "x" * 300])
def test_names_that_cannot_be_ids(store: Warehouse, name: str) -> None:
    """A source's name that is no id of the registry: a sentence that says what to do, and nothing is registered."""
    with pytest.raises(Refused, match="cannot be the id of a product"):
        register(store, ["chat", name], "tester")
    with pytest.raises(Refused, match="cannot be the id of a product"):
        add_rules(store, [says("x", name)], "tester", new=True)
    assert current(store, Product) == []


def test_a_hundred_rules_in_any_order(store: Warehouse, tmp_path: Path) -> None:
    """Rules given one by one and all at once end in the same products."""
    numbers = count()
    put(store, "L1", *(f"p{n}" for n in range(20)))
    rules = [says(f"p{n}", f"q{n % 3}") for n in range(20)]
    add_rules(store, rules, "tester", new=True)
    expected = sorted(f"q{next(numbers) % 3}" for _ in range(20))
    assert products_of(store) == expected
    assert products_of(store, "user_days") == expected


def test_an_imported_mapping_moves_what_is_stored(store: Warehouse, tmp_path: Path) -> None:
    """An imported mapping gives stored rows their product, as python -m loaders map does."""
    put(store, "L1", "Chat (old)")
    book = tmp_path / "registry.yaml"
    book.write_text(
        "products:\n  - {product_id: chat, name: Chat}\n"
        "mappings:\n  - {source_system: '*', field: product_id, match: exact, pattern: 'Chat (old)', target: product,"
        " value: chat}\n",
        encoding="utf-8",
    )
    path = store.path
    store.close()
    assert data_command(["import", str(book), "--warehouse", str(path)]) == 0
    store = Warehouse.open(path)
    assert store.value("SELECT product_id FROM interactions") == "chat"
    assert store.value("SELECT product_id FROM user_days") == "chat"
