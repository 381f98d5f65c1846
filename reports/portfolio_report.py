"""The portfolio on two pages: where each product stands, what to do, what the registry leaves open."""

from collections import Counter
from collections.abc import Sequence

from metrics.catalog import HEADLINES
from metrics.checks import CHECKS, Finding
from metrics.portfolio import Portfolio
from metrics.scorecard import Scorecard
from metrics.spec import Scope
from metrics.standing import ProductStanding
from reports import answers, svg
from reports.figure import span
from reports.report import Figure, Part, Report, Table, Words
from reports.scorecard import week_of
from reports.signs import DECISIONS, FATES, HEALTHS, label
from reports.standing import SHORT, cell, download
from reports.words import MADE_UP, count, in_full, period, value_of


def portfolio_report(
    whole: Portfolio, cards: Sequence[Scorecard], scope: Scope, version: int, *, made_up: bool = False
) -> Report:
    """The report of a portfolio in a scope with the scorecards of its pilots; `version` is that of the data, `made_up`:
    the demo company is in them.
    """
    found = whole.products
    return Report(
        title="Portfolio of AI products",
        under=f"{period(scope.since, scope.until)} · {count(len(found), 'product')}",
        mark="",
        proposal="",
        answer=answers.portfolio(found),
        landscape=True,
        made_up=f"The demo company is in it. {MADE_UP}" if made_up else "",
        parts=tuple(_parts(found, whole.findings, cards)),
        foot=f"Plumbline · data version {version} · intervals at {_level(found)} · ○ may not decide",
    )


def _parts(found: Sequence[ProductStanding], findings: Sequence[Finding], cards: Sequence[Scorecard]) -> list[Part]:
    if not found:
        return [Words("Products", ("No product is registered yet.",))]
    rows = tuple(
        (each.product.name, label(FATES, each.verdict.decision), label(HEALTHS, each.health.colour),
         *(cell(each.readings.get(name)) for name in HEADLINES))
        for each in found
    )  # fmt: skip
    parts: list[Part] = [
        Table("What works and what fails", ("Product", "Proposal", "Health", *SHORT.values()), rows, 0, download(found),
              "What most needs action first."),
        Words("Why", tuple(f"{each.product.name}: {each.verdict.reason}" for each in found), points=True),
        *_success(found),
        _pilots(cards),
        _checks(findings),
    ]  # fmt: skip
    return parts


def _success(found: Sequence[ProductStanding]) -> list[Part]:
    known = [(each.product.name, each.readings["task_success"]) for each in found if "task_success" in each.readings]
    shown = [(name, reading) for name, reading in known if reading.value is not None]
    if not shown:
        return []
    rows = [svg.Row(name, value_of(of), of.decides, of.value, of.low, of.high) for name, of in shown]
    ends = span([end for _, of in shown for end in (of.low, of.value, of.high)])
    ticks = [svg.Line(tenth / 10, f"{tenth * 10}%") for tenth in range(11) if ends[0] <= tenth / 10 <= ends[1]]
    drawn = svg.intervals(rows, ticks, ends)
    return [Figure("Task success with its interval", drawn, "; ".join(f"{name}: {in_full(of)}" for name, of in shown))]


def _pilots(cards: Sequence[Scorecard]) -> Part:
    if not cards:
        return Words("Pilots", ("No pilot is registered.",))
    rows = [
        {"pilot": card.pilot.name, "when": week_of(card) or "no dates",
         "proposal": label(DECISIONS, card.verdict.decision), "decided": card.decided or ("overdue" * card.overdue),
         "why": card.verdict.reasons[0] if card.verdict.reasons else ""}
        for card in cards
    ]  # fmt: skip
    head = ("Pilot", "When", "Proposal", "Decided", "Why")
    return Table("Pilots and decisions", head, tuple(tuple(row.values()) for row in rows), 4, rows)


def _checks(findings: Sequence[Finding]) -> Part:
    if not findings:
        return Words("Registry", ("Nothing breaks any check of the registry.",))
    broken = Counter(finding.check for finding in findings)
    rows = [
        {"check": check.title, "open": broken[check.id], "rule": check.rule}
        for check in sorted(CHECKS, key=lambda check: -broken[check.id]) if broken[check.id]
    ]  # fmt: skip
    text = tuple((str(row["check"]), str(row["open"]), str(row["rule"])) for row in rows)
    return Table("What the registry leaves open", ("Check", "Rows", "Rule"), text, 2, rows)


def _level(found: Sequence[ProductStanding]) -> str:
    levels = {reading.level for each in found for name, reading in each.readings.items() if not name.startswith("roi")}
    return ", ".join(f"{level:.0%}" for level in sorted(levels)) or "95%"
