"""Requests and responses of lots of cells."""

from datetime import datetime

import msgspec

from chalicelib.edge.types import Text500
from chalicelib.manufacturing.sku_spec import Lot


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
