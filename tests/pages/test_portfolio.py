from streamlit.testing.v1 import AppTest

from data.economics import Baseline
from data.portfolio import Initiative, InitiativeProduct, Scenario
from data.registry_store import save
from data.warehouse import Warehouse
from metrics import HEADLINES, default_scope, read
from metrics.prioritise import prioritise
from pages.portfolio import CARDS
from reports.words import interval, interval_in_full, value_of
from tests.pages.conftest import draw


def said(page: AppTest) -> str:
    """Everything in words on a page, as people read it."""
    kinds = ("title", "header", "markdown", "caption")
    return "\n".join(each.value for kind in kinds for each in getattr(page, kind)).replace("\\", "")


def test_the_first_line_answers_the_question_of_the_role(showroom: Warehouse) -> None:
    """The page begins with one computed sentence: what nobody measures yet, which product does worst, who is open."""
    first = draw("portfolio", showroom).markdown[0].value.replace("\\", "")
    assert "No product can be judged yet: errors and ROI not measured." in first
    assert "Look at search first" in first
    assert "coder (too few people)" in first
    assert "notes (too little data)" in first


def test_every_headline_number_has_interval_units_and_status(showroom: Warehouse) -> None:
    """A card shows the value of the reading, its interval and units, and the status as a word; else the reason."""
    page = draw("portfolio", showroom)
    found = read(showroom, CARDS, default_scope(showroom))
    assert [metric.value for metric in page.metric] == [value_of(each) for each in found if each.value is not None]
    assert len(page.metric) >= 3
    for reading in found:
        if reading.value is None:
            assert reading.missing in said(page)
        else:
            assert interval_in_full(reading) in said(page)
    assert "Measured]" in said(page)


def test_a_number_that_is_missing_is_a_sentence(showroom: Warehouse) -> None:
    """A product that has no audience has no adoption: its card says what is missing and shows no number."""

    def script(store: object) -> None:
        from metrics import default_scope
        from pages import portfolio

        portfolio.render(store, default_scope(store).model_copy(update={"products": ("notes",)}))

    page = AppTest.from_function(script, args=(showroom,), default_timeout=90).run()
    assert not page.exception
    assert [metric.label for metric in page.metric] == ["Task success", "Escalation rate"]
    assert "No audience is registered for notes" in said(page)


def test_the_board_has_every_product_with_verdict_value_and_interval(showroom: Warehouse) -> None:
    """Each product stands in one row, worst first: its proposal, its health, and each reading or why there is none."""
    rows = draw("portfolio", showroom).dataframe[0].value
    found = {
        (r.group["product"], r.metric): r for r in read(showroom, HEADLINES, default_scope(showroom), by=("product",))
    }
    assert sorted(rows["Product"]) == ["chat", "coder", "notes", "search"]
    cells = dict(zip(rows["Product"], rows["Success"], strict=True))
    chat = found["chat", "task_success"]
    assert cells["chat"] == f"{value_of(chat)} ({interval(chat)})"
    assert cells["notes"].endswith("○")
    assert dict(zip(rows["Product"], rows["Adoption"], strict=True))["notes"] == "not measured"
    assert {word for words in rows["Verdict"] for word in words} == {"? Measure"}


def test_charts_can_be_read_without_seeing_them(showroom: Warehouse) -> None:
    """Each chart has a text with its values, for whoever cannot see it."""
    page = draw("portfolio", showroom)
    texts = [chart.proto.alt for chart in page.get("plotly_chart")]
    page.session_state["side"] = "Over time"
    over_time = page.run().get("plotly_chart")
    texts.append(next(chart.proto.alt for chart in over_time if chart.proto.alt not in texts))
    assert len(texts) == 3
    assert all("people" in text and "%" in text for text in texts)


def test_how_computed_shows_definition_sql_loads_and_rows(showroom: Warehouse) -> None:
    """One click from the number: what it means, the statement with its parameters, the loads and the rows behind it."""
    page = draw("portfolio", showroom)
    page.button(key="how-task_success").click().run()
    assert not page.exception
    words = said(page)
    assert "Confirmed tasks / (confirmed + failed tasks)" in words
    assert "Left out:" in words
    assert page.code[0].value.startswith("WITH")
    assert "$since = 2026-07-11" in page.code[1].value
    tables = [table.value for table in page.dataframe]
    assert any("usage.csv" in list(table.get("File", [])) for table in tables)
    rows = next(table for table in tables if "interaction_id" in table)
    assert len(rows) == 100
    assert all(str(unit).startswith("p_") for unit in rows["unit_id"])


def test_use_cases_stages_and_initiatives_are_told(company: Warehouse) -> None:
    """Use cases in order with points, reasons, what is yet to be known; what stages owe; what initiatives rest on."""
    with company.write("registry", "ada") as tx:
        save(tx, [
            Scenario(scenario_id="mail", product_id="chat", name="Answer a mail", risk_tier="low", escalation_path="x"),
            Scenario(scenario_id="paper", name="File a paper"),
            Baseline(scenario_id="mail", measure="tasks_per_month", value=5000),
            Initiative(initiative_id="post", name="Less post"),
            InitiativeProduct(initiative_id="post", scenario_id="mail"),
        ], "ada")  # fmt: skip
    page = draw("portfolio", company)
    page.session_state["do"] = "Use cases"
    page.run()
    assert not page.exception
    words = said(page)
    first, second = prioritise(company, default_scope(company))
    assert f"Answer a mail comes first with {first.low}–{first.high} of 18 points." in words
    assert all(reason in words for score in first.scores for reason in (*score.reasons, *score.owed))
    table = next(each.value for each in page.dataframe if "Use case" in each.value)
    assert list(table["Points"]) == [f"{each.low}–{each.high}" for each in (first, second)]
    assert list(table["Pain"]) == ["3", "?"]
    page.session_state["do"] = "Lifecycle"
    page.run()
    assert "4 products" in said(page)
    assert "chat, coder, notes and search say no stage." in said(page)
    assert ":green[:material/check:] use" in said(page)
    page.session_state["do"] = "Initiatives"
    page.run()
    assert not page.exception
    assert "1 of 1 initiative rests on failing products" not in said(page)
    table = next(each.value for each in page.dataframe if "Initiative" in each.value)
    assert list(table["Rests on"]) == ["? Not proven"]
    assert list(table["Products"]) == ["chat (measure)"]


def test_an_empty_warehouse_asks_what_there_is_and_gives_templates(store: Warehouse) -> None:
    """Without data there is no number on the page, but what to bring and the templates for it."""
    page = draw("portfolio", store)
    assert not page.metric
    assert "nothing has been loaded" in said(page)
    assert len(page.get("download_button")) == 2


def test_data_of_no_registered_product_are_not_counted_silently(company: Warehouse) -> None:
    """Interactions that wait for a product are counted in the header of the page that they would have changed."""
    from pathlib import Path

    from loaders.ingest import load
    from tests.company import Made, usage

    file = Path(company.side) / "more.csv"
    file.write_bytes(usage((Made("unheard-of", 12, 0.8, 0.1),), seed=9))
    outcome = load(company, file, who="Ann")
    assert f"{outcome.accepted:,} interactions without a product" in said(draw("portfolio", company))
