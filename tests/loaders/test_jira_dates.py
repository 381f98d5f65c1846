from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.format import Refused
from loaders.jira_dates import Clock, order_of

NAMES = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "en in full": "January February March April May June July August September October November December",
    "de": "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "de in full": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de, Java 8": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "de, CLDR": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "de, Austria": "Jän Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "es, CLDR": "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic.",
    "es in full": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "fr in full": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
FORMS: dict[str, Callable[[datetime, str], str]] = {
    "Cloud": lambda at, name: f"{at.day:02}/{name}/{at:%y} {half(at)}",
    "Cloud, 24 hours": lambda at, name: f"{at.day}/{name}/{at:%y %H:%M}",
    "the second Spanish form": lambda at, name: f"{at.day:02} {name} {at.year}, {at.hour}:{at.minute:02}",
    "with dashes": lambda at, name: (
        f"{at.day}-{name}-{at.year} {half(at).replace('AM', 'a. m.').replace('PM', 'p. m.')}"
    ),
    "German": lambda at, name: f"{at.day}. {name} {at.year} {at:%H:%M}",
    "Spanish in full": lambda at, name: f"{at.day} de {name} de {at.year} a las {at:%H:%M}",
    "French": lambda at, name: f"{at.day} {name} {at.year} à {at:%Hh%M}",
    "American": lambda at, name: f"{name} {at.day}, {at.year} {half(at)}",
    "ISO": lambda at, name: f"{at:%Y-%m-%dT%H:%M}:00.000+0000",
    "year first": lambda at, name: f"{at:%Y/%m/%d %H:%M}",
    "dots": lambda at, name: f"{at:%d.%m.%Y %H:%M}",
}


def half(at: datetime) -> str:
    """The time in twelve hours, narrow no-break space before the half as newer Java writes it."""
    return f"{(at.hour + 11) % 12 + 1}:{at.minute:02}\u202f{'AM' if at.hour < 12 else 'PM'}"


def refuse() -> str:
    """No order is to be asked for."""
    raise AssertionError("this date cannot be doubted")


def ask() -> str:
    """An order is asked for."""
    raise Refused("asked")


@pytest.fixture
def clock() -> Clock:
    return Clock(None, None, refuse)


@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2089, 12, 31)), form=st.sampled_from(sorted(FORMS)),
    names=st.sampled_from(sorted(NAMES)),
)  # fmt: skip
def test_a_moment_is_read_as_it_was_written(at: datetime, form: str, names: str) -> None:
    """Every minute in every form and with the month's name in every language."""
    at = at.replace(second=0, microsecond=0)
    text = FORMS[form](at, NAMES[names].split()[at.month - 1])
    assert Clock(None, None, refuse).moment(text) == at.replace(tzinfo=UTC)


@pytest.mark.parametrize(("text", "said"), [
    ("18/jul/26 9:10 AM", "2026-07-18T09:10"), ("07/Sep/21 7:32 AM", "2021-09-07T07:32"),
    ("29/Mär/26 2:20 PM", "2026-03-29T14:20"), ("06 abr 2026, 0:36", "2026-04-06T00:36"),
    ("25/ago/26 03:45 PM", "2026-08-25T15:45"), ("15/05/18 11:54 PM", "2018-05-15T23:54"),
    ("05/15/18 12:05 AM", "2018-05-15T00:05"), ("28/Feb/25", "2025-02-28T00:00"),
    ("2018-05-14T23:54:10.593+0200", "2018-05-14T21:54:10.593"), ("2018-05-14 23:54 -03:30", "2018-05-15T03:24"),
    ("03/03/26 10:00", "2026-03-03T10:00"), ("01/Jan/99 12:00 PM", "1999-01-01T12:00"),
])  # fmt: skip
def test_forms_that_were_seen(clock: Clock, text: str, said: str) -> None:
    """Cells of real exports, and of REST tools which keep the offset."""
    assert clock.moment(text) == datetime.fromisoformat(said).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", [
    "", "yesterday", "2:18", "-146:41", "29/Foo/26 2:20 PM", "jui 3, 2026", "31/Feb/26 1:00 AM", "29/Mar/26 14:20 PM",
    "29/Mar/26 0:20 PM", "29/Mar/26 24:01", "29/Mar/26 2:60 PM", "29/13/26 1:00", "2026-03-29 14:20 Berlin", "20260329",
])  # fmt: skip
def test_what_is_no_moment(clock: Clock, text: str) -> None:
    """A cell that is none is never guessed at."""
    with pytest.raises(ValueError, match=r"^(?!.*cannot be doubted)"):
        clock.moment(text)


# the order of day and month ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("cells", "order"), [
    (["03/04/26 1:00", "13/04/26 1:00"], "dmy"), (["03/04/26", "", "04/13/26"], "mdy"),
    (["3-4-2026", "30-4-2026"], "dmy"),
])  # fmt: skip
def test_one_date_settles_the_order_of_all(cells: list[str], order: str) -> None:
    """A day above the 12th anywhere in the file tells how the others are written."""
    assert order_of(cells) == order


@pytest.mark.parametrize("cells", [["03/04/26 1:00", "05/05/26"], ["03/04/26", "14.04.2026", "29/Mar/26"]])
def test_an_order_that_nothing_settles_is_asked_for(cells: list[str]) -> None:
    """Dates that could be read both ways are not read at all; dates in another form prove nothing about them."""
    with pytest.raises(Refused, match=r'"03/04/26.*can be read in two ways') as refused:
        order_of(cells)
    assert "--set day_order=dmy (day first) or --set day_order=mdy (month first)" in refused.value.remedy


def test_two_orders_in_one_file_are_refused() -> None:
    """One date with the day first and one with the month: nobody knows what the others mean."""
    with pytest.raises(Refused, match='"13/04/26" has the day first, "04/14/26" the month'):
        order_of(["03/04/26", "13/04/26", "04/14/26"])


def test_an_order_holds_for_every_date() -> None:
    """What was said or settled is asked for once; a date that does not fit it is none; dots mean the day first."""
    asked = []
    clock = Clock(None, None, lambda: asked.append(1) or "mdy")
    assert clock.moment("03/04/26 1:00") == datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert clock.moment("05/04/26 1:00") == datetime(2026, 5, 4, 1, tzinfo=UTC)
    assert clock.moment("05.04.26 1:00") == datetime(2026, 4, 5, 1, tzinfo=UTC)
    assert len(asked) == 1
    with pytest.raises(ValueError, match="month"):
        clock.moment("13/04/26 1:00")


@pytest.mark.parametrize("text", ["12/04/26 1:00", "04/12/26 1:00"])
def test_the_12th_can_be_doubted(text: str) -> None:
    """The last number that is a month too; from the 13th on a date tells its order by itself."""
    with pytest.raises(Refused, match="asked"):
        Clock(None, None, ask).moment(text)
    assert Clock(None, None, ask).moment("13/04/26").day == Clock(None, None, ask).moment("04/13/26").day == 13


# time zones ----------------------------------------------------------------------------------------------------------
def test_local_time_becomes_utc() -> None:
    """Winter and summer of one zone."""
    clock = Clock("Europe/Berlin", None, refuse)
    assert clock.moment("28/Mär/26 2:00 PM") == datetime(2026, 3, 28, 13, tzinfo=UTC)
    assert clock.moment("29/Mär/26 2:00 PM") == datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert clock.skipped == 0


def test_an_hour_that_never_was_is_counted() -> None:
    """When clocks go forward an hour is left out: a moment in it says that the zone is another."""
    clock = Clock("Europe/Berlin", None, refuse)
    clock.moment("29/Mar/26 2:30 AM")
    assert clock.skipped == 1


def test_the_hour_that_comes_twice_does_not_run_backwards() -> None:
    """An answer at 2:10 to a question of 2:50 was given when the clocks had gone back."""
    clock = Clock("Europe/Berlin", None, refuse)
    asked = clock.moment("25/Oct/26 2:50 AM")
    assert clock.moment("25/Oct/26 2:10 AM", asked) - asked == timedelta(minutes=20)
    assert clock.moment("25/Oct/26 2:10 AM") < asked
    assert clock.moment("24/Oct/26 2:10 AM", asked) == datetime(2026, 10, 24, 0, 10, tzinfo=UTC)
    assert clock.skipped == 0
