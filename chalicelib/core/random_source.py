"""Chance, as something that is handed in.

Where several choices are equally good and everybody would make the same one at the same moment, a random choice keeps
them out of each other's way. Nothing secret depends on it: ids and tokens come from `ids`.
"""

import random
from typing import Protocol


class RandomSource(Protocol):
    """What decides."""

    def below(self, number: int) -> int:
        """A whole number from 0 up to, and not including, `number`; each as likely as any other."""
        ...


class SystemRandomSource:
    """The process's own randomness."""

    def below(self, number: int) -> int:
        """A random number."""
        return random.randrange(number)  # noqa: S311 - spreads load, no secret
