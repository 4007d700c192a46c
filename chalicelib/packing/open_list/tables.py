"""The counters of the shipments that can be packed, as they are stored.

    <org>#OPEN_COUNTS   <warehouse>#<shard>   open

The name of the warehouse is empty for shipments without one. All warehouses of an organisation are in one collection,
so one query gives the number of all its open shipments or of those of one warehouse.
"""

from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import IntAttribute, Item, key, stored_in


class OpenShipmentCount(Item):
    """One shard of the number of a warehouse's open shipments. It may be negative; only the sum is meaningful."""

    Meta = stored_in("packing")
    kind = "open_shipment_count"

    open = IntAttribute(default=0)


def open_count_key(org_id: str, warehouse_id: str, shard: int) -> ItemKey[OpenShipmentCount]:
    """Return the key of one shard; `warehouse_id` is empty for shipments without a warehouse."""
    return ItemKey(OpenShipmentCount, key(org_id, "OPEN_COUNTS"), key(warehouse_id, f"{shard:02d}"))


def open_counts_query(org_id: str, warehouse_id: str | None) -> Query[OpenShipmentCount]:
    """Return the query of the counters of a warehouse, or of all (None)."""
    of_warehouse = None if warehouse_id is None else OpenShipmentCount.sk.startswith(key(warehouse_id, ""))
    return Query(OpenShipmentCount, key(org_id, "OPEN_COUNTS"), range_condition=of_warehouse)
