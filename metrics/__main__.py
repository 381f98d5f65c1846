"""python -m metrics read | list | sql | scorecard | loop | evals | publish | said: readings, pilots, the context loop,
eval series and what was published, on the command line.
"""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TypeVar

from data.errors import PlumblineError
from data.warehouse import Warehouse
from metrics import CATALOG, HEADLINES, Reading, Scope, default_scope, eval_series, loop, read, readings_log, waiting
from metrics import published_answers as answers
from metrics.asking import Named, asked
from metrics.catalog import dimensions_of, measure_of, resolve
from metrics.plain_sql import plain
from metrics.scorecard import scorecard
from metrics.scorecard_data import as_data
from metrics.sheet import write_csv
from metrics.spec import DIMENSIONS, MetricError, dimensions
from reports import scorecard as words
from reports.words import amount, interval, units_of

T = TypeVar("T")
Forms = tuple[Callable[[T], object], Callable[[T], list[tuple[str, ...]]]]  # as data, and as a table with its head
WEEKS = timedelta(days=83)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: the warehouse refuses, nothing was read; 2: the question cannot be asked."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # whoever read our lines has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MetricError as error:
        print(error, file=sys.stderr)
        return 2
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m metrics", description="Read the metrics of a warehouse.")
    commands = parser.add_subparsers(
        required=True, metavar="read | list | sql | scorecard | loop | evals | publish | said"
    )
    where = "default: $PLUMBLINE_WAREHOUSE or data/warehouse.duckdb"
    parser.add_argument("--warehouse", metavar="FILE", help=where)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--warehouse", metavar="FILE", help=where, default=argparse.SUPPRESS)
    scope = argparse.ArgumentParser(add_help=False)
    scope.add_argument("--product", action="append", metavar="ID", help="only this product; may be repeated")
    scope.add_argument("--pilot", action="append", metavar="ID", help="only this pilot; may be repeated")
    scope.add_argument("--team", action="append", metavar="ID", help="only this team; may be repeated")
    scope.add_argument("--since", type=_day, metavar="DAY", help="first day, 2026-09-01; default: 12 weeks to --until")
    scope.add_argument("--until", type=_day, metavar="DAY", help="last day; default: the last day with data")
    scope.add_argument("--by", default="", metavar="NAMES", help=f"comma-separated: {', '.join(sorted(DIMENSIONS))}")
    reading = commands.add_parser("read", parents=[shared, scope], help="readings, one for each metric and group")
    reading.add_argument(
        "--metric", action="append", metavar="NAME", help=f"may be repeated; default: {', '.join(HEADLINES)}"
    )
    form = reading.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="an array of readings")
    form.add_argument("--csv", action="store_true", help="a table with a header line")
    reading.set_defaults(run=_read)
    listing = commands.add_parser("list", parents=[shared], help="every metric and what it asks")
    listing.add_argument("--json", action="store_true", help="with definitions")
    listing.set_defaults(run=_list)
    text = commands.add_parser("sql", parents=[shared, scope], help="a metric as a statement for a plain DuckDB shell")
    text.add_argument("metric", metavar="METRIC")
    text.set_defaults(run=_sql)
    pilot = commands.add_parser("scorecard", parents=[shared], help="what a pilot has shown, and what that proposes")
    pilot.add_argument("pilot", metavar="PILOT_ID")
    pilot.add_argument("--json", action="store_true", help="an object with the proposal, its reasons and the criteria")
    pilot.set_defaults(run=_scorecard)
    gaps = commands.add_parser("loop", parents=[shared, scope], help="from a gap to a better eval, stage by stage")
    gaps.add_argument("--json", action="store_true", help="an array of products with their stages")
    gaps.add_argument("--answers", action="store_true", help="what each documented answer did, against other topics")
    gaps.set_defaults(run=_loop)
    evals = commands.add_parser("evals", parents=[shared, scope], help="task success of each run of each eval suite")
    evals.add_argument("--json", action="store_true", help="an array of runs with their strata")
    evals.set_defaults(run=_evals)
    publish = commands.add_parser("publish", parents=[shared, scope], help="write the readings down as published")
    publish.add_argument("--who", default=getpass.getuser(), metavar="NAME", help="who publishes; default: the user")
    publish.set_defaults(run=_publish)
    said = commands.add_parser("said", parents=[shared], help="what was published, and when")
    said.add_argument("--metric", metavar="NAME", help="only this metric")
    said.add_argument("--product", metavar="ID", help="only this product")
    said.add_argument("--at", type=_day, metavar="DAY", help="only what stood on that day; default: everything")
    said.add_argument("--json", action="store_true", help="an array of entries with their readings")
    said.set_defaults(run=_said)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write it as 2026-09-30") from None


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


def _told(options: argparse.Namespace, door: Callable[[Warehouse, Scope], T], forms: Forms[T], nothing: str) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        found = door(store, _scope(store, options))
    finally:
        store.close()
    data, lines = forms
    return _show(options, data(found), lines(found), nothing)


def _publish(options: argparse.Namespace) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        added = readings_log.publish(store, options.who, _scope(store, options))
    finally:
        store.close()
    print(f"{added:,} readings written down." if added else "Nothing new: these readings are written down already.")
    return 0


def _said(options: argparse.Namespace) -> int:
    store = Warehouse.open(options.warehouse)
    try:
        found = readings_log.said(store, options.metric, options.product, options.at)
    finally:
        store.close()
    rows = [("published", "by", "data", "product", "metric", "days", "value", "interval", "status")]
    for at, who, since, until, each in found:
        value = amount(each.value, measure_of(each.metric)) if each.value is not None else "-"
        what = (str(each.data_version), str(each.group["product"]), each.metric, f"{since} - {until}")
        rows.append((f"{at:%Y-%m-%d %H:%M}", who, *what, value, interval(each), each.status))
    return _show(options, readings_log.as_data(found), rows, "Nothing was published: python -m metrics publish.")


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
        rows.append(
            (
                group,
                reading.metric,
                value,
                bounds,
                f"{reading.units:,}",
                f"{reading.events:,}",
                status,
                reading.missing,
            )
        )
    _print_rows(rows)
    if any(not reading.decides for reading in readings):
        print("* may not drive a decision")


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    """Lines with aligned columns, the last as long as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip())


if __name__ == "__main__":
    sys.exit(main())
