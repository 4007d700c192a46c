"""Requests and responses of lots of cells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import CursorRequest
from chalicelib.edge.types import Code, Cursor, Limit, Moment, Name, Text500
from chalicelib.manufacturing.sku_spec import Lot
from chalicelib.manufacturing.traceability.lots.rules import LotStatus

_Supplier = Annotated[Name, Meta(max_length=200)]
_SupplierLot = Annotated[Code, Meta(max_length=128)]
_Quantity = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class CreateCellLot(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A lot of cells that was received."""

    lot: Lot
    """The lot, as cells are bound with it; upper and lower case do not differ."""
    supplier: _Supplier | None = None
    """Who delivered it."""
    supplier_lot: _SupplierLot | None = None
    """The lot as the supplier names it."""
    quantity: _Quantity | None = None
    """The number of cells that were received."""
    received_at: Moment | None = None
    """When it was received."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a lot that clients remove from the address by which it is blocked."""
        return {"lot": "must not be . or .., which no address can hold"} if present.get("lot") in (".", "..") else {}


class ChangeLotStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new status of a lot of cells, and why it changes."""

    status: LotStatus
    """The status from now on."""
    reason: Text500
    """Why; the audit trail and refused bindings show it."""


class CellLotQuery(CursorRequest, frozen=True):
    """The part of the list of lots to return."""

    limit: Limit = 20
    """The largest number of lots on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page of the same list."""
    status: LotStatus | None = None
    """Only lots in this status."""


class LotOfCells(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """A lot of cells that was received."""

    lot: str
    """The lot, as it was first written."""
    status: LotStatus
    """Whether its cells can be bound."""
    version: int
    """Counts the changes of the lot, from 1. It is the `ETag`, and can be sent back as `If-Match`."""
    created_at: datetime
    """When it was recorded, UTC."""
    created_by_id: str
    """The id of who recorded it."""
    reason: str | None = None
    """Why the status is what it is. Absent if it never changed."""
    supplier: str | None = None
    """Who delivered it. Absent if it was not given."""
    supplier_lot: str | None = None
    """The lot as the supplier names it. Absent if it was not given."""
    quantity: int | None = None
    """The number of cells that were received. Absent if it was not given."""
    received_at: datetime | None = None
    """When it was received, UTC. Absent if it was not given."""


class CorrectLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The right lot of a cell, and why it is another."""

    lot: Lot
    """The lot of the cell from now on. A recall finds the cell by this lot and by every lot that it had before."""
    reason: Text500
    """Why the lot is corrected; the audit trail and the history show it."""


class LotCorrectionView(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A correction of the lot of a cell."""

    lot: str
    """The lot that the cell was given."""
    reason: str
    """Why."""
    at: datetime
    """When, UTC."""
    by_id: str
    """The id of who corrected it."""
    former_lot: str | None = None
    """The lot that it had before. Absent if it had none."""


class CellLotView(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A cell, its lot, and the newest corrections of it."""

    serial: str
    """The serial number of the cell."""
    corrections: list[LotCorrectionView]
    """The newest 20 corrections of its lot, oldest first."""
    lot: str | None = None
    """The lot of the cell, as it was first written. Absent if it has none."""
    module_id: str | None = None
    """The id of the module that it was bound to last (`MOD-...`). Absent if it was unbound; a module that was scrapped
    may have freed it."""
