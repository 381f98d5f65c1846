"""How two systems write one person: what is left of an id when case, domain, separators and umlauts say nothing."""

import re
import unicodedata
from collections.abc import Iterable

SEPARATORS = ("", ".", "_", "-")
SHORTEST = 4
"""Letters of a login that a name may be the reason for: fewer fit too many people."""
_SPOKEN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss"})
_STROKES = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"})


def forms(written: str) -> frozenset[str]:
    """What an id may be compared by: in small letters, without domain and separators, umlauts written either way."""
    return frozenset(_bare(each) for each in _folded(_apart(written)[0])) - {""}


def of_name(name: str) -> frozenset[str]:
    """The forms of logins that are made of a name: both parts in either order, or one of them as an initial.

    A name of one word makes none.
    """
    made = {first + last for first, last in _pairs(name)}
    return frozenset(_bare(each) for each in made if len(_bare(each)) >= SHORTEST)


def logins(name: str, domains: Iterable[str] = ()) -> frozenset[str]:
    """Logins and addresses as systems write them that are made of a name; for ids that can only be compared whole."""
    pairs = _pairs(name)
    small = {first + mark + last for first, last in pairs for mark in SEPARATORS if len(first + last) >= SHORTEST}
    large = {each.upper() for each in small if each.isalnum()}
    titled = {first.title() + mark + last.title() for first, last in pairs for mark in ("", ".", "_")}
    whole = {name.strip()} if pairs else set()
    return frozenset({*small, *large, *titled, *whole, *(f"{each}@{at}" for each in small for at in domains)})


def differs(written: str, known: str) -> str:
    """In what two ids of one form differ, in words: "case and separators"; "" when in nothing."""
    (one, here), (two, there) = _apart(written), _apart(known)
    found = ["the domain"] if here != there else []
    if one.casefold() == two.casefold():
        found += ["case"] if one != two else []
    else:
        found += ["umlauts"] if _bare(one.casefold()) != _bare(two.casefold()) else []
        found += ["separators"] if not _folded(one) & _folded(two) else []
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))


def _apart(written: str) -> tuple[str, str]:
    """The login and the domain of an id: one behind @, or one before a backslash."""
    before, _, login = written.strip().rpartition("\\")
    local, _, behind = login.partition("@")
    return (local, (behind or before).casefold()) if local else (login, before.casefold())


def _bare(written: str) -> str:
    """Without separators; they stay between digits alone, where they tell numbers apart."""
    if not any(letter.isalpha() for letter in written):
        return written
    return re.sub(r"[\s._'’-]+", "", written)


def _folded(written: str) -> frozenset[str]:
    """In small letters and without umlauts: ä as ae, and as a."""
    small = unicodedata.normalize("NFC", written).casefold()
    return frozenset(_unmarked(each) for each in (small.translate(_SPOKEN), small.translate(_STROKES)))


def _unmarked(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _pairs(name: str) -> frozenset[tuple[str, str]]:
    """The two parts of logins that a name makes, either of them whole or an initial, in either order."""
    last, comma, first = name.partition(",")
    found: set[tuple[str, str]] = set()
    for spoken in _folded(f"{first} {last}" if comma else name):
        words = re.findall(r"[\w'’-]+", spoken)
        if len(words) < 2:
            continue
        called = words[0]
        for family in {words[-1], "".join(words[1:])}:
            found |= {(called, family), (called[0], family), (called, family[0])}
            found |= {(family, called), (family, called[0])}
    return frozenset(found)
