"""What each stage and each weight of a coverage means, and what stands behind it."""

from datetime import datetime, time, timedelta

import pytest

from metrics import CATALOG, MetricError, evidence, origin, series
from metrics.spec import Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, use
from tests.metrics.inventories import COVERAGE, STAGES, UNLISTED, coverage, probe, topic
from tests.metrics.reviews import check, review, talk


@pytest.fixture
def chat(company: Company) -> Company:
    """A product with use on every day of the period, none of it on a known topic."""
    return company.sells("chat").has("user_days", [use("p0", day(n)) for n in range(28)])


def test_each_stage_needs_the_one_before(chat: Company, september: Scope) -> None:
    """The waterfall never rises: an unapproved topic that answers everything is at no stage."""
    late = datetime.combine(day(-200), time(8))
    chat.has("topics", [
        topic("none", approved=None), topic("approved", indexed_at=None),
        topic("old", freshness_days=30, source_updated_at=late), topic("fresh"), topic("found"), topic("answers"),
    ])  # fmt: skip
    review(chat, [probe(name, name != "fresh") for name in ("none", "approved", "old", "fresh", "found", "answers")])
    cases = [
        check(name, MONDAY, name == "answers", origin="suite", suite="s", topic_id=name)
        for name in ("found", "answers")
    ]
    review(chat, cases)
    values = [coverage(chat, september, f"{COVERAGE}.{stage}").value for stage in STAGES]
    assert values == pytest.approx([5 / 6, 3 / 6, 2 / 6, 1 / 6])
    assert coverage(chat, september).value == pytest.approx(2 / 6)
    assert (
        "2 have eval cases, the others count as retrievable"
        in coverage(chat, september, f"{COVERAGE}.answerable").method
    )


@pytest.mark.parametrize(
    ("ages", "fresh"),
    [
        ((-3, 0, 30), 1.0),  # changed within 30 days of the last day of data
        ((-4, 0, 30), 0.0),
        ((20, -12, 30), 0.0),  # young, but the index is 32 days behind it
        ((20, -10, 30), 1.0),
        ((-400, 0, None), 1.0),  # nobody said how old it may be
        ((None, 0, 30), 0.0),  # nobody knows how old it is
        ((None, 0, None), 1.0),
    ],
)
def test_fresh_is_by_the_newest_version_of_the_source(
    chat: Company, september: Scope, ages: tuple[int | None, int, int | None], fresh: float
) -> None:
    """Its age at the edge of the data, which is Sunday 4 October, and how far the index is behind it."""
    source, index, limit = ages
    at = None if source is None else datetime.combine(day(source), time(8))
    chat.has("topics", [topic("tax", source_updated_at=at, indexed_at=datetime.combine(day(index), time(8)),
                              freshness_days=limit)])  # fmt: skip
    assert coverage(chat, september, f"{COVERAGE}.fresh").value == fresh
    assert coverage(chat, september.model_copy(update={"until": day(60)}), f"{COVERAGE}.fresh").value == fresh


def test_topics_weigh_what_is_asked_else_what_the_registry_says(chat: Company, september: Scope) -> None:
    """By questions of the period; without any by the registry's weights; without these all alike; the method says."""
    name, census = f"{COVERAGE}.approved", "census of 3 required topics"
    chat.has("topics", [topic("tax"), topic("travel", approved=False), topic("cars", approved=False)])
    reading = coverage(chat, september, name)
    assert (reading.value, reading.method) == (pytest.approx(1 / 3), f"{census}; each topic counting the same")
    with chat.store.write("weigh", "test") as tx:
        tx.run("UPDATE topics SET weight = 4 WHERE topic_id = 'tax'")
    reading = coverage(chat, september, name)
    assert (reading.value, reading.method) == (pytest.approx(4 / 6), f"{census}; weighted by the registry")
    asked = [talk(f"i{n}", f"p{n}", day(n), topic_id="travel" if n else "tax") for n in range(10)]
    chat.has("interactions", [*asked, talk("before", "p1", day(-1), topic_id="tax")])
    reading = coverage(chat, september, name)
    assert (reading.value, reading.method) == (0.1, f"{census}; weighted by 10 questions")
    with chat.store.write("void", "test") as tx:
        tx.run("UPDATE topics SET weight = 0")
    void = coverage(chat, Scope(since=day(11), until=SUNDAY), name)
    assert (void.value, void.method) == (pytest.approx(1 / 3), f"{census}; each topic counting the same")
    with chat.store.write("weigh", "test") as tx:
        tx.run("UPDATE topics SET weight = CASE topic_id WHEN 'tax' THEN 4 END")
    nobody = september.model_copy(update={"teams": ("nobody",)})
    assert coverage(chat, nobody, name).value == pytest.approx(4 / 6)


def test_four_of_five_probes_are_enough(chat: Company, september: Scope) -> None:
    """The share is a setting; a question that passes in half of its trials does not pass."""
    chat.has("topics", [topic("tax")])
    review(chat, [probe("tax", n > 0, f"q{n}") for n in range(5)])
    assert coverage(chat, september).value == 1.0
    review(chat, [probe("tax", False, "q1", epoch=1)])
    assert coverage(chat, september).value == 0.0
    chat.has("settings", [{"key": "probe_share", "value": "0.6"}])
    assert coverage(chat, september).value == 1.0


def test_just_enough_probes_are_enough(chat: Company, september: Scope) -> None:
    """14 of 25 are 56 %, also where .56 * 25 is a little more than 14 to a computer."""
    chat.has("topics", [topic("tax")]).has("settings", [{"key": "probe_share", "value": "0.56"}])
    review(chat, [probe("tax", n < 14, f"q{n}") for n in range(25)])
    assert coverage(chat, september).value == 1.0
    with chat.store.write("raise", "test") as tx:
        tx.run("UPDATE settings SET value = '0.57'")
    assert coverage(chat, september).value == 0.0


def test_an_inventory_nobody_reviewed_is_stale(chat: Company, september: Scope) -> None:
    """Ninety days after its newest review at the edge of the data; where nobody says, after it was registered."""
    chat.has("topics", [topic("tax", reviewed_on=SUNDAY - timedelta(days=90)), topic("travel", reviewed_on=None)])
    review(chat, [probe("tax", True), probe("travel", True)])
    assert coverage(chat, september).status == "ok"
    chat.has("settings", [{"key": "inventory_review_days", "value": "89"}])
    reading = coverage(chat, september)
    assert (reading.value, reading.status, reading.decides) == (1.0, "stale", False)
    assert reading.missing == (
        "The inventory of chat was last reviewed on 2026-07-06, 90 days before 2026-10-04; it is due every 89 days."
    )
    with chat.store.write("forget", "test") as tx:
        tx.run("UPDATE topics SET reviewed_on = NULL, valid_from = ?", [SUNDAY])
    assert coverage(chat, september).status == "ok"


def test_several_products_count_the_same(company: Company, september: Scope) -> None:
    """The total is the mean of the products that have an inventory, as good as the worst of them; a pilot has the
    inventory of its product.
    """
    company.sells("chat", "code", "docs").has(
        "user_days", [use("p0", day(n), p) for n in (0, 27) for p in ("chat", "code")]
    )
    company.has("topics", [topic("tax"), topic("travel"), topic("tax", "code")])
    company.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "starts_on": MONDAY, "ends_on": SUNDAY}])
    review(company, [probe("tax", True), probe("travel", False), probe("tax", True, product_id="code")])
    total = coverage(company, september)
    assert (total.value, total.units, total.status) == (0.75, 3, "ok")
    assert total.method == "census of 3 required topics of 2 of 3 products; each product counting the same"
    assert coverage(company, september, pilot="trial").value == 0.5
    assert coverage(company, september.model_copy(update={"pilots": ("trial",)})).value == 0.5
    assert coverage(company, september, product="docs").missing == (
        "No inventory of docs: say in the registry's topics what it must know (required topics)."
    )
    with company.store.write("unprobe", "test") as tx:
        tx.run("DELETE FROM eval_results WHERE product_id = 'code'")
    total = coverage(company, september)
    assert (total.status, total.decides) == ("insufficient", False)
    assert "Nobody has probed what code finds" in total.missing
    hidden = september.model_copy(update={"visible": frozenset(("chat",))})
    assert coverage(company, hidden).value == 0.5
    assert [row["product"] for row in evidence(company.store, coverage(company, hidden), hidden)] == ["chat", "chat"]


def test_an_inventory_has_no_history(chat: Company, september: Scope) -> None:
    """By week it is refused with the reason; what is not listed has weeks."""
    chat.has("topics", [topic("tax")])
    with pytest.raises(MetricError, match="cannot be split by week: the inventory is known as it stands"):
        series(chat.store, COVERAGE, september)
    chat.has("interactions", [talk(f"i{n}", f"p{n}", day(n), topic_id="tax" if n % 2 else "new") for n in range(28)])
    weekly = series(chat.store, UNLISTED, september)
    assert [reading.value for reading in weekly] == pytest.approx([4 / 7, 3 / 7, 4 / 7, 3 / 7])


def test_the_rows_behind_a_coverage_are_its_topics(chat: Company, september: Scope) -> None:
    """First those that are not covered, by weight, each with its stages and probes; page by page."""
    chat.has("topics", [topic("tax"), topic("travel", freshness_days=3), topic("cars"), topic("extra", required=False)])
    chat.has("interactions", [talk(f"i{n}", f"p{n}", day(n), topic_id=name) for n, name in enumerate(
        ["tax", "tax", "tax", "travel", "cars", "cars"])])  # fmt: skip
    review(chat, [probe("tax", True), probe("cars", True, "a"), probe("cars", False, "b"), probe("travel", True)])
    reading = coverage(chat, september, product="chat")
    rows = evidence(chat.store, reading, september)
    assert [
        (r["topic_id"], r["fresh"], r["probes"], r["probes_passed"], r["retrievable"], r["questions"]) for r in rows
    ] == [
        ("cars", True, 2, 1, False, 2),
        ("travel", False, 1, 1, False, 1),
        ("tax", True, 1, 1, True, 3),
    ]
    assert sum(float(str(row["weight"])) for row in rows if row["retrievable"]) == pytest.approx(reading.value)
    assert rows[1]["source_age"] == 4
    assert evidence(chat.store, reading, september, limit=1) == rows[:1]
    assert evidence(chat.store, reading, september, after=str(rows[0]["cursor"])) == rows[1:]
    unlisted = coverage(chat, september, UNLISTED)
    assert len(evidence(chat.store, unlisted, september)) == unlisted.events == 6


def test_the_sql_behind_a_coverage_gives_its_topics(chat: Company, september: Scope) -> None:
    """It can be run with the parameters that come with it: one row a topic."""
    chat.has("topics", [topic("tax"), topic("travel")])
    query = origin(chat.store, CATALOG[COVERAGE], september)
    assert [row["topic_id"] for row in chat.store.rows(query.sql, query.params)] == ["tax", "travel"]
