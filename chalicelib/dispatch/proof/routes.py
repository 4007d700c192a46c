"""Endpoints of photos of orders: through the API up to 4 MB, or uploaded to the bucket by the client up to 20 MB."""

from collections.abc import Sequence

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import permissions
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.proof import queries, resources, service, views
from chalicelib.dispatch.proof.examples import PHOTO, UPLOAD
from chalicelib.dispatch.proof.rules import DeliveryPhotoAction
from chalicelib.dispatch.proof.schemas import (
    PHOTOS_PATH,
    PRESIGN,
    DeliveryPhoto,
    DeliveryPhotoIntent,
    DeliveryPhotoList,
    UploadDeliveryPhoto,
)
from chalicelib.dispatch.proof.tables import OrderPhoto, OrderUpload
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.media.schemas import MAX_FORM_BYTES, PhotoUpload, too_large
from chalicelib.media.views import upload_view

routes = Routes(__name__, "Courier dispatch")


def _photo_view(photo: OrderPhoto) -> DeliveryPhoto:
    return views.photo_view(photo, dependencies().settings)


@routes.post(
    PHOTOS_PATH,
    permission=permissions.ANSWER,
    resource=resources.CARRIED_ORDER,
    owners_only=True,
    transition=DeliveryPhotoAction.ADD,
    body=UploadDeliveryPhoto,
    form=True,
    max_body_bytes=MAX_FORM_BYTES,
    too_large=too_large(PRESIGN),
    returns=DeliveryPhoto,
    view=_photo_view,
    status=201,
    audit_target=AuditTarget(Order.kind, "ORDER_PHOTO_ADDED", "order_id"),
    examples={"request": {"device": "Pixel 9"}, "response": PHOTO},
)
def upload_order_photo(request: Request[UploadDeliveryPhoto, Empty, Order], work: UnitOfWork) -> OrderPhoto:
    """Add a photo of at most 4 MB to an order that its courier has picked up.

    It is stored upright as a JPEG, without anything else in the file, such as where it was taken. A larger one is 413;
    `details.instead` names the way for it. A repeated request adds another photo: send an `Idempotency-Key`.
    """
    return service.upload_order_photo(work, request.resource, request.body, request.actor)


@routes.post(
    PRESIGN,
    permission=permissions.ANSWER,
    resource=resources.CARRIED_ORDER,
    owners_only=True,
    transition=DeliveryPhotoAction.ADD,
    body=DeliveryPhotoIntent,
    returns=PhotoUpload,
    view=lambda upload: upload_view(upload, dependencies().settings),
    status=201,
    audit_target=AuditTarget(Order.kind, "ORDER_PHOTO_UPLOAD_PREPARED", "order_id"),
    examples={"request": {"device": "Pixel 9"}, "response": UPLOAD},
)
def presign_order_photo(request: Request[DeliveryPhotoIntent, Empty, Order], work: UnitOfWork) -> OrderUpload:
    """Get an address to which the client itself uploads a photo of up to 20 MB.

    Post the file there, then confirm it with `POST /v1/orders/{order_id}/photos/{photo_id}/confirm`, both before
    `expiresAt`. The order has the photo only after that; what is not confirmed is removed.
    """
    return service.presign_order_photo(work, request.resource, request.body, request.actor)


@routes.post(
    f"{PHOTOS_PATH}/{{photo_id}}/confirm",
    permission=permissions.ANSWER,
    resource=resources.CONFIRMED_PHOTO,
    owners_only=True,
    repeated=lambda photo, _: photo is not None,
    related={"upload": resources.UPLOAD, "order": resources.SEEN_ORDER},
    returns=DeliveryPhoto,
    view=_photo_view,
    status=201,
    errors=[Conflict],
    audit_target=AuditTarget(OrderPhoto.kind, "ORDER_PHOTO_ADDED", "photo_id"),
    examples={"response": PHOTO},
)
def confirm_order_photo(request: Request[Empty], work: UnitOfWork) -> OrderPhoto:
    """Add an uploaded photo to its order.

    Only who prepared the upload may confirm it. A repeated request gets the photo again. If the file has not arrived,
    the response is 409: upload it and confirm again.
    """
    return service.confirm_order_photo(work, request.related["upload"], request.related["order"], request.actor)


@routes.get(
    PHOTOS_PATH,
    permission=permissions.READ,
    resource=resources.SEEN_ORDER,
    returns=DeliveryPhotoList,
    view=lambda photos: views.photo_list_view(photos, dependencies().settings),
    examples={"response": {"photos": [PHOTO]}},
)
def list_order_photos(request: Request[Empty, Empty, Order]) -> Sequence[OrderPhoto]:
    """List the photos of an order, oldest first, as its customer or a dispatcher."""
    return queries.list_order_photos(request.resource)
