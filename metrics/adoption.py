"""Adoption: of the people a product is for, how many come back to it."""

from dataclasses import replace

from metrics.spec import Ratio

WEEKS = (
    " of the last four complete ones, of all who were granted access before those weeks began and had not left when "
    "they ended. The four weeks end with the last complete ISO week on or before the end of the period and the last "
    "day of data. Qualifying use is an interaction that was not a technical error, a daily usage report that says "
    "active, or the last day of use that a snapshot tells (reports and snapshots not for a day that has events). "
    "Where snapshots alone tell of a product, the number is a lower bound. Where the registry names no audience, it is "
    "the people with a licence. Shadow-mode rows and accounts of services, tests and the product team are left out. A "
    "person of several products is one person. For a pilot: its own audience, within its dates."
)
USED_IN = "People of the registered audience with qualifying use in at least "

HEADLINE = Ratio(
    name="adoption",
    title="Adoption",
    question="Of the people it is for, how many came back in at least two of the last four weeks?",
    definition=f"{USED_IN}two distinct ISO weeks{WEEKS}",
    fact="audience",
    hit="CASE WHEN active_weeks >= 2 THEN 1 ELSE 0 END",
    of="eligible_4w",
    counts="people eligible for all four weeks",
    better="higher",
    caveat="The audience is observed whole: the interval says what would vary if the same process continued.",
    trailing_weeks=4,
    weeks_of_use=2,
    settings=("min_known_share",),
)

METRICS = (
    HEADLINE,
    replace(HEADLINE, name="adoption.returning", title="Returning in four weeks"),
    replace(
        HEADLINE,
        name="adoption.tried",
        title="Tried in four weeks",
        question="Of the people it is for, how many used it at all in the last four weeks?",
        definition=f"{USED_IN}one ISO week{WEEKS}",
        hit="CASE WHEN active_weeks >= 1 THEN 1 ELSE 0 END",
        weeks_of_use=1,
    ),
    replace(
        HEADLINE,
        name="adoption.habit",
        title="Habit",
        question="Of the people it is for, how many used it in at least three of the last four weeks?",
        definition=f"{USED_IN}three distinct ISO weeks{WEEKS}",
        hit="CASE WHEN active_weeks >= 3 THEN 1 ELSE 0 END",
        weeks_of_use=3,
    ),
    Ratio(
        name="adoption.reach",
        title="Reach",
        question="Of the people it is for, how many used it at all in the period?",
        definition=(
            "People of the registered audience with qualifying use in the period, of all who were eligible at "
            "any time in it (granted access by its last day of data, not gone before its first day)."
        ),
        fact="audience",
        hit="active",
        of="eligible",
        counts="people eligible in the period",
        better="higher",
        caveat="A first try counts as much as a habit; read it beside adoption.",
        settings=("min_known_share",),
    ),
)
