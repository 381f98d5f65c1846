"""JUnit XML told into test cases: read with expat as a stream, without document types and so without entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from loaders.format import Refused

_BAD = {"failure": "failed", "error": "errored", "skipped": "skipped"}
_RANK = {"passed": 0, "skipped": 1, "failed": 2, "errored": 3}


@dataclass(slots=True)
class Suite:
    """A testsuite element as far as cases share it."""

    name: str
    timestamp: str | None
    properties: dict[str, str]


@dataclass(slots=True)
class Case:
    """One testcase: passed, failed, errored or skipped. Of several marks the gravest counts."""

    suite: Suite
    name: str
    classname: str
    seconds: str | None
    line: int
    outcome: str = "passed"
    reason: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def read_cases(path: Path, take: Callable[[Case], None]) -> Counter[str]:
    """Give every case of a file to `take`; how many elements of each name there are.

    Raises Refused for what is not well-formed XML, and for a document type: it could name files or grow without end.
    """
    reader = _Reader(take)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: reader.start(name, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, str(error))
        raise Refused(
            f"Line {error.lineno}: the XML is not well-formed ({what}).", "Let the test run end, and export it again."
        ) from None
    return reader.seen


def _refuse_doctype(*_: object) -> None:
    raise Refused("The XML has a document type, which no test runner writes.", "Export the test results again.")


class _Reader:
    """The path of open elements, turned into cases."""

    def __init__(self, take: Callable[[Case], None]) -> None:
        self._take = take
        self._suites: list[Suite] = []
        self._case: Case | None = None
        self.seen: Counter[str] = Counter()

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        name = name.rpartition(":")[2]
        self.seen[name] += 1
        if name in ("testsuites", "testsuite"):
            outer = self._suites[-1] if self._suites else Suite("", None, {})
            self._suites.append(
                Suite(
                    (attributes.get("name") or "").strip() or outer.name,
                    attributes.get("timestamp") or outer.timestamp,
                    dict(outer.properties),
                )
            )
        elif name == "testcase":
            suite = self._suites[-1] if self._suites else Suite("", None, {})
            seconds = attributes.get("time", attributes.get("duration"))
            self._case = Case(suite, attributes.get("name", ""), attributes.get("classname", ""), seconds, line)
            self._case.properties = dict(suite.properties)
            if attributes.get("status") in ("notrun", "skipped", "disabled"):
                self._case.outcome = "skipped"
        elif name == "property":
            self._property(attributes)
        elif name in _BAD and self._case is not None and _RANK[_BAD[name]] > _RANK[self._case.outcome]:
            self._case.outcome = _BAD[name]
            self._case.reason = attributes.get("type", "")

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "testcase" and self._case is not None:
            self._take(self._case)
            self._case = None
        elif name in ("testsuites", "testsuite") and self._suites:
            self._suites.pop()

    def _property(self, attributes: dict[str, str]) -> None:
        where = self._case.properties if self._case else self._suites[-1].properties if self._suites else {}
        if attributes.get("name"):
            where[attributes["name"].strip().lower()] = attributes.get("value", "").strip()
