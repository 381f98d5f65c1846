"""The warehouse from the command line: python -m data init | demo | check | backup | restore | migrate | import |
export.
"""

import argparse
import getpass
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from data.backup import back_up, go_on_without, restore
from data.check import check
from data.errors import PlumblineError, WarehouseError
from data.made_up import DEMO, present
from data.migrate import migrate
from data.registry_files import export_registry, import_registry
from data.side import side_of
from data.warehouse import Warehouse, default_path

OK, REFUSED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with a sentence (nothing changed) or something is not well, 2 wrong usage."""
    parser = _parser()
    try:
        given = parser.parse_args(argv)
    except SystemExit as stop:
        return USAGE if stop.code else OK
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        return run(given)
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return REFUSED


def _init(given: argparse.Namespace) -> int:
    store = Warehouse.create(given.warehouse)
    print(f"Made a new warehouse at {store.path}. Its secret and journal are in {store.side}: keep them with it.")
    store.close()
    return OK


def _demo(given: argparse.Namespace) -> int:
    """Write the demo company and load it as anybody's files are: here registry and loads meet."""
    from data.demo import write_company
    from loaders.ingest import load
    from metrics.announcer import announce

    if given.leave:
        return _leave(given)
    began = time.monotonic()
    last = given.until or date.today() - timedelta(days=1)
    if last >= date.today():
        raise WarehouseError(f"{last} is not over yet.", "Name a day before today with --until.")
    if given.seed < 0 or not 0.01 <= given.scale <= 10:
        raise WarehouseError(
            f"Seed {given.seed}, scale {given.scale:g} came; the seed is a whole number from 0, the scale 0.01 to 10.",
            "Correct it.",
        )
    folder = given.folder or side_of(given.warehouse) / "demo"
    made = not given.warehouse.exists()
    store = None if made else Warehouse.open(given.warehouse)
    complete = False
    try:
        _refuse_to_mix(store, given)
        store = store or Warehouse.create(given.warehouse)
        _say(began, f"writing 26 weeks of a made-up company, up to {last}, to {folder}")
        shutil.rmtree(folder, ignore_errors=given.folder is None)
        written = write_company(folder, last, given.seed, given.scale)
        _say(began, f"{written.interactions:,} interactions of {written.people:,} people")
        for each in written.registry:
            changed = import_registry(store, each, DEMO)
            _say(began, f"{each.name}: {sum(changed.values()):,} rows of {len(changed)} tables")
        for path in written.exports:
            outcome = load(store, path, who=DEMO)
            if outcome.status != "published" or outcome.unmapped:
                raise WarehouseError(f"{path.name}: {' '.join(outcome.messages)}", "Please report this.")
            odd = f", {outcome.quarantined} in quarantine" if outcome.quarantined else ""
            _say(began, f"{path.name}: {outcome.accepted:,} records{odd} ({outcome.format}, {outcome.seconds:.1f} s)")
        _say(began, f"{announce(store, DEMO):,} readings written down as published")
        complete = True
    finally:
        if store is not None:
            store.close()
        if made and not complete:  # half a company would be refused the next time
            given.warehouse.unlink(missing_ok=True)
            shutil.rmtree(side_of(given.warehouse), ignore_errors=True)
    print(f"The demo company is in {given.warehouse}; its files are in {folder}.")
    return OK


def _leave(given: argparse.Namespace) -> int:
    """Take the demo company out; what people brought stays."""
    from loaders.departure import leave

    store = Warehouse.open(given.warehouse)
    try:
        if not present(store):
            raise WarehouseError(f"The demo company is not in {given.warehouse}.", "Name its --warehouse.")
        removed = leave(store, _who())
    finally:
        store.close()
    print("Removed: " + ", ".join(f"{count:,} of {table}" for table, count in removed.items()) + ".")
    return OK


def _refuse_to_mix(store: Warehouse | None, given: argparse.Namespace) -> None:
    """The demo goes into an empty warehouse and an empty folder only. Raises WarehouseError."""
    if given.folder is not None and given.folder.exists() and any(given.folder.iterdir()):
        raise WarehouseError(f"There is something in {given.folder} already.", "Name a new --folder.")
    held = "SELECT (SELECT count(*) FROM loads) + (SELECT count(*) FROM products) AS rows_held"
    if store is not None and store.value(held):
        raise WarehouseError(
            f"{given.warehouse} holds data already; the demo company would be mixed with them.",
            "Name another --warehouse.",
        )


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:5.1f} s  {what}", flush=True)


def _check(given: argparse.Namespace) -> int:
    store = Warehouse.open(given.warehouse)
    try:
        rows, findings = check(store)
        print(f"{store.path}: schema {store.schema}, data version {store.data_version()}")
    finally:
        store.close()
    for table, count in rows.items():
        print(f"  {table:26} {count:>14,}")
    for finding in findings:
        print(f"{'ok   ' if finding.well else 'WRONG'} {finding.sentence}")
    return OK if all(finding.well for finding in findings) else REFUSED


def _backup(given: argparse.Namespace) -> int:
    store = Warehouse.open(given.warehouse)
    try:
        dest, rows = back_up(store, given.dest)
    finally:
        store.close()
    print(f"Copied {sum(rows.values()):,} rows of {len(rows)} tables to {dest}, opened the copy and compared it.")
    print(f"The secret is in {dest}.d: keep the copy as safe as the warehouse.")
    return OK


def _restore(given: argparse.Namespace) -> int:
    if given.without_backup:
        lost = go_on_without(given.warehouse, _who())
        print(f"{given.warehouse} opens again without: {'; '.join(lost) or 'nothing (nothing was lost)'}.")
        return OK
    if given.source is None:
        print("restore needs the backup to restore, or --without-backup.", file=sys.stderr)
        return USAGE
    rows, aside = restore(given.source, given.warehouse, force=given.force)
    print(f"Restored {sum(rows.values()):,} rows of {len(rows)} tables to {given.warehouse}.")
    if aside:
        print(f"The former warehouse is kept at {aside}.")
    return OK


def _migrate(given: argparse.Namespace) -> int:
    done, backup = migrate(given.warehouse, _who())
    if not done:
        print(f"{given.warehouse} is up to date.")
        return OK
    print(f"Applied {', '.join(done)}. The warehouse as it was before is at {backup}.")
    return OK


def _import(given: argparse.Namespace) -> int:
    store = Warehouse.open(given.warehouse)
    try:
        changed = import_registry(store, given.path, _who())
        moved = _remap(store) if changed.get("mappings") else 0
    finally:
        store.close()
    print("New or changed: " + ", ".join(f"{count} in {table}" for table, count in changed.items()) + ".")
    if moved:
        print(f"{moved:,} stored rows changed product by the new mappings.")
    return OK


def _remap(store: Warehouse) -> int:
    """Give stored rows the product that imported mappings say: the command line is where registry and loads meet."""
    from loaders.mapping import remap

    with store.write("mapping", _who()) as tx:
        return remap(tx)


def _export(given: argparse.Namespace) -> int:
    store = Warehouse.open(given.warehouse)
    try:
        rows = export_registry(store, given.dir)
    finally:
        store.close()
    print(f"Wrote {sum(rows.values())} rows of {sum(1 for n in rows.values() if n)} tables to {given.dir}.")
    return OK


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data",
        description="The warehouse: one DuckDB file, with its secret and journal in <file>.d beside it.",
        epilog="Exit codes: 0 done, 1 refused (nothing was changed) or not well, 2 wrong usage.",
    )
    everywhere = argparse.ArgumentParser(add_help=False)
    for place, default in ((parser, default_path()), (everywhere, argparse.SUPPRESS)):  # before the command or after it
        place.add_argument(
            "--warehouse", type=Path, default=default, metavar="FILE",
            help="the warehouse (default: PLUMBLINE_WAREHOUSE, else data/warehouse.duckdb)",
        )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[everywhere], help=about, description=about)
        made.set_defaults(run=run)
        return made

    command("init", _init, "make a new, empty warehouse")
    demo = command("demo", _demo, "fill an empty warehouse with a made-up company: 8 products, 26 weeks")
    demo.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="its last day (default: yesterday)")
    demo.add_argument("--seed", type=int, default=7, metavar="N", help="another number draws other days (default: 7)")
    demo.add_argument("--scale", type=float, default=1.0, metavar="X", help="0.1: a tenth of the use (default: 1)")
    demo.add_argument("--leave", action="store_true", help="take the company out again; what people brought stays")
    demo.add_argument("--folder", type=Path, metavar="DIR", help="where its files go (default: <warehouse>.d/demo)")
    command("check", _check, "say whether everything can be read and agrees: tables, user_days, loads, journal")
    backup = command("backup", _backup, "copy the warehouse, its secret and its journal, and verify the copy")
    backup.add_argument("dest", type=Path, metavar="DEST", help="a new file, or a folder to put one into")
    back = command("restore", _restore, "put a backup, verified first, in the place of the warehouse")
    back.add_argument("source", type=Path, metavar="SRC", nargs="?", help="the backup")
    back.add_argument("--force", action="store_true", help="although there is a warehouse: it is moved aside")
    back.add_argument(
        "--without-backup", action="store_true",
        help="go on with what the file holds, although its journal says that more was stored, or the secret is lost",
    )  # fmt: skip
    command("migrate", _migrate, "bring an older warehouse to this program's schema, after a backup")
    load = command("import", _import, "store registry tables from a YAML, an XLSX or a folder of CSVs, all or nothing")
    load.add_argument("path", type=Path, metavar="PATH", help="the file or folder; see export for its form")
    out = command("export", _export, "write the registry as it is now, in a form that import reads")
    out.add_argument("dir", type=Path, metavar="DIR", help="a new folder for CSVs, or a new file .yaml or .xlsx")
    return parser


if __name__ == "__main__":
    sys.exit(main())
