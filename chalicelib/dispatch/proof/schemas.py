"""Requests and responses about proof of delivery."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.errors import PayloadTooLarge
from chalicelib.dispatch.proof.rules import DeliveryPhotoKind
from chalicelib.edge.types import SENTENCE
from chalicelib.media.schemas import MAX_PHOTO_BYTES, Device, PhotoFile, too_large

PHOTOS_PATH = "/v1/orders/{order_id}/photos"
PRESIGN = f"{PHOTOS_PATH}/presign"

Pin = Annotated[
    str,
    Meta(min_length=4, max_length=4, pattern=r"^[0-9]{4}$(?!\n)", extra={SENTENCE: "must be four digits"}),
]
PhotoId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9._-]+$(?!\n)",
        extra={SENTENCE: "must consist of letters, digits, '.', '_' and '-' only"},
    ),
]


class Requirements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the courier has to prove the delivery by."""

    pin: bool = False
    """Whether the receiver tells the courier a PIN, which the customer reads as `delivery_pin` and passes on."""
    photo: bool = False
    """Whether the courier takes a photo of the delivery."""


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proof of a delivery. What the order does not require is ignored."""

    pin: Pin | None = None
    """The PIN that the receiver gave the courier: four digits. Required if the order requires a PIN."""
    photo_id: PhotoId | None = None
    """The id of a photo of this order. Required if the order requires a photo."""


class UploadDeliveryPhoto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photo of a delivery."""

    file: PhotoFile
    """The photo: a JPEG, PNG or WebP of at most 4 MB (4,194,304 bytes)."""
    kind: DeliveryPhotoKind = DeliveryPhotoKind.DELIVERY
    """What the photo shows."""
    device: Device | None = None
    """The device with which the photo was taken, in the client's own words."""

    def __post_init__(self) -> None:
        """Raise `PayloadTooLarge` if the file is too large for the API, and name the way for larger ones."""
        if len(self.file) > MAX_PHOTO_BYTES:
            raise PayloadTooLarge(details=dict(too_large(PRESIGN)))


class DeliveryPhotoIntent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photo of a delivery that the client is about to upload to the bucket itself."""

    kind: DeliveryPhotoKind = DeliveryPhotoKind.DELIVERY
    """What the photo shows."""
    device: Device | None = None
    """The device with which the photo was taken, in the client's own words."""


class DeliveryPhoto(msgspec.Struct, frozen=True):
    """A photo of a delivery."""

    id: str
    """The id of the photo; send it as `proof.photo_id` when the order is delivered."""
    url: str
    """The address of the photo as a JPEG. It needs no other authentication and is valid for some minutes."""
    thumb_url: str
    """The address of the photo in at most 320 x 320 pixels, valid as long."""
    kind: DeliveryPhotoKind
    """What the photo shows."""
    order_id: str
    """The id of the order."""
    created_at: datetime
    """When the photo was added, in UTC."""


class DeliveryPhotoList(msgspec.Struct, frozen=True):
    """The photos of an order."""

    photos: Sequence[DeliveryPhoto]
    """The photos, oldest first, at most 500."""
