"""The sweep over photo uploads of orders.

A photo whose objects are missing is withdrawn, unless its order is delivered. That order keeps the photo's item, which
may be its proof, and the log has an error.
"""

from collections.abc import Callable

from chalicelib.core import observability
from chalicelib.core.errors import Conflict
from chalicelib.core.sweep import PAGE_SIZE, SweepResult
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.proof.tables import PHOTOS, OrderPhoto
from chalicelib.edge.dependencies import Dependencies
from chalicelib.media.service import stage_removal
from chalicelib.media.sweep import PhotoOutcome, UploadSweep


def sweep_photos(
    deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page_size: int = PAGE_SIZE
) -> SweepResult[PhotoOutcome]:
    """Settle every upload that is due and return how many had which result."""
    sweep = UploadSweep(photos=PHOTOS, withdraw=withdraw_photo, deps=deps, sweep_id=sweep_id, page_size=page_size)
    return sweep.run(remaining_s)


def withdraw_photo(work: UnitOfWork, photo: OrderPhoto, order: Order) -> PhotoOutcome:
    """Stage that a photo whose objects are missing is deleted, if the order is not delivered."""
    if order.status == OrderState.DELIVERED:
        ids = {"photo_id": photo.photo_id, "order_id": order.order_id}
        observability.log().error("a photo of a delivered order is missing", extra=ids)
        return PhotoOutcome.LOST
    work.audit(Order.kind, order.order_id, "ORDER_PHOTO_WITHDRAWN")
    is_open = Order.status != OrderState.DELIVERED.value
    work.check_condition(order_key(order.org_id, order.order_id), is_open, Conflict())
    stage_removal(work, PHOTOS, photo)
    return PhotoOutcome.WITHDRAWN
