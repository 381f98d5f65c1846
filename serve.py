"""The server: app.py with everything imported before the first visit, and without Streamlit's own discovery of pages/.

A server that nobody has visited yet looks for pages in the folder pages/ by file name: asked for /overview it would
first say "page not found", and asked for /portfolio it would run that file without the frame. Both end when discovery
is off from the start instead of from the first run of app.py on.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

import pages


@asynccontextmanager
async def ready(_: object) -> AsyncIterator[None]:
    """What happens before the first visit."""
    PagesManager.uses_pages_directory = False
    for page in iter_modules(pages.__path__, "pages."):
        import_module(page.name)  # with everything it stands on: seconds that a visitor need not wait
    gc.collect()
    gc.freeze()  # Streamlit looks for garbage after every run: among all that was imported there is none
    yield


app = st.App(Path(__file__).with_name("app.py"), lifespan=ready)
