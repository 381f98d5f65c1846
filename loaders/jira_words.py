"""The words of Jira in English, German, Spanish and French: names of columns, states, ends, kinds and months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_COLUMNS = {
    "key": "Issue key|Key|Work item key|Vorgangsschlüssel|Schlüssel|Clave de incidencia|Clave de la incidencia|Clave"
    "|Clé de ticket|Clé de demande|Clé",
    "summary": "Summary|Zusammenfassung|Resumen|Résumé",
    "description": "Description|Beschreibung|Descripción",
    "type": "Issue Type|Work type|Type|Vorgangstyp|Typ|Tipo de incidencia|Tipo|Type de ticket",
    "status": "Status|Estado|État|Statut",
    "category": "Status Category|Statuskategorie|Categoría de estado|Catégorie d'état|Catégorie de statut"
    "|Catégorie du statut",
    "category_changed": "Status Category Changed|Statuskategorie geändert|Categoría de estado cambiada"
    "|Categoría de estado modificada|Cambio de categoría de estado|Catégorie d'état modifiée|Catégorie d'état changée"
    "|Catégorie de statut modifiée|Changement de catégorie d'état|Modification de la catégorie d'état",
    "resolution": "Resolution|Lösung|Resolución|Résolution",
    "priority": "Priority|Priorität|Prioridad|Priorité",
    "project": "Project key|Space key|Projektschlüssel|Clave del proyecto|Clave de proyecto|Clé de projet"
    "|Clé du projet",
    "component": "Component/s|Components|Component|Komponenten|Komponente(n)|Componentes|Componente(s)|Composants"
    "|Composant(s)",
    "label": "Labels|Label|Stichwörter|Stichworte|Etiquetas|Étiquettes",
    "assignee": "Assignee|Zugewiesene Person|Bearbeiter|Persona asignada|Responsable|Personne assignée",
    "assignee_id": "Assignee Id|ID der zugewiesenen Person|ID de la persona asignada|ID del responsable"
    "|ID de la personne assignée|ID du responsable",
    "reporter": "Reporter|Autor|Melder|Informador|Informante|Rapporteur|Auteur",
    "reporter_id": "Reporter Id|ID des Autors|ID des Melders|ID del informador|ID del informante|ID de rapporteur"
    "|ID du rapporteur|ID de l'auteur",
    "comment": "Comment|Comments|Kommentar|Kommentare|Comentario|Comentarios|Commentaire|Commentaires",
    "created": "Created|Erstellt|Creada|Creado|Creación|Création|Créée|Créé|Date de création",
    "updated": "Updated|Aktualisiert|Actualizada|Actualizado|Actualización|Mise à jour|Mis à jour|Date de mise à jour",
    "resolved": "Resolved|Erledigt|Gelöst|Resuelta|Resuelto|Résolue|Résolu|Date de résolution",
    "viewed": "Last Viewed|Zuletzt angezeigt|Vista por última vez|Visto por última vez|Dernière consultation"
    "|Dernière visualisation",
    "due": "Due date|Fälligkeitsdatum|Fällig|Fecha de vencimiento|Date d'échéance|Échéance",
}
_CUSTOM = {
    "first_response": "[CHART] Date of First Response|[CHART] Datum der ersten Antwort"
    "|[CHART] Fecha de la primera respuesta|[CHART] Fecha de primera respuesta"
    "|[CHART] Date de la première réponse|[CHART] Date de première réponse",
    "remaining": "Time to first response|Zeit bis zur ersten Antwort|Zeit bis zur ersten Reaktion"
    "|Tiempo hasta la primera respuesta|Tiempo de primera respuesta|Délai de première réponse"
    "|Temps avant la première réponse|Temps écoulé pour la première réponse",
    "request_type": "Request Type|Customer Request Type|Anfragetyp|Tipo de solicitud|Type de demande",
    "satisfaction": "Satisfaction rating|Satisfaction|Zufriedenheitsbewertung|Zufriedenheit"
    "|Calificación de satisfacción|Valoración de satisfacción|Satisfacción|Note de satisfaction"
    "|Évaluation de la satisfaction",
    "reopened": "Reopened count|Reopen count|Number of reopens|Reopens",
    "topic": "Topic|Topic id|Context topic|Knowledge topic|Thema|Tema|Sujet",
    "session": "Session|Session id|Linked session|Chat session|Conversation|Conversation id|Sitzung|Sitzungs-ID"
    "|Sesión|ID de sesión|ID de session",
    "interaction": "Interaction|Interaction id|Linked interaction|Interaktion|Interaktions-ID|Interacción"
    "|ID de interacción|ID d'interaction",
    "documented": "Documented at|Documented on|Date documented|Dokumentiert am|Documentado el|Documenté le",
    "eval_added": "Eval added at|Eval added on|Eval case added at",
}
_FIRST_RESPONSE = (
    "first response", "first reply", "erste antwort", "ersten antwort", "erste reaktion", "ersten reaktion",
    "erstantwort", "erstreaktion", "primera respuesta", "premiere reponse",
)  # fmt: skip
_CUSTOM_FIELD = re.compile(
    r"(?:custom field|benutzerdefiniertes feld|benutzerdefinierte felder|campos? personalizados?"
    r"|champs? personnalises?) \((.+)\)"
)
_CATEGORIES = {
    "new": "To Do|New|Zu erledigen|Por hacer|Pendiente|À faire",
    "in_progress": "In Progress|In Arbeit|In Bearbeitung|En curso|En progreso|En cours",
    "done": "Done|Complete|Fertig|Erledigt|Listo|Hecho|Finalizado|Finalizada|Terminado|Terminada|Terminé|Fini",
}
_STATES = {
    "new": _CATEGORIES["new"] + "|Open|Backlog|Offen|Neu|Abierto|Abierta|Nuevo|Nueva|Ouvert|Nouveau",
    "in_progress": _CATEGORIES["in_progress"] + "|In Review|Reopened|Waiting for support|Escalated",
    "done": _CATEGORIES["done"] + "|Closed|Resolved|Completed|Geschlossen|Gelöst|Abgeschlossen|Cerrado|Cerrada|Resuelto"
    "|Resuelta|Completado|Completada|Fermé|Résolu|Clos|Clôturé",
    "waiting": "Pending|On hold|Wartend|En espera|En attente",
    "cancelled": "Canceled|Cancelled|Won't do|Won't fix|Declined|Rejected|Withdrawn|Abgebrochen|Storniert|Abgelehnt"
    "|Cancelado|Cancelada|Rechazado|Rechazada|Annulé|Rejeté",
}
_UNDONE = (
    "Won't do|Won't fix|Will not do|Duplicate|Cannot reproduce|Can't reproduce|Incomplete|Invalid|Not a bug|Declined"
    "|Rejected|Canceled|Cancelled|Withdrawn|Abandoned|Wird nicht erledigt|Wird nicht behoben|Duplikat|Doppelt"
    "|Nicht reproduzierbar|Kann nicht reproduziert werden|Unvollständig|Ungültig|Abgelehnt|Abgebrochen|Storniert"
    "|Zurückgezogen|No se hará|No se va a hacer|No se corregirá|No se solucionará|Duplicado|Duplicada|No reproducible"
    "|No se puede reproducir|Incompleto|Incompleta|Inválido|Rechazado|Rechazada|Cancelado|Cancelada|Ne sera pas fait"
    "|Ne sera pas effectué|Ne sera pas corrigé|Doublon|Dupliqué|Non reproductible|Impossible à reproduire|Incomplet"
    "|Invalide|Refusé|Rejeté|Annulé|Abandonné"
)
_KINDS = {
    "context_gap": "Question|Context gap|Knowledge gap|Missing context|Ask an expert|Ask a question|Frage|Kontextlücke"
    "|Wissenslücke|Pregunta|Brecha de contexto|Brecha de conocimiento|Laguna de conocimiento|Lacune de contexte"
    "|Lacune de connaissances",
    "incident": "Incident|Bug|Defect|Vorfall|Störung|Fehler|Incidente|Error|Defecto|Anomalie|Bogue",
    "request": "Request|Service request|Service request with approvals|Anfrage|Serviceanfrage|Solicitud"
    "|Solicitud de servicio|Petición|Demande|Demande de service",
    "escalation": "Escalation|Escalated|Eskalation|Escalado|Escalada|Escalamiento|Escalade",
}
_KNOWLEDGE = "kb-added|added-to-kb|kb-created|kb-updated|knowledge-added|knowledge-captured"
_NOBODY = "Unassigned|Nicht zugewiesen|Sin asignar|Non assigné"
_MONTHS = (
    "January Januar Jänner enero janvier", "February Februar Feber febrero février", "March März marzo mars mrz",
    "April abril avril", "May Mai mayo", "June Juni junio juin", "July Juli julio juillet",
    "August agosto août", "September septiembre setiembre septembre", "October Oktober octubre octobre",
    "November noviembre novembre", "December Dezember diciembre décembre",
)  # fmt: skip
_WAITING = re.compile(
    r"(?:waiting|awaiting|wart\w*|esper\w+|a la espera|en attente)\b.*"
    r"\b(?:customer|reporter|requester|kunde\w*|melder\w*|autor\w*|cliente\w*|informador|client\w*|rapporteur)\b"
)


def plain(text: str) -> str:
    """A text without case, accents and doubled space: "  Categoría de Estado" is "categoria de estado"."""
    parts = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(letter for letter in parts if not unicodedata.combining(letter)).split())


def word(text: str) -> str:
    """A plain text in which hyphens and underscores are space and endings in brackets are gone: "Terminé(e)"."""
    bare = re.sub(r"^\[system\] |\((?:e|a|s|es)\)", "", plain(text))
    return " ".join(re.split(r"[\s_-]+", bare)).strip()


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word(name): meaning for meaning, names in table.items() for name in names.split("|")}


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {plain(name): field for field, names in table.items() for name in names.split("|")}


def _beginnings() -> dict[str, int]:
    """Every beginning of three letters or more that the names of one month alone have."""
    meant: dict[str, set[int]] = {}
    for number, names in enumerate(_MONTHS, start=1):
        for name in plain(names).split():
            for length in range(3, len(name) + 1):
                meant.setdefault(name[:length], set()).add(number)
    return {beginning: numbers.pop() for beginning, numbers in meant.items() if len(numbers) == 1}


SYSTEM_COLUMNS, CUSTOM_COLUMNS = _by_name(_COLUMNS), _by_name(_CUSTOM)
CATEGORIES, STATES, KINDS = _by_word(_CATEGORIES), _by_word(_STATES), _by_word(_KINDS)
UNDONE = frozenset(map(word, _UNDONE.split("|")))
KNOWLEDGE = frozenset(map(word, _KNOWLEDGE.split("|")))
NOBODY = frozenset(map(word, _NOBODY.split("|")))
MONTHS = _beginnings()


def columns(header: Sequence[str]) -> dict[str, list[int]]:
    """The places of every column known by its name, by what it holds; a field of Jira's own is never a custom one."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        custom = _CUSTOM_FIELD.fullmatch(plain(name))
        known = CUSTOM_COLUMNS.get(custom[1]) if custom else SYSTEM_COLUMNS.get(plain(name))
        known = known or (None if custom else CUSTOM_COLUMNS.get(plain(name)))
        if known:
            found.setdefault(known, []).append(place)
    return found


def status_of(category: str, status: str, resolution: str) -> str | None:
    """The status of a ticket: what its category says, told finer by the words of its status and resolution; None when
    neither category nor status is a word known here.
    """
    broad, fine = CATEGORIES.get(word(category)), STATES.get(word(status))
    if _WAITING.search(word(status)):
        fine = "waiting"
    state = broad or fine
    if state in ("done", "cancelled"):
        return "cancelled" if fine == "cancelled" or word(resolution) in UNDONE else "done"
    return "waiting" if fine == "waiting" else state


def is_first_response(goal: str) -> bool:
    """Whether a service goal is about the first response: by its name in full, or by the words for it in a longer one
    ("Time to first response (VIP)").
    """
    name = plain(goal)
    return CUSTOM_COLUMNS.get(name) == "remaining" or any(words in name for words in _FIRST_RESPONSE)


def kind_of(words: Iterable[str]) -> str | None:
    """The kind that the first word known here names."""
    return next((KINDS[name] for name in map(word, words) if name in KINDS), None)
