"""Photos as they are stored: a row beside their work order, two objects in the bucket, and a note about both.

An object cannot be part of a transaction. So that none is ever forgotten, a note (`Upload`) is written before there is
an object, and stays until what it speaks of is settled:

    EXPECTED   objects may be there; the photo is not. What is still so when its time comes was given up.
    STORED     the photo is there, written in the transaction that turned the note into this. Once its time has come the
               sweep looks whether the objects are there too.
    LEFT       the photo is gone (taken away in the same transaction), or never came. Objects may still be there, or
               come again, until the sweep has seen to it.

The time of a note is set once, when it is written: by then no form and no request can put its objects any more.

Every object in the bucket therefore has a photo or a note that speaks of it, at every moment, whoever crashes where.
Notes are found in a sharded index by the moment at which they are to be looked at: no table and no bucket is ever
listed.

The id of a photo begins with the id of its work order, so that a photo is found by its id alone and still lies beside
its order, where reading it is consistent.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.ids import Ids
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, Item, MomentAttribute, TableName, key, optional
from chalicelib.maintenance.workorders.tables import work_order_key

UPLOAD_SHARDS = 4


class _Meta:
    table_name = TableName("maintenance")


class UploadState(StrEnum):
    """What a note says of its objects."""

    EXPECTED = "EXPECTED"
    STORED = "STORED"
    LEFT = "LEFT"


class Photo(Entity):
    """A photo of a work order."""

    class Meta(_Meta):
        pass

    kind = "photo"
    unaudited = frozenset({"org_id", "created_at"})

    photo_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    order_id = UnicodeAttribute()
    photo_kind = UnicodeAttribute()
    device = optional(UnicodeAttribute())
    uploaded_by = UnicodeAttribute()
    created_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.photo_id


class UploadsDue(GlobalSecondaryIndex["Upload"]):
    """Notes by when they are to be looked at, in a few shards since all organisations share them."""

    class Meta:
        index_name = "uploads_due"
        projection = IncludeProjection(["org_id", "photo_id"])

    upload_shard = UnicodeAttribute(hash_key=True)
    sweep_at = MomentAttribute(range_key=True)


class Upload(Item):
    """The note about the objects of one photo; see the top of this module."""

    class Meta(_Meta):
        pass

    kind = "upload"
    unaudited = frozenset({"org_id", "upload_shard"})

    photo_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    state = UnicodeAttribute()
    photo_kind = optional(UnicodeAttribute())
    device = optional(UnicodeAttribute())
    uploaded_by = optional(UnicodeAttribute())
    sweep_at = MomentAttribute()
    upload_shard = UnicodeAttribute()
    uploads_due = UploadsDue()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.photo_id


class Places(NamedTuple):
    """The keys of a photo's objects in the bucket."""

    full: str
    thumb: str
    incoming: str
    """What a client puts there itself, as it comes, until it is confirmed."""


def new_photo_id(order_id: str, ids: Ids) -> str:
    """The id of a new photo of a work order; those of one order sort by when they were made."""
    return f"{order_id}.{ids.new().replace('-', '')}"


def order_of(photo_id: str) -> str:
    """The id of the work order of a photo."""
    return photo_id.rpartition(".")[0]


def photo_key(org_id: str, photo_id: str) -> ItemKey[Photo]:
    """Where a photo is: beside its work order."""
    return ItemKey(Photo, work_order_key(org_id, order_of(photo_id)).pk, key("PHOTO", photo_id))


def upload_key(org_id: str, photo_id: str) -> ItemKey[Upload]:
    """Where the note about a photo's objects is."""
    return ItemKey(Upload, key(org_id, "UPLOAD", photo_id), "UPLOAD")


def upload_shard(number: int) -> str:
    """The index key of a shard of notes."""
    return key("UPLOADS", number)


def shard_of(photo_id: str) -> str:
    """The shard that the note about a photo is in."""
    return upload_shard(zlib.crc32(photo_id.encode()) % UPLOAD_SHARDS)


def new_upload(org_id: str, photo_id: str, sweep_at: datetime) -> Upload:
    """A note that objects may come."""
    where = upload_key(org_id, photo_id)
    return Upload(
        where.pk,
        where.sk,
        photo_id=photo_id,
        org_id=org_id,
        state=UploadState.EXPECTED.value,
        sweep_at=sweep_at,
        upload_shard=shard_of(photo_id),
    )


def left_over(org_id: str, photo_id: str, now: datetime) -> list[Action]:
    """What a note says of a photo that is gone, whether there still was one or not.

    It is looked at when it would have been: until then whoever added the photo may put objects into the bucket anew,
    with the form that they have or by a request that is slow.
    """
    return [
        Upload.photo_id.set(photo_id),
        Upload.org_id.set(org_id),
        Upload.state.set(UploadState.LEFT.value),
        Upload.sweep_at.set(Upload.sweep_at | now),
        Upload.upload_shard.set(shard_of(photo_id)),
    ]


def places(org_id: str, photo_id: str) -> Places:
    """Where the objects of a photo are."""
    organisation, name = quote(org_id, safe=""), quote(photo_id, safe="")
    folder = f"photos/{organisation}/{name}"
    return Places(f"{folder}/photo.jpg", f"{folder}/thumb.jpg", f"incoming/{organisation}/{name}")
