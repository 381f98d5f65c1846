"""Audits of production as readings see them: one row for each task that a person or a judge looked at, with what each
of them found.
"""

from metrics import views
from metrics.spec import Dimension, Scope
from metrics.view import Behind, Ctes, View, use_ctes

CERTAIN = 1_000_000  # the weight of a task that was sure to be drawn; one drawn with probability p weighs CERTAIN / p
TYPES = ("incorrect", "unsupported", "unsafe")
FOUND = ("wrong", *TYPES)
COLUMNS = (
    "product_id", "task", "interaction_id", "case_id", "audited_at", "human_error", "judge_error", *TYPES,
    "human_weight", "judge_weight", "judges",
)  # fmt: skip

# What a check is about: the interaction it names, else its case. A judge is its name with the prompt it used: with
# another prompt it is another judge.
_TASK = "coalesce('i:' || e.interaction_id, 'c:' || e.case_id)"
JUDGE = "coalesce(e.evaluator, 'a judge without a name') || coalesce(' (prompt ' || e.prompt_version || ')', '')"
_CONTENT = "(e.error_type IS NULL OR e.error_type IN ('incorrect', 'unsupported', 'unsafe'))"
_FOUND = {
    "wrong": f"NOT e.passed AND {_CONTENT}",
    **{name: f"NOT e.passed AND coalesce(e.error_type, '') = '{name}'" for name in TYPES},
}


def votes(origin: str, *, every_judge: bool = False) -> list[tuple[str, str]]:
    """Subqueries that end with `votes`: what each person and each judge found in each task, 0 or 1.

    A check that was repeated counts as it came out last; with `every_judge` each judge's own last one. The trials
    (epochs) of a check are voted on: an error is what at least half of them show. Checks that failed or were cancelled
    say nothing.
    """
    once = "e.judge" if every_judge else "e.evaluator"
    flags = ", ".join(f"CASE WHEN {sql} THEN 1 ELSE 0 END AS {name}" for name, sql in _FOUND.items())
    any_check = ", ".join(f"max({name}) AS {name}" for name in FOUND)
    half = ", ".join(f"CASE WHEN 2 * sum({name}) >= count(*) THEN 1 ELSE 0 END AS {name}" for name in FOUND)
    said = ("interaction_id", "case_id", "scenario_id", "service_version")
    stated = ", ".join(f"min({name}) AS {name}" for name in said) + ", max(run_at) AS run_at, max(weight) AS weight"
    return [
        (
            "checks",
            f"""
SELECT e.product_id, e.task, e.human, e.judge, e.epoch, {", ".join(f"e.{name}" for name in said)}, e.run_at,
  CASE WHEN e.sampling_probability > 0 THEN CAST(round({CERTAIN} / e.sampling_probability) AS BIGINT)
    ELSE {CERTAIN} END AS weight,
  {flags}
FROM (
  SELECT e.*, row_number() OVER (
    PARTITION BY e.product_id, e.task, e.human, {once}, e.suite, e.metric_name, e.epoch
    ORDER BY e.run_at DESC, e.event_key DESC) AS place
  FROM (
    SELECT e.*, {_TASK} AS task, coalesce(e.evaluator_kind = 'human', false) AS human, {JUDGE} AS judge
    FROM eval_results AS e
    WHERE e.origin = '{origin}' AND {views.CHECKED}) AS e) AS e
WHERE e.place = 1
""",
        ),
        (
            "trials",
            f"""
SELECT product_id, task, human, judge, epoch, {any_check}, {stated}
FROM checks
GROUP BY product_id, task, human, judge, epoch
""",
        ),
        (
            "votes",
            f"""
SELECT product_id, task, human, judge, {half}, {stated}
FROM trials
GROUP BY product_id, task, human, judge
""",
        ),
    ]


# A task is wrong by people when any of them found it wrong, by judges when any of those did; the types of error are
# those that people saw. NULL: nobody of them looked.
_LABELS = f"""
SELECT product_id, task, max(CASE WHEN human THEN wrong END) AS human_error,
  max(CASE WHEN NOT human THEN wrong END) AS judge_error,
  {", ".join(f"max(CASE WHEN human THEN {name} END) AS {name}" for name in TYPES)},
  max(CASE WHEN human THEN weight END) AS human_weight, max(CASE WHEN NOT human THEN weight END) AS judge_weight,
  list(DISTINCT CASE WHEN NOT human THEN judge END) AS judges, min(interaction_id) AS interaction_id,
  min(case_id) AS case_id, min(scenario_id) AS scenario_id, min(service_version) AS service_version,
  max(run_at) AS audited_at
FROM votes
GROUP BY product_id, task
"""

_TALKS = """
SELECT *
FROM (
  SELECT i.product_id, i.interaction_id, i.day, i.pilot_id, i.scenario_id, i.service_version, i.team_id, i.mode,
    i.unit_id, i.user_known, coalesce(i.synthetic, false) AS synthetic,
    row_number() OVER (PARTITION BY i.product_id, i.interaction_id ORDER BY i.event_key) AS place
  FROM interactions AS i
  JOIN labels AS l ON l.product_id = i.product_id AND l.interaction_id = i.interaction_id) AS linked
WHERE place = 1
"""

# The row of user_days that an audited task would be in. One that names no interaction we have stands for itself, on
# the day of its audit.
_AUDITED = f"""
SELECT coalesce(t.day, {views.local_day("l.audited_at")}) AS day, l.product_id, t.pilot_id,
  coalesce(t.scenario_id, l.scenario_id) AS scenario_id, coalesce(t.service_version, l.service_version)
    AS service_version, t.team_id, t.mode, coalesce(t.unit_id, l.task) AS unit_id,
  coalesce(t.user_known, false) AS user_known, {", ".join(f"l.{name}" for name in COLUMNS if name != "product_id")}
FROM labels AS l
LEFT JOIN talks AS t ON t.product_id = l.product_id AND t.interaction_id = l.interaction_id
WHERE NOT coalesce(t.synthetic, false)
"""


def build(scope: Scope, by: tuple[Dimension, ...], keys: tuple[str, ...]) -> Ctes:
    """The subqueries of the view. Its rows are audited tasks; a task of no person is its own unit."""
    own = [*votes("production_audit"), ("labels", _LABELS), ("talks", _TALKS), ("audited", _AUDITED)]
    parts, source = use_ctes(scope, by, keys, "audited", COLUMNS, feeds=("eval_results",))
    return Ctes([*own, *parts], source)


VIEW = View(
    fact="audits",
    feeds=("eval_results",),
    dimensions=frozenset(("product", "pilot", "scenario", "team", "release", "mode", "day", "week", "month")),
    units_are="people",
    nameless="audited task",
    unsplit="",
    absent="nobody looked, which is not the same as no errors; load results of audits (origin production_audit)",
    context={"interactions": "1", "named": "CASE WHEN user_known THEN 1 ELSE 0 END"},
    build=build,
    behind=Behind(
        ("unit_id", "interaction_id", "case_id", "audited_at", "human_error", "judge_error", *TYPES,
         f"round({CERTAIN}.0 / human_weight, 6) AS human_probability",
         f"round({CERTAIN}.0 / judge_weight, 6) AS judge_probability",
         "array_to_string(judges, ' + ') AS judged_by"),
        "(human_error IS NOT NULL OR judge_error IS NOT NULL)",
        "strftime(audited_at, '%Y-%m-%dT%H:%M:%S.%f') || '/' || product_id || '/' || task",
        newest_first=True,
    ),
)  # fmt: skip
