"""What ServiceNow calls the columns and states of an incident: field names, and labels in English and German."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.jira_words import kind_of, plain, status_of, word

_COLUMNS = {
    "number": "number|nummer|ticket number",
    "state": "state|incident_state|incident state|status|zustand",
    "opened": "opened_at|opened|opened at|geöffnet|eröffnet",
    "created": "sys_created_on|sys_created_at|created|erstellt",
    "updated": "sys_updated_on|sys_updated_at|updated|aktualisiert",
    "resolved": "resolved_at|resolved|resolved at|gelöst|gelöst am",
    "closed": "closed_at|closed|closed at|geschlossen|geschlossen am",
    "caller": "caller_id|caller|requested_for|requested for|opened_by|opened by|anrufer|melder",
    "assignee": "assigned_to|assigned to|zugewiesen an",
    "group": "assignment_group|assignment group|zuweisungsgruppe",
    "category": "category|kategorie",
    "subcategory": "subcategory|unterkategorie",
    "product": "cmdb_ci|configuration item|business_service|business service|service|konfigurationselement",
    "priority": "priority|priorität",
    "reopened": "reopen_count|reopen count|anzahl wiedereröffnungen",
    "modified": "sys_mod_count|updates|aktualisierungen",
    "knowledge": "knowledge|wissen",
    "summary": "short_description|short description|kurzbeschreibung",
    "resolution": "close_code|closed_code|resolution code|close code|lösungscode",
    "session": "u_session_id|u_session|u_conversation_id|session id|conversation id|correlation_id",
    "made_sla": "made_sla|made sla",
    "reassigned": "reassignment_count|reassignment count",
    "contact": "contact_type|contact type|channel|kontakttyp",
    "impact": "impact|auswirkung",
    "urgency": "urgency|dringlichkeit",
    "active": "active|aktiv",
}
_NAMES = {plain(name): what for what, names in _COLUMNS.items() for name in names.split("|")}
OWN = frozenset({
    "sys_created_on", "sys_updated_on", "sys_mod_count", "sys_updated_at", "sys_created_at", "made_sla", "cmdb_ci",
    "incident_state", "assignment_group", "reassignment_count", "reopen_count", "caller_id", "contact_type",
    "assignment group", "configuration item", "caller", "made sla", "zuweisungsgruppe", "konfigurationselement",
})  # fmt: skip
"""Names that tables of other tools hardly have."""
_STATES = {
    "new": "1|new|neu|open|offen",
    "in_progress": "2|active|in progress|work in progress|assigned|in bearbeitung|aktiv",
    "waiting": "3|4|5|on hold|pending|zuruckgestellt|wartend|awaiting user info|awaiting problem|awaiting vendor"
    "|awaiting evidence|awaiting caller|awaiting change",
    "done": "6|7|resolved|closed|complete|closed complete|gelost|geschlossen|-100",
    "cancelled": "8|canceled|cancelled|closed incomplete|closed skipped|abgebrochen|storniert",
}
_MEANT = {name: state for state, names in _STATES.items() for name in names.split("|")}
NOTHING = frozenset({"", "?", "null", "none", "(empty)", "(leer)", "-- none --"})
"""What stands in a cell that says nothing."""


def places(header: Sequence[str]) -> dict[str, int]:
    """Where each column known by its name stands, by what it holds: the first of several."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        what = _NAMES.get(plain(name.rpartition(".")[2] if name.startswith("incident.") else name))
        if what and what not in found:
            found[what] = place
    return found


def state_of(state: str, resolution: str) -> str | None:
    """The status of an incident by its state, told by word or by number; None for a word not known here."""
    found = _MEANT.get(word(state))
    return found if found else status_of("", state, resolution)


def kind_and_topic(category: str, subcategory: str, summary: str) -> tuple[str | None, str | None]:
    """What an incident is and what it is about: a category, or what stands before a colon in its short description,
    that names a kind is one, and the subcategory the topic.
    """
    named = summary.partition(":")[0] if ":" in summary else ""
    kind = kind_of((category, named))
    return kind, subcategory or (None if kind_of((category,)) else category) or None
