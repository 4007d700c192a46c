"""The photos of a work order."""

from chalicelib.maintenance.photos.tables import PHOTOS, WorkOrderPhoto
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.media import queries


def list_photos(order: WorkOrder) -> list[WorkOrderPhoto]:
    """Return the photos of a work order, oldest first."""
    return queries.list_photos(PHOTOS, order.org_id, order.order_id)
