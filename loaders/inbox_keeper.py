"""The thread of the server that looks after its inbox: one file after the other, through the same
door as all; and errands beside.
"""

from __future__ import annotations

import logging
import threading
from functools import partial

from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import errands, inbox
from loaders.inbox import Entry
from loaders.ingest import Outcome
from loaders.order import carry_out


class Keeper:
    """Looks at the inbox of one warehouse every second, until it is stopped or the process ends."""

    def __init__(self, store: Warehouse) -> None:
        self._store = store
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> Keeper:
        """Begin; entries that a process before this one began are taken again."""
        inbox.clear(self._store.side)
        errands.clear(self._store.side)
        inbox.beat(self._store.side)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the file that is being loaded."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pulse = threading.Thread(target=self._beat, name="inbox pulse", daemon=True)
        pulse.start()
        running = threading.Thread(target=self._errands, name="errands", daemon=True)
        running.start()
        while not self._ended.wait(inbox.BEAT):
            for entry in inbox.entries(self._store.side):
                if entry.state != "done" and not self._ended.is_set():
                    self._one(entry)
        running.join()
        pulse.join()

    def _errands(self) -> None:
        """Errands do not wait for a long file to be read; the writers' lock keeps them apart."""
        while not self._ended.wait(inbox.BEAT / 4):
            errands.serve(self._store)

    def _beat(self) -> None:
        """The pulse goes on while a long file is loaded."""
        while not self._ended.wait(inbox.BEAT):
            try:
                inbox.beat(self._store.side)
            except OSError:  # the folder is gone, and the warehouse with it
                self._ended.set()
            if not self._store.is_open:
                self._ended.set()
        inbox.leave(self._store.side)

    def _one(self, entry: Entry) -> None:
        try:
            try:
                inbox.note(entry.folder, "reading")
            except OSError:
                return  # withdrawn a moment ago
            outcome = carry_out(self._store, entry.file, entry.order, partial(inbox.note, entry.folder))
        except PlumblineError as refusal:
            outcome = Outcome(file=entry.order.name, messages=[str(refusal)])
        except Exception:  # whatever it is, the next file is not to wait for it
            logging.getLogger("plumbline").exception("a file in the inbox could not be loaded")
            outcome = Outcome(
                file=entry.order.name, messages=["The server met something it does not know; its log has the details."]
            )
        try:
            inbox.finish(entry.folder, outcome)
        except OSError:  # withdrawn, or no room to say so: it is looked at again
            logging.getLogger("plumbline").warning("what became of %s could not be kept", entry.folder.name)
