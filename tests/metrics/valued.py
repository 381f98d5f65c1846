"""A company whose value can be computed: what it did in September, what it cost, what the registry assumes."""

from collections.abc import Iterable
from datetime import date

from metrics.ledger import Ledger, Line
from metrics.spec import Scope
from tests.metrics.company import Company, tasks

SEPTEMBER, AUGUST, OCTOBER = date(2026, 9, 1), date(2026, 8, 1), date(2026, 10, 1)
MONTH = Scope(since=SEPTEMBER, until=date(2026, 9, 30))
PEOPLE = 40

Row = dict[str, object]


def worked(
    product: str = "chat", *, confirmed: int = 6, failed: int = 2, unknown: int = 2, days: Iterable[int] = (1, 15, 30),
    people: int = PEOPLE, **more: object,
) -> list[Row]:  # fmt: skip
    """Every person's tasks on these days of September (40 people, 3 days, 10 tasks: 1,200), a cent an interaction."""
    found = []
    for person in range(people):
        for number in days:
            row = tasks(f"p{person}", SEPTEMBER.replace(day=number), confirmed, failed, unknown, **more)
            cost = more.get("cost_microusd", 10_000 * (confirmed + failed + unknown))
            found.append({**row, "product_id": product, "cost_microusd": cost})
    return found


def spent(kind: str, amount: float, month: date = SEPTEMBER, product: str = "chat", basis: str | None = "file") -> Row:
    """A row of the costs, in whole money."""
    micro = round(amount * 1_000_000)
    return {"product_id": product, "month": month, "kind": kind, "amount_microusd": micro, "basis": basis}


def assumed(
    name: str, distribution: str, *numbers: float, evidence: str = "B", product: str | None = "chat",
    pilot: str | None = None,
) -> Row:  # fmt: skip
    """A row of the assumptions."""
    p1, p2, p3 = (*numbers, None, None)[:3]
    row = {"product_id": product, "pilot_id": pilot, "name": name, "distribution": distribution, "evidence": evidence}
    return {**row, "p1": p1, "p2": p2, "p3": p3}


def points(product: str | None = "chat", **values: float) -> list[Row]:
    """Assumptions without doubt: twelve minutes a task at 60 an hour, half of it captured, 0.8 of it due to the
    product, so 4.80 a successful task; nothing discounted.
    """
    usual = {"minutes_saved_per_task": 12.0, "hourly_rate": 60.0, "capture": 0.5, "attribution": 0.8,
             "discount_rate": 0.0}  # fmt: skip
    return [assumed(name, "point", value, product=product) for name, value in {**usual, **values}.items()]


def valued(company: Company) -> Company:
    """One product in September: 720 confirmed and 240 failed of 1,200 tasks, 12 of tokens, 2,000 of other costs."""
    company.sells("chat").has("user_days", worked()).has("assumptions", points())
    return company.has("costs", [spent("licences", 500), spent("people", 1_500)])


def line(ledger: Ledger, name: str) -> Line:
    """The one line of this name."""
    (found,) = [each for each in ledger.lines if each.name == name]
    return found
