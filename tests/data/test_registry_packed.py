import io
import random
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from data.errors import RegistryError
from data.people import PersonRecord, Role
from data.portfolio import Pilot, Product
from data.record import Record
from data.registry_edit import steps
from data.registry_packed import KINDS, pack, pack_rows, unpack
from data.registry_store import as_stored, current, save
from data.warehouse import Warehouse

RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "'=quoted", "'"]
ROWS: list[Record] = [
    *(Product(product_id=f"p{place}", name="x", purpose=f"{text}|", constraints=text)
      for place, text in enumerate(RISKY)),
    Product(product_id="tab", name="x").model_copy(update={"purpose": "\tx"}),
    Pilot(pilot_id="p", product_id="p0", name='=HYPERLINK("x")'),
    PersonRecord(user_id="ada@example.org", display_name="-Ada"),
    Role(role="support", user_id="ada@example.org"),
]  # fmt: skip


@pytest.fixture
def filled(store: Warehouse) -> Warehouse:
    """A warehouse with rows that a spreadsheet would run."""
    with store.write("filled", "Ann") as tx:
        save(tx, [row for row in ROWS if row.row().get("product_id") != "tab"], "Ann")
    return store


def differences(store: Warehouse, name: str, content: bytes) -> int:
    """How many rows an uploaded file would change."""
    return len(steps(store, as_stored(store, store.side, unpack(store, name, content, store.side / "tmp"))))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_packed_changes_nothing_when_it_comes_back(filled: Warehouse, kind: str) -> None:
    """The whole registry as a file proposes no change to itself; nothing stays behind where it was made."""
    assert differences(filled, f"REGISTRY.{kind.upper()}", pack(filled, kind, filled.side / "tmp")) == 0
    assert not list((filled.side / "tmp").iterdir())


def test_no_cell_runs_in_a_spreadsheet(filled: Warehouse) -> None:
    """No text cell of the XLSX and of a table's CSV begins like a formula."""
    book = load_workbook(io.BytesIO(pack(filled, "xlsx", filled.side / "tmp")))
    cells = [cell for sheet in book for line in sheet for cell in line if isinstance(cell.value, str)]
    assert len(cells) > 50
    assert [cell.value for cell in cells if cell.data_type == "f" or str(cell.value)[0] in "=+-@\t\r"] == []
    text = pack_rows(Product, [row for row in ROWS if isinstance(row, Product)]).decode("utf-8-sig")
    assert all(f",'{risky}" in text for risky in ["=1+1", "+1", "-1", "@SUM", "\tx"])
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.strip('"')[:1] in set("=+-@\t")]


def test_the_csv_of_a_table_is_an_import(filled: Warehouse) -> None:
    """The rows that a table offers as CSV propose nothing new."""
    assert differences(filled, "products.csv", pack_rows(Product, current(filled, Product))) == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("registry.zip", b"PK no zip", "cannot be read as a zip file"),
        ("registry.xlsx", b"PK no sheet", "cannot be read as XLSX"),
        ("registry.yaml", b"- a\n- b", "is not a mapping"),
        ("registry.yaml", b"products:\n- {product_id: a, nam: A}", "'nam' is not a column of products"),
        ("registry.yaml", b"products:\n- {product_id: a}", "nothing came, a value is needed"),
        ("../../etc/passwd.txt", b"x", "ends with '.txt'"),
        ("produkte.csv", b"product_id,name\na,A", "is not a table of the registry"),
        ("products.csv", b"\xff\xfe", "cannot be read as CSV"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(filled: Warehouse, name: str, content: bytes, why: str) -> None:
    """A file that is no registry is refused with what is wrong, and leaves nothing behind."""
    with pytest.raises(RegistryError, match=why):
        unpack(filled, name, content, filled.side / "tmp")
    assert not list((filled.side / "tmp").iterdir())


def test_a_zip_holds_each_table_once(filled: Warehouse) -> None:
    """Folders inside are looked through; a table given twice, and a zip without tables, are refused."""
    for members, why in (({"a/products.csv": "x", "b/products.csv": "x"}, "twice"), ({"notes.csv": "x"}, "no CSV")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            for name, text in members.items():
                file.writestr(name, text)
        with pytest.raises(RegistryError, match=why):
            unpack(filled, "r.zip", packed.getvalue(), filled.side / "tmp")


@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_damaged_files_are_refused_never_an_error(filled: Warehouse, kind: str, tmp_path: Path) -> None:
    """Bytes turned over anywhere in the file are refused in words, or read as rows: nothing else."""
    whole, chance = pack(filled, kind, tmp_path), random.Random(7)
    refused = 0
    for _ in range(40):
        torn = bytearray(whole)
        for _ in range(8):
            torn[chance.randrange(len(torn))] ^= 1 << chance.randrange(8)
        try:
            unpack(filled, f"registry.{kind}", bytes(torn), tmp_path)
        except RegistryError:
            refused += 1
    assert refused > 10
