"""Photos of orders as they are read."""

from collections.abc import Sequence

from chalicelib.core.settings import Settings
from chalicelib.dispatch.proof.rules import DeliveryPhotoKind
from chalicelib.dispatch.proof.schemas import DeliveryPhoto, DeliveryPhotoList
from chalicelib.dispatch.proof.tables import OrderPhoto
from chalicelib.media.views import photo_urls


def photo_view(photo: OrderPhoto, settings: Settings) -> DeliveryPhoto:
    """Return a photo with the presigned addresses of both its sizes."""
    url, thumb_url = photo_urls(photo, settings)
    return DeliveryPhoto(
        photo.photo_id, url, thumb_url, DeliveryPhotoKind(photo.photo_kind), photo.order_id, photo.created_at
    )


def photo_list_view(photos: Sequence[OrderPhoto], settings: Settings) -> DeliveryPhotoList:
    """Return the photos of an order."""
    return DeliveryPhotoList([photo_view(photo, settings) for photo in photos])
