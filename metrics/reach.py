"""How far the data of use reach."""

from datetime import date
from typing import cast

from data.cursor import Rows


def last_day(store: Rows) -> date | None:
    """The last day with data of use, None without any."""
    found = store.value(
        "SELECT max(day) AS day FROM (SELECT max(day) AS day FROM user_days"
        " UNION ALL SELECT max(day) AS day FROM usage_daily WHERE period_days = 1) AS days"
    )
    return cast("date | None", found)
