"""Loads, files again, later states, undo, redo and crashes in any order: the tables are what plain Python says."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from data.check import check
from data.cursor import Transaction
from data.journal import Journal
from data.side import side_of
from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.ingest import Outcome, Preview, publish_file
from loaders.undo import redo, undo
from tests.conftest import NOON
from tests.loaders.files import staged
from tests.torture.exports import exports, write
from tests.torture.model import File, Model, differences, held, leftovers

FILES = tuple(exports(3, 40, 12))
"""Small files in which the same records come back, some as they were and some in a later or earlier state."""
CHANGES = st.sampled_from(("load", "undo", "redo"))


class Crash(BaseException):
    """The power is gone. The files were copied away before: what cleans up on its way finds only the old ones."""


class Life(RuleBasedStateMachine):
    """One warehouse, the plain truth about it, and accidents."""

    fresh: Callable[[], Warehouse]
    folder: Path
    numbers: Iterator[int]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.fresh()
        self.model = Model((self.store.side / "secret").read_bytes())
        self.unused = list(FILES)
        self.copy = self.store.path

    # what people do -------------------------------------------------------------------------------------------------
    @rule(skip=st.integers(0, 3))
    def load(self, skip: int) -> None:
        """A file comes; a part of its records may be known."""
        file, load_id = self.unused.pop(skip), self._next_id()
        outcome = self._publish(file, load_id)
        assert (outcome.accepted, outcome.duplicates, outcome.superseded) == self.model.load(load_id, file)

    @precondition(lambda self: self.model.ids("published"))
    @rule(data=st.data())
    def load_the_same_file(self, data: st.DataObject) -> None:
        """A file that is loaded comes again: refused, with the name of its load."""
        load_id = data.draw(st.sampled_from(self.model.ids("published")))
        preview = self._preview(self.model.loads[load_id].file, "again")
        with pytest.raises(Refused, match=f"Already loaded as {load_id}"):
            publish_file(self.store, preview, "tester")
        preview.close()

    @rule(change=st.sampled_from(("undo", "redo")), data=st.data())
    def take_back_or_put_in_again(self, change: str, data: st.DataObject) -> None:
        """Any load is undone, or any undone one redone."""
        make, follow = self._change(change, data)
        make()
        follow()

    # what happens to machines -----------------------------------------------------------------------------------------
    @rule()
    def reopen(self) -> None:
        """The server is stopped and started."""
        self.copy = self.store.path
        self._open_again()

    @rule(statement=st.integers(1, 14), change=CHANGES, data=st.data())
    def crash_inside(self, statement: int, change: str, data: st.DataObject) -> None:
        """The power goes at one of the statements of a change: nothing of it is there."""
        run, left = Transaction.run, count(statement, -1)

        def counted(tx: Transaction, *given: Any) -> int:
            if next(left) == 0:
                self._crash()
            return run(tx, *given)

        self._survive(change, data, Transaction, "run", counted, stored=False)

    @rule(torn=st.booleans(), change=CHANGES, data=st.data())
    def crash_before_the_journal(self, torn: bool, change: str, data: st.DataObject) -> None:
        """The power goes after the commit, the line of the journal not or half written: the change is there."""

        def append(journal: Journal, *_: Any) -> None:
            if torn:
                with journal.path.open("ab") as file:
                    file.write(b'{"version": 99, "cau')
            self._crash()

        self._survive(change, data, Journal, "append", append, stored=True)

    @rule(change=CHANGES, data=st.data())
    def crash_before_the_log_is_folded(self, change: str, data: st.DataObject) -> None:
        """The power goes before the checkpoint: the change is there, out of the log."""
        self._survive(change, data, Warehouse, "_fold", lambda _: self._crash(), stored=True)

    # how ------------------------------------------------------------------------------------------------------------
    def _next_id(self) -> str:
        return f"L{len(self.model.loads):02}"

    def _preview(self, file: File, load_id: str) -> Preview:
        """The file, received and read, its staged rows and its upload lying beside the warehouse."""
        path = write(file, self.folder)
        origin, parsed = staged(self.store, path, load_id)
        upload = self.store.side / "uploads" / f"{load_id}.bin"
        shutil.copyfile(path, upload)
        return Preview(replace(origin, sha256=file.name), parsed, upload, 0.0)

    def _publish(self, file: File, load_id: str) -> Outcome:
        return publish_file(self.store, self._preview(file, load_id), "tester")

    def _change(self, change: str, data: st.DataObject) -> tuple[Callable[[], object], Callable[[], object]]:
        """What makes a change in the warehouse, and what makes it in the model; a load where there is nothing else."""
        can = {"undo": self.model.ids("published"), "redo": self.model.ids("undone"), "load": []}[change]
        if not can:
            file, load_id = self.unused.pop(0), self._next_id()
            return partial(self._publish, file, load_id), partial(self.model.load, load_id, file)
        load_id = data.draw(st.sampled_from(can))
        work = undo if change == "undo" else redo
        return partial(work, self.store, load_id, "tester"), partial(getattr(self.model, change), load_id)

    def _survive(
        self, change: str, data: st.DataObject, owner: type, name: str, instead: Callable[..., Any], *, stored: bool
    ) -> None:
        """Make a change while a function of the program is replaced by an accident; then start the machine again."""
        make, follow = self._change(change, data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, instead)
            try:
                make()
            except Crash:
                died = True
            else:
                died = False  # it was over before the accident
        if stored or not died:
            follow()
        if died:
            self._open_again()

    def _crash(self) -> None:
        """Take the files as they lie on the disk at this moment, and end everything."""
        self.copy = self.folder / f"{next(self.numbers)}.duckdb"
        for ending in ("", ".wal"):
            former = Path(f"{self.store.path}{ending}")
            if former.exists():
                shutil.copyfile(former, f"{self.copy}{ending}")
        shutil.copytree(self.store.side, side_of(self.copy))
        raise Crash

    def _open_again(self) -> None:
        self.store.close()
        self.store = Warehouse.open(self.copy, clock=lambda: NOON)
        assert all(finding.well for finding in check(self.store)[1])

    @invariant()
    def the_tables_are_what_plain_python_says(self) -> None:
        """Facts in force, superseded ones, user-days, loads, history, journal and folders."""
        assert differences(self.model.tables(), held(self.store)) == []
        assert leftovers(self.store.side, self.model.ids("undone")) == []
        lines = [(entry.version, entry.cause) for entry in self.store.journal.entries()]
        assert lines == list(enumerate(self.model.causes, 1))

    def teardown(self) -> None:
        self.store.close()


def test_any_life_of_a_warehouse(fresh: Callable[[], Warehouse], tmp_path: Path) -> None:
    """Any sequence of loads, files again, later states, undos, redos, crashes and restarts leaves the plain truth."""
    machine = type("Life", (Life,), {"fresh": staticmethod(fresh), "folder": tmp_path, "numbers": count()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4, stateful_step_count=12, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
