"""What the process that reads a file may take of the machine: bounded before it takes its job."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system",
              "os.exec", "os.fork", "os.forkpty", "os.posix_spawn")  # fmt: skip
_NEW_NETWORK = 0x40000000
_PARENT_DEATH = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    memory: int = 5 << 30
    """Bytes of address space; the database within is held to 1.5 GB of its own."""
    cpu_seconds: int = 12
    """Seconds of computing for any file, however small."""
    cpu_seconds_per_mb: float = 1.0
    """Seconds of computing more for each megabyte of the file, packed as it came or unpacked."""
    wall_seconds: int = 1_800
    written: int = 64 << 30
    """Bytes of the largest file it writes."""
    open_files: int = 256

    def seconds(self, size: int) -> int:
        """Seconds of computing for a file of so many bytes."""
        return self.cpu_seconds + round(self.cpu_seconds_per_mb * size / 1e6)

    def dump(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))


def confine(limits: Limits) -> None:
    """Bound this process for good: memory, files, network, programs; it ends with its parent and gives way to it."""
    _bound(resource.RLIMIT_AS, limits.memory)
    _bound(resource.RLIMIT_FSIZE, limits.written)
    _bound(resource.RLIMIT_NOFILE, limits.open_files)
    _bound(resource.RLIMIT_CORE, 0)
    with suppress(OSError, AttributeError):  # a system that has no such thing: the other bounds hold
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PARENT_DEATH, signal.SIGKILL)
        system.unshare(_NEW_NETWORK)
    with suppress(OSError):
        os.nice(5)
    sys.addaudithook(_refuse)


def allow_seconds(limits: Limits, size: int) -> None:
    """Let this process compute for so long as a file of so many bytes may need, from now on."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _bound(resource.RLIMIT_CPU, round(spent.ru_utime + spent.ru_stime) + limits.seconds(size), hard=False)


def starved(limits: Limits) -> bool:
    """Whether this process came near the end of its address space: then a library's odd failure is one of memory."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        peak = next((line for line in status if line.startswith("VmPeak:")), "VmPeak: 0 kB")
        return int(peak.split()[1]) * 1024 > 0.85 * limits.memory
    return False


def _bound(what: int, most: int, *, hard: bool = True) -> None:
    _, ceiling = resource.getrlimit(what)
    most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
    resource.setrlimit(what, (most, most if hard else ceiling))


def _refuse(event: str, _: object) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not for a process that reads a file")


def without_pandas() -> None:
    """Say that pandas is not there: pyarrow would import it with the first list it is given, 0.6 s for each file."""
    sys.meta_path.insert(0, _WithoutPandas())


class _WithoutPandas:
    """A finder of modules that refuses one."""

    def find_spec(self, name: str, *_: object) -> None:
        """Nothing for any other name, so that the search goes on."""
        if name == "pandas":
            raise ModuleNotFoundError(f"{name} is not for a process that reads a file", name=name)
