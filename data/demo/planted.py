"""Everything that was put into the demo company on purpose, and where it is to be seen: the one table of it.

Each registry check is broken by at least one row and by no row that is not listed here; each verdict on a pilot and on
a product is the one that its numbers propose. Tests find every row.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["check", "verdict", "state", "release", "quadrant", "gap"]


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted fact. `id` is the check, the decision that the rules propose (of a pilot or a product), the state of
    a pilot, or a name of its own; `subject` what it is about; `where` the file of the demo's folder that shows it.
    """

    id: str
    kind: Kind
    subject: str
    what: str
    where: str


PLANTED: tuple[Planted, ...] = (
    # checks of the registry ----------------------------------------------------------------------------------------
    Planted("no-owner", "check", "meeting-transcription", "nobody is its product owner", "registry/roles.csv"),
    Planted("no-technical-owner", "check", "support-copilot", "nobody is its technical owner", "registry/roles.csv"),
    Planted("no-support", "check", "agent-orchestrator", "neither a support role nor a channel", "registry/roles.csv"),
    Planted("no-audience", "check", "agent-orchestrator", "used, but for nobody in particular",
            "registry/audience.csv"),
    Planted("no-scenario", "check", "ml-platform", "no scenario names it", "registry/scenarios.csv"),
    Planted("no-metric", "check", "agent-orchestrator", "no target of its own", "registry/targets.csv"),
    Planted("no-baseline", "check", "agent-orchestrator", "nobody timed the work before", "registry/baselines.csv"),
    Planted("no-baseline", "check", "ml-platform", "no scenario, so no baseline", "registry/baselines.csv"),
    Planted("no-connection-rules", "check", "meeting-transcription", "none written down", "registry/products.csv"),
    Planted("no-lifecycle-stage", "check", "meeting-transcription", "no stage stated", "registry/products.csv"),
    Planted("no-piloting-process", "check", "code-agent", "none written down", "registry/products.csv"),
    Planted("no-piloting-process", "check", "meeting-transcription", "none written down", "registry/products.csv"),
    Planted("no-handover", "check", "ml-platform", "in handover without process or support role",
            "registry/products.csv"),
    Planted("one-team-product", "check", "ml-platform", "its whole audience is data-science", "registry/audience.csv"),
    Planted("owner-without-decision", "check", "ml-platform", "an owner, and no decision ever",
            "registry/decisions.csv"),
    Planted("business-absent", "check", "chat-translations", "its scenario has no owner", "registry/roles.csv"),
    Planted("same-scenario-twice", "check", "chat-summary", "summarise a meeting, in two products",
            "registry/scenarios.csv"),
    Planted("same-scenario-twice", "check", "meeting-summary", "summarise a meeting, in two products",
            "registry/scenarios.csv"),
    Planted("initiative-without-product", "check", "green-plants", "no product serves it",
            "registry/initiative_products.csv"),
    Planted("product-without-initiative", "check", "meeting-transcription", "serves no initiative",
            "registry/initiative_products.csv"),
    Planted("pilot-overdue", "check", "chat-translations", "ended two weeks ago, nobody decided",
            "registry/pilots.csv"),
    Planted("criteria-changed-after-start", "check", "code-migration", "the bar of task success was lowered",
            "registry_changes/criteria.csv"),
    Planted("topic-without-sme", "check", "export-control", "required, and nobody keeps it", "registry/topics.csv"),
    Planted("answer-never-documented", "check", "KRG-9001", "answered, never written down", "exports/tickets.csv"),
    Planted("answer-never-documented", "check", "KRG-9002", "answered, never written down", "exports/tickets.csv"),
    Planted("answer-never-documented", "check", "KRG-9003", "answered, never written down", "exports/tickets.csv"),
    Planted("usage-without-success", "check", "support-copilot", "used every day, and half of it fails",
            "exports/support-copilot-interactions.csv"),
    Planted("requirement-without-eval", "check", "req-rag-3", "names neither suite nor case",
            "registry/requirements.csv"),
    Planted("open-incident-without-owner", "check", "inc-07", "open, and nobody answers for it",
            "registry/incidents.csv"),
    Planted("wrong-outputs-without-owner", "check", "support-copilot", "people found wrong answers, no technical owner",
            "exports/audits.csv"),
    Planted("gaps-not-in-backlog", "check", "KRG-9010", "a gap open for a month, nobody works on it",
            "exports/tickets.csv"),
    Planted("gaps-not-in-backlog", "check", "supplier-with-two-vat-ids", "fails in every run, no ticket",
            "exports/promptfoo-orchestrator-smoke-*.json"),
    # what the numbers propose for pilots -----------------------------------------------------------------------------
    Planted("scale", "verdict", "contract-procurement", "every bar met, better than before, worth it, ready",
            "registry/pilots.csv"),
    Planted("rework", "verdict", "support-billing", "task success between floor and bar", "registry/pilots.csv"),
    Planted("repeat", "verdict", "contract-real-estate", "good so far, but not ready", "registry/readiness.csv"),
    Planted("repeat", "verdict", "chat-translations", "too few of the planned tasks", "registry/pilots.csv"),
    Planted("close", "verdict", "support-returns", "task success below its floor, for no cause that could be mended",
            "registry/pilots.csv"),
    Planted("close", "verdict", "chat-finance-close", "the same, and closed weeks ago", "registry/pilots.csv"),
    Planted("not_begun", "verdict", "orchestrator-onboarding", "begins next week", "registry/pilots.csv"),
    Planted("running", "verdict", "rag-field-service", "runs for five more weeks", "registry/pilots.csv"),
    Planted("running", "verdict", "code-migration", "runs for two more weeks", "registry/pilots.csv"),
    Planted("running", "verdict", "contract-nda-shadow", "runs in the shadow of the lawyers", "registry/pilots.csv"),
    # what people did about pilots ------------------------------------------------------------------------------------
    Planted("decided", "state", "rag-hr-policies", "scale, as proposed", "registry/decisions.csv"),
    Planted("decided", "state", "chat-finance-close", "close, as proposed", "registry/decisions.csv"),
    Planted("decided-otherwise", "state", "code-review", "rework against scale, with a reason and a second name",
            "registry/decisions.csv"),
    Planted("overdue", "state", "chat-translations", "ended, undecided", "registry/pilots.csv"),
    Planted("shadow", "state", "contract-nda-shadow", "its rows are in no headline",
            "exports/contract-analyser-interactions.jsonl"),
    # what the numbers propose for products ---------------------------------------------------------------------------
    Planted("keep", "verdict", "corp-llm", "used, works, nothing surely wrong",
            "exports/corp-llm-interactions.parquet"),
    Planted("keep", "verdict", "code-agent", "getting better", "exports/code-agent-interactions.parquet"),
    Planted("scale", "verdict", "contract-analyser", "a pilot is worth scaling",
            "exports/contract-analyser-interactions.jsonl"),
    Planted("fix", "verdict", "support-copilot", "many use it and it fails them",
            "exports/support-copilot-interactions.csv"),
    Planted("fix", "verdict", "knowledge-rag", "worse since its last release",
            "exports/knowledge-rag-interactions.csv"),
    Planted("merge", "verdict", "meeting-transcription", "corp-llm summarises meetings surely better",
            "exports/meeting-transcription-interactions.csv"),
    Planted("retire", "verdict", "ml-platform", "nobody but programs uses it any more",
            "exports/ml-platform-seats.csv"),
    Planted("new", "verdict", "agent-orchestrator", "launched 24 days before the last day", "registry/products.csv"),
    # the rest --------------------------------------------------------------------------------------------------------
    Planted("degrading-release", "release", "knowledge-rag 2.7", "success falls by 0.17, errors rise by 0.09",
            "registry/releases.csv"),
    Planted("high-use-low-success", "quadrant", "support-copilot", "leads the work list",
            "exports/support-copilot-interactions.csv"),
    Planted("anonymous-source", "gap", "meeting-transcription", "a third of its rows name nobody",
            "exports/meeting-transcription-interactions.csv"),
    Planted("overdue-feed", "gap", "agent-orchestrator", "due every 7 days, nothing for 9", "registry/feeds.csv"),
    Planted("no-outcomes", "gap", "ml-platform", "nothing says how its tasks end",
            "exports/ml-platform-interactions.parquet"),
    Planted("no-inventory", "gap", "meeting-transcription", "no topic is registered for it", "registry/topics.csv"),
    Planted("topic-nobody-listed", "gap", "works-council", "asked about, and in no inventory",
            "exports/knowledge-rag-interactions.csv"),
    Planted("topic-not-retrievable", "gap", "warranty-terms", "half of its probes find nothing",
            "exports/suites-and-probes.csv"),
    Planted("topic-stale", "gap", "material-certs", "its source is older than agreed", "registry/topics.csv"),
    Planted("quarantine", "gap", "12 records", "cells that no column can hold", "exports/feedback.csv"),
)  # fmt: skip
"""What the demo holds on purpose."""
