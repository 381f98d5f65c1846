"""What a page asks of the numbers, once per question, scope and version of the data."""

from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from data.warehouse import Warehouse
from metrics import Scope
from pages.parts.readings import state

P = ParamSpec("P")
T = TypeVar("T")


def asked(
    store: Warehouse, scope: Scope, question: Callable[Concatenate[Warehouse, Scope, P], T],
    *more: P.args, **named: P.kwargs,
) -> T:  # fmt: skip
    """What `question`, a function of a module, answers for the scope."""
    name = f"{question.__module__}.{question.__qualname__}"
    found: T = _asked(store, state(store), name, scope.model_dump_json(), more, named, scope, question)
    return found


@st.cache_data(max_entries=400, show_spinner=False)
def _asked(
    _store: Warehouse, version: tuple[str, int, date], question: str, of: str, more: tuple[object, ...],
    named: dict[str, object], _scope: Scope, _question: Callable[..., Any],
) -> Any:  # fmt: skip
    return _question(_store, _scope, *more, **named)
