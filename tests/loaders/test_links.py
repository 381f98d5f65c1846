"""What comes later finds its interaction, and what a score means is said by rule: over the command line, end to end."""

import json
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.__main__ import main
from loaders.decided import listed, rows_of
from loaders.format import Refused
from loaders.links import links
from loaders.mapping import add_rules, parse_rule
from tests.loaders.files import least, published, write_csv

ASKED = "2026-03-02T10:00:00Z"


@pytest.fixture
def asked(store: Warehouse) -> Warehouse:
    """One question of ann, with a rating in stars, and tickets of hers."""
    question = least("interactions", interaction_id="i1", session_id="s1", product_id="chat", user_id="ann")
    rows = {
        "interactions": [question | {"occurred_at": ASKED}],
        "feedback": [
            least("feedback", feedback_id=f"f{n}", target_id=target, target_type="interaction", product_id="chat")
            | {"name": "stars", "score": "1"}
            for n, target in enumerate(["i1", "gone"])
        ],
        "tickets": [
            least("tickets", ticket_id=name, kind="escalation", product_id="chat", requester_id=who)
            | {"opened_at": opened, "linked_session_id": session}
            for name, who, opened, session in (
                ("soon", "ann", "2026-03-02T10:20:00Z", ""), ("late", "ann", "2026-03-02T10:31:00Z", ""),
                ("other", "bob", "2026-03-02T10:20:00Z", ""), ("named", "bob", "2026-03-05T10:20:00Z", "s1"),
                ("lost", "bob", "2026-03-05T10:20:00Z", "s9"),
            )
        ],
    }  # fmt: skip
    for table, found in rows.items():
        published(store, write_csv(store.side / f"{table}.csv", found), table)
    return store


def test_links_are_counted_by_source(asked: Warehouse) -> None:
    """Of each kind of link: how many rows point somewhere, and how many find what they point at."""
    told = {(row["fact"], row["by_what"]): (row["rows"], row["found"]) for row in links(asked)}
    assert told == {
        ("feedback", "interaction"): (2, 1), ("tickets", "session"): (2, 1),
        ("tickets", "person within 30 minutes"): (3, 1),
    }  # fmt: skip


def test_a_ticket_without_a_link_is_of_the_last_question(asked: Warehouse) -> None:
    """The person's ticket within half an hour makes the task escalated, without a session or an id."""
    with asked.write("unlink", "t") as tx:
        tx.run("DELETE FROM tickets WHERE linked_session_id IS NOT NULL")
    assert asked.value("SELECT escalated_unplanned_1d AS n FROM user_days") == 1


def test_a_rule_says_what_a_score_means(asked: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    """`map feedback.stars<=2:failed` makes the task failed, `rules` shows what it decides, another rule replaces it."""
    file = str(asked.path)
    asked.close()
    assert main(["map", "feedback.stars<=2:failed", "--warehouse", file]) == 0
    capsys.readouterr()
    assert main(["rules", "--json", "--warehouse", file]) == 0
    (rule,) = json.loads(capsys.readouterr().out)
    assert (rule["rule"], rule["means"], rule["rows"]) == ("feedback.stars at_most 2", "verdict failed", 2)
    assert main(["links", "--warehouse", file]) == 0
    assert "person within 30 minutes" in capsys.readouterr().out
    store = Warehouse.open(Path(file))
    try:
        assert store.value("SELECT tasks_failed AS n FROM user_days") == 1
        add_rules(store, [parse_rule("feedback.stars<=2:implied")], "t")
        assert store.rows("SELECT tasks_failed AS bad, tasks_implied AS good FROM user_days") == [{"bad": 0, "good": 1}]
    finally:
        store.close()


def test_a_rule_of_no_known_verdict_is_refused(asked: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no verdict is refused with those there are, and nothing changes."""
    file = str(asked.path)
    asked.close()
    assert main(["map", "feedback.stars<=2:bad", "--warehouse", file]) == 1
    assert "one of confirmed, implied, failed, escalated" in capsys.readouterr().err


def test_a_rule_shows_the_rows_it_decides(asked: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule in force with its day and how many rows it decides, and by its number the rows themselves."""
    add_rules(asked, [parse_rule(text) for text in ("product_id=chat:talk", "product_id~=c.*:other",
              "feedback.stars<=2.0:failed", "feedback.*>=0:implied")], "t", new=True)  # fmt: skip
    found = listed(asked)
    assert [(row["number"], row["means"], row["rows"]) for row in found] == [
        (1, "product talk", 1 + 2 + 5), (2, "product other", 0), (3, "verdict failed", 2), (4, "verdict implied", 0),
    ]  # fmt: skip
    told = {(row["fact"], row["record"]) for row in rows_of(asked, 1, 100)}
    assert told == {
        ("interactions", "i1"), ("feedback", "f0"), ("feedback", "f1"),
        *(("tickets", name) for name in ("soon", "late", "other", "named", "lost")),
    }  # fmt: skip
    assert len(rows_of(asked, 1, 3)) == 3
    for row in rows_of(asked, 3, 100):
        assert (row["said"], row["decided"], row["load_id"]) == ("stars 1.0", "failed", "feedback")
    with pytest.raises(Refused, match="no rule 9"):
        rows_of(asked, 9, 1)
    path = asked.path
    asked.close()
    assert main(["rules", "--rows", "3", "--json", "--warehouse", str(path)]) == 0
    assert [row["record"] for row in json.loads(capsys.readouterr().out)] == ["f0", "f1"]
