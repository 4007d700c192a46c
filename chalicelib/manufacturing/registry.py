"""What is bound to what: the serial registry, the ledgers of modules and packs, the uses of a cell lot, dispositions.

A serial number is one item under its own key, written only if it is absent, in the transaction that uses it. It is the
one key in the system that does not start with the organisation: serial numbers are unique across all of them, and two
organisations can only find out by writing to the same key. Of a serial in use elsewhere nothing is told but that.

The ledger of a module or pack are items of its collection, one for each request that bound or took off something, so
that 5,000 cells never make a large item. They sort by the version of the module that was read before they were
written and then by id: whoever binds after having seen what another bound comes after it, whatever the clocks say,
and nobody has to wait for a number.

    pk                   sk                        what
    SERIAL#s             SERIAL                    SerialNumber: where it is used
    acme#MODULE#MOD-1    LEDGER#0000000007#id      LedgerEntry: cells that one request bound, or took off
    acme#PACK#PCK-1      LEDGER#0000000002#id      LedgerEntry: modules that one request bound
                         DISPOSITION#0000000009    DispositionRecord: what was decided, and what was measured
    acme#LOT#L-7         MODULE#MOD-1              LotUse: how many cells of the lot are in the module now
    acme#FORMER#s        FORMER#id                 FormerCell: where a cell was before it was taken off
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, Item, MomentAttribute, TableName, key, optional
from chalicelib.manufacturing.blueprint import Measurement, StructAttribute

CELL, MODULE, PACK = "CELL", "MODULE", "PACK"
"""What a serial number is used for."""
BOUND, UNBOUND = "BOUND", "UNBOUND"
"""What an entry of a ledger says of its parts."""
LEDGER = "LEDGER#"
"""What the sort keys of a ledger begin with."""
DISPOSITION = "DISPOSITION#"
"""What the sort keys of dispositions begin with."""


class _Meta:
    table_name = TableName("manufacturing")


class SerialNumber(Item):
    """A serial that is in use: as a cell of a module, or as a module or pack itself."""

    class Meta(_Meta):
        pass

    kind = "serial"

    serial = UnicodeAttribute()
    org_id = UnicodeAttribute()
    used_as = UnicodeAttribute()
    """`CELL`, `MODULE` or `PACK`."""
    holder_id = UnicodeAttribute()
    """Of a cell the id of its module, of a module or pack its own."""
    lot = optional(UnicodeAttribute())
    entry = optional(UnicodeAttribute())
    """Of a cell the sort key of the ledger entry that bound it."""
    at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The serial."""
        return self.serial


class LedgerEntry(Item):
    """Parts that one request bound, in their order, or one that was taken off.

    `serials` are those of the parts, `part_ids` the ids of the modules in the same order (cells have none). `removed`
    are the serials of this entry that were taken off since; each has an `UNBOUND` entry of its own as well.
    """

    class Meta(_Meta):
        pass

    kind = "ledger"

    org_id = UnicodeAttribute()
    holder_id = UnicodeAttribute()
    change = UnicodeAttribute()
    serials = ListAttribute[Any]()
    part_ids = optional(ListAttribute[Any]())
    lot = optional(UnicodeAttribute())
    removed = optional(UnicodeSetAttribute())
    at = MomentAttribute()
    by = UnicodeAttribute()

    @property
    def present(self) -> list[str]:
        """The serials that this entry bound and that are still there, in their order."""
        gone = self.removed or ()
        return [str(serial) for serial in self.serials if serial not in gone] if self.change == BOUND else []


class LotUse(Item):
    """How many cells of a lot a module holds; none any more is 0."""

    class Meta(_Meta):
        pass

    kind = "lot"

    module_id = UnicodeAttribute()
    lot = UnicodeAttribute()
    cells = IntAttribute(default=0)


class FormerCell(Item):
    """A cell that was taken off a module: the registry forgets it, so that it can be bound again; this does not."""

    class Meta(_Meta):
        pass

    kind = "former_cell"

    serial = UnicodeAttribute()
    module_id = UnicodeAttribute()
    lot = optional(UnicodeAttribute())
    bound_at = MomentAttribute()
    bound_by_entry = UnicodeAttribute()
    """The sort key of the entry of the module's ledger that bound it."""
    removed_at = MomentAttribute()
    removed_by = UnicodeAttribute()
    removed_by_entry = UnicodeAttribute()
    """The sort key of the entry that took it off."""


class DispositionRecord(Item):
    """One decision on a pack after its test at the end of the line."""

    class Meta(_Meta):
        pass

    kind = "disposition"
    unaudited = frozenset({"org_id", "pack_id", "disposition", "at", "by"})

    org_id = UnicodeAttribute()
    pack_id = UnicodeAttribute()
    disposition = UnicodeAttribute()
    notes = optional(UnicodeAttribute())
    measurements = optional(StructAttribute[dict[str, Measurement]](dict[str, Measurement]))
    at = MomentAttribute()
    by = UnicodeAttribute()


def serial_key(serial: str) -> ItemKey[SerialNumber]:
    """Where a serial number is; without an organisation, since it is unique across all of them."""
    return ItemKey(SerialNumber, key("SERIAL", serial), "SERIAL")


def ledger_key(holder_pk: str, version: int, entry_id: str) -> ItemKey[LedgerEntry]:
    """Where an entry goes: after everything that had been bound when its holder had this version."""
    return ItemKey(LedgerEntry, holder_pk, f"{LEDGER}{key(f'{version:010d}', entry_id)}")


def ledger_item(holder_pk: str, sort_key: str) -> ItemKey[LedgerEntry]:
    """An entry that is there."""
    return ItemKey(LedgerEntry, holder_pk, sort_key)


def disposition_key(pack_pk: str, version: int) -> ItemKey[DispositionRecord]:
    """Where the decision goes that makes this version of the pack."""
    return ItemKey(DispositionRecord, pack_pk, f"{DISPOSITION}{version:010d}")


def former_pk(org_id: str, serial: str) -> str:
    """The collection of all places where a cell was; `sk` sorts them by when it was taken off."""
    return key(org_id, "FORMER", serial)


def former_key(org_id: str, serial: str, new_id: str) -> ItemKey[FormerCell]:
    """Where it is said that a cell was in a module."""
    return ItemKey(FormerCell, former_pk(org_id, serial), key("FORMER", new_id))


def lot_pk(org_id: str, lot: str) -> str:
    """The collection of all modules that hold, or held, cells of a lot; `sk` sorts them by age."""
    return key(org_id, "LOT", lot)


def lot_key(org_id: str, lot: str, module_id: str) -> ItemKey[LotUse]:
    """Where it is said how much of a lot a module holds."""
    return ItemKey(LotUse, lot_pk(org_id, lot), key(MODULE, module_id))
