"""Text of ours inside SQL, where a parameter cannot stand: file names we made, and words of the contract."""

from __future__ import annotations


def literal(text: object) -> str:
    """A SQL string literal, its quotes doubled."""
    return "'" + str(text).replace("'", "''") + "'"
