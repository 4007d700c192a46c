"""The tables of what work orders use: entries of labour and of parts, and their sums.

The sums of a work order are one item, which changes with each entry on the version that was read; so they are exact,
and a limit of entries holds. The entries are never changed, only removed. The work order's own version stays.
"""

from decimal import Decimal

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    MomentAttribute,
    key,
    optional,
    stored_in,
)
from chalicelib.maintenance.workorders.tables import work_order_key


class UsageEntry(Entity):
    """What entries of labour and of parts share: who added them, and when."""

    unaudited = frozenset({"entry_id", "added_by_name", "at"})

    entry_id = UnicodeAttribute()
    added_by_id = UnicodeAttribute()
    added_by_name = UnicodeAttribute()
    at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id of the entry."""
        return self.entry_id


class Labour(UsageEntry):
    """Time that was spent on a work order beside the time from its start to its end."""

    Meta = stored_in("maintenance")
    kind = "labour"

    minutes = IntAttribute()
    note = optional(UnicodeAttribute())


class UsedPart(UsageEntry):
    """A part that was used; `unit_cost` in major units of the currency."""

    Meta = stored_in("maintenance")
    kind = "part"

    name = UnicodeAttribute()
    quantity = DecimalAttribute()
    unit_cost = optional(DecimalAttribute())
    currency = optional(UnicodeAttribute())


class Usage(Entity):
    """The sums of the entries of a work order, and their number.

    `costs` is `{currency: text of the sum}`; the currency is empty for costs that were entered without one.
    """

    Meta = stored_in("maintenance")
    kind = "usage"
    unaudited = frozenset({"labour_entries", "labour_minutes", "part_entries", "parts_quantity", "costs"})

    labour_entries = IntAttribute(default=0)
    labour_minutes = IntAttribute(default=0)
    part_entries = IntAttribute(default=0)
    parts_quantity = DecimalAttribute(default=Decimal)
    costs = optional(JSONAttribute())


def labour_key(org_id: str, order_id: str, labour_id: str) -> ItemKey[Labour]:
    """Return the key of an entry of labour; entries sort by time."""
    return ItemKey(Labour, work_order_key(org_id, order_id).pk, key("LABOUR", labour_id))


def part_key(org_id: str, order_id: str, part_id: str) -> ItemKey[UsedPart]:
    """Return the key of a part that was used; parts sort by time."""
    return ItemKey(UsedPart, work_order_key(org_id, order_id).pk, key("PART", part_id))


def usage_key(org_id: str, order_id: str) -> ItemKey[Usage]:
    """Return the key of the sums of a work order."""
    return ItemKey(Usage, work_order_key(org_id, order_id).pk, "USAGE")
