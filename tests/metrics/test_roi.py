import math
import random
from datetime import date

import pytest
from scipy import stats

from metrics import CATALOG, evidence, read
from metrics.ledgers import ledger
from metrics.origin import origin
from metrics.simulate import DRAWS
from metrics.spec import MetricError, Reading, Scope
from tests.metrics.company import Company, found, granted, tasks
from tests.metrics.valued import MONTH, SEPTEMBER, Row, assumed, points, spent, valued, worked

ALL = ("roi", "roi.cost_per_success", "roi.net_value", "roi.chance")


def answers(company: Company, scope: Scope = MONTH, **group: str) -> dict[str, Reading]:
    """The four readings of a product or pilot, or of everything."""
    readings = read(company.store, ALL, scope, by=tuple(group))
    return {reading.metric: reading for reading in readings if reading.group == group}


def uneven() -> list[Row]:
    """Forty people who succeed more or less often."""
    return [
        {**tasks(f"p{n}", SEPTEMBER.replace(day=1 + n % 30), 2 + n % 7, 1 + n % 3, n % 2), "cost_microusd": 0}
        for n in range(40)
    ] + [{**tasks("p0", MONTH.until), "cost_microusd": 0}]


def effective(rows: list[Row]) -> tuple[float, float, int, int]:
    """Task success, its effective size by leaving each person out in turn, successes and tasks of known outcome."""
    pairs: dict[str, list[int]] = {}
    for row in rows:
        pair = pairs.setdefault(str(row["unit_id"]), [0, 0])
        pair[0] += int(str(row["tasks_confirmed"]))
        pair[1] += int(str(row["tasks_confirmed"])) + int(str(row["tasks_failed"]))
    hits, known = (sum(pair[place] for pair in pairs.values()) for place in (0, 1))
    without = [(hits - h) / (known - m) for h, m in pairs.values()]
    variance = (len(pairs) - 1) / len(pairs) * math.fsum((each - hits / known) ** 2 for each in without)
    return hits / known, min(hits / known * (1 - hits / known) / variance, known), hits, known


def test_the_range_of_roi_is_that_of_task_success_alone_where_all_else_is_certain(company: Company) -> None:
    """P5, P50 and P95 of ROI are the same percentiles of the beta of task success, scaled: within sampling error."""
    company.sells("chat").has("user_days", uneven()).has("assumptions", points(discount_rate=0.08))
    company.has("costs", [spent("licences", 300), spent("people", 400)])
    share, size, hits, known = effective(uneven())
    beta = stats.beta(share * size + 0.5, (1 - share) * size + 0.5)
    roi = answers(company)["roi"]
    scale = known * 4.8 / 700
    for at, number in ((0.05, roi.low), (0.5, roi.value), (0.95, roi.high)):
        error = math.sqrt(at * (1 - at) / DRAWS) / float(beta.pdf(beta.ppf(at)))
        assert number == pytest.approx(scale * float(beta.ppf(at)) - 1, abs=4.5 * scale * error)
    factor = 1.08 ** (-1 / 12)
    net = answers(company)["roi.net_value"]
    assert [net.low, net.value, net.high] == pytest.approx([n * 700 * factor for n in (roi.low, roi.value, roi.high)])
    chance, error = float(beta.sf(1 / scale)), 4.5 * math.sqrt(0.25 / DRAWS)
    assert answers(company)["roi.chance"].value == pytest.approx(chance, abs=error)
    cost = answers(company)["roi.cost_per_success"]
    assert cost.value == pytest.approx(700 / hits)
    assert cost.low == pytest.approx(700 / (known * float(beta.ppf(0.95))), rel=0.005)
    assert cost.high == pytest.approx(700 / (known * float(beta.ppf(0.05))), rel=0.005)


def test_a_slow_monte_carlo_of_the_rows_comes_to_the_same(company: Company) -> None:
    """Plain loops over the rows, Python's own generator, every stream: equal within sampling error."""
    company.sells("chat").has("user_days", uneven()).has("assumptions", [
        assumed("minutes_saved_per_task", "triangular", 2, 8, 30), assumed("hourly_rate", "uniform", 50, 90),
        assumed("margin", "beta", 8, 12), assumed("revenue_per_month", "normal", 900, 200),
        assumed("errors_avoided_per_month", "lognormal", 6, 0.4), assumed("cost_per_error", "uniform", 20, 40),
    ])  # fmt: skip
    company.has("costs", [spent("licences", 300), spent("people", 700), spent("capital", 150)])
    share, size, _, known = effective(uneven())
    chance, drawn = random.Random(11), []
    for _ in range(DRAWS):
        due = chance.betavariate(5, 5)
        successes = known * chance.betavariate(share * size + 0.5, (1 - share) * size + 0.5)
        time = successes * chance.triangular(2, 30, 8) / 60 * chance.uniform(50, 90) * chance.betavariate(5, 5) * due
        revenue = chance.gauss(900, 200) * chance.betavariate(8, 12) * due
        errors = chance.lognormvariate(math.log(6), 0.4) * chance.uniform(20, 40)
        factor = 1.08 ** (-1 / 12)
        spending = 150 + 1_000 * factor
        drawn.append(((time + revenue + errors) * factor - spending) / spending)
    drawn.sort()
    roi = answers(company)["roi"]
    for at, number in ((0.05, roi.low), (0.5, roi.value), (0.95, roi.high)):
        rank, slack = at * DRAWS, 4.5 * math.sqrt(2 * at * (1 - at) * DRAWS)
        assert number is not None
        assert drawn[int(rank - slack)] <= number <= drawn[int(rank + slack)]


def test_a_reading_says_how_it_came_about(company: Company) -> None:
    """Draws, level, evidence and days in the method; people and successful tasks as its sizes; it may decide."""
    roi = answers(valued(company), product="chat")["roi"]
    assert (roi.level, roi.units, roi.events, roi.status, roi.decides, roi.missing) == (0.9, 40, 720, "ok", True, "")
    assert roi.method == (
        "Monte Carlo, 20,000 draws, P5 to P95 (level 90%); evidence B; 2026-09-01 to 2026-09-30; 240 of 1,200 tasks "
        "have no known outcome and count for no time saved"
    )
    cost = answers(company, product="chat")["roi.cost_per_success"]
    assert cost.method.startswith("costs / confirmed tasks, ends P5 to P95 of task success (level 90%)")
    assert (cost.status, cost.decides) == ("ok", True)
    chance = answers(company, product="chat")["roi.chance"]
    assert chance.value == pytest.approx(1, abs=0.001)
    assert (chance.low, chance.high) == (None, None)


def test_readings_and_ledger_are_of_one_computation(company: Company) -> None:
    """What the page shows line by line is what the reading says."""
    own = answers(valued(company), product="chat")
    page = ledger(company.store, MONTH, product="chat")
    assert page.roi
    assert page.net
    assert (own["roi"].low, own["roi"].value, own["roi"].high) == page.roi
    assert (own["roi.net_value"].low, own["roi.net_value"].value, own["roi.net_value"].high) == page.net
    assert own["roi.chance"].value == page.chance
    assert found(read(company.store, ["roi"], MONTH)).value == page.roi.mid


WITHOUT = {
    "minutes_saved_per_task": "No benefit of chat can be valued: no minutes_saved_per_task (or a baseline "
    "minutes_per_task of its scenarios and minutes_with_ai).",
    "hourly_rate": "No benefit of chat can be valued: no hourly_rate.",
}


@pytest.mark.parametrize("lacking", WITHOUT)
def test_what_lacks_for_a_benefit_is_said(company: Company, lacking: str) -> None:
    """Without minutes or rate there is no ROI, and what a success cost is still known."""
    company.sells("chat").has("user_days", worked()).has("costs", [spent("licences", 500), spent("people", 1_500)])
    company.has("assumptions", [row for row in points() if row["name"] != lacking])
    own = answers(company)
    for name in ("roi", "roi.net_value", "roi.chance"):
        assert (own[name].status, own[name].value, own[name].missing) == ("not_measured", None, WITHOUT[lacking])
    assert own["roi.cost_per_success"].value == pytest.approx(2012 / 720)
    assert own["roi.cost_per_success"].status == "ok"


def test_a_default_that_was_ended_is_missing(company: Company) -> None:
    """A discount rate nobody states is not zero."""
    valued(company)
    with company.store.write("ended", "test") as tx:
        tx.run("UPDATE assumptions SET valid_to = DATE '2026-09-01' WHERE name = 'discount_rate'")
    assert answers(company)["roi"].missing == "No benefit of chat can be valued: no discount_rate."


def test_no_costs_at_all_are_no_roi(company: Company) -> None:
    """Neither metered nor stated: not measured, never free."""
    company.sells("chat").has("assumptions", points())
    company.has("user_days", [{**row, "uncosted": row["interactions"]} for row in worked(cost_microusd=None)])
    for reading in answers(company).values():
        assert (reading.status, reading.value) == ("not_measured", None)
        assert reading.missing == "No costs of chat in this period: the registry has none."


def test_costs_of_nothing_have_no_ratio(company: Company) -> None:
    """All costs stated as 0: there is a net value, and no ROI."""
    company.sells("chat").has("user_days", worked(cost_microusd=0)).has("assumptions", points())
    company.has("costs", [spent("licences", 0), spent("people", 0)])
    own = answers(company)
    assert (own["roi"].value, own["roi"].status) == (None, "not_measured")
    assert own["roi"].missing == "The costs come to nothing, so there is nothing to relate the benefit to."
    assert own["roi.chance"].value == 1
    assert own["roi.cost_per_success"].value == 0


def test_no_success_has_no_cost(company: Company) -> None:
    """All tasks of known outcome failed: ROI is there and negative, a cost per success is not."""
    company.sells("chat").has("user_days", worked(confirmed=0)).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    own = answers(company)
    assert own["roi"].value == pytest.approx(-1, abs=0.02)
    assert (own["roi.cost_per_success"].value, own["roi.cost_per_success"].status) == (None, "insufficient")
    assert own["roi.cost_per_success"].missing == "No task of chat is known to have ended well."


def test_a_partial_period_is_partial(company: Company) -> None:
    """The status and the sentence of task success are those of ROI."""
    company.sells("chat").has("user_days", worked(days=(1, 15))).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    roi = answers(company)["roi"]
    assert (roi.status, roi.decides) == ("partial", False)
    assert roi.missing == "The data of chat reach 2026-09-15; the period ends on 2026-09-30."
    assert roi.value is not None
    assert roi.low is not None


def test_all_products_are_the_sum_of_those_with_a_full_ledger(company: Company) -> None:
    """Draw by draw: two of three products; the method says so, and who uses both is one person."""
    valued(company).sells("code", "notes").has("assumptions", points("code", minutes_saved_per_task=7))
    company.has("user_days", worked("code", confirmed=3, failed=3)).has("user_days", worked("notes"))
    company.has("costs", [spent("licences", 300, product="code"), spent("people", 250, product="code")])
    own = answers(company)
    each = [ledger(company.store, MONTH, product=name) for name in ("chat", "code")]
    results = [one.result for one in each if one.result]
    net = sorted((results[0].net + results[1].net).tolist())
    assert own["roi.net_value"].value == pytest.approx(net[DRAWS // 2 - 1])
    spending = 2012 + 550 + 9.6
    roi = sorted(((results[0].net + results[1].net) / (results[0].costs + results[1].costs)).tolist())
    assert [own["roi"].low, own["roi"].high] == pytest.approx([roi[DRAWS // 20 - 1], roi[DRAWS * 19 // 20 - 1]])
    assert "2 of 3 products" in own["roi"].method
    assert (own["roi"].units, own["roi"].events, own["roi"].status) == (40, 720 + 360, "ok")
    assert own["roi.cost_per_success"].value == pytest.approx(spending / 1080)
    assert [line["product"] for line in evidence(company.store, own["roi"], MONTH) if line["kind"] == "benefit"] == [
        "chat", "code",
    ]  # fmt: skip


def test_a_sum_is_as_good_as_its_worst_part(company: Company) -> None:
    """One product is not loaded to the end: the sum is partial; one rests on an estimate: the sum decides nothing."""
    valued(company).sells("code").has("assumptions", points("code")).has("user_days", worked("code", days=(1, 15)))
    company.has("costs", [spent("licences", 300, product="code"), spent("people", 250, product="code")])
    roi = answers(company)["roi"]
    assert (roi.status, roi.decides, roi.missing) == (
        "partial", False, "The data of code reach 2026-09-15; the period ends on 2026-09-30.",
    )  # fmt: skip
    company.has("user_days", worked("code", days=(30,)))
    assert answers(company)["roi"].decides
    with company.store.write("guess", "test") as tx:
        tx.run("UPDATE assumptions SET evidence = 'C' WHERE product_id = 'chat' AND name = 'capture'")
    roi = answers(company)["roi"]
    assert (roi.status, roi.decides) == ("ok", False)
    assert roi.missing == "An estimate alone decides nothing (evidence C: capture)."


def test_a_sum_stands_on_the_people_of_its_products(company: Company) -> None:
    """Sixty others use a product whose benefit nobody knows: they are behind the cost of a success and not behind ROI;
    seventy more use one without costs and are behind neither.
    """
    valued(company).sells("code", "notes")
    for product, people in (("code", 60), ("notes", 70)):
        rows = worked(product, people=people)
        company.has("user_days", [{**row, "unit_id": f"{product}-{row['unit_id']}"} for row in rows])
    company.has("costs", [spent("licences", 300, product="code"), spent("people", 250, product="code")])
    own = answers(company)
    assert (own["roi"].units, own["roi.cost_per_success"].units) == (40, 100)
    assert "1 of 3 products" in own["roi"].method
    assert "2 of 3 products" in own["roi.cost_per_success"].method


def test_no_full_ledger_is_no_sum(company: Company) -> None:
    """None of the products has one: no value, and the reason of the first."""
    company.sells("chat", "code").has("user_days", [*worked(), *worked("code")]).has("assumptions", points())
    roi = answers(company)["roi"]
    assert (roi.status, roi.value) == ("not_measured", None)
    assert roi.missing.startswith("None of 2 products has a full ledger. ROI incomplete: no licence or infrastructure")


@pytest.fixture
def trials(company: Company) -> Company:
    """A product with two pilots, 30 people each, and people of neither."""
    company.sells("chat", "code").has("assumptions", points()).has("user_days", worked())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    for number, pilot in enumerate(("early", "late")):
        company.has(
            "pilots", [{"pilot_id": pilot, "product_id": "chat", "starts_on": SEPTEMBER, "ends_on": MONTH.until}]
        )
        people = [f"{pilot}{n}" for n in range(30)]
        company.has("audience", [granted(person, pilot=pilot) for person in people])
        rows = worked(days=(9,), people=30, confirmed=7 - number, failed=1 + number)
        company.has("user_days", [{**row, "unit_id": person} for row, person in zip(rows, people, strict=True)])
    return company


def test_a_pilot_has_its_own(trials: Company) -> None:
    """By pilot, by product and pilot, and asked for alone, it is the same number; two together have none."""
    early, late = (answers(trials, pilot=name)["roi"] for name in ("early", "late"))
    assert early.value is not None
    assert late.value is not None
    assert early.value > late.value
    assert (early.units, early.events) == (30, 210)
    alone = MONTH.model_copy(update={"pilots": ("early",)})
    assert found(read(trials.store, ["roi"], alone)).value == early.value
    both = found(read(trials.store, ["roi"], MONTH, by=("product", "pilot")), product="chat", pilot="early")
    assert both.value == early.value
    by_product = read(trials.store, ["roi"], alone, by=("product",))
    assert found(by_product, product="chat").value == early.value
    assert found(by_product, product="code").missing == "There is nothing of code in this period."
    together = found(read(trials.store, ["roi"], MONTH.model_copy(update={"pilots": ("early", "late")})))
    assert (together.status, together.value) == ("not_measured", None)
    assert together.missing.endswith("ask about each pilot apart.")


def test_a_team_has_no_roi(company: Company) -> None:
    """Costs are those of a product, not of a team."""
    for reading in read(valued(company).store, ALL, MONTH.model_copy(update={"teams": ("sales",)}), by=("product",)):
        assert (reading.status, reading.value) == ("not_measured", None)
        assert "say nothing about a team" in reading.missing


def test_roi_cannot_be_split_otherwise(company: Company) -> None:
    """By week or scenario there are no costs, and the refusal says so."""
    for name in ("week", "scenario", "team", "release"):
        with pytest.raises(MetricError, match=f"cannot be split by {name}: costs and assumptions are stated for"):
            read(company.store, ["roi"], MONTH, by=(name,))


def test_the_sql_that_is_shown_gives_the_sums(trials: Company) -> None:
    """Run as it is shown, it adds up to the costs and tasks of the ledgers, of products and of pilots."""
    for by, asked in (((), "product"), (("pilot",), "pilot")):
        query = origin(trials.store, CATALOG["roi"], MONTH, by)
        rows = trials.store.rows(query.sql, query.params)
        for name in ("chat",) if asked == "product" else ("early", "late"):
            own = [row for row in rows if row[asked] == name and (asked == "pilot" or row["pilot"] is None)]
            page = ledger(trials.store, MONTH, **{asked: name})
            assert sum(int(str(row["confirmed"])) for row in own if row["entry"] == "tasks") == page.confirmed
            assert sum(int(str(row["amount_microusd"])) for row in own if row["entry"] == "cost file") == 2_000_000_000


def test_the_rows_behind_are_the_lines_of_the_ledger(company: Company) -> None:
    """In their order, with a cursor to go on."""
    roi = answers(valued(company), product="chat")["roi"]
    lines = ledger(company.store, MONTH, product="chat").lines
    seen, after = [], None
    while rows := evidence(company.store, roi, MONTH, limit=4, after=after):
        seen += [row["name"] for row in rows]
        after = str(rows[-1]["cursor"])
    assert seen == [line.name for line in lines]
    assert rows == []


def test_the_currency_is_the_settings(company: Company) -> None:
    """Amounts are of the installation's currency; another one is another definition."""
    before = answers(valued(company))["roi"]
    company.has("settings", [{"key": "currency", "value": "EUR"}])
    assert {line.unit for line in ledger(company.store, MONTH, product="chat").lines if line.kind != "input"} == {"EUR"}
    assert answers(company)["roi"].definition_hash != before.definition_hash


def test_anonymous_use_counts_sessions(company: Company) -> None:
    """Where few interactions name a person the units are sessions, and the method says so."""
    company.sells("chat").has("user_days", worked(user_known=False)).has("assumptions", points())
    company.has("costs", [spent("licences", 500), spent("people", 1_500)])
    assert "unit: session" in answers(company)["roi"].method


def test_a_product_without_data_is_not_measured(company: Company) -> None:
    """It is there with its reason; and so is a period before all data."""
    valued(company).sells("code")
    for reading in answers(company, product="code").values():
        assert (reading.status, reading.value) == ("not_measured", None)
        assert reading.missing.endswith("No data about code has been loaded.")
    early = Scope(since=date(2025, 1, 1), until=date(2025, 1, 31))
    assert answers(company, early)["roi"].status == "not_measured"
