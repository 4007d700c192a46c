"""The steps of uploading and deleting photos, for the use cases of a domain.

The order is always the same: the note that objects may be written, then the objects, then one transaction with the
photo, the domain's own changes and the note (`chalicelib.media.tables` says why). Whatever fails in between leaves a
note, and the sweep (`chalicelib.media.sweep`) removes what is left. A use case that runs again after a conflict stores
nothing twice.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, ValidationFailed
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.media.errors import FileNotUploaded, NoSuchPhoto, NoSuchUpload
from chalicelib.media.images import EncodedImage, InvalidImage, reencode
from chalicelib.media.schemas import PhotoDetails
from chalicelib.media.storage import delete_objects, object_keys, put_image, read_incoming
from chalicelib.media.tables import (
    PhotoCollection,
    PhotoT,
    Upload,
    UploadState,
    UploadT,
    left_over,
    new_photo_id,
    owner_of,
)


def store_photo(
    work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], org_id: str, owner_id: str, content: bytes
) -> str:
    """Store the file of a new photo and return the photo's id. Raise `ValidationFailed` if it is not a photo."""
    return work.once("photo", partial(_store_photo, work, photos, org_id, owner_id, content))


def prepare_upload(
    work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], owner_id: str, details: PhotoDetails, actor: Actor
) -> UploadT:
    """Stage the note of a photo whose file the client uploads; the photo does not exist until it is confirmed."""
    lifetime = timedelta(seconds=work.settings.photo_upload_s + work.settings.photo_grace_s)
    upload = photos.new_upload(actor.org_id, new_photo_id(owner_id, work.ids), work.now + lifetime)
    upload.photo_kind, upload.device, upload.uploaded_by = details.kind, details.device, actor.user_id
    work.create(upload)
    return upload


def require_pending(work: UnitOfWork, upload: UploadT | None, actor: Actor) -> UploadT:
    """Return an upload that the actor may confirm now. Raise `NoSuchUpload` or `AccessDenied`.

    Confirming ends some time before the sweep may come. Otherwise a request that began just in time could write objects
    after the sweep has removed them and their note.
    """
    if upload is None or upload.photo_kind is None or upload.state != UploadState.EXPECTED:
        raise NoSuchUpload
    if upload.sweep_at - timedelta(seconds=work.settings.photo_grace_s) <= work.now:
        raise NoSuchUpload
    if upload.uploaded_by != actor.user_id:
        raise AccessDenied("Only the uploader may confirm an upload.")
    return upload


def receive_upload(work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], upload: UploadT) -> PhotoT | None:
    """Store the file that a client has uploaded, and remove the uploaded object after the commit.

    Return the photo if another request has confirmed it meanwhile, else None. Raise `FileNotUploaded` or
    `ValidationFailed`.
    """
    keys = object_keys(upload.org_id, upload.photo_id)
    try:
        work.once("photo", lambda: put_image(work.settings, keys, _reencode(read_incoming(work.settings, keys))))
    except FileNotUploaded:
        photo = get(photos.photo_key(upload.org_id, upload.photo_id))
        if photo is None:
            raise
        return photo
    work.after_commit.append(partial(_delete_now, work.settings, upload.photo_id, [keys.incoming]))
    return None


def create_photo(
    work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], photo_id: str, details: PhotoDetails, actor: Actor
) -> PhotoT:
    """Stage a photo whose objects are stored, and that its note says so."""
    photo = photos.photo_key(actor.org_id, photo_id).new(
        photo_id=photo_id,
        org_id=actor.org_id,
        photo_kind=details.kind,
        device=details.device or None,
        uploaded_by=actor.user_id,
        created_at=work.now,
    )
    setattr(photo, photos.owner_attribute, owner_of(photo_id))
    work.create(photo)
    work.update_unread(
        photos.upload_key(actor.org_id, photo_id),
        condition=Upload.state == UploadState.EXPECTED.value,
        on_conflict=NoSuchUpload(),
        actions=[Upload.state.set(UploadState.STORED.value)],
        audited=False,
    )
    return photo


def stage_removal(work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], photo: PhotoT) -> None:
    """Stage that a photo is deleted and that its objects are left over."""
    work.delete(photo, on_conflict=NoSuchPhoto())
    changes = left_over(photo.org_id, photo.photo_id, work.now)
    work.update_unread(photos.upload_key(photo.org_id, photo.photo_id), actions=changes, audited=False)


def delete_photo(work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], photo: PhotoT) -> None:
    """Stage that a photo is deleted, and remove its objects after the commit."""
    stage_removal(work, photos, photo)
    keys = object_keys(photo.org_id, photo.photo_id)[:2]
    work.after_commit.append(partial(_delete_now, work.settings, photo.photo_id, keys))


def _store_photo(
    work: UnitOfWork, photos: PhotoCollection[PhotoT, UploadT], org_id: str, owner_id: str, content: bytes
) -> str:
    image = _reencode(content)
    photo_id = new_photo_id(owner_id, work.ids)
    grace = timedelta(seconds=work.settings.photo_grace_s)
    with store_errors():  # no condition: the id is new, and writing it again after a lost response has to succeed
        photos.new_upload(org_id, photo_id, work.clock.now() + grace).save()
    put_image(work.settings, object_keys(org_id, photo_id), image)
    return photo_id


def _reencode(content: bytes) -> EncodedImage:
    try:
        return reencode(content)
    except InvalidImage as error:
        raise ValidationFailed({"file": str(error)}) from error


def _delete_now(settings: Settings, photo_id: str, keys: Sequence[str]) -> None:
    """Remove objects after a commit. Does not raise: the sweep removes what is left."""
    try:
        delete_objects(settings, keys)
    except Exception:  # noqa: BLE001 - the request itself has succeeded
        observability.log().exception("objects of a photo could not be removed yet", extra={"photo_id": photo_id})
