"""What changed in the demo's products and when; one release of knowledge-rag makes it worse."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A release so many `days` before the last day; from then on success, content errors and time are shifted so."""

    product_id: str
    version: str
    days: int
    kind: str
    note: str
    success: float = 0.0
    content: float = 0.0
    slower: float = 1.0


RELEASES: tuple[Change, ...] = (
    Change("corp-llm", "3.1", 214, "code", "File upload."),
    Change("corp-llm", "3.2", 140, "model", "northstar-large-3 in place of northstar-large-2.", 0.02, -0.01, 0.85),
    Change("corp-llm", "3.3", 77, "prompt", "Shorter answers, house style.", 0.01),
    Change("corp-llm", "3.4", 24, "code", "Spreadsheets are read cell by cell.", 0.01),
    Change("knowledge-rag", "2.4", 205, "code", "Answers name their sources."),
    Change("knowledge-rag", "2.5", 133, "index", "Work rules and travel rules added.", 0.02, -0.005),
    Change("knowledge-rag", "2.6", 75, "model", "northstar-mini-3 in place of northstar-mini-2.", 0.01, 0.0, 0.8),
    Change("knowledge-rag", "2.7", 35, "index", "Longer chunks and a smaller embedding model, to save cost.",
           -0.17, 0.09, 1.1),
    Change("code-agent", "1.8", 190, "code", "Reviews in the editor."),
    Change("code-agent", "1.9", 119, "model", "quill-code-2 in place of quill-code-1.", 0.03, -0.01, 1.2),
    Change("code-agent", "2.0", 56, "code", "Runs the tests before it answers.", 0.04, -0.015, 1.3),
    Change("agent-orchestrator", "0.3", 24, "code", "First release to colleagues."),
    Change("agent-orchestrator", "0.4", 8, "prompt", "Asks before it writes.", 0.03),
    Change("ml-platform", "2026.1", 220, "code", "New scheduler."),
    Change("meeting-transcription", "5.0", 189, "model", "New speech model."),
    Change("meeting-transcription", "5.1", 84, "code", "Minutes by mail.", 0.01),
    Change("contract-analyser", "1.2", 188, "code", "Leases."),
    Change("contract-analyser", "1.3", 105, "model", "northstar-large-3 in place of northstar-large-2.", 0.03, -0.01),
    Change("contract-analyser", "1.4", 52, "prompt", "Clauses are quoted word by word.", 0.01, -0.005),
    Change("support-copilot", "0.9", 186, "code", "Suggestions in the ticket tool."),
    Change("support-copilot", "1.0", 98, "prompt", "Politer.", -0.01),
    Change("support-copilot", "1.1", 28, "prompt", "Asks for the order number first.", 0.01),
)  # fmt: skip
"""The versions that served; each product's first one was there before the first day."""

MARKS: tuple[Change, ...] = (
    Change("corp-llm", "3.3", 63, "price", "northstar-large-3 a fifth cheaper."),
    Change("knowledge-rag", "2.4", 168, "judge", "judge-1 with a stricter rubric."),
)  # fmt: skip
"""Dated changes that are no version of their own: prices and judges."""


def versions(product_id: str) -> tuple[Change, ...]:
    """The versions of a product, oldest first."""
    return tuple(change for change in RELEASES if change.product_id == product_id)
