"""A dozen cells that no loader can take, so that the quarantine of the demo has something to show."""

from collections.abc import Mapping

Cells = Mapping[str, object]


def spoilt_feedback() -> list[Cells]:
    """Seven rows of feedback, each with one cell that is not what its column holds."""
    return [
        {"feedback_id": "fb-x1", "given_at": "yesterday"},
        {"feedback_id": "fb-x2", "target_type": "answer"},
        {"feedback_id": "fb-x3", "evidence": "gut feeling"},
        {"feedback_id": "fb-x4", "verdict": "maybe"},
        {"feedback_id": "fb-x5", "score": "five"},
        {"feedback_id": "fb-x6", "target_id": ""},
        {"feedback_id": ""},
    ]


def spoilt_tickets() -> list[Cells]:
    """Five tickets, each with one cell that is not what its column holds."""
    return [
        {"ticket_id": "CLM-x1", "opened_at": "31/02/2026 9:00"},
        {"ticket_id": "CLM-x2", "kind": "question"},
        {"ticket_id": "CLM-x3", "reopened_count": -1},
        {"ticket_id": "CLM-x4", "status": "finished"},
        {"ticket_id": ""},
    ]
