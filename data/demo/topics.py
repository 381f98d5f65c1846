"""The knowledge the demo's products need: what is approved and fresh, who keeps it, and what is missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic: its `share` of the product's questions, what it adds to success, and the share of probes it passes.

    `indexed` and `updated` are days before the last day; `expert` is (team, place), None where nobody keeps it.
    """

    topic_id: str
    product_id: str
    name: str
    share: float
    expert: tuple[str, int] | None
    skill: float = 0.0
    probes: float = 0.97
    indexed: float | None = 2.2
    updated: float = 40.0
    fresh: int = 180
    approved: bool = True
    required: bool = True
    reviewed: int = 30
    work: str = ""
    """The one scenario whose questions are about it; empty: any."""


TOPICS: tuple[Subject, ...] = (
    Subject("pump-maintenance", "knowledge-rag", "Pump maintenance", 0.16, ("field-service-north", 2), 0.05,
            work="rag-field"),
    Subject("motor-faults", "knowledge-rag", "Motor faults", 0.13, ("field-service-south", 2), 0.02, work="rag-field"),
    Subject("seals", "knowledge-rag", "Seals and gaskets", 0.09, ("rd-pumps", 2), 0.02, work="rag-field"),
    Subject("hydraulics", "knowledge-rag", "Hydraulic design", 0.08, ("rd-pumps", 3), work="rag-field"),
    Subject("safety-data", "knowledge-rag", "Safety data sheets", 0.08, ("plant-1", 2), 0.03, work="rag-quality"),
    Subject("work-rules", "knowledge-rag", "Work rules", 0.10, ("hr-operations", 2), 0.05, work="rag-hr"),
    Subject("travel", "knowledge-rag", "Travel rules", 0.08, ("hr-operations", 3), 0.04, work="rag-hr"),
    Subject("iso-9001", "knowledge-rag", "ISO 9001", 0.07, ("quality", 2), 0.02, work="rag-quality"),
    Subject("material-certs", "knowledge-rag", "Material certificates", 0.06, ("quality", 3), -0.10, 0.93, 96.0, 88.0,
            60, work="rag-quality"),
    Subject("warranty-terms", "knowledge-rag", "Warranty terms", 0.06, ("field-service-south", 3), -0.12, 0.55,
            work="rag-field"),
    Subject("export-control", "knowledge-rag", "Export control", 0.06, None, -0.15, 0.6, None, 210.0, 90, False,
            work="rag-field"),
    Subject("parental-leave", "knowledge-rag", "Parental leave", 0.03, ("hr-operations", 4), 0.02, work="rag-hr"),
    Subject("house-style", "corp-llm", "House style", 0.34, ("marketing", 2), 0.03),
    Subject("letter-templates", "corp-llm", "Letter templates", 0.20, ("marketing", 3), 0.02),
    Subject("product-catalogue", "corp-llm", "Product catalogue", 0.18, ("sales-dach", 2)),
    Subject("glossary", "corp-llm", "Glossary in nine languages", 0.14, ("sales-export", 2), 0.03),
    Subject("organisation", "corp-llm", "Who does what", 0.07, ("hr-operations", 5), -0.04),
    Subject("price-lists", "corp-llm", "Price lists", 0.05, ("pricing", 1), -0.12, 0.9, 2.2, 6.0, 30),
    Subject("coding-standard", "code-agent", "Coding standard", 0.27, ("test-engineering", 1), 0.02),
    Subject("build-system", "code-agent", "Build system", 0.20, ("cloud-platform", 3), 0.01),
    Subject("device-drivers", "code-agent", "Device drivers", 0.18, ("embedded-software", 2), -0.03),
    Subject("web-framework", "code-agent", "Web framework", 0.17, ("web-shop", 2), 0.03),
    Subject("test-harness", "code-agent", "Test harness", 0.13, ("test-engineering", 2), 0.01),
    Subject("release-process", "code-agent", "Release process", 0.05, ("cloud-platform", 4), -0.05, 0.6),
    Subject("liability", "contract-analyser", "Liability", 0.22, ("legal", 3), 0.01),
    Subject("payment-terms", "contract-analyser", "Payment terms", 0.18, ("procurement-direct", 2), 0.02),
    Subject("incoterms", "contract-analyser", "Incoterms", 0.14, ("logistics", 1), 0.01),
    Subject("ip-rights", "contract-analyser", "Rights in inventions", 0.12, ("legal", 4)),
    Subject("data-protection", "contract-analyser", "Data protection", 0.12, ("compliance", 1), 0.01),
    Subject("nda-clauses", "contract-analyser", "Secrecy clauses", 0.12, ("legal", 5), 0.02, work="contract-nda"),
    Subject("termination", "contract-analyser", "Termination", 0.06, ("legal", 6), -0.02),
    Subject("index-rents", "contract-analyser", "Index-linked rents", 0.04, ("real-estate", 2), -0.10, 0.5,
            work="contract-lease"),
    Subject("invoices", "support-copilot", "Invoices", 0.18, ("billing-support", 2), 0.05, work="support-billing"),
    Subject("dunning", "support-copilot", "Reminders and dunning", 0.08, ("billing-support", 3), -0.02,
            work="support-billing"),
    Subject("direct-debit", "support-copilot", "Direct debit", 0.07, ("treasury", 1), 0.01, work="support-billing"),
    Subject("returns-policy", "support-copilot", "Returns by country", 0.17, ("returns", 2), -0.08, 0.52, 88.0, 80.0,
            45, work="support-returns"),
    Subject("warranty-claims", "support-copilot", "Warranty claims", 0.12, ("returns", 3), -0.08, 0.64,
            work="support-returns"),
    Subject("part-numbers", "support-copilot", "Part numbers", 0.15, ("spare-parts", 2), 0.02, work="support-parts"),
    Subject("shipping", "support-copilot", "Shipping", 0.09, ("logistics", 2), 0.03),
    Subject("complaints", "support-copilot", "Complaints", 0.06, ("service-desk-1", 2), -0.06, work="support-returns"),
    Subject("discounts", "support-copilot", "Discounts", 0.05, ("pricing", 2), -0.10, 0.9, 2.2, 150.0, 90, False,
            work="support-parts"),
    Subject("vat-abroad", "support-copilot", "Value added tax abroad", 0.03, ("tax", 1), -0.05, work="support-billing"),
)  # fmt: skip
"""The registered inventory. Products without topics here have none: their coverage is not measured."""

UNKNOWN: dict[str, tuple[tuple[str, float], ...]] = {
    "knowledge-rag": (("works-council", 0.03), ("e-mobility-drives", 0.02)),
    "corp-llm": (("car-policy", 0.02),),
    "support-copilot": (("recall-2026", 0.04),),
    "contract-analyser": (("supply-chain-act", 0.02),),
}
"""Topics that people ask about and that no inventory lists, with their share of the questions."""


def subjects(product_id: str) -> tuple[Subject, ...]:
    """The registered topics of a product, in order."""
    return tuple(topic for topic in TOPICS if topic.product_id == product_id)
