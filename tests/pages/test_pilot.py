from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.economics import Baseline
from data.people import Member, PersonRecord, Role
from data.portfolio import Criterion, Decision, Pilot, Product, Readiness, Scenario
from data.record import Record
from data.registry_files import import_registry
from data.registry_store import current, save
from data.warehouse import Warehouse
from metrics.scorecard import scorecard
from reports.data_checks import checks
from reports.pilot_template import TEMPLATE
from reports.scorecard import answer, bounds
from reports.words import percent
from tests.company import copy_warehouse
from tests.conftest import NOON
from tests.pages.conftest import draw

AGREED, FIRST, LAST = date(2026, 7, 1), date(2026, 7, 13), date(2026, 9, 27)
PILOT = Pilot(
    pilot_id="letters", product_id="chat", team_id="law", scenario_id="write", name="Letters *with* chat",
    goal="Answer on the same day.", hypothesis="Drafts are sent with few changes.", starts_on=FIRST, ends_on=LAST,
    min_users=30, planned_tasks=500, mode="assist", risks="Nobody reads them.", valid_from=AGREED,
)  # fmt: skip


def bar(name: str, metric: str, at: float, floor: float, *, role: str = "must", better: str = "higher") -> Criterion:
    """A criterion that was agreed before the pilot began."""
    return Criterion.model_validate({
        "pilot_id": "letters", "criterion_id": name, "metric": metric, "role": role, "better": better, "bar": at,
        "floor": floor, "valid_from": AGREED,
    })  # fmt: skip


def registered(store: Warehouse, *rows: Record) -> None:
    """Store registry rows."""
    with store.write("test", "Ann") as tx:
        save(tx, rows, "Ann")


def tried(store: Warehouse) -> Warehouse:
    """The company with a pilot of forty people on its product chat, which is over and not decided."""
    registered(
        store, PILOT, bar("success", "task_success", 0.8, 0.65), bar("return", "adoption", 0.5, 0.25),
        bar("handover", "escalation_rate", 0.02, 0.04, role="guardrail", better="lower"),
        Scenario(scenario_id="write", product_id="chat", name="Write a letter", problem="It takes a day."),
        Baseline(scenario_id="write", measure="task_success", value=0.7, low=0.66, high=0.74, design="matched"),
        Readiness(product_id="chat", pilot_id="letters", item="owner", done=True),
        Readiness(product_id="chat", pilot_id="letters", item="runbook", done=False),
        PersonRecord(user_id="chat0@example.com", display_name="Zoe"),
        Role(role="pilot_owner", user_id="chat0@example.com", pilot_id="letters"),
        *(Member(product_id="chat", pilot_id="letters", user_id=f"chat{n}@example.com", granted_on=AGREED,
                 is_champion=n == 0, valid_from=AGREED) for n in range(40)),
    )  # fmt: skip
    return store


@pytest.fixture
def trial(company: Warehouse) -> Warehouse:
    """The pilot in a warehouse of this test."""
    return tried(company)


@pytest.fixture(scope="module")
def shown(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The pilot for tests that only look: its numbers are computed once."""
    path = tmp_path_factory.mktemp("shown") / furnished.name
    copy_warehouse(furnished, path)
    store = tried(Warehouse.open(path, clock=lambda: NOON))
    version = store.data_version()
    yield store
    assert store.data_version() == version
    store.close()


def said(page: AppTest) -> str:
    """Everything in words on a page, as people read it."""
    kinds = ("title", "header", "markdown", "caption")
    return "\n".join(each.value for kind in kinds for each in getattr(page, kind)).replace("\\", "")


def test_the_first_line_answers_whether_it_is_proven(shown: Warehouse) -> None:
    """The page begins with the answer of the scorecard, under the pilot's name; names are text, never markup."""
    page = draw("pilot", shown)
    card = scorecard(shown, "letters")
    assert page.title[0].value.replace("\\", "") == "Letters *with* chat"
    assert page.markdown[0].value.replace("\\", "") == f"**{answer(card)}**"
    words = said(page)
    assert "Product **chat** · team law · owner **Zoe** · assist mode · 11 weeks, over since 2026-09-27" in words
    assert f"{card.case.users} of 40 people" in words
    assert f"`{card.verdict.rule}`" in words
    assert all(reason in words for reason in card.verdict.reasons)


def test_whether_it_can_be_judged_stands_before_the_numbers(shown: Warehouse) -> None:
    """Known ends, people, tasks, complete weeks and the end of the period are checked, each against what is needed."""
    card = scorecard(shown, "letters")
    found = checks(card)
    assert [check.words for check in found[1:]] == [
        f"{card.case.users} of 30 people", f"{card.case.tasks:,} of 400 tasks", "11 of 4 complete weeks",
        "Over since 2026-09-27",
    ]  # fmt: skip
    assert [check.good for check in found] == [True] * 5
    words = said(draw("pilot", shown))
    assert all(check.words in words for check in found)
    assert words.index("11 of 4 complete weeks") < words.index("Recommendation")


def test_each_criterion_has_its_reading_bar_baseline_and_verdict(shown: Warehouse) -> None:
    """The table shows every agreed criterion with the number of the scorecard, its interval and its verdict's word."""
    page = draw("pilot", shown)
    card = scorecard(shown, "letters")
    rows = page.table[0].value
    assert list(rows["Value"]) == [percent(each.reading.value) for each in card.judged if each.reading]
    assert list(rows["95% interval"]) == [bounds(each.reading) for each in card.judged]
    assert [cell.split(":")[-1].strip(" ]") for cell in rows["Verdict"]] == ["Met", "Met", "Missed"]
    assert list(rows["Baseline"]) == ["–", "70.0%", "–"]
    assert [cell.split("[")[-1].strip("]") for cell in rows["Criterion"]] == ["Must", "Must", "Guardrail"]
    chart = next(each for each in page.get("plotly_chart") if "against" in each.proto.alt)
    assert "Escalation rate" in chart.proto.alt
    assert "missed" in chart.proto.alt


def test_every_number_leads_to_its_origin(shown: Warehouse) -> None:
    """One click from a criterion: definition, SQL with the pilot's own days and people, loads and rows."""
    page = draw("pilot", shown)
    page.button(key="how-criteria-task_success").click().run()
    assert not page.exception
    assert "Confirmed tasks / (confirmed + failed tasks)" in said(page)
    parameters = page.code[1].value
    assert "$since = 2026-07-13" in parameters
    assert "$until = 2026-09-27" in parameters
    assert "['letters']" in parameters


def test_what_was_agreed_is_on_the_page(shown: Warehouse) -> None:
    """Goal, hypothesis, scenario, mode, champions, readiness and risks stand there; what nobody said says so."""
    words = said(draw("pilot", shown))
    for line in (
        "Answer on the same day.", "Drafts are sent with few changes.", "Write a letter. It takes a day.",
        "Assist: a person uses what helps", "1 person: Zoe", "Ready: owner", "Open: runbook", "Nobody reads them.",
    ):  # fmt: skip
        assert line.replace(".", "") in words.replace(".", ""), line
    assert "**Conclusions**  \n:gray[not said]" in words


def test_the_gain_over_today_names_its_design(shown: Warehouse) -> None:
    """Beside the pilot's number stands the baseline's, the gain with its interval, the design and the evidence."""
    words = said(draw("pilot", shown))
    assert "instead of 70.0% before: better, +" in words
    assert "Design matched: against similar cases" in words
    assert "Evidence B" in words


def test_the_musts_are_drawn_week_by_week(shown: Warehouse) -> None:
    """Each must that can be read by week has its course within the pilot's days, with a text for who cannot see it."""
    texts = [chart.proto.alt for chart in draw("pilot", shown).get("plotly_chart")]
    assert sum("by week of the pilot" in text for text in texts) == 2


def decide(page: AppTest, **fields: str) -> AppTest:
    """Open the form, fill it in, and press record."""
    page.button(key="decision-begin").click().run()
    page.text_input(key="decision-who").set_value(fields.get("who", "")).run()
    if choice := fields.get("choice"):
        page.segmented_control(key="decision-choice").set_value(choice).run()
    for name in ("reason", "conditions"):
        page.text_area(key=f"decision-{name}").set_value(fields.get(name, "")).run()
    if second := fields.get("second"):
        page.text_input(key="decision-second").set_value(second).run()
    page.button(key="decision-save").click().run()
    assert not page.exception
    return page


def test_a_decision_is_recorded_and_shown(trial: Warehouse) -> None:
    """As recommended, a name is enough; the record stands on the page with who, when and what was recommended."""
    recommended = scorecard(trial, "letters").verdict.decision
    page = decide(draw("pilot", trial), who="Zoe", choice=recommended, conditions="Ask the lawyers.")
    (row,) = current(trial, Decision)
    assert (row.pilot_id, row.product_id, row.decision, row.recommendation) == (
        "letters", "chat", recommended, recommended,
    )  # fmt: skip
    assert row.readings_hash == scorecard(trial, "letters").readings_hash()
    words = said(page)
    assert "5 Oct 2026 by **Zoe**" in words
    assert f"as recommended then: {recommended}" in words
    assert "Ask the lawyers." in words
    assert f"Decided on 2026-10-05: {recommended}." in words
    assert "decision-save" not in [button.key for button in page.button]


def test_against_the_recommendation_it_is_refused_without_reason_and_second_name(trial: Warehouse) -> None:
    """The message stands beside the field that is missing, nothing is stored; with both it is, and marked."""
    assert scorecard(trial, "letters").verdict.decision != "scale"
    page = decide(draw("pilot", trial), who="Zoe", choice="scale")
    assert current(trial, Decision) == []
    words = said(page)
    assert "say why you decide otherwise." in words
    assert "Name a second person who agrees." in words
    page.text_area(key="decision-reason").set_value("The season begins.").run()
    page.text_input(key="decision-second").set_value("zoe").run()
    page.button(key="decision-save").click().run()
    assert "The second name must be another person." in said(page)
    assert "say why you decide otherwise." not in said(page)
    page.text_input(key="decision-second").set_value("Max").run()
    page.button(key="decision-save").click().run()
    (row,) = current(trial, Decision)
    assert (row.decision, row.reason, bool(row.second_id)) == ("scale", "The season begins.", True)
    assert "by **Zoe and Max** · :orange[:material/alt_route: against the recommendation then:" in said(page)


def test_without_a_name_or_a_decision_nothing_is_recorded(trial: Warehouse) -> None:
    """Both are asked for beside their fields; cancelling closes the form and forgets what was typed."""
    page = decide(draw("pilot", trial))
    assert "Say who decides." in said(page)
    assert "Choose one of scale, rework, repeat, close." in said(page)
    page.button(key="decision-cancel").click().run()
    assert "Say who decides." not in said(page)
    assert current(trial, Decision) == []


def test_a_second_decision_is_a_second_record(trial: Warehouse) -> None:
    """The former one stays as it was, and the page shows both."""
    recommended = scorecard(trial, "letters").verdict.decision
    page = decide(draw("pilot", trial), who="Zoe", choice=recommended)
    decide(page, who="Max", choice=recommended)
    assert len(current(trial, Decision)) == 2
    assert [said(page).count(f"by **{name}**") for name in ("Zoe", "Max")] == [1, 1]


def test_without_a_pilot_the_page_says_what_to_register(company: Warehouse) -> None:
    """No pilot: what one consists of, and a template of it."""
    page = draw("pilot", company)
    assert "No pilot is registered" in said(page)
    assert [button.proto.label for button in page.get("download_button")] == ["Template: pilot"]


def test_the_template_is_a_pilot_that_can_be_stored(store: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the template says is taken by the registry as it is, once its product is registered."""
    file = tmp_path_factory.mktemp("template") / "pilot.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    registered(store, Product(product_id="assistant", name="Assistant"))
    assert import_registry(store, file, "Ann")["criteria"] == 3
    page = draw("pilot", store)
    assert page.title[0].value == "First trial"
    assert list(page.table[0].value["Bar"]) == ["≥\u00a050.0%", "≥\u00a080.0%", "≤\u00a05.0%"]


def test_an_empty_warehouse_says_what_to_load_and_register(store: Warehouse) -> None:
    """Without data and registry there is no number, but what to register and what to load."""
    page = draw("pilot", store)
    assert not page.table
    assert "nothing has been loaded" in said(page)
    assert len(page.get("download_button")) == 7


def test_a_pilot_that_has_not_begun_shows_its_plan(trial: Warehouse) -> None:
    """Criteria and agreement are there, no reading and no figure, and nothing to compare yet."""
    later = PILOT.model_copy(update={"starts_on": date(2026, 11, 2), "ends_on": date(2027, 1, 10), "valid_from": None})
    registered(trial, later)
    page = draw("pilot", trial)
    words = said(page)
    assert "has not begun. It begins on 2026-11-02." in words
    assert "Begins on 2026-11-02, 10 weeks" in words
    assert not page.get("plotly_chart")
    assert set(page.table[0].value["Value"]) == {"–"}


def test_a_pilot_without_criteria_says_what_to_agree_on(company: Warehouse) -> None:
    """Nothing was agreed: the page says so and offers a template, and the proposal is no success."""
    registered(company, PILOT.model_copy(update={"scenario_id": None}))
    page = draw("pilot", company)
    assert "No criterion was agreed" in said(page)
    assert "No criteria agreed" in said(page)
    labels = [button.proto.label for button in page.get("download_button")]
    assert "Template: criteria" in labels


def test_a_shadow_pilot_says_why_nothing_is_measured(trial: Warehouse) -> None:
    """In shadow mode there is no number, and the page says so once instead of showing a dash without a reason."""
    registered(trial, PILOT.model_copy(update={"mode": "shadow", "valid_from": None}))
    page = draw("pilot", trial)
    words = said(page)
    assert "The pilot runs in shadow mode, where nobody acts on the answers" in words
    assert "0 tasks of 500 planned in shadow, by 0 people; none is counted" in words
    assert not page.get("plotly_chart")


def test_a_changed_bar_is_flagged_on_the_page(trial: Warehouse) -> None:
    """Lowering a bar after the start neither changes the verdict nor goes unsaid."""
    registered(trial, bar("handover", "escalation_rate", 0.5, 0.6, role="guardrail", better="lower").model_copy(
        update={"valid_from": date(2026, 8, 3)}))  # fmt: skip
    page = draw("pilot", trial)
    assert "Changed after the start: handover from at most 2.0% (floor 4.0%) to at most 50.0%" in said(page)
    assert page.table[0].value["Bar"][2] == "≤\u00a02.0%"
