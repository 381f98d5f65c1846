"""Text inside SQL, where a parameter cannot stand: in a view, of a file we made, of the contract's words."""

from __future__ import annotations


def literal(text: object) -> str:
    """A SQL string literal, its quotes doubled."""
    return "'" + str(text).replace("'", "''") + "'"
