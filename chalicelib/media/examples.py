"""Examples of photos for the API description."""

from collections.abc import Mapping
from typing import Any

from chalicelib.media.schemas import MAX_UPLOAD_BYTES

_BUCKET = "https://baton-prod-photos.s3.eu-west-1.amazonaws.com"


def address_examples(photo_id: str) -> tuple[str, str]:
    """Return the addresses of a photo and of its thumbnail."""
    folder = f"{_BUCKET}/photos/demo/{photo_id}"
    return f"{folder}/photo.jpg?X-Amz-Signature=7be12f", f"{folder}/thumb.jpg?X-Amz-Signature=9cd03a"


def upload_example(photo_id: str) -> Mapping[str, Any]:
    """Return where to upload the file of a photo."""
    return {
        "id": photo_id,
        "url": f"{_BUCKET}/",
        "fields": {
            "key": f"incoming/demo/{photo_id}",
            "policy": "eyJleHBpcmF0aW9uIjogIjIwMjYtMDMtMTRUMDk6NDE6NTNaIn0=",
            "x-amz-signature": "4be1c3",
        },
        "mostBytes": MAX_UPLOAD_BYTES,
        "expiresAt": "2026-03-14T10:06:40Z",
    }
