"""Who somebody is, without their name: an HMAC with the installation's own secret."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from data.errors import WarehouseError

_SHAPE = re.compile(r"p_[0-9a-f]{32}")


def make_secret(side: Path) -> None:
    """Make the 32 random bytes of a new warehouse, readable by its owner only; one that is there is kept."""
    side.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(side / "secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())


def fingerprint(side: Path) -> str | None:
    """What the warehouse remembers of its secret, to notice another one; None when there is no secret."""
    try:
        secret = (side / "secret").read_bytes()
    except OSError:
        return None
    return hmac.new(secret, b"plumbline secret", hashlib.sha256).hexdigest()[:16]


def is_pseudonym(name: str) -> bool:
    """Whether a user id is a pseudonym already."""
    return _SHAPE.fullmatch(name) is not None


class Pseudonyms:
    """The pseudonyms of one warehouse: the same person always gets the same one, here and nowhere else."""

    def __init__(self, side: Path) -> None:
        """`side` is the warehouse's `.d` folder. Raises WarehouseError when its secret cannot be read."""
        try:
            self.secret = (side / "secret").read_bytes()
        except OSError:
            raise WarehouseError(
                f"The secret that pseudonyms are made with is missing: {side / 'secret'}.",
                "Put the file back from a backup; with a new secret, everybody would be counted as a new person.",
            ) from None

    def of(self, value: str) -> str:
        """`p_` and 32 hex digits of HMAC-SHA256 over the stripped id, lower-cased if it has '@'; a pseudonym stays."""
        name = value.strip()
        if is_pseudonym(name):
            return name
        if "@" in name:
            name = name.lower()
        return "p_" + hmac.digest(self.secret, name.encode(), "sha256").hex()[:32]
