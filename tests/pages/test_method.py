"""The Method page as a person without a browser sees it, and what it stands on."""

from data.people import PersonRecord
from data.registry_store import save
from data.warehouse import Warehouse
from metrics import CATALOG
from metrics.method import definitions
from metrics.readings_log import publish
from tests.pages.conftest import draw


def test_every_definition_is_there_and_can_be_searched(store: Warehouse) -> None:
    """An empty warehouse has all definitions; a search leaves those that hold every word."""
    page = draw("method", store)
    assert page.markdown[0].value.startswith(f"**{len(CATALOG)} numbers are defined; 0 of them changed")
    (found,) = [table.value for table in page.dataframe if "Question" in table.value]
    assert list(found["Name"]) == list(CATALOG)
    for name in ("roi", "task_success", "adoption"):
        page.selectbox(key="chosen-metric").set_value(name).run()
        assert page.header[0].value == CATALOG[name].title
    page.text_input(key="method-words").set_value("kaplan-meier backlog-free").run()
    assert not page.exception
    assert "No definition mentions" in page.markdown[-1].value
    page.text_input(key="method-words").set_value("censored p90").run()
    assert not page.exception
    (few,) = [table.value for table in page.dataframe if "Question" in table.value]
    assert "sme_response_time.p90" in list(few["Name"])
    assert "task_success" not in list(few["Name"])
    (tables,) = [table.value for table in page.dataframe if "Counts" in table.value]
    assert "Experts" in list(tables["Title"])
    assert "Availability" not in list(tables["Title"])


def test_each_metric_says_its_own_interval_and_what_it_leaves_out(store: Warehouse) -> None:
    """No metric has the text of another kind: units, settings and what is not counted are its own."""
    found = {each.metric.name: each for each in definitions(store)}
    assert all(each.left_out.endswith(".") and each.interval.endswith(".") for each in found.values())
    assert "Leave one person out" in found["task_success"].interval
    assert "under 30% of the tasks" in found["task_success"].interval
    assert "never decides" in found["hallucination_rate.judged"].interval
    assert "inverted at its median" in found["sme_response_time"].interval
    assert "90th percentile" in found["sme_response_time.p90"].interval
    assert "at 16 business hours" in found["sme_response_time.within_sla"].interval
    assert "each of the required topics is counted" in found["context_coverage"].interval
    assert "vendor" in found["adoption.stated_weekly"].interval
    assert found["roi.chance"].interval != found["roi"].interval
    assert "whose end nobody knows" in found["task_success"].left_out
    assert "whose end nobody knows" not in found["task_success.worst"].left_out
    assert "Incidents" in found["sme_response_time.p90"].left_out
    assert "nobody audited" in found["hallucination_rate"].left_out
    assert "escalation window" in found["escalation_rate.planned"].left_out
    assert len({each.left_out for each in found.values()}) > 8


def test_a_changed_definition_keeps_its_earlier_version(company: Warehouse) -> None:
    """A setting that a definition depends on makes another version of it; what was published stays dated."""
    publish(company, "Ann")
    before = {each.metric.name: each.versions for each in definitions(company)}
    assert all(version.current for version in before["task_success"])
    with company.write("test", "Ann") as tx:
        save(tx, [PersonRecord(user_id="x")], "Ann")
        tx.run(
            "INSERT INTO settings (key, value, valid_from, changed_by, changed_at)"
            " VALUES ('level', '0.9', DATE '2026-01-01', 'Ann', TIMESTAMP '2026-01-01 00:00:00')"
        )
    after = {each.metric.name: each.versions for each in definitions(company)}
    old, new = after["task_success"]
    page = draw("method", company)
    page.selectbox(key="chosen-metric").set_value("task_success").run()
    (versions,) = [table.value for table in page.dataframe if "First published" in table.value]
    assert sorted(versions["First published"]) == ["2026-10-05 12:00 UTC", "never"]
    assert (old.definition_hash, old.current) == (before["task_success"][0].definition_hash, False)
    assert old.first is not None
    assert (new.current, new.first) == (True, None)
