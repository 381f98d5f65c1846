"""Latency and availability against plain loops over single interactions that share no code with them."""

from datetime import datetime, timedelta
from math import ceil, floor, log2
from random import Random

import pytest

from metrics.service_times import availability, latencies
from metrics.spec import Scope
from tests.metrics.company import Company, day
from tests.metrics.reviews import talk

NINE = datetime(2026, 9, 7, 9)


def served(company: Company, rows: list[dict[str, object]]) -> Company:
    """Interactions of chat with a published load that covers their days."""
    company.has("interactions", rows)
    return company.has("feed_days", [{
        "load_id": "L1", "fact": "interactions", "product_id": "chat", "first_day": day(0), "last_day": day(27),
        "source_system": "s", "source_product": "", "records": len(rows),
    }]).has("loads", [{"load_id": "L1", "status": "published"}])  # fmt: skip


def at(number: int, moment: datetime, **stated: object) -> dict[str, object]:
    """An interaction at a moment."""
    return talk(f"i{number}", f"p{number % 7}", moment.date(), occurred_at=moment, **stated)


@pytest.mark.parametrize("seed", range(3))
def test_percentiles_hold_the_sorted_durations_within_a_bucket(company: Company, seed: int) -> None:
    """The time at rank ceil(share * n) of the sorted durations lies in the bucket said, which is 9 % wide."""
    chance = Random(seed)
    millis = [int(chance.lognormvariate(7, 1.2)) for _ in range(900)]
    rows = [at(n, NINE + timedelta(hours=n * 0.7), duration_bucket=floor(8 * log2(each + 1)) if n % 9 else None)
            for n, each in enumerate(millis)]  # fmt: skip
    served(company.sells("chat"), rows)
    found = latencies(company.store, Scope(since=day(0), until=day(27)))
    for each in found:
        mine = sorted(
            one for one, row in zip(millis, rows, strict=True)
            if row["duration_bucket"] is not None
            and (each.week is None or each.week <= row["occurred_at"].date() < each.week + timedelta(days=7))
        )  # fmt: skip
        assert each.timed == len(mine)
        for one in each.percentiles:
            exact = mine[ceil(one.share * len(mine)) - 1] / 1000
            assert one.low - 0.001 <= exact <= one.high + 1e-9
            assert one.high + 0.001 <= (one.low + 0.001) * 1.0906
            assert one.low < one.value < one.high
    assert len(found) == 5
    assert found[0].interactions == 900


def test_availability_is_the_share_of_good_slots_of_business_hours(company: Company) -> None:
    """Four slots of Monday: a good one, one with a failure, one outside of hours (not counted), two in an incident."""
    said = {"error": False}
    rows = [
        *(at(n, NINE + timedelta(seconds=n), **said) for n in range(3)),
        *(at(10 + n, NINE + timedelta(minutes=5, seconds=n), error=n == 0) for n in range(3)),
        at(20, NINE - timedelta(hours=2), error=True), at(21, NINE + timedelta(days=5), error=True),
        at(22, NINE + timedelta(minutes=20), **said),
    ]  # fmt: skip
    served(company.sells("chat"), rows)
    begun = NINE + timedelta(minutes=20)
    company.has("incidents", [
        {"incident_id": "a", "product_id": "chat", "started_at": begun, "restored_at": begun + timedelta(minutes=10),
         "severity": "s1", "summary": "x"},
        {"incident_id": "b", "product_id": "chat", "started_at": begun + timedelta(hours=1),
         "restored_at": begun + timedelta(hours=2), "severity": "s3", "summary": "slow"},
        {"incident_id": "c", "product_id": "other", "started_at": begun + timedelta(hours=1),
         "restored_at": begun + timedelta(hours=2), "severity": "s1", "summary": "x"},
    ])  # fmt: skip
    found = availability(company.store, Scope(since=day(0), until=day(6), products=("chat",)))
    assert (found.slots, found.good, found.down, found.limit) == (4, 1, 2, 0.03)
    assert found.share == 0.25
    generous = availability(company.store, Scope(since=day(0), until=day(6), products=("chat",)), 0.5)
    assert (generous.slots, generous.good) == (4, 2)


def test_what_no_source_says_is_not_measured(company: Company) -> None:
    """No interaction, or none that says whether it failed: no share, and a sentence."""
    scope = Scope(since=day(0), until=day(6), products=("chat",))
    assert availability(company.sells("chat").store, scope).missing == "No interaction lies in this period."
    assert latencies(company.store, scope)[0].percentiles == ()
    served(company, [at(1, NINE, error=None, duration_bucket=None)])
    found = availability(company.store, scope)
    assert (found.share, found.missing) == (None, "No source says whether interactions failed.")
