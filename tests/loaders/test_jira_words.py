import pytest

from loaders.jira_words import MONTHS, columns, kind_of, plain, status_of, word

HEADERS = {
    "en": "Issue key,Issue Type,Status,Priority,Resolution,Assignee,Assignee Id,Reporter,Reporter Id,Created,Updated,"
    "Resolved,Labels,Comment,Status Category,Status Category Changed,Project key",
    "de": "Vorgangsschlüssel,Vorgangstyp,Status,Priorität,Lösung,Zugewiesene Person,ID der zugewiesenen Person,Autor,"
    "ID des Autors,Erstellt,Aktualisiert,Erledigt,Stichwörter,Kommentar,Statuskategorie,Statuskategorie geändert,"
    "Projektschlüssel",
    "es": "Clave de incidencia,Tipo de Incidencia,Estado,Prioridad,Resolución,Persona asignada,"
    "ID de la persona asignada,Informador,ID del informador,Creada,Actualizada,Resuelta,Etiquetas,Comentario,"
    "Categoría de estado,Categoría de estado cambiada,Clave del proyecto",
    "fr": "Clé de ticket,Type de ticket,État,Priorité,Résolution,Personne assignée,ID de la personne assignée,"
    "Rapporteur,ID de rapporteur,Création,Mise à jour,Résolue,Étiquettes,Commentaire,Catégorie d’état,"
    "Catégorie d'état modifiée,Clé de projet",
}
FIELDS = [
    "key", "type", "status", "priority", "resolution", "assignee", "assignee_id", "reporter", "reporter_id", "created",
    "updated", "resolved", "label", "comment", "category", "category_changed", "project",
]  # fmt: skip


@pytest.mark.parametrize("language", HEADERS)
def test_a_header_is_known_in_four_languages(language: str) -> None:
    """Each column by its name in each language, whatever the case of its letters and the shape of its accents."""
    for text in (HEADERS[language], HEADERS[language].upper(), plain(HEADERS[language])):
        assert columns(text.split(",")) == {field: [place] for place, field in enumerate(FIELDS)}


@pytest.mark.parametrize("wrapped", [
    "Custom field ({})", "Benutzerdefinierte Felder ({})", "Benutzerdefiniertes Feld ({})", "Campo personalizado ({})",
    "Champs personnalisés ({})", "Champ personnalisé ({})", "{}",
])  # fmt: skip
def test_a_custom_field_is_known_by_its_own_name(wrapped: str) -> None:
    """Its name stands in brackets behind the word for custom field, or alone."""
    header = [wrapped.format(name) for name in ("[CHART] Date of First Response", "Time to first response")]
    assert columns(header) == {"first_response": [0], "remaining": [1]}


def test_a_custom_field_is_never_one_of_jira_s_own() -> None:
    """A company's own field "Resolved" or "Comment" is not what Jira means by it."""
    assert columns(["Custom field (Resolved)", "Campo personalizado (Comentario)", "Resolved"]) == {"resolved": [2]}


def test_columns_of_one_name_are_all_found() -> None:
    """Repeated columns keep their order."""
    assert columns(["Labels", "Comment", "Labels", "Sprint", "Comment"]) == {"label": [0, 2], "comment": [1, 4]}


@pytest.mark.parametrize(("category", "status", "resolution", "meant"), [
    ("To Do", "Backlog", "", "new"), ("Zu erledigen", "Offen", "", "new"), ("Por hacer", "Abierto", "", "new"),
    ("À faire", "Ouvert", "", "new"), ("In Arbeit", "In Review", "", "in_progress"),
    ("En curso", "x", "", "in_progress"),
    ("En cours", "x", "", "in_progress"), ("Fertig", "Erledigt", "Fertig", "done"), ("Listo", "Resuelta", "", "done"),
    ("Terminé(e)", "Clos", "", "done"), ("Done", "Done", "Won't Do", "cancelled"),
    ("Done", "Done", "Won’t do", "cancelled"), ("Fertig", "Erledigt", "Duplikat", "cancelled"),
    ("Fertig", "Erledigt", "Wird nicht erledigt", "cancelled"), ("Listo", "Resuelta", "No se hará", "cancelled"),
    ("Terminé", "Clos", "Doublon", "cancelled"), ("Done", "Cancelled", "", "cancelled"),
    ("Done", "Annulé(e)", "", "cancelled"), ("In Progress", "Waiting for customer", "", "waiting"),
    ("In Arbeit", "Warten auf Kunden", "", "waiting"), ("En curso", "Esperando al cliente", "", "waiting"),
    ("En cours", "En attente du client", "", "waiting"), ("In Progress", "Waiting for support", "", "in_progress"),
    ("", "Closed", "", "done"), ("", "Geschlossen", "Duplikat", "cancelled"), ("", "Declined", "", "cancelled"),
    ("In Progress", "In Progress", "Duplicate", "in_progress"), ("Concluído", "Fechado", "", None), ("", "", "", None),
])  # fmt: skip
def test_a_status(category: str, status: str, resolution: str, meant: str | None) -> None:
    """The category decides; status and resolution tell who is waited for and what was ended without being done."""
    assert status_of(category, status, resolution) == meant


@pytest.mark.parametrize(("words", "meant"), [
    (["Bug"], "incident"), (["[System] Incident"], "incident"), (["Störung"], "incident"),
    (["Question"], "context_gap"),
    (["pricing", "context-gap", "Bug"], "context_gap"), (["Knowledge gap"], "context_gap"), (["Frage"], "context_gap"),
    (["Service Request"], "request"), (["[System] Service request"], "request"), (["Solicitud"], "request"),
    (["Escalation"], "escalation"), (["Escalade"], "escalation"), (["Task", "", "Story"], None), ([], None),
])  # fmt: skip
def test_a_kind(words: list[str], meant: str | None) -> None:
    """The first word that names one."""
    assert kind_of(words) == meant


def test_words_are_compared_without_case_accents_and_hyphens() -> None:
    """What an export writes and what stands here may differ in what does not matter."""
    assert word("  KB_Added ") == "kb added"
    assert word("Terminé(e)") == "termine"


def test_no_beginning_of_a_month_means_two() -> None:
    """Juin and juillet share three letters, which therefore name no month."""
    assert "jui" not in MONTHS
    assert {MONTHS["juin"], MONTHS["jun"]} == {6}
    assert MONTHS["juil"] == 7
    assert set(MONTHS.values()) == set(range(1, 13))
