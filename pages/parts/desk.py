"""The desk of one session: files that were read and not yet published, and what the last actions changed."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event
from typing import cast

import streamlit as st
from streamlit.typing import UploadedFile

from data.cursor import Row, Transaction
from data.errors import PlumblineError
from data.portfolio import Product
from data.registry_store import save
from data.warehouse import Warehouse
from loaders import mapping, profile_shelf
from loaders.answers import answers
from loaders.format import Options
from loaders.history import accepted, quarantined, unmapped
from loaders.ingest import Outcome, Preview, look_at, publish_file, read_file, rehearse
from loaders.profiles import Profile
from loaders.progress import Progress
from loaders.sample import Sample
from metrics import HEADLINES, Reading, default_scope, read
from pages.parts.rehearsal import Rehearsal

PROBLEMS = 20
FIRST = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person said about a file that the file does not say."""

    format: str | None = None
    product: str | None = None
    timezone: str | None = None
    answers: tuple[str, ...] = ()  # key=value, where a format asks
    register: bool = False  # new products from this load
    profile: Profile | None = None  # what its columns mean


@dataclass(slots=True)
class Draft:
    """One file on the desk: read and rehearsed, or refused with a sentence."""

    name: str
    asked: Asked
    preview: Preview | None = None
    outcome: Outcome | None = None
    problems: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    """The first rows as they would be stored, of a file whose columns were mapped."""
    before: list[Reading] = field(default_factory=list)
    after: list[Reading] = field(default_factory=list)
    refusal: PlumblineError | None = None

    def close(self) -> None:
        """Forget the staged rows."""
        if self.preview is not None:
            self.preview.close()


@dataclass(slots=True)
class Underway:
    """One file that is being read."""

    asked: Asked
    state: str = "reading"
    stopped: Event = field(default_factory=Event)
    made: Future[Draft] = field(default_factory=Future)


@dataclass(slots=True)
class Desk:
    """The drafts of a session by upload, and notices of what was done."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    underway: dict[str, Underway] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    notices: list[tuple[str, list[Reading], list[Reading]]] = field(default_factory=list)
    drops: int = 0
    profiles: dict[str, Profile] = field(default_factory=dict)
    samples: dict[str, Sample] = field(default_factory=dict)
    on_server: dict[str, Sample] = field(default_factory=dict)
    """Samples of files in the server's inbox folder, by entry."""


def _clear(desk: Desk) -> None:
    for draft in desk.drafts.values():
        draft.close()
    for going in desk.underway.values():
        going.stopped.set()


@st.cache_resource(scope="session", on_release=_clear, show_spinner=False)
def desk() -> Desk:
    """The desk of this session; what lies on it is thrown away when the session ends."""
    return Desk()


def headlines(store: Warehouse) -> list[Reading]:
    """What the Portfolio shows of all products when nothing else is chosen."""
    return read(store, HEADLINES, default_scope(store))


def draft(store: Warehouse, upload: UploadedFile, asked: Asked, progress: Progress | None = None) -> Draft:
    """Read an uploaded file, publish it in rehearsal and look at the headline numbers, then take everything back."""
    made = Draft(upload.name, asked)
    path = _set_down(store, upload)
    try:
        options = Options(product=asked.product, timezone=asked.timezone, values=answers(asked.answers))
        made.preview = read_file(
            store, path, name=upload.name, format=asked.format, options=options, profile=asked.profile,
            progress=progress,
        )  # fmt: skip
        if progress:
            progress("trying what publishing would change")
        made.before = headlines(store)
        made.outcome, seen = rehearse(store, made.preview, "preview", lambda tx: look(store, tx, made))
        made.problems, made.unknown, made.after = seen
    except PlumblineError as refusal:
        made.close()
        made.preview, made.refusal = None, refusal
    finally:
        path.unlink(missing_ok=True)
    return made


def sample(store: Warehouse, desk: Desk, upload: UploadedFile) -> Sample:
    """The columns of an uploaded file with some of their values, looked up once. Raises Refused for no table."""
    if upload.file_id not in desk.samples:
        path = _set_down(store, upload)
        try:
            desk.samples[upload.file_id] = look_at(store, path)
        finally:
            path.unlink(missing_ok=True)
    return desk.samples[upload.file_id]


def publish(store: Warehouse, made: Draft, who: str) -> Outcome:
    """Publish a draft, and register its products where that was asked for."""
    if made.preview is None:
        raise PlumblineError("This file was refused.", "Drop it again.")
    outcome = publish_file(store, made.preview, who)
    if made.asked.register and (names := newcomers(made.unknown)):
        mapping.register(store, names, who)
    return outcome


def keep(store: Warehouse, made: Draft, who: str) -> str:
    """Save the profile of a published draft where it was given a name; what became of that, '' for none."""
    profile = made.asked.profile
    if profile is None or not profile.name:
        return ""
    try:
        profile_shelf.save(store, profile, profile.name, who)
    except PlumblineError as refusal:
        return f" Its profile was not saved: {refusal}"
    return f" Files with this header are read through the profile “{profile.name}” from now on."


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
    if made.asked.profile:
        made.rows = accepted(tx, load_id, made.asked.profile.table, FIRST)
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
