"""Who is who, held against plain sets over the rows that were loaded, with pseudonyms and without."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import aliases
from data.operation import Setting
from data.people import Member, PersonAlias, PersonRecord
from data.portfolio import Product
from data.pseudonym import Pseudonyms
from data.registry_edit import Clash
from data.registry_store import current, save
from data.warehouse import Warehouse
from loaders.__main__ import main
from metrics import read
from metrics.match import Match, Unmatched, match
from metrics.spec import Scope
from tests.conftest import NOON
from tests.loaders.files import least, published, write_csv
from tests.metrics.company import MONDAY, SUNDAY, Company, day, granted, use

NAMES = {
    "ann.lee": "Ann Lee", "jorg.muller": "Jörg Müller", "bo.berg": "Bo Berg", "jane.ray": "Jane Ray",
    "john.ray": "John Ray", "eve.fox": "Eve Fox", "max.orr": "Max Orr", "pia.gray": "Pia Gray", "tom.hill": "Tom Hill",
    "uma.king": "Uma King", "vic.long": "Vic Long", "zoe.moss": "Zoe Moss",
}  # fmt: skip
MEMBERS = list(NAMES)[:10]
WRITTEN = {
    "ann.lee": ("ann.lee", "alee"), "jorg.muller": ("jmueller",), "bo.berg": ("bo.berg@corp.example",),
    "jane.ray": ("jray",), "eve.fox": ("eve.fox",), "max.orr": ("Max.Orr",), "pia.gray": ("guest",),
    "vic.long": ("vic.long",), "uma.king": ("uking", "kinguma"),
}  # fmt: skip
"""Person -> the ids under which the use knows them: alone in their weeks, so that an alias changes adoption."""
PLAIN = {"alee": "ann.lee", "jmueller": "jorg.muller", "bo.berg@corp.example": "bo.berg", "Max.Orr": "max.orr"}
"""What exactly one person fits: not jray (two people), guest (nobody), uking and kinguma (two ids, one person)."""
SCOPE = Scope(since=MONDAY, until=SUNDAY)


def rows() -> list[dict[str, object]]:
    """One interaction a person and week in the first two of the four weeks, by turns under each of the ids; and the
    end of the data.
    """
    found = [
        least(
            "interactions", interaction_id=f"{person}-{week}", user_id=ids[week % len(ids)], product_id="chat",
            occurred_at=f"{MONDAY + timedelta(days=7 * week)}T09:00:00Z", outcome="confirmed",
        )
        for person, ids in WRITTEN.items() for week in range(2)
    ]  # fmt: skip
    return [*found, least("interactions", interaction_id="end", product_id="chat", occurred_at=f"{SUNDAY}T09:00:00Z")]


@pytest.fixture(scope="module", params=["pseudonyms", "plain"])
def pattern(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The use loaded, the directory and the audience stored; ids as pseudonyms or as they are."""
    folder = tmp_path_factory.mktemp("match")
    store = Warehouse.create(folder / "match.duckdb", clock=lambda: NOON)
    since = date(2026, 1, 1)
    with store.write("registry", "t") as tx:
        if request.param == "plain":
            save(tx, [Setting(key="pseudonymise", value="false")], "t")
        save(tx, [Product(product_id="chat", name="Chat"), Product(product_id="idle", name="Idle")], "t")
        save(tx, [PersonRecord(user_id=who, display_name=name) for who, name in NAMES.items()], "t")
        save(tx, [Member(product_id="chat", user_id=who, granted_on=since) for who in MEMBERS], "t")
    published(store, write_csv(folder / "use.csv", rows()), "use")
    yield store
    store.close()


@pytest.fixture
def stored(pattern: Warehouse) -> Callable[[str], str]:
    """An id as this warehouse stores it."""
    hides = not pattern.one("SELECT 1 AS n FROM settings WHERE key = 'pseudonymise' AND valid_to IS NULL")
    people = Pseudonyms(pattern.side)
    return people.of if hides else lambda written: written


def proposed(found: Match) -> dict[str, str | None]:
    """Each id that is nobody's with the person it may be."""
    return {each.id: each.proposal.person for each in found.unmatched}


def by_id(found: Match, written: str) -> Unmatched:
    """What is told of one id."""
    return next(each for each in found.unmatched if each.id == written)


def adopted(said: dict[str, str]) -> float:
    """Adoption by plain loops: the members with two weeks of use, by the ids as `said` resolves them."""
    weeks: dict[str, set[int]] = {}
    for ids in WRITTEN.values():
        for week in range(2):
            written = ids[week % len(ids)]
            weeks.setdefault(said.get(written, written), set()).add(week)
    return sum(len(weeks.get(who, ())) >= 2 for who in MEMBERS) / len(MEMBERS)


def test_the_match_and_its_aliases(pattern: Warehouse, stored: Callable[[str], str]) -> None:
    """Counts are those of plain sets; what one person fits is proposed; accepted, adoption is that of plain loops, and
    taken back it is what it was.
    """
    every = {written for ids in WRITTEN.values() for written in ids}
    domains = ["corp.example"]
    found = match(pattern, SCOPE, domains)
    (chat, idle) = found.products
    assert (found.ids, found.strays) == (len(every), len(every - set(NAMES)))
    assert (chat.product, chat.audience, chat.ids) == ("chat", len(MEMBERS), len(every))
    assert chat.seen == len({who for who in MEMBERS if who in every})
    assert chat.members == len(every & set(MEMBERS))
    assert chat.known == len(every & set(NAMES))
    assert chat.interactions == sum(2 for _ in WRITTEN)
    assert (idle.audience, idle.ids, idle.strays) == (0, 0, 0)
    strays = every - set(NAMES)
    uses = {written: 2 // len(ids) for ids in WRITTEN.values() for written in ids}
    assert {each.id: each.interactions for each in found.unmatched} == {stored(w): uses[w] for w in strays}
    assert proposed(found) == {stored(w): stored(PLAIN[w]) if w in PLAIN else None for w in strays}
    assert by_id(found, stored("jray")).proposal.because == "2 people fit: Jane Ray, John Ray"
    assert "fit one person" in by_id(found, stored("uking")).proposal.because
    assert by_id(found, stored("guest")).proposal.because in (aliases.HIDDEN, aliases.NOBODY_LIKE_IT)

    before = read(pattern, ["adoption"], SCOPE)[0]
    assert before.value == pytest.approx(adopted({}))
    person = {each.id: each.proposal.person for each in found.unmatched if each.proposal.person}
    taken = aliases.rows_of([each.stray for each in found.unmatched if each.id in person], person)
    assert aliases.accept(pattern, taken, "Ann") == len(PLAIN)
    after = read(pattern, ["adoption"], SCOPE)[0]
    assert after.value == pytest.approx(adopted(PLAIN))
    assert after.value != before.value
    again = match(pattern, SCOPE, domains)
    assert again.products[0].seen == len({who for who in MEMBERS if {*WRITTEN.get(who, ())} & {*PLAIN, *NAMES}})
    assert {each.id for each in again.unmatched} == {stored(w) for w in strays - set(PLAIN)}
    assert aliases.accept(pattern, taken, "Bea") == 0
    said = aliases.said_by_people(pattern, 10)
    assert {(row["source_user"], row["changed_by"]) for row in said} == {(stored(w), "Ann") for w in PLAIN}
    for row in current(pattern, PersonAlias):
        aliases.take_back(pattern, row, "Ann")
    assert read(pattern, ["adoption"], SCOPE)[0].value == before.value
    with pytest.raises(Clash):
        aliases.take_back(pattern, taken[0], "Ann")


def test_without_a_domain_no_address_is_tried(pattern: Warehouse, stored: Callable[[str], str]) -> None:
    """A pseudonym of an address is nobody's until its domain is said; an address that can be read needs none."""
    found = by_id(match(pattern, SCOPE), stored("bo.berg@corp.example")).proposal
    if stored("x") == "x":
        assert (found.person, found.because) == ("bo.berg", "differs from bo.berg in the domain")
    else:
        assert (found.person, found.because) == (None, aliases.HIDDEN)
        (few,) = {each.proposal for each in match(pattern, SCOPE, names=len(NAMES) - 1).unmatched}
        assert few == (None, aliases.TOO_MANY)


def test_what_aliases_say_already_is_not_guessed_again(pattern: Warehouse, stored: Callable[[str], str]) -> None:
    """An id that two people claim, and one that is somebody whom nobody lists, have a reason and no proposal."""
    said = [("a", "alee", "eve.fox"), ("b", "alee", "ann.lee"), ("a", "jmueller", "stranger")]
    made = [PersonAlias(source_system=s, source_user=w, user_id=who) for s, w, who in said]
    aliases.accept(pattern, made, "t")
    found = match(pattern, SCOPE, ["corp.example"])
    assert by_id(found, stored("alee")).proposal == (None, "aliases say that it is two people")
    assert by_id(found, stored("jmueller")).proposal.because.startswith(f"by alias {stored('stranger')}")
    for row in current(pattern, PersonAlias):
        aliases.take_back(pattern, row, "t")


def test_an_audience_under_other_ids(pattern: Warehouse, stored: Callable[[str], str]) -> None:
    """What an audience calls somebody of the directory is proposed, and use that fits both is still one person's."""
    odd = Member(product_id="idle", user_id="ALEE", granted_on=date(2026, 1, 1))
    with pattern.write("audience", "t") as tx:
        save(tx, [odd], "t")
    found = match(pattern, SCOPE, ["corp.example"])
    told = by_id(found, stored("ALEE"))
    assert (told.sources, told.products, told.proposal.person) == (("audience",), ("idle",), stored("ann.lee"))
    assert by_id(found, stored("alee")).proposal.person == stored("ann.lee")


def test_the_command(pattern: Warehouse, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`match` prints the products and the ids, as tables and as JSON; an unknown product is named with the nearest."""
    pattern.close()
    file = ["--warehouse", str(pattern.path)]
    assert main(["match", "--json", "--product", "chat", "--domain", "corp.example", *file]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["product"], each["audience"]) for each in told["products"]] == [("chat", len(MEMBERS))]
    assert {each["interactions"] for each in told["unmatched"] if each["may be"]} <= {0, 1, 2}
    assert main(["match", *file]) == 0
    assert "Ids of the use that are nobody's" in capsys.readouterr().out
    assert main(["match", "--product", "chta", *file]) == 1
    assert "Did you mean 'chat'?" in capsys.readouterr().err


IDS = [f"p{n}" for n in range(8)]
PRODUCTS = st.sampled_from(("chat", "code"))
Used = tuple[list[tuple[str, str, int, bool]], list[tuple[str, str, str]]]
"""Events (product, id, interactions, whether it is a person's) and daily reports (product, id, kind)."""


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.tuples(PRODUCTS, st.sampled_from(IDS))),
    st.sets(st.sampled_from(IDS)),
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(IDS), max_size=3),
    st.tuples(
        st.lists(st.tuples(PRODUCTS, st.sampled_from(IDS), st.integers(1, 3), st.booleans()), min_size=4, max_size=16),
        st.lists(st.tuples(PRODUCTS, st.sampled_from(IDS), st.sampled_from(("active", "licensed", "last")))),
    ),
)
def test_counts_equal_plain_sets(
    workshop: Company, audience: set[tuple[str, str]], directory: set[str], said: dict[str, str], used: Used
) -> None:
    """Whatever events, reports, licences, audiences, directory and aliases there are, each count is that of sets."""
    events, reports = used
    company = workshop.empty().sells("chat", "code")
    company.has("audience", [granted(who, product) for product, who in audience])
    company.has("people", [{"user_id": who, "kind": "employee"} for who in directory])
    company.has("person_aliases", [{"source_system": "s", "source_user": a, "user_id": w} for a, w in said.items()])
    company.has("user_days", [use(who, day(0), product, interactions=n, user_known=known)
                              for product, who, n, known in events])  # fmt: skip
    company.has("usage_daily", [
        {"product_id": product, "user_id": who, "day": day(1), "period_days": 1, "source_system": "s",
         "active": True if kind == "active" else None, "licensed": True if kind == "licensed" else None,
         "last_activity_on": day(1) if kind == "last" else None, "interactions": 2 if kind == "active" else None}
        for product, who, kind in reports
    ])  # fmt: skip
    named = {product for product, _ in audience}
    members = {product: {said.get(who, who) for of, who in audience if of == product} for product in ("chat", "code")}
    for product, who, kind in reports:
        if kind == "licensed" and product not in named:
            members[product].add(said.get(who, who))
    known = {*directory, *members["chat"], *members["code"]}
    for told in match(company.store, SCOPE).products:
        mine = members[told.product]
        by_event: dict[str, int] = {}
        by_report: dict[str, int] = {}
        for product, who, n, is_named in events:
            if product == told.product and is_named:
                by_event[who] = by_event.get(who, 0) + n
        for product, who, kind in reports:
            if product == told.product and kind != "licensed":
                by_report[who] = by_report.get(who, 0) + (2 if kind == "active" else 0)
        uses = {who: max(by_event.get(who, 0), by_report.get(who, 0)) for who in {*by_event, *by_report}}
        people = {who: said.get(who, who) for who in uses}
        assert told == (
            told.product, len(mine), len(mine & set(people.values())), len(uses),
            sum(person in mine for person in people.values()), sum(person in known for person in people.values()),
            sum(uses.values()), sum(n for who, n in uses.items() if people[who] not in known),
        )  # fmt: skip
