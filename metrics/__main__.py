"""python -m metrics: readings, pilots, use cases, the context loop, eval series, what changed and why, and what was
published, on the command line.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TypeVar

from data.errors import PlumblineError
from data.settings import settings as settings_of
from data.warehouse import Warehouse
from metrics import (
    CATALOG,
    HEADLINES,
    Reading,
    Scope,
    default_scope,
    eval_series,
    lifecycle,
    loop,
    prioritise,
    read,
    readings_log,
    retention,
    waiting,
    watch,
)  # fmt: skip
from metrics import changes_told as told
from metrics import published_answers as answers
from metrics.asking import Named, asked
from metrics.before_after import before_after
from metrics.catalog import dimensions_of, measure_of, resolve
from metrics.cohorts import cohorts
from metrics.command_line import parser
from metrics.explained import explanation
from metrics.failure_chart import failure_charts
from metrics.plain_sql import plain
from metrics.restated import as_data as restated_data
from metrics.restated import restated
from metrics.scorecard import scorecard
from metrics.scorecard_data import as_data
from metrics.sheet import write_csv
from metrics.spec import MetricError, dimensions
from reports import scorecard as words
from reports.words import amount, interval, units_of

T = TypeVar("T")
Forms = tuple[Callable[[T], object], Callable[[T], list[tuple[str, ...]]]]  # as data, and as a table with its head
WEEKS = timedelta(days=83)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: the warehouse refuses, nothing was read; 2: the question cannot be asked."""
    options = parser().parse_args(arguments)
    try:
        return RUN[options.run](options)
    except BrokenPipeError:  # whoever read our lines has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MetricError as error:
        print(error, file=sys.stderr)
        return 2
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 1


def _read(options: argparse.Namespace) -> int:
    by = dimensions([name.strip() for name in options.by.split(",") if name.strip()])
    metrics = resolve(options.metric or HEADLINES)
    if not options.metric:
        fit = [metric for metric in metrics if dimensions_of(metric)[0] >= set(by)]
        left_out = [metric.name for metric in metrics if metric not in fit]
        if left_out:
            print(f"Not by {options.by}, so left out: {', '.join(left_out)}.", file=sys.stderr)
        metrics = fit
    store = Warehouse.open(options.warehouse)
    try:
        readings = read(store, metrics, _scope(store, options), by)
        unmapped = waiting(store)
    finally:
        store.close()
    if options.json:
        print(json.dumps([asdict(reading) for reading in readings], indent=2, ensure_ascii=False))
    elif options.csv:
        write_csv(sys.stdout, readings, by)
    else:
        _print_table(readings)
    if unmapped:
        print(
            f"{unmapped:,} interactions are of no product of the registry and count in no reading:"
            " python -m loaders unmapped shows them.",
            file=sys.stderr,
        )
    return 0


def _list(options: argparse.Namespace) -> int:
    if options.json:
        shown = ("name", "title", "question", "definition", "counts", "better", "caveat")
        print(json.dumps([{key: getattr(metric, key) for key in shown} for metric in CATALOG.values()], indent=2))
        return 0
    width = max(map(len, CATALOG))
    for metric in CATALOG.values():
        print(f"{metric.name:<{width}}  {metric.question}")
    return 0


def _sql(options: argparse.Namespace) -> int:
    metric = resolve([options.metric])[0]
    by = dimensions([name.strip() for name in options.by.split(",") if name.strip()])
    store = Warehouse.open(options.warehouse)
    try:
        text = plain(store, metric, _scope(store, options), by)
    finally:
        store.close()
    print(text)
    return 0


def _scorecard(options: argparse.Namespace) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        card = scorecard(store, options.pilot)
    finally:
        store.close()
    if options.json:
        print(json.dumps(as_data(card), indent=2, ensure_ascii=False))
        return 0
    print(words.answer(card))
    print(f"Proposal: {card.verdict.decision}, by rule {card.verdict.rule}: {words.rule_in_words(card)}")
    for reason in card.verdict.reasons:
        print(f"- {reason}")
    if owed := words.owed(card.verdict.needs):
        print(f"Needed: {', '.join(owed)}.")
    rows = [("role", "criterion", "bar", "baseline", "value", "interval", "n", "verdict")]
    for each in card.judged:
        before = amount(each.baseline.value, each.criterion.measure) if each.baseline else "-"
        shown = (words.value(each.reading), words.bounds(each.reading), units_of(each.reading) if each.reading else "-")
        role = words.ROLES[each.criterion.role].lower()
        rows.append((role, each.criterion.metric, words.bar(each.criterion), before, *shown, words.outcome(each)))
    print()
    _print_rows(rows)
    return 0


def _loop(options: argparse.Namespace) -> int:
    if options.answers:
        of, forms = answers.published_answers, (answers.as_data, answers.lines)
        return _told(options, of, forms, "No answer about a topic was documented in these days.")
    return _told(options, loop.loops, (loop.as_data, loop.lines), "No ticket of these products is about a gap.")


def _evals(options: argparse.Namespace) -> int:
    forms = (eval_series.as_data, eval_series.lines)
    return _told(options, eval_series.eval_series, forms, "No eval suite ran in these days.")


def _prioritise(options: argparse.Namespace) -> int:
    forms = (prioritise.as_data, prioritise.lines)
    return _told(options, prioritise.prioritise, forms, "No scenario of these products is registered.")


def _lifecycle(options: argparse.Namespace) -> int:
    forms = (lifecycle.as_data, lifecycle.lines)
    return _told(options, lifecycle.lifecycle, forms, "No product in force is registered.")


def _told(options: argparse.Namespace, door: Callable[[Warehouse, Scope], T], forms: Forms[T], nothing: str) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        found = door(store, _scope(store, options))
    finally:
        store.close()
    data, lines = forms
    return _show(options, data(found), lines(found), nothing)


def _watch(options: argparse.Namespace) -> int:
    by = dimensions([name.strip() for name in options.by.split(",") if name.strip()]) or ("product",)
    of = partial(_asked_of, watch.watch, options.metric, by=by)
    return _told(options, of, (told.watched_data, told.watched_lines), "No product has a reading in these weeks.")


def _asked_of(door: Callable[..., T], metric: str, store: Warehouse, scope: Scope, **more: object) -> T:
    """Doors that are asked for a metric before the scope."""
    return door(store, metric, scope, **more)


def _chart(options: argparse.Namespace) -> int:
    of = partial(failure_charts, metric=options.metric)
    return _told(options, of, (told.charts_data, told.charts_lines), "No product has data in these days.")


def _explain(options: argparse.Namespace) -> int:
    of = partial(_asked_of, explanation, options.metric, over=options.over)
    return _told(options, of, (told.explanation_data, told.explanation_lines), "Nothing to explain.")


def _releases(options: argparse.Namespace) -> int:
    if len(options.product or ()) != 1:
        raise MetricError("Releases are of one product.", "Name it: --product ID.")
    of = partial(before_after, metric=options.metric)
    return _told(options, of, (told.releases_data, told.releases_lines), "Nothing was released in these days.")


def _retention(options: argparse.Namespace) -> int:
    forms = (told.retention_data, told.retention_lines)
    nothing = f"Under {retention.FEWEST} people with a name began in these weeks, or no week after theirs is complete."
    return _told(options, _curve, forms, nothing)


def _curve(store: Warehouse, scope: Scope) -> list[retention.Point]:
    return retention.curve(cohorts(store, scope), settings_of(store).level)


def _publish(options: argparse.Namespace) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        added = readings_log.publish(store, options.who, _scope(store, options))
    finally:
        store.close()
    print(f"{added:,} readings written down." if added else "Nothing new: these readings are written down already.")
    return 0


def _said(options: argparse.Namespace) -> int:
    if options.metric:
        resolve([options.metric])
    if options.restated and options.at:
        raise MetricError("What was restated is told as it stands now.", "Leave --at or --restated out.")
    store = Warehouse.open(options.warehouse)
    try:
        if options.restated:
            again = restated(store, options.metric, options.product)
            return _show(
                options, restated_data(again), told.restated_lines(again), "No week that was over was restated."
            )
        found = readings_log.said(store, options.metric, options.product, options.at)
        nothing = "Nothing was published: python -m metrics publish."
        return _show(options, readings_log.as_data(found), told.said_lines(found, interval), nothing)
    finally:
        store.close()


def _show(options: argparse.Namespace, data: object, rows: Sequence[tuple[str, ...]], nothing: str) -> int:
    """JSON, or a table with its head, or the sentence that says why there is none."""
    if options.json:
        print(json.dumps(data, indent=2, ensure_ascii=False, default=str))
    elif len(rows) > 1:
        _print_rows(rows)
    else:
        print(nothing)
    return 0


def _scope(store: Warehouse, options: argparse.Namespace) -> Scope:
    until = options.until or default_scope(store).until
    named = Named(options.product or (), options.pilot or (), options.team or ())
    return asked(store, named, options.since or until - WEEKS, until)


def _print_table(readings: Sequence[Reading]) -> None:
    rows = [("group", "metric", "value", "interval", "units", "events", "status", "why")]
    for reading in readings:
        group = ", ".join(str(value) for value in reading.group.values()) or "all"
        bounds = interval(reading)
        value = amount(reading.value, measure_of(reading.metric)) if reading.value is not None else "-"
        status = reading.status + ("" if reading.decides else " *")
        counts = (f"{reading.units:,}", f"{reading.events:,}")
        rows.append((group, reading.metric, value, bounds, *counts, status, reading.missing))
    _print_rows(rows)
    if any(not reading.decides for reading in readings):
        print("* may not drive a decision")


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    """Lines with aligned columns, the last as long as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip())


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "read": _read, "list": _list, "sql": _sql, "scorecard": _scorecard, "loop": _loop, "evals": _evals, "watch": _watch,
    "chart": _chart, "explain": _explain, "releases": _releases, "retention": _retention,
    "prioritise": _prioritise, "lifecycle": _lifecycle, "publish": _publish, "said": _said,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
