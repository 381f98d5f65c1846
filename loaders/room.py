"""No room left on the disk: an accident of the machine, said as such and never as a fault of the file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from loaders.format import Refused

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SENTENCE = "There is no room left on the disk of the warehouse."
REMEDY = "Make room and try again: nothing was changed."
_SAID = tuple(os.strerror(number) for number in FULL)


def is_full(error: BaseException) -> bool:
    """Whether an error of the system or of a library that writes files says that the disk is full."""
    number = error.errno if isinstance(error, OSError) else None
    return number in FULL or any(said in str(error) for said in _SAID)


@contextmanager
def room() -> Iterator[None]:
    """What is written inside needs room: Raises Refused with a remedy when there is none; other errors pass."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise Refused(SENTENCE, REMEDY) from None
        raise
