"""Requests and answers of photos. `PhotoView` itself stands with the work orders, whose details show photos too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import EntityId
from chalicelib.maintenance.rules import PhotoKind

PHOTO_BYTES = 4 * 1024 * 1024
"""The largest photo that comes through the API: with its base64 it has to fit into what a Lambda takes (6 MB)."""
LARGE_PHOTO_BYTES = 20 * 1024 * 1024
"""The largest photo that a client puts into the bucket itself."""

Device = Annotated[str, Meta(max_length=100)]
File = Annotated[bytes, Meta(min_length=1, description="A JPEG, PNG or WebP of at most 4 MB (4,194,304 bytes).")]


class NewPhoto(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order."""

    file: File
    work_order_id: EntityId
    kind: PhotoKind
    device: Device | None = None


class PhotoIntent(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A photo of a work order that the client is about to put into the bucket itself."""

    work_order_id: EntityId
    kind: PhotoKind
    device: Device | None = None


class PhotoUpload(msgspec.Struct, frozen=True, rename="camel"):
    """Where to put a photo: post a form of all `fields` and, as its last, `file` to `url`; then confirm it by its `id`.

    Both have to be done before `expiresAt`. What is not confirmed is removed.
    """

    id: str
    method: Literal["POST"]
    url: str
    fields: Mapping[str, str]
    most_bytes: int
    expires_at: datetime
