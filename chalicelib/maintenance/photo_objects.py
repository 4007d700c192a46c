"""The objects of photos in the bucket, and the notes about them: putting both, and removing both.

The note always comes first and goes last (`photo_tables` says why). What photos are to work orders is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from pynamodb.exceptions import DeleteError

from chalicelib.core import observability
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.objects import Objects, ObjectTooLarge
from chalicelib.core.store import parallel, store_errors
from chalicelib.edge.dependencies import Dependencies
from chalicelib.maintenance.photo_schemas import LARGE_PHOTO_BYTES
from chalicelib.maintenance.photo_tables import Upload, UploadState, new_photo_id, new_upload, places, upload_key
from chalicelib.maintenance.pictures import CONTENT_TYPE, NoPhoto, Picture, keepable


class NotThere(Conflict):
    """The client has not put the photo into the bucket yet."""

    summary = "The photo has not been put into the bucket yet."


def store_new(deps: Dependencies, org_id: str, order_id: str, content: bytes) -> str:
    """Put a photo of a work order into the bucket, noted beforehand; its id. Raises `ValidationFailed`."""
    picture = _keepable(content)
    photo_id = new_photo_id(order_id, deps.runner.ids)
    grace = timedelta(seconds=deps.settings.photo_grace_s)
    with store_errors():  # without a condition: the id is new, and who sends it again after a lost answer must succeed
        new_upload(org_id, photo_id, deps.clock.now() + grace).save()
    _put(deps, org_id, photo_id, picture)
    return photo_id


def store_incoming(deps: Dependencies, org_id: str, photo_id: str) -> None:
    """Put a photo that a client has put there itself where photos are kept. Raises `NotThere`, `ValidationFailed`."""
    try:
        content = Objects(deps.settings).get(places(org_id, photo_id).incoming, LARGE_PHOTO_BYTES)
    except ObjectTooLarge:
        raise ValidationFailed({"file": f"must be at most {LARGE_PHOTO_BYTES} bytes"}) from None
    if content is None:
        raise NotThere(details={"photoId": photo_id})
    _put(deps, org_id, photo_id, _keepable(content))


def _keepable(content: bytes) -> Picture:
    try:
        return keepable(content)
    except NoPhoto as error:
        raise ValidationFailed({"file": str(error)}) from error


def _put(deps: Dependencies, org_id: str, photo_id: str, picture: Picture) -> None:
    objects, place = Objects(deps.settings), places(org_id, photo_id)
    parallel(
        [
            partial(objects.put, place.full, picture.full, CONTENT_TYPE),
            partial(objects.put, place.thumb, picture.thumb, CONTENT_TYPE),
        ]
    )


def clear_now(deps: Dependencies, photo_id: str, keys: Sequence[str]) -> None:
    """Remove objects once a request has committed that they go. Does not raise: the sweep does it again."""
    try:
        _delete(deps, keys)
    except Exception:  # noqa: BLE001 - what the caller wanted has happened
        observability.log().exception("objects of a photo could not be removed yet", extra={"photo_id": photo_id})


def clear(deps: Dependencies, org_id: str, photo_id: str) -> None:
    """Remove the objects of a photo that is gone, and then the note about them."""
    _delete(deps, places(org_id, photo_id))
    forget(org_id, photo_id, UploadState.LEFT)


def forget(org_id: str, photo_id: str, state: UploadState) -> None:
    """Remove a note that is settled, unless it says something else by now."""
    where = upload_key(org_id, photo_id)
    try:
        with store_errors():
            Upload(where.pk, where.sk).delete(condition=Upload.state == state.value)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def _delete(deps: Dependencies, keys: Sequence[str]) -> None:
    objects = Objects(deps.settings)
    parallel([partial(objects.delete, key) for key in keys])
