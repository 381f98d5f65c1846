"""python -m metrics watch, chart, explain, releases, retention: what changed and why, on the command line."""

import json
from datetime import date, datetime, timedelta

import pytest

from metrics.__main__ import main
from tests.metrics.company import Company, day, granted, tasks, use

WEEKS = 20


@pytest.fixture
def shop(company: Company) -> str:
    """Forty people whose tasks succeed at 3 of 4 for eighteen weeks and at 1 of 4 for two, in two scenarios of which
    the easy one had three quarters of the tasks before and a quarter since; a release four weeks before the end.
    """
    company.sells("chat").has("audience", [granted(f"p{n}") for n in range(40)])
    rows = []
    for week in range(WEEKS):
        late = week >= WEEKS - 2
        for n in range(40):
            easy = n % 4 != 0 if not late else n % 4 == 0
            good, bad = (1, 3) if late else (3, 1)
            rows.append(tasks(f"p{n}", day(7 * week + 2), good, bad, scenario_id="easy" if easy else "hard"))
    company.has("user_days", rows)
    released = datetime.combine(day(7 * (WEEKS - 4)), datetime.min.time())
    company.has("releases", [{"product_id": "chat", "service_version": "2", "kind": "model", "released_at": released}])
    company.store.close()
    return str(company.store.path)


def told(capsys: pytest.CaptureFixture[str], *command: str) -> object:
    """What a command says as JSON."""
    assert main([*command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_watch_tells_the_fall_and_how_often_it_cries_wolf(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The week in which success fell to a quarter is an alarm downwards with its false-alarm rate."""
    since = ["--since", str(day(0)), "--until", str(day(7 * WEEKS - 1)), "--warehouse", shop]
    (series,) = told(capsys, "watch", *since)  # type: ignore[misc]
    alarms = series["drift"]["alarms"]
    assert {alarm["side"] for alarm in alarms} == {"down"}
    assert all(alarm["one_in"] > 1 for alarm in alarms)
    assert main(["watch", *since]) == 0
    assert "weeks" in capsys.readouterr().out


def test_explain_adds_up_to_the_change(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Success fell from 3/4 to 1/4: the effects by rate and by share of the scenarios add up to -50 points."""
    last = 7 * (WEEKS - 1) + 2
    span = ["--since", str(day(last - 13)), "--until", str(day(last)), "--warehouse", shop]
    found = told(capsys, "explain", "task_success", "--over", "scenario", *span)
    assert isinstance(found, dict)
    assert not found["refused"]
    parts = found["parts"]
    assert parts["change"] == pytest.approx(-0.5)
    assert sum(effect["rate"] + effect["mix"] for effect in parts["effects"]) == pytest.approx(-0.5)
    assert main(["explain", "task_success", "--over", "scenario", *span]) == 0
    assert "-50.00%" in capsys.readouterr().out


def test_releases_are_of_one_product(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before and after the release with the ramp out; without a product the question is refused."""
    assert main(["releases", "--warehouse", shop]) == 2
    assert "--product" in capsys.readouterr().err
    (release,) = told(capsys, "releases", "--product", "chat", "--warehouse", shop)  # type: ignore[misc]
    assert release["versions"] == ["2"]
    assert release["before"]["value"] == pytest.approx(0.75)
    first, last = (date.fromisoformat(each) for each in release["after_days"])
    assert (last - first).days == 20  # three whole weeks from the end of the ramp on
    assert release["after"]["value"] == pytest.approx((3 / 4 + 3 / 4 + 1 / 4) / 3)
    assert main(["releases", "--product", "chat", "--warehouse", shop]) == 0
    assert "not causal" in capsys.readouterr().out


def test_retention_is_of_those_who_began(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Forty people began in one week and came back in each after it: the whole share, with all forty at risk."""
    points = told(capsys, "retention", "--since", str(day(0)), "--until", str(day(7 * WEEKS - 1)), "--warehouse", shop)
    assert isinstance(points, list)
    assert points
    assert {(point["share"], point["at_risk"]) for point in points} == {(1.0, 40)}
    assert main(["retention", "--since", str(day(0)), "--until", str(day(7 * WEEKS - 1)), "--warehouse", shop]) == 0
    assert "people at risk" in capsys.readouterr().out


def test_chart_tells_the_bad_day(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten of two hundred fail a day, on one day thirty: that day and no other is beyond its limits."""
    company.sells("chat")
    rows = [
        use(f"p{n}", day(k), interactions=10, tasks=10, technical_errors=1 if k == 60 or n % 2 else 0)
        | ({"technical_errors": 2} if k == 60 and n % 2 else {})
        for k in range(70) for n in range(20)
    ]  # fmt: skip
    company.has("user_days", rows)
    company.store.close()
    span = ["--since", str(day(0)), "--until", str(day(0) + timedelta(days=69)), "--warehouse", str(company.store.path)]
    (chart,) = told(capsys, "chart", *span)  # type: ignore[misc]
    assert [(point["name"], point["share"]) for point in chart["points"] if point["side"]] == [(str(day(60)), 0.15)]
    assert main(["chart", *span]) == 0
    assert "one false alarm in 370 points" in capsys.readouterr().out


def test_what_cannot_be_split_is_wrong_usage(shop: str) -> None:
    """A chart, an explanation, releases and retention know no --by: it is refused and not passed over."""
    for command in (["chart"], ["releases"], ["retention"]):
        with pytest.raises(SystemExit) as end:
            main([*command, "--by", "week", "--warehouse", shop])
        assert end.value.code == 2
