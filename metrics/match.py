"""Who is who: how much of the use is of people the registry knows, and which ids of the use are nobody's.

Ids are resolved as every reading resolves them (metrics.views): what is an alias here is one there.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, cast

from data.aliases import Known, Proposal, Stray, proposals
from data.cursor import Reader, Row
from data.names import names as names_of
from data.settings import settings
from data.warehouse import Warehouse
from metrics import views
from metrics.compile import bound, with_clause
from metrics.spec import Scope

MOST = 2_000
"""Ids that are nobody's, those with most use first, for which a person is looked for."""

# Interactions are those of events, or what daily reports state where that is more: both may tell of the same ones.
_USED = """
SELECT told.product, told.id, coalesce(alias.person, told.id) AS person, max(told.interactions) AS interactions,
  max(told.last_day) AS last_day
FROM (
  SELECT product_id AS product, unit_id AS id, CAST(sum(interactions) AS BIGINT) AS interactions, max(day) AS last_day
  FROM user_days WHERE user_known GROUP BY product_id, unit_id
  UNION ALL
  SELECT product_id, user_id, CAST(coalesce(sum(interactions), 0) AS BIGINT), max(day)
  FROM usage_daily WHERE user_id IS NOT NULL AND (active OR interactions > 0 OR last_activity_on IS NOT NULL)
  GROUP BY product_id, user_id) AS told
JOIN shelf ON shelf.product = told.product
LEFT JOIN alias ON alias.alias = told.id
GROUP BY told.product, told.id, person
"""
_JUDGED = """
SELECT used.*, member.person IS NOT NULL AS member,
  used.person IN (SELECT person FROM staff) OR used.person IN (SELECT unit_id FROM roster) AS known
FROM used
LEFT JOIN (SELECT DISTINCT product, unit_id AS person FROM roster) AS member
  ON member.product = used.product AND member.person = used.person
"""
_PRODUCTS = """
SELECT shelf.product, coalesce(people.audience, 0) AS audience, coalesce(people.seen, 0) AS seen,
  coalesce(use.ids, 0) AS ids, coalesce(use.members, 0) AS members, coalesce(use.known, 0) AS known,
  coalesce(use.interactions, 0) AS interactions, coalesce(use.strays, 0) AS strays
FROM shelf
LEFT JOIN (
  SELECT roster.product, count(DISTINCT roster.unit_id) AS audience, count(DISTINCT used.person) AS seen
  FROM roster LEFT JOIN used ON used.product = roster.product AND used.person = roster.unit_id
  WHERE roster.counted GROUP BY roster.product) AS people ON people.product = shelf.product
LEFT JOIN (
  SELECT product, count(*) AS ids, count(CASE WHEN member THEN 1 END) AS members,
    count(CASE WHEN known THEN 1 END) AS known, CAST(sum(interactions) AS BIGINT) AS interactions,
    CAST(sum(CASE WHEN known THEN 0 ELSE interactions END) AS BIGINT) AS strays
  FROM judged GROUP BY product) AS use ON use.product = shelf.product
ORDER BY shelf.product
"""
_IDS = "SELECT count(DISTINCT id) AS ids, count(DISTINCT CASE WHEN NOT known THEN id END) AS strays FROM judged"
_STRAYS = """
SELECT stray.*, source.sources, stray.id IN (
    SELECT source_user FROM person_aliases WHERE valid_to IS NULL
    GROUP BY source_user HAVING min(user_id) <> max(user_id)) AS claimed
FROM (
  SELECT id, min(person) AS person, list_sort(list(DISTINCT product)) AS products,
    CAST(sum(interactions) AS BIGINT) AS interactions, max(last_day) AS last_day
  FROM judged WHERE NOT known GROUP BY id ORDER BY sum(interactions) DESC, id LIMIT $most) AS stray
JOIN (
  SELECT user_id AS id, list_sort(list(DISTINCT source_system)) AS sources
  FROM (SELECT user_id, source_system FROM interactions UNION ALL SELECT user_id, source_system FROM usage_daily) AS s
  WHERE user_id IN (SELECT id FROM judged WHERE NOT known) GROUP BY user_id) AS source ON source.id = stray.id
ORDER BY stray.interactions DESC, stray.id
"""
# Ids under which an audience names people and the directory, where there is one, does not; nor does the use.
_LISTED = """
SELECT a.unit_id AS id, list_sort(list(DISTINCT a.product)) AS products
FROM roster AS a
WHERE a.unit_id NOT IN (SELECT person FROM staff) AND a.unit_id NOT IN (SELECT person FROM used)
  AND EXISTS (SELECT 1 FROM staff)
GROUP BY a.unit_id ORDER BY id LIMIT $most
"""
_KNOWN = """
SELECT listed.person, coalesce(other.alias, listed.person) AS id
FROM (
  SELECT coalesce(alias.person, p.id) AS person
  FROM (SELECT person AS id FROM staff UNION SELECT unit_id FROM roster) AS p
  LEFT JOIN alias ON alias.alias = p.id) AS listed
LEFT JOIN alias AS other ON other.person = listed.person
GROUP BY listed.person, other.alias
"""
AUDIENCE = "audience"


class Matched(NamedTuple):
    """One product: people of its audience and how many of them are `seen` in the use; ids of the use, how many are
    `members` of that audience and how many are `known` at all; interactions of ids, and of those that are nobody's.
    """

    product: str
    audience: int
    seen: int
    ids: int
    members: int
    known: int
    interactions: int
    strays: int


class Unmatched(NamedTuple):
    """An id that is nobody's: where it occurs, how often, and whose it may be. `sources` ("audience",): the registry's
    own, which the directory does not know.
    """

    id: str
    products: tuple[str, ...]
    sources: tuple[str, ...]
    interactions: int
    last_day: date | None
    proposal: Proposal

    @property
    def stray(self) -> Stray:
        """The id with its sources, as an alias is made of it."""
        return Stray(self.id, self.sources)


class Match(NamedTuple):
    """Who is who in a warehouse."""

    products: list[Matched]
    unmatched: list[Unmatched]
    ids: int
    """User ids of the use of all these products, each once."""
    strays: int
    """How many of them are nobody's."""
    pseudonyms: bool
    """Whether ids are stored as pseudonyms, so that only whole logins made of names can be tried."""
    named: int
    """People whose names are known."""


def match(store: Warehouse, scope: Scope, domains: Sequence[str] = (), names: int | None = None) -> Match:
    """The products in scope over all days of data, and the ids that are nobody's, each with its proposal.

    Of ids that only an audience lists, those with a proposal are told.
    """
    with store.reading() as reader:
        rules = settings(reader)
        products, strays, listed, written, (ids,) = (
            _asked(reader, scope, text) for text in (_PRODUCTS, _STRAYS, _LISTED, _KNOWN, f"\n{_IDS}")
        )
        called = names_of(reader)
        staff = {str(row["person"]) for row in reader.rows(f"SELECT person FROM ({views.STAFF}) AS staff")}
    known = _known(written, called)
    of_audience = _of_audience(store, listed, known, staff, domains=domains, names=names)
    for each in of_audience:  # until somebody says otherwise they are the person they are proposed to be
        if each.proposal.person:
            known.add(each.proposal.person, *known.written.pop(each.id))
    found = [_stray(row) for row in strays]
    open_ = [each for each, row in zip(found, strays, strict=True) if not _said(row)]
    proposed = proposals(store, open_, known, domains, names)
    unmatched = [
        Unmatched(
            stray.id, _texts(row["products"]), stray.sources, cast(int, row["interactions"]),
            cast("date | None", row["last_day"]), proposed.get(stray.id) or Proposal(None, _said(row)),
        )
        for stray, row in zip(found, strays, strict=True)
    ]  # fmt: skip
    told = [Matched(str(row["product"]), *(cast(int, row[name]) for name in Matched._fields[1:])) for row in products]
    return Match(
        told, unmatched + of_audience, cast(int, ids["ids"]), cast(int, ids["strays"]), rules.pseudonymise, len(called)
    )


def _said(row: Row) -> str:
    """What aliases in force say of an id that is nobody's all the same; "" when none speaks of it."""
    if row["claimed"]:
        return "aliases say that it is two people"
    return "" if row["person"] == row["id"] else f"by alias {row['person']}, whom no audience and no directory lists"


def _stray(row: Row) -> Stray:
    return Stray(str(row["id"]), _texts(row["sources"]))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(cast("list[str]", value))


def _of_audience(
    store: Warehouse,
    listed: Sequence[Row],
    known: Known,
    staff: set[str],
    *,
    domains: Sequence[str],
    names: int | None,
) -> list[Unmatched]:
    """Ids of audiences that are somebody of the directory under another name."""
    directory = Known()
    for person in staff & set(known.written):
        directory.add(person, *known.written[person], name=known.names.get(person))
    strays = [Stray(str(row["id"]), (AUDIENCE,)) for row in listed]
    proposed = proposals(store, strays, directory, domains, names)
    return [
        Unmatched(stray.id, _texts(row["products"]), stray.sources, 0, None, proposed[stray.id])
        for stray, row in zip(strays, listed, strict=True)
        if proposed[stray.id].person
    ]


def _known(written: Sequence[Row], called: dict[str, str]) -> Known:
    known = Known()
    for row in written:
        person, each = str(row["person"]), str(row["id"])
        known.add(person, each, name=called.get(person) or called.get(each))
    return known


def _asked(reader: Reader, scope: Scope, question: str) -> list[Row]:
    parts = [
        ("shelf", views.shelf(scope)), ("alias", views.ALIAS), ("staff", views.STAFF), ("roster", views.AUDIENCE),
        ("used", _USED), ("judged", _JUDGED),
    ]  # fmt: skip
    sql = with_clause(parts) + question
    return reader.rows(sql, bound(sql, scope, None, settings(reader), {"most": MOST}))


def told(found: Match) -> tuple[list[Row], list[Row]]:
    """As rows for a person or a program: the products, and the ids that are nobody's."""
    products: list[Row] = [
        {
            "product": each.product, "audience": each.audience, "in the use": each.seen,
            "share": round(each.seen / each.audience, 4) if each.audience else None, "ids": each.ids,
            "of the audience": each.members, "known": each.known, "interactions": each.interactions,
            "of unknown ids": each.strays,
        }
        for each in found.products
    ]  # fmt: skip
    unmatched: list[Row] = [
        {
            "id": each.id, "products": ", ".join(each.products), "sources": ", ".join(each.sources),
            "interactions": each.interactions, "last day": each.last_day, "may be": each.proposal.person,
            "because": each.proposal.because,
        }
        for each in found.unmatched
    ]  # fmt: skip
    return products, unmatched
