"""Opens damaged warehouses and says what comes of it, one a line: `python -m tests.torture.opener` lives until one of
them ends it.
"""

import json
import sys
import traceback
from pathlib import Path

from data.check import check
from data.errors import PlumblineError
from data.warehouse import Warehouse
from tests.torture.model import held


def opened(path: Path) -> dict[str, object]:
    """refused: the sentence; else what the tables hold, and the sentences of the check that found something."""
    try:
        store = Warehouse.open(path)
        try:
            return {"held": held(store), "ill": [each.sentence for each in check(store)[1] if not each.well]}
        finally:
            store.close()
    except PlumblineError as error:
        return {"refused": str(error)}
    except Exception:
        return {"traceback": traceback.format_exc()}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(opened(Path(line.strip()))) + "\n")
        sys.stdout.flush()
