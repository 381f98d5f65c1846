"""The rules in their order, one case each."""

from dataclasses import replace
from datetime import date

import pytest

from metrics.spec import Coverage
from metrics.status import Case, Due, Known, judge

OUTCOMES = Coverage(
    known="", among="", stated="", minimum="", known_words="ended well", among_words="tasks", source="load outcomes"
)
FINE = Case(
    whose="chat",
    counts="tasks",
    units_are="people",
    units=40,
    hits=30,
    events=60,
    first_day=date(2026, 9, 7),
    last_day=date(2026, 10, 4),
    begins=date(2026, 1, 1),
    through=date(2026, 10, 4),
    today=date(2026, 10, 5),
    coverage=OUTCOMES,
    known=Known(60, 100, 60),
    minimum=0.3,
)


def test_a_full_period_of_enough_people_decides() -> None:
    """Nothing missing: ok, decides, and no sentence."""
    assert judge(FINE) == ("ok", True, "", True, True)


@pytest.mark.parametrize(
    ("change", "status", "sentence", "shown", "bounded"),
    [
        ({"hits": 61}, "invalid", "contradict themselves: 61 of 60 tasks", False, False),
        ({"unmeasured": "No audience."}, "not_measured", "No audience.", False, False),
        ({"begins": None, "through": None}, "not_measured", "No data about chat has been loaded.", False, False),
        ({"through": date(2026, 9, 1)}, "not_measured", "reach 2026-09-01, before this period begins", False, False),
        ({"begins": date(2026, 11, 1)}, "not_measured", "begin on 2026-11-01, after this period", False, False),
        (
            {"known": Known(0, 100, 0)},
            "not_measured",
            "which of the 100 tasks ended well: load outcomes.",
            False,
            False,
        ),
        ({"due": (Due("chat", date(2026, 10, 3), 1),)}, "stale", "2 days ago; a file is due every day.", True, True),
        ({"premature": "Not over."}, "partial", "Not over.", False, False),
        ({"unfinished": "Four weeks."}, "insufficient", "Four weeks.", False, False),
        ({"events": 0, "hits": 0, "units": 0}, "insufficient", "0 of 0: chat has no tasks", False, False),
        ({"known": Known(29, 100, 29)}, "insufficient", "Of 100 tasks only 29 say whether they ended well", True, True),
        ({"units": 9}, "insufficient", "9 people: under 10", True, False),
        ({"through": date(2026, 10, 1)}, "partial", "reach 2026-10-01; the period ends on 2026-10-04", True, True),
        ({"cut": "2026-W40"}, "partial", "only a part of 2026-W40", True, True),
        ({"units": 29}, "ok", "29 people of the 30 that a decision needs.", True, True),
    ],
)
def test_each_rule(change: dict[str, object], status: str, sentence: str, shown: bool, bounded: bool) -> None:
    """A rule gives its status and a sentence with the numbers in it, decides nothing, and shows what can be shown."""
    judgement = judge(replace(FINE, **change))
    assert judgement.status == status
    assert sentence in judgement.missing
    assert (judgement.decides, judgement.shown, judgement.bounded) == (False, shown, bounded)


def test_the_strongest_status_wins() -> None:
    """Invalid before not_measured before stale before insufficient before partial."""
    case = replace(FINE, hits=61, unmeasured="Nobody.", units=3, through=date(2026, 10, 1), last_day=date(2026, 10, 4))
    case = replace(case, due=(Due("chat", date(2026, 10, 1), 1),))
    order = []
    for cure in ({"hits": 1}, {"unmeasured": ""}, {"due": ()}, {"units": 40}, {"through": date(2026, 10, 4)}, {}):
        order.append(judge(case).status)
        case = replace(case, **cure)
    assert order == ["invalid", "not_measured", "stale", "insufficient", "partial", "ok"]


def test_old_periods_do_not_go_stale() -> None:
    """A period that ends before the edge of the data says what it said, however late the next file is."""
    late = (Due("chat", date(2026, 9, 20), 1),)
    assert judge(replace(FINE, last_day=date(2026, 9, 13), due=late)).status == "ok"
