"""The photos of an owner."""

from chalicelib.core.store import Query
from chalicelib.media.tables import Photo, PhotoCollection, PhotoT, UploadT

MAX_PHOTOS = 500
"""The most photos of one owner that are shown."""


def list_photos(photos: PhotoCollection[PhotoT, UploadT], org_id: str, owner_id: str) -> list[PhotoT]:
    """Return the photos of an owner, oldest first."""
    first = photos.photo_key(org_id, f"{owner_id}.")
    return list(Query(photos.photo, first.pk, range_condition=Photo.sk.startswith(first.sk)).page(MAX_PHOTOS).items)
