import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.__main__ import main as data_main
from data.operation import Incident
from data.portfolio import Product
from data.registry_store import current, save
from data.warehouse import Warehouse
from metrics import HEADLINES, read
from reports.__main__ import main
from reports.document import Document, said
from reports.document_facts import Facts, facts_of
from reports.documents import KINDS, incident
from reports.words import MADE_UP, in_full

HOSTILE = "# <b>|*_Legal_*|</b> [x](http://y)"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small demo company with one more product, of which nothing is known but a name like markup."""
    path = tmp_path_factory.mktemp("documents") / "plumbline.duckdb"
    assert data_main(["demo", "--warehouse", str(path), "--scale", "0.05"]) == 0
    store = Warehouse.open(path)
    with store.write("names", "Ann") as tx:
        save(tx, [Product(product_id="bare", name=HOSTILE)], "Ann")
    yield store
    store.close()


@pytest.fixture(scope="module")
def facts(store: Warehouse) -> Facts:
    """What is known of a product of the demo company."""
    return facts_of(store, "contract-analyser")


def test_a_text_of_a_person_is_no_markup() -> None:
    """Every sign of Markdown and HTML is escaped, and a line break does not begin a new line."""
    assert said("# a\n|b|") == r"\# a \|b\|"
    assert not re.search(r"(?<!\\)[<>|*_#\[\]]", said(HOSTILE))


def test_what_is_empty_is_a_gap_once() -> None:
    """A missing fact says so in its place and is listed at the end, once; without gaps the end says that."""
    document = Document("T", "u")
    document.section("S")
    document.fact("Owner", None, "Who owns it")
    document.fact("Owner again", "", "Who owns it")
    document.fact("Name", "N")
    text = document.markdown()
    assert text.count("- [ ] Who owns it") == 1
    assert "- **Owner**: not known" in text
    assert "Nothing that this document asks for." in Document("T", "u").markdown()


@pytest.mark.parametrize("kind", KINDS)
def test_each_document_of_the_demo_and_of_nothing(store: Warehouse, facts: Facts, kind: str) -> None:
    """Of a known product it has its name and table rows; of one nobody knows anything about it is a list of gaps."""
    title, write = KINDS[kind]
    full = write(facts)
    assert full.markdown().startswith(f"# {title}: {said(facts.product.name)}")
    empty = write(facts_of(store, "bare"))
    assert said(HOSTILE) in empty.markdown()
    assert MADE_UP in full.markdown()
    assert MADE_UP not in empty.markdown(), "what a person registered is no demo"
    assert len(empty.gaps) > len(full.gaps)
    tables = [line for line in full.markdown().splitlines() if line.startswith("|")]
    assert len(tables) > 3
    assert all(len(re.findall(r"(?<!\\)\|", line)) >= 4 for line in tables)


def test_the_numbers_are_the_readings(store: Warehouse, facts: Facts) -> None:
    """Each headline stands in the requirements document as it is read for the product, with its target."""
    text = KINDS["prd"][1](facts).markdown()
    for reading in read(store, HEADLINES, facts.scope):
        assert said(in_full(reading)) in text


def test_an_incident_report_says_what_is_stated(store: Warehouse) -> None:
    """Summary, people, cause, fix and prevention of the registry, and what is not stated as a gap."""
    for each in current(store, Incident):
        document = incident(facts_of(store, each.product_id), each)
        text = document.markdown()
        assert said(each.summary) in text
        for stated, gap in ((each.root_cause, "Root cause"), (each.prevention, "What prevents the next one"),
                            (each.owner_id, "Who owns the incident")):  # fmt: skip
            assert (gap in document.gaps) == (stated is None), gap


def test_documents_by_command(store: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind is written as Markdown; an unknown product or incident is a sentence with the nearest name."""
    where = ["--warehouse", str(store.path)]
    (first, *_) = current(store, Incident)
    assert main(["document", "context", "contract-analyser", "--out", str(tmp_path / "c.md"), *where]) == 0
    assert main(["document", "incident", first.incident_id, "--out", str(tmp_path / "i.md"), *where]) == 0
    assert (tmp_path / "c.md").read_text(encoding="utf-8").startswith("# Context inventory")
    assert said(first.summary) in (tmp_path / "i.md").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["document", "prd", "contract-analyzer", "--out", str(tmp_path / "x.md"), *where]) == 1
    assert "contract-analyser" in capsys.readouterr().err
    assert main(["document", "incident", "none", "--out", str(tmp_path / "x.md"), *where]) == 1
    assert main(["document", "prd", "contract-analyser", "--out", str(tmp_path / "x.pdf"), *where]) == 2
    assert not (tmp_path / "x.md").exists()
