"""The browser that all browser tests of a file share."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from data.__main__ import main
from data.warehouse import Warehouse
from tests.browser.driver import FLAGS, PATIENCE, Server, serve
from tests.company import copy_warehouse, furnish


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    program = shutil.which("chromium")
    assert program, "Chromium is missing: make test installs it, or sudo apt-get install chromium"
    expect.set_options(timeout=PATIENCE)  # a file is read by a process of its own: on a busy machine that takes a while
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed warehouse of a small company."""
    folder = tmp_path_factory.mktemp("company")
    store = Warehouse.create(folder / "plumbline.duckdb")
    furnish(store, folder)
    store.close()
    return store.path


@pytest.fixture(scope="module")
def server(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over the company's warehouse; it ends with the tests of the file."""
    with serve(company, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed warehouse of a small demo company, made once for all processes of a run; take a copy of it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = shared / "small-demo" / "plumbline.duckdb"
    path.parent.mkdir(exist_ok=True)
    with (path.parent / "making").open("w") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        if not path.exists():
            assert main(["demo", "--warehouse", str(path), "--scale", "0.1"]) == 0
    return path


@pytest.fixture(scope="module")
def demo(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed warehouse of the small demo company that these tests may change."""
    path = tmp_path_factory.mktemp("demo") / "plumbline.duckdb"
    copy_warehouse(made_demo, path)
    return path
