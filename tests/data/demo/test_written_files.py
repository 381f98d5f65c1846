import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.demo import Written, write_company
from data.demo.audience import DAYS
from data.demo.behaviour import BEHAVIOUR
from data.demo.company import TEAMS, Staff
from data.demo.exports import interactions
from data.demo.pilots import PILOTS
from data.demo.planted import PLANTED, Planted
from data.demo.products import PRODUCTS
from data.demo.usage import use_of
from data.registry import REGISTRY
from tests.data.demo.conftest import SCALE, UNTIL, Cells

PARTS = (
    "traces.jsonl", "promptfoo-", "jira-", "seats.csv", "counts.jsonl", "feedback.csv", "audits.csv", "tickets.csv",
)  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_call_writes_the_same_bytes(thin: Path, written: Written) -> None:
    """Every file of two copies with one seed and one last day is the same to the byte."""
    assert digests(thin) == digests(written.exports[0].parent.parent)


def test_another_seed_is_another_company(thin: Path, tmp_path: Path) -> None:
    """Another seed draws other people and other days, of the same products and files."""
    write_company(tmp_path, UNTIL, seed=8, scale=SCALE)
    ours, theirs = digests(thin), digests(tmp_path)
    assert ours.keys() == theirs.keys()
    assert ours["exports/knowledge-rag-interactions.csv"] != theirs["exports/knowledge-rag-interactions.csv"]
    assert ours["registry/people.csv"] != theirs["registry/people.csv"]


def test_the_company_has_the_size_it_is_said_to_have() -> None:
    """8 products, 12 pilots, 40 teams, about 1,600 people, at least 200,000 interactions, at most 15,000 as traces."""
    staff = Staff(7)
    uses = [use_of(staff, how, UNTIL, 7, 1.0) for how in BEHAVIOUR.values()]
    assert (len(PRODUCTS), len(PILOTS), len(TEAMS)) == (8, 12, 40)
    assert 1_550 <= len(staff.people) <= 1_700
    assert sum(len(use.task) for use in uses) >= 200_000
    assert sum(int(use.traced.sum()) for use in uses) <= 15_000


def test_nobody_has_the_login_of_somebody_else() -> None:
    """User ids and logins tell people apart, whatever the seed."""
    for seed in (1, 2, 3):
        people = Staff(seed).people
        assert len({person.user_id for person in people}) == len({person.login for person in people}) == len(people)


def test_use_fills_26_weeks_and_rests_on_weekends(rows: Callable[[str], list[Cells]]) -> None:
    """The first and the last day are 26 whole weeks apart, nothing lies beyond, and a Sunday is no Tuesday."""
    days = [date.fromisoformat(row["occurred_at"][:10]) for row in rows("exports/corp-llm-interactions.parquet")]
    assert min(days) >= UNTIL - timedelta(days=DAYS)
    assert max(days) <= UNTIL
    assert (max(days) - min(days)).days > 170
    by_weekday = np.bincount([day.weekday() for day in days], minlength=7)
    assert by_weekday[1] > 8 * by_weekday[6]


def test_people_differ() -> None:
    """Success is a matter of the person, too: people's rates scatter more than coin tosses would."""
    staff = Staff(7)
    use = use_of(staff, BEHAVIOUR["support-copilot"], UNTIL, 7, 1.0)
    people = np.bincount(use.tasks.member)
    wins = np.bincount(use.tasks.member, weights=use.tasks.succeeded)
    often = people >= 60
    share = wins[often] / people[often]
    tossed = float((share * (1 - share) / people[often]).mean())
    assert float(share.var()) > 3 * tossed


def test_files_of_several_formats(written: Written) -> None:
    """CSV, JSON lines, Parquet, OTLP traces, promptfoo results and Jira exports are among the files."""
    names = [path.name for path in written.exports]
    assert len(names) == len(set(names)) == 24
    endings = {name.rpartition("-")[2] for name in names if "interactions" in name}
    assert endings == {"interactions.csv", "interactions.jsonl", "interactions.parquet"}
    for part in (
        "traces.jsonl",
        "promptfoo-",
        "jira-",
        "seats.csv",
        "counts.jsonl",
        "feedback.csv",
        "audits.csv",
        "tickets.csv",
    ):
        assert any(part in name for name in names), part


def test_every_table_of_the_registry_is_filled(thin: Path) -> None:
    """The registry folder holds rows of each table of the contract, and no other table."""
    assert {path.stem for path in (thin / "registry").glob("*.csv")} == set(REGISTRY)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda row: f"{row.id}: {row.subject}")
def test_each_planted_row_names_a_file_that_is_there(planted: Planted, thin: Path) -> None:
    """The table of what was planted points at files of the demo."""
    assert list(thin.glob(planted.where))


def test_a_release_that_makes_things_worse() -> None:
    """With release 2.7 of knowledge-rag the success of its tasks falls by more than a tenth, in the file itself."""
    staff = Staff(7)
    table = interactions(use_of(staff, BEHAVIOUR["knowledge-rag"], UNTIL, 7, 1.0), staff).to_pylist()

    def success(version: str) -> float:
        ends = [row["outcome"] for row in table if row["service_version"] == version]
        return ends.count("confirmed") / (ends.count("confirmed") + ends.count("failed"))

    assert success("2.7") < success("2.6") - 0.1


def test_rows_of_an_autonomous_and_a_shadow_pilot_say_so(rows: Callable[[str], list[Cells]]) -> None:
    """The mode stands in the rows; a shadow row names its pilot."""
    contracts = rows("exports/contract-analyser-interactions.jsonl")
    shadow = [row for row in contracts if row.get("mode") == "shadow"]
    assert shadow
    assert {row["pilot_id"] for row in shadow} == {"contract-nda-shadow"}
    modes = {row["mode"] for row in rows("exports/support-copilot-interactions.csv")}
    assert modes == {"review", "autonomous"}
