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
    assert (old.definition_hash, old.current) == (before["task_success"][0].definition_hash, False)
    assert old.first is not None
    assert (new.current, new.first) == (True, None)
