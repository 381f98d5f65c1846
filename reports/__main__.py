"""python -m reports scorecard | portfolio: a pilot or the portfolio as HTML, PDF or XLSX."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from data.errors import PlumblineError, did_you_mean
from data.portfolio import Product
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import default_scope
from metrics.portfolio import portfolio
from metrics.scorecard import scorecard, scorecards
from metrics.spec import Scope
from reports.made import FORMS, made
from reports.pilot_report import pilot_report
from reports.portfolio_report import portfolio_report
from reports.report import Report

WEEKS = timedelta(days=83)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: the report is written; 1: the warehouse or the place refuses; 2: wrong usage."""
    options = _parser().parse_args(arguments)
    out: Path = options.out
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        print(
            f"A report cannot be written as {out.name}: its name must end in .{', .'.join(FORMS)}."
            f"{did_you_mean(form, FORMS)}", file=sys.stderr,
        )  # fmt: skip
        return 2
    try:
        store = Warehouse.open(options.warehouse)
        try:
            content = made(options.report(store, options), form, store.clock())
        finally:
            store.close()
        out.write_bytes(content)
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{out} cannot be written: {error.strerror}. Name another --out.", file=sys.stderr)
        return 1
    print(f"Written: {out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Write a report.")
    commands = parser.add_subparsers(required=True, metavar="scorecard | portfolio")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--warehouse", metavar="FILE", help="default: $PLUMBLINE_WAREHOUSE or data/warehouse.duckdb")
    shared.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help=f"its name ends in .{', .'.join(FORMS)}"
    )
    pilot = commands.add_parser("scorecard", parents=[shared], help="one pilot on a page")
    pilot.add_argument("pilot", metavar="PILOT_ID")
    pilot.set_defaults(report=_scorecard)
    whole = commands.add_parser("portfolio", parents=[shared], help="every product, pilot and open point")
    whole.add_argument(
        "--since", type=date.fromisoformat, metavar="DAY", help="first day; default: 12 weeks to --until"
    )
    whole.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day; default: the last with data")
    whole.set_defaults(report=_portfolio)
    return parser


def _scorecard(store: Warehouse, options: argparse.Namespace) -> Report:
    card = scorecard(store, options.pilot)
    names = {each.product_id: each.name for each in current(store, Product)}
    return pilot_report(card, names.get(card.pilot.product_id, card.pilot.product_id), store.data_version())


def _portfolio(store: Warehouse, options: argparse.Namespace) -> Report:
    usual = default_scope(store)
    until = options.until or usual.until
    scope = Scope(since=options.since or until - WEEKS, until=until)
    cards = scorecards(store)
    return portfolio_report(portfolio(store, scope, cards), cards, scope, store.data_version())


if __name__ == "__main__":
    sys.exit(main())
