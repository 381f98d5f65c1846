"""Writes the samples of Langfuse beside this file from one history, in each of its spellings, with the truth."""

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def history() -> list[dict]:
    """Forty questions: who asked what product, what each call took, and how people rated them."""
    random.seed(7)
    asked = []
    for number in range(40):
        calls = [
            {
                "input": random.randint(50, 900),
                "output": random.randint(5, 200),
                "cost": round(random.random() / 100, 6),
            }
            for _ in range(random.randint(1, 3))
        ]
        asked.append({
            "id": f"tr-{number:03}", "at": START + timedelta(hours=7 * number, seconds=number),
            "user": f"person{number % 9}" if number % 7 else None, "session": f"chat-{number // 2}",
            "product": ["corp-chat", "kb-search"][number % 2], "pilot": "legal" if number % 5 == 0 else None,
            "failed": number % 11 == 10, "calls": calls, "seconds": random.randint(1, 20),
            "rating": [None, 1, 0][number % 3], "judged": number % 4 == 0, "grounded": number % 8 == 0,
        })  # fmt: skip
    return asked


def observations(ask: dict) -> list[dict]:
    """The observations of a question as the blob export writes them: its root repeats the tokens of the calls below."""
    begin = ask["at"]
    total = {"input": sum(c["input"] for c in ask["calls"]), "output": sum(c["output"] for c in ask["calls"])}
    shared = {"trace_id": ask["id"], "project_id": "p", "environment": "production", "user_id": ask["user"] or "",
              "session_id": ask["session"], "release": "1.4", "status_message": ""}  # fmt: skip
    tags = json.dumps([f"product:{ask['product']}", *([f"pilot:{ask['pilot']}"] if ask["pilot"] else [])])
    rows = [{
        "id": f"{ask['id']}-root", "type": "AGENT", "parent_observation_id": "", "start_time": begin,
        "end_time": begin + timedelta(seconds=ask["seconds"]), "level": "ERROR" if ask["failed"] else "DEFAULT",
        "provided_model_name": "", "usage_details": total, "total_cost": "", "latency": ask["seconds"], "tags": tags,
        **shared,
    }]  # fmt: skip
    for place, call in enumerate(ask["calls"]):
        rows.append({
            "id": f"{ask['id']}-{place}", "type": "GENERATION", "parent_observation_id": f"{ask['id']}-root",
            "start_time": begin + timedelta(milliseconds=place), "end_time": begin + timedelta(seconds=1),
            "level": "DEFAULT", "provided_model_name": "gpt-4o", "total_cost": call["cost"], "latency": 1,
            "usage_details": {"input": call["input"], "output": call["output"]},
            "tags": tags, **shared,
        })  # fmt: skip
    return rows


def spelt(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def main() -> None:
    asked = history()
    rows = [row for ask in asked for row in observations(ask)]
    bare = [
        {**row, **{name: row[name].strftime("%Y-%m-%d %H:%M:%S.%f") for name in ("start_time", "end_time")},
         "usage_details": json.dumps(row["usage_details"])} for row in rows
    ]  # fmt: skip
    with (HERE / "observations.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(bare[0]))
        writer.writeheader()
        writer.writerows([*bare, bare[0]])  # a retried export repeats a row
    api = [
        {spelt(name): value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value or None
         for name, value in row.items()} for row in rows
    ]  # fmt: skip
    traces = [{
        "id": ask["id"], "timestamp": ask["at"].isoformat().replace("+00:00", "Z"), "name": "ask",
        "userId": ask["user"], "sessionId": ask["session"],
        "release": "1.4", "version": None, "environment": "production",
        "bookmarked": False,
        "public": False, "input": "secret question", "output": "secret answer", "metadata": {},
        "tags": [f"product:{ask['product']}", *([f"pilot:{ask['pilot']}"] if ask["pilot"] else [])],
    } for ask in asked]  # fmt: skip
    (HERE / "traces.json").write_text(json.dumps(traces))
    full = [trace | {"observations": [row for row in api if row["traceId"] == trace["id"]]} for trace in traces]
    (HERE / "api.json").write_text(json.dumps({"data": full, "meta": {"page": 1, "totalItems": len(full)}}))
    scores = []
    for ask in asked:
        about = {"projectId": "p", "traceId": ask["id"], "observationId": None, "comment": None,
                 "timestamp": (ask["at"] + timedelta(minutes=3)).isoformat()}  # fmt: skip
        if ask["rating"] is not None:
            scores.append({"id": f"s-{ask['id']}", "name": "thumbs", "value": ask["rating"], "dataType": "BOOLEAN",
                           "source": "ANNOTATION", "stringValue": str(bool(ask["rating"])), **about})  # fmt: skip
        if ask["judged"]:
            scores.append({"id": f"e-{ask['id']}", "name": "hallucination", "value": 1 if ask["grounded"] else 0,
                           "dataType": "CATEGORICAL", "source": "EVAL",
                           "stringValue": "factual" if ask["grounded"] else "hallucinated", **about})  # fmt: skip
    (HERE / "scores.jsonl").write_text("".join(json.dumps(score) + "\n" for score in scores))
    calls = [call for ask in asked for call in ask["calls"]]
    truth = {
        "interactions": len(asked), "errors": sum(ask["failed"] for ask in asked),
        "distinct_users": len({ask["user"] for ask in asked} - {None}),
        "distinct_sessions": len({ask["session"] for ask in asked}), "model_calls": len(calls),
        "input_tokens": sum(call["input"] for call in calls), "output_tokens": sum(call["output"] for call in calls),
        "cost_microusd": sum(round(call["cost"] * 1e6) for call in calls),
        "pilot": sum(ask["pilot"] == "legal" for ask in asked), "up": sum(ask["rating"] == 1 for ask in asked),
        "down": sum(ask["rating"] == 0 for ask in asked), "judged": sum(ask["judged"] for ask in asked),
        "hallucinated": sum(ask["judged"] and not ask["grounded"] for ask in asked),
    }  # fmt: skip
    (HERE / "truth.json").write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    main()
