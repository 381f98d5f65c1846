"""A registry table to look through: searched and paged where it is stored, a row to pick."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.people import PersonRecord
from data.record import Record
from data.registry_packed import pack_rows
from data.registry_view import Search, matching, rows
from data.settings import settings
from data.sheets import MAX_ROWS
from data.warehouse import Warehouse
from pages.parts.names import names_of
from pages.parts.registry_field import kinds
from pages.parts.registry_form import begin, close, editing
from reports.made import MIME
from reports.tables import xlsx_bytes

PAGE = 20
MOST_CALLED = 2000


def search(store: Warehouse, model: type[Record], products: Mapping[str, str]) -> Search:
    """The fields above the table; what they ask for."""

    def anew() -> None:
        st.session_state["registry-page"] = 0

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        text = st.text_input(
            "Search", key=f"registry-search-{model.table}", placeholder="Any cell contains", max_chars=200, width=240,
            on_change=anew, label_visibility="collapsed", icon=":material/search:",
        )  # fmt: skip
        product = None
        if "product_id" in model.columns() and model.table != "products" and products:
            product = st.selectbox(
                "Of product", [None, *products], key=f"registry-of-{model.table}", on_change=anew, width=220,
                format_func=lambda each: products[each] if each else "All products", label_visibility="collapsed",
            )  # fmt: skip
        st.button("New", key="registry-new", icon=":material/add:", on_click=begin, args=(model, None))
    wanted = text.strip()
    called: tuple[str, ...] = ()
    if wanted and model.people and model is not PersonRecord:
        names = names_of(store)
        called = tuple(user for user, name in names.items() if wanted.casefold() in name.casefold())[:MOST_CALLED]
    return Search(wanted, product, called)


def table(store: Warehouse, model: type[Record], asked: Search) -> None:
    """Draw one page of the rows in force that fit; picking one puts it on the desk."""
    number = matching(store, model, asked)
    if not number:
        st.markdown(":gray[No row fits.]" if asked.text or asked.product else ":gray[Nothing is registered here yet.]")
        return
    page = min(int(st.session_state.get("registry-page", 0)), (number - 1) // PAGE)
    found = rows(store, model, asked, after=page * PAGE, limit=PAGE)
    turn = st.session_state.get("registry-turn", 0) if editing() is None else st.session_state.get("registry-drawn", 0)
    st.session_state["registry-drawn"] = turn
    state = st.dataframe(
        _shown(store, model, found), hide_index=True, key=f"registry-rows-{model.table}-{page}-{turn}",
        on_select="rerun", selection_mode="single-row", placeholder="", alt=f"Rows of {model.table}",
    )  # fmt: skip
    _turn(number, page)
    picked = state["selection"]["rows"]
    view = (model.table, page, turn)
    was = st.session_state.get("registry-picked", (None, None))
    place = (view, picked[0] if picked else None)
    st.session_state["registry-picked"] = place
    if place == was:
        return
    if picked and picked[0] < len(found):
        begin(model, found[picked[0]])
    elif was[0] == view and (own := editing()) and own.before is not None:
        close()  # it was unpicked; whoever turns the page keeps what is on the desk


def download(store: Warehouse, model: type[Record], asked: Search) -> None:
    """The rows that fit as CSV and as a workbook, with the column names that an import reads."""

    def found() -> list[Record]:
        return rows(store, model, asked, limit=MAX_ROWS)

    def sheet() -> bytes:
        return xlsx_bytes([row.row() for row in found()], model.table, model.columns())

    forms = {
        "csv": ("Download CSV", lambda: pack_rows(model, found()), "text/csv"),
        "xlsx": ("XLSX", sheet, MIME["xlsx"]),
    }
    with st.container(horizontal=True, gap="small"):
        for form, (title, content, mime) in forms.items():
            st.download_button(
                title, content, file_name=f"{model.table}.{form}", mime=mime, key=f"registry-{form}-{model.table}",
                icon=":material/download:", type="tertiary", on_click="ignore",
                help="These rows, as filtered; import reads it",
            )  # fmt: skip


def _shown(store: Warehouse, model: type[Record], found: Sequence[Record]) -> list[dict[str, object]]:
    """The page's rows by column; columns that are empty on it are left out."""
    names, currency = names_of(store), settings(store).currency
    asked = kinds(model)
    stated = [row.row() for row in found]
    kept = [column for column in asked if any(row[column] is not None for row in stated)]
    return [
        {asked[column].label(currency).removesuffix(" *"): asked[column].shown(row[column], names) for column in kept}
        for row in stated
    ]


def _turn(number: int, page: int) -> None:
    if number <= PAGE:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        back = st.button("Previous", icon=":material/chevron_left:", key="registry-back", disabled=not page)
        more = st.button("Next", icon=":material/chevron_right:", key="registry-more",
                         disabled=(page + 1) * PAGE >= number)  # fmt: skip
        st.caption(f"{page * PAGE + 1:,} to {min((page + 1) * PAGE, number):,} of {number:,}", width="content")
    if back or more:
        st.session_state["registry-page"] = page + (1 if more else -1)
        st.rerun()
