"""Photos as they are stored: an item beside their owner, two objects in the bucket, and an upload note about both.

The owner is the entity that a photo belongs to, such as a work order. Each domain keeps the photos and notes of its
owners in its own table: it derives a model from `Photo` and one from `Upload` and names both in a `PhotoCollection`.

An object in the bucket cannot be part of a transaction. So a note (`Upload`) is written before there is an object, and
stays until the object's fate is settled:

    EXPECTED   objects may exist; the photo does not. A note that is still in this state when it is due was abandoned.
    STORED     the photo exists, created in the transaction that set this state. When the note is due, the sweep checks
               that the objects exist too.
    LEFT       the photo was deleted (in the same transaction) or was never created. Objects may still exist, or be
               written again, until the sweep has removed them.

A note is due at a moment that is set once, when it is written: from then on no form and no request can write its
objects. So every object in the bucket has a photo or a note at every moment, wherever a process ends. Notes are found
in a sharded index by when they are due; no table and no bucket is ever listed.

The id of a photo begins with the id of its owner, so that a photo is found by its id alone and still lies beside its
owner, where reads are consistent.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import IncludeProjection

from chalicelib.core.ids import Ids
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, Item, MomentAttribute, index, key, optional

UPLOAD_SHARDS = Shards(4)


class UploadState(StrEnum):
    """The states of an upload note."""

    EXPECTED = "EXPECTED"
    STORED = "STORED"
    LEFT = "LEFT"


class Photo(Entity):
    """A photo of an owner. A domain's model adds the table and an attribute with the owner's id."""

    kind = "photo"
    unaudited = frozenset({"org_id", "created_at"})

    photo_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    photo_kind = UnicodeAttribute()
    device = optional(UnicodeAttribute())
    uploaded_by = UnicodeAttribute()
    created_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the photo's id."""
        return self.photo_id


class Upload(Item):
    """The note about the objects of one photo. A domain's model adds the table.

    `photo_kind`, `device` and `uploaded_by` are set only if the client uploads the file to the bucket itself.
    """

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
    uploads_due = index(
        IncludeProjection(["org_id", "photo_id"]), upload_shard=UnicodeAttribute, sweep_at=MomentAttribute
    )
    """Upload notes by when they are due, in a few shards that all organisations share."""


PhotoT = TypeVar("PhotoT", bound=Photo)
UploadT = TypeVar("UploadT", bound=Upload)


class PhotoCollection(msgspec.Struct, Generic[PhotoT, UploadT], frozen=True, kw_only=True):
    """Where a domain keeps the photos of one kind of owner.

    `owner_key` makes an owner's key from the organisation and the owner's id; the photos have the same `pk`.
    `owner_attribute` is the attribute of the photo model that holds the owner's id.
    """

    photo: type[PhotoT]
    upload: type[UploadT]
    owner_key: Callable[[str, str], ItemKey[Any]]
    owner_attribute: str

    def photo_key(self, org_id: str, photo_id: str) -> ItemKey[PhotoT]:
        """Return the key of a photo."""
        return ItemKey(self.photo, self.owner_key_of(org_id, photo_id).pk, key("PHOTO", photo_id))

    def upload_key(self, org_id: str, photo_id: str) -> ItemKey[UploadT]:
        """Return the key of the note about a photo's objects."""
        return ItemKey(self.upload, key(org_id, "UPLOAD", photo_id), "UPLOAD")

    def owner_key_of(self, org_id: str, photo_id: str) -> ItemKey[Any]:
        """Return the key of the owner of a photo."""
        return self.owner_key(org_id, owner_of(photo_id))

    def new_upload(self, org_id: str, photo_id: str, sweep_at: datetime) -> UploadT:
        """Return a note that objects may be written until `sweep_at`."""
        return self.upload_key(org_id, photo_id).new(
            photo_id=photo_id,
            org_id=org_id,
            state=UploadState.EXPECTED.value,
            sweep_at=sweep_at,
            upload_shard=_shard_of(photo_id),
        )


def new_photo_id(owner_id: str, ids: Ids) -> str:
    """Return the id of a new photo; the ids of one owner sort by when they were made."""
    return f"{owner_id}.{ids.new().replace('-', '')}"


def owner_of(photo_id: str) -> str:
    """Return the id of the owner of a photo."""
    return photo_id.rpartition(".")[0]


def upload_shards() -> list[str]:
    """Return the index keys of all shards of notes."""
    return UPLOAD_SHARDS.keys("UPLOADS")


def _shard_of(photo_id: str) -> str:
    return UPLOAD_SHARDS.key_of(photo_id, "UPLOADS")


def left_over(org_id: str, photo_id: str, now: datetime) -> list[Action]:
    """Return the changes of the note about a photo that is deleted, whether the note still exists or not.

    It stays due when it was: until then the uploader may write objects again, with the form they have or by a request
    that is still running.
    """
    return [
        Upload.photo_id.set(photo_id),
        Upload.org_id.set(org_id),
        Upload.state.set(UploadState.LEFT.value),
        Upload.sweep_at.set(Upload.sweep_at | now),
        Upload.upload_shard.set(_shard_of(photo_id)),
    ]
