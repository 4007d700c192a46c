"""The objects of photos in the bucket: their keys, writing, checking and removing them.

This module knows nothing of the notes about them (`chalicelib.media.tables`).
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from chalicelib.core.errors import ValidationFailed
from chalicelib.core.objects import Objects, ObjectTooLarge, UploadForm
from chalicelib.core.parallel import parallel
from chalicelib.core.settings import Settings
from chalicelib.media.errors import FileNotUploaded
from chalicelib.media.images import CONTENT_TYPE, EncodedImage
from chalicelib.media.schemas import MAX_UPLOAD_BYTES


class ObjectKeys(NamedTuple):
    """The keys of a photo's objects. `incoming` is the file as a client uploaded it, until it is confirmed."""

    full: str
    thumb: str
    incoming: str


def object_keys(org_id: str, photo_id: str) -> ObjectKeys:
    """Return the keys of the objects of a photo."""
    organisation, name = quote(org_id, safe=""), quote(photo_id, safe="")
    folder = f"photos/{organisation}/{name}"
    return ObjectKeys(f"{folder}/photo.jpg", f"{folder}/thumb.jpg", f"incoming/{organisation}/{name}")


def put_image(settings: Settings, keys: ObjectKeys, image: EncodedImage) -> None:
    """Write a photo and its thumbnail."""
    objects = Objects(settings)
    parallel(
        [
            partial(objects.put, keys.full, image.full, CONTENT_TYPE),
            partial(objects.put, keys.thumb, image.thumb, CONTENT_TYPE),
        ]
    )


def has_image(settings: Settings, keys: ObjectKeys) -> bool:
    """Return whether a photo and its thumbnail exist."""
    objects = Objects(settings)
    return all(parallel([partial(objects.exists, keys.full), partial(objects.exists, keys.thumb)]))


def read_incoming(settings: Settings, keys: ObjectKeys) -> bytes:
    """Return the file that a client has uploaded. Raise `FileNotUploaded`, or `ValidationFailed` if it is too large."""
    try:
        content = Objects(settings).get(keys.incoming, MAX_UPLOAD_BYTES)
    except ObjectTooLarge:
        raise ValidationFailed({"file": f"must be at most {MAX_UPLOAD_BYTES} bytes"}) from None
    if content is None:
        raise FileNotUploaded
    return content


def delete_objects(settings: Settings, keys: Sequence[str]) -> None:
    """Remove objects; those that do not exist are skipped."""
    objects = Objects(settings)
    parallel([partial(objects.delete, key) for key in keys])


def upload_form(settings: Settings, keys: ObjectKeys) -> UploadForm:
    """Return the form with which a client uploads the file of a photo."""
    return Objects(settings).upload_form(keys.incoming, MAX_UPLOAD_BYTES)
