"""The table of how many work orders technicians have done."""

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, Item, key, stored_in


class TechnicianCounts(Item):
    """How many orders of a game zone a technician has done. Open ones are counted in their index."""

    Meta = stored_in("maintenance")
    kind = "technician_counts"

    done = IntAttribute(default=0)


def counts_key(org_id: str, technician_id: str, game_zone: str) -> ItemKey[TechnicianCounts]:
    """Return the key of a technician's counts, by zone: orders of a former zone are not counted in the present one."""
    return ItemKey(TechnicianCounts, key(org_id, "TECHNICIAN", technician_id, game_zone), "COUNTS")
