"""A real server on a free port of 127.0.0.1 and a real browser: what only they can show."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page

import pages

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "tests" / "artifacts"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Streamlit looks for its server under the page's own address first; it finds it at the second attempt.
OWN_NOISE = re.compile(r"/[a-z]+/_stcore/(health|host-config)")
QUIET = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  const state = app ? app.dataset.testScriptState : ''
  const seen = state + document.body.innerText.length + '/' + document.querySelectorAll('*').length
  if (seen !== window.lastSeen[0]) window.lastSeen = [seen, performance.now()]
  return state === 'notRunning' && performance.now() - window.lastSeen[1] > 700
}"""
DESK, PHONE = (1440, 900), (390, 844)
SIZES = {"desk": DESK, "phone": PHONE}
PAGES = sorted(import_module(f"pages.{module.name}").URL for module in iter_modules(pages.__path__) if not module.ispkg)
PATIENCE = 60_000  # milliseconds; the first visit imports everything on a busy machine


@dataclass
class Server:
    """A running server: its address, the warehouse it serves, and its process."""

    url: str
    warehouse: Path
    process: subprocess.Popen[bytes]
    log: Path

    def __enter__(self) -> "Server":
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:  # noqa: S310  (our own address)
                    if answer.read() == b"ok":
                        return self
            except OSError:
                time.sleep(0.1)
            assert self.process.poll() is None, self.log.read_text()
        raise AssertionError(f"the server did not come up: {self.log.read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def serve(warehouse: Path, folder: Path, entry: str = "serve.py") -> Server:
    """Start the server over a warehouse file, as `make run` does."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / f"server-{port}.log"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        entry,
        "--server.address",
        "127.0.0.1",
        "--server.port",
        str(port),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, "PLUMBLINE_WAREHOUSE": str(warehouse)},
        )  # fmt: skip
    return Server(f"http://127.0.0.1:{port}", warehouse, process, log)


@dataclass
class Visit:
    """A person at the page: what they do, and what the browser complained about meanwhile."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Keep what the browser's console calls an error."""
        said = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not OWN_NOISE.search(said):
            self.errors.append(said)

    def numbers(self) -> list[str]:
        """The headline values on the page, once they are all there: on a busy machine a page pauses as it is drawn."""
        self.page.get_by_test_id("stMetricValue").first.wait_for()
        self.settled()
        return self.page.get_by_test_id("stMetricValue").all_inner_texts()

    def shows(self, numbers: list[str], *, other: bool = False) -> list[str]:
        """Wait until the headline values are these (or others than these), and say them: a click takes its time to
        reach the server.
        """
        until = time.monotonic() + PATIENCE / 1000
        while ((found := self.numbers()) != numbers) != other and time.monotonic() < until:
            self.page.wait_for_timeout(200)
        assert (found != numbers) == other, found
        return found

    def stands_at(self, path: str, query: dict[str, str]) -> None:
        """Wait until the address is this one."""
        self.page.wait_for_url(lambda url: urlsplit(url).path == path and dict(parse_qsl(urlsplit(url).query)) == query)

    def open(self, address: str, titled: bool = True) -> None:
        """Go to an address of the app and wait until its page, which has a title, is drawn."""
        self.page.goto(f"{self.server.url}/{address}")
        if titled:
            self.page.get_by_role("heading", level=1, include_hidden=True).wait_for()
        self.settled()

    def settled(self) -> None:
        """Wait until the script has run and the page has stopped changing: what follows reads a finished page."""
        self.page.evaluate("() => { window.lastSeen = ['', 0] }")
        self.page.wait_for_function(QUIET, timeout=PATIENCE)

    def choose(self, label: str, option: str) -> None:
        """Pick an option of a select box."""
        box = self.page.get_by_role("combobox", name=label)
        box.focus()
        box.press("ArrowDown")
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settled()

    def press(self, name: str) -> None:
        """Press the first button of this name."""
        self.page.get_by_role("button", name=name).first.click()
        self.settled()

    def artifact(self, name: str) -> Path:
        """Where a picture of this name is kept."""
        ARTIFACTS.mkdir(exist_ok=True)
        return ARTIFACTS / f"{name}.png"

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page, down to its end, as an artifact."""
        size = self.page.viewport_size
        assert size is not None
        longest = self.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(int(longest), 6000))})
        self.page.wait_for_timeout(600)  # charts draw themselves anew
        self.page.screenshot(path=self.artifact(name))
        self.page.set_viewport_size(size)

    def text(self) -> str:
        """Everything a person can read on the page."""
        return self.page.get_by_test_id("stApp").inner_text()


def visit(browser: Browser, server: Server, size: tuple[int, int] = DESK, dark: bool = False) -> Visit:
    """A new person at the app, with a window of this size and theme."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light",
        device_scale_factor=1.0, locale="en-GB",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    person = Visit(page, server)
    page.on("console", person.heard)
    page.on("pageerror", lambda error: person.errors.append(str(error)))
    page.on("request", lambda request: person.foreign.append(request.url) if _foreign(request.url, server) else None)
    return person


def _foreign(url: str, server: Server) -> bool:
    own = (server.url, server.url.replace("http", "ws", 1), "data:", "blob:")
    return not url.startswith(own)
