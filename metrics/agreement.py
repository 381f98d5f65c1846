"""Numbers in, numbers out: how far people, or people and a judge, agree beyond chance. 1 is full agreement, 0 what
chance alone gives; None where nothing was labelled or chance alone agrees fully.
"""

from collections.abc import Sequence

Counts = Sequence[Sequence[int]]


def cohen(table: Counts) -> float | None:
    """Cohen's kappa of two raters: a row for each label of the first, a column for each of the second, both in the same
    order. ValueError where the table is not square.

    Cohen, Educational and Psychological Measurement 20 (1960) 37-46.
    """
    if any(len(row) != len(table) for row in table):
        raise ValueError("two raters have the same labels: as many columns as rows are needed")
    labels = sum(map(sum, table))
    if not labels:
        return None
    agreed = sum(row[place] for place, row in enumerate(table))
    chance = sum(sum(row) * sum(other[place] for other in table) for place, row in enumerate(table))
    if chance == labels * labels:
        return None
    return (agreed / labels - chance / labels**2) / (1 - chance / labels**2)


def fleiss(table: Counts) -> float | None:
    """Fleiss' kappa of several raters: a row a case, a column a label, how many raters gave it. Every case has the same
    number of raters, two at least; else ValueError.

    Fleiss, Psychological Bulletin 76 (1971) 378-382.
    """
    raters = {sum(row) for row in table}
    if not table:
        return None
    if len(raters) > 1 or min(raters) < 2:
        raise ValueError(f"every case needs the same number of raters, two at least; these have {sorted(raters)}")
    each, cases = raters.pop(), len(table)
    agreed = sum(count * (count - 1) for row in table for count in row) / (cases * each * (each - 1))
    chance = sum(sum(column) ** 2 for column in zip(*table, strict=True)) / (cases * each) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else None
