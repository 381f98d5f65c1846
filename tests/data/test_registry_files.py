import csv
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from data.economics import Cost, Price
from data.errors import RegistryError
from data.operation import Incident
from data.people import CalendarDay, Member, PersonRecord, Role
from data.portfolio import Criterion, Pilot, Product, Release, Scenario, Target
from data.record import Record
from data.registry import MODELS
from data.registry_files import export_registry, import_registry
from data.registry_store import current, save
from data.warehouse import Warehouse

KINDS = ["registry.yaml", "registry.xlsx", "registry"]
ROWS: list[Record] = [
    Product(product_id="helper", name="Helfer für Ü", class_="chat", stage="scaling", launched_on=date(2026, 1, 5)),
    Product(product_id="007", name="=cmd|' /C calc'!A0", purpose="-1\n+2\n@3", constraints="'quoted",
            valid_from=date(2026, 1, 1)),
    Product(product_id="true", name="yes", purpose="2026-01-01", constraints="1.0", support_channel="null"),
    Scenario(scenario_id="s", product_id="helper", name="S", human_review_required=False),
    Pilot(pilot_id="p", product_id="helper", name="P", min_users=12, starts_on=date(2026, 2, 1)),
    PersonRecord(user_id="ada@example.org"),
    Member(product_id="helper", pilot_id="p", user_id="ada@example.org", is_champion=True),
    Role(role="product_owner", user_id="ada@example.org", product_id="helper"),
    Release(product_id="helper", service_version="1.10", kind="code",
            released_at=datetime(2026, 3, 1, 9, 30, 15, 123456)),
    Target(metric="task_success", better="higher", target=0.8, floor=1 / 3),
    Criterion(pilot_id="p", criterion_id="c", metric="adoption", role="must", better="higher", bar=0.5),
    Cost(product_id="helper", month=date(2026, 3, 1), kind="people", amount_microusd=2**53 + 1),
    Price(request_model="gpt", input_per_mtok=0.15, output_per_mtok=1e-9),
    CalendarDay(calendar_id="c", day=date(2026, 3, 2), opens=time(9, 0), closes=time(17, 30)),
    Incident(incident_id="i", product_id="helper", started_at=datetime(2026, 3, 1, 9), summary="\ttab, \"quote\"; é"),
]  # fmt: skip


@pytest.fixture
def other(tmp_path: Path) -> Warehouse:
    """A second, empty warehouse with a secret of its own."""
    return Warehouse.create(tmp_path / "other" / "w.duckdb", clock=lambda: datetime(2026, 10, 5, 12))


def everything(store: Warehouse) -> dict[str, list[Record]]:
    return {model.table: list(current(store, model)) for model in MODELS}


def fill(store: Warehouse, rows: list[Record]) -> None:
    with store.write("filled", "ada") as tx:
        save(tx, rows, "ada")


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_imported_as_it_was(store: Warehouse, other: Warehouse, tmp_path: Path, kind: str) -> None:
    """Exported and imported elsewhere, every row of the registry is as it was, whatever its text looks like."""
    fill(store, ROWS)
    written = export_registry(store, tmp_path / kind)
    assert sum(written.values()) == sum(map(len, everything(store).values()))
    assert sum(import_registry(other, tmp_path / kind, "ben").values()) == len(ROWS)
    assert everything(other) == everything(store)
    assert sum(import_registry(other, tmp_path / kind, "ben").values()) == 0


LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
)
TEXTS = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)
GUARDED = st.builds(str.__add__, st.sampled_from(["", "=", "+", "-", "@", "'", "''", "'="]), TEXTS)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(GUARDED, GUARDED, st.floats(allow_nan=False, allow_infinity=False)), max_size=4))
def test_any_text_survives(
    store: Warehouse, other: Warehouse, tmp_path: Path, kind: str, texts: list[tuple[str, str, float]]
) -> None:
    """Names of any characters and numbers of any size come back exactly."""
    dest = tmp_path / f"{abs(hash(str(texts)))}-{store.data_version()}-{kind}"
    rows: list[Record] = [Product(product_id=f"n{n}", name=a, purpose=b) for n, (a, b, _) in enumerate(texts)]
    rows += [Target(metric=f"m{n}", better="lower", target=x, floor=-x) for n, (_, _, x) in enumerate(texts)]
    for one in (store, other):
        with one.write("emptied", "ada") as tx:
            tx.run("DELETE FROM products")
            tx.run("DELETE FROM targets")
    fill(store, [*rows, Scenario(scenario_id="always", name="one row")])
    export_registry(store, dest)
    import_registry(other, dest, "ben")
    assert current(other, Product) == current(store, Product)
    assert current(other, Target) == current(store, Target)


def test_spreadsheets_hold_no_formulas(store: Warehouse, tmp_path: Path) -> None:
    """No exported cell begins with a character that a spreadsheet would run."""
    fill(store, ROWS)
    export_registry(store, tmp_path / "registry.xlsx")
    export_registry(store, tmp_path / "registry")
    cells = [
        cell
        for sheet in load_workbook(tmp_path / "registry.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert cells
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    for file in (tmp_path / "registry").glob("*.csv"):
        with file.open(newline="", encoding="utf-8") as opened:
            texts += [cell for row in csv.reader(opened) for cell in row]
    assert [text for text in texts if text.startswith(("=", "+", "-", "@", "\t"))] == []
    assert "'=cmd|' /C calc'!A0" in texts


def test_an_export_overwrites_nothing(store: Warehouse, tmp_path: Path) -> None:
    """A file that is there already, or a folder with something in it, is left as it is."""
    (tmp_path / "mine.yaml").write_text("mine")
    for dest in (tmp_path / "mine.yaml", tmp_path):
        with pytest.raises(RegistryError, match="it was left as it is"):
            export_registry(store, dest)
    with pytest.raises(RegistryError, match=r"'registry\.pdf' ends with '\.pdf'"):
        export_registry(store, tmp_path / "registry.pdf")
    assert (tmp_path / "mine.yaml").read_text() == "mine"


def csv_folder(tmp_path: Path, **tables: str) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder


def yaml_file(tmp_path: Path, **tables: object) -> Path:
    path = tmp_path / "tables.yaml"
    path.write_text(yaml.safe_dump(tables, sort_keys=False), encoding="utf-8")
    return path


def xlsx_file(tmp_path: Path, **tables: list[list[object]]) -> Path:
    book = Workbook()
    for table, lines in tables.items():
        sheet = book.create_sheet(table)
        for line in lines:
            sheet.append(line)
    del book["Sheet"]
    book.save(tmp_path / "tables.xlsx")
    return tmp_path / "tables.xlsx"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: csv_folder(p, people="user_id,kind\nada,employee\n\nben,emploee\n"),
         "people.csv, row 4, column kind: 'emploee' came, expected one of employee, service, test, product_team."
         " Did you mean 'employee'?"),
        (lambda p: csv_folder(p, prodcuts="product_id,name\na,A\n"),
         "prodcuts.csv, row 2: 'prodcuts' is not a table of the registry. Did you mean 'products'?"),
        (lambda p: csv_folder(p, products="product_id,nmae\na,A\n"),
         "products.csv, row 2: 'nmae' is not a column of products. Did you mean 'name'?"),
        (lambda p: csv_folder(p, products="product_id,name\na,\n"),
         "row 2, column name: nothing came, a value is needed."),
        (lambda p: csv_folder(p, products="product_id,name,launched_on\na,A,05.13.2026\n"),
         "row 2, column launched_on: '05.13.2026' came"),
        (lambda p: csv_folder(p, products="product_id,name\na,A\na,B\n"),
         "products.csv, row 3: says the same thing as products.csv, row 2; keep one of the two."),
        (lambda p: csv_folder(p, products="product_id,name\na,A,B\n"), "row 2: 'B' stands in a column without a name"),
        (lambda p: csv_folder(p, products="product_id,name,name\na,A,B\n"), "column 'name' is there twice"),
        (lambda p: csv_folder(p, products='product_id,name\n"a,A\n'), "cannot be read as CSV"),
        (lambda p: csv_folder(p, products="product_id,name\ncorp-llm,A\n",
                              pilots="pilot_id,product_id,name\np,corp-lm,P\n"),
         "pilots.csv, row 2, column product_id: 'corp-lm' is not in products. Did you mean 'corp-llm'?"),
        (lambda p: csv_folder(p, settings="key,value\nlevl,0.9\n"),
         "settings.csv, row 2: 'levl' is not a setting. Did you mean 'level'?"),
        (lambda p: yaml_file(p, products=[{"product_id": "a", "name": "A"}, {"product_id": "b:c", "name": "B"}]),
         "tables.yaml, line 4, column product_id: 'b:c' came, it must be an id without ':' and without control"),
        (lambda p: yaml_file(p, products={"product_id": "a"}), "line 1: 'products' must be a list of rows"),
        (lambda p: yaml_file(p, products=["a"]), "line 2: a row of 'products' must be a mapping"),
        (lambda p: xlsx_file(p, targets=[["metric", "better", "target", "floor"], ["m", "up", 0.5, "low"]]),
         "tables.xlsx, sheet targets, row 2, column better: 'up' came, expected one of higher, lower, band."),
        (lambda p: xlsx_file(p, targets=[["metric", "better", "target", "floor"], ["m", "band", 0.5, "low"]]),
         "row 2, column floor: 'low' came, it should be a valid number"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_whole_and_in_words(
    store: Warehouse, tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    """A refusal names file, row and column, what came, what was expected and the nearest name; nothing is stored."""
    before = everything(store)
    with pytest.raises(RegistryError) as caught:
        import_registry(store, make(tmp_path), "ada")
    assert said in caught.value.message
    assert "Traceback" not in str(caught.value)
    assert store.data_version() == 1
    assert everything(store) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.yaml", b"products: [\n"),
        ("r.yaml", b"\xff\xfe\x00\x00"),
        ("r.yaml", b"- a\n- b\n"),
        ("r.yaml", b"products: !!python/object/apply:os.system ['true']\n"),
        ("r.yaml", b""),
        ("r.xlsx", b"not a zip"),
        ("r.xlsx", b"PK\x05\x06" + bytes(18)),
        ("r.txt", b"products"),
    ],
)
def test_a_file_that_is_no_registry(store: Warehouse, tmp_path: Path, name: str, content: bytes) -> None:
    """Broken, foreign and empty files are a sentence."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RegistryError) as caught:
        import_registry(store, tmp_path / name, "ada")
    assert caught.value.message
    with pytest.raises(RegistryError, match="There is no file"):
        import_registry(store, tmp_path / "absent.yaml", "ada")


def test_many_problems_are_said_at_once(store: Warehouse, tmp_path: Path) -> None:
    """The first twenty problems are in words, the others are counted."""
    lines = "".join(f"u{n},robot\n" for n in range(33))
    with pytest.raises(RegistryError) as caught:
        import_registry(store, csv_folder(tmp_path, people="user_id,kind\n" + lines), "ada")
    assert len(caught.value.message.splitlines()) == 21
    assert "13 more" in caught.value.message


def test_rows_the_file_does_not_name_stay(store: Warehouse, tmp_path: Path) -> None:
    """An import adds and changes; it ends nothing."""
    fill(store, [Product(product_id="a", name="A"), Product(product_id="b", name="B")])
    folder = csv_folder(tmp_path, products="product_id,name\nb,New\nc,C\n", pilots="pilot_id,product_id,name\np,a,P\n")
    assert import_registry(store, folder, "ada") == {"products": 2, "pilots": 1}
    assert [product.name for product in current(store, Product)] == ["A", "New", "C"]
