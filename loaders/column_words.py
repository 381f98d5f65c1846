"""What columns and their values are called elsewhere: English, German, Spanish, French, Portuguese, Russian."""

from collections.abc import Mapping

CALLED: Mapping[str, str] = {
    "occurred_at": "timestamp|created at|created|date|datetime|time|start time|zeitstempel|zeitpunkt|datum"
    "|erstellt am|fecha|fecha y hora|creado|horodatage|date heure|data|data hora|data e hora|criado em|дата|время"
    "|дата и время",
    "opened_at": "created|created at|opened|opened at|open date|erstellt|erstellt am|eröffnet|geöffnet am"
    "|fecha de creación|creado|abierto|date de création|créé le|ouvert le|aberto em|criado em|data de abertura"
    "|создано|дата создания",
    "given_at": "timestamp|created at|date|rated at|zeitstempel|datum|fecha|horodatage|data|дата",
    "run_at": "timestamp|run date|date|started at|evaluated at|zeitstempel|datum|fecha|horodatage|data|дата",
    "day": "date|day|report date|datum|tag|fecha|día|date du jour|jour|data|dia|дата|день",
    "interaction_id": "id|request id|message id|conversation id|event id|anfrage id|anfrage|nachricht id"
    "|id solicitud|id mensaje|id requête|id message|id mensagem|номер|ид",
    "ticket_id": "id|ticket|ticket id|ticket number|key|number|case number|issue|vorgang|vorgangsnummer|ticketnummer"
    "|fallnummer|incidencia|número|clave|numéro|numéro de ticket|chamado|número do chamado|номер|номер заявки"
    "|заявка",
    "call_id": "id|request id|call id|span id|generation id|aufruf id|id llamada|id appel",
    "feedback_id": "id|rating id|score id|bewertung id",
    "run_id": "run|run id|experiment|experiment id|lauf|ejecución|exécution|запуск",
    "case_id": "case|case id|test case|test|example id|question id|testfall|caso|cas|caso de teste|тест",
    "metric_name": "metric|metric name|scorer|check|assertion|metrik|métrica|métrique|метрика",
    "user_id": "user|username|user name|email|user email|e mail|employee|login|benutzer|nutzer|mitarbeiter|anwender"
    "|usuario|correo|empleado|utilisateur|courriel|employé|usuário|funcionário|пользователь|сотрудник|почта",
    "requester_id": "requester|reporter|requested by|opened by|caller|customer|melder|anforderer|autor|ersteller"
    "|solicitante|informador|demandeur|rapporteur|solicitante|заявитель|автор",
    "assignee_id": "assignee|assigned to|agent|owner|expert|bearbeiter|zugewiesen an|zuständig|asignado a"
    "|responsable|assigné à|agente|atribuído a|исполнитель|ответственный",
    "team_id": "team|department|group|abteilung|bereich|gruppe|equipo|departamento|équipe|service|département|equipe"
    "|отдел|команда",
    "product_id": "product|application|app|service|tool|assistant|produkt|anwendung|producto|aplicación|produit"
    "|produto|aplicativo|продукт|приложение",
    "session_id": "session|conversation|conversation id|thread|chat id|sitzung|gespräch|sesión|conversación|sessão"
    "|сессия",
    "task_key": "task|task id|job id|aufgabe|tarea|tâche|tarefa|задача",
    "trace_id": "trace|correlation id",
    "target_id": "target|message id|trace id|interaction id|ziel|objetivo|cible",
    "duration_ms": "duration|latency|latency ms|response time|elapsed|elapsed ms|dauer|antwortzeit|duración|latencia"
    "|durée|latence|duração|длительность",
    "request_model": "model|model name|llm|modell|modelo|modèle|модель",
    "provider_name": "provider|vendor|anbieter|proveedor|fournisseur|fornecedor|поставщик",
    "input_tokens": "prompt tokens|tokens in|tokens input|eingabe tokens|tokens entrada|tokens de entrada"
    "|tokens entrée",
    "output_tokens": "completion tokens|tokens out|tokens output|ausgabe tokens|tokens salida|tokens de saída"
    "|tokens sortie",
    "cost_microusd": "cost|cost usd|spend|price|total cost|kosten|coste|costo|coût|custo|стоимость|цена",
    "error": "failed|is error|has error|fehler|fehlgeschlagen|erreur|erro|ошибка",
    "error_type": "error code|error class|exception|fehlerart|tipo de error|type d erreur|tipo de erro",
    "outcome": "result|resolution|success|ergebnis|resultado|résultat|результат",
    "escalated": "escalation|handed over|handoff|eskaliert|escalado|escaladé|escalade|transferido|эскалация",
    "status": "state|ticket status|zustand|estado|statut|état|situação|статус|состояние",
    "priority": "severity|urgency|priorität|prioridad|priorité|prioridade|приоритет",
    "kind": "type|category|art|typ|tipo|categoría|catégorie|тип|категория",
    "first_response_at": "first response|first reply|first reply at|first answered|erste antwort|erste reaktion"
    "|primera respuesta|première réponse|primeira resposta|первый ответ",
    "resolved_at": "resolved|closed|closed at|solved at|completed at|gelöst|gelöst am|erledigt am|geschlossen am"
    "|resuelto|cerrado|résolu le|fermé le|resolvido em|fechado em|решено|закрыто",
    "assigned_at": "assigned|assigned on|zugewiesen am|asignado|assigné le|atribuído em|назначено",
    "satisfaction": "csat|rating|satisfaction score|zufriedenheit|satisfacción|satisfação|оценка",
    "score": "value|rating|points|wert|punktzahl|puntuación|note|pontuação|балл|оценка",
    "passed": "pass|success|correct|ok|bestanden|aprobado|réussi|aprovado|пройден",
    "topic_id": "topic|subject area|thema|tema|sujet|тема",
    "active": "is active|aktiv|activo|actif|ativo|активен",
    "interactions": "requests|messages|chats|prompts|anfragen|nachrichten|solicitudes|mensajes|requêtes|mensagens"
    "|запросы",
    "label": "comment|rating label|bewertung|etiqueta|étiquette",
}
"""By column of the contract: names it has in exports, compared without case, accents and punctuation."""
MEANS: Mapping[str, str] = {
    "true": "true|yes|y|1|ja|j|sí|si|oui|sim|да|x",
    "false": "false|no|n|0|nein|non|não|nao|нет",
    "new": "open|offen|neu|nuevo|abierto|nouveau|ouvert|novo|aberto|новый|открыт",
    "in_progress": "in progress|in bearbeitung|en curso|en progreso|en cours|em andamento|в работе",
    "waiting": "pending|on hold|wartend|wartet|en espera|pendiente|en attente|pendente|ожидание",
    "done": "closed|resolved|solved|completed|gelöst|erledigt|geschlossen|fertig|resuelto|cerrado|résolu|fermé"
    "|terminé|resolvido|fechado|concluído|решено|закрыт|закрыто|готово",
    "cancelled": "canceled|rejected|abgebrochen|abgelehnt|cancelado|rechazado|annulé|rejeté|отменено|отклонено",
    "confirmed": "success|successful|solved|resolved|helpful|good|erfolgreich|gelöst|hilfreich|éxito|resuelto|réussi"
    "|résolu|sucesso|resolvido|успех|решено",
    "failed": "failure|unsuccessful|unresolved|not helpful|bad|fehlgeschlagen|ungelöst|fracaso|fallido|échec|falha"
    "|неудача",
    "incident": "bug|störung|fehler|incidente|panne|инцидент",
    "request": "service request|anfrage|solicitud|demande|solicitação|запрос",
}
"""By word of the contract, true and false included: words of exports, in small letters."""
