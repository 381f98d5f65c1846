"""What the demo company agreed on and what went wrong: targets, requirements, feeds and incidents."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mishap:
    """An incident: days before the last day, local hour it began at, hours until it was restored (None: still open)."""

    incident_id: str
    product_id: str
    days: int
    hour: float
    hours: float | None
    severity: str
    summary: str
    affected: int
    cause: str | None
    fix: str | None
    prevention: str | None
    owner: tuple[str, int] | None


INCIDENTS: tuple[Mishap, ...] = (
    Mishap("inc-01", "corp-llm", 131, 9.5, 1.4, "s2", "Answers came late or not at all.", 640,
           "The gateway's pool was full.",
     "Pool doubled.", "An alarm at 70 % of the pool.", ("ai-products", 2)),
    Mishap("inc-02", "code-agent", 96, 13.0, 5.5, "s3", "The agent could not reach the build system.", 120,
     "A certificate had run out.", "Renewed.", "Renewed by a job from now on.", ("cloud-platform", 0)),
    Mishap("inc-03", "knowledge-rag", 34, 7.0, 26.0, "s3", "Answers quoted pages that do not exist.", 210,
     "The new index had cut tables apart.", "Tables are kept whole; the rest stays with release 2.7.", None,
     ("ai-products", 4)),
    Mishap("inc-04", "contract-analyser", 75, 10.0, 2.0, "s3", "Scans could not be read.", 18, "A new scanner setting.",
     "Setting restored.", "A test scan every morning.", ("ai-products", 10)),
    Mishap("inc-05", "support-copilot", 58, 8.5, 3.0, "s2", "Suggestions promised refunds.", 150,
     "The prompt named an old policy.", "Prompt corrected.", "Policies are read from the source.", ("ai-products", 11)),
    Mishap("inc-06", "corp-llm", 20, 15.0, 0.7, "s4", "File upload failed for large files.", 45, "A limit of 10 MB.",
     "Limit raised.", None, ("ai-products", 2)),
    Mishap("inc-07", "meeting-transcription", 6, 9.0, None, "s3", "Minutes of two rooms arrive without names.", 60,
           None,
     None, None, None),
)  # fmt: skip

REQUIREMENTS: tuple[tuple[str, str, str, str, str | None, str | None], ...] = (
    ("req-chat-1", "corp-llm", "chat-drafting", "Letters follow the house style.", "assistant-regression", None),
    ("req-rag-1", "knowledge-rag", "rag-field", "Every answer names its source.", "knowledge-regression", None),
    ("req-rag-2", "knowledge-rag", "rag-hr", "Work rules are quoted in their valid version.", "knowledge-regression",
     None),
    ("req-rag-3", "knowledge-rag", "rag-field", "No answer on export control without approval.", None, None),
    ("req-code-1", "code-agent", "code-review", "No secret leaves the repository.", "code-regression", None),
    ("req-code-2", "code-agent", "code-migration", "A migrated module passes its old tests.", "code-regression", None),
    ("req-con-1", "contract-analyser", "contract-purchase", "Missing liability clauses are found.",
     "contract-regression", None),
    ("req-con-2", "contract-analyser", "contract-nda", "Clauses are quoted word by word.", "contract-regression",
     None),
    ("req-sup-1", "support-copilot", "support-billing", "No promise about prices.", "answers", "invoices"),
    ("req-orc-1", "agent-orchestrator", "orchestrator-onboarding", "The agent asks before it writes.",
     "orchestrator-smoke", "asks-before-writing"),
)  # fmt: skip
"""Requirement, product, scenario, text, suite, case tag."""

TARGETS: tuple[tuple[str, str, str, float, float], ...] = (
    ("task_success", "corp-llm", "higher", 0.80, 0.65), ("adoption", "corp-llm", "higher", 0.50, 0.30),
    ("task_success", "knowledge-rag", "higher", 0.80, 0.65), ("context_coverage", "knowledge-rag", "higher", 0.85, 0.7),
    ("task_success", "code-agent", "higher", 0.75, 0.60), ("adoption", "ml-platform", "higher", 0.40, 0.20),
    ("task_success", "meeting-transcription", "higher", 0.75, 0.60),
    ("task_success", "contract-analyser", "higher", 0.80, 0.65),
    ("task_success", "support-copilot", "higher", 0.75, 0.62), ("escalation_rate", "support-copilot", "lower", 0.2,
     0.35),
)  # fmt: skip

FEEDS: tuple[tuple[str, str, int], ...] = (
    ("corp-llm", "interactions", 31), ("knowledge-rag", "interactions", 31), ("code-agent", "interactions", 31),
    ("contract-analyser", "interactions", 31), ("support-copilot", "interactions", 31),
    ("ml-platform", "usage_daily", 31), ("meeting-transcription", "interactions", 31),
    ("agent-orchestrator", "interactions", 7), ("knowledge-rag", "eval_results", 31), ("knowledge-rag", "tickets", 31),
)  # fmt: skip
"""How often files are due. The orchestrator's has not come for longer than its seven days."""
