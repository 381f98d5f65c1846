"""What went wrong, said to a person: what came, what was expected, and what to do about it."""

from collections.abc import Iterable
from difflib import get_close_matches


class PlumblineError(ValueError):
    """A refusal with a remedy; its text is meant to be shown to a person as it stands."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())


class WarehouseError(PlumblineError):
    """The warehouse file cannot be used as it is; the file has not been touched."""


class HeldError(WarehouseError):
    """Another process has the warehouse open."""


class RegistryError(PlumblineError):
    """A registry file or row was refused; nothing of it was stored."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was most probably meant to be, or None when nothing is close."""
    known = {candidate.casefold(): candidate for candidate in candidates}
    close = get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The question " Did you mean 'x'?" with its leading space, or "" when nothing is close."""
    guess = nearest(name, candidates)
    return f" Did you mean '{guess}'?" if guess is not None else ""
