"""The Scenario value page as a person without a browser sees it."""

import pytest
from streamlit.testing.v1 import AppTest

from data.economics import Assumption, Baseline
from data.portfolio import Decision, Scenario
from data.registry_store import current, save
from data.warehouse import Warehouse
from metrics import Scope, default_scope
from metrics.scenario_value import scenario_value
from reports.value import answer, swings_in_words, worth
from tests.metrics.company import Company
from tests.metrics.test_scenario_value import LETTERS, tried
from tests.metrics.valued import MONTH

FIND = Scenario(scenario_id="find", product_id="chat", name="Find *it*")


def draw(store: Warehouse, product: str | None = "chat") -> AppTest:
    """The page of a product."""

    def script(store: object, product: str | None) -> None:
        from metrics import default_scope
        from pages import scenario as page

        scope = default_scope(store)
        page.render(store, scope.model_copy(update={"products": (product,)}) if product else scope)

    page = AppTest.from_function(script, args=(store, product), default_timeout=120).run()
    assert not page.exception, page.exception
    return page


def said(page: AppTest) -> str:
    """Everything in words on a page, as people read it."""
    kinds = ("title", "header", "markdown", "caption")
    return "\n".join(each.value for kind in kinds for each in getattr(page, kind)).replace("\\", "")


@pytest.fixture
def described(company: Warehouse) -> Warehouse:
    """The company with a scenario of chat, its baselines, and minutes saved; nobody stated a cost."""
    with company.write("test", "Ann") as tx:
        save(tx, [
            FIND, Baseline(scenario_id="find", measure="task_success", value=0.6, low=0.55, high=0.65, n=200,
                           design="controlled"),
            Baseline(scenario_id="find", measure="minutes_per_task", value=20, low=18, high=22, design="matched"),
            Assumption(product_id="chat", name="minutes_saved_per_task", distribution="uniform", p1=3, p2=5,
                       evidence="B"),
        ], "Ann")  # fmt: skip
    return company


def scoped(store: Warehouse) -> Scope:
    """The scope of the page of chat."""
    return default_scope(store).model_copy(update={"products": ("chat",)})


def test_the_first_line_answers_better_faster_cheaper(described: Warehouse) -> None:
    """The first sentence is computed from the value, names are text, and what lacks is said where it lacks."""
    page = draw(described)
    found = scenario_value(described, scoped(described), FIND)
    assert page.markdown[0].value.replace("\\", "") == f"**{' '.join(answer(found, 'USD').split())}**"
    words = said(page)
    assert "surely better (" in words
    assert "faster (+4.0 min" in words
    assert "not known to be cheaper. No ROI" in words
    assert "Evidence A, controlled" in words
    assert "Template: costs" in [button.label for button in page.get("download_button")]


def test_an_estimate_is_called_one(described: Warehouse) -> None:
    """What rests on what somebody guessed is by estimate, whatever its interval, and never sure."""
    found = scenario_value(described, scoped(described), FIND)
    guessed = found._replace(aspects=tuple(each._replace(evidence="C") for each in found.aspects))
    assert "by estimate better (" in answer(guessed, "USD")
    assert "surely better" not in answer(guessed, "USD")


def test_without_a_scenario_it_says_what_to_register(described: Warehouse) -> None:
    """A product without scenarios: a sentence, templates, no number."""
    page = draw(described, "coder")
    assert "Template: scenarios" in [button.label for button in page.get("download_button")]
    assert not page.metric


def test_an_empty_warehouse_says_what_to_load(store: Warehouse) -> None:
    """Nothing was loaded: templates, no number."""
    page = draw(store, None)
    assert page.get("download_button")
    assert not page.metric


def test_the_owner_refutes_and_decides_and_it_stays(described: Warehouse) -> None:
    """What is missing stands beside its field; the records are of the scenario, and are shown with who and why."""
    page = draw(described)
    page.button(key="rollout-begin").click().run()
    page.button(key="rollout-save").click().run()
    words = said(page)
    assert "Say who decides." in words
    assert "confirmed or refuted" in words
    assert not current(described, Decision)
    page.text_input(key="rollout-who").set_value("Eva Berg")
    page.button_group(key="rollout-finding").set_value("value_refuted")
    page.button_group(key="rollout-choice").set_value("wait")
    page.text_area(key="rollout-reason").set_value("Two teams are slower.").run()
    page.button(key="rollout-save").click().run()
    assert not page.exception, page.exception
    assert {row.decision for row in current(described, Decision)} == {"value_refuted", "wait"}
    words = said(page)
    assert "Value refuted] 5 Oct 2026 by **Eva Berg**" in words
    assert "Reason:] Two teams are slower." in words


def test_a_full_ledger_shows_its_range_and_what_it_hangs_on(store: Warehouse) -> None:
    """The words of a value that is known, and a tornado whose text says every input."""
    found = scenario_value(tried(Company(store)).store, MONTH, LETTERS)
    assert found.ledger
    assert found.ledger.roi
    assert worth(found).startswith(f"ROI {found.ledger.roi.mid:.2f}×")
    assert answer(found, "USD").endswith("Proposal: roll out.")
    assert "task success: net value" in swings_in_words(found.ledger.tornado, "USD")


def test_each_choice_of_a_scenario_counts(described: Warehouse) -> None:
    """One after the other is chosen, and each time the page answers about the one that was chosen last."""
    with described.write("test", "Ann") as tx:
        names = {f"s{number}": f"Work {number}" for number in range(3)}
        save(tx, [Scenario(scenario_id=each, product_id="chat", name=name) for each, name in names.items()], "Ann")
    page = draw(described)
    for each in ("s1", "s2", "s0", "find"):
        page.selectbox(key="chosen-scenario").set_value(each).run()
        assert not page.exception, page.exception
        assert page.markdown[0].value.replace("\\", "").startswith(f"**{names.get(each, 'Find *it*')}:")
        assert page.query_params["scenario"] == each
