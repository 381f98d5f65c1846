"""Running the checks: what breaks them now, and how complete the registry is about each product."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import cast

from data.cursor import Rows
from data.settings import settings
from metrics.checks.catalogue import CHECKS, COMPLETENESS
from metrics.checks.check import Check, Finding, Judged, Standing, query

NAMES = query("SELECT product, called FROM shelf ORDER BY product")


def run(
    store: Rows,
    as_of: date,
    today: date,
    products: Collection[str] | None = None,
    readings: Mapping[str, Standing] | None = None,
) -> list[Finding]:
    """Everything that breaks a check, in the order of the checks, then by product and subject.

    `as_of` is the last day with data, which ages are counted from; a product retired by `today` is not checked.
    `products` are those the asker may see (None: all); a thing of no product is for who sees all. `readings` are the
    standings by product; without them no check of readings finds anything. A query a check: give a reader
    (`store.reading()`) for answers of one version of the data.
    """
    known = {
        "as_of": as_of,
        "today": today,
        "visible": None if products is None else sorted(products),
        "reporting_zone": settings(store).reporting_zone,
    }
    found: list[Finding] = []
    for check in CHECKS:
        broken = (
            _judged(store, check, known, readings or {}) if isinstance(check, Judged) else _asked(store, check, known)
        )
        found += sorted(broken, key=lambda f: (f.product or "", f.pilot or "", f.subject, f.what))
    return found


def completeness(findings: Iterable[Finding], products: Iterable[str]) -> dict[str, int]:
    """Of each product how many of the eleven things the registry must say it does say, from the findings of a run.

    A handover counts as said in the stages that need none.
    """
    missing = {(finding.product, finding.check) for finding in findings}
    return {product: sum((product, check) not in missing for check in COMPLETENESS) for product in products}


def _asked(store: Rows, check: Check, known: Mapping[str, object]) -> list[Finding]:
    return [
        Finding(
            check=check.id,
            subject=str(row["subject"]),
            product=cast("str | None", row["product"]),
            pilot=cast("str | None", row["pilot"]),
            what=str(row["what"]),
        )
        for row in store.rows(check.sql, _bound(check.sql, known))
    ]


def _judged(store: Rows, check: Judged, known: Mapping[str, object], readings: Mapping[str, Standing]) -> list[Finding]:
    if not readings:
        return []
    called = {str(row["product"]): str(row["called"]) for row in store.rows(NAMES, _bound(NAMES, known))}
    sentences = {product: check.breaks(called[product], readings[product]) for product in called if product in readings}
    return [
        Finding(check=check.id, subject=product, product=product, pilot=None, what=what)
        for product, what in sentences.items()
        if what
    ]


def _bound(sql: str, known: Mapping[str, object]) -> dict[str, object]:
    return {name: known[name] for name in dict.fromkeys(re.findall(r"\$(\w+)", sql))}
