"""Reliability as a person sees it: over own data, over nothing, and with one person."""

from datetime import datetime, timedelta
from pathlib import Path

from streamlit.testing.v1 import AppTest

from data.operation import Incident
from data.portfolio import Product, Scenario
from data.registry_store import save
from data.warehouse import Warehouse
from loaders.ingest import load
from metrics import Scope
from tests.metrics.company import Company, day, use
from tests.pages.conftest import draw
from tests.pages.test_gaps import talks, text
from tests.pages.test_portfolio import said

BEGUN = datetime(2026, 9, 20, 9)


def test_the_page_answers_and_shows_every_part(company: Warehouse, tmp_path: Path) -> None:
    """Own data with times, modes and an open incident nobody owns: each part has its number, its text, its download."""
    rows = [{**row, "duration_ms": 900, "scenario_id": "sign", "mode": "autonomous" if n == 0 else "assist"}
            for n, row in enumerate(talks(12))]  # fmt: skip
    (tmp_path / "hr.csv").write_bytes(text(rows))
    assert load(company, tmp_path / "hr.csv", who="Ann").status == "published"
    with company.write("registry", "Ann") as tx:
        save(tx, [
            Product(product_id="hr", name="A *helper*"),
            Scenario(scenario_id="sign", product_id="hr", name="Sign", human_review_required=True),
            Incident(incident_id="i1", product_id="hr", started_at=BEGUN, summary="Slow", severity="s3"),
            Incident(incident_id="i2", product_id="hr", started_at=BEGUN, restored_at=BEGUN + timedelta(hours=3),
                     summary="Slow", severity="s3", prevention="An alarm."),
        ], "Ann")  # fmt: skip
    page = draw("reliability", company)
    words = said(page)
    assert page.markdown[0].value.replace("\\", "").startswith("**A *helper*: 0.0%")
    assert "1 incident open, 1 without an owner." in words
    assert "p50 " in words
    assert f"over {len(rows)} interactions" in words
    assert "1 interaction ran without one." in words
    tables = [frame.value for frame in page.dataframe]
    review = next(table for table in tables if "Reviewed" in table.columns)
    assert review["Reviewed"][0].startswith(f"{100 * (len(rows) - 1) / len(rows):.1f}% (")
    owners = next(table for table in tables if "Prevention" in table.columns)
    assert list(owners["State"]) == ["✕ Open", "✓ Restored"]
    assert owners["Owner"][0] == "✕ Nobody"
    drift = next(table for table in tables if "Alarms" in table.columns)
    assert set(drift["State"]) == {"– Not watched"}
    assert all(chart.proto.alt for chart in page.get("plotly_chart"))
    assert [metric.value for metric in page.metric if metric.label == "Slots that went well"] == ["100.0%"]


def test_the_control_chart_says_what_left_its_limits(store: Warehouse) -> None:
    """Eight weeks of ten failures in two hundred a day, then one day of thirty: that day is named, each is a row."""
    Company(store).sells("chat").has("user_days", [
        use(f"p{n}", day(k), interactions=10, tasks=10, technical_errors=(k == 60) + (n % 2))
        for k in range(70) for n in range(20)
    ])  # fmt: skip

    def script(store: object, scope: object) -> None:
        from pages.parts.limits import limits_of

        limits_of(store, scope)

    scope = Scope(since=day(0), until=day(69), products=("chat",))
    page = AppTest.from_function(script, args=(store, scope), default_timeout=60).run()
    assert not page.exception
    bad = day(60)
    first = page.markdown[0].value.replace("\\", "")
    assert first == f"**1 day of 14 left the limits around the 5.0% of its first 56 days: {bad.day} {bad:%b %Y} (up).**"
    (table,) = [frame.value for frame in page.dataframe]
    assert [row["Of"] for row in table.to_dict("records")] == [200] * 14
    assert {row["Failed"] for row in table.to_dict("records") if row["Left the limits"] == "up"} == {30}


def test_nothing_and_one_person(store: Warehouse, tmp_path: Path) -> None:
    """An empty warehouse leads to the Data page; with one person and no times the parts say what to load."""
    assert "nothing has been loaded" in said(draw("reliability", store))
    (tmp_path / "one.csv").write_bytes(text(talks(1)))
    assert load(store, tmp_path / "one.csv", who="Ann").status == "published"
    with store.write("registry", "Ann") as tx:
        save(tx, [Product(product_id="hr", name="HR")], "Ann")
    page = draw("reliability", store)
    words = said(page)
    assert "No source says how long interactions took." in words
    assert "No scenario with use in this period requires human review." in words
    assert "No incident of this product touches the period." in words
    labels = {button.proto.label for button in page.get("download_button")}
    assert {"Template: interactions", "Template: scenarios", "Template: incidents"} <= labels
