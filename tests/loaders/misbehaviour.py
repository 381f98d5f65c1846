"""A child that does what the test asks instead of reading a file, under the same confinement."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time

from loaders.job import Job


def loop() -> None:
    while True:
        pass


def eat() -> None:
    """Ask for 8 GB; none of it is touched, so that it costs no computing."""
    kept = []
    for _ in range(8 * 64):
        kept.append(bytes(1 << 24))


def sleep() -> None:
    time.sleep(60)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def abort() -> None:
    ctypes.CDLL(None).abort()


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def talk() -> None:
    for _ in range(40):
        sys.stdout.write("x" * (1 << 20))


def write() -> None:
    with open("big", "wb") as file:  # noqa: PTH123
        for _ in range(64):
            file.write(bytes(1 << 20))


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def start() -> None:
    subprocess.run(["true"], check=True)


def environment() -> None:
    print(json.dumps({"refused": " ".join(sorted(os.environ)), "remedy": ""}))


def look() -> None:
    """Whether a network is to be seen from inside, and whose child this is."""
    names = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]  # noqa: PTH123, SIM115
    print(json.dumps({"refused": ",".join(names), "remedy": str(os.nice(0))}))


if __name__ == "__main__":
    job = Job.load(sys.stdin.readline())
    os.chdir(job.folder)
    globals()[job.options.values["do"]]()
