"""A file before it counts: what it is, what became of each record, what it would change; and what was done last."""

from collections.abc import Sequence

import streamlit as st

from data.cursor import Row
from loaders import FORMATS
from loaders.ingest import Outcome
from loaders.progress import Cancelled
from metrics import CATALOG, Reading
from pages.parts.desk import Desk, Draft, newcomers
from pages.parts.text import plain
from reports.words import count, interval, listed, percent, sign, units_of


def show(made: Draft, key: str) -> bool:
    """Draw the preview of one file; whether "Publish" was pressed."""
    if isinstance(made.refusal, Cancelled):
        st.info(plain(made.refusal), title=f"{plain(made.name, 80)} was not read", icon=":material/stop_circle:")
        return False
    if made.refusal is not None:
        st.error(
            plain(made.refusal, 2000),
            title=f"{plain(made.name, 80)} was refused, nothing was changed",
            icon=":material/block:",
        )
        st.caption("A format, product or time zone can be stated above, under “What the file does not say”.")
        return False
    if made.outcome is None:
        return False
    with st.container(border=True, key=f"draft-{key}"):
        st.header(plain(made.name, 80), anchor=False)
        _identity(made.outcome)
        st.markdown(equation(made.outcome))
        for message in made.preview.parsed.messages if made.preview else ():
            st.caption(f":material/info: {plain(message)}")
        _unknown(made, key)
        _rows(made)
        _problems(made)
        st.markdown("**What publishing would change**")
        effect(made.before, made.after)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            pressed = st.button("Publish", icon=":material/publish:", key=f"publish-{key}")
            st.caption("Nothing is stored until you publish. Remove the file above to forget it.", width="content")
    return pressed


def equation(outcome: Outcome) -> str:
    """The accounting: every record of the file is in exactly one of the parts."""
    parts = {
        "used": outcome.accepted,
        "duplicates": outcome.duplicates,
        "quarantined": outcome.quarantined,
        "blank": outcome.blank,
        "ignored": outcome.ignored,
    }
    said = " + ".join(f"**{number:,}** {name}" for name, number in parts.items())
    reasons = "; ".join(f"{number:,} {plain(reason)}" for reason, number in outcome.ignored_reasons.items())
    newer = f" {count(outcome.superseded, 'older version')} replaced." if outcome.superseded else ""
    return f"**{outcome.rows_read:,}** records read = {said}.{newer}{f' Ignored: {reasons}.' if reasons else ''}"


def effect(before: Sequence[Reading], after: Sequence[Reading]) -> None:
    """The headline numbers of all products before and after, each with its interval or its reason."""
    st.table(
        [
            {
                "Metric": CATALOG[now.metric].title,
                "Before": _cell(now),
                "After": _cell(then) if _cell(then) != _cell(now) else "unchanged",
            }
            for now, then in zip(before, after, strict=True)
        ],
        border="horizontal",
        hide_index=True,
        alt="Headline numbers before and after",
    )


def notices(desk: Desk) -> None:
    """What was done last, with its effect, until it is closed."""
    for said, before, after in reversed(desk.notices[-3:]):
        with st.container(border=True):
            st.markdown(f":green[:material/check_circle:] {said}")
            effect(before, after)
    if desk.notices and st.button("Close", icon=":material/close:", type="tertiary", key="close-notices"):
        desk.notices.clear()
        st.rerun()


def _identity(outcome: Outcome) -> None:
    form = FORMATS[outcome.format or ""]
    sure = "chosen by you" if outcome.confidence is None else f"{outcome.confidence:.0%} sure"
    first, last = (str(moment or "")[:10] for moment in outcome.period)
    period = f" · {first}{f' to {last}' if last != first else ''}" if first else ""
    totals = " · ".join(
        f"{value:,} {plain(name.replace('_', ' '))}" for name, value in outcome.totals.items() if isinstance(value, int)
    )
    st.markdown(f":blue-badge[:material/task_alt: {plain(form.title)}] {sure}{period}")
    if totals:
        st.caption(totals)


def _unknown(made: Draft, key: str) -> None:
    if not made.unknown:
        return
    names = [f"“{plain(row['value'], 60)}”" if row["value"] else "no product at all" for row in made.unknown]
    records = sum(int(str(row["records"])) for row in made.unknown)
    new = newcomers(made.unknown)
    if made.asked.register and len(new) == len(made.unknown):
        st.markdown(f":material/add: {listed(names)} {'is' if len(new) == 1 else 'are'} new to the registry.")
    else:
        st.warning(
            f"{count(records, 'record')} would wait in the unmapped inbox: the registry does not know {listed(names)}."
            " No reading counts them until they are assigned.",
            icon=":material/inbox:",
        )
    if new:
        what = "a new product" if len(new) == 1 else "new products"
        st.checkbox(f"Register {listed([plain(name, 60) for name in new])} as {what}", key=f"register-{key}")


def _rows(made: Draft) -> None:
    if made.rows:
        st.markdown("**The first rows as they would be stored**")
        shown = [{name: cell if cell is None else str(cell) for name, cell in row.items()} for row in made.rows]
        st.dataframe(shown, hide_index=True, alt="The first rows as they would be stored", placeholder="")


def _problems(made: Draft) -> None:
    if not made.problems:
        return
    more = " (the first ones)" if made.outcome and made.outcome.quarantined > len(made.problems) else ""
    st.markdown(f"**What was refused{more}**")
    rows = [{name: plain(cell) for name, cell in problem(row).items()} for row in made.problems]
    st.table(rows, border="horizontal", hide_index=True, alt="Cells that were refused")


def problem(row: Row) -> dict[str, object]:
    """A refused cell as people read it."""
    return {
        "Line": row["line"],
        "Column": row["column_name"] or "",
        "What came": row["value"] or "",
        "Why": row["message"],
    }


def _cell(reading: Reading) -> str:
    if reading.value is None:
        return f"{sign(reading).word}: {plain(reading.missing)}"
    bounds = interval(reading)
    return f"{percent(reading.value)}{f' ({bounds})' if bounds else ''}, {units_of(reading)} · {sign(reading).word}"
