"""Requests about photos of work orders. `PhotoView` is with the work orders, whose details show photos too."""

import msgspec

from chalicelib.core.errors import PayloadTooLarge
from chalicelib.edge.types import EntityId
from chalicelib.maintenance.rules import PhotoKind
from chalicelib.media.schemas import MAX_PHOTO_BYTES, Device, PhotoFile

UPLOADS = "/v1/uploads/photos"
PRESIGN = f"{UPLOADS}/presign"


class UploadPhoto(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order."""

    file: PhotoFile
    work_order_id: EntityId
    kind: PhotoKind
    device: Device | None = None

    def __post_init__(self) -> None:
        """Raise `PayloadTooLarge` if the file is too large for the API, and name the way for larger ones."""
        if len(self.file) > MAX_PHOTO_BYTES:
            raise PayloadTooLarge(details={"most": MAX_PHOTO_BYTES, "instead": PRESIGN})


class PhotoIntent(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order that the client is about to upload to the bucket itself."""

    work_order_id: EntityId
    kind: PhotoKind
    device: Device | None = None
