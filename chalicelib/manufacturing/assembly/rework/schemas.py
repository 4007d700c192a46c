"""Requests of rework, void, scrap, shipment and returns, and the changes that units show of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Code, EntityId, Name, Text500
from chalicelib.manufacturing.rules import CellFate
from chalicelib.manufacturing.sku_spec import ScannedSerial
from chalicelib.manufacturing.traceability.rules import part_errors


class UnbindModule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A module to take out."""

    module_id: EntityId
    """The id of a module of this pack (`MOD-...`)."""


class ScrapModule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a module is scrapped, and what becomes of its cells."""

    reason: Text500
    """Why the module is scrapped; the audit trail shows it."""
    cells: CellFate = CellFate.FREE
    """What becomes of the cells; `free` if absent from a request."""


class Rework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a pack is reworked."""

    reason: Text500
    """Why the pack is opened again; the audit trail shows it."""


class VoidPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a pack is voided."""

    reason: Text500
    """Why the pack is voided; the audit trail shows it."""


class ShipPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a pack is shipped."""

    customer: Annotated[Name, Meta(max_length=200)]
    """The name or number of the customer, which recalls and exported histories show."""
    order: Annotated[Code, Meta(max_length=64)] | None = None
    """The number of the customer's order."""


class ReturnPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pack that came back, and why."""

    serial: ScannedSerial
    """The serial number of a shipped pack, or a scanned GS1 code with it."""
    reason: Text500
    """Why the pack came back; the audit trail shows it."""

    cross_check = staticmethod(part_errors)


class UnitChangeKind(StrEnum):
    """What was done with a module or pack.

    `UNBOUND`: a part was taken out. `SCRAPPED`: the module was scrapped. `REWORKED`: the pack was opened again.
    `VOIDED`: the pack was voided. `SHIPPED`: it was shipped. `RETURNED`: it came back. `LOT_CORRECTED`: a cell of the
    module was given another lot.
    """

    UNBOUND = "UNBOUND"
    SCRAPPED = "SCRAPPED"
    REWORKED = "REWORKED"
    VOIDED = "VOIDED"
    SHIPPED = "SHIPPED"
    RETURNED = "RETURNED"
    LOT_CORRECTED = "LOT_CORRECTED"


class UnitChange(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A change of a module or pack other than the binding of parts, as its ledger keeps it."""

    change: UnitChangeKind
    """What was done."""
    at: datetime
    """When it was done, UTC."""
    by_id: str
    """The id of who did it."""
    serials: list[str] | None = None
    """The serial numbers of the parts that were taken out or corrected. Absent if there are none."""
    reason: str | None = None
    """Why it was done. Absent if the step takes no reason."""
    lot: str | None = None
    """The lot that a cell was given. Absent for other changes."""
    former_lot: str | None = None
    """The lot that the cell had before. Absent for other changes, and if it had none."""
    customer: str | None = None
    """The customer of a shipment. Absent for other changes."""
    order: str | None = None
    """The customer's order of a shipment. Absent for other changes, and if none was given."""
    sealed_at: datetime | None = None
    """When a reworked pack had been sealed before, UTC. Absent for other changes."""
