"""The sentence of the Product page claims no more than the intervals allow."""

from dataclasses import replace

import pytest

from data.portfolio import Product
from metrics.compare import Delta
from metrics.health import UNKNOWN
from metrics.portfolio_verdict import ProductVerdict
from metrics.spec import Reading
from metrics.standing import ProductStanding
from reports import answers


@pytest.fixture
def success() -> Reading:
    return Reading(
        metric="task_success", group={}, value=0.8, low=0.75, high=0.85, level=0.95, units=50, events=100,
        method="jackknife Wilson", status="ok", decides=True, missing="", definition_hash="abc", data_version=3,
    )  # fmt: skip


def standing(success: Reading) -> ProductStanding:
    """A product with this task success, of which the numbers propose to keep it."""
    return ProductStanding(
        product=Product(product_id="chat", name="Chat"), readings={"task_success": success}, healths={},
        health=UNKNOWN, verdict=ProductVerdict("keep", "keep", "Nothing is surely wrong."), complete=3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (Delta(0.05, 0.01, 0.09), "Chat is getting better: task success 80.0% (75.0–85.0), +5.0"),
        (Delta(-0.05, -0.09, -0.01), "Chat is getting worse: task success 80.0% (75.0–85.0), -5.0"),
        (Delta(0.05, -0.01, 0.11), "Chat is neither surely better nor worse: task success 80.0% (75.0–85.0), +5.0"),
        (Delta(None, None, None, "The definition changed in between."), "whether it gets better is not known. The def"),
        (None, "Chat stands at task success 80.0% (75.0–85.0). Proposal: keep."),
    ],
)
def test_better_or_worse_is_said_only_where_the_interval_leaves_out_zero(
    success: Reading, delta: Delta | None, words: str
) -> None:
    """Clear changes are named, others are said to be neither; a refused comparison says why."""
    said = answers.product(standing(success), delta)
    assert words in said
    assert said.endswith("Proposal: keep.")


def test_too_few_people_say_nothing_about_better_or_worse(success: Reading) -> None:
    """A reading that may not decide is shown with its reason, even where its change looks clear."""
    few = replace(success, units=12, decides=False, missing="12 people of the 30 that a decision needs.")
    said = answers.product(standing(few), Delta(0.3, 0.1, 0.5))
    assert "getting better" not in said
    assert "12 people of the 30" in said


def test_without_a_value_the_sentence_says_what_is_missing(success: Reading) -> None:
    """Nothing measured is not a product that stands still."""
    none = replace(success, value=None, low=None, high=None, status="not_measured", missing="No source says so: load.")
    said = answers.product(standing(none), None)
    assert said.startswith("Whether Chat gets better cannot be said: no source says so: load.")
