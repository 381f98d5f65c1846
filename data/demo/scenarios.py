"""The pieces of work the demo's products are for: how often each is done, how well, and how it went before."""

from dataclasses import dataclass
from typing import Literal

from data.record import Design


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A scenario: `share` of the product's tasks, `skill` added to its success, `minutes` of the current way of working
    (value, low, high, cases timed), `saved` minutes of each successful task (least, most likely, most).
    """

    scenario_id: str
    product_id: str
    name: str
    problem: str
    current: str
    share: float
    skill: float = 0.0
    review: bool = False
    planned: float = 0.0
    """Share of tasks that the process hands to a person by rule."""
    minutes: tuple[float, float, float, int] | None = None
    success_before: tuple[float, float, float, int] | None = None
    design: Design = "before_after"
    owner: tuple[str, int] | None = None
    tier: Literal["low", "medium", "high"] = "medium"


SCENARIOS: tuple[Work, ...] = (
    Work(scenario_id="chat-drafting", product_id="corp-llm", name="Draft a text", share=0.42, skill=0.02,
         problem="Letters and mails take long and read differently.", current="Written from scratch.",
         minutes=(24, 21, 27, 120), success_before=(0.74, 0.68, 0.80, 210), owner=("marketing", 1), tier="low"),
    Work(scenario_id="chat-translate", product_id="corp-llm", name="Translate a document", share=0.22, skill=0.03,
         problem="An agency needs three days.", current="Sent to an agency.", minutes=(38, 32, 44, 60), tier="low"),
    Work(scenario_id="chat-summary", product_id="corp-llm", name="Summarise a meeting", share=0.16, skill=-0.04,
         problem="Nobody reads long minutes.", current="Somebody writes a summary.", minutes=(22, 18, 26, 80),
         owner=("sales-dach", 1), tier="low"),
    Work(scenario_id="chat-analysis", product_id="corp-llm", name="Analyse a spreadsheet", share=0.20, skill=-0.05,
         problem="Monthly figures need a specialist.", current="Pivot tables by hand.", minutes=(46, 39, 53, 70),
         success_before=(0.70, 0.63, 0.77, 160), owner=("controlling", 2)),
    Work(scenario_id="rag-hr", product_id="knowledge-rag", name="Answer a question on work rules", share=0.25,
         skill=0.03, problem="Rules are spread over nine wikis.", current="A mail to people operations.",
         minutes=(19, 16, 22, 140), success_before=(0.66, 0.60, 0.72, 240), owner=("hr-operations", 1), planned=0.03),
    Work(scenario_id="rag-field", product_id="knowledge-rag", name="Find a repair procedure", share=0.45,
         problem="4,000 manuals in three languages.", current="A call to a colleague.", minutes=(27, 23, 31, 160),
         success_before=(0.68, 0.62, 0.74, 220), design="matched", owner=("field-service-north", 1)),
    Work(scenario_id="rag-quality", product_id="knowledge-rag", name="Find a quality standard", share=0.30,
         skill=-0.02, problem="Standards change every month.", current="Search in the document system.",
         minutes=(21, 18, 24, 90), owner=("quality", 1)),
    Work(scenario_id="code-review", product_id="code-agent", name="Review a change", share=0.32, skill=0.04,
         problem="Reviews wait a day.", current="A colleague reads it.", minutes=(34, 30, 38, 260),
         success_before=(0.71, 0.66, 0.76, 320), design="controlled", owner=("web-shop", 1)),
    Work(scenario_id="code-fix", product_id="code-agent", name="Fix a defect", share=0.40,
         problem="Old modules have no author any more.", current="Debugging by hand.", minutes=(88, 76, 100, 180),
         design="controlled", owner=("rd-drives", 1)),
    Work(scenario_id="code-migration", product_id="code-agent", name="Migrate a module", share=0.28, skill=-0.06,
         problem="Two million lines on an old compiler.", current="Rewritten line by line.",
         minutes=(150, 128, 172, 90), success_before=(0.60, 0.52, 0.68, 150), design="controlled",
         owner=("embedded-software", 1)),
    Work(scenario_id="support-billing", product_id="support-copilot", name="Answer a billing question", share=0.35,
         skill=0.05, review=True, planned=0.05, problem="A third of all tickets.",
         current="Looked up in three systems.",
         minutes=(14, 12, 16, 300), success_before=(0.62, 0.57, 0.67, 380), owner=("billing-support", 1), tier="high"),
    Work(scenario_id="support-returns", product_id="support-copilot", name="Handle a return", share=0.30, skill=-0.05,
         review=True, planned=0.06, problem="Rules differ by country.", current="A handbook of 200 pages.",
         minutes=(17, 15, 19, 280), success_before=(0.64, 0.59, 0.69, 340), design="controlled", owner=("returns", 1),
         tier="high"),
    Work(scenario_id="support-parts", product_id="support-copilot", name="Find a spare part", share=0.35,
         problem="60,000 part numbers.", current="Asked of the warehouse.", minutes=(12, 10, 14, 200),
         owner=("spare-parts", 1)),
    Work(scenario_id="contract-purchase", product_id="contract-analyser", name="Review a purchase contract", share=0.50,
         skill=0.02, review=True, planned=0.10, problem="Reviews take a week.", current="A lawyer reads every page.",
         minutes=(165, 148, 182, 85), success_before=(0.72, 0.66, 0.78, 190), design="matched",
         owner=("procurement-direct", 1), tier="high"),
    Work(scenario_id="contract-nda", product_id="contract-analyser", name="Review a non-disclosure agreement",
         share=0.30, review=True, planned=0.12, problem="Two hundred a month, nearly all alike.",
         current="A checklist of 40 questions.", minutes=(70, 61, 79, 60), success_before=(0.78, 0.70, 0.86, 120),
         design="controlled", owner=("legal", 2), tier="high"),
    Work(scenario_id="contract-lease", product_id="contract-analyser", name="Review a lease", share=0.20, skill=-0.04,
         review=True, planned=0.15, problem="Leases run for decades.", current="An outside law firm.",
         minutes=(190, 150, 230, 24), success_before=(0.75, 0.64, 0.86, 60), owner=("real-estate", 1), tier="high"),
    Work(scenario_id="orchestrator-onboarding", product_id="agent-orchestrator", name="Set up a new supplier",
         share=0.4,
         review=True, problem="Eleven systems to fill.", current="A form and many mails.",
         owner=("procurement-indirect", 2), tier="high"),
    Work(scenario_id="orchestrator-invoice", product_id="agent-orchestrator", name="Match an invoice", share=0.6,
         review=True, problem="One invoice in eight does not match its order.", current="Matched by hand.",
         owner=("accounting", 2), tier="high"),
    Work(scenario_id="meeting-minutes", product_id="meeting-transcription", name="Write minutes", share=0.6, skill=0.02,
         problem="Nobody wants to write.", current="Whoever is newest writes.", minutes=(25, 21, 29, 60), tier="low"),
    Work(scenario_id="meeting-summary", product_id="meeting-transcription", name="Summarise a meeting", share=0.4,
         skill=-0.06,
         problem="Nobody reads long minutes.", current="Somebody writes a summary.", tier="low"),
)  # fmt: skip


def works(product_id: str) -> tuple[Work, ...]:
    """The scenarios of a product, in order; ml-platform has none."""
    return tuple(work for work in SCENARIOS if work.product_id == product_id)
