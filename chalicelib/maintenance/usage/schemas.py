"""Requests and responses of what work orders use: labour and parts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Note500, Text100
from chalicelib.edge.value_checks import Present
from chalicelib.maintenance.workorders.step_schemas import Cost, Currency, too_fine

MAX_MINUTES = 10_080


class AddLabour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Time that was spent on a work order, beside the time from its start to its end without holds."""

    minutes: Annotated[int, Meta(ge=1, le=MAX_MINUTES)]
    """The minutes, at most a week."""
    note: Note500 | None = None
    """What was done in that time."""


class AddPart(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A part that was used."""

    name: Text100
    """What was used."""
    quantity: Annotated[float, Meta(gt=0, le=1_000_000)]
    """How much of it; at most 4 decimal places."""
    unit_cost: Cost | None = None
    """What one of it cost, in major units of the currency; at most 4 decimal places."""
    currency: Currency | None = None
    """The currency of the cost: its code of three letters by ISO 4217, such as `EUR`."""

    @staticmethod
    def cross_check(present: Present) -> Mapping[str, str]:
        """Require the cost that a currency belongs to, and numbers that are not too fine."""
        fine = too_fine(present, "quantity", "unitCost")
        without_cost = "currency" in present and present.lacks("unitCost")
        return {**fine, **({"currency": "needs a unitCost"} if without_cost else {})}


class LabourView(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of labour."""

    id: str
    """The id of the entry."""
    minutes: int
    """The minutes."""
    note: str | None
    """What was done in that time. Null if nothing was given."""
    added_by: str
    """The name of who added the entry at that time."""
    added_by_id: str
    """The id of that user."""
    at: datetime
    """When it was added, UTC."""


class PartUsedView(msgspec.Struct, frozen=True, rename="camel"):
    """A part that was used."""

    id: str
    """The id of the entry."""
    name: str
    """What was used."""
    quantity: Decimal
    """How much of it."""
    unit_cost: Decimal | None
    """What one of it cost, in major units of the currency. Null if nothing was given."""
    cost: Decimal | None
    """The quantity times `unitCost`, exact. Null where `unitCost` is null."""
    currency: str | None
    """The currency of the costs, by ISO 4217. Null if nothing was given."""
    added_by: str
    """The name of who added the entry at that time."""
    added_by_id: str
    """The id of that user."""
    at: datetime
    """When it was added, UTC."""


class LabourSummary(msgspec.Struct, frozen=True, rename="camel"):
    """The labour of a work order."""

    total_minutes: int
    """The sum of `workedMinutes` and `addedMinutes`."""
    worked_minutes: int
    """The minutes in which the work order was in progress, of all attempts, without holds; until now if it still is."""
    added_minutes: int
    """The sum of the entries."""
    entries: list[LabourView]
    """What was added, oldest first."""


class PartsCost(msgspec.Struct, frozen=True):
    """The cost of parts in one currency."""

    currency: str | None
    """The currency, by ISO 4217. Null for costs that were entered without one."""
    amount: Decimal
    """The sum, exact, in major units of the currency."""


class PartsSummary(msgspec.Struct, frozen=True):
    """The parts of a work order."""

    costs: list[PartsCost]
    """What the parts cost, by currency; empty if no costs were given."""
    entries: list[PartUsedView]
    """The parts, oldest first."""
