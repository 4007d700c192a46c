"""The errors of holds."""

from collections.abc import Sequence
from typing import Self

from chalicelib.core.errors import Conflict
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, OpenHold

MAX_NAMED = 20


class OnHold(Conflict):
    """A batch, module or pack, or something in it, is on hold, so it is not bound, sealed, passed or shipped.

    `details.holds` lists up to 20 of the holds as `{id, kind, value, reason}`, `details.holdCount` counts all of them.
    `batchId`, `moduleId` or `packId` names what the step was about, and `action` the step.
    """

    code, summary = "ON_HOLD", "This is on hold."

    @classmethod
    def of(cls, holds: Sequence[OpenHold], **details: object) -> Self:
        """Return the error that names these holds."""
        first, *others = holds
        more = f", and {len(others)} more" if others else ""
        named = [hold_details(hold) for hold in holds[:MAX_NAMED]]
        message = f"On hold: {first.kind} {first.value} ({first.reason}){more}."
        return cls(message, details={**details, "holds": named, "holdCount": len(holds)})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        uuid = "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
        hold = OpenHold(f"HLD-{uuid}", HoldKind.SERIAL, "C-0001", "Swollen at the incoming inspection")
        return cls.of([hold], moduleId=f"MOD-{uuid}", action="seal")


class TooManyHolds(Conflict):
    """The organisation has so many open holds that there is no room for another.

    Each step of the line reads all of them. `details.open` is their number. Releasing some, or holding a batch in
    place of its units, makes room.
    """

    code, summary = "TOO_MANY_HOLDS", "Too many holds are open: release some, or hold a batch in place of its units."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"open": 2140})


def hold_details(hold: OpenHold) -> dict[str, str]:
    """Return how errors name a hold."""
    return {"id": hold.id, "kind": str(hold.kind), "value": hold.value, "reason": hold.reason}
