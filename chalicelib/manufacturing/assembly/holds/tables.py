"""Stored holds, and the open ones of an organisation as one short list that each step of the line reads.

    pk               sk     item
    acme#HOLD#HLD-1  HOLD   Hold
    acme#HOLDS#3     OPEN   OpenHolds: one of 8 equal copies of all open holds

The copies change together, in the transaction that makes or releases a hold. A step reads one of them with the
authentication and requires at its commit that the copy has not changed, so nothing passes a hold that was committed
before it. There are several because the transactions of many scanners would meet in one item.
"""

from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, Item, MomentAttribute, index, key, optional, stored_in
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, HoldStatus, OpenHold, compared
from chalicelib.manufacturing.sku_spec import StructAttribute

COPIES = Shards(8)


class Hold(Entity):
    """A hold and its release. It is in three lists: of all holds, of its kind, of its value; each by status."""

    Meta = stored_in("manufacturing")
    kind = "hold"
    unaudited = frozenset(
        {"item_id", "org_id", "org_list", "kind_list", "value_list", "place", "created_by", "created_by_name"}
        | {"created_at", "released_by", "released_by_name", "released_at"}
    )

    item_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    held_kind = UnicodeAttribute()
    value = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute()
    org_list = UnicodeAttribute()
    kind_list = UnicodeAttribute(attr_name="sku_list")
    """In the index that lists what is built for a SKU; the keys of both never meet."""
    value_list = UnicodeAttribute(attr_name="batch_list")
    """In the index that lists what is in a batch."""
    place = UnicodeAttribute()
    """The position in lists: the id, which is by age."""
    created_by = UnicodeAttribute()
    created_by_name = optional(UnicodeAttribute())
    created_at = MomentAttribute()
    release_reason = optional(UnicodeAttribute())
    released_by = optional(UnicodeAttribute())
    released_by_name = optional(UnicodeAttribute())
    released_at = optional(MomentAttribute())
    of_organisation = index(AllProjection(), org_list=UnicodeAttribute, place=UnicodeAttribute)
    of_sku = index(AllProjection(), sku_list=UnicodeAttribute, place=UnicodeAttribute)
    of_batch = index(AllProjection(), batch_list=UnicodeAttribute, place=UnicodeAttribute)


class OpenHolds(Item):
    """One copy of the open holds of an organisation. `number` counts their changes; all copies have the same."""

    Meta = stored_in("manufacturing")
    kind = "open_holds"

    number = IntAttribute(default=0)
    holds = StructAttribute[list[OpenHold]](list[OpenHold])
    blocked_lots = optional(StructAttribute[list[str]](list[str]))
    """The lots of cells that are blocked, folded (`traceability/lots/`): their cells are not bound."""


def hold_key(org_id: str, hold_id: str) -> ItemKey[Hold]:
    """Return the key of a hold."""
    return ItemKey(Hold, key(org_id, "HOLD", hold_id), "HOLD")


def open_holds_key(org_id: str, unit_id: str = "") -> ItemKey[OpenHolds]:
    """Return the key of the copy that the steps of a batch, module or pack read."""
    return ItemKey(OpenHolds, COPIES.key_of(unit_id, org_id, "HOLDS"), "OPEN")


def all_copies(org_id: str) -> list[ItemKey[OpenHolds]]:
    """Return the keys of all copies."""
    return [ItemKey(OpenHolds, pk, "OPEN") for pk in COPIES.keys(org_id, "HOLDS")]


def are_as_read(read: OpenHolds | None) -> Condition:
    """Return the condition that a copy holds what was read from this or another one; None if it was absent."""
    condition: Condition = OpenHolds.pk.does_not_exist() if read is None else OpenHolds.number == read.number
    return condition


def open_holds(read: OpenHolds | None) -> Sequence[OpenHold]:
    """Return the holds of a copy; none if it is absent."""
    return () if read is None else read.holds


def list_keys(org_id: str, kind: str, value: str, status: HoldStatus) -> dict[str, str]:
    """Return the partitions of the lists that a hold is in."""
    return {
        "org_list": all_partition(org_id, status),
        "kind_list": kind_partition(org_id, kind, status),
        "value_list": value_partition(org_id, kind, value, status),
    }


def all_partition(org_id: str, status: HoldStatus) -> str:
    """Return the partition of all holds in a status."""
    return key(org_id, "HOLDS", status)


def kind_partition(org_id: str, kind: str, status: HoldStatus) -> str:
    """Return the partition of the holds of a kind in a status."""
    return key(org_id, "HOLDS", kind, status)


def value_partition(org_id: str, kind: str, value: str, status: HoldStatus) -> str:
    """Return the partition of the holds of a value in a status."""
    return key(org_id, "HOLDS", kind, compared(kind, value), status)


def hold_kind(hold: Hold) -> HoldKind:
    """Return what a stored hold holds."""
    return HoldKind(hold.held_kind)
