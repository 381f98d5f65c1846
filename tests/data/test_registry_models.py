import typing
from datetime import UTC, date, datetime, time, timedelta, timezone
from types import UnionType

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from data.economics import Cost
from data.facts import FACTS
from data.operation import FactName, Feed, Mapping, Setting
from data.people import CalendarDay, Member, PersonRecord, Topic
from data.portfolio import Initiative, Pilot, Product, Release
from data.record import Record
from data.registry import MODELS, REGISTRY, TRACKING
from data.settings import settings
from data.warehouse import Warehouse

SQL = {str: "VARCHAR", float: "DOUBLE", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMP", time: "TIME"}


def stored_as(field: FieldInfo) -> tuple[str, bool]:
    """(SQL type, whether it may be NULL) of a field, read from its annotation."""
    parts = [field.annotation]
    if typing.get_origin(field.annotation) in (typing.Union, UnionType):
        parts = list(typing.get_args(field.annotation))
    nullable = type(None) in parts
    inner = next(part for part in parts if part is not type(None))
    limits = list(field.metadata)
    if typing.get_origin(inner) is typing.Annotated:
        inner, *more = typing.get_args(inner)
        limits += [limit for known in more for limit in getattr(known, "metadata", [known])]
    if typing.get_origin(inner) is typing.Literal:
        inner = str
    if inner is int:
        most = [limit.le for limit in limits if hasattr(limit, "le")]
        wide = not most or max(most) >= 2**31
        return ("BIGINT" if wide else "INTEGER"), nullable
    assert isinstance(inner, type)
    return SQL[inner], nullable


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_model_and_table_agree(store: Warehouse, model: type[Record]) -> None:
    """Each registry table has the model's columns in the model's order, of its types, NULL where it may be nothing."""
    columns = store.rows(
        "SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM duckdb_columns()"
        " WHERE table_name = ? ORDER BY column_index",
        [model.table],
    )
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    expected = [(name, *stored_as(fields[name])) for name in model.columns()[:-1]]
    expected += [("valid_from", "DATE", False), ("valid_to", "DATE", True)]
    expected += [("changed_by", "VARCHAR", False), ("changed_at", "TIMESTAMP", False)]
    assert [tuple(column.values()) for column in columns] == expected
    assert set(model.natural_key) <= set(fields)
    assert set(model.people) <= set(fields)


def test_every_dated_table_has_a_model(store: Warehouse) -> None:
    """No table with a history is without a model, and no model without a table."""
    dated = store.rows("SELECT table_name AS name FROM duckdb_columns() WHERE column_name = 'valid_to'")
    assert {row["name"] for row in dated} == set(REGISTRY)
    assert TRACKING == ("valid_from", "valid_to", "changed_by", "changed_at")


def test_feeds_know_every_fact() -> None:
    """A feed can be declared for each fact table there is."""
    assert set(typing.get_args(FactName)) == set(FACTS)


@pytest.mark.parametrize("bad", ["a:b", "a\x00b", "a\nb", "", "x" * 201, "a\x85b"])
def test_ids_are_plain(bad: str) -> None:
    """An id has no colon, no control character and no excessive length, and is not empty."""
    with pytest.raises(ValidationError):
        Product(product_id=bad, name="x")


def test_rows_are_frozen_and_strict_about_columns() -> None:
    """A row cannot be changed in place, and an unknown column is refused."""
    product = Product(product_id="a", name="A")
    with pytest.raises(ValidationError):
        product.name = "B"
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Product.model_validate({"product_id": "a", "name": "A", "colour": "red"})


def test_what_a_spreadsheet_gives_is_understood() -> None:
    """Numbers as ids, blanks, dates with a midnight, and words for yes come out as what they mean."""
    member = Member.model_validate(
        {
            "product_id": 7,
            "user_id": " ada ",
            "pilot_id": "  ",
            "granted_on": datetime(2026, 1, 5),
            "is_champion": "yes",
        }
    )
    assert member == Member(product_id="7", user_id="ada", granted_on=date(2026, 1, 5), is_champion=True)
    assert Product.model_validate({"product_id": "a", "name": "A", "class": "chat"}).row()["class"] == "chat"


def test_moments_become_naive_utc() -> None:
    """A moment with an offset is stored as naive UTC; one without is taken as UTC."""
    east = timezone(timedelta(hours=3))
    made = [
        Release(product_id="a", service_version="1", kind="model", released_at=at).released_at
        for at in (datetime(2026, 1, 1, 12, tzinfo=east), datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, 9))
    ]
    assert made == [datetime(2026, 1, 1, 9)] * 3


@pytest.mark.parametrize(
    ("model", "row", "said"),
    [
        (Pilot, {"pilot_id": "p", "product_id": "a", "name": "P", "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
         "ends_on 2026-01-01 must not be before starts_on 2026-02-01"),
        (Member, {"product_id": "a", "user_id": "u", "granted_on": "2026-02-01", "left_on": "2026-01-01"}, "left_on"),
        (Cost, {"product_id": "a", "month": "2026-02-02", "kind": "tokens", "amount_microusd": 1}, "first day"),
        (CalendarDay, {"calendar_id": "c", "day": "2026-02-02", "opens": "09:00"}, "given together"),
        (CalendarDay, {"calendar_id": "c", "day": "2026-02-02", "opens": "09:00", "closes": "08:00"}, "must be after"),
        (Mapping, {"source_system": "s", "field": "f", "match": "regex", "pattern": "(", "target": "product_id",
                   "value": "a"}, "not a regular expression"),
        (Setting, {"key": "levl", "value": "0.9"}, "Did you mean 'level'"),
        (Setting, {"key": "level", "value": "95"}, "less than 1"),
        (Setting, {"key": "reporting_zone", "value": "Mars/Base"}, "IANA time zone"),
        (Initiative, {"initiative_id": "i", "name": "I", "expected_value": "nan"}, "finite"),
        (Topic, {"topic_id": "t", "name": "T", "weight": -1}, "greater than or equal to 0"),
        (Feed, {"product_id": "a", "fact": "clicks", "cadence_days": 1}, "interactions"),
        (PersonRecord, {"user_id": "u", "kind": "robot"}, "service"),
    ],
)  # fmt: skip
def test_impossible_rows_are_refused(model: type[Record], row: dict[str, object], said: str) -> None:
    """What cannot be is refused with what was expected."""
    with pytest.raises(ValidationError, match=said):
        model.model_validate(row)


def test_settings_have_defaults_and_stored_values(store: Warehouse) -> None:
    """A setting that nobody stored has its default; a stored text is read as what the setting is."""
    assert settings(store).level == 0.95
    with store.write("settings", "ada") as tx:
        for key, value in (("level", "0.9"), ("pseudonymise", "false"), ("reporting_zone", "Asia/Tokyo")):
            tx.run("INSERT INTO settings VALUES (?, ?, DATE '2026-01-01', NULL, 'ada', ?)", [key, value, tx.at])
    found = settings(store)
    assert (found.level, found.pseudonymise) == (0.9, False)
    assert found.day_of(datetime(2026, 10, 5, 15, 0)) == date(2026, 10, 6)
