"""Checks of pilots."""

from collections.abc import Mapping
from datetime import date

from data.operation import Setting
from data.people import Member, PersonAlias, PersonRecord, Role
from data.portfolio import Criterion, Decision, Pilot
from data.record import Record
from tests.metrics.checks.house import AS_OF, LONG_AGO, House, decision, role, trial, whole

NO_OWNER, NO_TEAM, NO_VOICE = (
    "its scenario has no owner", "nobody of its audience is of team sales", "nobody of its audience has given feedback",
)  # fmt: skip


def attended(name: str, pilot: Pilot | None = None, owner: Role | None = None) -> list[Record]:
    """A pilot with a scenario owner and Ann of sales in its audience."""
    ann = f"ann@{name}.com"
    return [
        pilot or trial(name),
        owner or role("scenario_owner", pilot=name),
        PersonRecord(user_id=ann, team_id="sales"),
        Member(product_id=pilot.product_id if pilot else "chat", pilot_id=name, user_id=ann, granted_on=LONG_AGO),
    ]


def heard(name: str, who: str = "", **stated: object) -> Mapping[str, object]:
    """A row of feedback by Ann of a pilot, or by somebody else."""
    return {"feedback_id": name, "user_id": who or f"ann@{name}.com", "given_at": "2026-07-01T10:00:00Z", **stated}


def said_of(*names: str, reasons: tuple[str, ...]) -> dict[str, str]:
    """What is said of pilots that lack these."""
    return {name: f"Pilot {name.title()}: {'; '.join(reasons)}." for name in names}


def test_a_pilot_of_the_technicians_alone(house: House) -> None:
    """A pilot without scenario owner, people of its team and feedback is told all three; an attended one nothing."""
    house.says(*whole("chat"), trial(), *attended("good")).loads("feedback", heard("good"))
    assert house.broken("business-absent") == said_of("trial", reasons=(NO_OWNER, NO_TEAM, NO_VOICE))


def test_who_owns_the_scenario(house: House) -> None:
    """An owner of the pilot's scenario or of the pilot itself in the role of scenario owner; nobody else."""
    owners = {
        "by scenario": role("scenario_owner", scenario="by scenario"),
        "by pilot": role("scenario_owner", pilot="by pilot"),
        "another scenario": role("scenario_owner", scenario="elsewhere"),
        "another role": role("pilot_owner", pilot="another role"),
        "another role of it": role("product_owner", scenario="another role of it"),
        "taken back": role("scenario_owner", pilot="taken back"),
        "product only": role("scenario_owner", "chat"),
    }
    house.says(*whole("chat"))
    house.says(*(row for name, owner in owners.items() for row in attended(name, trial(name, scenario_id=name), owner)))
    house.loads("feedback", *(heard(name) for name in owners)).takes_back(Role, pilot_id="taken back")
    absent = ("another scenario", "another role", "another role of it", "taken back", "product only")
    assert house.broken("business-absent") == said_of(*absent, reasons=(NO_OWNER,))


def test_whose_people_take_part(house: House) -> None:
    """Somebody of the pilot's audience must be of its team: not somebody of the product's audience, of the product's
    own team, or gone before it began. Where no team is named, nobody can be of it, and nothing is said.
    """
    house.says(*whole("chat"), PersonRecord(user_id="cem", team_id="legal"))
    people: dict[str, tuple[dict[str, object], dict[str, object]]] = {
        "stays": ({}, {}),
        "of legal": ({"team_id": "legal"}, {}),
        "of no team": ({"team_id": None}, {}),
        "of the product": ({}, {"pilot_id": None}),
        "gone before": ({}, {"left_on": date(2026, 6, 1)}),
        "gone later": ({}, {"left_on": date(2026, 7, 1)}),
        "a builder": ({"kind": "product_team"}, {}),
    }
    rows: list[Record] = []
    for name, (person, member) in people.items():
        who = {"user_id": f"bea {name}"}
        rows += (
            trial(name),
            role("scenario_owner", pilot=name),
            PersonRecord.model_validate(who | {"team_id": "sales"} | person),
            Member.model_validate(who | {"product_id": "chat", "pilot_id": name, "granted_on": LONG_AGO} | member),
            Member(product_id="chat", pilot_id=name, user_id="cem", granted_on=LONG_AGO),
        )
    house.says(*rows, *attended("teamless", trial("teamless", team_id=None)), trial("empty", team_id=None))
    house.loads("feedback", heard("cem", "cem"), heard("teamless"))
    absent = ("of legal", "of no team", "of the product", "gone before", "a builder")
    assert house.broken("business-absent") == {
        **said_of(*absent, reasons=(NO_TEAM,)),
        **said_of("empty", reasons=(NO_OWNER, NO_VOICE)),
    }


def test_feedback_is_of_the_pilots_people_in_its_dates(house: House) -> None:
    """Feedback counts when one of the pilot's people, under any name, gave it on the product between its days."""
    voices = {
        "within": heard("within"),
        "first day": heard("first day", given_at="2026-06-01T00:00:00Z"),
        "day before": heard("day before", given_at="2026-05-31T23:00:00Z"),
        "last day": heard("last day", given_at="2026-08-31T23:00:00Z"),
        "day after": heard("day after", given_at="2026-09-01T10:00:00Z"),
        "of a guest": heard("of a guest", "somebody@else.com"),
        "under another name": heard("under another name", "Ann X"),
        "on another product": heard("on another product", product_id="code"),
    }
    house.says(*whole("chat"))
    house.says(PersonAlias(source_system="mail", source_user="Ann X", user_id="ann@under another name.com"))
    house.says(*(row for name in voices for row in attended(name, trial(name, ends_on=date(2026, 8, 31)))))
    house.says(*attended("endless", trial("endless", ends_on=None)))
    house.loads("feedback", *voices.values(), heard("endless"))
    absent = ("day before", "day after", "of a guest", "on another product")
    assert house.broken("business-absent") == said_of(*absent, reasons=(NO_VOICE,))


def test_the_dates_of_a_pilot_are_local_days(house: House) -> None:
    """In Tokyo the first day of a pilot begins at 15:00 UTC of the day before."""
    house.says(Setting(key="reporting_zone", value="Asia/Tokyo"), *whole("chat"))
    house.says(*attended("early"), *attended("on time"))
    house.loads(
        "feedback",
        heard("early", given_at="2026-05-31T14:59:00Z"),
        heard("on time", given_at="2026-05-31T15:00:00Z"),
    )
    assert house.broken("business-absent") == said_of("early", reasons=(NO_VOICE,))


def test_a_rating_is_feedback(house: House) -> None:
    """A result that one of the pilot's people rated, well or badly, between its days is feedback."""
    ratings: dict[str, dict[str, object]] = {
        "liked": {},
        "disliked": {"outcome": "failed"},
        "by a rule": {"outcome_source": "rule"},
        "day before": {"occurred_at": "2026-05-31T12:00:00Z"},
        "day after": {"occurred_at": "2026-09-01T12:00:00Z"},
        "of a guest": {"user_id": "somebody@else.com"},
        "of nobody": {"user_id": None},
        "under another name": {"user_id": "Ann X"},
        "on another product": {"product_id": "code"},
    }
    house.says(*whole("chat"))
    house.says(PersonAlias(source_system="mail", source_user="Ann X", user_id="ann@under another name.com"))
    rated = {"occurred_at": "2026-07-01T12:00:00Z", "outcome": "confirmed", "outcome_source": "rating"}
    house.says(*(row for name in ratings for row in attended(name, trial(name, ends_on=date(2026, 8, 31)))))
    house.says(*whole("code"), *attended("unrated", trial("unrated", "code")))
    house.loads(
        "interactions",
        *({**rated, "interaction_id": name, "user_id": f"ann@{name}.com", **row} for name, row in ratings.items()),
    )
    absent = ("by a rule", "day before", "day after", "of a guest", "of nobody", "on another product", "unrated")
    assert house.broken("business-absent") == said_of(*absent, reasons=(NO_VOICE,))


def test_a_pilot_to_come_misses_nobody(house: House) -> None:
    """Only a pilot that has begun by the last day with data can lack anybody."""
    house.says(*whole("chat"))
    house.says(
        trial("begun", starts_on=AS_OF), trial("to-come", starts_on=date(2026, 10, 1)), trial("open", starts_on=None)
    )
    assert set(house.broken("business-absent")) == {"begun"}


def test_overdue_pilots(house: House) -> None:
    """A pilot that was to end before the last day with data and that no decision names; one ending that day is not."""
    house.says(*whole("chat"))
    house.says(
        trial("late", ends_on=date(2026, 9, 29)),
        trial("today", ends_on=AS_OF),
        trial("decided", ends_on=date(2026, 9, 1)),
        trial("undone", ends_on=date(2026, 9, 1)),
        trial("endless", ends_on=None),
    )
    house.says(decision("d1", pilot="decided"), decision("d2", pilot="undone"))
    house.takes_back(Decision, decision_id="d2")
    assert house.broken("pilot-overdue") == {
        "late": "Pilot Late was to end on 2026-09-29, and no decision names it.",
        "undone": "Pilot Undone was to end on 2026-09-01, and no decision names it.",
    }
    found = [finding for finding in house.finds() if finding.check == "pilot-overdue"]
    assert {(finding.product, finding.pilot) for finding in found} == {("chat", "late"), ("chat", "undone")}


def bar(pilot: str, number: str, since: date, height: float = 0.5) -> Criterion:
    return Criterion.model_validate({
        "pilot_id": pilot, "criterion_id": number, "metric": "adoption", "role": "must", "better": "higher",
        "bar": height, "valid_from": since,
    })  # fmt: skip


def test_criteria_that_moved(house: House) -> None:
    """A version of a criterion from after the first day is found, though it was changed back; of that day, not."""
    first, later, last = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
    house.says(*whole("chat"), trial("moved"), trial("kept"), trial("unknown", starts_on=None), trial("regretted"))
    house.says(*(bar(pilot, "c1", first) for pilot in ("moved", "kept", "unknown")), bar("moved", "c2", first))
    house.says(bar("moved", "c1", later, 0.4), bar("unknown", "c1", later, 0.4), bar("kept", "c2", first))
    house.says(bar("regretted", "c1", later)).takes_back(Criterion, pilot_id="regretted")
    assert house.broken("criteria-changed-after-start") == {
        name: f"Pilot {name.title()} began on 2026-06-01, and criterion c1 changed after that, last on 2026-07-01."
        for name in ("moved", "regretted")
    }
    house.says(bar("moved", "c1", last, 0.5), bar("moved", "c2", later, 0.9))
    sentence = "Pilot Moved began on 2026-06-01, and criterion c1 and 1 more changed after that, last on 2026-08-01."
    assert house.broken("criteria-changed-after-start")["moved"] == sentence
