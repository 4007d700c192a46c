"""Examples of photos of orders for the API description."""

from collections.abc import Mapping
from typing import Any

from chalicelib.media.schemas import MAX_UPLOAD_BYTES

_ORDER_ID = "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"
_PHOTO_ID = f"{_ORDER_ID}.019ceb32c0587f41b3d0a27c4e58d9b6"
_BUCKET = "https://baton-prod-photos.s3.eu-west-1.amazonaws.com"
_FOLDER = f"{_BUCKET}/photos/demo/{_PHOTO_ID}"

PHOTO: Mapping[str, Any] = {
    "id": _PHOTO_ID,
    "url": f"{_FOLDER}/photo.jpg?X-Amz-Signature=7be12f",
    "thumb_url": f"{_FOLDER}/thumb.jpg?X-Amz-Signature=9cd03a",
    "kind": "DELIVERY",
    "order_id": _ORDER_ID,
    "created_at": "2026-03-14T09:51:40.216Z",
}
UPLOAD: Mapping[str, Any] = {
    "id": _PHOTO_ID,
    "url": f"{_BUCKET}/",
    "fields": {
        "key": f"incoming/demo/{_PHOTO_ID}",
        "policy": "eyJleHBpcmF0aW9uIjogIjIwMjYtMDMtMTRUMDk6NDE6NTNaIn0=",
        "x-amz-signature": "4be1c3",
    },
    "mostBytes": MAX_UPLOAD_BYTES,
    "expiresAt": "2026-03-14T10:06:40Z",
}
