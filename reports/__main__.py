"""python -m reports scorecard | portfolio | document: a pilot or the portfolio as HTML, PDF or XLSX, the documents of
a role as Markdown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from data.errors import PlumblineError, did_you_mean
from data.made_up import about
from data.operation import Incident
from data.portfolio import Product
from data.registry_store import current
from data.warehouse import Warehouse
from metrics import default_scope
from metrics.portfolio import portfolio
from metrics.scorecard import scorecard, scorecards
from metrics.spec import Scope
from reports.document_facts import facts_of
from reports.documents import KINDS, incident
from reports.made import FORMS, made
from reports.pilot_report import pilot_report
from reports.portfolio_report import portfolio_report
from reports.report import Report

WEEKS = timedelta(days=83)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: the report is written; 1: the warehouse or the place refuses; 2: wrong usage."""
    options = _parser().parse_args(arguments)
    out: Path = options.out
    form, forms = out.suffix.lower().removeprefix("."), options.forms
    if form not in forms:
        print(
            f"{out.name} cannot be written: its name must end in .{', .'.join(forms)}.{did_you_mean(form, forms)}",
            file=sys.stderr,
        )
        return 2
    try:
        store = Warehouse.open(options.warehouse)
        try:
            content = options.content(store, options, form)
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
    commands = parser.add_subparsers(required=True, metavar="scorecard | portfolio | document")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--warehouse", metavar="FILE", help="default: $PLUMBLINE_WAREHOUSE or data/warehouse.duckdb")
    shared.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help=f"its name ends in .{', .'.join(FORMS)}"
    )
    pilot = commands.add_parser("scorecard", parents=[shared], help="one pilot on a page")
    pilot.add_argument("pilot", metavar="PILOT_ID")
    pilot.set_defaults(content=_report, report=_scorecard, forms=FORMS)
    whole = commands.add_parser("portfolio", parents=[shared], help="every product, pilot and open point")
    whole.add_argument(
        "--since", type=date.fromisoformat, metavar="DAY", help="first day; default: 12 weeks to --until"
    )
    whole.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day; default: the last with data")
    whole.set_defaults(content=_report, report=_portfolio, forms=FORMS)
    kinds = ("incident", *KINDS)
    text = commands.add_parser("document", parents=[shared], help=f"Markdown for a role: {', '.join(sorted(kinds))}")
    text.add_argument("kind", choices=sorted(kinds), metavar="KIND", help=", ".join(sorted(kinds)))
    text.add_argument("id", metavar="ID", help="of the product; of the incident for an incident report")
    text.set_defaults(content=_document, forms=("md",))
    return parser


def _report(store: Warehouse, options: argparse.Namespace, form: str) -> bytes:
    return made(options.report(store, options), form, store.clock())


def _document(store: Warehouse, options: argparse.Namespace, _: str) -> bytes:
    if options.kind != "incident":
        return KINDS[options.kind][1](facts_of(store, options.id)).markdown().encode()
    known = {each.incident_id: each.product_id for each in current(store, Incident)}
    if options.id not in known:
        raise PlumblineError(
            f"There is no incident '{options.id}'.{did_you_mean(options.id, known)}",
            f"Known are {', '.join(sorted(known)[:20])}." if known else "Register it on the page Registry.",
        )
    facts = facts_of(store, known[options.id])
    return incident(facts, next(each for each in facts.incidents if each.incident_id == options.id)).markdown().encode()


def _scorecard(store: Warehouse, options: argparse.Namespace) -> Report:
    card = scorecard(store, options.pilot)
    names = {each.product_id: each.name for each in current(store, Product)}
    product = card.pilot.product_id
    return pilot_report(card, names.get(product, product), store.data_version(), made_up=about(store, product))


def _portfolio(store: Warehouse, options: argparse.Namespace) -> Report:
    usual = default_scope(store)
    until = options.until or usual.until
    scope = Scope(since=options.since or until - WEEKS, until=until)
    cards = scorecards(store)
    whole, version = portfolio(store, scope, cards), store.data_version()
    made_up = any(about(store, each.product.product_id) for each in whole.products)
    return portfolio_report(whole, cards, scope, version, made_up=made_up)


if __name__ == "__main__":
    sys.exit(main())
