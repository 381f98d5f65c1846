"""The desk of one session: files that were read and not yet published, and what the last actions changed."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast

import streamlit as st
from streamlit.typing import UploadedFile

from data.cursor import Row, Transaction
from data.errors import PlumblineError
from data.portfolio import Product
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import mapping
from loaders.answers import answers
from loaders.format import Options
from loaders.history import quarantined, unmapped
from loaders.ingest import Outcome, Preview, publish_file, read_file, rehearse
from metrics import HEADLINES, Reading, default_scope, read
from pages.parts.rehearsal import Rehearsal

PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person said about a file that the file does not say."""

    format: str | None = None
    product: str | None = None
    timezone: str | None = None
    answers: tuple[str, ...] = ()  # key=value, where a format asks
    register: bool = False  # new products from this load


@dataclass(slots=True)
class Draft:
    """One file on the desk: read and rehearsed, or refused with a sentence."""

    name: str
    asked: Asked
    preview: Preview | None = None
    outcome: Outcome | None = None
    problems: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    before: list[Reading] = field(default_factory=list)
    after: list[Reading] = field(default_factory=list)
    refusal: PlumblineError | None = None

    def close(self) -> None:
        """Forget the staged rows."""
        if self.preview is not None:
            self.preview.close()


@dataclass(slots=True)
class Desk:
    """The drafts of a session by upload, and notices of what was done."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    notices: list[tuple[str, list[Reading], list[Reading]]] = field(default_factory=list)
    drops: int = 0


def _clear(desk: Desk) -> None:
    for draft in desk.drafts.values():
        draft.close()


@st.cache_resource(scope="session", on_release=_clear, show_spinner=False)
def desk() -> Desk:
    """The desk of this session; what lies on it is thrown away when the session ends."""
    return Desk()


def headlines(store: Warehouse) -> list[Reading]:
    """What the Portfolio shows of all products when nothing else is chosen."""
    return read(store, HEADLINES, default_scope(store))


def draft(store: Warehouse, upload: UploadedFile, asked: Asked) -> Draft:
    """Read an uploaded file, publish it in rehearsal and look at the headline numbers, then take everything back."""
    made = Draft(upload.name, asked)
    path = _set_down(store, upload)
    try:
        options = Options(product=asked.product, timezone=asked.timezone, values=answers(asked.answers))
        made.preview = read_file(store, path, name=upload.name, format=asked.format, options=options)
        made.before = headlines(store)
        made.outcome, seen = rehearse(store, made.preview, "preview", lambda tx: look(store, tx, made))
        made.problems, made.unknown, made.after = seen
    except PlumblineError as refusal:
        made.close()
        made.preview, made.refusal = None, refusal
    finally:
        path.unlink(missing_ok=True)
    return made


def publish(store: Warehouse, made: Draft, who: str) -> Outcome:
    """Publish a draft, and register its products where that was asked for."""
    if made.preview is None:
        raise PlumblineError("This file was refused.", "Drop it again.")
    outcome = publish_file(store, made.preview, who)
    if made.asked.register and (names := newcomers(made.unknown)):
        mapping.register(store, names, who)
    return outcome


def newcomers(unknown: list[Row]) -> list[str]:
    """The values among these that can be the id of a new product."""
    return [str(row["value"]) for row in unknown if can_be_product(str(row["value"]))]


def can_be_product(value: str) -> bool:
    """Whether the registry takes this text for the id of a product."""
    try:
        return bool(Product(product_id=value, name=value))
    except ValueError:
        return False


def look(store: Warehouse, tx: Transaction, made: Draft) -> tuple[list[Row], list[Row], list[Reading]]:
    """What a rehearsal shows: the first refused cells, the products nobody knows, the headline numbers."""
    load_id = made.preview.origin.load_id if made.preview else ""
    unknown = unmapped(tx, load_id)
    if made.asked.register:
        save(tx, [Product(product_id=name, name=name) for name in newcomers(unknown)], "preview")
    return quarantined(tx, load_id, PROBLEMS), unknown, headlines(cast(Warehouse, Rehearsal(store, tx)))


def _set_down(store: Warehouse, upload: UploadedFile) -> Path:
    """The upload as a file of no name beside the warehouse, where a load can link it instead of copying it."""
    with NamedTemporaryFile(dir=store.side / "tmp", suffix=".bin", delete=False) as file:
        upload.seek(0)
        while chunk := upload.read(1 << 20):
            file.write(chunk)
    return Path(file.name)
