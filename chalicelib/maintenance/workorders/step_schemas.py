"""Requests and responses of the steps that leads take, and of holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import SENTENCE, Moment, Note500, Text100, Text500
from chalicelib.edge.value_checks import Present
from chalicelib.maintenance.rules import HoldReason, Priority, WorkOrderState
from chalicelib.maintenance.workorders.schemas import Instructions

Cost = Annotated[float, Meta(ge=0, le=1_000_000_000)]
Currency = Annotated[
    str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", extra={SENTENCE: "must be a currency code of three capital letters"})
]


_PLACES = 4


def too_fine(present: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return the errors of those numbers among the present fields that have more than four decimal places."""
    numbers = {name: present[name] for name in names if name in present}
    fine = [name for name, number in numbers.items() if round(number, _PLACES) != number]
    return dict.fromkeys(fine, f"must have at most {_PLACES} decimal places")


class WorkOrderHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a work order is put on hold."""

    reason: HoldReason
    """What the work waits for."""
    note: Note500 | None = None
    """More about it, which the timeline shows."""
    until: Moment | None = None
    """When the work is expected to go on. It changes nothing by itself: the work order is resumed by a request."""


class WorkOrderReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reason of a cancellation or a reopening."""

    reason: Text500
    """Why this is done. The timeline shows it."""


class WorkOrderOutsourcing(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The vendor of a work order."""

    vendor: Text100
    """The name of the company that does the work."""
    note: Note500 | None = None
    """A note about it, which the timeline shows after the vendor."""
    due_at: Moment | None = None
    """When the vendor's work is due; the due date of the work order from now on. If it is omitted, that stays."""


class VendorReport(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a vendor has done."""

    fix_note: Text500
    """What was done."""
    cost: Cost | None = None
    """What it cost, in major units of the currency; at most 4 decimal places."""
    currency: Currency | None = None
    """The currency of the cost: its code of three letters by ISO 4217, such as `EUR`."""

    @staticmethod
    def cross_check(present: Present) -> Mapping[str, str]:
        """Require the cost that a currency belongs to, and a number that is not too fine."""
        without_cost = "currency" in present and present.lacks("cost")
        return {**too_fine(present, "cost"), **({"currency": "needs a cost"} if without_cost else {})}


class WorkOrderEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of an open work order to change; those that are omitted stay."""

    priority: Priority | UnsetType = UNSET
    """The new priority. The due date follows from it: the time of the priority after the work order was made or
    reopened, and the time on hold since."""
    instructions: Instructions | UnsetType | None = UNSET
    """What the technician should know. Null removes it."""


class WorkOrderRescheduled(msgspec.Struct, frozen=True, rename="camel"):
    """The present state, version and due date of a work order."""

    state: WorkOrderState
    """The state after the change."""
    version: int
    """The version after the change, to be sent as `If-Match` with the next step."""
    due_at: datetime
    """When the work order is due now, UTC."""


class WorkOrderEdited(msgspec.Struct, frozen=True, rename="camel"):
    """What an edited work order has now."""

    state: WorkOrderState
    """The state, which an edit does not change."""
    version: int
    """The version after the change, to be sent as `If-Match` with the next step."""
    priority: Priority
    """The priority."""
    instructions: str | None
    """What the technician should know. Null if nothing was given."""
    due_at: datetime
    """When the work order is due now, UTC."""


class WorkOrderCancelled(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a work order that was cancelled; `parentReleased` if it was the last that held its checklist."""

    state: WorkOrderState
    """`CANCELLED`."""
    closed_at: datetime
    """When the work order was cancelled, UTC."""
    version: int
    """The version after the change."""
    parent_released: bool
    """Whether this was the last open work order of its checklist, which is `RELEASED` now."""
