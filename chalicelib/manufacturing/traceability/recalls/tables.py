"""Stored recall cases and their units.

A case is listed like SKUs and batches are. Its collection holds the serial numbers that it names, in parts that are
each collected in one step, and a unit for each cell, module or pack that is affected:

    pk                   sk              item
    acme#RECALL#REC-1    RECALL          RecallCase: what is recalled and why, its counts, how far it was collected
    acme#RECALL#REC-1    SERIALS#00001   RecallSerials: up to 90 of the serial numbers that the case names
    acme#RECALL#REC-1    UNIT#C-0001     RecalledUnit: where the unit was when it was collected, and what was done
    RECALLS              acme#REC-1      PendingRecall: a case whose units are not all collected
"""

from typing import Any

import msgspec
from pynamodb.attributes import ListAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, Item, MomentAttribute, key, optional, stored_in
from chalicelib.manufacturing.sku_spec import StructAttribute
from chalicelib.manufacturing.tables import ListedEntity
from chalicelib.manufacturing.traceability.recalls.rules import BindingPeriod

UNIT, SERIALS = "UNIT#", "SERIALS#"
"""The prefixes of the sort keys of units, and of the serial numbers that a case names."""
PENDING = "RECALLS"
"""The collection of all cases whose units are not all collected."""


STEP = 90
"""The number of units of one step of collecting: a transaction has 100 items, and some are the case and its counts."""
PARTS_PER_LOT = 2
"""The parts of a lot: the modules that count or counted its cells, and its single cells."""


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a case was collected: up to a part of its lots and then of its serial numbers.

    Within a lot `after` is the last module that was read, with the last entry of its ledger and the number of cells of
    the next one, or the last single cell.
    """

    part: int = 0
    after: str = ""
    entry: str = ""
    taken: int = 0


class RecallCase(ListedEntity):
    """A recall case. `units` were collected of about `expected`; `handled` of them are dealt with."""

    Meta = stored_in("manufacturing")
    kind = "recall"
    unaudited = ListedEntity.unaudited | {"position", "expected", "units", "handled"}

    reason = UnicodeAttribute()
    lots = ListAttribute[Any]()
    unknown_lots = ListAttribute[Any]()
    """The lots of which no cell was ever bound."""
    serials = IntAttribute(default=0)
    """The number of serial numbers that the case names."""
    since = optional(MomentAttribute())
    until = optional(MomentAttribute())
    position = optional(StructAttribute[Position](Position))
    expected = IntAttribute(default=0)
    units = IntAttribute(default=0)
    handled = IntAttribute(default=0)
    collected_at = optional(MomentAttribute())
    ended_at = optional(MomentAttribute())
    end_reason = optional(UnicodeAttribute())

    @property
    def period(self) -> BindingPeriod:
        """Return which bindings count."""
        return BindingPeriod(self.since, self.until, self.created_at)

    @property
    def known_lots(self) -> list[str]:
        """Return the lots that have units."""
        return [str(lot) for lot in self.lots if lot not in self.unknown_lots]

    @property
    def lot_parts(self) -> int:
        """Return the number of parts of all lots; those of the serial numbers follow."""
        return PARTS_PER_LOT * len(self.known_lots)

    def next_part(self, position: Position) -> Position | None:
        """Return where the next part begins; None after the last one."""
        parts = self.lot_parts + -(-self.serials // STEP)
        return Position(position.part + 1) if position.part + 1 < parts else None


class RecallSerials(Item):
    """Serial numbers that a case names; `unknown` are those that the organisation has never used."""

    Meta = stored_in("manufacturing")
    kind = "recall_serials"

    serials = ListAttribute[Any]()
    unknown = optional(UnicodeSetAttribute())


class RecalledUnit(Item):
    """A cell, module or pack that a case affects, as it was when it was collected."""

    Meta = stored_in("manufacturing")
    kind = "recalled_unit"

    serial = UnicodeAttribute()
    unit = UnicodeAttribute()
    """`cell`, `module` or `pack`."""
    lots = optional(UnicodeSetAttribute())
    bound_at = optional(MomentAttribute())
    status = UnicodeAttribute()
    module_id = optional(UnicodeAttribute())
    module_serial = optional(UnicodeAttribute())
    module_status = optional(UnicodeAttribute())
    pack_id = optional(UnicodeAttribute())
    pack_serial = optional(UnicodeAttribute())
    pack_status = optional(UnicodeAttribute())
    disposition = optional(UnicodeAttribute())
    customer = optional(UnicodeAttribute())
    order = optional(UnicodeAttribute())
    shipped_at = optional(MomentAttribute())
    returned_at = optional(MomentAttribute())
    collected_at = MomentAttribute()
    handled_at = optional(MomentAttribute())
    handled_by = optional(UnicodeAttribute())
    note = optional(UnicodeAttribute())


class PendingRecall(Item):
    """A case whose units are not all collected; the sweep goes on with it."""

    Meta = stored_in("manufacturing")
    kind = "pending_recall"

    org_id = UnicodeAttribute()
    recall_id = UnicodeAttribute()


def recall_key(org_id: str, recall_id: str) -> ItemKey[RecallCase]:
    """Return the key of a recall case; its serial numbers and units have the same `pk`."""
    return ItemKey(RecallCase, key(org_id, "RECALL", recall_id), "RECALL")


def serials_key(recall_pk: str, number: int) -> ItemKey[RecallSerials]:
    """Return the key of a part of the serial numbers that a case names."""
    return ItemKey(RecallSerials, recall_pk, f"{SERIALS}{number:05d}")


def unit_key(recall_pk: str, serial: str) -> ItemKey[RecalledUnit]:
    """Return the key of a unit."""
    return ItemKey(RecalledUnit, recall_pk, f"{UNIT}{key(serial)}")


def pending_key(org_id: str, recall_id: str) -> ItemKey[PendingRecall]:
    """Return the key of a case among those that are being collected."""
    return ItemKey(PendingRecall, PENDING, key(org_id, recall_id))
