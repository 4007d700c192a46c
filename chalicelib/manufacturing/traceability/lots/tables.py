"""Stored lots of cells, and the list of them.

    pk                  sk       item
    acme#CELLLOT#l-7    CELLLOT  CellLot

That a lot is blocked also stands in the open holds of the organisation (`assembly/holds/tables.py`), which each binding
reads and checks at its commit.
"""

from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, MomentAttribute, index, key, optional, stored_in
from chalicelib.manufacturing.traceability.lots.rules import LotStatus
from chalicelib.manufacturing.traceability.rules import fold_lot


class CellLot(Entity):
    """A lot of cells as it was received. Its lists are those of its status."""

    Meta = stored_in("manufacturing")
    kind = "cell_lot"
    unaudited = frozenset({"org_id", "org_list", "place", "created_by", "created_at"})

    org_id = UnicodeAttribute()
    lot = UnicodeAttribute()
    status = UnicodeAttribute()
    status_reason = optional(UnicodeAttribute())
    supplier = optional(UnicodeAttribute())
    supplier_lot = optional(UnicodeAttribute())
    quantity = optional(IntAttribute())
    received_at = optional(MomentAttribute())
    org_list = UnicodeAttribute()
    place = UnicodeAttribute()
    """The position in lists: an id, which is by age."""
    created_by = UnicodeAttribute()
    created_at = MomentAttribute()
    of_organisation = index(AllProjection(), org_list=UnicodeAttribute, place=UnicodeAttribute)

    @property
    def entity_id(self) -> str:
        """Return the lot."""
        return self.lot


def cell_lot_key(org_id: str, lot: str) -> ItemKey[CellLot]:
    """Return the key of a lot of cells; upper and lower case do not differ."""
    return ItemKey(CellLot, key(org_id, "CELLLOT", fold_lot(lot)), "CELLLOT")


def lot_partition(org_id: str, status: str) -> str:
    """Return the partition of the lots in a status."""
    return key(org_id, "CELLLOTS", status)


def lot_partitions(org_id: str, status: LotStatus | None) -> Sequence[str]:
    """Return the partitions of the lots in a status, or of all lots."""
    return [lot_partition(org_id, each) for each in (LotStatus if status is None else (status,))]
