"""Tables that are no reading: each that says how it is computed has its words, and no words are left over."""

import re
from pathlib import Path

from metrics.workings import WORKINGS

PAGES = Path(__file__).resolve().parents[2] / "pages"
ASKED = re.compile(r'(?:worked\(\s*|worked,\s*|how\()(?:store, )?(?:found\.scope, |scope, )?"([a-z ]+)"')


def test_each_table_has_its_words() -> None:
    """What pages ask for and what is written are the same names, and each says what it counts and leaves out."""
    asked = {name for file in PAGES.rglob("*.py") for name in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert asked == set(WORKINGS)
    for working in WORKINGS.values():
        assert all(len(text) > 4 for text in working)
        assert all(text.endswith(".") for text in working[1:])
