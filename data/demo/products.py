"""The eight products of the demo company as its registry describes them; what is empty here is a planted gap."""

from dataclasses import dataclass

from data.portfolio import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A product as the portfolio lead entered it; `moved` says how many days ago it came from `stage_before`."""

    product_id: str
    name: str
    class_: str
    stage: Stage | None
    stage_before: Stage | None = None
    moved: int = 0
    purpose: str
    audience: str
    connection_rules: str | None = "Single sign-on; no personal data in prompts; traffic through the AI gateway only."
    constraints: str | None = None
    piloting_process: str | None = "Six to twelve weeks; criteria agreed before the start; a review every week."
    handover_process: str | None = None
    support_channel: str | None = None
    risk_tier: str
    launched: int
    """Days before the last day."""
    retired: int | None = None


ENTRIES: tuple[Entry, ...] = (
    Entry(
        product_id="corp-llm", name="Corporate LLM", class_="chat assistant", stage="evolution",
        purpose="A safe chat assistant for everyday writing, translating and analysing.",
        audience="Everybody with an office account.", constraints="No customer data of class C.",
        handover_process="Runbook CH-4, operated by IT operations since spring.", support_channel="#ask-corp-llm",
        risk_tier="medium", launched=620,
    ),
    Entry(
        product_id="knowledge-rag", name="Knowledge RAG", class_="retrieval assistant", stage="scaling",
        stage_before="value_validation", moved=63,
        purpose="Answers from the company's own manuals, standards and work rules, with sources.",
        audience="Field service, quality, plants, people operations and sales.",
        constraints="Answers only from approved sources.",
        handover_process="Index rebuilt every night by IT operations; escalation to the owner within a day.",
        support_channel="#knowledge-rag", risk_tier="medium", launched=410,
    ),
    Entry(
        product_id="code-agent", name="Code agent", class_="coding agent", stage="evolution", stage_before="handover",
        moved=98, purpose="Reviews changes, fixes defects and migrates modules in the developer's own tools.",
        audience="Engineers of all product lines.", constraints="No access to signing keys or to production.",
        piloting_process=None, handover_process="Runbook CA-2, on call with the cloud platform.",
        support_channel="#code-agent", risk_tier="medium", launched=350,
    ),
    Entry(
        product_id="agent-orchestrator", name="Agent orchestrator", class_="agent platform", stage="pilot_launch",
        stage_before="solution_selection", moved=24,
        purpose="Runs several agents over the systems of accounting and purchasing.",
        audience="Not decided yet: whoever asked for access.", constraints="Read access only.", risk_tier="high",
        launched=24,
    ),
    Entry(
        product_id="ml-platform", name="ML platform", class_="platform", stage="handover",
        purpose="Notebooks, training and serving of forecasts.", audience="Data science.",
        constraints="Batch only.", support_channel="#ml-platform", risk_tier="low", launched=900,
    ),
    Entry(
        product_id="meeting-transcription", name="Meeting transcription", class_="speech", stage=None,
        purpose="Writes down what was said in meeting rooms and sends minutes.", audience="Sales, marketing, HR.",
        connection_rules=None, constraints="Consent of everybody in the room.", piloting_process=None,
        support_channel="#meeting-rooms", risk_tier="medium", launched=500,
    ),
    Entry(
        product_id="contract-analyser", name="Contract analyser", class_="document analysis",
        stage="value_validation", stage_before="pilot_launch", moved=77,
        purpose="Finds unusual and missing clauses in contracts before a lawyer reads them.",
        audience="Purchasing, legal, real estate and compliance.", constraints="A person signs off each review.",
        handover_process="Drafted with IT operations, to be signed when the pilots are decided.",
        support_channel="#contract-analyser", risk_tier="high", launched=260,
    ),
    Entry(
        product_id="support-copilot", name="Support copilot", class_="copilot", stage="scaling",
        stage_before="value_validation", moved=80,
        purpose="Suggests answers to customers' questions inside the ticket tool.",
        audience="Service desks, returns, billing support and spare parts.",
        constraints="No promise about prices or delivery dates.",
        handover_process="Runbook SC-1, first level with the service desks.", support_channel="#support-copilot",
        risk_tier="high", launched=300,
    ),
)  # fmt: skip
PRODUCTS: tuple[str, ...] = tuple(entry.product_id for entry in ENTRIES)

OWNERS: dict[str, dict[str, tuple[str, int]]] = {
    "corp-llm": {
        "product_owner": ("ai-products", 1), "technical_owner": ("ai-products", 2), "support": ("it-operations", 1),
    },
    "knowledge-rag": {
        "product_owner": ("ai-products", 3), "technical_owner": ("ai-products", 4), "support": ("it-operations", 2),
    },
    "code-agent": {
        "product_owner": ("ai-products", 5), "technical_owner": ("cloud-platform", 0), "support": ("cloud-platform", 1),
    },
    "agent-orchestrator": {"product_owner": ("ai-products", 6), "technical_owner": ("ai-products", 7)},
    "ml-platform": {"product_owner": ("ai-products", 8), "technical_owner": ("data-science", 0)},
    "meeting-transcription": {"technical_owner": ("it-operations", 3)},
    "contract-analyser": {
        "product_owner": ("ai-products", 9), "technical_owner": ("ai-products", 10), "support": ("it-operations", 4),
    },
    "support-copilot": {"product_owner": ("ai-products", 11), "support": ("service-desk-1", 0)},
}  # fmt: skip
"""Product -> role -> (team, place of the person in it)."""
PORTFOLIO_LEAD = ("ai-products", 0)

INITIATIVES: tuple[tuple[str, str, tuple[str, int], float, tuple[str, ...]], ...] = (
    ("faster-service", "Answer customers within the hour", ("service-desk-1", 1), 900_000,
     ("knowledge-rag", "support-copilot")),
    ("lean-office", "A quarter less office work", ("controlling", 1), 650_000, ("corp-llm",)),
    ("better-contracts", "No surprise in a contract", ("legal", 1), 480_000, ("contract-analyser",)),
    ("software-first", "Twice the releases with the same teams", ("cloud-platform", 2), 1_200_000,
     ("code-agent", "ml-platform")),
    ("touchless-invoices", "Invoices that nobody has to touch", ("accounting", 1), 300_000, ("agent-orchestrator",)),
    ("green-plants", "Energy use of the plants down by a fifth", ("plant-1", 1), 700_000, ()),
)  # fmt: skip
"""Initiative, its name, who owns it, what it shall bring a year, and the products that serve it."""
