"""The photos of an owner."""

from chalicelib.core.store import Query
from chalicelib.media.tables import Photo, PhotoCollection, PhotoT, UploadT

MAX_PHOTOS = 500
"""The most photos of one owner that are shown."""


def list_photos(photos: PhotoCollection[PhotoT, UploadT], org_id: str, owner_id: str) -> list[PhotoT]:
    """Return the photos of an owner, oldest first: those that are shown, and one more if there are more."""
    first = photos.photo_key(org_id, f"{owner_id}.")
    query = Query(photos.photo, first.pk, range_condition=Photo.sk.startswith(first.sk))
    return [photos.photo.from_raw_data(item) for item in query.read(MAX_PHOTOS + 1).items]
