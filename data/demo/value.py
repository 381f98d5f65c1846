"""What the demo's products cost and what is assumed about their value; ROI is made of this and of the measured use."""

from datetime import date, timedelta

from data.demo.behaviour import PRICES
from data.demo.files import Row
from data.demo.scenarios import SCENARIOS

MONTHLY: dict[str, dict[str, int]] = {
    "corp-llm": {"licences": 1_400, "infrastructure": 900, "people": 4_200, "sme": 500, "training": 450, "review": 200},
    "knowledge-rag": {"licences": 300, "infrastructure": 1_000, "people": 3_200, "sme": 900, "training": 250,
                      "review": 350},
    "code-agent": {"licences": 5_200, "infrastructure": 700, "people": 3_900, "sme": 400, "training": 400,
                   "review": 900},
    "agent-orchestrator": {"infrastructure": 1_900, "people": 7_500},
    "ml-platform": {"licences": 3_800, "infrastructure": 6_400, "people": 5_500},
    "meeting-transcription": {"licences": 2_600, "infrastructure": 400, "people": 900},
    "contract-analyser": {"licences": 900, "infrastructure": 350, "people": 3_100, "sme": 450, "training": 250,
                          "review": 800},
    "support-copilot": {"licences": 4_800, "infrastructure": 1_200, "people": 6_400, "sme": 1_500, "training": 600,
                        "review": 2_400},
}  # fmt: skip
"""Euros a month by kind. What the models' tokens cost is in the usage."""
CAPITAL = 15_000
"""Euros for machines and projects in the first month, each product."""

SAVED: dict[str, tuple[float, float, float, str]] = {
    "corp-llm": (6.0, 9.0, 13.0, "B"), "knowledge-rag": (16.0, 25.0, 36.0, "B"), "code-agent": (20.0, 32.0, 45.0, "A"),
    "contract-analyser": (20.0, 32.0, 46.0, "A"), "support-copilot": (0.5, 2.0, 4.0, "B"),
    "meeting-transcription": (3.0, 8.0, 14.0, "C"),
}  # fmt: skip
"""Minutes saved by a successful task: least, most likely, most, and how good the evidence is."""
RATES = {"corp-llm": 58.0, "knowledge-rag": 54.0, "code-agent": 78.0, "contract-analyser": 84.0,
         "support-copilot": 46.0, "meeting-transcription": 58.0}  # fmt: skip
"""Euros an hour."""
MILLIONTHS = 1_000_000


def months(first: date, until: date) -> list[date]:
    """The first day of every month that the demo touches."""
    found = [first.replace(day=1)]
    while (following := (found[-1] + timedelta(days=32)).replace(day=1)) <= until:
        found.append(following)
    return found


def tables(first: date, until: date, since: date) -> dict[str, list[Row]]:
    """Costs, prices, assumptions and baselines."""
    costs: list[Row] = [
        {"product_id": product, "month": month, "kind": kind, "amount_microusd": euros * MILLIONTHS,
         "basis": "file", "valid_from": month}
        for product, kinds in MONTHLY.items() for number, month in enumerate(months(first, until))
        for kind, euros in {**kinds, "other": 60, **({} if number else {"capital": CAPITAL})}.items()
    ]  # fmt: skip
    prices: list[Row] = [
        {"request_model": model, "input_per_mtok": asked, "output_per_mtok": answered,
         "cache_read_per_mtok": round(asked / 10, 3), "valid_from": since}
        for model, (asked, answered) in PRICES.items()
    ]  # fmt: skip
    return {
        "costs": costs, "prices": prices, "assumptions": _assumptions(since), "baselines": _baselines(since),
    }  # fmt: skip


def _assumptions(since: date) -> list[Row]:
    rows: list[Row] = []
    for product, (least, likely, most, evidence) in SAVED.items():
        for name, distribution, values, level in (
            ("minutes_saved_per_task", "pert", (least, likely, most), evidence),
            ("capture", "beta", (8.0, 8.0, None), "B"),
            ("attribution", "beta", (9.0, 6.0, None), "B"),
            ("hourly_rate", "normal", (RATES[product], RATES[product] / 20, None), "A"),
            ("discount_rate", "point", (0.08, None, None), "A"),
        ):
            rows.append({
                "product_id": product, "pilot_id": None, "name": name, "distribution": distribution, "p1": values[0],
                "p2": values[1], "p3": values[2], "evidence": level, "valid_from": since,
            })  # fmt: skip
    return rows


def _baselines(since: date) -> list[Row]:
    return [
        {"scenario_id": work.scenario_id, "measure": measure, "value": found[0], "low": found[1], "high": found[2],
         "n": found[3], "design": work.design, "valid_from": since}
        for work in SCENARIOS
        for measure, found in (("minutes_per_task", work.minutes), ("task_success", work.success_before)) if found
    ]  # fmt: skip
