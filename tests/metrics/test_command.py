"""python -m metrics: what it prints and how it ends."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics import CATALOG, HEADLINES
from metrics.__main__ import main
from metrics.scorecard import scorecard
from metrics.scorecard_data import as_data
from metrics.spec import Reading
from tests.metrics.company import Company, day, granted, tasks
from tests.metrics.desk import ask, ticket
from tests.metrics.reviews import check, review
from tests.metrics.trials import bar, tried


@pytest.fixture
def shop(company: Company) -> str:
    """The path of a closed warehouse with a product, an audience of forty and four weeks of use."""
    company.sells("chat", "=evil").has("audience", [granted(f"p{n}") for n in range(40)])
    company.has(
        "user_days", [tasks(f"p{n}", day(7 * w + 6), 2, 1, scenario_id="letters") for n in range(40) for w in range(4)]
    )
    company.has("user_days", [{**tasks("p1", day(1), 7), "product_id": "stray"}])
    company.has("pilots", [{"pilot_id": "trial", "product_id": "chat", "name": "Trial", "starts_on": day(0)}])
    company.store.close()
    return str(company.store.path)


def test_json_is_an_array_of_readings(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys of each are exactly the fields of a Reading, in order; unmapped interactions are told on stderr."""
    assert main(["read", "--warehouse", shop, "--json"]) == 0
    out, err = capsys.readouterr()
    readings = json.loads(out)
    assert [reading["metric"] for reading in readings] == list(HEADLINES)
    for reading in readings:
        assert list(reading) == [field.name for field in fields(Reading)]
    assert readings[1]["value"] == pytest.approx(2 / 3)
    assert readings[1]["group"] == {}
    assert "7 interactions are of no product of the registry" in err


def test_groups_and_periods_narrow_a_reading(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--metric, --product, --since, --until and --by do what they say; the warehouse may be named first, too."""
    options = ["--metric", "task_success", "--product", "chat", "--since", "2026-09-07", "--until", "2026-09-20"]
    assert main(["--warehouse", shop, "read", *options, "--by", "product,week", "--json"]) == 0
    readings = json.loads(capsys.readouterr().out)
    assert [(reading["group"], reading["events"]) for reading in readings] == [
        ({"product": "chat", "week": "2026-W37"}, 120),
        ({"product": "chat", "week": "2026-W38"}, 120),
    ]


def test_csv_has_a_column_a_dimension_and_no_formula(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A header line, one line a reading; a product named like a formula is written as text."""
    assert main(["read", "--warehouse", shop, "--by", "product", "--metric", "task_success", "--csv"]) == 0
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [line["product"] for line in lines] == ["'=evil", "chat"]
    assert [line["status"] for line in lines] == ["not_measured", "ok"]
    assert lines[1]["value"] == "0.666666666667"


def test_the_table_says_why_a_number_may_not_decide(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Value, interval, units, events, status and a reason; no value is a dash."""
    assert main(["read", "--warehouse", shop]) == 0
    out = capsys.readouterr().out
    assert "66.7%" in out
    assert "No source says which of the 480 tasks were handed to a human" in out
    assert "* may not drive a decision" in out


def test_a_metric_that_does_not_fit_is_left_out_aloud(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By scenario the headlines that have scenarios; the others are named; adoption asked for by name is refused."""
    assert main(["read", "--warehouse", shop, "--by", "scenario", "--json"]) == 0
    out, err = capsys.readouterr()
    read = {reading["metric"] for reading in json.loads(out)}
    assert read == {"task_success", "hallucination_rate", "escalation_rate"}
    assert "left out: adoption, context_coverage, sme_response_time, roi." in err
    assert main(["read", "--warehouse", shop, "--by", "scenario", "--metric", "adoption"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--metric", "task_sucess"], "Did you mean 'task_success'?"),
        (["--by", "produkt"], "Did you mean 'product'?"),
        (["--product", "chatt"], "There is no product 'chatt'. Did you mean 'chat'?"),
        (["--pilot", "trail"], "There is no pilot 'trail'. Did you mean 'trial'?"),
        (["--since", "2026-10-01", "--until", "2026-09-01"], "ends on 2026-09-01, before it begins"),
    ],
)
def test_a_wrong_word_gets_the_right_one(
    shop: str, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """Exit 2, nothing on stdout, and a sentence with the nearest right name."""
    assert main(["read", "--warehouse", shop, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err


def test_a_wrong_day_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """A day that is none is refused by argparse's exit 2 with the form expected."""
    with pytest.raises(SystemExit, match="2"):
        main(["read", "--since", "yesterday"])
    assert "'yesterday' is not a day; write it as 2026-09-30" in capsys.readouterr().err


def test_a_missing_warehouse_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and what to do; no traceback."""
    assert main(["read", "--warehouse", str(tmp_path / "none.duckdb")]) == 1
    assert "There is no warehouse at" in capsys.readouterr().err


def test_list_names_every_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a metric with its question; --json adds the definition."""
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(CATALOG)
    assert main(["list", "--json"]) == 0
    assert all(metric["definition"] for metric in json.loads(capsys.readouterr().out))


def test_sql_prints_a_statement_for_a_plain_shell(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The engine's own text around which the value stands, with literals in place of parameters."""
    assert main(["sql", "task_success", "--warehouse", shop, "--product", "chat", "--by", "week"]) == 0
    out = capsys.readouterr().out
    assert "unnest(CAST(['chat'] AS VARCHAR[]))" in out
    assert "AND DATE '2026-10-04'" in out
    assert "$" not in out
    assert "GROUP BY bucket" in out
    assert main(["sql", "task_succes", "--warehouse", shop]) == 2


def test_a_scorecard_says_the_proposal_its_rule_and_its_reasons(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text has the answer, the rule in words, what is needed, and a row for each criterion."""
    tried(company).store.close()
    assert main(["scorecard", "trial", "--warehouse", str(company.store.path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Trial has proven itself: ")
    assert "Proposal: scale, by rule scale: Every must is met, and nothing stands against it." in out
    assert "- It is better than the current way of working, by evidence of level B." in out
    (row,) = [line for line in out.splitlines() if "task_success" in line]
    assert row.split("  ")[0] == "must"
    assert all(cell in row for cell in ("≥\u00a060.0%", "60.0%", "81.2%", "71.1–88.4", "12\u00a0people", "✓ Met"))


def test_a_scorecard_as_json_is_one_object(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints exactly what others rely on; of a pilot that shows nothing the numbers are null."""
    tried(company, criteria=[bar(), bar("speed", "sme_response_time", better="lower", at=4, floor=8)])
    store = company.store
    wanted = as_data(scorecard(store, "trial"))
    store.close()
    assert main(["scorecard", "trial", "--json", "--warehouse", str(store.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == wanted
    assert found["criteria"][0]["value"] is None
    assert (found["criteria"][0]["status"], found["decided"], found["overdue"]) == ("not_measured", None, False)


def test_an_unknown_pilot_gets_the_right_one(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, nothing on stdout, and the nearest name."""
    assert main(["scorecard", "trail", "--warehouse", shop]) == 2
    out, err = capsys.readouterr()
    assert (out, "Did you mean 'trial'?" in err) == ("", True)


def test_the_command_runs_as_a_module(shop: str) -> None:
    """Python -m metrics finds its warehouse in the environment."""
    environment = {**os.environ, "PLUMBLINE_WAREHOUSE": shop}
    command = [sys.executable, "-m", "metrics", "read", "--metric", "adoption", "--json"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[0]["value"] == 1.0


def test_loop_evals_and_the_log_are_told(
    company: Company, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each prints a table or JSON, or the sentence that says why there is nothing; what is published twice is said."""
    asked = datetime(2026, 9, 8, 9)
    gap = ticket(1, asked, asked + timedelta(hours=2), topic_id="a", documented_at=None, eval_added_at=None)
    more = {"origin": "suite", "suite": "s", "interaction_id": None}
    review(ask(company.sells("chat"), [gap]), [check(f"c{n}", day(2), n > 3, **more) for n in range(12)])
    company.has("user_days", [tasks("p1", day(27), 2)])
    company.store.close()
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", str(company.store.path))

    def told(*words: str) -> str:
        assert main(words) == 0
        return capsys.readouterr().out

    assert "1 of 1 came through; a median needs 10." in told("loop")
    assert json.loads(told("loop", "--product", "chat", "--json"))[0]["gaps"] == 1
    assert told("loop", "--answers") == "No answer about a topic was documented in these days.\n"
    assert told("loop", "--answers", "--json") == "[]\n"
    assert "66.7%" in told("evals")
    assert json.loads(told("evals", "--json"))[0]["metric"] == "task_success.eval"
    assert told("said") == "Nothing was published: python -m metrics publish.\n"
    assert told("publish", "--who", "Ann") == "7 readings written down.\n"
    assert told("publish", "--who", "Bob").startswith("Nothing new")
    assert "Ann" in told("said", "--metric", "task_success")
    assert len(json.loads(told("said", "--json"))) == 7
    assert main(["said", "--metric", "task_succes"]) == 2
