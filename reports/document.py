"""A document of words for a role: sections of what is known, and a list of what is not."""

from collections.abc import Iterable, Sequence

MARKUP = "\\`*_{}[]<>#|"


def said(text: object) -> str:
    """A person's text on one line of Markdown, read as text: no sign of it is markup."""
    line = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in MARKUP else letter for letter in line)


class Document:
    """Markdown that grows section by section; what is empty becomes a gap and is listed at the end.

    `marked` is said in bold under the title: what nobody may overlook.
    """

    def __init__(self, title: str, under: str, marked: str = "") -> None:
        self._lines = [f"# {said(title)}", "", said(under), *(["", f"**{said(marked)}**"] if marked else [])]
        self.gaps: list[str] = []

    def section(self, heading: str) -> None:
        """Begin a section."""
        self._lines += ["", f"## {said(heading)}", ""]

    def fact(self, name: str, value: object, gap: str = "") -> None:
        """One thing that is known; when it is not, the gap says what to find out (else its name)."""
        if value is None or value == "":
            self._lines.append(f"- **{said(name)}**: not known")
            self.gaps.append(gap or name)
        else:
            self._lines.append(f"- **{said(name)}**: {said(value)}")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], gap: str) -> None:
        """Rows under a head; none at all is the gap."""
        found = [[said("–" if cell is None or cell == "" else cell) for cell in row] for row in rows]
        if not found:
            self._lines.append("None is known.")
            self.gaps.append(gap)
            return
        self._lines += ["", f"| {' | '.join(map(said, columns))} |", f"|{' --- |' * len(columns)}"]
        self._lines += [f"| {' | '.join(row)} |" for row in found]

    def missing(self, gap: str) -> None:
        """Something else that is not known."""
        self.gaps.append(gap)

    def markdown(self) -> str:
        """The whole text, with what is not known at its end."""
        end = [f"- [ ] {said(gap)}" for gap in dict.fromkeys(self.gaps)] or ["Nothing that this document asks for."]
        return "\n".join([*self._lines, "", "## What is not known yet", "", *end, ""])
