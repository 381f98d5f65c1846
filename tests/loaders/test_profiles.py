"""Foreign files read through what somebody said of their columns: the same contract, the same accounting."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from loaders import profile_shelf
from loaders.format import Options, Refused
from loaders.ingest import load, look_at
from loaders.profiles import Profile, fingerprint, fitting, translated
from loaders.undo import undo
from tests.loaders import foreign
from tests.loaders.files import csv_text


def stored(store: Warehouse) -> list[dict[str, object]]:
    """The interactions that were stored, in the order of their ids."""
    return store.rows(
        "SELECT interaction_id, occurred_at, product_id, cost_microusd, duration_ms, outcome, escalated, source_system"
        " FROM interactions ORDER BY length(interaction_id), interaction_id"
    )


def expected(count: int) -> list[dict[str, object]]:
    """The same, reckoned from how the file was made."""
    found: list[dict[str, object]] = []
    for number in range(count):
        at = foreign.FIRST + timedelta(days=number, hours=number % 8)
        found.append({
            "interaction_id": f"a{number}", "occurred_at": at.astimezone(UTC).replace(tzinfo=None),
            "product_id": "assistent", "cost_microusd": number * 100, "duration_ms": number * 1000 + 500,
            "outcome": "confirmed" if number % 3 else "failed", "escalated": number % 5 == 0,
            "source_system": f"mapped-{fingerprint(foreign.HEADER)[:8]}",
        })  # fmt: skip
    return found


def test_a_foreign_file_is_read_through_its_mapping(store: Warehouse, tmp_path: Path) -> None:
    """Order of the day, decimal comma, units, words and the time zone become the contract's; the rest is refused with
    what stood in the file, and every record is accounted for.
    """
    bad = "x1;32.11.2026 10:20;u@example.com;assistent;0,5;2;vielleicht;ja;x"
    path = foreign.write(tmp_path / "a.csv", 20, "", bad)
    outcome = load(store, path, who="ada", profile=foreign.profile())
    assert (outcome.status, outcome.rows_read, outcome.accepted, outcome.quarantined, outcome.blank) == (
        "published", 22, 20, 1, 1,
    )  # fmt: skip
    assert stored(store) == expected(20)
    refused = store.rows("SELECT line, column_name, value FROM quarantine ORDER BY column_name")
    assert refused == [
        {"line": 23, "column_name": "occurred_at", "value": "32.11.2026 10:20"},
        {"line": 23, "column_name": "outcome", "value": "vielleicht"},
    ]
    undo(store, str(outcome.load_id), "ada")
    assert stored(store) == []


def test_a_saved_profile_reads_every_file_with_its_header(store: Warehouse, tmp_path: Path) -> None:
    """Once saved, a file with the same columns in any order is recognised through the profile, which is named; one with
    another header is not; forgotten, it reads none. The same file twice is still one load.
    """
    profile_shelf.save(store, foreign.profile(), "Kundenportal", "ada")
    turned = [dict(zip(foreign.HEADER, line.split(";"), strict=False)) for line in foreign.lines(5)]
    path = tmp_path / "b.csv"
    path.write_text(csv_text(turned, delimiter=";", columns=reversed(foreign.HEADER)), encoding="utf-8")
    outcome = load(store, path, who="ada")
    assert outcome.status == "published", outcome.messages
    assert any('the profile "Kundenportal"' in message for message in outcome.messages)
    assert stored(store) == expected(5)
    again = load(store, path, who="ada")
    assert again.status == "refused"
    assert "Already loaded" in again.messages[0]
    other = tmp_path / "c.csv"
    other.write_text("Anfrage-ID;Zeitstempel\na1;31.10.2026 09:15\n", encoding="utf-8")
    assert "not recognised" in load(store, other, who="ada").messages[0]
    profile_shelf.forget(store, "Kundenportal", "bea")
    assert "not recognised" in load(store, foreign.write(tmp_path / "d.csv", 6), who="ada").messages[0]
    kept = store.rows("SELECT name, saved_by, ended_by FROM profiles")
    assert kept == [{"name": "Kundenportal", "saved_by": "ada", "ended_by": "bea"}]


def test_the_kinds_of_file_agree(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """CSV, JSON lines and Parquet with the same foreign columns give the same rows."""
    rows = [dict(zip(foreign.HEADER, line.split(";"), strict=False)) for line in foreign.lines(7)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for file in (foreign.write(tmp_path / "a.csv", 7), tmp_path / "a.jsonl", tmp_path / "a.parquet"):
        store = fresh()
        outcome = load(store, file, who="ada", profile=foreign.profile())
        assert outcome.accepted == 7, outcome.messages
        assert stored(store) == expected(7)
        store.close()


def test_what_the_person_says_now_goes_before_the_profile(store: Warehouse, tmp_path: Path) -> None:
    """The time zone and the values stated for one load replace those of the profile."""
    said = Options(timezone="UTC", values={"source_system": "portal"})
    made = replace(foreign.profile(), constants={"mode": "assist"})
    load(store, foreign.write(tmp_path / "a.csv", 1), who="ada", options=said, profile=made)
    (row,) = store.rows("SELECT occurred_at, source_system, mode FROM interactions")
    assert row == {"occurred_at": datetime(2026, 10, 20, 9, 15), "source_system": "portal", "mode": "assist"}


def test_one_header_has_one_profile(store: Warehouse) -> None:
    """A second name for the same header is refused, the same name replaces, and what was replaced stays on record."""
    profile_shelf.save(store, foreign.profile(), "Portal", "ada")
    with pytest.raises(Refused, match='through the profile "Portal" already'):
        profile_shelf.save(store, foreign.profile(), "Other", "ada")
    profile_shelf.save(store, replace(foreign.profile(), timezone="UTC"), "Portal", "bea")
    assert [each.timezone for each in profile_shelf.kept(store)] == ["UTC"]
    assert store.value("SELECT count(*) AS n FROM profiles") == 2
    with pytest.raises(Refused, match="Did you mean 'Portal'"):
        profile_shelf.named(store, "Protal")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "interaction"}, "Did you mean 'interactions'"),
        ({"columns": {"interaction_id": "Anfrage-ID"}}, "needs occurred_at"),
        ({"columns": {**foreign.profile().columns, "outcom": "Ergebnis"}}, "Did you mean 'outcome'"),
        ({"factors": {"outcome": 10}}, "cannot be multiplied"),
        ({"words": {"outcome": {"gut": "confirmd"}}}, "Did you mean 'confirmed'"),
        ({"words": {"user_id": {"x": "y"}}}, "no list of words"),
        ({"day_order": "ydm"}, "no way to write a day"),
        ({"timezone": "Europe/Berlni"}, "Did you mean 'Europe/Berlin'"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    """What the contract does not have is named with the nearest thing it has."""
    with pytest.raises(Refused) as caught:
        replace(foreign.profile(), **change).checked()  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_file_without_a_column_of_the_profile_is_refused(store: Warehouse, tmp_path: Path) -> None:
    """The missing column is named with the nearest one that is there, and nothing is changed."""
    path = tmp_path / "a.csv"
    path.write_text("Anfrage-ID;Zeitstempl\na1;31.10.2026\n", encoding="utf-8")
    outcome = load(store, path, who="ada", profile=foreign.profile())
    assert outcome.status == "refused"
    assert "Did you mean 'Zeitstempl'" in outcome.messages[0]
    assert store.value("SELECT count(*) AS n FROM loads") == 0


def test_the_sample_shows_what_stands_in_a_file(store: Warehouse, tmp_path: Path) -> None:
    """Columns in their order with their first values, and nothing is left behind."""
    found = look_at(store, foreign.write(tmp_path / "a.csv", 3))
    assert found.columns == foreign.HEADER
    assert found.of("Kosten") == ("0,0000", "0,0001", "0,0002")
    assert not [*(store.side / "staging").iterdir(), *(store.side / "uploads").iterdir()]
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\nx")
    with pytest.raises(Refused, match="no table"):
        look_at(store, tmp_path / "b.pdf")


DB = duckdb.connect()
MADE = Profile(
    "", "interactions", "", {}, {"cost_microusd": 1_000_000, "duration_ms": 1_000},
    {"outcome": {"gut": "confirmed", "it's": "failed"}},
)  # fmt: skip


def said(made: Profile, name: str, cell: str) -> object:
    """What a cell becomes."""
    return DB.execute(f"SELECT {translated(made, name, 'cell')} FROM (SELECT ? AS cell)", [cell]).fetchall()[0][0]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.sampled_from("./-"), st.sampled_from(["dmy", "mdy"])
)
def test_every_moment_survives_its_writing(moment: datetime, mark: str, order: str) -> None:
    """Day or month first, with any of the marks, with and without seconds: the same moment comes back."""
    made = replace(MADE, day_order=order)
    form = mark.join(["%d", "%m", "%Y"] if order == "dmy" else ["%m", "%d", "%Y"])
    for clock, kept in (("%H:%M:%S.%f", moment), ("%H:%M:%S", moment.replace(microsecond=0)),
                        ("%I:%M %p", moment.replace(second=0, microsecond=0))):  # fmt: skip
        text = said(made, "occurred_at", moment.strftime(f"{form} {clock}"))
        assert datetime.fromisoformat(str(text)) == kept
    day = replace(made, table="usage_daily")
    assert date.fromisoformat(str(said(day, "day", moment.strftime(form)))) == moment.date()


@given(st.integers(10**9, 2 * 10**9))
def test_seconds_since_1970_are_utc(seconds: int) -> None:
    """An epoch in seconds or milliseconds is the moment Python makes of it."""
    expected = datetime.fromtimestamp(seconds, UTC)
    for order, cell in (("epoch", f"{seconds}"), ("epoch_ms", f"{seconds}000"), ("epoch", f"{seconds}.0")):
        text = str(said(replace(MADE, day_order=order), "occurred_at", cell))
        assert datetime.fromisoformat(text) == expected


@given(st.decimals(0, 100_000, places=6))
def test_amounts_are_multiplied_without_loss(amount: Decimal) -> None:
    """Dollars with six places are whole micro-dollars, written with a point or a comma."""
    assert said(MADE, "cost_microusd", f"{amount:f}") == str(int(amount * 1_000_000))
    comma = replace(MADE, decimal_comma=True)
    assert said(comma, "cost_microusd", f"{amount:f}".replace(".", ",")) == str(int(amount * 1_000_000))


@given(st.text(max_size=20).filter(lambda text: "\0" not in text))
def test_what_is_no_such_value_stays_as_it_came(text: str) -> None:
    """A cell that is no moment, number or known word is handed on unchanged, for the contract to refuse."""
    made = replace(MADE, day_order="dmy", decimal_comma=True)
    if not any(letter.isdigit() for letter in text):
        assert said(made, "occurred_at", text) == text
        assert said(made, "cost_microusd", text) == text
    if text.strip().lower() not in MADE.words["outcome"]:
        assert said(made, "outcome", text) == text


@given(st.lists(st.text("abcxyzäö_1 ", min_size=1).map(str.strip).filter(bool), min_size=1, unique=True))
def test_a_header_is_the_same_in_any_order_and_case(names: list[str]) -> None:
    """Order, case and space around names do not make another header; another column does."""
    turned = [f" {name.upper()} " for name in reversed(names)]
    made = replace(MADE, fingerprint=fingerprint(names))
    assert fitting([made], turned) == made
    assert fitting([made], [*names, "one more column"]) is None


def test_how_this_file_is_written_may_be_said_for_it(store: Warehouse, tmp_path: Path) -> None:
    """The answers day_order and decimal that any text takes hold for a mapped file, too, before its units are made."""
    options = Options(values={"day_order": "dmy", "decimal": ","})
    made = replace(foreign.profile(), day_order=None, decimal_comma=False)
    outcome = load(store, foreign.write(tmp_path / "a.csv", 4), who="ada", options=options, profile=made)
    assert outcome.accepted == 4, outcome.messages
    assert stored(store) == expected(4)
