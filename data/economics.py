"""Registry: what products cost and how the work went before them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator

from data.record import Amount, Count, Design, Id, Money, Number, Record, Text


def _month(value: date) -> date:
    if value.day != 1:
        raise ValueError("must be the first day of a month")
    return value


class Baseline(Record):
    """How a scenario went the current way: a measured value with its interval."""

    table, natural_key = "baselines", ("scenario_id", "measure")
    scenario_id: Id
    measure: Text
    value: Number
    low: Number | None = None
    high: Number | None = None
    n: Count | None = None
    design: Design | None = None


class Cost(Record):
    """What a product cost in a month, by kind.

    Amounts are stored in millionths of the currency.
    """

    table, natural_key = "costs", ("product_id", "month", "kind")
    product_id: Id
    month: Annotated[date, AfterValidator(_month)]
    kind: Literal["tokens", "licences", "infrastructure", "people", "sme", "training", "review", "capital", "other"]
    amount_microusd: Money
    basis: Literal["measured", "file", "assumed"] | None = None


class Price(Record):
    """What a model costs per million tokens."""

    table, natural_key = "prices", ("request_model",)
    request_model: Text
    input_per_mtok: Amount
    output_per_mtok: Amount
    cache_read_per_mtok: Amount | None = None


class Assumption(Record):
    """An input of a value calculation that nobody measured, as a distribution, with how good its evidence is."""

    table, natural_key = "assumptions", ("product_id", "pilot_id", "name")
    product_id: Id | None = None
    pilot_id: Id | None = None
    name: Id
    distribution: Literal["point", "uniform", "triangular", "pert", "normal", "lognormal", "beta"]
    p1: Number
    p2: Number | None = None
    p3: Number | None = None
    evidence: Literal["A", "B", "C"]
