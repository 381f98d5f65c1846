"""Values as SQL text, for people who take a statement elsewhere. The product itself never runs such a text: there
whatever a person chose is a bound parameter.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time


def literal(value: object) -> str:
    """A parameter's value as DuckDB writes it. TypeError for a kind of value that no parameter has."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    for kind, name in ((datetime, "TIMESTAMP"), (date, "DATE"), (time, "TIME")):
        if isinstance(value, kind):
            return f"{name} '{value.isoformat(' ') if isinstance(value, datetime) else value.isoformat()}'"
    raise TypeError(f"no parameter is a {type(value).__name__}")


def inlined(sql: str, params: Mapping[str, object]) -> str:
    """The statement with each $name replaced by its value; texts in quotes and comments are left alone."""
    token = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\$(\w+)")
    return token.sub(lambda found: literal(params[found[1]]) if found[1] else found[0], sql)
