"""The states of a shipment and the counters of its lines.

    pending -> packing              with the first item that is packed
    packing -> packed               by completion
    packed -> packing               when it is reopened
    pending, packing, packed -> cancelled   when it is cancelled; `cancelling` while many contents are returned
    pending, packing -> importing -> the same again, while many of its lines are replaced

A shipment counts the lines with anything packed and those with everything packed. `counter_change` tells how a change
of a line's packed quantity changes these counters, and in which range of packed quantities this is true. The write is
conditional on the range and not on the quantity that was read, so several people can pack one line at once and the
counters stay exact.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.state_machine import StateMachine
from chalicelib.packing.rules import SMALLEST

_ZERO = Decimal(0)


class ShipmentStatus(StrEnum):
    """The status of a shipment.

    `pending`: nothing is packed yet. `packing`: something was packed. `packed`: it is complete; it can only be reopened
    or cancelled. `importing`: many of its lines are being imported; it returns to the status before. `cancelling`: its
    contents are being returned to their plates; if it stays so, cancel it again. `cancelled`: it has no contents and no
    boxes, and is final.
    """

    PENDING = "pending"
    PACKING = "packing"
    PACKED = "packed"
    IMPORTING = "importing"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class LineStatus(StrEnum):
    """Whether a line is packed: `complete` if the ordered quantity or more is packed, `partial` if less."""

    PARTIAL = "partial"
    COMPLETE = "complete"


class ShipmentAction(StrEnum):
    """The actions of a shipment, by the words of their paths where they have one."""

    CREATE_BOX = "create"
    VOID_BOX = "void"
    PACK = "pack"
    REMOVE = "remove"
    REOPEN_BOX = "reopen-box"
    COMPLETE = "complete"
    REOPEN = "reopen"
    CANCEL = "cancel"


SHIPMENT = StateMachine[ShipmentStatus](
    entity="shipment",
    transitions={
        (ShipmentStatus.PENDING, ShipmentAction.CREATE_BOX): ShipmentStatus.PENDING,
        (ShipmentStatus.PENDING, ShipmentAction.VOID_BOX): ShipmentStatus.PENDING,
        (ShipmentStatus.PENDING, ShipmentAction.PACK): ShipmentStatus.PACKING,
        (ShipmentStatus.PENDING, ShipmentAction.CANCEL): ShipmentStatus.CANCELLED,
        (ShipmentStatus.PACKING, ShipmentAction.CREATE_BOX): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKING, ShipmentAction.VOID_BOX): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKING, ShipmentAction.PACK): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKING, ShipmentAction.REMOVE): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKING, ShipmentAction.REOPEN_BOX): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKING, ShipmentAction.COMPLETE): ShipmentStatus.PACKED,
        (ShipmentStatus.PACKING, ShipmentAction.CANCEL): ShipmentStatus.CANCELLED,
        (ShipmentStatus.PACKED, ShipmentAction.REOPEN): ShipmentStatus.PACKING,
        (ShipmentStatus.PACKED, ShipmentAction.CANCEL): ShipmentStatus.CANCELLED,
        (ShipmentStatus.CANCELLING, ShipmentAction.CANCEL): ShipmentStatus.CANCELLED,
    },
    states=tuple(ShipmentStatus),
    phrases={
        ShipmentAction.CREATE_BOX: "create a box for",
        ShipmentAction.REMOVE: "remove an item from",
        ShipmentAction.REOPEN_BOX: "reopen a box of",
        ShipmentAction.VOID_BOX: "void a box of",
    },
)

PACKABLE = frozenset(SHIPMENT.sources(ShipmentAction.PACK))
"""States of a shipment in which boxes can be opened and filled."""

UNCHANGEABLE = frozenset({ShipmentStatus.PACKED, ShipmentStatus.CANCELLING, ShipmentStatus.CANCELLED})
"""States of a shipment that no import changes."""


class CompletionObstacle(StrEnum):
    """The reason why a shipment cannot be completed."""

    NOT_PACKABLE = "not_packable"
    NO_BOXES = "no_boxes"
    OPEN_BOXES = "open_boxes"
    UNPACKED_ITEMS = "unpacked_items"


class Progress(NamedTuple):
    """The counters of a shipment."""

    lines_total: int
    lines_packed: int
    lines_complete: int
    boxes_count: int
    boxes_open: int
    boxes_empty: int


def completion_obstacle(status: str, progress: Progress, *, allow_partial: bool) -> CompletionObstacle | None:
    """Return what has to be done first; None if the shipment can be completed.

    `allow_partial` also accepts boxes that were opened and never used: an empty box cannot be closed, and would
    otherwise block the shipment for good.
    """
    if status not in PACKABLE:
        return CompletionObstacle.NOT_PACKABLE
    if not progress.boxes_count:
        return CompletionObstacle.NO_BOXES
    if progress.boxes_open > (progress.boxes_empty if allow_partial else 0):
        return CompletionObstacle.OPEN_BOXES
    enough = progress.lines_packed if allow_partial else progress.lines_complete == progress.lines_total
    is_possible = (status, ShipmentAction.COMPLETE) in SHIPMENT.transitions
    return None if enough and is_possible else CompletionObstacle.UNPACKED_ITEMS


class CounterChange(NamedTuple):
    """The change of a shipment's counters by a change of one line.

    It is true while the line's packed quantity is from `at_least` to `at_most` (None: without limit), both included.
    """

    lines_packed: int
    lines_complete: int
    at_least: Decimal
    at_most: Decimal | None


def counter_change(packed: Decimal, ordered: Decimal, change: Decimal) -> CounterChange:
    """Return how the counters change if `change` is packed (negative: removed) on top of `packed`.

    `ordered` is positive, and neither quantity becomes negative.
    """
    at_least, at_most = _ZERO, None
    # Where the line begins to be packed or complete, before the change and after it.
    for edge in (SMALLEST, ordered, SMALLEST - change, ordered - change):
        if packed >= edge:
            at_least = max(at_least, edge)
        else:
            at_most = edge - SMALLEST if at_most is None else min(at_most, edge - SMALLEST)
    after = packed + change
    return CounterChange((after > 0) - (packed > 0), (after >= ordered) - (packed >= ordered), at_least, at_most)


def line_status(packed: Decimal, ordered: Decimal) -> LineStatus:
    """Return the status of a line."""
    return LineStatus.COMPLETE if packed >= ordered else LineStatus.PARTIAL


def remaining(packed: Decimal, ordered: Decimal) -> Decimal:
    """Return how much of a line is still to be packed; zero if more than ordered is packed."""
    return max(ordered - packed, _ZERO)
