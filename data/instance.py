"""One running database instance: cursors are handed out and taken back, a dead instance is replaced."""

import threading
from collections.abc import Callable
from contextlib import suppress

from data.cursor import Cursor


class Instance:
    """Counts its generations: who meets an error in an older generation than the present one just tries again."""

    def __init__(self, connect: Callable[[], Cursor]) -> None:
        """`connect` opens the file and raises when it cannot; it runs now and at each reopening."""
        self._connect = connect
        self._gate = threading.RLock()
        self._cursors: set[Cursor] = set()
        self.generation = 0
        self._closed = False
        self._connection: Cursor | None = connect()

    def cursor(self) -> Cursor | None:
        """A cursor of one's own, or None when the instance was closed."""
        with self._gate:
            if self._closed:
                return None
            if self._connection is None:  # the last reopening failed: perhaps there is room again by now
                self._connection = self._connect()
            cursor: Cursor = self._connection.cursor()
            self._cursors.add(cursor)
            return cursor

    def release(self, cursor: Cursor) -> None:
        """End whatever the cursor was in the middle of, and close it."""
        with self._gate:
            self._cursors.discard(cursor)
        with suppress(Exception):  # nothing to roll back after a failed commit
            cursor.execute("ROLLBACK")
        with suppress(Exception):
            cursor.close()

    def close(self) -> None:
        """Close the file for good."""
        with self._gate:
            self._closed = True
            self._drop()

    def _drop(self) -> None:
        """Every cursor keeps the instance alive, so all of them go."""
        with self._gate:
            for cursor in [*self._cursors, *filter(None, [self._connection])]:
                with suppress(Exception):
                    cursor.close()
            self._cursors.clear()
            self._connection = None

    def reopen(self, generation: int) -> None:
        """Replace the instance of this generation; nothing happens when somebody else did so already."""
        with self._gate:
            if self.generation == generation and not self._closed:
                self._drop()
                self.generation += 1
                self._connection = self._connect()
