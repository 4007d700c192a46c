"""The use cases of photos of orders: upload one through the API, or to the bucket and confirm it.

A photo is added while its uploader has the order in hand: that is a condition of the transaction that creates it.
"""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied
from chalicelib.core.transitions import require_transition, transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.proof.rules import PHOTO_CHANGES, DeliveryPhotoAction
from chalicelib.dispatch.proof.schemas import DeliveryPhotoIntent, UploadDeliveryPhoto
from chalicelib.dispatch.proof.tables import PHOTOS, OrderPhoto, OrderUpload
from chalicelib.media import service as media
from chalicelib.media.schemas import PhotoDetails


def upload_order_photo(work: UnitOfWork, order: Order, command: UploadDeliveryPhoto, actor: Actor) -> OrderPhoto:
    """Add a photo that came with the request. Raise `ValidationFailed` if the file is not a photo."""
    photo_id = media.store_photo(work, PHOTOS, order.org_id, order.order_id, command.file)
    return _add_photo(work, order, photo_id, PhotoDetails(command.kind.value, command.device), actor)


def presign_order_photo(work: UnitOfWork, order: Order, command: DeliveryPhotoIntent, actor: Actor) -> OrderUpload:
    """Prepare the upload of a photo by the client itself; it does not exist until it is confirmed."""
    details = PhotoDetails(command.kind.value, command.device)
    return media.prepare_upload(work, PHOTOS, order.order_id, details, actor)


def confirm_order_photo(work: UnitOfWork, upload: OrderUpload | None, order: Order, actor: Actor) -> OrderPhoto:
    """Add the photo that the client has uploaded, or return it if it was confirmed at the same moment.

    Raise `NoSuchUpload`, `AccessDenied`, `Conflict`, `FileNotUploaded` or `ValidationFailed`.
    """
    upload = media.require_pending(work, upload, actor)
    if order.assigned_courier != actor.user_id:
        raise AccessDenied("This order is not yours any more.")
    require_transition(PHOTO_CHANGES, order.status, DeliveryPhotoAction.ADD)
    confirmed = media.receive_upload(work, PHOTOS, upload)
    if confirmed is not None:
        return confirmed
    return _add_photo(work, order, upload.photo_id, PhotoDetails(str(upload.photo_kind), upload.device), actor)


def _add_photo(work: UnitOfWork, order: Order, photo_id: str, details: PhotoDetails, actor: Actor) -> OrderPhoto:
    """Stage a photo whose objects are stored, on the condition that the order is still in the courier's hands."""
    work.audit(Order.kind, order.order_id, "ORDER_PHOTO_ADDED")
    in_hand = (Order.status == OrderState.PICKED_UP.value) & (Order.assigned_courier == actor.user_id)
    on_conflict = transition_conflict(PHOTO_CHANGES, order.status, DeliveryPhotoAction.ADD)
    work.check_condition(order_key(order.org_id, order.order_id), in_hand, on_conflict)
    return media.create_photo(work, PHOTOS, photo_id, details, actor)
