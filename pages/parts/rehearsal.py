"""The warehouse as it would be: a change that will be taken back, read through the same doors as the real one."""

from collections.abc import Iterator
from contextlib import contextmanager

from data.cursor import Params, Row, Rows, Transaction
from data.warehouse import Warehouse


class Rehearsal(Rows):
    """Stands in for the warehouse wherever something is only read; everything it answers is of the open change."""

    def __init__(self, store: Warehouse, change: Transaction) -> None:
        self.clock = store.clock
        self.path = store.path
        self._change = change

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Every row of the answer, with the change in it."""
        return self._change.rows(sql, params)

    @contextmanager
    def reading(self) -> Iterator[Rows]:
        """The change itself: it is one version of the data already."""
        yield self._change
