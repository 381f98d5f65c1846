import itertools
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.health import UNKNOWN, WORST_FIRST, Colour, Health
from metrics.portfolio_verdict import ProductCase, Trend, outdoes, product_verdict
from metrics.spec import Better
from tests.metrics.pilots import seen


def told(colour: Colour) -> Health:
    """A health with a sentence of its own."""
    return Health(colour, f"It is {colour}.")


GREEN, LIKELY, AMBER, DOUBT, RED = (told(c) for c in ("green", "likely_green", "amber", "likely_red", "red"))
GREY = Health("grey", "No source says which of the 900 tasks ended well: load outcomes, ratings or feedback.")
FINE = ProductCase(
    days_since_launch=400,
    adoption=GREEN,
    reach=GREEN,
    task_success=GREEN,
    errors=GREEN,
    escalation=GREEN,
    roi=GREEN,
    better_elsewhere=(),
    trend="same",
    users=500,
)
WORTHY = replace(FINE, pilot="scale")

POLICY: list[tuple[str, ProductCase, str, str, str]] = [
    ("launched yesterday", replace(FINE, days_since_launch=1), "new", "new", "Launched 1 day ago: it has 30 days"),
    ("not launched", replace(FINE, days_since_launch=-3), "new", "new", "Not launched yet"),
    ("failing within its grace", replace(FINE, days_since_launch=29, adoption=RED, task_success=RED), "new", "new",
     "30"),
    ("failing after it", replace(FINE, days_since_launch=30, adoption=RED, task_success=RED), "retire", "retire", ""),
    ("launch not known", replace(FINE, days_since_launch=None), "keep", "keep", ""),
    ("better elsewhere", replace(FINE, better_elsewhere=("kb", "chat")), "merge", "merge", "done better by chat, kb."),
    ("better elsewhere, failing", replace(FINE, better_elsewhere=("kb",), adoption=RED, task_success=RED), "merge",
     "merge", ""),
    ("neither used nor good", replace(FINE, adoption=RED, task_success=RED), "retire", "retire",
     "Adoption: It is red. Task success: It is red."),
    ("neither used nor worth it", replace(FINE, adoption=RED, task_success=AMBER, roi=RED), "retire", "retire", "ROI:"),
    ("used by nobody", replace(FINE, adoption=RED, task_success=GREY, users=0), "retire", "retire", "Nobody used it"),
    ("neither used nor good, trend not known", replace(FINE, adoption=RED, task_success=RED, trend=None), "retire",
     "retire", ""),
    ("neither, but getting better", replace(FINE, adoption=RED, task_success=RED, trend="better"), "fix",
     "failing", ""),
    ("unused, success not known", replace(FINE, adoption=RED, task_success=GREY), "measure", "measure",
     "load outcomes"),
    ("unused and good", replace(FINE, adoption=RED), "fix", "unused", "people do not come back"),
    ("unused and good, losing money", replace(FINE, adoption=RED, roi=RED), "fix", "unused", ""),
    ("many use it and it fails", replace(FINE, task_success=RED), "fix", "used-and-failing", "it fails them"),
    ("many try it and it fails", replace(FINE, adoption=AMBER, task_success=RED), "fix", "used-and-failing", ""),
    ("some use it and it fails", replace(FINE, adoption=AMBER, reach=AMBER, task_success=RED), "fix", "failing", ""),
    ("adoption not known and it fails", replace(FINE, adoption=GREY, reach=GREY, task_success=RED), "fix",
     "failing", ""),
    ("wrong", replace(FINE, errors=RED, escalation=AMBER), "fix", "wrong", "Errors: It is red."),
    ("wrong and quiet", replace(FINE, errors=RED), "fix", "wrong", "Few escalations are no comfort"),
    ("wrong, nothing else known", ProductCase(days_since_launch=90, errors=RED), "fix", "wrong", ""),
    ("escalating", replace(FINE, escalation=RED), "fix", "escalating", "Escalation: It is red."),
    ("losing money", replace(FINE, roi=RED), "fix", "unprofitable", "ROI: It is red."),
    ("getting worse", replace(FINE, trend="worse"), "fix", "degrading", "getting worse"),
    ("getting worse, worth scaling", replace(WORTHY, trend="worse"), "fix", "degrading", ""),
    ("worth scaling", WORTHY, "scale", "scale", "A pilot is worth scaling."),
    ("worth scaling, amber here and there", replace(WORTHY, adoption=AMBER, roi=LIKELY), "scale", "scale", ""),
    ("worth scaling, success likely", replace(WORTHY, task_success=LIKELY), "keep", "keep",
     "not yet: task success does"),
    ("worth scaling, errors likely red", replace(WORTHY, errors=DOUBT), "keep", "keep", "errors is likely red"),
    ("worth scaling, ROI not known", replace(WORTHY, roi=GREY), "keep", "keep", "not yet: ROI is not known"),
    ("worth scaling, trend not known", replace(WORTHY, trend=None), "keep", "keep", "the trend is not known"),
    ("worth scaling, others not known", replace(WORTHY, better_elsewhere=None), "keep", "keep", "another product does"),
    ("a running pilot", replace(FINE, pilot="running"), "keep", "keep", "Nothing that must be known is surely wrong."),
    ("fine", FINE, "keep", "keep", "Nothing that must be known is surely wrong."),
    ("to be watched", replace(FINE, adoption=AMBER, errors=DOUBT), "keep", "keep", "Watch adoption, errors."),
    ("ROI not known", replace(FINE, roi=GREY), "keep", "keep", ""),
    ("success not known", replace(FINE, task_success=GREY), "measure", "measure", "task success: No source says which"),
    ("worth scaling, success not known", replace(WORTHY, task_success=GREY), "measure", "measure", "load outcomes"),
    ("adoption not known", replace(FINE, adoption=GREY), "measure", "measure", "adoption: No source"),
    ("errors not known", replace(FINE, errors=UNKNOWN), "measure", "measure", "errors: It has not been measured."),
    ("nothing known", ProductCase(days_since_launch=None), "measure", "measure", "Too little is measured to say."),
]  # fmt: skip
RULES = {
    "new", "merge", "retire", "used-and-failing", "failing", "wrong", "escalating", "unused", "unprofitable",
    "degrading", "scale", "keep", "measure",
}  # fmt: skip


@pytest.mark.parametrize(("name", "case", "decision", "rule", "words"), POLICY, ids=[line[0] for line in POLICY])
def test_the_policy(name: str, case: ProductCase, decision: str, rule: str, words: str) -> None:
    """Each case has its decision, by its rule, with its reason."""
    found = product_verdict(case)
    assert (found.decision, found.rule) == (decision, rule), name
    assert words in found.reason


def test_every_rule_is_reached() -> None:
    """The policy's table holds a case of each rule, and there is no other."""
    assert {rule for _, _, _, rule, _ in POLICY} == RULES
    assert len({name for name, *_ in POLICY}) == len(POLICY)


# What makes each rule match, in the order of the rules.
TROUBLE: dict[str, dict[str, Any]] = {
    "new": {"days_since_launch": 3},
    "merge": {"better_elsewhere": ("kb",)},
    "retire": {"adoption": RED, "users": 0},
    "used-and-failing": {"task_success": RED},
    "wrong": {"errors": RED},
    "escalating": {"escalation": RED},
    "unprofitable": {"roi": RED},
    "degrading": {"trend": "worse"},
    "scale": {"pilot": "scale"},
}


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(TROUBLE, 2)))
def test_of_two_rules_that_match_the_first_wins(first: str, second: str) -> None:
    """With two things to say of a product the rule that stands earlier decides."""
    fields: dict[str, Any] = TROUBLE[second] | TROUBLE[first]
    assert product_verdict(replace(FINE, **fields)).rule == first


@pytest.mark.parametrize(("first", "change"), [
    ("wrong", {"errors": RED}), ("escalating", {"escalation": RED}), ("unused", {"roi": RED, "trend": "worse"}),
])  # fmt: skip
def test_the_place_of_unused(first: str, change: dict[str, Any]) -> None:
    """That nobody comes back is told after what is wrong with the product, before money and trend."""
    assert product_verdict(replace(FINE, adoption=RED, **change)).rule == first


def test_what_is_not_measured_is_named() -> None:
    """Whatever the decision, the metrics nobody measures stand beside it."""
    assert product_verdict(replace(FINE, roi=GREY, escalation=GREY)).unknown == ("escalation", "ROI")
    assert product_verdict(FINE).unknown == ()


def test_the_days_of_grace_are_passed_in() -> None:
    """Another company gives another grace."""
    young = replace(FINE, days_since_launch=45)
    assert product_verdict(young).decision == "keep"
    assert product_verdict(young, grace_days=60).decision == "new"


FIVE = ("adoption", "task_success", "errors", "escalation", "roi")
KNOWN = tuple(colour for colour in WORST_FIRST if colour != "grey")


def product(colours: tuple[Colour, ...], **more: Any) -> ProductCase:
    """A product of these five colours."""
    named: dict[str, Any] = {name: told(colour) for name, colour in zip(FIVE, colours, strict=True)}
    return replace(FINE, **named, **more)


def changed(case: ProductCase, name: str, value: Any) -> ProductCase:
    """The case with one field replaced."""
    fields: dict[str, Any] = {name: value}
    return replace(case, **fields)


def test_only_solid_colours_drive_a_change() -> None:
    """Without red, trend down and a better product, nothing is fixed, merged or retired, however it looks."""
    for colours in itertools.product(("likely_red", "amber", "grey", "likely_green"), repeat=5):
        for pilot in ("scale", None):
            found = product_verdict(product(cast("tuple[Colour, ...]", colours), pilot=pilot))
            assert found.decision in ("keep", "measure")


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(*[st.sampled_from(KNOWN)] * 5),
    st.sampled_from(FIVE),
    st.sampled_from(KNOWN),
    st.sampled_from(["better", "same", "worse", None]),
    st.sampled_from(["scale", "rework", None]),
)
def test_a_better_colour_never_worsens_the_decision(
    colours: tuple[Colour, ...], which: str, other: Colour, trend: Trend | None, pilot: str | None
) -> None:
    """From retire over fix and keep to scale, never back."""
    before = product(colours, trend=trend, pilot=pilot)
    if WORST_FIRST.index(other) < WORST_FIRST.index(getattr(before, which).colour):
        return
    order = ("retire", "fix", "keep", "scale").index
    assert order(product_verdict(changed(before, which, told(other))).decision) >= order(
        product_verdict(before).decision
    )


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(*[st.sampled_from(WORST_FIRST)] * 5),
    st.sampled_from([(), ("kb",), None]),
    st.sampled_from(["better", "same", "worse", None]),
    st.sampled_from(["scale", "scale", None]),
)
def test_knowing_less_never_gives_scale(
    colours: tuple[Colour, ...], elsewhere: tuple[str, ...] | None, trend: Trend | None, pilot: str | None
) -> None:
    """Taking away a metric, the trend, the pilot or the look at other products never gives scale, nor keep what must be
    known.
    """
    case = product(colours, better_elsewhere=elsewhere, trend=trend, pilot=pilot)
    for name in FIVE:
        found = product_verdict(changed(case, name, GREY)).decision
        assert found != "scale"
        assert name not in FIVE[:3] or found != "keep"
    for name in ("trend", "better_elsewhere", "pilot"):
        assert product_verdict(changed(case, name, None)).decision != "scale"


@pytest.mark.parametrize(
    ("better", "theirs", "ours", "surely"),
    [
        ("higher", (0.81, 0.85, 0.9), (0.7, 0.75, 0.8), True),
        ("higher", (0.80, 0.85, 0.9), (0.7, 0.75, 0.8), False),
        ("higher", (0.7, 0.75, 0.8), (0.81, 0.85, 0.9), False),
        ("lower", (0.01, 0.02, 0.03), (0.04, 0.05, 0.06), True),
        ("lower", (0.04, 0.05, 0.06), (0.01, 0.02, 0.03), False),
        ("band", (0.81, 0.85, 0.9), (0.1, 0.2, 0.3), False),
    ],
)
def test_another_product_is_better_only_surely(
    better: Better, theirs: tuple[float, float, float], ours: tuple[float, float, float], surely: bool
) -> None:
    """The intervals lie apart, on the right side."""
    assert outdoes(seen(*theirs), seen(*ours), better) is surely


def test_a_product_is_compared_only_by_what_may_decide() -> None:
    """A reading that is missing, stale or of too few people makes nobody merge."""
    theirs, ours = seen(0.81, 0.85, 0.9), seen(0.7, 0.75, 0.8)
    assert outdoes(theirs, ours, "higher")
    for change in ({"status": "stale"}, {"decides": False}, {"low": None, "high": None}):
        assert not outdoes(replace(theirs, **change), ours, "higher")
        assert not outdoes(theirs, replace(ours, **change), "higher")
    assert not outdoes(None, ours, "higher")
    assert not outdoes(theirs, None, "higher")
