"""A file of a tool nobody knows, and what its columns mean."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from loaders.profiles import Profile, fingerprint

HEADER = ("Anfrage-ID", "Zeitstempel", "Benutzer", "Anwendung", "Kosten", "Dauer", "Ergebnis", "Eskaliert", "Kommentar")
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 10, 20, 9, 15, tzinfo=BERLIN)
MAP = (
    "Anfrage-ID=interaction_id", "Zeitstempel=occurred_at", "Benutzer=user_id", "Anwendung=product_id",
    "Kosten=cost_microusd*1000000", "Dauer=duration_ms*1000", "Ergebnis=outcome", "Eskaliert=escalated",
)  # fmt: skip
WORDS = ("outcome:erfolgreich=confirmed", "outcome:fehlgeschlagen=failed", "escalated:ja=true", "escalated:nein=false")


def lines(count: int) -> list[str]:
    """German rows: day first, decimal comma, words of their own; each a day and an hour after the other."""
    found = []
    for number in range(count):
        at = FIRST + timedelta(days=number, hours=number % 8)
        good, handed = "Erfolgreich" if number % 3 else "fehlgeschlagen", "ja" if number % 5 == 0 else "nein"
        cells = (f"a{number}", f"{at:%d.%m.%Y %H:%M}", f"user{number % 7}@example.com", "assistent", f"0,{number:04}",
                 f"{number},5", good, handed, "nur; ein Kommentar")  # fmt: skip
        found.append(";".join(f'"{cell}"' if ";" in cell else cell for cell in cells))
    return found


def write(path: Path, count: int = 20, *more: str) -> Path:
    """The file, with further lines as they are given."""
    path.write_text("\n".join([";".join(HEADER), *lines(count), *more]) + "\n", encoding="utf-8")
    return path


def profile(name: str = "") -> Profile:
    """What the columns mean."""
    columns = {text.partition("=")[2].partition("*")[0]: text.partition("=")[0] for text in MAP}
    return Profile(
        name, "interactions", fingerprint(HEADER), columns, {"cost_microusd": 1_000_000, "duration_ms": 1_000},
        {"outcome": {"erfolgreich": "confirmed", "fehlgeschlagen": "failed"},
         "escalated": {"ja": "true", "nein": "false"}},
        day_order="dmy", decimal_comma=True, timezone="Europe/Berlin",
    )  # fmt: skip
