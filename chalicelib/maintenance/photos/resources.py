"""The items that requests about photos name."""

from msgspec.structs import replace

from chalicelib.edge.endpoint import Resource
from chalicelib.maintenance.photos.rules import PHOTO_CHANGES
from chalicelib.maintenance.photos.tables import PHOTOS
from chalicelib.maintenance.resources import WORK_ORDER

NAMED_WORK_ORDER = replace(WORK_ORDER, id_from=("workOrderId",), states=PHOTO_CHANGES)
"""The work order that the body names."""
WORK_ORDER_OF_PHOTO = replace(WORK_ORDER, key=PHOTOS.owner_key_of, id_from=("photo_id",), name="photo")
PHOTO = Resource(key=PHOTOS.photo_key, id_from=("photo_id",), owners=lambda photo, _: (photo.uploaded_by,))
CONFIRMED_PHOTO = replace(PHOTO, required=False)
"""The photo of an upload; it exists if the upload has been confirmed before."""
UPLOAD = Resource(key=PHOTOS.upload_key, id_from=("photo_id",), required=False)
"""The note about an upload; the sweep removes it some time after the upload was confirmed."""
