"""Errands for the process that has the warehouse open, as files under its inbox folder.

A command leaves `<id>.json`, made whole beside and then renamed. The server renames it to `<id>.taken` before it
begins, so that none is done twice, and leaves `<id>.answer`.
"""

from __future__ import annotations

import logging
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from data.warehouse import Warehouse
from loaders.errand import Answer, Errand, do
from loaders.inbox import BEAT, inbox_of, is_served

_OLD = 86_400
"""Seconds after which what nobody waits for any more is removed."""


def folder_of(side: Path) -> Path:
    """Where the errands of a warehouse are left, by its side folder."""
    return inbox_of(side) / "errands"


def ask(side: Path, errand: Errand) -> Answer:
    """Leave an errand for the server and wait for its answer.

    An interruption takes it back where the server has not begun; so it is when the server goes away.
    """
    left = folder_of(side) / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}.json"
    try:
        left.parent.mkdir(parents=True, exist_ok=True)
        _write(left, errand.dump())
    except OSError as error:
        return Answer(refused=f"The errand cannot be left in {left.parent}: {error.strerror}. Make room there.")
    try:
        while (answer := _answer(left.with_suffix(".answer"))) is None:
            if not is_served(side):
                return Answer(refused=_gone(left))
            time.sleep(BEAT / 4)
    except KeyboardInterrupt:
        if not _withdrawn(left):
            raise SystemExit("The server has begun and goes on; see python -m loaders list.") from None
        raise
    left.with_suffix(".answer").unlink(missing_ok=True)
    return answer


def serve(store: Warehouse) -> None:
    """Carry out what is waiting, the oldest first; what is no errand of ours is passed over."""
    for left in sorted(folder_of(store.side).glob("[!.]*.json")):
        taken = left.with_suffix(".taken")
        try:
            errand = Errand.read(left.read_text(encoding="utf-8"))
            left.rename(taken)
        except (OSError, ValueError):  # withdrawn a moment ago, or nothing of ours
            continue
        try:
            answer = do(store, errand)
        except Exception:  # whatever it is, the next one is not to wait for it
            logging.getLogger("plumbline").exception("an errand could not be done")
            answer = Answer(refused="The server met something it does not know; its log has the details.")
        with suppress(OSError):
            _write(left.with_suffix(".answer"), answer.dump())
            taken.unlink(missing_ok=True)


def clear(side: Path) -> None:
    """Forget what was left long ago and nobody came back for."""
    for path in folder_of(side).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _OLD:
                path.unlink()


def _gone(left: Path) -> str:
    said = "The server that has the warehouse open went away"
    if _withdrawn(left):
        return f"{said} before it did this: nothing has changed. Run it again: the warehouse may be free now."
    return f"{said} while it did this. See python -m loaders list whether it was done."


def _withdrawn(left: Path) -> bool:
    try:
        left.unlink()
    except OSError:
        return False
    return True


def _answer(path: Path) -> Answer | None:
    try:
        return Answer.read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
