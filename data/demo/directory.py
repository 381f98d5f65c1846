"""The people of the demo company as its registry lists them: who they are, what they may use, when they work."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from data.demo.audience import DAYS, FOREVER
from data.demo.company import Staff
from data.demo.files import Row
from data.demo.pilots import trials
from data.demo.usage import Use
from data.demo.worktime import CLOSES, OPENS, is_workday

CALENDAR = "de"


def people(staff: Staff, since: date) -> list[Row]:
    """Everybody, programs too."""
    return [
        {"user_id": person.user_id, "team_id": person.team, "display_name": person.name, "kind": person.kind,
         "calendar_id": CALENDAR, "valid_from": since}
        for person in staff.people
    ]  # fmt: skip


def aliases(uses: Iterable[Use], staff: Staff, accounts: Mapping[str, str], since: date) -> list[Row]:
    """The logins of developers in traces, and the accounts in Jira."""
    logins = {
        staff.people[place].login: staff.people[place].user_id
        for use in uses
        if use.how.product_id == "code-agent"
        for place in use.audience.people[use.audience.traced].tolist()
    }
    named = [("otlp_genai", login, user) for login, user in logins.items() if login != user]
    named += [("jira_csv", account, user) for account, user in accounts.items()]
    return [
        {"source_system": system, "source_user": name, "user_id": user, "valid_from": since}
        for system, name, user in sorted(named)
    ]


def audience(use: Use, staff: Staff, since: date) -> list[Row]:
    """Who a product is for and since when, and the rosters of its pilots."""
    who, mine = use.audience, trials(use.how.product_id)
    rows: list[Row] = []
    for place in who.target.nonzero()[0].tolist():
        user, number = staff.people[int(who.people[place])].user_id, int(who.trial[place])
        left = None if who.left[place] == FOREVER else int(who.left[place])
        rows.append(_member(use, user, int(who.granted[place]), since, left=left))
        if number >= 0:
            trial = mine[number]
            begins = DAYS - 1 - trial.starts
            champion = sum(row["pilot_id"] == trial.pilot_id for row in rows) < 2
            rows.append({**_member(use, user, begins, since, pilot=trial.pilot_id), "is_champion": champion})
    return rows


def calendar(first: date, until: date, since: date) -> list[Row]:
    """Working hours from a month before the first day to four months after the last."""
    days = [first + timedelta(days=each) for each in range(-30, (until - first).days + 120)]
    return [
        {"calendar_id": CALENDAR, "day": day, "opens": OPENS.isoformat() if is_workday(day) else None,
         "closes": CLOSES.isoformat() if is_workday(day) else None, "valid_from": since}
        for day in days
    ]  # fmt: skip


def _member(
    use: Use, user: str, granted: int, since: date, *, left: int | None = None, pilot: str | None = None
) -> Row:
    return {
        "product_id": use.how.product_id, "pilot_id": pilot, "user_id": user,
        "granted_on": use.first + timedelta(days=granted),
        "left_on": None if left is None else use.first + timedelta(days=left), "is_champion": False,
        "valid_from": since,
    }  # fmt: skip
