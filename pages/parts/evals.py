"""The eval runs of a product over time, suite by suite, each with its interval; the newest against the one before."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.eval_runs import Rerun, reruns
from metrics.eval_series import Point, eval_series
from pages.parts.absent import absent
from pages.parts.asked import asked
from pages.parts.chart import chart
from pages.parts.marks import marks
from pages.parts.rows import table
from pages.parts.text import plain
from pages.parts.theme import colours
from pages.parts.workings import worked
from reports.runs import difference, runs_figure, told, value
from reports.words import NOTHING, count, listed, percent

MOST = 500  # runs that are drawn
UNNAMED = "Without a name"


def evals_of(store: Warehouse, scope: Scope) -> None:
    """Draw the runs of one suite into the current container, or say that there are none."""
    every = asked(store, scope, runs_of)
    if not every:
        absent("No eval run of this product lies in this period.", "eval_results", "evals")
        return
    newest_first = sorted(every, key=lambda each: (each.decides, each.ran), reverse=True)
    suites = list(dict.fromkeys(each.suite for each in newest_first))
    suite = st.selectbox(
        "Suite", suites, format_func=lambda each: each or UNNAMED, key="eval-suite", width=320,
        label_visibility="collapsed", disabled=len(suites) == 1,
    )  # fmt: skip
    runs = [each for each in every if each.suite == suite]
    newest = next((each for each in asked(store, scope, pairs_of) if each.suite == suite), None)
    st.markdown(f"**{plain(told(runs[-1]))}.** {plain(difference(newest)) if newest else ''}")
    st.caption(_explained(runs, scope))
    drawn = runs[-MOST:]
    chart(
        "chart-evals", "; ".join(told(each) for each in drawn[-20:]), runs_figure, drawn, colours(), marks(store, scope)
    )
    table(
        [_row(each) for each in reversed(runs)], name=f"eval runs {suite}".strip(),
        download=[_plain(each) for each in every],
        beside=partial(worked, store, scope, "eval runs", partial(runs_of, store, scope)),
    )  # fmt: skip


def runs_of(store: Warehouse, scope: Scope) -> list[Point]:
    """The runs of the products of a scope: a suite tests a product, whatever team or pilot is looked at."""
    return eval_series(store, scope.model_copy(update={"teams": None, "pilots": None}))


def pairs_of(store: Warehouse, scope: Scope) -> list[Rerun]:
    """The newest run of each suite of the product against the one before it."""
    (product,) = scope.products or ("",)
    return reruns(store, product, scope.until)


def _explained(runs: Sequence[Point], scope: Scope) -> str:
    last, several = runs[-1], len(runs) > 1
    words = [f"Success with its 95% interval, {count(len(runs), 'run')}; open: under 30 cases, decides nothing"]
    if several:
        words.append("a line joins runs of the same cases and judge; dotted: releases, other cases or another judge")
    if last.judges:
        words.append(f"newest judged by {listed(list(last.judges))}")
    if scope.teams:
        words.append("of all teams: a suite tests the product")
    words.append(last.method)
    return plain("; ".join(words), 900) + "."


def _row(each: Point) -> dict[str, object]:
    return {
        "Ran": each.ran.date(), "Success": f"{value(each)}{'' if each.decides else ' ○'}", "Cases": each.cases,
        "Trials": each.trials, "Judged by": ", ".join(each.judges) or "rules",
        "Cases' version": ", ".join(each.versions) or NOTHING, "Release": ", ".join(each.releases) or NOTHING,
        "Of production": NOTHING if each.covered is None else percent(each.covered), "Run": each.run_id,
        "Why": each.refused or NOTHING,
    }  # fmt: skip


def _plain(each: Point) -> dict[str, object]:
    return {
        "suite": each.suite, "run": each.run_id, "ran": each.ran, "line": each.line + 1, "value": each.value,
        "low": each.low, "high": each.high, "cases": each.cases, "trials": each.trials, "covered": each.covered,
        "judges": ", ".join(each.judges), "versions": ", ".join(each.versions), "releases": ", ".join(each.releases),
        "status": each.status, "decides": each.decides, "method": each.method, "refused": each.refused,
    }  # fmt: skip
