"""Random numbers, injected so that tests can repeat them.

Where several choices are equally good, concurrent requests choose at random and so conflict less often. Ids and
secrets come from `chalicelib.core.ids`.
"""

import random
from typing import Protocol


class RandomSource(Protocol):
    """Where random numbers come from."""

    def below(self, number: int) -> int:
        """Return a random integer from 0 to `number` - 1, all equally likely."""


class SystemRandomSource:
    """The random numbers of the process."""

    def below(self, number: int) -> int:
        """Return a random integer from 0 to `number` - 1."""
        return random.randrange(number)  # noqa: S311 - spreads load, no secret
