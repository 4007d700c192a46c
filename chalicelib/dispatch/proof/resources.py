"""The items that requests about photos of orders name."""

from msgspec.structs import replace

from chalicelib.core.store import ItemKey
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.dispatch.proof.rules import PHOTO_CHANGES
from chalicelib.dispatch.proof.tables import PHOTOS, OrderPhoto, OrderUpload
from chalicelib.edge.endpoint import Resource
from chalicelib.media.tables import owner_of


def _photo_key(org_id: str, order_id: str, photo_id: str) -> ItemKey[OrderPhoto] | None:
    """Return the key of a photo of this order."""
    return PHOTOS.photo_key(org_id, photo_id) if owner_of(photo_id) == order_id else None


def _upload_key(org_id: str, order_id: str, photo_id: str) -> ItemKey[OrderUpload] | None:
    """Return the key of the note about the upload of a photo of this order."""
    return PHOTOS.upload_key(org_id, photo_id) if owner_of(photo_id) == order_id else None


SEEN_ORDER = Resource[Order](key=order_key, id_from=("order_id",), owners=lambda order, _: (order.customer_id,))
"""An order whose photos are read: by its customer, not by its courier."""
CARRIED_ORDER = replace(SEEN_ORDER, owners=lambda order, _: (order.assigned_courier,), states=PHOTO_CHANGES)
"""An order to which its courier adds a photo."""
CONFIRMED_PHOTO = Resource(
    key=_photo_key,
    id_from=("order_id", "photo_id"),
    owners=lambda photo, _: (photo.uploaded_by,),
    required=False,
)
"""The photo of an upload; it exists if the upload has been confirmed before."""
UPLOAD = Resource(key=_upload_key, id_from=("order_id", "photo_id"), required=False)
"""The note about an upload; the sweep removes it some time after the upload was confirmed."""
