"""Forks of the process that has everything imported, from the parent's side: one such process, started when needed."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from loaders.confine import Limits
from loaders.format import Refused

ROOT = Path(__file__).parents[1]
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONHASHSEED")
"""What of our environment a reader may know: no secret."""
STARTED_WITHIN = 60.0  # seconds
SET = {"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}  # it writes nothing and forks, so has no threads


class Forked:
    """A fork at work: as much of subprocess.Popen as one needs to wait for it and to end it."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._heard = line, b""
        self.pid = 0
        with suppress(subprocess.TimeoutExpired):
            self.pid = int(self._next(STARTED_WITHIN) or 0)
        """0 when there is none to order forks from."""
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """How it ended: an exit code, or the negative number of a signal. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            told = self._next(timeout)
            self.returncode = int(told) if told else -signal.SIGKILL  # it ended with the process that forked it
            self._line.close()
        return self.returncode

    def poll(self) -> int | None:
        """The same without waiting; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def kill(self) -> None:
        """End it."""
        if self.returncode is None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)

    def _next(self, timeout: float | None) -> bytes:
        until = None if timeout is None else time.monotonic() + timeout
        while b"\n" not in self._heard:
            self._line.settimeout(until and max(0.0, until - time.monotonic()))
            try:
                heard = self._line.recv(64)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("a fork", timeout or 0) from None
            except ConnectionError:
                heard = b""
            if not heard:
                return b""
            self._heard += heard
        told, _, self._heard = self._heard.partition(b"\n")
        return told


class _Forkserver:
    """The process that forks for us, at most one; threads may order at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    def order(self, limits: Limits, module: str, files: tuple[int, int, int]) -> Forked:
        """A fork that is the module, with these files as its input, output and errors. Raises Refused without one."""
        order = json.dumps({"limits": asdict(limits), "module": module}).encode()
        with self._lock:
            for _ in range(2):  # it may have ended since: a new one is started
                with suppress(ConnectionError):
                    if (found := self._hand_over(order, files)).pid:
                        return found
                self._close()
        raise Refused(
            "No process can be started to read the file.", "The machine may be short of memory: load it again later."
        )

    def _hand_over(self, order: bytes, files: tuple[int, int, int]) -> Forked:
        orders = self._running()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(orders, [order], [*files, theirs.fileno()])
        return Forked(ours)

    def _running(self) -> socket.socket:
        if self._orders is None or self._of != os.getpid():
            ours, theirs = socket.socketpair()
            known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "loaders.forkserver", str(theirs.fileno())],
                    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
                    env={**known, **SET},
                )  # fmt: skip
            self._orders, self._of = ours, os.getpid()
        return self._orders

    def _close(self) -> None:
        if self._orders and self._process and self._of == os.getpid():
            self._orders.close()
            self._process.kill()
            self._process.wait()
        self._orders = self._process = None


_forkserver = _Forkserver()
order = _forkserver.order
atexit.register(_forkserver._close)
