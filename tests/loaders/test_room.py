import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.room import is_full, room
from loaders.undo import redo, undo
from tests.loaders.files import everything, least, published, write_csv

ROOT = Path(__file__).resolve().parents[2]


def test_a_full_disk_is_said_as_such() -> None:
    """No room is a refusal with a remedy, whoever says it and how; another error of the system stays what it is."""
    for error in (OSError(errno.ENOSPC, "x"), OSError("[Errno 28] Error writing: No space left on device")):
        with pytest.raises(Refused, match=r"no room left on the disk of the warehouse\. Make room"), room():
            raise error
    with pytest.raises(PermissionError), room():
        raise PermissionError(errno.EACCES, "x")
    assert is_full(ValueError("IO Error: Could not write file: No space left on device"))
    assert not is_full(ValueError("IO Error: no such file"))


def test_an_undo_without_room_changes_and_leaves_nothing(store: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """An undo that finds the disk full is refused, keeps no rows beside the warehouse, and works when there is room."""
    published(store, write_csv(store.side / "a.csv", [least("interactions")]), "L1")
    before = everything(store)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("loaders.undo.rebuild_touched", full)
        with pytest.raises(Refused, match="no room"):
            undo(store, "L1", "tester")
    assert everything(store) == before
    assert list((store.side / "undone").iterdir()) == []
    undo(store, "L1", "tester")
    redo(store, "L1", "tester")
    assert everything(store) == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_reader_dies_with_its_parent(tmp_path: Path) -> None:
    """When the process that loads is killed, the child that reads for it is gone, too."""
    os.mkfifo(tmp_path / "never ends")
    code = (
        "import os, sys\n"
        "from loaders import process\n"
        "from loaders.format import Options\n"
        "from loaders.job import Job\n"
        "child = process.start(Job(sys.argv[1], sys.argv[2], None, Options(), 'UTC'))\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "never ends"), str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert parent.returncode == -9
    child = Path("/proc") / parent.stdout.strip()
    until = time.monotonic() + 60
    while time.monotonic() < until and _runs(child):
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: Path) -> bool:
    """Whether a process is there and no zombie that nobody has reaped yet."""
    try:
        return "State:\tZ" not in (process / "status").read_text()
    except OSError:
        return False
