"""What a person has said of refused cells in this session: noted, looked at together, published as one load."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import streamlit as st
from streamlit.typing import UploadedFile

from data.cursor import Row
from data.errors import PlumblineError
from data.warehouse import Warehouse
from loaders import quarantine
from loaders.correct import read_corrections
from loaders.ingest import publish_file, rehearse
from loaders.sheet import Answer, read_sheet
from pages.parts import desk as desks
from pages.parts import draft as drafts
from pages.parts.text import plain
from reports.words import count

Place = tuple[int | None, str, str, str]
"""What an answer is about: a record and a column, or a column, a code and a value of all records."""


@dataclass(slots=True)
class Bench:
    """The answers for one load that are not published yet, and where the person stands in its quarantine."""

    load_id: str = ""
    answers: dict[Place, Answer] = field(default_factory=dict)
    draft: desks.Draft | None = None
    trail: list[int] = field(default_factory=lambda: [0])
    """The records behind which the pages begun so far."""
    turn: int = 0
    """Changes when the editor is to begin anew: another page, another filter, answers from elsewhere."""
    begun: tuple[str, list[Row]] = ("", [])
    """The editor's rows as they stood when it began."""
    sheets: int = 0

    def turn_to(self, load_id: str) -> None:
        """Begin with another load; what was not published is forgotten."""
        if load_id != self.load_id:
            self.clear()
            self.load_id, self.trail = load_id, [0]

    def clear(self) -> None:
        """Forget every answer."""
        self.answers.clear()
        self.forget()
        self.turn += 1

    def forget(self) -> None:
        """Forget what was looked at: the answers have changed since."""
        if self.draft is not None:
            self.draft.close()
        self.draft = None

    def note(self, answers: dict[Place, Answer | None]) -> None:
        """Take answers; None takes one back."""
        for place, answer in answers.items():
            if self.answers.get(place) == answer:
                continue
            self.forget()
            if answer is None:
                self.answers.pop(place, None)
            else:
                self.answers[place] = answer


def place(answer: Answer) -> Place:
    """What an answer is about."""
    many = answer.record is None
    return answer.record, answer.column, answer.code if many else "", answer.found if many else ""


@st.cache_resource(scope="session", on_release=Bench.forget, show_spinner=False)
def bench() -> Bench:
    """The bench of this session."""
    return Bench()


def take_sheet(store: Warehouse, own: Bench) -> None:
    """A filled sheet: its answers are noted beside those given on the page."""
    upload = st.file_uploader(
        "A correction sheet that you have filled", type=["csv"], key=f"sheet-{own.load_id}-{own.sheets}",
        help="Write the right value into its column “corrected”, or “empty” or “leave out” into “action”.",
    )  # fmt: skip
    if upload is None:
        return
    try:
        answers = _read(store, upload, own.load_id)
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), title=f"{plain(upload.name, 80)} was refused", icon=":material/block:")
        return
    own.note({place(answer): answer for answer in answers})
    own.sheets += 1  # an empty place for the next sheet
    own.turn += 1
    st.rerun()


def _read(store: Warehouse, upload: UploadedFile, load_id: str) -> list[Answer]:
    with NamedTemporaryFile(dir=store.side / "tmp", suffix=".csv") as file:
        upload.seek(0)
        while chunk := upload.read(1 << 20):
            file.write(chunk)
        file.flush()
        return read_sheet(Path(file.name), load_id)


def look_and_publish(store: Warehouse, desk: desks.Desk, own: Bench, file_name: str) -> None:
    """The answers noted so far, what they would change, and publishing them."""
    if not own.answers:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        looked = st.button("Preview corrections", icon=":material/preview:", key="preview-corrections")
        if st.button("Forget them", icon=":material/delete:", type="tertiary", key="forget-corrections"):
            own.clear()
            st.rerun()
        st.caption(f"{count(len(own.answers), 'answer')} noted, not stored yet.", width="content")
    if looked:
        own.forget()
        with st.spinner("Reading the corrected records …", show_time=True):
            own.draft = _drafted(store, own, file_name)
    if own.draft is not None and _shown(own.draft):
        _publish(store, desk, own)


def _drafted(store: Warehouse, own: Bench, file_name: str) -> desks.Draft:
    """The answers read, published in rehearsal, looked at and taken back."""
    made = desks.Draft(f"corrections of {file_name}", desks.Asked())
    try:
        made.preview = read_corrections(store, own.load_id, list(own.answers.values()))
        made.before = desks.headlines(store)
        made.outcome, seen = rehearse(store, made.preview, "preview", lambda tx: desks.look(store, tx, made))
        made.problems, made.unknown, made.after = seen
    except PlumblineError as refusal:
        made.close()
        made.preview, made.refusal = None, refusal
    return made


def _shown(made: desks.Draft) -> bool:
    """Draw what publishing would do; whether it was asked for."""
    if made.refusal is not None or made.outcome is None or made.preview is None:
        st.error(plain(made.refusal, 2000), title="Nothing was changed", icon=":material/block:")
        return False
    with st.container(border=True, key="draft-corrections"):
        st.markdown(f"**{plain(made.name, 100)}**")
        st.markdown(drafts.equation(made.outcome))
        for message in made.preview.parsed.messages:
            st.caption(f":material/info: {plain(message)}")
        if made.outcome.unmapped:
            st.caption(f":material/inbox: {count(made.outcome.unmapped, 'record')} would wait for a product.")
        if made.problems:
            st.markdown("**Still wrong**")
            rows = [{name: plain(quarantine.visible(cell)) for name, cell in drafts.problem(row).items()}
                    for row in made.problems]  # fmt: skip
            st.table(rows, border="horizontal", hide_index=True, alt="Corrected cells that are refused again")
        st.markdown("**What publishing would change**")
        drafts.effect(made.before, made.after)
        return st.button("Publish corrections", icon=":material/publish:", key="publish-corrections")


def _publish(store: Warehouse, desk: desks.Desk, own: Bench) -> None:
    made = own.draft
    if made is None or made.preview is None:
        return
    try:
        who = str(st.session_state.get("who") or "").strip() or "not stated"
        outcome = publish_file(store, made.preview, who)
    except PlumblineError as refusal:
        st.error(plain(refusal, 1000), icon=":material/block:")
        return
    said = (
        f"Published {plain(made.name, 100)}: {count(outcome.accepted + outcome.duplicates, 'record')} corrected,"
        f" {outcome.ignored:,} left out, {outcome.quarantined:,} refused again. Undo takes them back, in the history."
    )
    desk.notices.append((said, made.before, desks.headlines(store)))
    own.clear()
    st.rerun()
