"""Examples of photos of orders for the API description."""

from collections.abc import Mapping
from typing import Any

from chalicelib.media.examples import address_examples, upload_example

_ORDER_ID = "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"
_PHOTO_ID = f"{_ORDER_ID}.019ceb32c0587f41b3d0a27c4e58d9b6"
_URL, _THUMB_URL = address_examples(_PHOTO_ID)

PHOTO: Mapping[str, Any] = {
    "id": _PHOTO_ID,
    "url": _URL,
    "thumb_url": _THUMB_URL,
    "kind": "DELIVERY",
    "order_id": _ORDER_ID,
    "created_at": "2026-03-14T09:51:40.216Z",
}
UPLOAD = upload_example(_PHOTO_ID)
