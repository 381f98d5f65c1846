"""One warehouse that is tortured, the files it is fed from, what was acknowledged to whoever asked, and the truth."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from data.check import check
from data.side import side_of
from data.warehouse import Warehouse
from tests.torture.exports import exports, write
from tests.torture.model import File, Model, differences, held, leftovers

FILES = 16
"""Files of one scene; when most are loaded, another scene is made."""


@dataclass
class Scene:
    """A warehouse with its files and its history."""

    path: Path
    files: Path
    said: Path
    """One line for each change that was begun and for each that was acknowledged: [began | done, change, of what]."""
    model: Model
    by_name: dict[str, File] = field(default_factory=dict)
    _judged: int = 0

    @classmethod
    def make(cls, folder: Path, files: Path, seed: int) -> "Scene":
        """An empty warehouse in a new folder, its files in another."""
        for each in (folder, files):
            shutil.rmtree(each, ignore_errors=True)
            each.mkdir(parents=True)
        scene = cls(folder / "w.duckdb", files, files.with_name(files.name + ".said"), Model(b""))
        scene.by_name = {file.name: file for file in exports(seed, FILES)}
        for file in scene.by_name.values():
            write(file, files)
        Warehouse.create(scene.path).close()
        scene.model = Model((side_of(scene.path) / "secret").read_bytes())
        scene.said.write_bytes(b"")
        return scene

    @property
    def worn(self) -> bool:
        """Whether most files are loaded."""
        return len(self.model.loads) >= FILES - 3

    def say(self, what: str, change: str, of: str) -> None:
        """Write down that a change was begun or acknowledged."""
        with self.said.open("a") as lines:
            lines.write(json.dumps([what, change, of]) + "\n")

    def judge(self, store: Warehouse) -> list[str]:
        """Hold the open warehouse against the truth; a sentence for each thing that is wrong."""
        problems = self._history(store)
        problems += differences(self.model.tables(), held(store))
        problems += leftovers(store.side, self.model.ids("undone"))
        problems += [finding.sentence for finding in check(store)[1] if not finding.well]
        lines = [(entry.version, entry.cause) for entry in store.journal.entries()]
        if lines != list(enumerate(self.model.causes, 1)):
            problems.append("the journal is not the history of the file")
        return problems

    def _history(self, store: Warehouse) -> list[str]:
        """Let the model live through what the file says has happened: what was acknowledged, or at least begun."""
        said = [json.loads(line) for line in self.said.read_text().splitlines()][self._judged :]
        self._judged += len(said)
        acknowledged = [(change, of) for what, change, of in said if what == "done"]
        begun = [(change, Path(of).name) for what, change, of in said if what == "began"]
        rows = store.rows("SELECT load_id, file_name FROM loads")
        names = {str(row["load_id"]): str(row["file_name"]) for row in rows}
        causes = [str(row["cause"]) for row in store.rows("SELECT cause FROM data_versions ORDER BY version")]
        if causes[: len(self.model.causes)] != self.model.causes:
            return ["what was stored before is not the beginning of what is stored now"]
        problems = []
        for change, load_id in (cause.split() for cause in causes[len(self.model.causes) :]):
            of = names[load_id] if change == "load" else load_id
            if (change, load_id) in acknowledged:
                acknowledged.remove((change, load_id))
            elif (change, of) not in begun:
                problems.append(f"stored, but nobody had begun it: {change} {of}")
            if change == "load":
                self.model.load(load_id, self.by_name[of])
            else:
                (self.model.undo if change == "undo" else self.model.redo)(load_id)
        return problems + [f"lost although acknowledged: {change} {load_id}" for change, load_id in acknowledged]
