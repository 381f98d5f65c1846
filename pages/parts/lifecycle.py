"""Where each product is in its life and its delivery, who answers for that, and what is still owed."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from metrics.lifecycle import Held, Staged
from metrics.lifecycle import lifecycle as staged
from metrics.stages import DELIVERY, OUTPUTS
from pages.parts.asked import asked
from pages.parts.names import names_of
from pages.parts.rows import table
from pages.parts.text import plain
from reports.words import NOTHING, count, listed


def lifecycle(store: Warehouse, scope: Scope) -> None:
    """Draw the answer, the table of products by stage, and the delivery of the one that is chosen."""
    found = asked(store, scope, staged)
    if not found:
        st.markdown("No product in force is registered.")
        return
    names = names_of(store)
    st.markdown(f"**{plain(answer(found), 600)}**")
    st.caption(
        "Ticked from the registry and the data. Owed: what the stage, or one before it, has not left behind yet."
    )
    table([_row(each, names) for each in found], name="lifecycle", download=_download(found))
    chosen = st.selectbox(
        "Delivery of", range(len(found)), format_func=lambda place: plain(found[place].product.name),
        key="delivery-of", width=320,
    )  # fmt: skip
    _delivery(found[chosen])


def answer(found: Sequence[Staged]) -> str:
    """How many products owe something of their stage or of those before, and which say none."""
    silent = [each.product.name for each in found if each.step is None]
    owing = [each for each in found if each.owes]
    late = [each for each in found if not each.owes and each.earlier]
    said = f"{len(owing)} of {count(len(found), 'product')} {'owes' if len(owing) == 1 else 'owe'} something of"
    said += f" the stage {'it is' if len(owing) == 1 else 'they are'} in"
    said += f" ({listed([each.product.name for each in owing])})" if owing else ""
    said += f"; {listed([each.product.name for each in late])} of earlier stages" if late else ""
    return f"{said}. {listed(silent)} {'says' if len(silent) == 1 else 'say'} no stage." if silent else f"{said}."


def _row(each: Staged, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "Product": each.product.name,
        "Stage": each.step.title if each.step else "not said",
        "Days in it": NOTHING if each.days is None else f"{'over ' if each.first_said else ''}{each.days:,}",
        "Still owes": (listed([output.title for output in each.owes], 9) or NOTHING) if each.step else "its stage",
        "Owed from before": listed([output.title for output in each.earlier], 9) or NOTHING,
        "Who answers": _who(each.primary, names),
        "Who supports": _who(each.supporting, names),
        **{stage.title: f"{each.delivered(stage)} of {len(stage.outputs)}" for stage in DELIVERY},
    }


def _who(held: Held | None, names: Mapping[str, str]) -> str:
    if held is None:
        return NOTHING
    people = listed([names.get(user, user) for user in held.people], 2)
    role = "expert" if held.role == "sme" else held.role.replace("_", " ")
    return f"{people or 'Nobody'} ({role})"


def _delivery(each: Staged) -> None:
    """Every delivery stage with its outputs: there, or owed."""
    for stage in DELIVERY:
        ticks = [
            f":green[:material/check:] {OUTPUTS[name].title}"
            if name in each.done
            else f":orange[:material/pending:] {OUTPUTS[name].title} (owed)"
            for name in stage.outputs
        ]
        st.markdown(f"**{stage.title}** · {' · '.join(ticks)}")


def _download(found: Sequence[Staged]) -> list[dict[str, object]]:
    return [
        {"product_id": each.product.product_id, "stage": each.product.stage, "delivery_stage": stage.id,
         "output": name, "there": name in each.done, "registry_table": OUTPUTS[name].table}
        for each in found for stage in DELIVERY for name in stage.outputs
    ]  # fmt: skip
