"""The errors of lots of cells."""

from collections.abc import Mapping, Sequence
from typing import Self

from chalicelib.core.errors import Conflict


class LotTaken(Conflict):
    """This lot was recorded before; upper and lower case do not differ. `details.lot` is the recorded one."""

    code, summary = "DUPLICATE_LOT", "This lot is recorded already."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"lot": "LOT-2026-03"})


class LotBlocked(Conflict):
    """A cell is of a lot that is blocked, also if it was given the lot earlier.

    `details.lots` lists each such lot as `{lot, reason}`; `details` itself holds the first of them too.
    """

    code, summary = "LOT_BLOCKED", "This lot is blocked."

    def __init__(self, lots: Sequence[Mapping[str, str]]) -> None:
        named = "; ".join(f"{one['lot']} ({one['reason']})" for one in lots)
        super().__init__(f"Blocked: {named}.", details={**lots[0], "lots": list(lots)})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls([{"lot": "LOT-2026-03", "reason": "Swollen cells at the incoming inspection"}])


class TooManyBlockedLots(Conflict):
    """The organisation has so many blocked lots that there is no room for another: each binding reads all of them.

    `details.blocked` is their number. Releasing some makes room.
    """

    code, summary = "TOO_MANY_BLOCKED_LOTS", "Too many lots are blocked: release some."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"blocked": 4012})
