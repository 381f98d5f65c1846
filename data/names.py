"""What people are called: the names the registry gives to the user ids it stores."""

from data.cursor import Rows
from data.people import PersonRecord
from data.registry_store import current


def names(store: Rows) -> dict[str, str]:
    """The names of people by user id; whoever has none is not there."""
    return {row.user_id: row.display_name for row in current(store, PersonRecord) if row.display_name}
