"""Which format a file is, by its content and never by its name."""

from __future__ import annotations

from pathlib import Path

from data.errors import did_you_mean
from loaders import FORMATS
from loaders.format import Format, Head, Match, Refused
from loaders.head import read_head

SURE = 0.5
UNRECOGNISED = "The file is not recognised."
"""How the refusal begins of a file that is no format known here."""
_KINDS = {
    "utf-16": "UTF-16 text: save it as UTF-8",
    "xml": "XML that no format here is of",
    "pdf": "a PDF document: export the data as CSV or JSON",
    "unknown": "neither text nor a format known here",
}


def rank(head: Head) -> list[tuple[Format, Match]]:
    """Every format with how well it fits, best first."""
    matches = [(entry, entry.recognise(head)) for entry in FORMATS.values()]
    return sorted(matches, key=lambda match: -match[1].confidence)


def identify(path: Path, named: str | None) -> tuple[Format, float]:
    """The format of a file and how sure that is; `named` settles it.

    Raises Refused when nothing fits: which formats come closest and what they would need.
    """
    if named is not None and named not in FORMATS:
        raise Refused(f'There is no format "{named}".{did_you_mean(named, FORMATS)}', f"Known: {', '.join(FORMATS)}.")
    head = read_head(path)
    ranking = rank(head)
    if named is not None:
        return FORMATS[named], next(match.confidence for entry, match in ranking if entry.name == named)
    best, match = ranking[0]
    if match.confidence >= SURE:
        return best, match.confidence
    nearest = [f"{entry.name} ({found.needs})" for entry, found in ranking if found.needs][:3]
    what = f" It is {_KINDS[head.kind]}." if head.kind in _KINDS else ""
    table = head.kind in ("csv", "json", "parquet")
    hint = " Or say what its columns mean: python -m loaders columns FILE proposes it." if table else ""
    raise Refused(
        f"{UNRECOGNISED}{what}" + (f" Closest: {'; '.join(nearest)}." if nearest else ""),
        "State its format if you know it, or export one of: " + ", ".join(FORMATS) + "." + hint,
    )
