"""The frame around every page: page config, the warehouse, the scope, navigation. No metric and no SQL."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from data.errors import PlumblineError
from data.warehouse import Warehouse, default_path
from loaders.inbox_keeper import Keeper
from metrics import default_scope
from metrics.announcer import Announcer
from pages import data, gaps, method, pilot, portfolio, product, records, reliability, scenario
from pages.parts import scope as scopes
from pages.parts.links import FRAME
from pages.parts.reach import reach
from pages.parts.scope_bar import bar
from pages.parts.text import plain

STATIC = Path(__file__).parent / "static"
GROUPS = {
    "Portfolio and product owners": (portfolio, product),
    "Pilot and scenario owners": (pilot, scenario),
    "Technical owners and experts": (reliability, gaps),
    "Everybody": (data, records, method),
}
"""The pages by whose they are."""
MODULES = tuple(module for group in GROUPS.values() for module in group)


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Plumbline", page_icon=STATIC / "icon.svg", layout="wide")
    st.logo(STATIC / "logo.svg", size="medium", icon_image=STATIC / "icon.svg")
    try:
        store = _warehouse(str(default_path()))
        there_is = reach(store)
    except PlumblineError as refusal:
        _navigate({module.URL: partial(_refused, refusal) for module in MODULES})
        return
    if there_is is None:
        _navigate({module.URL: partial(module.render, store, default_scope(store)) for module in MODULES})
        return
    choice = scopes.settle(st.query_params, there_is)
    draw: dict[str, Callable[[], None]] = {
        module.URL: partial(module.render, store, choice.with_one(module.ONE, there_is).scope(there_is, module.SCOPE))
        for module in MODULES
    }
    _navigate(draw, choice, there_is)


@st.cache_resource(show_spinner=False)
def _warehouse(path: str) -> Warehouse:
    store = Warehouse.open(path)
    Keeper(store).start()
    Announcer(store).start()
    return store


def _navigate(
    draw: dict[str, Callable[[], None]], choice: scopes.Choice | None = None, there_is: scopes.Reach | None = None
) -> None:
    """Offer the pages and run the chosen one. The bare address leads to the first page: each page has its URL."""
    pages = {
        module.URL: st.Page(draw[module.URL], title=module.TITLE, icon=module.ICON, url_path=module.URL)
        for module in MODULES
    }
    st.session_state[FRAME] = pages
    home = st.Page(lambda: None, title="Plumbline", url_path="start", default=True, visibility="hidden")
    groups = {role: [pages[module.URL] for module in group] for role, group in GROUPS.items()}
    page = st.navigation({"": [home], **groups})
    if page is home:
        asked = {name: st.query_params.get_all(name) for name in st.query_params}
        st.switch_page(pages[MODULES[0].URL], query_params=asked)
    if choice and there_is:
        scopes.remember(choice)
        shown = next((module for module in MODULES if page.url_path == module.URL), None)
        if shown and shown.SCOPE:
            bar(choice.with_one(shown.ONE, there_is), there_is, shown.SCOPE, shown.ONE)
    try:
        page.run()
    except PlumblineError as refusal:
        _refused(refusal)
    except Exception:
        logging.getLogger("plumbline").exception("the page %s could not be drawn", page.url_path)
        st.error(
            "The page met something it does not know; the server's log has the details. Load the page again, or look at"
            " another one.",
            title="This page could not be drawn",
            icon=":material/error:",
        )


def _refused(refusal: PlumblineError) -> None:
    st.title("Plumbline", anchor=False)
    st.error(plain(refusal.remedy, 1000), title=plain(refusal.message, 1000), icon=":material/error:")


main()
