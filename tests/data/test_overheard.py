from threading import Thread

from data.overheard import Statement, overhearing
from data.warehouse import Warehouse


def test_statements_are_heard_as_they_ran(store: Warehouse) -> None:
    """Every SELECT with its parameters in order, only meanwhile, and none of another thread."""
    store.value("SELECT 1 AS before")
    with overhearing() as said:
        store.rows("SELECT $a AS a", {"a": 7})
        with store.reading() as reader:
            reader.value("SELECT ? AS b", [8])
        other = Thread(target=store.value, args=("SELECT 9 AS other",))
        other.start()
        other.join()
    store.value("SELECT 2 AS after")
    assert said == [Statement("SELECT $a AS a", {"a": 7}), Statement("SELECT ? AS b", [8])]
