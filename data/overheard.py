"""The statements that are read while somebody listens: what a number or a table was computed with, word for word."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Statement(NamedTuple):
    """One SELECT as it was run, with its parameters."""

    sql: str
    params: Sequence[object] | Mapping[str, object]


_LISTENING: ContextVar[list[Statement] | None] = ContextVar("listening", default=None)


@contextmanager
def overhearing() -> Iterator[list[Statement]]:
    """Every statement that a Reader runs in this thread meanwhile, in order."""
    heard: list[Statement] = []
    token = _LISTENING.set(heard)
    try:
        yield heard
    finally:
        _LISTENING.reset(token)


def heard(sql: str, params: Sequence[object] | Mapping[str, object]) -> None:
    """Tell whoever listens."""
    listening = _LISTENING.get()
    if listening is not None:
        listening.append(Statement(sql, params))
