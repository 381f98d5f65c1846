"""Weeks that were over when they were published and say something else now: late data, or a load taken back."""

from datetime import date, datetime
from typing import NamedTuple, cast

from data.cursor import Rows

# Only what was complete when it was said is restated: a week that was partial was always going to change. A changed
# definition is another number, not another answer, so it begins anew.
_RESTATED = """
SELECT metric, product_id, since, until, then_said, then_value, published_at, value, status
FROM (
  SELECT *,
    lag(value) OVER said AS before_value, lag(status) OVER said AS before_status,
    first_value(value) OVER said AS then_value, first_value(published_at) OVER said AS then_said,
    row_number() OVER (PARTITION BY metric, definition_hash, product_id, pilot_id, since, until
      ORDER BY published_at DESC, data_version DESC) AS place
  FROM readings_log
  WHERE until - since = 6
  WINDOW said AS (PARTITION BY metric, definition_hash, product_id, pilot_id, since, until
    ORDER BY published_at, data_version)) AS entry
WHERE place = 1 AND before_status IS NOT NULL AND value IS DISTINCT FROM then_value
  AND ($metric IS NULL OR metric = $metric) AND ($product IS NULL OR product_id = $product)
ORDER BY product_id, metric, since
"""


class Restated(NamedTuple):
    """A week of a product as it was first published, complete as it was, and as it was published last."""

    metric: str
    product: str
    since: date
    until: date
    said_at: datetime
    said: float | None
    restated_at: datetime
    value: float | None
    status: str

    @property
    def week(self) -> str:
        """The name of the ISO week, as readings have it."""
        year, week, _ = self.since.isocalendar()
        return f"{year}-W{week:02}"


def restated(store: Rows, metric: str | None = None, product: str | None = None) -> list[Restated]:
    """The weeks whose last published value is not the first one, by product, metric and week."""
    rows = store.rows(_RESTATED, {"metric": metric, "product": product})
    return [
        Restated(
            str(row["metric"]), str(row["product_id"]), cast(date, row["since"]), cast(date, row["until"]),
            cast(datetime, row["then_said"]), cast("float | None", row["then_value"]),
            cast(datetime, row["published_at"]), cast("float | None", row["value"]), str(row["status"]),
        )
        for row in rows
    ]  # fmt: skip


def as_data(found: list[Restated]) -> list[dict[str, object]]:
    """Weeks as what JSON can hold."""
    return [{"week": each.week, **each._asdict()} for each in found]
