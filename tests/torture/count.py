"""What a torture came to: so many times of so many, in which circumstances, and what went wrong."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """One line of the report: `well` of `times`, and notes beside it."""

    what: str
    wanted: int
    """How many were asked for."""
    times: int = 0
    problems: list[str] = field(default_factory=list)
    failed: int = 0
    where: Counter[str] = field(default_factory=Counter)
    """How often each circumstance was met: a step, a kind of damage, what became of a change."""
    note: str = ""
    """What is to be said of it besides."""
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def met(self, circumstance: str, problems: list[str]) -> None:
        """One more time, with what was wrong about it."""
        self.times += 1
        self.where[circumstance] += 1
        if problems:
            self.failed += 1
            self.problems += [f"{self.what}, {circumstance}: {problem}" for problem in problems]

    def took(self, what: str, seconds: float) -> None:
        """How long something took."""
        self.seconds.setdefault(what, []).append(seconds)

    @property
    def well(self) -> int:
        """How many times nothing was wrong."""
        return self.times - self.failed

    def row(self) -> tuple[str, str, str]:
        """What, n of n, and the notes."""
        notes = [self.note, ", ".join(f"{name} {times:,}" for name, times in self.where.most_common())]
        for what, all_of_them in self.seconds.items():
            ordered = sorted(all_of_them)
            p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
            notes.append(f"{what}: p95 {_spoken(p95)}, longest {_spoken(ordered[-1])} ({len(ordered):,})")
        short = f" (of {self.wanted:,} wanted)" if self.times < self.wanted else ""
        return self.what, f"{self.well:,}/{self.times:,}{short}", "; ".join(note for note in notes if note)


def _spoken(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"
