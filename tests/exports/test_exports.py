"""Files that the real tools wrote, with the values that are known from what made them."""

import pytest

from loaders import FORMATS
from tests.exports.compare import EXPORTS, compared, manifest
from tests.exports.values import same

ROWS = [row for row in manifest() if row["format"] in FORMATS] if EXPORTS.is_dir() else []


@pytest.mark.skipif(not ROWS, reason="the exports of ../shared are not there")
@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_an_export_is_what_its_manifest_states(row: dict[str, str]) -> None:
    """Every count, person, token, cent and minute comes out, or the file is refused for a reason that is known."""
    values = list(compared(row))
    assert values
    assert [value for value in values if not value.equal] == []


def test_numbers_are_compared_to_the_digits_that_are_written() -> None:
    """A mean of 0.4195 is one that rounds to it; whole numbers, words and maps must be equal."""
    assert same(0.4195, 0.41949)
    assert not same(0.4195, 0.4194)
    assert not same(3, 4)
    assert not same(3.0, None)
    assert same({"a": 1, "b": 0}, {"a": 1})
    assert not same({"a": 1}, {"a": 2})
    assert not same({"a": {"n": 1}}, {"a": {"n": 1}, "b": {"n": 2}})
