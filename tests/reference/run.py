"""A case against the product: what differs, in one sentence."""

from data.errors import did_you_mean
from tests.reference.cases import Case, Inputs, Malformed, shown
from tests.reference.routines import ROUTINES


def verdict(case: Case) -> str:
    """Why a case does not pass; "" when it does. An unknown routine and a malformed case do not."""
    if case.problems:
        return f"malformed: {'; '.join(case.problems)}"
    if case.routine not in ROUTINES:
        known = did_you_mean(case.routine, ROUTINES) or f" There are {', '.join(ROUTINES)}."
        return f"there is no routine '{case.routine}'.{known}"
    inputs, refused = Inputs(case.inputs, case.name), ""
    try:
        found = ROUTINES[case.routine](inputs)
    except Malformed as error:
        return f"malformed: {error}"
    except ValueError as error:  # the product refuses to give a number
        found, refused = [None] * len(case.expected), f" (refused: {error})"
    except (ArithmeticError, LookupError, TypeError) as error:
        return f"malformed: {type(error).__name__}: {error}"
    misses = case.misses(found)
    unused = f" (not used: {', '.join(sorted(inputs.unused))})" if misses and inputs.unused else ""
    return f"{'; '.join(misses)}{refused}{unused}; all: {shown(found)}" if misses else ""
