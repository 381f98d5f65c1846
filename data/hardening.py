"""What the database may do on this machine: no network, no extensions, no files but its own folders, capped memory and,
where that is said, threads.
"""

import os
from pathlib import Path

from data.errors import WarehouseError
from data.side import READABLE, side_of

Config = dict[str, str | bool | int | float | list[str]]
PLAIN: Config = {
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


def config(path: Path) -> Config:
    """What is said when connecting. Rows come in no promised order unless a query orders them: loads are faster so."""
    return PLAIN | {
        "memory_limit": f"{_memory_limit()}MB",
        "temp_directory": str(side_of(path) / "tmp"),
        "max_temp_directory_size": "32GB",
        "preserve_insertion_order": "false",
    } | _threads()  # fmt: skip


def lock(path: Path) -> list[str]:
    """The statements that close the doors behind an open connection; allowed_directories is not accepted earlier."""
    folders = ", ".join("'" + str(side_of(path) / name).replace("'", "''") + os.sep + "'" for name in READABLE)
    return [
        "PRAGMA disable_checkpoint_on_shutdown",  # every write folds its log itself; a broken instance must not
        "SET TimeZone = 'UTC'",
        f"SET allowed_directories = [{folders}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ]


def _threads() -> Config:
    """As many as PLUMBLINE_THREADS says; else the library takes one for each core. One is the most thrifty: two take a
    third more of computing for the same readings.
    """
    said = os.environ.get("PLUMBLINE_THREADS", "")
    if not said:
        return {}
    if not said.isdecimal() or not 0 < int(said) <= 256:
        raise WarehouseError(f"PLUMBLINE_THREADS is '{said}'.", "Say a number from 1 to 256, or nothing.")
    return {"threads": int(said)}


def _memory_limit() -> int:
    """Half of this machine's memory in MB, 1.5 GB at most: a load of any size then stays under 2 GB."""
    return min(1536, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2_000_000)
