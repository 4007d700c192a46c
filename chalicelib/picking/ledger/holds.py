"""Who held an assignment at a moment, which decides whose events count.

Events arrive late, some after the sender lost the assignment, so it is the moment of the event that counts, not that of
its arrival. Times are milliseconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

CLOCK_TOLERANCE_MS = 5_000
"""How far the clock of a device may be behind when its user has just taken the assignment over."""


class HoldingTime(NamedTuple):
    """A time during which a user held an assignment, both ends included; it lasts if `until` is None."""

    user_id: str
    since: int
    until: int | None = None

    def covers(self, at: int) -> bool:
        """Return whether the assignment was held at a time."""
        return self.since <= at and (self.until is None or at <= self.until)


class Placement(NamedTuple):
    """The hold to which an event belongs, by its beginning, and the time of the event in the ledger."""

    since: int
    at: int


def holds_of(holders: Mapping[str, int], ended: Sequence[HoldingTime]) -> list[HoldingTime]:
    """Return all holds: those that have ended, and those of the present holders."""
    return [*ended, *(HoldingTime(user_id, since) for user_id, since in holders.items())]


def place_event(holds: Sequence[HoldingTime], user_id: str, at: int) -> Placement | None:
    """Return where an event of a user belongs; None if they did not hold the assignment when it happened.

    The clock of a present holder may be wrong: an event from before anybody held the assignment is moved to their
    claim, and so is one from just before their claim.
    """
    own = [hold for hold in holds if hold.user_id == user_id]
    for hold in own:
        if hold.covers(at):
            return Placement(hold.since, at)
    claims = [hold.since for hold in own if hold.since > at]
    if not claims or not any(hold.until is None for hold in own):
        return None
    claim = min(claims)
    was_held_before = any(hold.since <= at for hold in holds)
    return None if was_held_before and claim - at > CLOCK_TOLERANCE_MS else Placement(claim, claim)
