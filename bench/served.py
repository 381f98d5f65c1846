"""A server of one app on 127.0.0.1: started, waited for, measured from outside, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its address and the number of its process."""

    url: str
    number: int

    def computed(self) -> float:
        """Seconds of computing it took so far."""
        told = Path(f"/proc/{self.number}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Megabytes of memory it held at most."""
        status = Path(f"/proc/{self.number}/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) / 1024


@contextmanager
def served(script: Path, root: Path, environment: Mapping[str, str], log: Path) -> Iterator[Served]:
    """The server of an app while it is needed. Raises TimeoutError when it does not come up within two minutes."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own app
            [sys.executable, "-m", "streamlit", "run", str(script), "--server.address", "127.0.0.1",
             "--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"],
            cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **environment},
        )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while not _well(f"http://127.0.0.1:{port}/_stcore/health"):
            if process.poll() is not None or time.monotonic() > until:
                raise TimeoutError(f"The server did not come up: {log.read_text()[-2000:]}")
            time.sleep(0.2)
        yield Served(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _well(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.read() == b"ok")
    except OSError:
        return False
