"""The process whose forks read files: what a reader needs is imported once, and each file gets a fresh fork of it.

Run by loaders/forked.py with the number of a socket. It reads no file itself and starts no thread. An order brings
limits, a module and four open files: the fork's input, output and errors, and a line. Over the line go the fork's
number and, when it has ended, how; the fork is killed when the other end of its line closes, and everything ends when
the socket does. The fork bounds itself before it takes its job, closes what it was not given, and becomes the module.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from loaders.confine import Limits, allow_seconds, confine, without_pandas

FILES = 4
LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Fork:
    """One fork at work: its number, the line to whoever ordered it, and a pipe that closes when it ends."""

    number: int
    line: socket.socket
    alive: int


def serve(orders: socket.socket) -> None:
    """Fork for every order, tell how each fork ended; return when nobody can order any more."""
    events = selectors.DefaultSelector()
    events.register(orders, selectors.EVENT_READ)
    while True:
        for key, _ in events.select():
            if key.fileobj is orders:
                order, files, _, _ = socket.recv_fds(orders, LONGEST, FILES)
                if not order:
                    return  # the forks die with us
                fork = begin(order, files)
                events.register(fork.line, selectors.EVENT_READ, fork)
                events.register(fork.alive, selectors.EVENT_READ, fork)
            elif key.fileobj is key.data.line:
                os.kill(key.data.number, signal.SIGKILL)
                events.unregister(key.data.line)
            else:
                events.unregister(key.data.alive)
                with suppress(KeyError):  # it was killed for that
                    events.unregister(key.data.line)
                finish(key.data)


def begin(order: bytes, files: list[int]) -> Fork:
    """Fork, and tell the fork's number."""
    alive, held = os.pipe()
    number = os.fork()
    if not number:
        told = json.loads(order)
        become(Limits(**told["limits"]), told["module"], files, held)
    os.close(held)
    for file in files[:-1]:
        os.close(file)
    fork = Fork(number, socket.socket(fileno=files[-1]), alive)
    _tell(fork, number)
    return fork


def finish(fork: Fork) -> None:
    """Reap a fork and tell how it ended: an exit code, or the negative number of a signal."""
    os.close(fork.alive)
    _, status = os.waitpid(fork.number, 0)
    _tell(fork, os.waitstatus_to_exitcode(status))
    fork.line.close()


def _tell(fork: Fork, number: int) -> None:
    with suppress(OSError):  # nobody listens
        fork.line.sendall(b"%d\n" % number)


def become(limits: Limits, module: str, files: list[int], held: int) -> None:
    """Be the module, bounded and alone with its files; does not return."""
    code = 1
    try:
        for number, file in enumerate(files[:-1]):
            os.dup2(file, number)
        os.closerange(3, held)
        os.closerange(held + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        parent = os.getppid()
        confine(limits)
        allow_seconds(limits, 0)
        if os.getppid() == parent != 1:  # else it died before we were told to die with it
            sys.argv = [module]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
            code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever orders hears it too and decides
    without_pandas()
    import_module("loaders.child")  # what every fork has from the start
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # nothing is open: no need to tear the libraries down
