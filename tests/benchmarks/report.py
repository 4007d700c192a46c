"""Prints tables, and the lists of met and missed budgets."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

MISS = "MISS"
HIT = "ok"


def typical(times: Sequence[float]) -> float:
    """Return the lower quartile: other programs only increase times, so the faster rounds are more accurate."""
    return sorted(times)[len(times) // 4]


def mark(*, hit: bool) -> str:
    """Return the mark for a met or missed budget."""
    return HIT if hit else MISS


@dataclass
class Report:
    """Prints results and records whether budgets were met."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    hits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        """Print a line."""
        print(text, file=self.out, flush=True)

    def title(self, text: str, *notes: str) -> None:
        """Print the title of a table."""
        self.say(f"\n{text}\n{'=' * len(text)}")
        for note in notes:
            self.say(note)
        self.say()

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under their header: the first column to the left, all others to the right."""
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        for row in [header, ["-" * width for width in widths], *rows]:
            first, *rest = [
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            self.say("  ".join([first, *rest]).rstrip())

    def judge(self, what: str, *, hit: bool, figure: str) -> None:
        """Record whether a budget was met."""
        (self.hits if hit else self.misses).append(f"{what}: {figure}")

    def summary(self) -> None:
        """Print the number of met budgets, and the missed ones."""
        self.title("Summary")
        self.say(f"{len(self.hits)} budgets met, {len(self.misses)} missed")
        for miss in self.misses:
            self.say(f"  {MISS}  {miss}")
