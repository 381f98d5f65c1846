"""A file to start a pilot from: what the registry needs to know before it begins, as one YAML to fill in."""

TEMPLATE = """\
# A pilot, to be filled in and stored with:  python -m data import pilot.yaml
# The product must be registered already; everything is dated from today unless a row has its own valid_from.
scenarios:
  - scenario_id: question
    product_id: assistant
    name: Answer a question
    problem: Answers take a day.
    current_process: A mail to a colleague.
pilots:
  - pilot_id: trial
    product_id: assistant
    team_id: service-desk
    scenario_id: question
    name: First trial
    goal: Answers within an hour.
    hypothesis: Two of three questions need no colleague any more.
    starts_on: 2026-10-05
    ends_on: 2026-11-29
    min_users: 30
    planned_tasks: 1000
    mode: assist            # shadow | review | assist | autonomous
    design: before_after    # controlled | matched | before_after
    risks: People take answers for granted.
# What it must show, agreed before it starts: frozen on its first day.
criteria:
  - {pilot_id: trial, criterion_id: success, metric: task_success, role: must, better: higher, bar: 0.8, floor: 0.65}
  - {pilot_id: trial, criterion_id: return, metric: adoption, role: must, better: higher, bar: 0.5, floor: 0.25}
  - {pilot_id: trial, criterion_id: err, metric: hallucination_rate, role: should, better: lower, bar: 0.05, floor: 0.1}
# Who takes part: one row a person.
audience:
  - {product_id: assistant, pilot_id: trial, user_id: ann@example.com, granted_on: 2026-10-05, is_champion: true}
roles:
  - {role: pilot_owner, user_id: bob@example.com, pilot_id: trial}
  - {role: scenario_owner, user_id: eve@example.com, scenario_id: question}
# How it goes today, to compare with.
baselines:
  - {scenario_id: question, measure: task_success, value: 0.7, low: 0.64, high: 0.76, n: 220, design: before_after}
readiness:
  - {product_id: assistant, pilot_id: trial, item: owner, done: true}
  - {product_id: assistant, pilot_id: trial, item: support, done: false}
  - {product_id: assistant, pilot_id: trial, item: runbook, done: false}
  - {product_id: assistant, pilot_id: trial, item: connection rules, done: false}
"""
