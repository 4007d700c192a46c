"""Sizes and fields of photo uploads that are the same in every domain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

MAX_PHOTO_BYTES = 4 * 1024 * 1024
"""The largest photo that comes through the API: its base64 form has to fit into a Lambda request (6 MB)."""
MAX_FORM_BYTES = MAX_PHOTO_BYTES + 64 * 1024
"""The largest request with a photo: there is room for the other fields of the form."""
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
"""The largest photo that a client uploads to the bucket itself."""


def too_large(instead: str) -> Mapping[str, object]:
    """Return the details of the error of a photo that is too large: the limit, and the endpoint that takes more."""
    return {"most": MAX_PHOTO_BYTES, "instead": instead}


Device = Annotated[str, Meta(max_length=100)]
PhotoFile = Annotated[bytes, Meta(min_length=1, description="A JPEG, PNG or WebP of at most 4 MB (4,194,304 bytes).")]


class PhotoDetails(NamedTuple):
    """What the uploader says of a photo: its kind, in the words of the domain, and the device."""

    kind: str
    device: str | None = None


class PhotoUpload(msgspec.Struct, frozen=True, rename="camel"):
    """Where to upload a photo: send a form of all `fields` and, last, `file` to `url`; then confirm it by its `id`.

    What is not confirmed in time is removed.
    """

    id: str
    """The id of the photo, with which the upload is confirmed."""
    method: Literal["POST"]
    """The method of the request that uploads the file."""
    url: str
    """The address to which the form is sent. It needs no other authentication."""
    fields: Mapping[str, str]
    """The fields of the form, to be sent unchanged before the file."""
    most_bytes: int
    """The largest file that is accepted, in bytes."""
    expires_at: datetime
    """The time in UTC by which the file has to be uploaded and confirmed."""
