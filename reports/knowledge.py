"""Missing knowledge in words: which of it blocks tasks, who answers it, whether the answers helped. Pure."""

from collections.abc import Mapping, Sequence

from metrics.gap_board import Card
from metrics.gap_topics import OPEN_KINDS, GapTopic, Kind
from metrics.published_answers import PublishedAnswer
from reports.words import NOTHING, Sign, count

KINDS: Mapping[Kind, Sign] = {
    "missing": Sign("Missing", "block", "red", "No source is approved for it, or no inventory lists it."),
    "no access": Sign("No access", "lock", "red", "A source is approved, and the product does not find it."),
    "stale": Sign("Stale", "history", "orange", "Its source is older than agreed, or the index behind it."),
    "contradictory": Sign("Contradictory", "call_split", "orange", "The same question gets both verdicts in one run."),
    "unclear": Sign("Unclear", "help", "orange", "It is found, and too few of its eval cases pass."),
    "none seen": Sign("None seen", "check_circle", "green", "Approved, fresh, and its checks pass."),
    "not checked": Sign("Not checked", "pending", "gray", "Nobody registered or tried it, so nothing is known."),
}
GLYPHS: Mapping[Kind, str] = {
    "missing": "✕", "no access": "⊘", "stale": "◷", "contradictory": "⇄", "unclear": "?", "none seen": "✓",
    "not checked": "–",
}  # fmt: skip


def label(kind: Kind) -> str:
    """The type of a gap as one cell of text: its letter and its word."""
    return f"{GLYPHS[kind]} {KINDS[kind].word}"


def money(value: float | None, currency: str) -> str:
    """An amount with its currency, in whole units; a dash where nobody said."""
    return NOTHING if value is None else f"{value:,.0f} {currency}".rstrip()


def answer(
    topics: Sequence[GapTopic], cards: Sequence[Card], answers: Sequence[PublishedAnswer],
    products: Mapping[str, str], people: Mapping[str, str], *, currency: str,
) -> str:  # fmt: skip
    """Which missing knowledge blocks tasks, who answers it, and whether published answers helped."""
    gaps = [each for each in topics if each.blocked and (each.kind in OPEN_KINDS or each.waiting)]
    seen = [each for each in gaps if each.kind in OPEN_KINDS]
    if not topics:
        first = "Which missing knowledge blocks tasks cannot be said: no topic is registered and none is asked about."
    elif not gaps:
        first = "No blocked task is about a topic with a known gap."
    else:
        top = (seen or gaps)[0]
        keeper = people.get(top.expert, top.expert) if top.expert else "nobody"
        worth = f", worth {money(top.lost, currency)} had they been done" if top.lost else ""
        kind = KINDS[top.kind].word.lower() if seen else f"{count(top.waiting, 'gap')} not documented"
        first = (
            f"{top.name} ({products.get(top.product, top.product)}) first: {top.blocked:,} of"
            f" {count(top.tasks, 'task')} about it were blocked{worth}; {kind}, kept by {keeper}."
        )
    return " ".join(filter(None, [first, _waiting(cards), _helped(answers)]))


def _waiting(cards: Sequence[Card]) -> str:
    unanswered = [card for card in cards if card.column == "opened"]
    if not cards:
        return ""
    if not unanswered:
        return "No gap waits for its first answer."
    oldest = max(card.days for card in unanswered)
    verb = "waits" if len(unanswered) == 1 else "wait"
    return f"{count(len(unanswered), 'gap')} {verb} for an answer, the oldest for {count(oldest, 'day')}."


def _helped(answers: Sequence[PublishedAnswer]) -> str:
    held = [each for each in answers if each.low is not None and each.high is not None]
    if not held:
        return "Whether a published answer helped is not known yet." if answers else ""
    better = sum(each.low is not None and each.low > 0 for each in held)
    worse = sum(each.high is not None and each.high < 0 for each in held)
    return (
        f"Of {count(len(held), 'published answer')} that can be compared {better or 'none'} surely helped"
        f"{f', {worse} surely did not' if worse else ''}."
    )


def verdict(each: PublishedAnswer) -> str:
    """What the effect of an answer may be called: only an interval that leaves out zero says better or worse."""
    if each.low is None or each.high is None:
        return "– Not compared" if each.effect is None else "○ Too few people"
    return "▲ Better" if each.low > 0 else "▼ Worse" if each.high < 0 else "≈ May be chance"
