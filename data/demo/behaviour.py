"""How the demo's products are used: for whom, how often, how well. The numbers the simulated days are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.demo.company import BUILDERS, TEAMS
from data.record import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One product's use. Shares are 0 to 1; `daily` is how many of their workdays regular users use it on."""

    product_id: str
    prefix: str
    audience: Mapping[str, float]
    """Team -> share of its people who have access."""
    registered: bool = True
    """Whether the registry lists the audience."""
    early: float = 0.6
    """Share of the audience that had access before the first day; the rest came in waves."""
    regular: float
    rare: float
    daily: float
    ramp: float = 0.85
    """Use on the first day, as a share of that on the last."""
    tasks: float
    turns: float
    success: float
    spread: float = 14.0
    """How alike people are: of a Beta with this concentration is each person's success."""
    known: float
    """Share of tasks whose end somebody says, and of the others the share a rule or a judge implies."""
    implied: float = 0.25
    evidence: Mapping[str, float] = field(default_factory=lambda: {"accepted": 0.6, "rating": 0.4})
    error: float = 0.006
    escalated: tuple[float, float] = (0.02, 0.2)
    """Unplanned handovers of tasks that ended well, and of those that failed."""
    content: float = 0.05
    """Share of answers that say something wrong."""
    audited: float = 0.0
    labelled: float = 0.25
    """Share of tasks a judge reads, and of these the share that people read, too."""
    seconds: float = 6.0
    tokens: tuple[int, int] = (900, 350)
    models: tuple[tuple[str, float], ...] = (("northstar-large-3", 0.7), ("northstar-mini-3", 0.3))
    mode: Mode = "assist"
    named: float = 1.0
    lag: int = 0
    """Days by which the data end before the last day."""
    begun: int = 182
    """Days before the last day on which the data begin."""
    traced: float = 0.0
    """Share of its people (outside pilots) whose use is exported as traces instead of rows."""
    deserted: int = 0
    """Days before the last day since when nobody but programs uses it."""


OFFICE = {team: 0.74 for team in TEAMS if team != BUILDERS}

BEHAVIOUR: dict[str, Behaviour] = {
    each.product_id: each
    for each in (
        Behaviour(
            product_id="corp-llm", prefix="cl", audience=OFFICE, regular=0.66, rare=0.17, daily=0.34, tasks=1.9,
            turns=2.0, success=0.87, known=0.46, evidence={"rating": 0.55, "accepted": 0.45}, error=0.004,
            escalated=(0.012, 0.10), content=0.045, audited=0.07, seconds=4.2, tokens=(850, 420),
        ),
        Behaviour(
            product_id="knowledge-rag", prefix="kr",
            audience={"field-service-north": 0.95, "field-service-south": 0.9, "quality": 0.9, "plant-1": 0.7,
                      "plant-2": 0.6, "hr-operations": 0.95, "recruiting": 0.6, "sales-dach": 0.6, "sales-nordics": 0.6,
                      "key-accounts": 0.5, "tendering": 0.8, "rd-pumps": 0.6, "service-desk-1": 0.5,
                      "service-desk-2": 0.5, "logistics": 0.5},
            early=0.5, regular=0.60, rare=0.2, daily=0.40, tasks=1.9, turns=1.9, success=0.85, known=0.55,
            evidence={"rating": 0.5, "accepted": 0.35, "verified": 0.15}, error=0.007, escalated=(0.03, 0.22),
            content=0.04, audited=0.16, seconds=7.5, tokens=(3200, 310),
            models=(("northstar-mini-3", 0.9), ("northstar-large-3", 0.1)),
        ),
        Behaviour(
            product_id="code-agent", prefix="ca",
            audience={"rd-pumps": 0.5, "rd-drives": 0.75, "embedded-software": 0.95, "cloud-platform": 0.95,
                      "web-shop": 0.95, "test-engineering": 0.8, "data-science": 0.35, "it-operations": 0.3},
            early=0.55, regular=0.72, rare=0.13, daily=0.58, tasks=1.7, turns=2.2, success=0.79, known=0.66,
            evidence={"accepted": 0.65, "verified": 0.25, "rating": 0.1}, error=0.012, escalated=(0.02, 0.14),
            content=0.055, audited=0.14, seconds=28.0, tokens=(9500, 1400), traced=0.26,
            models=(("quill-code-2", 0.85), ("northstar-large-3", 0.15)),
        ),
        Behaviour(
            product_id="agent-orchestrator", prefix="ao",
            audience={"accounting": 0.6, "procurement-indirect": 0.5, "supply-planning": 0.4}, registered=False,
            early=1.0, regular=0.7, rare=0.2, daily=0.6, ramp=0.5, tasks=3.4, turns=1.3, success=0.72, known=0.5,
            error=0.03, seconds=65.0, tokens=(14000, 2100), models=(("northstar-large-3", 1.0),), mode="review",
            lag=9, begun=24, traced=1.0,
        ),
        Behaviour(
            product_id="ml-platform", prefix="ml", audience={"data-science": 0.97}, early=1.0, regular=0.25, rare=0.2,
            daily=0.25, ramp=1.0, deserted=104, tasks=1.2, turns=1.6, success=0.8, known=0.0, implied=0.0, error=0.02,
            seconds=40.0,
            tokens=(400, 60), models=(("northstar-mini-3", 1.0),), mode="autonomous",
        ),
        Behaviour(
            product_id="meeting-transcription", prefix="mt",
            audience={"sales-dach": 0.9, "sales-nordics": 0.9, "sales-export": 0.85, "key-accounts": 0.9,
                      "marketing": 0.9, "hr-operations": 0.7, "recruiting": 0.8, "tendering": 0.8},
            regular=0.5, rare=0.2, daily=0.35, ramp=1.2, tasks=1.15, turns=1.5, success=0.72, known=0.42,
            evidence={"rating": 1.0}, error=0.01, escalated=(0.01, 0.05), content=0.0, seconds=95.0,
            tokens=(7800, 900), models=(("murmur-speech-1", 1.0),), named=0.64,
        ),
        Behaviour(
            product_id="contract-analyser", prefix="co",
            audience={"legal": 0.9, "procurement-direct": 0.95, "procurement-indirect": 0.9, "real-estate": 0.95,
                      "compliance": 0.8},
            early=0.35, regular=0.68, rare=0.16, daily=0.50, ramp=0.7, tasks=1.9, turns=1.7, success=0.89, known=0.74,
            evidence={"verified": 0.45, "accepted": 0.4, "rating": 0.15}, error=0.005, escalated=(0.05, 0.25),
            content=0.045, audited=0.5, labelled=0.28, seconds=42.0, tokens=(16000, 1300),
            models=(("northstar-large-3", 1.0),), mode="review",
        ),
        Behaviour(
            product_id="support-copilot", prefix="sc",
            audience={"service-desk-1": 0.95, "service-desk-2": 0.95, "returns": 0.95, "billing-support": 0.97,
                      "spare-parts": 0.9},
            early=0.7, regular=0.86, rare=0.08, daily=0.62, ramp=0.8, tasks=2.5, turns=1.35, success=0.55, known=0.78,
            evidence={"accepted": 0.55, "verified": 0.3, "rating": 0.15}, error=0.011, escalated=(0.05, 0.44),
            content=0.085, audited=0.11, seconds=5.1, tokens=(2100, 260),
            models=(("northstar-mini-3", 1.0),), mode="review",
        ),
    )
}  # fmt: skip
PRICES: dict[str, tuple[float, float]] = {
    "northstar-large-3": (2.4, 9.6), "northstar-mini-3": (0.3, 1.2), "quill-code-2": (3.0, 15.0),
    "murmur-speech-1": (0.9, 0.9),
}  # fmt: skip
"""Model -> what a million input and a million output tokens cost."""
