"""The Product page as a person without a browser sees it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from statsmodels.stats.proportion import proportion_confint
from streamlit.testing.v1 import AppTest

from data.people import PersonRecord, Role
from data.portfolio import Decision, Product, Release, Requirement, Scenario
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import mapping
from loaders.ingest import load
from metrics import HEADLINES, Scope, default_scope, read
from metrics.failures import failures
from metrics.funnel import STEPS, funnel
from reports.words import interval, percent
from tests.company import Made, copy_warehouse, usage
from tests.conftest import NOON

PASSED = {"r1": 30, "r2": 36}  # of 40 cases, each run after the other
LONG = "Knowledge assistant for the after sales service of all plants"  # 61 characters


class Shown(NamedTuple):
    """A page as it was drawn, and what it was drawn from."""

    store: Warehouse
    page: AppTest


def tried() -> bytes:
    """Two runs of a suite of chat: the first cases fail."""
    days = {"r1": "2026-09-01", "r2": "2026-09-22"}
    rows = [
        f"{run},{days[run]}T02:00:00Z,c{case:02},correct,chat,answers,1,{case >= 40 - passed},human,leave"
        for run, passed in PASSED.items() for case in range(40)
    ]  # fmt: skip
    head = "run_id,run_at,case_id,metric_name,product_id,suite,suite_version,passed,evaluator_kind,topic_id"
    return "\n".join([head, *rows]).encode()


def gaps() -> bytes:
    """Fourteen gaps of chat, each answered after two hours but two; none is documented."""
    rows = [
        f"T{n},2026-09-{n + 1:02}T09:00:00Z,chat,context_gap,{'new' if n > 11 else 'done'},ann@example.com,"
        f"eva@example.com,{'' if n > 11 else f'2026-09-{n + 1:02}T11:00:00Z'},leave"
        for n in range(14)
    ]  # fmt: skip
    head = "ticket_id,opened_at,product_id,kind,status,requester_id,assignee_id,first_response_at,topic_id"
    return "\n".join([head, *rows]).encode()


@pytest.fixture(scope="session")
def described(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The furnished warehouse with a registry that says something of "chat", and a product that a release broke."""
    folder = tmp_path_factory.mktemp("described")
    copy_warehouse(furnished, folder / furnished.name)
    store = Warehouse.open(folder / furnished.name, clock=lambda: NOON)
    for made, first, seed in ((0.92, date(2026, 7, 13), 21), (0.55, date(2026, 8, 24), 22)):
        file = folder / f"broken-{seed}.csv"
        file.write_bytes(usage((Made("broken", 45, made, 0.1),), first=first, weeks=6, seed=seed))
        assert load(store, file, who="Ann").status == "published"
    mapping.register(store, ["broken"], "Ann")
    for name, content in (("evals", tried()), ("gaps", gaps())):
        (folder / f"{name}.csv").write_bytes(content)
        outcome = load(store, folder / f"{name}.csv", who="Ann")
        assert outcome.status == "published", outcome.messages
    with store.write("registry", "Ann") as tx:
        save(tx, [
            Product(product_id="chat", name=LONG, stage="scaling", purpose="Answers from the manuals.",
                    audience_description="Field service", support_channel="#chat",
                    launched_on=date(2026, 1, 5)),
            Product(product_id="broken", name="Broken", launched_on=date(2026, 1, 5)),
            PersonRecord(user_id="eva@example.com", display_name="Eva Berg", team_id="ai"),
            Role(role="product_owner", user_id="eva@example.com", product_id="chat"),
            Scenario(scenario_id="find", product_id="chat", name="Find a procedure", problem="4,000 manuals."),
            Release(product_id="broken", service_version="2.0", released_at=datetime(2026, 8, 24, 6), kind="index",
                    note="Longer chunks."),
            Requirement(requirement_id="r1", product_id="chat", text="It names its source."),
            Decision(decision_id="d1", product_id="chat", decided_at=datetime(2026, 9, 1, 9), user_id="eva@example.com",
                     recommendation="fix", decision="scale", reason="The season begins."),
        ], "Ann")  # fmt: skip
    store.close()
    return store.path


@pytest.fixture(scope="module")
def company(described: Path) -> Iterator[Warehouse]:
    """The described warehouse, to look at: nothing is written to it, so its numbers are computed once."""
    store = Warehouse.open(described, clock=lambda: NOON)
    version = store.data_version()
    yield store
    assert store.data_version() == version
    store.close()


def scoped(store: Warehouse, product: str) -> Scope:
    """The scope in which the page shows a product."""
    return default_scope(store).model_copy(update={"products": (product,)})


def draw(store: Warehouse, product: str | None = "chat") -> AppTest:
    """The page of a product, as it is when nothing else was chosen."""

    def script(store: object, product: str | None) -> None:
        from metrics import default_scope
        from pages import product as page

        scope = default_scope(store)
        page.render(store, scope.model_copy(update={"products": (product,)}) if product else scope)

    page = AppTest.from_function(script, args=(store, product), default_timeout=120).run()
    assert not page.exception, page.exception
    return page


def said(page: AppTest) -> str:
    """Everything in words on a page, as people read it."""
    kinds = ("title", "header", "markdown", "caption")
    return "\n".join(each.value for kind in kinds for each in getattr(page, kind)).replace("\\", "")


def opened(store: Warehouse, product: str, tab: str = "Errors", weeks: int = 12) -> AppTest:
    """The closer look at a product with a tab open, over the last weeks."""

    def script(store: object, product: str, weeks: int) -> None:
        from datetime import timedelta

        from metrics import default_scope
        from pages.parts.closer import closer

        scope = default_scope(store)
        since = scope.until - timedelta(days=7 * weeks - 1)
        closer(store, scope.model_copy(update={"since": since, "products": (product,)}))

    page = AppTest.from_function(script, args=(store, product, weeks), default_timeout=120)
    page.session_state["closer"] = tab
    page.run()
    assert not page.exception, page.exception
    return page


@pytest.fixture(scope="module")
def shown(described: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The page of chat, drawn once to be looked at."""
    path = tmp_path_factory.mktemp("shown") / described.name
    copy_warehouse(described, path)
    store = Warehouse.open(path, clock=lambda: NOON)
    yield Shown(store, draw(store))
    store.close()


def test_the_first_line_says_whether_it_gets_better(shown: Shown) -> None:
    """The first sentence is computed: name, task success with its interval, and what the numbers propose."""
    (reading,) = read(shown.store, ["task_success"], scoped(shown.store, "chat"))
    first = shown.page.markdown[0].value.replace("\\", "")
    assert LONG in first
    assert f"{percent(reading.value)} ({interval(reading)})" in first
    assert "Proposal:" in first


def test_the_head_says_who_answers_for_it_and_who_does_not(shown: Shown) -> None:
    """Owner by name, the roles that nobody holds, stage, audience, and what it is for."""
    page = shown.page
    assert page.title[0].value.replace("\\", "") == LONG
    words = said(page)
    assert "Owner **Eva Berg**" in words
    assert "Technical owner :orange[nobody]" in words
    assert "Support **#chat**" in words
    assert "for 70 people" in words
    assert "Answers from the manuals. For: Field service. Solves: Find a procedure." in words
    assert "Scaling]" in words


def test_the_cards_are_the_readings_of_this_product(shown: Shown) -> None:
    """The seven numbers are those of the product alone; one without a value says why and shows no number."""
    found = {reading.metric: reading for reading in read(shown.store, HEADLINES, scoped(shown.store, "chat"))}
    page = shown.page
    values = {metric.label: metric.value for metric in page.metric}
    assert values["Adoption"] == percent(found["adoption"].value)
    assert values["Task success"] == percent(found["task_success"].value)
    assert "Hallucination rate" not in values
    assert found["hallucination_rate"].missing[:60] in said(page)


def test_the_funnel_counts_the_same_people_at_each_step(shown: Shown) -> None:
    """The words of the chart are the steps of the engine: people, share and interval."""
    steps = funnel({reading.metric: reading for reading in read(shown.store, STEPS, scoped(shown.store, "chat"))})
    (text,) = [chart.proto.alt for chart in shown.page.get("plotly_chart") if chart.proto.alt.startswith("Eligible")]
    assert text.startswith(f"Eligible: {steps[0].people} people; Tried, 1 week or more: {steps[1].people} · ")
    for step in steps[1:]:
        assert step.share is not None
        assert f"{step.people} · {percent(step.share.value)} ({interval(step.share)})" in text


def test_every_chart_can_be_read_without_seeing_it(shown: Shown) -> None:
    """Each chart has a text with its values."""
    texts = [chart.proto.alt for chart in shown.page.get("plotly_chart")]
    assert len(texts) == 5
    assert all(text and any(letter.isdigit() for letter in text) for text in texts)


def test_a_cause_leads_to_its_interactions(company: Warehouse) -> None:
    """Picking a cause shows as many interactions as it has, through the same filter as the numbers."""
    (cause,) = failures(company, scoped(company, "coder")).causes
    page = draw(company, "coder")
    assert not [table for table in page.dataframe if "interaction_id" in table.value]
    page.pills(key="failure-cause").set_value(0).run()
    assert not page.exception
    (table,) = [table.value for table in page.dataframe if "interaction_id" in table.value]
    assert len(table) == min(cause.interactions, 100)
    assert f"Rated badly: {cause.interactions} interactions, {cause.people} people" in said(page)


def test_one_interaction_is_told_in_full(company: Warehouse) -> None:
    """From a row of the failures to everything that is known of it."""

    def script(store: object, product: str, interaction: str) -> None:
        from pages.parts.interaction import interaction as draw_it

        draw_it(store, product, interaction)

    name = str(company.value("SELECT min(interaction_id) FROM interactions WHERE product_id = 'coder'"))
    page = AppTest.from_function(script, args=(company, "coder", name), default_timeout=60).run()
    assert not page.exception
    told = page.dataframe[0].value
    assert dict(zip(told["Field"], told["Value"], strict=True))["interaction_id"] == name


def test_the_release_that_broke_it_stands_out(company: Warehouse) -> None:
    """Before and after are held against each other; a clear drop is called worse, with its interval and days."""
    page = draw(company, "broken")
    (table,) = [table.value for table in page.dataframe if "Difference" in table.value]
    (row,) = table.to_dict("records")
    assert list(row["Task success"]) == ["▼ Worse"]
    assert row["Version"] == "2.0"
    assert row["Difference"].startswith("-")
    assert "index: Longer chunks." in row["What changed"]
    assert "Not causal" in said(page)


def test_a_product_without_releases_says_so_and_gives_a_template(shown: Shown) -> None:
    """Nothing registered is a sentence and a file to fill in, not an empty table."""
    page = shown.page
    assert "No release of this product is registered." in said(page)
    assert "Template: releases" in [button.label for button in page.get("download_button")]


def test_only_the_open_tab_is_drawn_and_each_can_be_opened(company: Warehouse) -> None:
    """Decisions with names, requirements with their state, and honest sentences where nothing is loaded."""
    words = said(opened(company, "chat"))
    assert "Who decided what" not in words
    decisions = opened(company, "chat", "Decisions")
    (table,) = [table.value for table in decisions.dataframe if "Numbers proposed" in table.value]
    assert table.to_dict("records")[0]["Who"] == "Eva Berg"
    wanted = opened(company, "chat", "Requirements")
    (table,) = [table.value for table in wanted.dataframe if "Requirement" in table.value]
    assert table.to_dict("records")[0]["State"] == "– No check named"
    for tab, lacking in (
        ("Errors", "Template: eval results"), ("Context", "Template: topics"), ("Experts", "Template: tickets"),
        ("Cost and value", "Template: costs"),
    ):  # fmt: skip
        assert lacking in [button.label for button in opened(company, "coder", tab).get("download_button")], tab
    assert "Planned: the process asks" in said(opened(company, "chat", "Escalations"))


def test_evals_retention_backlog_and_the_change_are_one_tab_each(company: Warehouse) -> None:
    """The runs with Wilson's interval and the newest against the one before; who came back a week later; the failed
    cases and open gaps; the change from the four weeks before as a sum of rates and mix, with a workbook each.
    """
    low, high = proportion_confint(PASSED["r2"], 40, method="wilson")
    words = said(opened(company, "chat", "Evals", 4))
    assert f"22 Sep 2026: 90.0% ({100 * low:.1f}–{100 * high:.1f}), 40 cases." in words
    assert "+15.0 pp (+" in words
    assert "over the same 40 cases: more than chance, McNemar p 0.031." in words
    page = opened(company, "chat", "Backlog", 4)
    words = said(page)
    assert "4 failed eval cases and 14 open gaps" in words
    (table,) = [table.value for table in page.dataframe if "Failed cases" in table.value]
    assert table.to_dict("records")[0]["Failed cases"] == "4 of 40"
    page = opened(company, "chat", "Why it changed", 4)
    words = said(page)
    assert "Task success changed by" in words
    (table,) = [table.value for table in page.dataframe if "By its mix" in table.value]
    parts = [float(row["Together"]) for row in table.to_dict("records")]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.1 * len(parts))
    assert {"Download CSV", "XLSX"} <= {button.label for button in page.get("download_button")}
    few, *_ = _returned(company, 4)
    assert f"{few} people with a name began in this period: fewer than 10" in said(
        opened(company, "chat", "Retention", 4)
    )


def test_who_came_back_is_counted_week_by_week(company: Warehouse) -> None:
    """A week after they began: the share, of how many people, and each cohort in the table beside."""
    page = opened(company, "chat", "Retention")
    began, old, back = _returned(company, 12)
    assert f"Week 1: {percent(back / old)}" in said(page)
    assert f"of {old} people" in said(page)
    (cohorts,) = [table.value for table in page.dataframe if "People" in table.value]
    assert sum(cohorts["People"]) == began


def _returned(store: Warehouse, weeks: int) -> tuple[int, int, int]:
    """The people of chat who began in the last weeks, those of them who began so early that a whole week follows, and
    those of these who were there in it, counted day by day.
    """
    until = default_scope(store).until
    seen: dict[object, set[date]] = {}
    for row in store.rows("SELECT unit_id, day FROM interactions WHERE product_id = 'chat'"):
        when = row["day"]
        assert isinstance(when, date)
        seen.setdefault(row["unit_id"], set()).add(when - timedelta(days=when.weekday()))
    running = until + timedelta(days=1) - timedelta(days=(until + timedelta(days=1)).weekday())
    first = until - timedelta(days=7 * weeks - 1)
    firsts = {person: min(each) for person, each in seen.items()}
    began = {who: week for who, week in firsts.items() if week + timedelta(days=6) >= first and week < running}
    old = [who for who, week in began.items() if week + timedelta(days=7) < running]
    return len(began), len(old), sum(began[who] + timedelta(days=7) in seen[who] for who in old)


def test_how_computed_tells_the_statement_of_a_table(company: Warehouse) -> None:
    """A table that is no reading says what it counts and leaves out, and the statement as it runs."""
    page = opened(company, "chat", "Evals")
    page.session_state["workings"] = "SQL"
    page.button(key="worked-eval runs").click().run()
    assert not page.exception, page.exception
    assert "Eval runs" in said(page)
    assert any("eval_results" in code.value and code.value.startswith("WITH") for code in page.code)


def test_how_computed_opens_for_the_numbers_of_a_panel(company: Warehouse) -> None:
    """Each share of the funnel and of the band has its definition and SQL one click away."""
    page = draw(company)
    page.button(key="how-funnel-adoption.habit").click().run()
    assert not page.exception
    assert "three distinct ISO weeks" in said(page)
    assert page.code[0].value.startswith("WITH")


def test_a_product_that_nobody_measured_has_no_numbers(described: Path, tmp_path: Path) -> None:
    """A registered product without data: sentences and templates, no zero anywhere."""
    copy_warehouse(described, tmp_path / described.name)
    store = Warehouse.open(tmp_path / described.name, clock=lambda: NOON)
    with store.write("registry", "Ann") as tx:
        save(tx, [Product(product_id="idea", name="Idea")], "Ann")
    page = draw(store, "idea")
    store.close()
    assert not page.metric
    assert "Whether Idea gets better cannot be said" in said(page)
    assert "No data about idea has been loaded" in said(page)


def test_an_empty_warehouse_says_what_to_load(store: Warehouse) -> None:
    """Without data there is no number on the page, but what to load and a template of every kind of record."""
    page = draw(store, None)
    assert not page.metric
    assert "nothing has been loaded" in said(page)
    assert len(page.get("download_button")) == 6


def test_data_of_no_registered_product_show_no_product(store: Warehouse, tmp_path: Path) -> None:
    """Data were loaded and nothing is registered: the page says what to do."""
    file = tmp_path / "usage.csv"
    file.write_bytes(usage((Made("unheard-of", 12, 0.8, 0.1),)))
    assert load(store, file, who="Ann").status == "published"
    page = draw(store, None)
    assert "belong to no registered product" in said(page)
    assert not page.metric
