"""The numbers of a warehouse's changes: each change has one, and the last that a reading can depend on is the version
of the data.
"""

from data.cursor import Rows

TELLING = "readings published"
"""The cause of a change that writes down what was said of the data: they stay the same, and so does their version."""
CONTENT = f"SELECT coalesce(max(version), 0) AS version FROM data_versions WHERE cause <> '{TELLING}'"
"""The version of the data in SQL."""


def content_version(store: Rows) -> int:
    """The number of the last change that a reading can depend on."""
    return int(str(store.value(CONTENT)))


def last_change(store: Rows) -> int:
    """The number of the last change, whatever it was: the last line of the journal has it."""
    return int(str(store.value("SELECT coalesce(max(version), 0) AS version FROM data_versions")))
