"""One browser tab: how long until a page stands, and how much of it jumps meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
STILL = 1_500
"""Milliseconds without a change after which a page stands."""
_WATCH = """() => {
  window.changed = performance.now(); window.jumped = 0
  new MutationObserver(() => { window.changed = performance.now() })
    .observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
  new PerformanceObserver(list => list.getEntries().forEach(each => { window.jumped += each.value }))
    .observe({type: 'layout-shift', buffered: true})
}"""
_STANDS = f"""() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && performance.now() - window.changed > {STILL}"""


class Tab:
    """A page of an app in a window of 1440 by 900."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def visit(self, address: str) -> float:
        """Open an address; milliseconds until it stood."""
        self._page.goto(address)
        self._page.wait_for_selector("h1")
        self._page.wait_for_function(_STANDS)
        return float(self._page.evaluate("window.changed"))

    def choose(self, label: str, option: str) -> tuple[float, float]:
        """Pick an option of a select box; milliseconds until the page stood again, and the layout shift meanwhile."""
        box = self._page.get_by_role("combobox", name=label)
        box.focus()
        box.press("ArrowDown")
        wanted = self._page.get_by_role("option", name=option, exact=True)
        wanted.wait_for()
        self._page.evaluate("() => { window.jumped = 0; window.began = performance.now() }")
        wanted.click()
        self._page.wait_for_function(_STANDS)
        took, jumped = self._page.evaluate("[window.changed - window.began, window.jumped]")
        return float(took), float(jumped)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield running
        running.close()


@contextmanager
def tab(running: Browser) -> Iterator[Tab]:
    """A tab of somebody who has never been here."""
    context = running.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.add_init_script(f"({_WATCH})()")
    yield Tab(page)
    context.close()
