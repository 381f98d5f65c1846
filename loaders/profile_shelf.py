"""The profiles that were saved: by whom, when, and until when."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from data.cursor import Row, Rows, Transaction
from data.errors import did_you_mean
from data.warehouse import Warehouse
from loaders.format import Refused
from loaders.profiles import LONGEST_NAME, Profile


def kept(store: Rows) -> list[Profile]:
    """The profiles in force, by name."""
    rows = store.rows("SELECT profile FROM profiles WHERE ended_at IS NULL ORDER BY name")
    return [Profile(**json.loads(str(row["profile"]))) for row in rows]


def listed(store: Rows) -> list[Row]:
    """Every profile in force with its table, how many columns it maps, who saved it and when."""
    saved = {
        row["name"]: row for row in store.rows("SELECT name, saved_by, saved_at FROM profiles WHERE ended_at IS NULL")
    }
    return [
        {"name": each.name, "table": each.table, "columns": len(each.columns), "saved_by": saved[each.name]["saved_by"],
         "saved_at": saved[each.name]["saved_at"]} for each in kept(store)
    ]  # fmt: skip


def named(store: Rows, name: str) -> Profile:
    """One profile. Raises Refused when there is none of that name."""
    known = {each.name: each for each in kept(store)}
    if name not in known:
        raise Refused(
            f'There is no profile "{name}".{did_you_mean(name, known)}', f"Saved: {', '.join(known) or 'none yet'}."
        )
    return known[name]


def save(store: Warehouse, profile: Profile, name: str, who: str) -> Profile:
    """Save a profile under a name; one that has the name already is replaced and stays in the record.

    Raises Refused for a name that is none, or when another profile reads files with the same header.
    """
    profile = replace(profile, name=name.strip()).checked()
    if not profile.name or len(profile.name) > LONGEST_NAME or not profile.name.isprintable():
        raise Refused(f"A profile's name has 1 to {LONGEST_NAME} printable characters.", "Name what the files are.")
    with store.write(f"profile {profile.name}", who) as tx:
        for other in kept(tx):
            if other.fingerprint == profile.fingerprint and other.name != profile.name:
                raise Refused(
                    f'Files with this header are read through the profile "{other.name}" already.',
                    f'Save it under that name, or forget the other first: profiles --forget "{other.name}".',
                )
        _end(tx, profile.name, who)
        tx.run(
            "INSERT INTO profiles (name, fingerprint, profile, saved_by, saved_at) VALUES (?, ?, ?, ?, ?)",
            [profile.name, profile.fingerprint, json.dumps(asdict(profile)), who, tx.at],
        )
    return profile


def forget(store: Warehouse, name: str, who: str) -> None:
    """No file is read through a profile any more; what was loaded stays. Raises Refused when there is none."""
    with store.write(f"forget profile {name}", who) as tx:
        named(tx, name)
        _end(tx, name, who)


def _end(tx: Transaction, name: str, who: str) -> None:
    tx.run("UPDATE profiles SET ended_by = ?, ended_at = ? WHERE name = ? AND ended_at IS NULL", [who, tx.at, name])
