import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import CensoredData, ecdf

from tests.reference.__main__ import main
from tests.reference.cases import Case, Inputs, read, written
from tests.reference.routines import ROUTINES
from tests.reference.run import verdict

CASES = read(Path(__file__).with_name("cases.json"))
Written = dict[str, Any]


def fault(routine: str, expected: Any, tolerance: Any = 0, name: str = "mine", **inputs: Any) -> str:
    """What the runner says about one case."""
    case = {"name": name, "routine": routine, "inputs": inputs, "expected": expected, "tolerance": tolerance}
    return verdict(written(1, json.loads(json.dumps(case))))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_published_value_is_met(case: Case) -> None:
    """The product's own function gives the published value within the case's tolerance."""
    assert verdict(case) == ""


def test_every_routine_has_a_published_case() -> None:
    """No routine is only claimed."""
    assert {case.routine for case in CASES} == set(ROUTINES)


@pytest.mark.parametrize("case", [case for case in CASES if case.routine != "roi"], ids=lambda case: case.name)
def test_a_wrong_expectation_fails(case: Case) -> None:
    """Off by twice the tolerance and a bit, each case fails: a runner that passes everything proves nothing. (Not
    roi's: its report prints so little that ROI is among its inputs.)
    """
    pairs = zip(case.expected, case.tolerance, strict=True)
    moved = [None if value is None else value + 2 * exact + 1e-3 for value, exact in pairs]
    assert "expected" in verdict(Case(case.name, case.routine, case.inputs, tuple(moved), case.tolerance))


@pytest.mark.parametrize(
    ("routine", "expected", "inputs"),
    [
        ("wilson", [None, None], {"x": 0, "n": 0}),
        ("clopper_pearson", [None, None], {"x": 0, "n": 0}),
        ("one_sided_upper", [1], {"x": 7, "n": 7}),
        ("newcombe_difference", [None, None], {"x1": 0, "n1": 0, "x2": 1, "n2": 2}),
        ("paired_eval_mcnemar", [None, None], {"b": 0, "c": 0}),
        ("paired_eval_mcnemar", [0, 1], {"b": 30, "c": 30, "correction": True}),
        ("paired_eval_mcnemar", [0, 1], {"b": 31, "c": 30}),
        ("paired_eval_mcnemar", [1 / 61, math.erfc(math.sqrt(1 / 122))], {"b": 31, "c": 30, "correction": False}),
        ("paired_eval_mcnemar_exact", [0, 1], {"b": 0, "c": 0}),
        ("rogan_gladen", [1], {"pos": 100, "n": 100, "se": 0.9, "sp": 0.9}),
        ("rogan_gladen", [None], {"pos": 1, "n": 10, "se": 0.5, "sp": 0.5}),
        ("judge_plugin_ci", [None, None], {"p": 0.5, "n": 0, "sensitivity": 1, "specificity": 1, "m0": 5, "m1": 5}),
        ("cohens_kappa", [None], {"table": [[5, 0], [0, 0]]}),
        ("fleiss_kappa", [1], {"table": [[3, 0], [0, 3]]}),
        ("kaplan_meier", [1, 1, None], {"time": [2, 4], "event": [0, 0], "at": [1, 4, 5]}),
        ("kaplan_meier", [1, 0.5, 0, 0], {"time": [2, 4], "at": [1, 2, 4, 9]}),
        ("kaplan_meier_se", [0, None], {"time": [2, 4], "at": [1, 4]}),
        ("kaplan_meier_loglog_ci", [None, None], {"time": [2, 4], "at": [1, 4]}),
        ("kaplan_meier_median", [None], {"time": [2, 4], "event": [0, 0]}),
        ("kaplan_meier_median", [2, 3], {"time_a": [1, 2, 3, 4], "time_b": [3]}),
        ("kaplan_meier_median_ci", [None, None], {"time": [2, 4, 6], "event": [0, 0, 0]}),
        ("logrank", [None, None], {"time1": [2], "event1": [0], "time2": [4], "event2": [0]}),
        ("welch_difference", [None] * 4, {"a": [1, 1], "b": [2, 2]}),
        ("welch_difference", [None] * 4, {"a": [1], "b": [2, 3]}),
        ("normal_mixture_log_evalue", [0], {"s": 0, "v": 0, "v_opt": 10, "alpha_opt": 0.05}),
        ("bernoulli_confidence_sequence", [0, 1], {"x": 0, "n": 0, "t_opt": 50}),
        ("clustered_ratio_se", [None], {"m": [7], "s": [3]}),
        ("clustered_ratio_se", [0], {"m": [2, 4, 0], "s": [1, 2, 0]}),
        ("design_effect", [1], {"m": 1, "icc": 0.7}),
        ("cochran_mantel_haenszel", [None] * 3, {"strata": [[[0, 0], [3, 4]]]}),
        ("direct_standardisation", [0.5, None, 0.5, None], {"a": [[1, 2]], "b": [[0, 0]], "weights": [3]}),
        ("ewma", [], {"x": [], "lam": 0.2, "target": 1}),
        ("tabular_cusum", [None, None], {"x": [0, 0], "target": 0, "k": 0.5, "h": 5}),
        ("tabular_cusum", [6, 1], {"x": [-7], "target": 0, "k": 1, "h": 5}),
        ("p_chart_limits", [None, None], {"pbar": 0.3, "n": 0}),
        ("pettitt_changepoint", [None], {"data": [3, 3, 3]}),
        ("pettitt_changepoint", [2], {"data": [1, 1, 5, 5]}),
        ("poisson_rate_ci", [None, None], {"x": 3, "exposure": 0}),
        ("fdr_bh", [0], {"p": [], "q": 0.05}),
        ("sample_size_two_prop", [None], {"p1": 0.5, "p2": 0.5, "power": 0.9}),
        ("sample_size_t", [None], {"delta": 0, "sd": 1, "power": 0.9}),
        ("npv", [0], {"rate": 0.1, "cashflows": []}),
        ("irr", [None], {"cashflows": [-100, 230, -132]}),
        ("xirr", [None], {"values": [-1, -1], "dates": ["2026-01-01", "2026-02-01"]}),
        ("roi", [0.5], {"pv_benefits": 150, "pv_costs": 100}),
        ("roi", [-0.25], {"pv_benefits": 75, "pv_net": -25}),
        ("roi", [None], {"pv_benefits": 75, "pv_costs": 0}),
        ("roi", [0.5], {"npv": 50, "pv_costs": 100}),
        ("kaplan_meier_median_ci", [2, math.inf], {"time": [2, 2, 2, 9, 9], "event": [1, 1, 1, 0, 0]}),
        ("business_days", [-1], {"start": "2026-11-24", "end": "2026-11-23"}),
        ("business_days", [4], {"start": "2026-11-23", "end": "2026-11-30", "holidays": ["2026-11-26"]}),
        (
            "adoption_sql", [0.5, 0.25, 0.5, None, None],
            {"active_weeks": {"a": [1], "b": [2]}, "target_population": 4, "week": 2, "month": [0, 1, 2]},
        ),
        ("adoption_sql", [None] * 5, {"active_weeks": {}, "target_population": 0, "week": 0, "month": [0]}),
    ],
)  # fmt: skip
def test_an_edge_has_the_value_of_the_definition(routine: str, expected: list[Any], inputs: Written) -> None:
    """Nothing observed, all or none, all censored, one unit, ties: by definition, and null where nothing is defined."""
    assert fault(routine, expected, 1e-12, **inputs) == ""


def test_the_upper_log_log_bounds_are_asked_for_by_name() -> None:
    """A case whose name says upper (or whose `bound` does) expects scipy's upper bounds, "both" all of them."""
    (case,) = [case for case in CASES if case.routine == "kaplan_meier_loglog_ci"]
    times, ends = case.inputs["time"], case.inputs["event"]
    ended, still = ([t for t, end in zip(times, ends, strict=True) if end == kind] for kind in (1, 0))
    theirs = ecdf(CensoredData(uncensored=ended, right=still)).sf.confidence_interval(0.9, method="log-log")
    lows, highs = (side.evaluate(case.inputs["at"]).tolist() for side in (theirs.low, theirs.high))
    routine, inputs = ROUTINES[case.routine], case.inputs
    assert routine(Inputs(inputs, "km_upper90")) == pytest.approx(highs, abs=1e-12)
    assert routine(Inputs({**inputs, "bound": "upper"})) == pytest.approx(highs, abs=1e-12)
    assert routine(Inputs({**inputs, "bound": "both"})) == pytest.approx(lows + highs, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"routine": "wilsn"}, "there is no routine 'wilsn'. Did you mean 'wilson'?"),
        ({"routine": "zzz"}, "there is no routine 'zzz'. There are wilson, clopper_pearson,"),
        ({"inputs": {"y": 1, "n": 3}}, "malformed: input 'x' is missing. There are: y, n"),
        ({"inputs": {"x": "two", "n": 3}}, "malformed: input 'x' must be a number, and is \"two\""),
        ({"inputs": {"x": 4, "n": 3}}, "malformed: input 'x' is 4, more than 'n', 3"),
        ({"inputs": {"x": -1, "n": 3}}, "must be a whole number, 0 or more, and is -1"),
        ({"inputs": {"x": 1, "n": 3, "conf": 95}}, "a confidence level lies between 0 and 1, and is 95"),
        ({"inputs": [1, 3]}, "malformed: 'inputs' must be an object"),
        ({"expected": [0.1]}, "1 values are expected and 2 came"),
        ({"expected": ["0.1", 0.2]}, "malformed: 'expected' must be numbers or null"),
        ({"expected": [None, None]}, "value 1 is 0.06149"),
        ({"tolerance": [1]}, "malformed: 'tolerance' has 1 values for 2 expected"),
        ({"inputs": {"x": 1, "n": 3, "method": "score"}, "expected": [0, 0]}, "(not used: method)"),
    ],
)
def test_a_case_that_cannot_be_run_says_why(change: Written, sentence: str) -> None:
    """An unknown routine with the nearest name, an input that is missing or none, an expectation of another shape."""
    case = {
        "routine": "wilson",
        "inputs": {"x": 1, "n": 3},
        "expected": [0.0615, 0.7923],
        "tolerance": 1e-3,
        "name": "one",
    }
    assert verdict(written(1, case)) == ""
    assert sentence in verdict(written(1, case | change))
    assert sentence not in verdict(written(1, case))


def test_the_command_prints_a_line_a_case_and_counts(tmp_path: Path) -> None:
    """Exit 0 when all pass, 1 when one does not, 2 when the file holds no cases."""
    file = tmp_path / "cases.json"
    good = {"name": "a", "routine": "design_effect", "inputs": {"m": 3, "icc": 0.5}, "expected": [2], "tolerance": 0}
    file.write_text(json.dumps([good, good | {"name": "b", "expected": [3]}, good | {"name": "c", "routine": "dsgn"}]))
    asked = subprocess.run(
        [sys.executable, "-m", "tests.reference", str(file)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    lines = asked.stdout.splitlines()
    assert asked.returncode == 1
    assert lines[0] == "ok   a"
    assert lines[1].startswith("FAIL b (design_effect): value 1 is 2, expected 3 within 0")
    assert lines[2].startswith("FAIL c (dsgn): there is no routine 'dsgn'")
    assert lines[3] == "1 passed, 2 failed"


@pytest.mark.parametrize(("content", "code"), [("{", 2), ('{"a": 1}', 2), ("[]", 0), ('{"cases": []}', 0), ("[7]", 1)])
def test_a_file_without_cases_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, code: int
) -> None:
    """No JSON or no array of cases: 2 and a sentence; no cases: nothing failed; a case that is no object: failed."""
    (tmp_path / "cases.json").write_text(content)
    assert main([str(tmp_path / "cases.json")]) == code
    assert main([str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
