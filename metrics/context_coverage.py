"""Context coverage: of what a product must know, weighted by how much it is asked for, how much it can find."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import cast, get_args

from data.cursor import Row, Rows
from metrics import inventory
from metrics.ground import Ground
from metrics.groups import in_words, places
from metrics.inventory import Inventory
from metrics.spec import (
    Asked,
    Conclusion,
    Derived,
    Dimension,
    Estimate,
    Group,
    Inputs,
    MetricError,
    Ratio,
    Reading,
    Status,
)
from metrics.statistics import rounded

STRONGEST: tuple[Status, ...] = get_args(Status)
BY: frozenset[Dimension] = frozenset(("product", "pilot"))
SHOWN = (
    "product", "topic_id", "name", "approved", "indexed_at", "source_updated_at", "source_age", "freshness_days",
    "fresh", "probes", "probes_passed", "retrievable", "cases", "cases_passed", "answerable", "questions", "sme_id",
    "reviewed_on",
)  # fmt: skip
WEIGHTS = (
    " Topics weigh what production asks: the interactions of the period that name them, without shadow-mode and"
    " synthetic rows and accounts that are not counted; else the weight in the registry; else all the same. The"
    " inventory is the registry's as it stands: required topics of the product. It is counted whole, so there is no"
    " interval. Of several products each counts the same."
)


def conclude(inputs: Inputs, *, stage: str, headline: bool = False) -> tuple[Estimate, Conclusion]:
    """The weighted share of topics that reached a stage. The headline falls back to the stages that need no check."""
    ground, group = inputs.ground, inputs.group
    whose, found = in_words(ground, group), cast("tuple[Inventory, ...]", inputs.found or ())
    if not found:
        return _unmeasured(
            f"No inventory of {whose}: say in the registry's topics what it must know (required topics)."
            if ground.products
            else "The registry has no product that this may count: register one and say what it must know."
        )
    judged = [(each, *_judged(each, stage, headline, ground)) for each in found]
    measured = [(each, reached, status, missing) for each, reached, status, missing in judged if reached]
    if not measured:
        return _unmeasured(judged[0][3])
    value = rounded(sum(each.share(reached) for each, reached, _, _ in measured) / len(measured))
    _, _, status, missing = min(measured, key=lambda each: STRONGEST.index(each[2]))
    topics = sum(len(each.topics) for each, *_ in measured)
    method = _method([each for each, *_ in measured], stage, ground, group)
    return Estimate(value, None, None, None, method), Conclusion(status, status == "ok", missing, topics, topics)


def _judged(each: Inventory, stage: str, headline: bool, ground: Ground) -> tuple[str, Status, str]:
    """The stage that can be said of one product ("" for none), and the status with its sentence."""
    unprobed = (
        f"Nobody has probed what {each.product} finds: load results of probe questions (origin probe, with topic)"
    )
    untried = f"No eval case of {each.product} names a topic: load results of a suite whose cases do"
    if stage in ("retrievable", "answerable") and not each.count("probes"):
        if not headline:
            return "", "not_measured", f"{unprobed}."
        stage, missing = "fresh", f"{unprobed}. This counts topics that are approved, indexed and fresh."
    elif stage == "answerable" and not each.count("cases"):
        return "", "not_measured", f"{untried}."
    else:
        missing = ""
    reviewed, limit = each.reviewed(), ground.settings.inventory_review_days
    if (age := (each.edge() - reviewed).days) > limit:
        late = f"The inventory of {each.product} was last reviewed on {reviewed}, {age} days before {each.edge()}"
        return stage, "stale", f"{late}; it is due every {limit} days."
    return stage, "insufficient" if missing else "ok", missing


def _unmeasured(sentence: str) -> tuple[Estimate, Conclusion]:
    return Estimate(None, None, None, None, "census"), Conclusion("not_measured", False, sentence, 0, 0)


def _method(found: Sequence[Inventory], stage: str, ground: Ground, group: Group) -> str:
    topics = [row for each in found for row in each.topics]
    words = [f"census of {len(topics)} required topics"]
    every = inventory.products_of(ground, group)
    if len(every) > 1:
        words[0] += f" of {len(found)} of {len(every)} products"
    words.append(found[0].weights()[1] if len(found) == 1 else "each product counting the same")
    if optional := [row for each in found for row in each.optional]:
        asked, left = (sum(int(str(row["questions"])) for row in rows) for rows in (topics, optional))
        share = f" with {left / (asked + left):.0%} of the questions" if asked + left else ""
        words.append(f"{len(optional)} optional left out{share}")
    if stage == "answerable":
        tried = sum(1 for row in topics if row["cases"])
        words.append(f"{tried} have eval cases, the others count as retrievable")
    return "; ".join(words)


def rows(reader: Rows, reading: Reading, asked: Asked, limit: int, after: str | None) -> list[Row]:
    """The required topics with every stage, what they weigh and what was checked: first those that are not covered, by
    weight.
    """
    found = inventory.load(reader, asked)
    key = next((key for group, _, key in places(asked.ground, asked.by, ()) if group == reading.group), None)
    if key is None:
        raise MetricError("That group is not in the scope asked for.", "Give the scope of the reading.")
    topics = []
    for each in found[key]:
        weights = each.weights()[0]
        topics += [
            {**{name: row[name] for name in SHOWN}, "weight": rounded(weight / sum(weights))}
            for weight, row in zip(weights, each.topics, strict=True)
        ]
    topics.sort(key=lambda row: (bool(row["retrievable"]), -cast(float, row["weight"]), str(row["topic_id"])))
    placed = [{**row, "cursor": f"{place:06d}"} for place, row in enumerate(topics)]
    return [row for row in placed if after is None or str(row["cursor"]) > after][:limit]


def _stage(stage: str, title: str, question: str, what: str) -> Derived:
    return replace(
        HEADLINE,
        name=f"context_coverage.{stage}",
        title=title,
        question=question,
        definition=f"The weighted share of required topics that {what}." + WEIGHTS,
        conclude=partial(conclude, stage=stage),
        caveat="",
    )


HEADLINE = Derived(
    name="context_coverage",
    title="Context coverage",
    question="Of what it must know, how much can it find?",
    definition=(
        "The weighted share of required topics that are approved, indexed, fresh and retrievable. Fresh: the newest"
        " version of the source is not older, at the last day of data, than the topic's freshness_days, and the index"
        " not further behind it; a topic without that number has no limit. Retrievable: at least a share (a setting,"
        " 80%) of its probe questions passed in its newest run; without probes it is not. Where nobody probed the"
        " product at all, topics count up to fresh, and the value decides nothing. An inventory that nobody reviewed"
        " for 90 days (a setting) is stale." + WEIGHTS
    ),
    facts=("inventory",),
    dimensions=BY,
    unsplit="the inventory is known as it stands: what was indexed and fresh in another week is not recorded",
    load=inventory.load,
    conclude=partial(conclude, stage="retrievable", headline=True),
    text=inventory.text,
    rows=rows,
    units_are="topics",
    counts="required topics",
    better="higher",
    caveat="A short inventory is easily covered: read it beside the questions on topics that it does not list.",
    settings=("inventory_review_days", "probe_share", "reporting_zone"),
    census=True,
)

METRICS = (
    HEADLINE,
    _stage("approved", "Approved", "Of what it must know, how much has an approved source?", "are approved"),
    _stage(
        "fresh", "Approved and fresh", "Of what it must know, how much is approved, indexed and fresh?",
        "are approved, indexed and fresh (as in the headline)",
    ),
    _stage(
        "retrievable", "Retrievable", "Of what it must know, how much do probe questions find?",
        "are approved, indexed, fresh and retrievable (as in the headline); not measured where nobody probed",
    ),
    _stage(
        "answerable", "Answerable", "Of what it must know, how much does it answer as its eval cases demand?",
        "are retrievable and of whose eval cases, where there are some, at least the same share passes (in each suite's"
        " newest run)",
    ),
    Ratio(
        name="context_coverage.unregistered",
        title="Unlisted demand",
        question="Of the questions whose topic is known, how many are about one that the inventory does not list?",
        definition=(
            "Interactions whose topic the product's inventory does not list / interactions that name a topic, of"
            " products that have an inventory. Shadow-mode and synthetic rows and accounts of services, tests and the"
            " product team are left out."
        ),
        fact="inventory",
        hit="unlisted",
        of="1",
        counts="interactions that name a topic",
        better="lower",
        caveat="A coverage that rises while this rises has lost topics, not gained answers.",
    ),
)  # fmt: skip
