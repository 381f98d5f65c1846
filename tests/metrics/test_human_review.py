"""Review against policy and incidents, against plain loops over rows that share no code with them."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

import pytest

from metrics.human_review import human_review, unreviewed
from metrics.incident_record import incident_record, time_to_restore
from metrics.spec import Scope
from tests.metrics.company import Company, day
from tests.metrics.oracle import ratio
from tests.metrics.reviews import talk
from tests.metrics.test_service_times import served

SCOPE = Scope(since=day(0), until=day(27), products=("chat",))
NINE = datetime(2026, 9, 7, 9)


@pytest.mark.parametrize("seed", range(3))
def test_the_review_rate_is_that_of_plain_loops(company: Company, seed: int) -> None:
    """Reviewed or assisted of the known modes, by scenario that requires it; shadow rows are out."""
    chance = Random(seed)
    company.sells("chat").has("scenarios", [
        {"scenario_id": name, "product_id": "chat", "name": name.title(), "human_review_required": needed}
        for name, needed in (("sign", True), ("pay", True), ("draft", False), ("idle", True))
    ])  # fmt: skip
    rows = []
    for n in range(300):
        said = {"scenario_id": chance.choice(["sign", "pay", "draft", None]),
                "mode": chance.choice(["review", "assist", "autonomous", "autonomous", "shadow", None])}  # fmt: skip
        rows.append(talk(f"i{n}", f"p{chance.randrange(20)}", day(chance.randrange(28))) | said)
    served(company, rows)
    found = {each.scenario: each for each in human_review(company.store, SCOPE)}
    assert set(found) == {"sign", "pay"}
    for name, each in found.items():
        mine = [row for row in rows if row["scenario_id"] == name and row["mode"] != "shadow"]
        people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in mine:
            if row["mode"]:
                people[str(row["unit_id"])][0] += row["mode"] != "autonomous"
                people[str(row["unit_id"])][1] += 1
        plain = ratio({who: (hits, of) for who, (hits, of) in people.items()})
        assert each.known == sum(row["mode"] is not None for row in mine)
        assert each.untold == sum(row["mode"] is None for row in mine)
        assert each.without == sum(row["mode"] == "autonomous" for row in mine)
        assert each.share.value == pytest.approx(plain.value)
        assert each.share.low == pytest.approx(plain.low, abs=0.01)
        assert each.share.high == pytest.approx(plain.high, abs=0.01)
    alone = {row["interaction_id"] for row in rows if row["scenario_id"] in found and row["mode"] == "autonomous"}
    assert {row["interaction_id"] for row in unreviewed(company.store, SCOPE, 500)} == alone
    assert len(unreviewed(company.store, SCOPE, 5)) == 5


def test_incidents_that_touch_the_period_open_ones_without_owner_first(company: Company) -> None:
    """Hours to notice and to restore; the median counts open ones as longer than any."""

    def row(
        name: str, begun: datetime, hours: float | None, owner: str | None = "eva", **more: object
    ) -> dict[str, object]:
        return {"incident_id": name, "product_id": "chat", "started_at": begun, "summary": name, "owner_id": owner,
                "detected_at": begun + timedelta(minutes=30),
                "restored_at": None if hours is None else begun + timedelta(hours=hours), **more}  # fmt: skip

    company.sells("chat").has("incidents", [
        row("short", NINE, 2), row("long", NINE + timedelta(days=3), 10), row("open", NINE - timedelta(days=9), None),
        row("alone", NINE - timedelta(days=20), None, None), row("past", NINE - timedelta(days=30), 5),
        row("later", NINE + timedelta(days=40), 1), row("other", NINE, 1, product_id="else"),
        row("third", NINE + timedelta(days=1), 4),
    ])  # fmt: skip
    found = incident_record(company.store, SCOPE)
    assert [each.incident.incident_id for each in found] == ["alone", "open", "long", "third", "short"]
    assert [each.restored for each in found] == [None, None, 10.0, 4.0, 2.0]
    assert {each.noticed for each in found} == {0.5}
    assert time_to_restore(found) == 10.0
    assert time_to_restore(found[:3]) is None
    assert time_to_restore([]) is None
