"""Task success and escalation against plain loops over random user-days."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import read
from metrics.spec import Reading, Scope
from tests.metrics import oracle
from tests.metrics.company import MONDAY, SUNDAY, Company, day, found, granted, tasks, use
from tests.metrics.oracle import Row

NAMES = (
    "task_success", "task_success.outcome_coverage", "task_success.worst", "task_success.best",
    "escalation_rate", "escalation_rate.planned",
)  # fmt: skip
PRODUCTS = ("chat", "code")
TEAMS = (None, "sales", "legal")


@st.composite
def user_days(draw: st.DrawFn) -> dict[str, object]:
    """One row of user_days whose counts are consistent."""
    confirmed, implied, failed, unknown = (draw(st.integers(0, 4)) for _ in range(4))
    every = confirmed + implied + failed + unknown
    known = draw(st.integers(0, every))
    unplanned = draw(st.integers(0, known))
    planned = draw(st.integers(0, known - unplanned))
    return use(
        draw(st.sampled_from([f"p{n:02d}" for n in range(14)])),
        day(draw(st.integers(-3, 30))),
        draw(st.sampled_from(PRODUCTS)),
        interactions=every + draw(st.integers(0, 3)),
        tasks=every,
        tasks_confirmed=confirmed,
        tasks_implied=implied,
        tasks_failed=failed,
        tasks_unknown=unknown,
        technical_errors=draw(st.integers(0, failed)),
        escalation_known=known,
        escalated_planned=planned,
        escalated_unplanned=unplanned,
        escalated_unplanned_1d=draw(st.integers(0, unplanned)),
        team_id=draw(st.sampled_from(TEAMS)),
        scenario_id=draw(st.sampled_from((None, "letters"))),
        mode=draw(st.sampled_from((None, "assist", "shadow"))),
    )


def expected(name: str, rows: list[Row], edges: dict[str, date], window: int = 1) -> oracle.Answer:
    """What a reading of these rows should say."""
    made = []
    for row in rows:
        n = {key: int(str(row[key])) for key in row if key.startswith(("tasks", "escalat"))}
        old = row["day"] + timedelta(days=window) <= edges[str(row["product_id"])]
        hit, of = {
            "task_success": (n["tasks_confirmed"], n["tasks_confirmed"] + n["tasks_failed"]),
            "task_success.outcome_coverage": (n["tasks_confirmed"] + n["tasks_failed"], n["tasks"]),
            "task_success.worst": (n["tasks_confirmed"], n["tasks"]),
            "task_success.best": (n["tasks"] - n["tasks_failed"], n["tasks"]),
            "escalation_rate": (n["escalated_unplanned_1d"] if old else 0, n["escalation_known"] if old else 0),
            "escalation_rate.planned": (n["escalated_planned"] if old else 0, n["escalation_known"] if old else 0),
        }[name]
        made.append({"unit_id": row["unit_id"], "hit": hit, "of": of})
    return oracle.ratio(oracle.per_unit(made, "hit", "of"))


def assert_equal(reading: Reading, answer: oracle.Answer) -> None:
    """The reading says what the oracle says; a number no source stands behind may be withheld."""
    assert (reading.units, reading.events) == (answer.units, answer.events)
    if reading.status == "not_measured":
        assert reading.value is None
        return
    assert (reading.value, reading.low, reading.high) == pytest.approx(
        (answer.value, answer.low, answer.high), abs=1e-9
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(user_days(), min_size=20, max_size=70),
    team_of=st.dictionaries(st.sampled_from(["p00", "p01", "p02"]), st.sampled_from(["sales", "ops"])),
    bots=st.frozensets(st.sampled_from(["p03", "p04"])),
    aliases=st.dictionaries(st.sampled_from(["p05", "p06"]), st.sampled_from(["p07", "p08"])),
)
def test_readings_of_use_equal_plain_loops(
    workshop: Company, rows: list[Row], team_of: dict[str, str], bots: frozenset[str], aliases: dict[str, str]
) -> None:
    """By nothing, product, team, scenario and week, whoever is a bot, has two names or is in a registered team."""
    company = workshop.empty().sells(*PRODUCTS).has("user_days", rows)
    people = [{"user_id": who, "team_id": team, "kind": "employee"} for who, team in team_of.items()]
    company.has("people", people + [{"user_id": who, "team_id": None, "kind": "service"} for who in bots])
    company.has(
        "person_aliases", [{"source_system": "s", "source_user": a, "user_id": who} for a, who in aliases.items()]
    )
    edges: dict[str, date] = {}
    for row in rows:
        edges[str(row["product_id"])] = max(edges.get(str(row["product_id"]), date.min), row["day"])
    scope = Scope(since=MONDAY, until=SUNDAY)
    counted: list[Row] = []
    for row in rows:
        who = aliases.get(str(row["unit_id"]), str(row["unit_id"]))
        if who in bots or row["mode"] == "shadow" or not MONDAY <= row["day"] <= SUNDAY:
            continue
        counted.append({**row, "unit_id": who, "team_id": team_of.get(who, row["team_id"])})
    columns = {"product": "product_id", "team": "team_id", "scenario": "scenario_id"}
    for reading in read(company.store, NAMES, scope):
        assert_equal(reading, expected(reading.metric, counted, edges))
    for dimension, column in columns.items():
        for reading in read(company.store, NAMES, scope, by=(dimension,)):
            of_group = [row for row in counted if row[column] == reading.group[dimension]]
            assert_equal(reading, expected(reading.metric, of_group, edges))
    weekly = read(company.store, NAMES, scope, by=("product", "week"))
    assert len(weekly) == len(PRODUCTS) * 4 * len(NAMES)
    for reading in weekly:
        product, week = reading.group["product"], reading.group["week"]
        of_group = [r for r in counted if r["product_id"] == product and f"{r['day']:%G-W%V}" == week]
        assert_equal(reading, expected(reading.metric, of_group, edges))


@pytest.mark.parametrize("seed", range(3))
def test_intervals_equal_the_jackknife_done_person_by_person(company: Company, september: Scope, seed: int) -> None:
    """Over forty people of very different activity each interval is the one that leaves every person out in turn."""
    random = Random(seed)
    rows: list[Row] = []
    for person in range(40):
        skill = random.betavariate(3, 1)
        for _ in range(random.randint(2, 6)):
            many = random.randint(1, 12)
            good = sum(random.random() < skill for _ in range(many))
            counts = {"escalation_known": many, "escalated_unplanned_1d": random.randint(0, many // 2)}
            product = random.choice(PRODUCTS)
            row = tasks(f"p{person}", day(random.randint(0, 27)), good, many - good, random.randint(0, 3), **counts)
            rows.append({**row, "product_id": product})
    company.sells(*PRODUCTS).has("user_days", rows)
    edges = {p: max(r["day"] for r in rows if r["product_id"] == p) for p in PRODUCTS}
    readings = read(company.store, NAMES, september, by=("product",)) + read(company.store, NAMES, september)
    for reading in readings:
        asked = reading.group.get("product")
        of_group = [row for row in rows if asked in (None, row["product_id"])]
        assert_equal(reading, expected(reading.metric, of_group, edges))
    bounded = [r for r in readings if r.metric in ("task_success", "escalation_rate") and r.low is not None]
    assert len(bounded) == 6
    assert all(r.low < r.value < r.high for r in bounded if r.low and r.value and r.high)


def test_a_row_belongs_to_the_pilots_that_state_or_hold_its_person(company: Company, september: Scope) -> None:
    """Stated in the file, or in the pilot's audience that day, for its product, within its dates; two pilots count
    twice.
    """
    company.sells("chat", "code").has(
        "pilots",
        [
            {"pilot_id": "alpha", "product_id": "chat", "starts_on": day(0), "ends_on": day(13)},
            {"pilot_id": "beta", "product_id": "chat", "starts_on": day(7), "ends_on": None},
        ],
    )
    company.has(
        "audience",
        [
            granted("ann", since=day(2), left=day(5), pilot="alpha"),
            granted("ann", since=day(4), pilot="alpha"),  # overlaps: still one person a day
            granted("ann", pilot="beta"),
            granted("bob", pilot="beta"),
        ],
    )
    company.has(
        "user_days",
        [
            tasks("ann", day(1), confirmed=1),  # not granted yet
            tasks("ann", day(4), confirmed=2),  # alpha
            tasks("ann", day(8), confirmed=4),  # alpha and beta
            tasks("ann", day(10), confirmed=256, pilot_id="alpha"),  # stated and of the roster: once
            tasks("ann", day(20), confirmed=8),  # beta: alpha is over
            tasks("bob", day(8), confirmed=32, pilot_id="alpha"),  # alpha says the file, beta says the roster
            tasks("cid", day(9), confirmed=64, pilot_id="gamma"),  # a pilot nobody registered
            {**tasks("ann", day(9), confirmed=128), "product_id": "code"},
        ],
    )
    readings = read(company.store, ["task_success"], september, by=("pilot",))
    assert [(r.group["pilot"], r.events, r.units) for r in readings] == [
        ("alpha", 2 + 4 + 256 + 32, 2),
        ("beta", 4 + 256 + 8 + 32, 2),
        ("gamma", 64, 1),
    ]
    assert read(company.store, ["task_success"], september.model_copy(update={"pilots": ("alpha", "beta")}))[
        0
    ].events == (2 + 4 + 256 + 8 + 32)
    only = read(company.store, ["task_success"], september.model_copy(update={"pilots": ("beta",)}), by=("pilot",))
    assert [(r.group["pilot"], r.events) for r in only] == [("beta", 300)]


def test_a_pilot_of_twelve_can_be_decided(company: Company, september: Scope) -> None:
    """The gate of a pilot is min_users, by default its roster up to 30, and never under 10."""
    pilots = [("twelve", 12, None), ("many", 40, None), ("few", 4, 5), ("strict", 12, 15)]
    company.sells("chat").has(
        "pilots",
        [
            {"pilot_id": name, "product_id": "chat", "starts_on": MONDAY, "min_users": least}
            for name, _, least in pilots
        ],
    )
    for name, size, _ in pilots:
        company.has("audience", [granted(f"{name}{n}", pilot=name) for n in range(size)])
        company.has(
            "user_days", [tasks(f"{name}{n}", SUNDAY, confirmed=1 + n % 2, failed=1) for n in range(min(size, 12))]
        )
    readings = read(company.store, ["task_success"], september, by=("pilot",))
    assert {r.group["pilot"]: (r.status, r.decides) for r in readings} == {
        "twelve": ("ok", True),
        "many": ("ok", False),
        "few": ("insufficient", False),
        "strict": ("ok", False),
    }
    alone = read(company.store, ["task_success"], september.model_copy(update={"pilots": ("twelve",)}))
    assert alone[0].decides


def test_outcomes_that_no_source_states_are_not_measured(company: Company, september: Scope) -> None:
    """Errors alone say nothing of success: neither 0 % nor 100 %; the coverage itself is measured."""
    rows = [tasks(f"p{n}", SUNDAY, failed=1, unknown=9, technical_errors=1) for n in range(40)]
    company.sells("chat").has("user_days", rows)
    by_name = {r.metric: r for r in read(company.store, NAMES, september)}
    assert by_name["task_success"].status == by_name["task_success.worst"].status == "not_measured"
    assert by_name["task_success"].value is None
    assert "load outcomes" in by_name["task_success"].missing
    assert by_name["task_success.outcome_coverage"].value == 0.1
    assert by_name["escalation_rate"].status == "not_measured"
    assert by_name["escalation_rate"].value is None


def test_a_thin_coverage_shows_the_value_and_decides_nothing(company: Company, september: Scope) -> None:
    """Under 30 % of tasks with an outcome the rate is shown, insufficient, with its bounds beside it."""
    company.sells("chat").has(
        "user_days", [tasks(f"p{n}", SUNDAY, confirmed=1, failed=1, unknown=8) for n in range(40)]
    )
    by_name = {r.metric: r for r in read(company.store, NAMES, september)}
    assert (by_name["task_success"].value, by_name["task_success"].status) == (0.5, "insufficient")
    assert not by_name["task_success"].decides
    assert "Of 400 tasks only 80" in by_name["task_success"].missing
    assert (by_name["task_success.worst"].value, by_name["task_success.best"].value) == (0.1, 0.9)


def test_only_tasks_older_than_the_window_count_for_escalation(company: Company, september: Scope) -> None:
    """A task counts when its day plus the window lies within the data, whatever the setting says."""
    rows = [use("ann", day(n), escalation_known=1, escalated_unplanned_1d=n % 2) for n in range(10)]
    company.sells("chat").has("user_days", rows)
    assert read(company.store, ["escalation_rate"], september)[0].events == 9
    company.has("settings", [{"key": "escalation_window_days", "value": "4"}])
    changed = read(company.store, ["escalation_rate"], september)[0]
    assert changed.events == 6
    assert found([changed]).value == 0.5


def test_a_file_that_states_only_escalations_reads_no_hundred_percent(company: Company, september: Scope) -> None:
    """Where few tasks say whether they were handed over, the rate is insufficient."""
    rows = [use(f"p{n}", day(1), tasks=20, escalation_known=1, escalated_unplanned_1d=1) for n in range(40)]
    company.sells("chat").has("user_days", rows)
    reading = read(company.store, ["escalation_rate"], Scope(since=MONDAY, until=day(1)))[0]
    assert reading.status == "insufficient"
    reading = read(company.store, ["escalation_rate"], september)[0]
    assert reading.status == "insufficient"
    assert "0 of 0" in reading.missing
