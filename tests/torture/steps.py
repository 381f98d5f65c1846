"""The steps of a load as they happen in a process, seen from outside the program: its own functions are wrapped here.

A page of memory shared with the harness says which step a process is in, how often each was entered and how long it
lasted. The kernel is asked to kill the process at a moment inside the step that was chosen: signal 9 comes from a
timer, not from another process that may be late.
"""

import ctypes
import mmap
import signal
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import loaders.ingest
import loaders.publish
from data import warehouse
from data.journal import Journal
from loaders import process, receive

STEPS = (
    "receive", "scan", "child reading", "staging", "publish insert", "reduction", "commit", "journal fsync",
    "CHECKPOINT", "undo", "redo", "reopen",
)  # fmt: skip
_BETWEEN = len(STEPS)
_RECORD = struct.Struct("<qd")  # how often entered, seconds in all


class Board:
    """The shared page: the present step, and of each step how often and how long."""

    def __init__(self, path: Path) -> None:
        size = 8 + _RECORD.size * len(STEPS)
        if not path.exists():
            path.write_bytes(bytes([_BETWEEN]) + bytes(size - 1))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), size)

    @property
    def step(self) -> str:
        """Where the process is, or was when it died."""
        number = self._page[0]
        return STEPS[number] if number < _BETWEEN else "between"

    def enter(self, step: str) -> None:
        """The process is in this step from now on."""
        self._page[0] = STEPS.index(step) if step in STEPS else _BETWEEN

    def lasted(self, step: str, seconds: float) -> None:
        """A step is over."""
        times, total = self._read(step)
        at = 8 + _RECORD.size * STEPS.index(step)
        self._page[at : at + _RECORD.size] = _RECORD.pack(times + 1, total + seconds)

    def typical(self, step: str) -> float:
        """How long a step takes on this machine, seconds; a guess until one has been seen to end."""
        times, total = self._read(step)
        return total / times if times else 0.01

    def _read(self, step: str) -> tuple[int, float]:
        times, total = _RECORD.unpack_from(self._page, 8 + _RECORD.size * STEPS.index(step))
        return int(times), float(total)


class Tracer:
    """Follows one process through the steps, and has it killed inside one of them."""

    def __init__(self, board: Board, step: str, nth: int, seed: int) -> None:
        self.board = board
        self._wanted = step
        self._left = nth
        self._random = Random(seed)
        self._gate = threading.Lock()

    @contextmanager
    def inside(self, step: str, then: str | None = None) -> Iterator[None]:
        """One step, from here to the end of the block; then `then`, else the step it was in before."""
        before = self.board.step
        self.board.enter(step)
        self._aim(step)
        began = time.perf_counter()
        try:
            yield
        finally:
            self.board.lasted(step, time.perf_counter() - began)
            self.board.enter(then or before)

    def _aim(self, step: str) -> None:
        with self._gate:
            if step != self._wanted or not self._left:
                return
            self._left -= 1
            if not self._left:
                kill_after(self._random.uniform(0, 1.1 * self.board.typical(step)))

    def follow(self) -> None:
        """Wrap the program's own functions, so that each of them says when it begins and ends."""
        _around(receive, "receive", lambda: self.inside("receive"))
        _around(receive, "scan", lambda: self.inside("scan", "child reading"))
        _around(process, "finish", self._reading)
        _around(loaders.ingest, "publish", lambda: self.inside("publish insert"))
        _around(loaders.publish, "rebuild_touched", lambda: self.inside("reduction"))
        _around(Journal, "append", lambda: self.inside("journal fsync"))
        connect = warehouse._connect
        warehouse._connect = lambda *given: _Seen(connect(*given), self)

    @contextmanager
    def _reading(self, *given: Any) -> Iterator[None]:
        """The child reads; as soon as it has begun to write rows, it is staging."""
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), daemon=True)
        with self.inside("child reading"):
            watch.start()
            yield
            over.set()
            watch.join()

    def _watch(self, over: threading.Event) -> None:
        staging = self.staging
        while not over.wait(0.001):
            if any(staging.glob("*/*-0.parquet")):
                with self.inside("staging"):
                    over.wait()
                return

    staging = Path()
    """The folder that the children of this process write to."""


class _Seen:
    """A connection or cursor that says when it commits and folds the log."""

    def __init__(self, real: Any, tracer: Tracer) -> None:
        self._real, self._tracer = real, tracer

    def cursor(self) -> "_Seen":
        return _Seen(self._real.cursor(), self._tracer)

    def execute(self, query: str, *given: Any) -> Any:
        step = {"COMMIT": "commit", "CHECKPOINT": "CHECKPOINT"}.get(query)
        if step is None:
            return self._real.execute(query, *given)
        with self._tracer.inside(step):
            return self._real.execute(query, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _around(owner: Any, name: str, block: Callable[..., Any]) -> None:
    real = getattr(owner, name)

    def followed(*given: Any, **named: Any) -> Any:
        with block():
            return real(*given, **named)

    setattr(owner, name, followed)


class _Event(ctypes.Structure):
    """The `sigevent` of timer_create(2): which signal comes when the time is over."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signo", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_char * 48),
    )


class _Spec(ctypes.Structure):
    """The `itimerspec` of timer_settime(2): interval and first time, each as seconds and nanoseconds."""

    _fields_ = (("interval", ctypes.c_long * 2), ("value", ctypes.c_long * 2))


def kill_after(seconds: float) -> None:
    """Have the kernel send this process signal 9 after so many seconds."""
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    event = _Event(signo=signal.SIGKILL)
    if libc.timer_create(time.CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(timer)):
        raise OSError(ctypes.get_errno(), "timer_create")
    whole, part = divmod(max(seconds, 1e-6), 1)
    spec = _Spec(value=(int(whole), int(part * 1e9)))
    if libc.timer_settime(timer, 0, ctypes.byref(spec), None):
        raise OSError(ctypes.get_errno(), "timer_settime")
