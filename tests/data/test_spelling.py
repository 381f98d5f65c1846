"""When two ids may be one person: every way of writing that says nothing, and the ones that say something."""

import pytest

from data.spelling import differs, forms, logins, of_name


@pytest.mark.parametrize(
    ("one", "other", "in_what"),
    [
        ("ALee", "alee", "case"),
        ("alee@corp.example", "alee", "the domain"),
        ("alee@corp.example", "alee@old.example", "the domain"),
        ("CORP\\alee", "alee", "the domain"),
        ("ann.lee", "ann_lee", "separators"),
        ("ann-lee@corp.example", "Ann.Lee", "the domain and separators"),
        ("jörg.müller", "joerg.mueller", "umlauts"),
        ("jörg.müller", "jorg.muller", "umlauts"),
        ("Jürgen Groß", "juergen.gross@corp.example", "the domain, umlauts and separators"),
        ("ann.lee", "ann.lee", ""),
    ],
)
def test_ids_that_may_be_one_person(one: str, other: str, in_what: str) -> None:
    """They have a form in common, and it is said in what they differ, whichever comes first."""
    assert forms(one) & forms(other)
    assert differs(one, other) == differs(other, one) == in_what


@pytest.mark.parametrize(
    ("one", "other"),
    [("ann.lee", "ann.lea"), ("ann", "ann.lee"), ("1-001", "10-01"), ("lee.ann", "ann.lee"), ("@", "-"), ("", ".")],
)
def test_ids_that_are_different(one: str, other: str) -> None:
    """Another letter, a part only, other digits, another order: nothing in common."""
    assert not forms(one) & forms(other)


def test_logins_that_a_name_makes() -> None:
    """Both parts in either order or as an initial, umlauts written either way; a first name alone proves nothing."""
    assert {"annlee", "leeann", "alee", "leea", "annl"} <= of_name("Ann Lee")
    assert of_name("Lee, Ann") == of_name("Ann Lee")
    assert {"jmueller", "jmuller"} <= of_name("Jörg Müller")
    assert {"lvanbeethoven", "lbeethoven"} <= of_name("Ludwig van Beethoven")
    assert of_name("Ann") == frozenset()
    assert not {"al", "bo", "ann", "lee"} & (of_name("Ann Lee") | of_name("Al Bo"))


def test_logins_as_they_are_written() -> None:
    """For whole comparisons: separators, capitals, and addresses of the domains that were said; each has a form that
    the name makes.
    """
    found = logins("Ann Lee", ["corp.example"])
    assert {"ann.lee", "a.lee", "ann_lee", "ALEE", "Ann.Lee", "Ann Lee", "ann.lee@corp.example"} <= found
    assert all(forms(each) & of_name("Ann Lee") for each in found)
    assert not any("@" in each for each in logins("Ann Lee"))
    assert logins("Ann", ["corp.example"]) == frozenset()
