"""Coverage against plain loops over random inventories."""

from collections.abc import Sequence
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import read
from metrics.spec import Scope
from tests.metrics.company import MONDAY, SUNDAY, Company, day, use
from tests.metrics.inventories import COVERAGE, STAGES, UNLISTED, topic
from tests.metrics.oracle import Row, per_unit, ratio
from tests.metrics.reviews import check, forget, review, talk

PRODUCTS, NAMES = ("chat", "code"), ("tax", "travel", "cars", "leave", "seals")


@st.composite
def topics(draw: st.DrawFn) -> list[dict[str, object]]:
    """An inventory of either product in which anything may be missing."""
    moments = st.one_of(st.none(), st.integers(-60, 27).map(lambda n: datetime.combine(day(n), time(23, 30))))
    return [
        topic(
            name,
            product,
            required=draw(st.sampled_from([True, True, False])),
            approved=draw(st.sampled_from([True, True, False, None])),
            indexed_at=draw(moments),
            source_updated_at=draw(moments),
            freshness_days=draw(st.sampled_from([None, 0, 20, 60])),
            weight=draw(st.sampled_from([None, 0.0, 0.5, 3.0])),
        )
        for name in NAMES
        for product in PRODUCTS
        if draw(st.booleans())
    ]


@st.composite
def trials(draw: st.DrawFn) -> dict[str, object]:
    """A trial of a probe or of an eval case."""
    origin_ = draw(st.sampled_from(["probe", "probe", "suite"]))
    run = draw(st.integers(0, 2))
    return check(
        f"q{draw(st.integers(0, 3))}",
        day(run * 14),
        draw(st.sampled_from([True, True, True, False, None])),
        origin=origin_,
        product_id=draw(st.sampled_from(PRODUCTS)),
        topic_id=draw(st.sampled_from(NAMES)),
        suite=draw(st.sampled_from(["s1", "s2"])) if origin_ == "suite" else None,
        run_id=f"run{run}",
        epoch=draw(st.integers(0, 1)),
        metric_name=draw(st.sampled_from(["a", "b"])),
        interaction_id=None,
    )


def passes(rows: Sequence[Row], until: date) -> list[bool]:
    """Which cases of a topic pass: newest run of each suite; most trials, every check of a trial."""
    made = [row for row in rows if row["passed"] is not None and row["run_at"].date() <= until]
    verdicts = []
    for suite in {row["suite"] for row in made}:
        own = [row for row in made if row["suite"] == suite]
        newest = max(own, key=lambda row: row["run_at"])["run_id"]
        own = [row for row in own if row["run_id"] == newest]
        for case in {row["case_id"] for row in own}:
            of_case = [row for row in own if row["case_id"] == case]
            good = [all(row["passed"] for row in of_case if row["epoch"] == n) for n in {r["epoch"] for r in of_case}]
            verdicts.append(sum(good) / len(good) > 0.5)
    return verdicts


def reached(row: Row, checks: Sequence[Row], edge: date) -> dict[str, bool]:
    """The stages that a topic reached."""
    own = [each for each in checks if (each["product_id"], each["topic_id"]) == (row["product_id"], row["topic_id"])]
    approved, limit, source, index = (
        row["approved"] is True,
        row["freshness_days"],
        *(None if row[name] is None else row[name].date() for name in ("source_updated_at", "indexed_at")),
    )
    fresh = approved and index is not None
    if fresh and limit is not None:
        fresh = source is not None and (edge - source).days <= limit and (source - index).days <= limit
    probes = passes([each for each in own if each["origin"] == "probe"], edge)
    cases = passes([each for each in own if each["origin"] == "suite"], edge)
    retrievable = fresh and bool(probes) and sum(probes) >= 0.8 * len(probes)
    answerable = retrievable and (not cases or sum(cases) >= 0.8 * len(cases))
    return {"approved": approved, "fresh": fresh, "retrievable": retrievable, "answerable": answerable}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    inventory=topics(),
    checks=st.lists(trials(), max_size=60),
    asked=st.lists(st.tuples(st.integers(0, 15), st.sampled_from((*NAMES, "other", None)), st.sampled_from(PRODUCTS),
                             st.sampled_from(["assist", "shadow", "made"])), max_size=40),
)  # fmt: skip
def test_coverage_equals_plain_loops(
    workshop: Company, inventory: list[Row], checks: list[Row], asked: list[tuple[int, str | None, str, str]]
) -> None:
    """Every stage by product, and the demand that is not listed, whoever asks and whatever is missing."""
    company = forget(workshop).sells(*PRODUCTS)
    company.has("user_days", [use("p0", day(n), product) for n in (0, 27) for product in PRODUCTS])
    talks = [
        talk(
            f"i{n}", f"p{who:02d}", day(n % 28), product_id=product, topic_id=about, mode=mode, synthetic=mode == "made"
        )
        for n, (who, about, product, mode) in enumerate(asked)
    ]
    company.has("people", [{"user_id": "p03", "kind": "test"}])
    for table, rows in (("topics", inventory), ("interactions", talks)):
        if rows:
            company.has(table, rows)
    if checks:
        review(company, checks)
    scope = Scope(since=MONDAY, until=SUNDAY)
    names = [COVERAGE, *(f"{COVERAGE}.{stage}" for stage in STAGES), UNLISTED]
    readings = {(r.metric, r.group["product"]): r for r in read(company.store, names, scope, ("product",))}
    counted = [row for row in talks if row["mode"] == "assist" and row["unit_id"] != "p03" and row["topic_id"]]
    for product in PRODUCTS:
        needed = [row for row in inventory if row["product_id"] == product and row["required"]]
        mine = [row["topic_id"] for row in counted if row["product_id"] == product]
        weights = [float(mine.count(row["topic_id"])) for row in needed]
        if not sum(weights):
            weights = [1.0 if row["weight"] is None else float(str(row["weight"])) for row in needed]
        if not sum(weights):
            weights = [1.0] * len(needed)
        stages = [reached(row, checks, SUNDAY) for row in needed]
        ids = {row["topic_id"] for row in needed}
        relevant = [each for each in checks if each["product_id"] == product and each["topic_id"] in ids]
        made = {str(each["origin"]) for each in relevant if passes([each], SUNDAY)}
        for stage in STAGES:
            reading = readings[f"{COVERAGE}.{stage}", product]
            lacking = {"retrievable": {"probe"}, "answerable": {"probe", "suite"}}.get(stage, set()) - made
            if not needed or lacking:
                assert (reading.value, reading.status) == (None, "not_measured")
                continue
            value = sum(w for w, each in zip(weights, stages, strict=True) if each[stage]) / sum(weights)
            assert reading.value == pytest.approx(value, abs=1e-9)
            assert (reading.low, reading.high, reading.status, reading.units) == (None, None, "ok", len(needed))
            if stage == "retrievable" or (stage == "fresh" and "probe" not in made):
                assert readings[COVERAGE, product].value == reading.value
        listed = {row["topic_id"] for row in inventory if row["product_id"] == product}
        rows = [{"unit_id": row["unit_id"], "hit": row["topic_id"] not in listed, "of": 1}
                for row in counted if row["product_id"] == product]  # fmt: skip
        answer = ratio(per_unit([{**row, "hit": int(bool(row["hit"]))} for row in rows], "hit", "of"))
        unlisted = readings[UNLISTED, product]
        if not listed or not rows:
            assert (unlisted.value, unlisted.status) == (None, "not_measured")
        else:
            assert (unlisted.value, unlisted.low, unlisted.high) == pytest.approx(answer[:3], abs=1e-9)
