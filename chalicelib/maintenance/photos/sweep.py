"""The sweep over photo uploads of work orders.

A photo whose objects are missing is withdrawn, unless its work order is done. That work order keeps the photo's item,
since it was finished with it, and the log has an error.
"""

from collections.abc import Callable

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.sweep import PAGE_SIZE, SweepResult
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.maintenance.photos.service import record_removal
from chalicelib.maintenance.photos.tables import PHOTOS, WorkOrderPhoto
from chalicelib.maintenance.rules import OPEN
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.media.service import stage_removal
from chalicelib.media.sweep import ACTOR, PhotoOutcome, UploadSweep


def sweep_photos(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page_size: int = PAGE_SIZE
) -> SweepResult[PhotoOutcome]:
    """Settle every upload that is due and return how many had which result."""
    sweep = UploadSweep(photos=PHOTOS, withdraw=withdraw_photo, deps=deps, sweep_id=sweep_id, page_size=page_size)
    return sweep.run(remaining_s)


def withdraw_photo(work: UnitOfWork, photo: WorkOrderPhoto, order: WorkOrder) -> PhotoOutcome:
    """Stage that a photo whose objects are missing is deleted, if the work order is not done."""
    if order.state not in OPEN:
        ids = {"photo_id": photo.photo_id, "order_id": order.order_id}
        observability.log().error("a photo of a finished work order is missing", extra=ids)
        return PhotoOutcome.LOST
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_WITHDRAWN")
    stage_removal(work, PHOTOS, photo)
    record_removal(work, order, photo, Actor(order.org_id, ACTOR, full_name="Baton"))
    return PhotoOutcome.WITHDRAWN
