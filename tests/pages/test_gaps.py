"""Context gaps as a person sees them: over own data, over data without knowledge, over nothing, and with one person."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.people import PersonRecord, Topic
from data.portfolio import Product
from data.registry_store import save
from data.warehouse import Warehouse
from loaders.ingest import load
from metrics import default_scope
from metrics.gap_topics import gap_topics
from tests.conftest import NOON
from tests.pages.conftest import draw
from tests.pages.test_portfolio import said

FIRST = date(2026, 8, 3)


def text(rows: list[dict[str, object]]) -> bytes:
    """The rows as CSV of the canonical format."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def talks(people: int) -> list[dict[str, object]]:
    """Each person asks about two topics on twenty days; every third answer about leave fails."""
    return [
        {"interaction_id": f"{person}-{n}-{topic}", "occurred_at": f"{FIRST + timedelta(days=n)}T09:00:00Z",
         "product_id": "hr", "user_id": f"u{person}@example.com", "session_id": f"{person}-{n}-{topic}",
         "topic_id": topic, "outcome": "failed" if topic == "leave" and (n + person) % 3 == 0 else "confirmed",
         "outcome_source": "rating", "error": "false"}
        for person in range(people) for n in range(20) for topic in ("leave", "travel")
    ]  # fmt: skip


def tickets() -> list[dict[str, object]]:
    """Fourteen gaps about leave: twelve answered after four hours, one of them documented, two waiting."""
    found: list[dict[str, object]] = []
    for n in range(14):
        at = datetime.combine(FIRST + timedelta(days=n), datetime.min.time()).replace(hour=10)
        answered = n < 12
        found.append({
            "ticket_id": f"T{n}", "opened_at": f"{at.isoformat()}Z", "product_id": "hr", "topic_id": "leave",
            "kind": "context_gap", "status": "done" if answered else "new",
            "first_response_at": f"{(at + timedelta(hours=4)).isoformat()}Z" if answered else "",
            "resolved_at": f"{(at + timedelta(hours=4)).isoformat()}Z" if answered else "",
            "documented_at": f"{(at + timedelta(days=1)).isoformat()}Z" if n == 3 else "",
            "requester_id": f"u{n}@example.com", "assignee_id": "eva" if answered else "",
            "linked_interaction_id": f"0-{n}-leave",
        })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def people_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A product with two topics, twelve people and fourteen gaps."""
    folder = tmp_path_factory.mktemp("office")
    store = Warehouse.create(folder / "plumbline.duckdb", clock=lambda: NOON)
    for name, rows in (("talks", talks(12)), ("tickets", tickets())):
        (folder / f"{name}.csv").write_bytes(text(rows))
        outcome = load(store, folder / f"{name}.csv", who="Ann")
        assert outcome.status == "published", outcome.messages
    with store.write("registry", "Ann") as tx:
        save(tx, [
            Product(product_id="hr", name="HR *helper*"),
            PersonRecord(user_id="eva", display_name="Eva"),
            Topic(
                topic_id="leave", product_id="hr", name="Parental [leave]", required=True, sme_id="eva", approved=False
            ),
            Topic(topic_id="travel", product_id="hr", name="Travel", required=True, approved=True, indexed_at=NOON),
        ], "Ann")  # fmt: skip
    yield store
    store.close()


@pytest.fixture(scope="module")
def page(people_office: Warehouse) -> AppTest:
    """The page over it, drawn once."""
    return draw("gaps", people_office)


def test_the_first_line_says_what_blocks_who_answers_and_whether_it_helped(
    page: AppTest, people_office: Warehouse
) -> None:
    """The topic with a known gap, its blocked tasks as the metrics count them, its expert, and what waits."""
    each = gap_topics(people_office, default_scope(people_office))[0][0]
    first = page.markdown[0].value.replace("\\", "")
    assert first.startswith(
        f"**Parental [leave] (HR *helper*) first: {each.blocked} of 240 tasks about it were blocked; missing,"
        " kept by Eva."
    )
    assert each.blocked == sum(row["topic_id"] == "leave" and row["outcome"] == "failed" for row in talks(12))
    assert "2 gaps wait for an answer, the oldest for" in first


def test_each_table_shows_interval_n_type_of_gap_and_downloads(page: AppTest) -> None:
    """Ranking, board, loop, experts, answers and matrix are there, each as CSV too, and every chart has a text."""
    tables = [frame.value for frame in page.dataframe]
    ranked = next(table for table in tables if "Type of gap" in table.columns and "Blocked" in table.columns)
    assert list(ranked["Type of gap"]) == ["✕ Missing"]
    assert "12 people" in ranked["Share of its tasks"][0]
    assert "–" in ranked["Share of its tasks"][0]
    experts = next(table for table in tables if "Keeps topics" in table.columns)
    assert set(experts["Expert"]) == {"Eva", "nobody"}
    assert experts.set_index("Expert").loc["Eva", "Median"].startswith("4.0 h (")
    board = next(table for table in tables if "Days there" in table.columns)
    assert sorted(board["Ticket"]) == ["T12", "T13"]
    charts = page.get("plotly_chart")
    assert charts
    assert all(chart.proto.alt for chart in charts)
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels.count("Download CSV") >= 6


def test_the_other_topics_and_columns_are_one_click_away(people_office: Warehouse) -> None:
    """All topics shows those that block without a known gap; a column of the board its gaps."""
    page = draw("gaps", people_office)
    page.button_group(key="gap-column").set_value("documented").run()
    assert not page.exception
    board = next(frame.value for frame in page.dataframe if "Days there" in frame.value.columns)
    assert list(board["Ticket"]) == ["T3"]


def test_data_without_topics_or_tickets_say_what_to_load(company: Warehouse) -> None:
    """Use alone: no number is made up, and topics and tickets are asked for with their templates."""
    page = draw("gaps", company)
    words = said(page)
    assert "cannot be said: no topic is registered and none is asked about." in words
    assert "No ticket about a context gap has been loaded." in words
    labels = {button.proto.label for button in page.get("download_button")}
    assert {"Template: topics", "Template: tickets"} <= labels


def test_nothing_and_one_person(store: Warehouse, tmp_path: Path) -> None:
    """An empty warehouse leads to the Data page; with one person a share has no interval."""
    assert "nothing has been loaded" in said(draw("gaps", store))
    (tmp_path / "one.csv").write_bytes(text(talks(1)))
    assert load(store, tmp_path / "one.csv", who="Ann").status == "published"
    with store.write("registry", "Ann") as tx:
        save(tx, [Product(product_id="hr", name="HR")], "Ann")
    page = draw("gaps", store)
    ranked = next(frame.value for frame in page.dataframe if "Share of its tasks" in frame.value.columns)
    failed = sum(row["outcome"] == "failed" for row in talks(1))
    assert list(ranked["Share of its tasks"]) == [f"{100 * failed / 20:.1f}%, 1 person"]
