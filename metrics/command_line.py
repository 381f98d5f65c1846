"""The commands of python -m metrics and what each may be asked."""

import argparse
import getpass
from datetime import date

from metrics.catalog import HEADLINES
from metrics.failure_chart import FAILURES
from metrics.spec import DIMENSIONS, GRAINS

COMMANDS = (
    "read", "list", "sql", "scorecard", "loop", "evals", "watch", "chart", "explain", "releases", "retention",
    "prioritise", "lifecycle", "publish", "said",
)  # fmt: skip
PARTS = tuple(sorted(set(DIMENSIONS) - set(GRAINS)))
"""What a change may be explained by."""


def parser() -> argparse.ArgumentParser:
    """The command line; `run` of what is parsed is the command's name."""
    whole = argparse.ArgumentParser(prog="python -m metrics", description="Read the metrics of a warehouse.")
    commands = whole.add_subparsers(required=True, metavar=" | ".join(COMMANDS))
    where = "default: $PLUMBLINE_WAREHOUSE or data/warehouse.duckdb"
    whole.add_argument("--warehouse", metavar="FILE", help=where)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--warehouse", metavar="FILE", help=where, default=argparse.SUPPRESS)
    scope = argparse.ArgumentParser(add_help=False)
    scope.add_argument("--product", action="append", metavar="ID", help="only this product; may be repeated")
    scope.add_argument("--pilot", action="append", metavar="ID", help="only this pilot; may be repeated")
    scope.add_argument("--team", action="append", metavar="ID", help="only this team; may be repeated")
    scope.add_argument("--since", type=_day, metavar="DAY", help="first day, 2026-09-01; default: 12 weeks to --until")
    scope.add_argument("--until", type=_day, metavar="DAY", help="last day; default: the last day with data")
    parts = argparse.ArgumentParser(add_help=False)
    parts.add_argument("--by", default="", metavar="NAMES", help=f"comma-separated: {', '.join(sorted(DIMENSIONS))}")
    reading = commands.add_parser(
        "read", parents=[shared, scope, parts], help="readings, one for each metric and group"
    )
    reading.add_argument(
        "--metric", action="append", metavar="NAME", help=f"may be repeated; default: {', '.join(HEADLINES)}"
    )
    form = reading.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="an array of readings")
    form.add_argument("--csv", action="store_true", help="a table with a header line")
    reading.set_defaults(run="read")
    listing = commands.add_parser("list", parents=[shared], help="every metric and what it asks")
    listing.add_argument("--json", action="store_true", help="with definitions")
    listing.set_defaults(run="list")
    text = commands.add_parser(
        "sql", parents=[shared, scope, parts], help="a metric as a statement for a plain DuckDB shell"
    )
    text.add_argument("metric", metavar="METRIC")
    text.set_defaults(run="sql")
    pilot = commands.add_parser("scorecard", parents=[shared], help="what a pilot has shown, and what that proposes")
    pilot.add_argument("pilot", metavar="PILOT_ID")
    pilot.add_argument("--json", action="store_true", help="an object with the proposal, its reasons and the criteria")
    pilot.set_defaults(run="scorecard")
    gaps = commands.add_parser(
        "loop", parents=[shared, scope, parts], help="from a gap to a better eval, stage by stage"
    )
    gaps.add_argument("--json", action="store_true", help="an array of products with their stages")
    gaps.add_argument("--answers", action="store_true", help="what each documented answer did, against other topics")
    gaps.set_defaults(run="loop")
    evals = commands.add_parser(
        "evals", parents=[shared, scope, parts], help="task success of each run of each eval suite"
    )
    evals.add_argument("--json", action="store_true", help="an array of runs with their strata")
    evals.set_defaults(run="evals")
    first = commands.add_parser("prioritise", parents=[shared, scope], help="every use case with its six scores")
    first.add_argument("--json", action="store_true", help="an array of use cases with the reasons of their scores")
    first.set_defaults(run="prioritise")
    life = commands.add_parser("lifecycle", parents=[shared, scope], help="each product's stage and what it still owes")
    life.add_argument("--json", action="store_true", help="an array of products with what each stage owes")
    life.set_defaults(run="lifecycle")
    _changes(commands, shared, scope, parts)
    publish = commands.add_parser(
        "publish", parents=[shared, scope, parts], help="write the readings down as published"
    )
    publish.add_argument("--who", default=getpass.getuser(), metavar="NAME", help="who publishes; default: the user")
    publish.set_defaults(run="publish")
    said = commands.add_parser("said", parents=[shared], help="what was published, and when")
    said.add_argument("--metric", metavar="NAME", help="only this metric")
    said.add_argument("--product", metavar="ID", help="only this product")
    said.add_argument("--at", type=_day, metavar="DAY", help="only what stood on that day; default: everything")
    said.add_argument("--restated", action="store_true", help="weeks that were over and say something else now")
    said.add_argument("--json", action="store_true", help="an array of entries with their readings")
    said.set_defaults(run="said")
    return whole


def _changes(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser,
    scope: argparse.ArgumentParser, parts: argparse.ArgumentParser,
) -> None:  # fmt: skip
    """What changed, and why."""
    alarms = commands.add_parser(
        "watch", parents=[shared, scope, parts], help="weeks against eight frozen ones: alarms"
    )
    alarms.add_argument("--metric", default="task_success", metavar="NAME", help="default: task_success")
    alarms.add_argument("--json", action="store_true", help="an array of series with their alarms")
    alarms.set_defaults(run="watch")
    chart = commands.add_parser("chart", parents=[shared, scope], help="p-chart of technical failures, day by day")
    chart.add_argument("--metric", default=FAILURES, metavar="NAME", help=f"another share of sums; default: {FAILURES}")
    chart.add_argument("--json", action="store_true", help="an array of charts with their points")
    chart.set_defaults(run="chart")
    why = commands.add_parser("explain", parents=[shared, scope], help="a change by rate and mix of its parts")
    why.add_argument("metric", metavar="METRIC")
    why.add_argument("--over", required=True, choices=PARTS, metavar="NAME", help=f"the parts: {', '.join(PARTS)}")
    why.add_argument("--json", action="store_true", help="an object with the parts")
    why.set_defaults(run="explain")
    releases = commands.add_parser("releases", parents=[shared, scope], help="before and after each release, no ramp")
    releases.add_argument("--metric", default="task_success", metavar="NAME", help="default: task_success")
    releases.add_argument("--json", action="store_true", help="an array of releases")
    releases.set_defaults(run="releases")
    stay = commands.add_parser("retention", parents=[shared, scope], help="who came back N weeks after they began")
    stay.add_argument("--json", action="store_true", help="an array of weeks")
    stay.set_defaults(run="retention")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day; write it as 2026-09-30") from None
