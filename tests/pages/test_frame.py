import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.warehouse import Warehouse
from tests.pages.test_portfolio import said

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture
def frame(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    """The whole app over a warehouse file of this test, not yet run; a default page is chosen by its address."""
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", str(tmp_path / "plumbline.duckdb"))
    st.cache_resource.clear()
    return AppTest.from_file(str(APP), default_timeout=90)


def refusal(frame: AppTest) -> str:
    """The sentence shown instead of pages; nothing else may be there."""
    assert not frame.exception
    assert not frame.metric
    assert not frame.dataframe
    assert len(frame.error) == 1
    return f"{frame.error[0].proto.title} {frame.error[0].value}".replace("\\", "")


def test_a_missing_warehouse_is_a_sentence_with_its_remedy(frame: AppTest, tmp_path: Path) -> None:
    """Without a warehouse no page is drawn and none is made: the frame says how to make one."""
    said_instead = refusal(frame.run())
    assert "There is no warehouse at" in said_instead
    assert "python -m data init" in said_instead
    assert not list(tmp_path.iterdir())


def test_a_foreign_file_is_left_alone(frame: AppTest, tmp_path: Path) -> None:
    """A file that is no warehouse is named as such and keeps every byte."""
    (tmp_path / "plumbline.duckdb").write_bytes(b"somebody's notes" * 999)
    assert "is not a Plumbline warehouse" in refusal(frame.run())
    assert (tmp_path / "plumbline.duckdb").read_bytes() == b"somebody's notes" * 999


def test_a_damaged_warehouse_is_a_sentence(frame: AppTest, tmp_path: Path) -> None:
    """A warehouse with a torn header is refused with the way back, not with a traceback."""
    store = Warehouse.create(tmp_path / "plumbline.duckdb")
    store.close()
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    assert "restore" in refusal(frame.run())


def test_a_warehouse_of_a_newer_plumbline_is_a_sentence(frame: AppTest, tmp_path: Path) -> None:
    """A schema that this program does not know yet is not touched: the frame says to install the newer one."""
    store = Warehouse.create(tmp_path / "plumbline.duckdb")
    with store.write("newer", "test") as tx:
        tx.run("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    store.close()
    assert "newer Plumbline" in refusal(frame.run())


def test_a_warehouse_in_use_elsewhere_is_a_sentence(frame: AppTest, tmp_path: Path) -> None:
    """While another process has the file, the frame says which one and what to do; afterwards the page comes up."""
    Warehouse.create(tmp_path / "plumbline.duckdb").close()
    hold = (
        "import sys; from data.warehouse import Warehouse; Warehouse.open(sys.argv[1]); print(1, flush=True); input()"
    )
    command = [sys.executable, "-c", hold, str(tmp_path / "plumbline.duckdb")]
    with subprocess.Popen(command, cwd=APP.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1\n"
        instead = refusal(frame.run())
        holder.communicate(b"\n")
    assert f"is in use by process {holder.pid}" in instead
    assert not frame.run().error
    Warehouse.open(tmp_path / "plumbline.duckdb").close()


def test_the_refusal_ends_when_the_reason_ends(frame: AppTest, tmp_path: Path) -> None:
    """Once a warehouse is there, the next run of the page shows it."""
    refusal(frame.run())
    Warehouse.create(tmp_path / "plumbline.duckdb")
    frame.run()
    assert not frame.exception
    assert not frame.error
    Warehouse.open(tmp_path / "plumbline.duckdb").close()


def test_a_link_sets_the_scope(frame: AppTest, company: Warehouse) -> None:
    """Product, period, end and granularity of a link stand in the scope bar and in the address."""
    asked = {"product": "chat", "period": "4w", "until": "2026-09-25", "by": "day"}
    for name, value in asked.items():
        frame.query_params[name] = value
    frame.run()
    assert not frame.exception
    assert frame.selectbox(key="scope-product").value == "chat"
    assert {name: frame.query_params[name] for name in asked} == asked
    assert "29 Aug – 25 Sep 2026 · chat" in said(frame)


def test_what_a_link_gets_wrong_is_said_quietly(frame: AppTest, company: Warehouse) -> None:
    """A product, period or day that is not here falls back to the default, with a note and the nearest name."""
    for name, value in {"product": "serch", "period": "3y", "until": "1999-01-01", "by": "<b>"}.items():
        frame.query_params[name] = value
    frame.run()
    assert not frame.exception
    assert not frame.error
    words = said(frame)
    assert "asks for product 'serch', which is not here. Did you mean 'search'? Showing all products." in words
    assert "ends on '1999-01-01'" in words
    assert "11 Jul – 2 Oct 2026" in words
    assert not set(frame.query_params) & {"product", "period", "until", "by"}


def test_the_default_scope_leaves_the_address_alone(frame: AppTest, company: Warehouse) -> None:
    """Only what differs from the default stands in the address, beside whatever else was there."""
    frame.query_params["utm"] = "mail"
    frame.query_params["period"] = "12w"
    frame.run()
    assert dict(frame.query_params) == {"utm": "mail"}
    frame.selectbox(key="scope-product").select("chat").run()
    assert dict(frame.query_params) == {"utm": "mail", "product": "chat"}
    frame.selectbox(key="scope-product").select("all").run()
    assert dict(frame.query_params) == {"utm": "mail"}
