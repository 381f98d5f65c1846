"""The twelve pilots of the demo: who tries what, for how long, how it goes, and what was agreed before."""

from dataclasses import dataclass
from typing import Literal

from data.record import Better, Design, Mode

CriterionRole = Literal["must", "should", "guardrail"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A criterion: bar and floor of a metric."""

    criterion_id: str
    metric: str
    role: CriterionRole
    better: Better
    bar: float
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A pilot. `starts` and `ends` are days before the last day, negative when they lie behind it."""

    pilot_id: str
    product_id: str
    team: str
    scenario_id: str
    name: str
    goal: str
    hypothesis: str
    starts: int
    ends: int
    roster: int
    min_users: int | None = None
    planned_tasks: int
    mode: Mode = "assist"
    design: Design = "before_after"
    bars: tuple[Bar, ...]
    ready: tuple[bool, bool, bool, bool] = (True, True, False, False)
    """The checklist of READINESS."""
    owner: tuple[str, int]
    regular: float = 0.9
    daily: float = 0.55
    success: float | None = None
    """Success of its people in its time; None: as everybody else's."""
    technical: float | None = None
    topics_told: bool = True
    """Whether its source says what a task is about; where it does not, a failure has no cause that could be mended."""
    constraints: str = "The usual rules of the product."
    risks: str = "People take answers for granted."
    conclusions: str | None = None


def _bars(
    success: tuple[float, float] = (0.75, 0.60), adoption: tuple[float, float] = (0.50, 0.30), *more: Bar
) -> tuple[Bar, ...]:
    return (
        Bar("success", "task_success", "must", "higher", *success),
        Bar("return", "adoption", "must", "higher", *adoption),
        Bar("handover", "escalation_rate", "guardrail", "lower", 0.20, 0.35),
        *more,
    )


_CONTENT = Bar("content", "hallucination_rate", "should", "lower", 0.08, 0.15)

PILOTS: tuple[Trial, ...] = (
    Trial(pilot_id="contract-procurement", product_id="contract-analyser", team="procurement-direct",
          scenario_id="contract-purchase", name="Purchase contracts",
          goal="Review purchase contracts in a day instead of a week.",
          hypothesis="Buyers find unusual clauses themselves and ask legal only about these.",
          starts=70, ends=0, roster=42, min_users=30, planned_tasks=900, mode="review", design="matched",
          bars=_bars((0.80, 0.65), (0.50, 0.30), _CONTENT), ready=(True, True, True, True),
          owner=("procurement-direct", 3), success=0.92, daily=0.60),
    Trial(pilot_id="contract-real-estate", product_id="contract-analyser", team="real-estate",
          scenario_id="contract-lease", name="Leases", goal="No lease without a second reading.",
          hypothesis="The analyser finds index clauses that were overlooked before.",
          starts=56, ends=0, roster=16, min_users=12, planned_tasks=300, mode="review",
          bars=_bars((0.70, 0.55)), owner=("real-estate", 3), success=0.90),
    Trial(pilot_id="contract-nda-shadow", product_id="contract-analyser", team="legal", scenario_id="contract-nda",
          name="Secrecy agreements in the shadow", goal="See whether the analyser agrees with the lawyers.",
          hypothesis="In nine of ten agreements it marks what a lawyer marks.",
          starts=35, ends=-21, roster=16, planned_tasks=500, mode="shadow", design="controlled",
          bars=_bars((0.85, 0.70)), owner=("legal", 7), success=0.86),
    Trial(pilot_id="support-billing", product_id="support-copilot", team="billing-support",
          scenario_id="support-billing", name="Billing answers", goal="Half the time for a billing question.",
          hypothesis="Suggested answers are sent with few changes.",
          starts=63, ends=0, roster=44, min_users=30, planned_tasks=1500, mode="review",
          bars=_bars((0.75, 0.60)), ready=(True, True, True, False), owner=("billing-support", 4), success=0.675),
    Trial(pilot_id="support-returns", product_id="support-copilot", team="returns", scenario_id="support-returns",
          name="Returns without a person", goal="Simple returns are handled by the copilot alone.",
          hypothesis="Three of four returns need no person.",
          starts=60, ends=0, roster=42, min_users=30, planned_tasks=1500, mode="autonomous", design="controlled",
          bars=_bars((0.75, 0.60)), owner=("returns", 4), success=0.40, topics_told=False,
          risks="Customers get a refund they have no right to."),
    Trial(pilot_id="rag-hr-policies", product_id="knowledge-rag", team="hr-operations", scenario_id="rag-hr",
          name="Work rules", goal="Questions on work rules are answered at once.",
          hypothesis="Two of three mails to people operations become unnecessary.",
          starts=150, ends=72, roster=38, min_users=30, planned_tasks=1200, bars=_bars((0.75, 0.60)),
          ready=(True, True, True, True), owner=("hr-operations", 6), success=0.89,
          conclusions="Answers were right and found fast; scaled to all plants."),
    Trial(pilot_id="rag-field-service", product_id="knowledge-rag", team="field-service-north",
          scenario_id="rag-field", name="Repair procedures on site", goal="One visit instead of two.",
          hypothesis="The procedure is found at the machine.",
          starts=42, ends=-35, roster=44, min_users=30, planned_tasks=2600, design="matched",
          bars=_bars((0.80, 0.65)), owner=("field-service-north", 3), technical=0.02),
    Trial(pilot_id="code-migration", product_id="code-agent", team="embedded-software", scenario_id="code-migration",
          name="Old compiler, new compiler", goal="400 modules moved before the licence ends.",
          hypothesis="The agent moves a module in an hour.",
          starts=77, ends=-14, roster=34, min_users=30, planned_tasks=2400, mode="autonomous", design="controlled",
          bars=_bars((0.80, 0.65)), owner=("embedded-software", 3), success=0.76),
    Trial(pilot_id="code-review", product_id="code-agent", team="web-shop", scenario_id="code-review",
          name="First reviewer", goal="No change waits for its first review.",
          hypothesis="The agent's remarks are acted on.",
          starts=140, ends=60, roster=36, min_users=30, planned_tasks=1400, mode="assist", design="controlled",
          bars=_bars((0.75, 0.60)), ready=(True, True, True, True), owner=("web-shop", 3), success=0.86,
          conclusions="Works; the connection to the old repository has to be replaced first."),
    Trial(pilot_id="chat-finance-close", product_id="corp-llm", team="controlling", scenario_id="chat-analysis",
          name="Month end", goal="The monthly report a day earlier.",
          hypothesis="Comments on figures write themselves.",
          starts=120, ends=50, roster=40, min_users=30, planned_tasks=1300, bars=_bars((0.80, 0.65)),
          owner=("controlling", 3), success=0.55, topics_told=False,
          conclusions="Figures have to be checked one by one: no time is saved."),
    Trial(pilot_id="chat-translations", product_id="corp-llm", team="sales-export", scenario_id="chat-translate",
          name="Translations in house", goal="No agency for ordinary letters.",
          hypothesis="Sales sends letters without a second reader.",
          starts=91, ends=14, roster=38, min_users=30, planned_tasks=4000, bars=_bars((0.75, 0.60)),
          owner=("sales-export", 3), success=0.84),
    Trial(pilot_id="orchestrator-onboarding", product_id="agent-orchestrator", team="procurement-indirect",
          scenario_id="orchestrator-onboarding", name="New suppliers", goal="A supplier is set up in a day.",
          hypothesis="Agents fill the eleven systems; a person approves.",
          starts=-9, ends=-79, roster=0, min_users=20, planned_tasks=300, mode="review", bars=_bars((0.80, 0.65)),
          ready=(False, False, False, False), owner=("procurement-indirect", 3)),
)  # fmt: skip

READINESS = ("owner", "support", "runbook", "connection rules")
CHANGED_BAR = ("code-migration", "success", 0.70, 0.55, 45)
"""A bar lowered after its pilot had started: pilot, criterion, new bar, new floor, days before the last day."""

DECISIONS: tuple[tuple[str, str, str, int, tuple[str, int], tuple[str, int] | None, str, str, str, str | None], ...] = (
    ("d-01", "knowledge-rag", "rag-hr-policies", 68, ("ai-products", 3), None, "scale", "scale",
     "Every must was met; the runbook is signed.", "Index rebuilt every night."),
    ("d-02", "code-agent", "code-review", 55, ("ai-products", 5), ("ai-products", 0), "scale", "rework",
     "The old repository's connection fails once a day; it is replaced first.", "Decide again in a quarter."),
    ("d-03", "corp-llm", "chat-finance-close", 44, ("ai-products", 1), None, "close", "close",
     "Checking the figures takes the time that writing saved.", None),
    ("d-04", "contract-analyser", "", 77, ("ai-products", 9), None, "scale", "scale",
     "The pilots may begin: accuracy on the test set is above the bar.", "A person signs off each review."),
    ("d-05", "support-copilot", "", 80, ("ai-products", 11), ("ai-products", 0), "fix", "scale",
     "The service desks need it before the season.", "Success is looked at every month."),
    ("d-06", "corp-llm", "", 150, ("ai-products", 0), None, "keep", "keep",
     "Used every day, no incident.", None),
    ("d-07", "agent-orchestrator", "", 30, ("ai-products", 0), None, "new", "new",
     "Open it to colleagues who ask, read only.", "No write access before the pilot."),
)  # fmt: skip
"""Decision, product, pilot, days before the last day, who, second name, proposal, decision, reason, conditions."""


def trials(product_id: str) -> tuple[Trial, ...]:
    """The pilots of a product."""
    return tuple(trial for trial in PILOTS if trial.product_id == product_id)
