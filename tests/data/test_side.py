import stat
from datetime import datetime
from pathlib import Path

import pytest

from data.errors import WarehouseError, did_you_mean, nearest
from data.journal import Journal
from data.pseudonym import Pseudonyms, make_secret
from data.warehouse import Warehouse

NOON = datetime(2026, 10, 5, 12)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal of three lines."""
    made = Journal(tmp_path / "d" / "journal.jsonl")
    for version in (1, 2, 3):
        made.append(version, f"cause {version}", "ada", NOON, {"rows": version})
    return made


def test_a_torn_line_hides_nothing(journal: Journal) -> None:
    """A line that a crash cut short is passed over, and the next one is whole."""
    with journal.path.open("ab") as file:
        file.write(b'{"version": 4, "cause": "to')
    assert journal.last_version() == 3
    journal.append(4, "again", "ada", NOON, {})
    assert [entry.version for entry in journal.entries()] == [1, 2, 3, 4]
    assert journal.last_version() == 4


def test_what_a_file_has_lost_is_what_came_after_it(journal: Journal) -> None:
    """The lines since the journal last stood at a version are what a file of that version lacks."""
    assert [entry.cause for entry in journal.after(1)] == ["cause 2", "cause 3"]
    assert journal.after(3) == []
    journal.append(1, "accepted", "ada", NOON, {})
    assert journal.after(1) == []


def test_a_crash_before_the_journal_line_is_caught_up(store: Warehouse) -> None:
    """A committed write whose line is missing gets one at the next opening."""
    with store.write("last", "ada"):
        pass
    store.close()
    lines = store.journal.path.read_bytes().splitlines(keepends=True)
    store.journal.path.write_bytes(b"".join(lines[:-1]))
    again = Warehouse.open(store.path)
    assert again.journal.entries()[-1][:3] == (2, "last", "journal")
    again.close()


def test_opening_clears_away_what_a_killed_process_left(store: Warehouse) -> None:
    """Staged rows, uploads, spilled rows and kept rows of loads that are not undone go; of an undone load they stay."""
    with store.write("loads", "ada") as tx:
        tx.run(
            "INSERT INTO loads BY NAME SELECT 'L' || i AS load_id, '' AS sha256, 'f' AS file_name, 'f' AS format,"
            " CASE i WHEN 0 THEN 'undone' ELSE 'published' END AS status, 0 AS rows_read, 0 AS accepted,"
            " 0 AS duplicates, 0 AS quarantined, 0 AS blank, 0 AS ignored, 0 AS superseded, 'ada' AS loaded_by,"
            " TIMESTAMP '2026-03-02' AS loaded_at FROM range(2) AS r(i)"
        )
    left = ("staging/L2/a.parquet", "uploads/L2.bin", "tmp/spilled", "undone/L0/a.parquet", "undone/L1/a.parquet",
            "undone/L9/a.parquet", "inbox/waiting.csv")  # fmt: skip
    for name in left:
        (store.side / name).parent.mkdir(exist_ok=True)
        (store.side / name).write_text("rows")
    store._instance.reopen(store._instance.generation)  # by a running process: what it has under way stays
    assert all((store.side / name).exists() for name in left)
    store.close()
    again = Warehouse.open(store.path)
    again.close()
    assert [name for name in left if (store.side / name).exists()] == ["undone/L0/a.parquet", "inbox/waiting.csv"]
    assert not (store.side / "staging" / "L2").exists()


def test_pseudonyms_hide_and_keep_apart(tmp_path: Path) -> None:
    """The same person is the same pseudonym, in any spelling of an address; two people or two installations are two."""
    make_secret(tmp_path / "a")
    make_secret(tmp_path / "b")
    one, two = Pseudonyms(tmp_path / "a"), Pseudonyms(tmp_path / "b")
    ada = one.of("ada@example.org")
    assert ada.startswith("p_")
    assert len(ada) == 34
    assert one.of(" ADA@Example.org ") == ada == one.of(ada)
    assert one.of("Ada") != one.of("ada")
    assert len({ada, one.of("ben@example.org"), two.of("ada@example.org"), one.of("p_123")}) == 4


def test_the_pseudonym_is_the_hmac_it_says_it_is(tmp_path: Path) -> None:
    """With a known key and message, the digits are those published for HMAC-SHA256 (RFC 4231, case 2)."""
    (tmp_path / "secret").write_bytes(b"Jefe")
    assert Pseudonyms(tmp_path).of("what do ya want for nothing?") == "p_5bdcc146bf60754e6a042426089575c7"


def test_the_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """The secret has 32 bytes and mode 600, and making it again changes nothing; without it nobody gets a pseudonym."""
    make_secret(tmp_path)
    made = (tmp_path / "secret").read_bytes()
    make_secret(tmp_path)
    assert (tmp_path / "secret").read_bytes() == made
    assert len(made) == 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    with pytest.raises(WarehouseError, match="secret"):
        Pseudonyms(tmp_path / "elsewhere")


def test_the_nearest_name() -> None:
    """A slip of the keyboard finds the name that was meant; something else finds none."""
    assert nearest("prodcut_id", ["product_id", "pilot_id"]) == "product_id"
    assert nearest("PILOT_ID", ["product_id", "pilot_id"]) == "pilot_id"
    assert did_you_mean("zzz", ["product_id"]) == ""
