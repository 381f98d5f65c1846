"""What a score, a rating or a label means for a task: mappings with the target `verdict`, applied where the source says
no verdict of its own. The facts stay as they came: a rule is seen through, so that ending it undoes what it decided.
"""

from data.cursor import Rows
from data.literal import literal
from data.operation import VERDICT, VERDICT_FIELD, Mapping
from data.registry_store import current

_ORDER = {"exact": 0, "at_least": 1, "at_most": 1, "prefix": 2, "regex": 3, "jsonpath": 4}


def rules(store: Rows) -> list[Mapping]:
    """The rules in force, in the order in which they are asked: the first that fits decides."""
    found = [rule for rule in current(store, Mapping) if rule.target == VERDICT]
    return sorted(found, key=lambda rule: (-rule.priority, _ORDER[rule.match], -len(rule.pattern), rule.pattern))


def judged(store: Rows, relation: str = "feedback") -> str:
    """SQL: the rows of `relation` (a table or view with the columns of feedback) with the verdicts that rules give."""
    conditions = [(condition(rule), rule.value) for rule in rules(store)]
    if not conditions:
        return f"SELECT * FROM {relation}"
    said = " ".join(f"WHEN {holds} THEN {literal(value)}" for holds, value in conditions)
    by_rule = " OR ".join(f"coalesce({holds}, false)" for holds, _ in conditions)
    return (
        f"SELECT * REPLACE (CASE WHEN verdict IS NOT NULL THEN verdict {said} END AS verdict,"
        f" CASE WHEN verdict IS NULL AND ({by_rule}) THEN 'rule' ELSE evidence END AS evidence) FROM {relation}"
    )


def condition(rule: Mapping) -> str:
    """SQL: whether a row of feedback is one that the rule speaks of."""
    name = rule.field.removeprefix(VERDICT_FIELD)
    parts = [f"source_system = {literal(rule.source_system)}"] if rule.source_system != "*" else []
    parts += [f"name = {literal(name)}"] if name != "*" else []
    pattern, number = literal(rule.pattern), rule.number
    parts.append(
        {
            "exact": f"(label = {pattern} OR score = {number})",
            "prefix": f"starts_with(label, {pattern})",
            "regex": f"regexp_full_match(label, {pattern})",
            "at_least": f"score >= {number}",
            "at_most": f"score <= {number}",
        }.get(rule.match, "false")
    )
    return " AND ".join(parts)


def deciding(store: Rows) -> list[tuple[Mapping, str]]:
    """Each rule in force with the SQL that picks the rows of feedback it decides.

    A row is of the first rule that fits, and of none where its source says a verdict.
    """
    asked, found = "verdict IS NULL", []
    for rule in rules(store):
        holds = f"coalesce({condition(rule)}, false)"
        found.append((rule, f"{asked} AND {holds}"))
        asked += f" AND NOT {holds}"
    return found
