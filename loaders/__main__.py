"""`python -m loaders`: load files, look at what was loaded, take it back, say what a product is called."""

from __future__ import annotations

import argparse
import getpass
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from data.cursor import Row
from data.errors import HeldError, PlumblineError, did_you_mean
from data.portfolio import Product
from data.registry_store import current
from data.side import side_of
from data.warehouse import Warehouse, default_path
from loaders import (
    FORMATS,
    decided,
    errands,
    guide,
    links,
    profile_commands,
    quarantine_commands,
    remembered,
)
from loaders.answers import answers
from loaders.errand import CHANGING, VERBS, Answer, Errand, do
from loaders.format import Options, Refused
from loaders.inbox import is_served, send
from loaders.ingest import Outcome
from loaders.order import Order, carry_out
from loaders.printed import outcome_told, rows_told
from loaders.receive import printable


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(prog="python -m loaders", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    for place, default in ((whole, None), (shared, argparse.SUPPRESS)):  # before the command or after it
        place.add_argument(
            "--warehouse", type=Path, metavar="FILE", default=default,
            help="default: PLUMBLINE_WAREHOUSE, else data/warehouse.duckdb",
        )  # fmt: skip
    shared.add_argument("--json", action="store_true", help="print JSON")
    commands = whole.add_subparsers(dest="command", required=True)
    one = commands.add_parser("load", parents=[shared], help="load files (a folder: every file in it)")
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    one.add_argument("--format", metavar="NAME", help="instead of recognising the content")
    one.add_argument("--product", metavar="ID", help="the product all rows are of, whatever the file says")
    one.add_argument("--pilot", metavar="ID", help="the pilot of rows that name none")
    one.add_argument(
        "--timezone", metavar="TZ", help="zone of moments without an offset, e.g. Europe/Berlin (default UTC)"
    )
    one.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="fill a column the file leaves empty"
    )
    one.add_argument("--new", action="store_true", help="register products the registry does not know")
    one.add_argument("--dry-run", action="store_true", help="show what would happen and change nothing")
    said = commands.add_parser(
        "formats", parents=[shared], help="what can be read, and what the columns of our own mean"
    )
    said.add_argument("--columns", metavar="NAME", help="the columns of the format canonical, with meaning and example")
    said.add_argument("--table", metavar="NAME", help="of this table only")
    commands.add_parser("list", parents=[shared], help="every load, the newest first")
    for name, text in (
        ("show", "one load in full"), ("undo", "take a load back"), ("redo", "put an undone load in again"),
    ):  # fmt: skip
        commands.add_parser(name, parents=[shared], help=text).add_argument("load_id")
    quarantine_commands.declare(commands, shared)
    profile_commands.declare(one, commands, shared)
    said = commands.add_parser("answers", parents=[shared], help="what was said of files and is said of the next ones")
    said.add_argument("--forget", metavar="FILE", help="the mark of a kind of file, as the list shows it")
    commands.add_parser("unmapped", parents=[shared], help="what waits for a product")
    same = commands.add_parser(
        "match", parents=[shared], help="which people of the audience use it, and whose ids are whose"
    )
    same.add_argument("--product", metavar="ID", help="of this product only")
    same.add_argument(
        "--domain",
        action="append",
        default=[],
        metavar="NAME",
        help="a domain of your e-mail addresses, to try with people's names",
    )
    commands.add_parser("links", parents=[shared], help="how much feedback, tickets and checks find their interaction")
    said = commands.add_parser("rules", parents=[shared], help="every rule in force, and which rows it decides")
    said.add_argument("--rows", type=int, metavar="NUMBER", help="the rows that the rule of that number decides")
    said.add_argument("--limit", type=int, default=100, metavar="N", help="of them at most so many (default 100)")
    rule = commands.add_parser("map", parents=[shared], help="say which product a source's value means")
    rule.add_argument(
        "rules",
        nargs="+",
        metavar="FIELD=VALUE:PRODUCT",
        help="^= matches a prefix, ~= a regular expression; feedback.NAME<=0:failed says what a score means",
    )
    rule.add_argument("--new", action="store_true", help="register products the registry does not know")
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused and nothing changed, 2 wrong usage."""
    given = parser().parse_args(arguments)
    if given.command == "formats":
        return _formats(given)
    try:
        options = _options(given) if given.command == "load" else None
    except Refused as refusal:
        print(f"{refusal}", file=sys.stderr)
        return 2
    path = given.warehouse or default_path()
    try:
        store = Warehouse.open(path)
    except HeldError as error:
        if not is_served(side_of(path)) or (options is None and given.command not in VERBS):
            return _refused(given, error)
        if options is None:
            return _told(given, errands.ask(side_of(path), _errand(given)))
        print("The warehouse is open in a server: the files go through its inbox.", file=sys.stderr)
        return _load(given, lambda file: send(side_of(path), file, _order(given, options, file)))
    except PlumblineError as error:
        return _refused(given, error)
    try:
        if options is not None:
            return _load(given, lambda file: carry_out(store, file, _order(given, options, file)))
        return _answer(store, given)
    except PlumblineError as error:
        return _refused(given, error)
    finally:
        store.close()


def _refused(given: argparse.Namespace, error: PlumblineError) -> int:
    if given.command == "load" and given.json:
        print(json.dumps([Outcome(file=str(path), messages=[str(error)]).as_json() for path in given.paths], indent=2))
    print(error, file=sys.stderr)
    return 1


def who() -> str:
    """The person at the command line."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return os.environ.get("USER", "command line")


def _options(given: argparse.Namespace) -> Options:
    from zoneinfo import available_timezones

    if given.timezone and given.timezone not in available_timezones():
        near = did_you_mean(given.timezone, available_timezones())
        raise Refused(f'"{given.timezone}" is not a time zone.{near}', "Use an IANA name such as Europe/Berlin.")
    if given.format and given.format not in FORMATS:
        near = did_you_mean(given.format, FORMATS)
        raise Refused(f'There is no format "{given.format}".{near}', f"Known: {', '.join(FORMATS)}.")
    return Options(given.product, given.pilot, given.timezone, answers(given.set))


def _load(given: argparse.Namespace, do: Callable[[Path], Outcome]) -> int:
    paths = [file for path in given.paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    outcomes = []
    for path in paths:
        outcome = do(path)
        outcomes.append(outcome)
        if not given.json:
            outcome_told(outcome)
    if given.json:
        print(json.dumps([outcome.as_json() for outcome in outcomes], indent=2, ensure_ascii=False))
    return 0 if all(outcome.status != "refused" for outcome in outcomes) else 1


def _order(given: argparse.Namespace, options: Options, path: Path) -> Order:
    said = profile_commands.said(given)
    return Order(who(), printable(path), given.format, options, stated=said, dry_run=given.dry_run, register=given.new)


def _formats(given: argparse.Namespace) -> int:
    if given.columns or given.table:
        try:
            return rows_told(guide.asked(given.columns or "canonical", given.table), given.json)
        except Refused as refusal:
            print(refusal, file=sys.stderr)
            return 2
    rows: list[Row] = [
        {"name": entry.name, "title": entry.title, "facts": ", ".join(entry.facts),
         "product_field": entry.product_field, "fills": entry.fills, "lacks": entry.lacks,
         "asks": ", ".join(entry.asks)}
        for entry in FORMATS.values()
    ]  # fmt: skip
    return rows_told(rows, given.json)


def _answer(store: Warehouse, given: argparse.Namespace) -> int:
    if given.command in VERBS:
        return _told(given, do(store, _errand(given)))
    if given.command == "show":
        row = _the_load(store, given.load_id)
        return rows_told(
            [{"what": key, "is": value} for key, value in row.items()] if not given.json else [row], given.json
        )
    if given.command == "quarantine":
        _the_load(store, given.load_id)
        found = quarantine_commands.look(store, given)
        return 0 if found is None else rows_told(found, given.json)
    if given.command == "correct":
        outcome = quarantine_commands.correct(store, given, who())
        if given.json:
            print(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
        else:
            outcome_told(outcome)
        return 0
    if given.command == "columns":
        found, proposal = profile_commands.columns(store, given)
        rows_told(found, given.json)
        print(f"Look at each, then: {proposal}", file=sys.stderr)
        return 0
    if given.command == "profiles":
        return rows_told(profile_commands.kept(store, given, who()), given.json)
    if given.command == "answers":
        if not given.forget:
            return rows_told(remembered.remembered(store), given.json)
        gone = remembered.forget(store, given.forget, who())
        print(json.dumps({"forgotten": gone}) if given.json else f"{gone} answers forgotten.")
        return 0
    if given.command == "links":
        return rows_told(links.links(store), given.json)
    if given.command == "match":
        return _match(store, given)
    found = decided.listed(store) if given.rows is None else decided.rows_of(store, given.rows, given.limit)
    return rows_told(found, given.json)


def _errand(given: argparse.Namespace) -> Errand:
    about = given.rules if given.command == "map" else [given.load_id] if given.command in CHANGING else []
    return Errand(who(), given.command, tuple(about), new=given.command == "map" and given.new)


def _told(given: argparse.Namespace, answer: Answer) -> int:
    """Print what became of an errand; 0 done, 1 refused."""
    if answer.refused:
        print(answer.refused, file=sys.stderr)
        return 1
    if given.command not in CHANGING:
        return rows_told(answer.found, given.json)
    if given.command == "map":
        said = f"{answer.changed['rules']} rules stored; {answer.changed['rows']:,} rows changed product."
        print(json.dumps(answer.changed) if given.json else said)
        return 0
    rows = ", ".join(f"{count:,} rows of {table}" for table, count in answer.changed.items()) or "no rows"
    verb = "Taken back" if given.command == "undo" else "Put in again"
    print(json.dumps({"load_id": given.load_id, "rows": answer.changed}) if given.json else f"{verb}: {rows}.")
    for note in answer.notes:
        print(note, file=sys.stderr)
    return 0


def _match(store: Warehouse, given: argparse.Namespace) -> int:
    from metrics import default_scope, match

    scope = default_scope(store)
    if given.product:
        known = [product.product_id for product in current(store, Product)]
        if given.product not in known:
            raise Refused(
                f'The registry has no product "{given.product}".{did_you_mean(given.product, known)}',
                f"Known: {', '.join(known) or 'none yet'}.",
            )
        scope = scope.model_copy(update={"products": (given.product,)})
    products, unmatched = match.told(match.match(store, scope, given.domain))
    if given.json:
        print(json.dumps({"products": products, "unmatched": unmatched}, indent=2, default=str, ensure_ascii=False))
        return 0
    rows_told(products, as_json=False)
    print("\nIds of the use that are nobody's:" if unmatched else "\nEvery id of the use is somebody's.")
    return rows_told(unmatched, as_json=False) if unmatched else 0


def _the_load(store: Warehouse, load_id: str) -> Row:
    row = store.one("SELECT * FROM loads WHERE load_id = ?", [load_id])
    if row is None:
        raise Refused(f"There is no load {load_id}.", "See python -m loaders list.")
    return row


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be bytes that are no text
    sys.exit(main())
