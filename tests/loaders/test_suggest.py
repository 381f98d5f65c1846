"""What the columns of foreign files are proposed to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts import FACTS
from loaders.contract import columns_of
from loaders.sample import Sample
from loaders.suggest import WORTH, best, day_order, decimal_comma, factor, likely_table, words
from tests.loaders import foreign
from tests.loaders.files import WHOLE

LANGUAGES = {
    "English": {"Created At": "opened_at", "Ticket Number": "ticket_id", "Assigned To": "assignee_id"},
    "German": {"Erstellt am": "opened_at", "Vorgangsnummer": "ticket_id", "Bearbeiter": "assignee_id"},
    "Spanish": {"Fecha de creación": "opened_at", "Número": "ticket_id", "Solicitante": "requester_id"},
    "French": {"Date de création": "opened_at", "Numéro": "ticket_id", "Demandeur": "requester_id"},
    "Portuguese": {"Data de abertura": "opened_at", "Chamado": "ticket_id", "Prioridade": "priority"},
    "Russian": {"Дата создания": "opened_at", "Заявка": "ticket_id", "Исполнитель": "assignee_id"},
}
VALUES = {"opened_at": ("31.10.2026 09:15", "2026-11-01"), "ticket_id": ("T1", "T2")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_known_in_several_languages(language: str) -> None:
    """A ticket export is proposed as tickets, each column as what it is, with a reason."""
    meaning = LANGUAGES[language]
    sample = Sample(tuple(meaning), tuple(VALUES.get(ours, ("ann@example.com", "high")) for ours in meaning.values()))
    proposed = best("tickets", sample)
    assert {one.theirs: ours for ours, one in proposed.items()} == meaning
    assert all(one.reason and WORTH <= one.score <= 1 for one in proposed.values())
    assert likely_table(sample) == "tickets"


def test_the_foreign_file_is_proposed_as_it_is_meant() -> None:
    """Columns, units, words, order of the day and the comma of the German file."""
    rows = [line.split(";") for line in foreign.lines(20)]
    sample = Sample(foreign.HEADER, tuple(tuple(row[place] for row in rows) for place in range(len(foreign.HEADER))))
    meant = foreign.profile()
    proposed = best(likely_table(sample), sample)
    assert {name: one.theirs for name, one in proposed.items()} == meant.columns
    assert day_order(sample.of("Zeitstempel")) == "dmy"
    assert decimal_comma(sample.of("Kosten"))
    for name, times in meant.factors.items():
        assert factor(name, sample.of(meant.columns[name])) == times
    for name, meaning in meant.words.items():
        assert words("interactions", name, sample.of(meant.columns[name])) == meaning


def test_values_speak_where_the_name_does_not() -> None:
    """A column of no telling name is proposed by its moments or its e-mail addresses; one that contradicts is not."""
    sample = Sample(("A", "B", "Timestamp"), (("2026-10-01T08:00Z",), ("ann@example.com",), ("yesterday",)))
    proposed = best("interactions", sample)
    assert proposed["occurred_at"].theirs == "A"
    assert proposed["user_id"].theirs == "B"
    assert "Timestamp" not in {one.theirs for one in proposed.values()}


@pytest.mark.parametrize(
    ("values", "order"),
    [(["13/01/2026"], "dmy"), (["01/13/2026", "1/2/2026 3:04 PM"], "mdy"), (["01/02/2026"], None),
     (["2026-01-13"], None), (["13/01/2026", "01/13/2026"], None),
     (["1798675200"], "epoch"), (["1798675200000"], "epoch_ms"), ([], None)],
)  # fmt: skip
def test_the_order_of_the_day_is_only_told_when_it_is_certain(values: list[str], order: str | None) -> None:
    """Where both readings are possible, or both occur, nobody guesses."""
    assert day_order(values) == order


@pytest.mark.parametrize("table", FACTS)
def test_our_own_columns_are_proposed_as_themselves(table: str) -> None:
    """The names of the contract with values of the contract propose nothing else."""
    sample = Sample(tuple(WHOLE[table]), tuple((value,) for value in WHOLE[table].values()))
    proposed = {ours: one.theirs for ours, one in best(table, sample).items()}
    assert proposed == {name: name for name in WHOLE[table]}


@given(
    st.sampled_from(sorted(FACTS)), st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=12)), max_size=6)
)
def test_any_file_may_be_looked_at(table: str, columns: dict[str, list[str]]) -> None:
    """Whatever stands in a file, each column is proposed once at most, with a score in bounds."""
    proposed = best(table, Sample(tuple(columns), tuple(map(tuple, columns.values()))))
    assert set(proposed) <= set(columns_of(table))
    assert len({one.theirs for one in proposed.values()}) == len(proposed)
    assert all(WORTH <= one.score <= 1 for one in proposed.values())
