"""What a person answers where a file cannot say it: key=value, held against what the formats ask and fill."""

from collections.abc import Iterable

from data.errors import did_you_mean
from loaders import FORMATS, dialect, opening, written
from loaders.contract import columns_of
from loaders.format import Refused


def answers(pairs: Iterable[str]) -> dict[str, str]:
    """The values by key. Raises Refused for a key that no format asks for and no column has, naming the nearest."""
    known = {name for entry in FORMATS.values() for fact in entry.facts for name in columns_of(fact)}
    known |= {name for entry in FORMATS.values() for name in entry.asks} | {*opening.ASKS, *dialect.ASKS, *written.ASKS}
    values = {}
    for pair in pairs:
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or key not in known:
            raise Refused(f'"{pair}" answers nothing.{did_you_mean(key, known)}', "Write it as key=value.")
        values[key] = value
    return values
