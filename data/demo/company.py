"""Who works at Lindqvist, the invented company of the demo: a maker of pumps with 40 teams and about 1,600 people."""

from dataclasses import dataclass

import numpy as np

NAME = "Lindqvist Pumps"
DOMAIN = "lindqvist.example"

TEAMS: dict[str, int] = {
    "sales-dach": 44, "sales-nordics": 36, "sales-export": 42, "key-accounts": 26, "tendering": 30, "marketing": 36,
    "pricing": 20, "service-desk-1": 48, "service-desk-2": 46, "returns": 46, "billing-support": 48,
    "spare-parts": 40, "field-service-north": 52, "field-service-south": 50, "controlling": 46, "accounting": 50,
    "treasury": 18, "tax": 16, "legal": 36, "procurement-direct": 46, "procurement-indirect": 38, "real-estate": 18,
    "compliance": 24, "hr-operations": 44, "recruiting": 28, "rd-pumps": 60, "rd-drives": 54,
    "embedded-software": 48, "cloud-platform": 44, "web-shop": 46, "test-engineering": 42, "data-science": 64,
    "it-operations": 48, "it-security": 24, "plant-1": 62, "plant-2": 58, "quality": 40, "logistics": 46,
    "supply-planning": 36, "ai-products": 26,
}  # fmt: skip
"""Team -> people in it. ai-products builds the products: its use of them counts in no headline."""
BUILDERS = "ai-products"
MACHINES = {
    "svc-nightly-forecast": "service", "svc-price-feed": "service", "svc-index-crawler": "service",
    "svc-ticket-sync": "service", "qa-monitor-1": "test", "qa-monitor-2": "test", "qa-release-check": "test",
}  # fmt: skip
"""Accounts that are nobody: service and test users."""

_FIRST = (
    "Anna", "Ben", "Carla", "David", "Elif", "Finn", "Greta", "Hannes", "Ida", "Jonas", "Katrin", "Lars", "Maja",
    "Nils", "Olga", "Paul", "Rosa", "Stefan", "Tarik", "Ulla", "Viktor", "Wanda", "Yara", "Zeno", "Agnes", "Bruno",
    "Clara", "Dario", "Emma", "Felix", "Gül", "Henrik", "Ines", "Jan", "Kira", "Leon", "Mira", "Noah", "Oskar",
    "Petra", "Ravi", "Sofia", "Till", "Uwe", "Vera", "Wim", "Xenia", "Yusuf", "Zoe", "Alma",
)  # fmt: skip
_LAST = (
    "Weber", "Nowak", "Berg", "Kaya", "Lindholm", "Fischer", "Rossi", "Maier", "Olsen", "Schulz", "Dubois", "Krüger",
    "Petrov", "Hansen", "Vogel", "Yilmaz", "Brandt", "Costa", "Ebert", "Franke", "Gruber", "Haas", "Ivanova", "Jung",
    "Keller", "Lorenz", "Mertens", "Novak", "Otto", "Pohl", "Quandt", "Richter", "Sommer", "Thoma", "Ulrich", "Vega",
    "Winter", "Zander", "Arnold", "Böhm", "Conrad", "Dietz", "Engel", "Förster", "Graf", "Hofer", "Ittner", "Jansen",
)  # fmt: skip
_PLAIN = str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: the id that most sources use, and the login that developer tools use."""

    user_id: str
    login: str
    name: str
    team: str
    kind: str


class Staff:
    """Everybody, in one order: a person is known elsewhere by the place in `people`."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng([seed, 1])
        names = [f"{first} {last}" for first in _FIRST for last in _LAST]
        drawn = iter(chance.permutation(len(names)))
        self.people: list[Person] = []
        self._teams: dict[str, list[int]] = {}
        for team, size in TEAMS.items():
            self._teams[team] = list(range(len(self.people), len(self.people) + size))
            self.people += [_person(names[next(drawn)], team) for _ in range(size)]
        self.machines = range(len(self.people), len(self.people) + len(MACHINES))
        self.people += [Person(name, name, name, BUILDERS, kind) for name, kind in MACHINES.items()]

    def team(self, name: str) -> list[int]:
        """The places of a team's people."""
        return self._teams[name]

    def id(self, team: str, place: int) -> str:
        """The user id of the n-th person of a team; counted from the end when negative."""
        return self.people[self._teams[team][place]].user_id


def _person(name: str, team: str) -> Person:
    first, last = name.lower().translate(_PLAIN).split()
    kind = "product_team" if team == BUILDERS else "employee"
    return Person(f"{first}.{last}@{DOMAIN}", f"{first[0]}{last}-{first[-2:]}{len(last)}", name, team, kind)
