"""user_days is what a slow, obvious reading of the facts gives, however the facts and the evidence arrived."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import product
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import reduction
from data.warehouse import Warehouse

Fact = dict[str, object]
MONDAY = datetime(2026, 3, 2)
DAY = timedelta(days=1)
SLICES = st.sampled_from([1, 3, 1_000])
RANK = {"verified": 5, "accepted": 4, "rating": 3, "rule": 2, "judge": 1}
SUMS = ("input_tokens", "output_tokens", "cost_microusd", "duration_ms")
DIMENSIONS = ("pilot_id", "scenario_id", "service_version", "team_id", "mode")


# the oracle: no SQL, one task at a time ------------------------------------------------------------------------------
def evidence_of(said: object, source: object) -> tuple[int, str] | None:
    """(rank, confirmed | implied | failed) of one statement, or None when it is no evidence."""
    if said == "implied":
        return (1 if source == "judge" else 2), "implied"
    if said not in ("confirmed", "failed"):
        return None
    rank = RANK.get(str(source), 4)
    return rank, ("implied" if said == "confirmed" and rank <= 2 else str(said))


def verdict_of(statements: list[tuple[int, str]], errors: list[object]) -> str:
    if not statements:
        return "failed" if all(error is True for error in errors) else "unknown"
    best = [said for rank, said in statements if rank == max(rank for rank, _ in statements)]
    return "failed" if "failed" in best else best[0]


def points_at(evidence: Fact, interaction: Fact) -> bool:
    if "kind" in evidence:
        return evidence["kind"] == "escalation" and (
            evidence["linked_interaction_id"] == interaction["interaction_id"]
            or (
                evidence["linked_session_id"] is not None and evidence["linked_session_id"] == interaction["session_id"]
            )
        )
    if evidence["product_id"] not in ("", interaction["product_id"]):
        return False
    return interaction[f"{evidence['target_type']}_id"] == evidence["target_id"]


def asked_before(ticket: Fact, interactions: Iterable[Fact]) -> list[object]:
    """The interactions that an escalation ticket without a link came from: the last of its requester within half an
    hour before it, with its product.
    """
    opened = ticket["opened_at"]
    if ticket["kind"] != "escalation" or ticket["linked_interaction_id"] or ticket["linked_session_id"]:
        return []
    near = [
        row
        for row in interactions
        if row["user_id"] is not None
        and (row["user_id"], row["product_id"]) == (ticket["requester_id"], ticket["product_id"])
        and timedelta(0) <= opened - row["occurred_at"] < timedelta(minutes=30)
        and row["synthetic"] is not True
    ]
    last = max((row["occurred_at"] for row in near), default=None)
    return [row["interaction_id"] for row in near if row["occurred_at"] == last]


def handover_of(interaction: Fact, evidences: Iterable[Fact]) -> list[str]:
    """What is known of one interaction's escalation: no | planned | late | soon, once for each that says something."""

    def when(at: object) -> str:
        if interaction["escalation_planned"] is True:
            return "planned"
        began = interaction["occurred_at"]
        assert isinstance(began, datetime)
        assert at is None or isinstance(at, datetime)
        return "soon" if at is None or at - began < DAY else "late"

    known = []
    if interaction["escalated"] is not None:
        known.append(when(interaction["escalated_at"]) if interaction["escalated"] else "no")
    for evidence in evidences:
        if evidence.get("kind") == "escalation":
            known.append(when(evidence["opened_at"]))
        elif evidence.get("verdict") == "escalated":
            known.append(when(evidence["given_at"]))
    return known


def total(rows: Iterable[Fact], column: str) -> int | None:
    stated = [value for row in rows if isinstance(value := row[column], int)]
    return sum(stated) if stated else None


def reduced(interactions: list[Fact], feedback: list[Fact], tickets: list[Fact]) -> list[Fact]:
    tasks: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for row in interactions:
        if row["synthetic"] is not True:
            key = (row["product_id"], row["unit_id"], row["day"], row["task_key"], row["mode"] == "shadow")
            tasks[key].append(row)
    near = {id(ticket): asked_before(ticket, interactions) for ticket in tickets}
    cells: dict[tuple[object, ...], Fact] = {}
    for (product_id, unit, day, _, _), rows in tasks.items():
        dims = tuple(min((str(r[d]) for r in rows if r[d] is not None), default=None) for d in DIMENSIONS)
        cell = cells.setdefault(
            (day, product_id, *dims, unit),
            dict.fromkeys(reduction.USER_DAYS.split(", "), 0)
            | {"day": day, "product_id": product_id, "unit_id": unit, "user_known": False}
            | dict(zip(DIMENSIONS, dims, strict=True))
            | dict.fromkeys(SUMS),
        )

        def more(column: str, by: int, cell: Fact = cell) -> None:
            cell[column] = int(str(cell[column])) + by

        pointing = [
            (
                row,
                [
                    evidence
                    for evidence in [*feedback, *tickets]
                    if points_at(evidence, row) or row["interaction_id"] in near.get(id(evidence), [])
                ],
            )
            for row in rows
        ]
        said = [(row["outcome"], row["outcome_source"]) for row in rows]
        said += [(e["verdict"], e["evidence"]) for _, evidences in pointing for e in evidences if "verdict" in e]
        statements = [found for statement in said if (found := evidence_of(*statement)) is not None]
        handovers = [known for row, evidences in pointing for known in handover_of(row, evidences)]
        cell["user_known"] = cell["user_known"] or any(row["user_known"] for row in rows)
        more("interactions", len(rows))
        more("tasks", 1)
        more("tasks_" + verdict_of(statements, [row["error"] for row in rows]), 1)
        more("technical_errors", sum(row["error"] is True for row in rows))
        more("escalation_known", bool(handovers))
        unplanned = "soon" in handovers or "late" in handovers
        more("escalated_unplanned", unplanned)
        more("escalated_unplanned_1d", "soon" in handovers)
        more("escalated_planned", "planned" in handovers and not unplanned)
        more("uncosted", sum(row["cost_microusd"] is None for row in rows))
        for column in SUMS:
            if (sum_here := total(rows, column)) is not None:
                cell[column] = int(str(cell[column] or 0)) + sum_here
    return list(cells.values())


# rows ----------------------------------------------------------------------------------------------------------------
STAMP = {"event_key": 1, "row_hash": 1, "version_at": MONDAY, "load_id": "l", "source_system": "t", "source_row": 1}
STAMP |= {"source_records": 1, "source_product": ""}


def maybe(*values: object) -> st.SearchStrategy[object]:
    return st.sampled_from([None, *values])


MOMENTS = st.sampled_from([MONDAY + timedelta(hours=h) for h in (0, 9, 23, 23.9, 24, 24.2, 25, 47, 48, 60)])


@st.composite
def interaction_rows(draw: st.DrawFn) -> list[Fact]:
    count = draw(st.integers(0, 9))
    return [draw(interaction(f"i{number}")) for number in range(count)]


@st.composite
def interaction(draw: st.DrawFn, name: str) -> Fact:
    user, session = draw(st.sampled_from(["u1", "u1", "u1", "u2", None])), draw(maybe("s1", "s2"))
    at = draw(MOMENTS)
    escalated_at = draw(maybe(timedelta(0), DAY - timedelta(microseconds=1), DAY, 2 * DAY))
    return {
        **STAMP,
        "interaction_id": name,
        "product_id": draw(st.sampled_from(["a", "a", "a", "", "b"])),
        "pilot_id": draw(maybe("p1", "p2")),
        "scenario_id": draw(maybe("x")),
        "team_id": draw(maybe("t")),
        "user_id": user,
        "unit_id": user or (f"s:{session}" if session else f"i:{name}"),
        "user_known": user is not None,
        "session_id": session,
        "task_key": draw(st.sampled_from(["k1", "k1", "k2", session or name])),
        "trace_id": draw(maybe("r1", "r2")),
        "occurred_at": at,
        "day": at.date(),
        "duration_ms": draw(maybe(0, 120)),
        "service_version": draw(maybe("v1", "v2")),
        "input_tokens": draw(maybe(0, 7)),
        "output_tokens": draw(maybe(3)),
        "cost_microusd": draw(maybe(0, 11)),
        "error": draw(maybe(True, False)),
        "outcome": draw(maybe("confirmed", "implied", "failed", "unknown")),
        "outcome_source": draw(maybe(*RANK)),
        "escalated": draw(maybe(True, False)),
        "escalation_planned": draw(maybe(True, False)),
        "escalated_at": at + escalated_at if isinstance(escalated_at, timedelta) else None,
        "mode": draw(maybe("shadow", "assist")),
        "synthetic": draw(maybe(True, False)),
    }


@st.composite
def feedback_rows(draw: st.DrawFn) -> list[Fact]:
    targets = {"interaction": ["i0", "i1", "i2", "gone"], "trace": ["r1", "r2"], "session": ["s1", "s2"]}
    rows = []
    for number in range(draw(st.integers(0, 5))):
        target = draw(st.sampled_from(sorted(targets)))
        rows.append(
            {
                **STAMP,
                "feedback_id": f"f{number}",
                "target_type": target,
                "target_id": draw(st.sampled_from(targets[target])),
                "product_id": draw(st.sampled_from(["", "a", "b"])),
                "given_at": draw(MOMENTS),
                "evidence": draw(maybe(*RANK)),
                "verdict": draw(maybe("confirmed", "implied", "failed", "escalated")),
            }
        )
    return rows


@st.composite
def ticket_rows(draw: st.DrawFn) -> list[Fact]:
    return [
        {
            **STAMP,
            "ticket_id": f"t{number}",
            "product_id": draw(st.sampled_from(["", "a", "a"])),
            "requester_id": draw(maybe("u1", "u1", "u2")),
            "kind": draw(st.sampled_from(["escalation", "escalation", "incident"])),
            "opened_at": draw(MOMENTS),
            "status": "new",
            "linked_interaction_id": draw(maybe(None, None, "i0", "i1", "gone")),
            "linked_session_id": draw(maybe(None, None, "s1", "s2")),
        }
        for number in range(draw(st.integers(0, 3)))
    ]


NOTHING: Fact = dict.fromkeys(
    (*DIMENSIONS, *SUMS, "session_id", "trace_id", "error", "outcome", "outcome_source", "escalated",
     "escalation_planned", "escalated_at", "synthetic")
)  # fmt: skip


def stored(store: Warehouse) -> list[Fact]:
    return in_order(store.rows("SELECT * FROM user_days"))


def in_order(rows: Iterable[Fact]) -> list[Fact]:
    return sorted(rows, key=lambda row: str([row[name] for name in reduction.USER_DAYS.split(", ")]))


def empty(store: Warehouse) -> None:
    with store.write("emptied", "test") as tx:
        for table in ("interactions", "feedback", "tickets", "user_days"):
            tx.run(f"DELETE FROM {table}")


MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(interaction_rows(), feedback_rows(), ticket_rows(), SLICES)
def test_reduction_agrees_with_plain_python(
    store: Warehouse, interactions: list[Fact], feedback: list[Fact], tickets: list[Fact], slice_size: int
) -> None:
    """Every measure of every user-day is what reading the rows one by one gives, with anything missing anywhere, in
    slices of any size.
    """
    empty(store)
    with store.write("rows", "test") as tx:
        for table, rows in (("interactions", interactions), ("feedback", feedback), ("tickets", tickets)):
            tx.add(table, rows)
        with patch.object(reduction, "SLICE", slice_size):
            reduction.rebuild(tx)
    assert stored(store) == in_order(reduced(interactions, feedback, tickets))


@settings(MANY, max_examples=15)
@given(st.lists(st.one_of(interaction_rows(), feedback_rows(), ticket_rows()), max_size=5), SLICES)
def test_touched_partitions_are_enough(store: Warehouse, batches: list[list[Fact]], slice_size: int) -> None:
    """Rebuilding only what each batch touched leaves user_days equal to a full rebuild, in any order of arrival."""
    empty(store)
    for number, batch in enumerate(batches):
        with store.write("batch", "test") as tx:
            reduction.make_touched(tx)
            if not batch:
                continue
            table = next(t for t in ("interactions", "feedback", "tickets") if f"{t.removesuffix('s')}_id" in batch[0])
            tx.add(table, [{**row, "load_id": f"l{number}"} for row in batch])
            tx.run(f"CREATE TEMP TABLE came AS SELECT * FROM {table} WHERE load_id = 'l{number}'")
            if table == "interactions":
                tx.run("INSERT INTO touched SELECT DISTINCT product_id, day FROM came")
                reduction.touch_rivals(tx, "came")
            elif table == "feedback":
                reduction.touch_pointed(tx, "feedback", "came")
            else:
                reduction.touch_pointed(tx, "tickets", "came")
            with patch.object(reduction, "SLICE", slice_size):
                reduction.rebuild_touched(tx)
    with store.reading() as reader:
        assert reduction.differing(reader) == 0


def test_an_untouched_partition_keeps_its_rows(store: Warehouse) -> None:
    """A partition that is not named is left as it is, right or wrong, and the check counts what is wrong."""
    one = interaction_at("i1", "a", MONDAY)
    two = interaction_at("i2", "a", MONDAY + DAY)
    with store.write("rows", "test") as tx:
        tx.add("interactions", [one, two])
        reduction.rebuild(tx)
        tx.run("UPDATE user_days SET tasks = 77")
        reduction.make_touched(tx)
        tx.add("touched", [{"product_id": "a", "day": MONDAY.date()}])
        assert reduction.rebuild_touched(tx) == 1
    assert store.rows("SELECT day, tasks FROM user_days ORDER BY day") == [
        {"day": date(2026, 3, 2), "tasks": 1},
        {"day": date(2026, 3, 3), "tasks": 77},
    ]
    with store.reading() as reader:
        assert reduction.differing(reader) == 2  # the wrong row, and the right one that is not there


def interaction_at(name: str, product_id: str, at: datetime, **stated: object) -> Fact:
    return {
        **STAMP,
        "interaction_id": name,
        "product_id": product_id,
        "unit_id": "u",
        "user_known": True,
        "task_key": name,
        "occurred_at": at,
        "day": at.date(),
        **stated,
    }


def test_every_pair_of_statements(store: Warehouse) -> None:
    """Whatever a file and a later evidence say of an outcome, the task counts as the order of ranks has it."""
    statements = list(product([None, "confirmed", "implied", "failed", "unknown"], [None, *RANK]))
    late = [(verdict, source) for verdict, source in statements if verdict != "unknown"]
    interactions, feedback = [], []
    for number, ((outcome, source), (verdict, evidence)) in enumerate(product(statements, late)):
        stated = {"outcome": outcome, "outcome_source": source, "unit_id": f"u{number}"}
        interactions.append(interaction_at(f"i{number}", "a", MONDAY, **NOTHING | stated))
        target = {"target_type": "interaction", "target_id": f"i{number}", "product_id": "", "given_at": MONDAY}
        feedback.append({**STAMP, "feedback_id": f"f{number}", **target, "verdict": verdict, "evidence": evidence})
    assert after(store, interactions, feedback) == in_order(reduced(interactions, feedback, []))


def test_every_pair_of_interactions_in_a_task(store: Warehouse) -> None:
    """Two interactions of one task, with every error, pilot and escalation, make the task that the rules say."""
    offsets: list[datetime | None] = [None, MONDAY, MONDAY + DAY]
    errors: list[Fact] = [
        {"error": error, "pilot_id": pilot} for error in (None, True, False) for pilot in (None, "p1", "p2")
    ]
    asks: list[Fact] = [
        {"escalated": asked, "escalation_planned": planned, "escalated_at": at}
        for asked, planned, at in product((None, True, False), (None, True, False), offsets)
    ]
    interactions = []
    for number, (one, two) in enumerate([*product(errors, errors), *product(asks, asks)]):
        for name, stated in (("x", one), ("y", two)):
            both: Fact = {"unit_id": f"u{number}", "task_key": "k"}
            interactions.append(interaction_at(f"{name}{number}", "a", MONDAY, **NOTHING | both | stated))
    assert after(store, interactions, []) == in_order(reduced(interactions, [], []))


def test_every_late_escalation(store: Warehouse) -> None:
    """A human asked by a later feedback or ticket, within a day or after: planned if the interaction said so."""
    interactions, feedback, tickets = [], [], []
    ages = (timedelta(0), DAY - timedelta(microseconds=1), DAY, 2 * DAY)
    for number, (age, planned, way) in enumerate(product(ages, (None, True, False), ("feedback", "ticket", "session"))):
        stated: Fact = {"unit_id": f"u{number}", "session_id": f"s{number}", "escalation_planned": planned}
        interactions.append(interaction_at(f"i{number}", "a", MONDAY, **NOTHING | stated))
        if way == "feedback":
            target = {"target_type": "interaction", "target_id": f"i{number}", "product_id": "a"}
            said = {"given_at": MONDAY + age, "verdict": "escalated", "evidence": None}
            feedback.append({**STAMP, "feedback_id": f"f{number}", **target, **said})
        else:
            linked = (f"i{number}", None) if way == "ticket" else (None, f"s{number}")
            links = dict(zip(("linked_interaction_id", "linked_session_id"), linked, strict=True))
            opened = {"opened_at": MONDAY + age, "kind": "escalation", "status": "new", "product_id": ""}
            tickets.append({**STAMP, "ticket_id": f"t{number}", **opened, **links})
    with store.write("tickets", "test") as tx:
        tx.add("tickets", tickets)
    assert after(store, interactions, feedback) == in_order(reduced(interactions, feedback, tickets))


def after(store: Warehouse, interactions: list[Fact], feedback: list[Fact]) -> list[Fact]:
    with store.write("rows", "test") as tx:
        tx.add("interactions", interactions)
        tx.add("feedback", feedback)
        reduction.rebuild(tx)
    return stored(store)
