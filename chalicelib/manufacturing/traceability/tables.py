"""Stored records of traceability: the serial registry, ledgers of modules and packs, uses of cell lots.

A serial number is one item under its own key, written only if it is absent, in the transaction that uses it. It is the
only key that does not start with the organisation: serial numbers are unique across organisations, and two
organisations can detect a duplicate only by writing to the same key. Of a serial of another organisation only the fact
that it is in use is shown.

The ledger of a module or pack are items of its collection, one for each request that bound or unbound parts, so 5,000
cells never make a large item. Entries sort by the version of the assembly that was read before they were written, then
by id: an entry written after another was read sorts after it, independent of clocks.

    pk                   sk                        item
    SERIAL#s             SERIAL                    SerialNumber: the use of a serial number
    acme#MODULE#MOD-1    LEDGER#0000000007#id      LedgerEntry: cells that one request bound or unbound
    acme#PACK#PCK-1      LEDGER#0000000002#id      LedgerEntry: modules that one request bound
    acme#LOT#l-7         MODULE#MOD-1              LotUse: the number of cells of the lot in the module
    acme#LOTCELL#l-7     CELL#s                    LotCell: a cell that has or had the lot, and may be in no module
    acme#FORMER#s        FORMER#id                 FormerCell: a module that a cell was unbound from
    acme#CORRECTED#s     LOT#id                    LotCorrection: another lot that a cell was given
"""

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, Item, MomentAttribute, key, optional, parts_of, stored_in
from chalicelib.manufacturing.sku_spec import Gtins, StructAttribute
from chalicelib.manufacturing.traceability.rules import fold_lot, read_part

CELL, MODULE, PACK = "CELL", "MODULE", "PACK"
"""The uses of a serial number."""
BOUND, UNBOUND = "BOUND", "UNBOUND"
"""The changes of parts that ledger entries record."""
LOT_CORRECTED = "LOT_CORRECTED"
"""The change of the lot of a cell in the module, which ledger entries record."""
SCRAPPED, REWORKED, VOIDED, SHIPPED, RETURNED = "SCRAPPED", "REWORKED", "VOIDED", "SHIPPED", "RETURNED"
"""The changes of the module or pack itself that ledger entries record."""
LEDGER = "LEDGER#"
"""The prefix of the sort keys of a ledger."""


class SerialNumber(Item):
    """A serial number, used as a cell of a module or as a module or pack itself.

    That of a cell stays when the cell is unbound, without a holder, because a cell keeps its lot for life.
    """

    Meta = stored_in("manufacturing")
    kind = "serial"

    serial = UnicodeAttribute()
    org_id = UnicodeAttribute()
    used_as = UnicodeAttribute()
    """`CELL`, `MODULE` or `PACK`."""
    holder_id = optional(UnicodeAttribute())
    """The id of the module that holds the cell, None if it was unbound; of a module or pack its own id."""
    sku_id = optional(UnicodeAttribute())
    """The SKU of a module or pack, and of the module that an unbound cell was in last. Earlier versions stored none."""
    lot = optional(UnicodeAttribute())
    """The lot of the cell as it was first written."""
    lots_elsewhere = optional(StructAttribute[dict[str, str]](dict[str, str]))
    """The lots that the cell has in organisations that used it before, by their ids; none of them is shown here."""
    entry = optional(UnicodeAttribute())
    """The sort key of the ledger entry that bound the cell."""
    freed_from = optional(UnicodeSetAttribute())
    """Earlier uses in modules that were scrapped: each the id of a module, a space, and the sort key of an entry."""
    at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the serial number."""
        return parts_of(self.pk)[-1]


class LedgerEntry(Item):
    """Parts that one request bound, in order, or a part that was unbound.

    `serials` are those of the parts, `part_ids` the ids of modules in the same order (cells have none). `removed` are
    serials of this entry that were unbound later; each has an `UNBOUND` entry of its own as well.

    An entry of the module or pack itself has a `reason` or a `customer`. One of rework has in `sealed_at` when the pack
    had been sealed, one of voiding the modules that were freed.
    """

    Meta = stored_in("manufacturing")
    kind = "ledger"
    unaudited = frozenset(
        {"org_id", "holder_id", "change", "serials", "part_ids", "lot", "at", "by", "sealed_at", "customer", "order"}
        | {"origins"}
    )

    org_id = UnicodeAttribute()
    holder_id = UnicodeAttribute()
    change = UnicodeAttribute()
    serials = ListAttribute[Any]()
    part_ids = optional(ListAttribute[Any]())
    lot = optional(UnicodeAttribute())
    lots = optional(ListAttribute[Any]())
    """The lots of the parts in the same order, empty for none, where they are not all of one."""
    origins = optional(StructAttribute[dict[str, list[int]]](dict[str, list[int]]))
    """What a hold of a batch compares in the entry of a pack (`assembly/holds/`), with the places in `serials`."""
    former_lot = optional(UnicodeAttribute())
    """The lot that a corrected cell had before."""
    removed = optional(UnicodeSetAttribute())
    reason = optional(UnicodeAttribute())
    customer = optional(UnicodeAttribute())
    order = optional(UnicodeAttribute())
    sealed_at = optional(MomentAttribute())
    at = MomentAttribute()
    by = UnicodeAttribute()

    @property
    def present(self) -> list[str]:
        """Return the serials that this entry bound and that are still bound, in order."""
        removed = self.removed or ()
        return [str(serial) for serial in self.serials if serial not in removed] if self.change == BOUND else []

    @property
    def lot_by_serial(self) -> dict[str, str | None]:
        """Return the lot of each part."""
        lots = [self.lot] * len(self.serials) if self.lots is None else [lot or None for lot in self.lots]
        return dict(zip(map(str, self.serials), lots, strict=True))


class LotUse(Item):
    """The number of cells of a lot in a module; 0 if all were unbound."""

    Meta = stored_in("manufacturing")
    kind = "lot"

    module_id = UnicodeAttribute()
    lot = UnicodeAttribute()
    cells = IntAttribute(default=0)


class LotCell(Item):
    """A cell that was of a lot when it was unbound: a recall looks where it is, because no module counts it."""

    Meta = stored_in("manufacturing")
    kind = "lot_cell"

    serial = UnicodeAttribute()


class LotCorrection(Item):
    """Another lot that a cell was given because the first was wrong."""

    Meta = stored_in("manufacturing")
    kind = "lot_correction"

    serial = UnicodeAttribute()
    lot = UnicodeAttribute()
    former_lot = optional(UnicodeAttribute())
    reason = UnicodeAttribute()
    sku_id = optional(UnicodeAttribute())
    """The SKU of the module that the cell was in, or was in last."""
    gtins = optional(StructAttribute[Gtins](Gtins))
    """The GTINs of that SKU, by which exported histories name the cell."""
    entry = optional(UnicodeAttribute())
    """The sort key of the ledger entry of that module; None if the cell was in none."""
    at = MomentAttribute()
    by = UnicodeAttribute()


class FormerCell(Item):
    """An earlier use of a cell, which unbinding writes."""

    Meta = stored_in("manufacturing")
    kind = "former_cell"

    serial = UnicodeAttribute()
    module_id = UnicodeAttribute()
    lot = optional(UnicodeAttribute())
    bound_at = MomentAttribute()
    bound_by_entry = UnicodeAttribute()
    """The sort key of the ledger entry that bound the cell."""
    removed_at = MomentAttribute()
    removed_by = UnicodeAttribute()
    removed_by_entry = UnicodeAttribute()
    """The sort key of the ledger entry that unbound it."""
    freed_from = optional(UnicodeSetAttribute())
    """Still earlier uses, as the serial number had them (`SerialNumber`)."""


def serial_key(serial: str) -> ItemKey[SerialNumber]:
    """Return the key of a serial number, without an organisation, since it is unique across all of them."""
    return ItemKey(SerialNumber, key("SERIAL", serial), "SERIAL")


def registry_key(_: str, serial: str) -> ItemKey[SerialNumber]:
    """Return the key of the serial number that a request names or that was scanned; for declarations of resources."""
    return serial_key(read_part(serial).serial)


def ledger_key(holder_pk: str, version: int, entry_id: str) -> ItemKey[LedgerEntry]:
    """Return the key of a new ledger entry: it sorts after all entries that this version of the assembly has."""
    return ItemKey(LedgerEntry, holder_pk, f"{LEDGER}{key(f'{version:010d}', entry_id)}")


def ledger_entry_key(holder_pk: str, sort_key: str) -> ItemKey[LedgerEntry]:
    """Return the key of an existing ledger entry."""
    return ItemKey(LedgerEntry, holder_pk, sort_key)


def former_cell_pk(org_id: str, serial: str) -> str:
    """Return the collection of all earlier uses of a cell, sorted by when it was unbound."""
    return key(org_id, "FORMER", serial)


def former_cell_key(org_id: str, serial: str, new_id: str) -> ItemKey[FormerCell]:
    """Return the key of an earlier use of a cell."""
    return ItemKey(FormerCell, former_cell_pk(org_id, serial), key("FORMER", new_id))


def lot_corrections_pk(org_id: str, serial: str) -> str:
    """Return the collection of all corrections of a cell's lot, by age."""
    return key(org_id, "CORRECTED", serial)


def lot_correction_key(org_id: str, serial: str, new_id: str) -> ItemKey[LotCorrection]:
    """Return the key of a correction of a cell's lot."""
    return ItemKey(LotCorrection, lot_corrections_pk(org_id, serial), key("LOT", new_id))


def lot_pk(org_id: str, lot: str) -> str:
    """Return the collection of all modules that hold or held cells of a lot, sorted by age."""
    return key(org_id, "LOT", fold_lot(lot))


def lot_pks(org_id: str, lot: str) -> set[str]:
    """Return the collection of a lot, and that of earlier versions, whose lots differed by case."""
    return {lot_pk(org_id, lot), key(org_id, "LOT", lot)}


def lot_key(org_id: str, lot: str, module_id: str) -> ItemKey[LotUse]:
    """Return the key of the use of a lot in a module."""
    return ItemKey(LotUse, lot_pk(org_id, lot), key(MODULE, module_id))


def lot_cell_pk(org_id: str, lot: str) -> str:
    """Return the collection of the single cells of a lot."""
    return key(org_id, "LOTCELL", fold_lot(lot))


def lot_cell_key(org_id: str, lot: str, serial: str) -> ItemKey[LotCell]:
    """Return the key of a single cell of a lot."""
    return ItemKey(LotCell, lot_cell_pk(org_id, lot), key(CELL, serial))
