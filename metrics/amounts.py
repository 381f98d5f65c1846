"""Values as people read their measure: 82.4%, 6.5 h, 1.25×, 12,400. Pure."""

from metrics.spec import Measure

MARKS: dict[Measure, str] = {"share": "%", "hours": "\u00a0h", "multiple": "×", "money": ""}
"""What stands behind a number of each measure."""


def number(value: float, measure: Measure) -> str:
    """The value without its mark; a share as a percentage. What rounds to zero has no sign."""
    if measure == "share":
        text = f"{100 * value:.1f}"
    elif measure == "multiple":
        text = f"{value:.2f}"
    elif measure == "money":
        text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    else:
        text = f"{value:.1f}"
    return text if text.strip("-0.") else text.lstrip("-")


def amount(value: float, measure: Measure) -> str:
    """The value with its mark."""
    return f"{number(value, measure)}{MARKS[measure]}"
