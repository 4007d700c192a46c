"""Requests about photos of work orders. `PhotoView` is with the details of work orders, which show photos too."""

import msgspec

from chalicelib.core.errors import PayloadTooLarge
from chalicelib.edge.types import EntityId
from chalicelib.maintenance.rules import PhotoKind
from chalicelib.media.schemas import MAX_PHOTO_BYTES, Device, PhotoFile, too_large

UPLOADS = "/v1/uploads/photos"
PRESIGN = f"{UPLOADS}/presign"


class UploadPhoto(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order."""

    file: PhotoFile
    """The photo: a JPEG, PNG or WebP of at most 4 MB (4,194,304 bytes)."""
    work_order_id: EntityId
    """The id of the work order."""
    kind: PhotoKind
    """What the photo shows.

    A work order can be finished once it has a photo of the kind `COMPLETION`. Those who may finish or return the work
    order may add the photo of it; of an outsourced one, those who may outsource it.
    """
    device: Device | None = None
    """The device with which the photo was taken, in the client's own words."""

    def __post_init__(self) -> None:
        """Raise `PayloadTooLarge` if the file is too large for the API, and name the way for larger ones."""
        if len(self.file) > MAX_PHOTO_BYTES:
            raise PayloadTooLarge(details=dict(too_large(PRESIGN)))


class PhotoIntent(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order that the client is about to upload to the bucket itself."""

    work_order_id: EntityId
    """The id of the work order."""
    kind: PhotoKind
    """What the photo shows.

    A work order can be finished once it has a photo of the kind `COMPLETION`. Those who may finish or return the work
    order may add the photo of it; of an outsourced one, those who may outsource it.
    """
    device: Device | None = None
    """The device with which the photo was taken, in the client's own words."""
