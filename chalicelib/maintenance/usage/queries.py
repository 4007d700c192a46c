"""Reads of what a work order uses."""

from chalicelib.core.store import Query
from chalicelib.maintenance.usage.tables import Labour, UsedPart, labour_key, part_key
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key


def list_labour(order: WorkOrder) -> list[Labour]:
    """Return the entries of labour of a work order, oldest first."""
    within = Labour.sk.startswith(labour_key(order.org_id, order.order_id, "").sk)
    return list(Query(Labour, work_order_key(order.org_id, order.order_id).pk, range_condition=within).all())


def list_parts(order: WorkOrder) -> list[UsedPart]:
    """Return the parts of a work order, oldest first."""
    within = UsedPart.sk.startswith(part_key(order.org_id, order.order_id, "").sk)
    return list(Query(UsedPart, work_order_key(order.org_id, order.order_id).pk, range_condition=within).all())
