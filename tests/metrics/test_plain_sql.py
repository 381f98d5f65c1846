import math
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.warehouse import Warehouse
from metrics import CATALOG, Scope, read
from metrics.literals import inlined, literal
from metrics.plain_sql import plain
from metrics.spec import Dimension, Duration, Ratio, Reading
from tests.metrics.company import Company
from tests.metrics.reviews import audit, review
from tests.metrics.test_hallucination_rate import calibration, mixed


class Shell:
    """A DuckDB without anything of the product, on a copy of a warehouse's file."""

    def __init__(self, file: Path, folder: Path) -> None:
        copy = folder / "copy.duckdb"
        copy.write_bytes(file.read_bytes())
        self.connection = duckdb.connect(str(copy), read_only=True)

    def run(self, text: str) -> list[dict[str, object]]:
        """What a statement prints."""
        cursor = self.connection.execute(text)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def printed(number: object) -> float | None:
    """A number as readings print it: at 12 significant digits."""
    return None if number is None else float(f"{float(str(number)):.12g}")


def answers(shell: Shell, text: str, by: tuple[str, ...]) -> dict[tuple[object, ...], dict[str, object]]:
    """The rows of a statement by group."""
    keys = ["bucket" if name in ("day", "week", "month") else name for name in by]
    return {tuple(row[key] for key in keys): row for row in shell.run(text)}


def agree(shell: Shell, store: Warehouse, name: str, scope: Scope, by: tuple[Dimension, ...]) -> int:
    """Every value that the metric shows is the statement's, to the last printed digit, and so are its moments; how many
    were compared.
    """
    metric = CATALOG[name]
    text = plain(store, metric, scope, by)
    assert "$" not in text
    rows, compared = answers(shell, text, by), 0
    for reading in read(store, [name], scope, by):
        if reading.value is None:
            continue
        if "week" in by:
            key: tuple[object, ...] = tuple(
                date.fromisocalendar(int(value[:4]), int(value[6:]), 1) if dimension == "week" else value
                for dimension, value in reading.group.items()
                if value is not None
            )
        else:
            key = tuple(reading.group.values())
        row = rows[key]
        assert printed(row[column_of(reading, text)]) == reading.value, (name, reading.group)
        if isinstance(metric, Ratio):
            prefix = name.replace(".", "_")
            assert row[f"{prefix}_units"] == reading.units
            assert row[f"{prefix}_{'events' if metric.events else 'of'}"] == reading.events
            hits, of = int(str(row[f"{prefix}_hits"])), int(str(row[f"{prefix}_of"]))
            assert printed(hits / of) == reading.value
        if name == "task_success.eval":
            cases, totals, demands = (row[moment] for moment in ("cases_of", "totals", "demands"))
            assert sum(cases) == row["cases"] == reading.events  # type: ignore[arg-type]
            parts = list(zip(cases, totals, demands, strict=True))  # type: ignore[call-overload]
            whole = math.fsum(demand for _, _, demand in parts)
            assert printed(math.fsum(d * t / n for n, t, d in parts) / whole) == reading.value
        if isinstance(metric, Duration):
            assert sum(row["events"]) == row["answered"] == reading.events  # type: ignore[arg-type]
        compared += 1
    return compared


def column_of(reading: Reading, text: str) -> str:
    """The column that holds the value: of the paths to a rate the one that the text names for the group."""
    group = ", ".join(str(value) for value in reading.group.values()) or "all"
    line = next((line for line in text.splitlines() if line.startswith(f"-- {group}: the value is the column ")), "")
    return line.rsplit(" ", 1)[-1] if line else "value"


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00")),
        st.dates(date(1, 1, 1)), st.times(),
        st.lists(st.dates(date(1, 1, 1)), min_size=1, max_size=4),
        st.datetimes(datetime(1, 1, 1)),
    )
)  # fmt: skip
def test_a_literal_is_the_value(value: object) -> None:
    """What DuckDB reads is what was written, whatever a person typed."""
    (found,) = duckdb.execute(f"SELECT {inlined('$x', {'x': value})}").fetchone() or ()
    if isinstance(value, float):
        assert math.isclose(float(found), value, rel_tol=1e-15, abs_tol=1e-300)
    else:
        assert found == value


def test_only_parameters_are_replaced() -> None:
    """A dollar within quotes or a comment stays; a value that looks like a parameter is not replaced again."""
    text = "SELECT '$a', $a -- $b\n, $ab"
    assert inlined(text, {"a": "$ab", "b": 1, "ab": [date(2026, 9, 7)]}) == (
        "SELECT '$a', '$ab' -- $b\n, [DATE '2026-09-07']"
    )
    assert literal(time(9, 0)) == "TIME '09:00:00'"
    with pytest.raises(TypeError, match="no parameter is a set"):
        literal({1})


@pytest.mark.parametrize("path", ["corrected", "powered", "audited", "judged"])
def test_each_path_to_a_rate_of_errors_is_a_column(
    company: Company, tmp_path: Path, september: Scope, path: str
) -> None:
    """A judge corrected by its calibration set, people with a judge, people alone, and a judge nobody checked: the text
    names the column that holds the value.
    """
    looked, judges = (
        {"powered": 2, "audited": 1}.get(path),
        path != "audited",
    )  # people at every task, every second, none
    audit(company.sells("chat"), {
        who: [
            (person if looked and number % looked == 0 else None, judge if judges else None)
            for number, (person, judge) in enumerate(each)
        ]
        for who, each in mixed(40, 10, wrong=3, caught=5, accused=9).items()
    })  # fmt: skip
    if path == "corrected":
        review(company, calibration(good=(91, 9), wrong=(6, 94)))
    text = plain(company.store, CATALOG["hallucination_rate"], september)
    (reading,) = read(company.store, ["hallucination_rate"], september)
    company.store.close()
    assert f"-- all: the value is the column {path}\n" in text
    (row,) = Shell(company.store.path, tmp_path).run(text)
    assert reading.value is not None
    assert printed(row[path]) == reading.value
