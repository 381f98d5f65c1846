"""What was planted in the demo company is found by the metrics, the checks and the rules, each by name."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from data.__main__ import main
from data.demo.planted import PLANTED
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Scope, default_scope, read
from metrics.catalog import dimensions_of
from metrics.checks import CHECKS
from metrics.eval_series import eval_series
from metrics.loop import loops
from metrics.plain_sql import plain
from metrics.portfolio import Portfolio, portfolio
from metrics.published_answers import published_answers
from metrics.scorecard import Scorecard, scorecards
from metrics.spec import Dimension
from tests.metrics.test_plain_sql import Shell, agree

UNTIL = date(2025, 6, 29)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The whole demo company, on the day after its last one."""
    path = tmp_path_factory.mktemp("demo") / "plumbline.duckdb"
    assert main(["demo", "--warehouse", str(path), "--until", str(UNTIL)]) == 0
    store = Warehouse.open(path, clock=lambda: datetime(2025, 6, 30, 12))
    yield store
    store.close()


@pytest.fixture(scope="module")
def shell(demo: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A plain DuckDB shell on a copy of it."""
    return Shell(demo.path, tmp_path_factory.mktemp("shell"))


@pytest.fixture(scope="module")
def cards(demo: Warehouse) -> dict[str, Scorecard]:
    """The scorecards of its pilots."""
    return {card.pilot.pilot_id: card for card in scorecards(demo)}


@pytest.fixture(scope="module")
def whole(demo: Warehouse, cards: dict[str, Scorecard]) -> Portfolio:
    """Its portfolio over the last twelve weeks."""
    return portfolio(demo, default_scope(demo), list(cards.values()))


def planted(kind: str) -> set[tuple[str, str]]:
    """The planted rows of a kind, as (id, subject)."""
    return {(row.id, row.subject) for row in PLANTED if row.kind == kind}


def test_there_is_as_much_as_was_promised(demo: Warehouse) -> None:
    """At least 200,000 interactions of 40 teams over 26 weeks, 8 products, 12 pilots, formats of all three families."""
    found = demo.one(
        "SELECT (SELECT count(*) FROM interactions) AS interactions, (SELECT count(*) FROM eval_results) AS checks,"
        " (SELECT count(DISTINCT team_id) FROM people WHERE valid_to IS NULL) AS teams,"
        " (SELECT count(*) FROM products WHERE valid_to IS NULL) AS products,"
        " (SELECT count(*) FROM pilots WHERE valid_to IS NULL) AS pilots,"
        " (SELECT date_diff('day', min(day), max(day)) FROM interactions) AS days,"
        " (SELECT count(*) FROM tickets WHERE first_response_at IS NULL) AS open_tickets,"
        " (SELECT count(DISTINCT format) FROM loads) AS formats"
    )
    assert found is not None
    assert int(str(found["interactions"])) >= 200_000
    assert (found["teams"], found["products"], found["pilots"], found["formats"]) == (40, 8, 12, 5)
    assert int(str(found["days"])) >= 180
    assert int(str(found["checks"])) > 10_000
    assert int(str(found["open_tickets"])) > 20


def test_all_seven_metrics_are_ok_for_five_products_and_a_sentence_for_the_others(demo: Warehouse) -> None:
    """Five products are measured in full; of the others every number that is missing says why."""
    readings = read(demo, HEADLINES, default_scope(demo), by=("product",))
    assert len(HEADLINES) == 7
    full = [
        product
        for product in {reading.group["product"] for reading in readings}
        if all(reading.status == "ok" for reading in readings if reading.group["product"] == product)
    ]
    assert len(full) >= 5
    assert all(reading.missing for reading in readings if reading.value is None)
    assert any(reading.status == "not_measured" for reading in readings)
    assert any(reading.status == "stale" for reading in readings)


def test_every_planted_break_of_a_check_is_found_and_nothing_else(whole: Portfolio) -> None:
    """Each check of the registry finds exactly what was planted for it, and each has something to find."""
    assert {(finding.check, finding.subject) for finding in whole.findings} == planted("check")
    assert {check.id for check in CHECKS} == {check for check, _ in planted("check")}


def test_every_pilot_gets_its_planted_verdict(cards: dict[str, Scorecard]) -> None:
    """Scale, rework, repeat, close, running and not begun are each proposed where they were planted."""
    verdicts = {(decision, subject) for decision, subject in planted("verdict") if subject in cards}
    assert {(cards[pilot].verdict.decision, pilot) for _, pilot in verdicts} == verdicts
    assert {decision for decision, _ in verdicts} == {"scale", "rework", "repeat", "close", "running", "not_begun"}
    states = planted("state")
    assert {pilot for pilot, card in cards.items() if card.overdue} == {s for state, s in states if state == "overdue"}
    decided = {subject for state, subject in states if state.startswith("decided")}
    assert {pilot for pilot, card in cards.items() if card.decided} == decided


def test_every_product_gets_its_planted_verdict(whole: Portfolio, cards: dict[str, Scorecard]) -> None:
    """Keep, scale, fix, merge, retire and new are each proposed where they were planted."""
    verdicts = {(decision, subject) for decision, subject in planted("verdict") if subject not in cards}
    assert {(each.verdict.decision, each.product.product_id) for each in whole.products} == verdicts
    assert {decision for decision, _ in verdicts} == {"keep", "scale", "fix", "merge", "retire", "new"}


def test_the_degrading_release_and_the_used_but_failing_product_stand_out(demo: Warehouse, whole: Portfolio) -> None:
    """Success of knowledge-rag surely falls with release 2.7; support-copilot is used by many and fails them."""
    scope = default_scope(demo).model_copy(update={"products": ("knowledge-rag",)})
    by_release = {r.group["release"]: r for r in read(demo, ["task_success"], scope, by=("release",))}
    newest, former = by_release["2.7"], by_release["2.6"]
    assert newest.high is not None
    assert former.low is not None
    assert newest.high < former.low
    failing = next(each for each in whole.products if each.product.product_id == "support-copilot")
    assert failing.verdict.rule == "used-and-failing"


def test_a_pilot_s_people_are_not_the_whole_product(demo: Warehouse, cards: dict[str, Scorecard]) -> None:
    """A pilot is read over its own people and days: its numbers are not those of its product."""
    card = cards["contract-procurement"]
    assert card.scope is not None
    product = read(demo, ["task_success"], Scope(since=card.scope.since, until=card.scope.until,
                                                 products=(card.pilot.product_id,)))  # fmt: skip
    assert 0 < card.readings["task_success"].events < product[0].events


def test_the_loop_the_evals_and_the_answers_have_numbers(demo: Warehouse) -> None:
    """Three products have every stage of the loop with its median, five a series of evals with interval, one answer at
    least an effect beside other topics; the release that degrades knowledge-rag shows in its evals, too.
    """
    scope = default_scope(demo)
    found = {each.product: each for each in loops(demo, scope)}
    whole = {name for name, each in found.items() if all(stage.median.value is not None for stage in each.stages)}
    assert whole == {"corp-llm", "knowledge-rag", "support-copilot"}
    assert all(stage.missing for each in found.values() for stage in each.stages if stage.median.value is None)
    runs = eval_series(demo, scope)
    assert len({each.product for each in runs if each.low is not None}) >= 5
    suite = [each for each in runs if each.suite == "knowledge-regression"]
    assert {each.by for each in suite} == {"topic"}
    before, after = (next(each for each in suite if each.releases == (release,)) for release in ("2.6", "2.7"))
    assert after.value < before.value
    assert not after.refused
    assert any(each.low is not None for each in published_answers(demo, scope))


def test_the_files_stay_beside_the_warehouse(demo: Warehouse) -> None:
    """Whoever wants to see the exports finds them: the demo is loaded from files like anybody's."""
    folder = Path(f"{demo.path}.d") / "demo"
    assert (folder / "registry" / "products.csv").is_file()
    assert len(list((folder / "exports").iterdir())) >= 20


@pytest.mark.parametrize("name", [name for name in CATALOG if not name.startswith("roi")])
def test_the_printed_statement_gives_the_printed_number(demo: Warehouse, shell: Shell, name: str) -> None:
    """For every metric by product, for the headlines whole and by week and pilot, too, where they can be split so: what
    a plain shell gives is the reading's value and its moments to the last digit.
    """
    allowed = dimensions_of(CATALOG[name])[0]
    groupings: list[tuple[Dimension, ...]] = [("product",)]
    if name in HEADLINES:
        groupings += [(), *(split for split in (("week",), ("pilot",)) if set(split) <= allowed)]
    compared = [agree(shell, demo, name, default_scope(demo), by) for by in groupings]
    assert sum(compared) > 0, f"{name}: no reading of the demo has a value"


@pytest.mark.parametrize("name", [name for name in CATALOG if name.startswith("roi")])
def test_what_is_drawn_is_printed_with_what_enters_it(demo: Warehouse, shell: Shell, name: str) -> None:
    """SQL draws nothing: the statement says so and gives the tasks that the value stands on."""
    text = plain(demo, CATALOG[name], default_scope(demo))
    assert "SQL draws nothing" in text
    confirmed: dict[str, int] = {}
    for row in shell.run(text):
        if row["entry"] == "tasks":
            confirmed[str(row["product"])] = confirmed.get(str(row["product"]), 0) + int(str(row["confirmed"]))
    seen = [each for each in read(demo, [name], default_scope(demo), ("product",)) if each.value is not None]
    assert seen
    assert {str(each.group["product"]): each.events for each in seen}.items() <= confirmed.items()
