"""The photos of work orders and the notes about their uploads, in the table of maintenance."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.table import IntAttribute, stored_in
from chalicelib.maintenance.workorders.tables import work_order_key
from chalicelib.media.tables import Photo, PhotoCollection, Upload


class WorkOrderPhoto(Photo):
    """A photo of a work order. `attempt` is the number of attempts that had begun when it was added."""

    Meta = stored_in("maintenance")
    unaudited = Photo.unaudited | {"attempt"}

    order_id = UnicodeAttribute()
    attempt = IntAttribute(default=0)


class WorkOrderUpload(Upload):
    """The note about the upload of a photo of a work order."""

    Meta = stored_in("maintenance")


PHOTOS = PhotoCollection(
    photo=WorkOrderPhoto, upload=WorkOrderUpload, owner_key=work_order_key, owner_attribute="order_id"
)
