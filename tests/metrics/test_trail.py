from pathlib import Path

from data.warehouse import Warehouse
from loaders.ingest import load
from metrics.trail import trail


def put(store: Warehouse, folder: Path, name: str, text: str) -> None:
    file = folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    outcome = load(store, file, who="Ann")
    assert outcome.status == "published", outcome.messages


def test_one_interaction_is_told_with_all_that_points_at_it(store: Warehouse, tmp_path: Path) -> None:
    """Calls of its trace, verdicts on it, its trace or its session, checks and tickets; nothing of its neighbour."""
    put(store, tmp_path, "use",
        "interaction_id,occurred_at,product_id,user_id,session_id,trace_id\n"
        "i1,2026-10-01T08:00:00Z,chat,ann@x.org,s1,t1\ni2,2026-10-01T09:00:00Z,chat,ben@x.org,s2,t2\n")  # fmt: skip
    put(store, tmp_path, "calls",
        "call_id,occurred_at,product_id,trace_id,interaction_id\n"
        "c1,2026-10-01T08:00:01Z,chat,t1,i1\nc2,2026-10-01T08:00:02Z,chat,t1,\nc3,2026-10-01T09:00:00Z,chat,t2,i2\n",
    )  # fmt: skip
    put(store, tmp_path, "said",
        "feedback_id,target_type,target_id,given_at,product_id,verdict\nf1,interaction,i1,2026-10-01T08:05:00Z,chat,"
        "failed\nf2,session,s1,2026-10-01T08:06:00Z,chat,failed\nf3,interaction,i2,2026-10-01T09:05:00Z,chat,confirmed\n",
    )  # fmt: skip
    put(
        store,
        tmp_path,
        "checks",
        "run_id,run_at,case_id,metric_name,product_id,interaction_id,passed\nr,2026-10-02T08:00:00Z,c,m,chat,i1,false\n",
    )
    put(store, tmp_path, "tickets",
        "ticket_id,opened_at,product_id,linked_session_id\nT-1,2026-10-01T08:10:00Z,chat,s1\n")  # fmt: skip
    found = trail(store, "chat", "i1")
    assert {title: len(rows) for title, rows in found.items()} == {
        "Interaction": 1, "Model calls": 2, "Feedback": 2, "Checks": 1, "Tickets": 1
    }  # fmt: skip
    assert found["Interaction"][0]["interaction_id"] == "i1"
    assert str(found["Interaction"][0]["user_id"]).startswith("p_")
    assert not {"event_key", "row_hash", "error_type"} & set(found["Interaction"][0]), "no hashes, nothing empty"
    assert trail(store, "chat", "i3") == {}
    assert trail(store, "other", "i1") == {}
