"""The sweep over upload notes: no object stays without its photo, and no photo without its objects.

A note that is still EXPECTED when it is due was abandoned. It is claimed first, by a condition that the transaction
which creates the photo has too, so only one of the two can succeed; then its objects are removed, and the note last. A
crash anywhere leaves the note, and the next sweep repeats the rest.

A photo whose objects are missing is handed to the domain, which withdraws it if it may.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Generic

import msgspec
from pynamodb.expressions.update import Action

from chalicelib.core.actor import Actor
from chalicelib.core.conditional import write_if
from chalicelib.core.store import Query, get, get_many
from chalicelib.core.sweep import PAGE_SIZE, DueItem, Sweep, SweepResult
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.media.storage import delete_objects, has_image, object_keys
from chalicelib.media.tables import PhotoCollection, PhotoT, Upload, UploadState, UploadT, upload_shards

ACTOR = "system:sweep"


class PhotoOutcome(StrEnum):
    """The result for one note, and the name of its metric."""

    KEPT = "PhotosFound"
    CLEARED = "PhotosCleared"
    WITHDRAWN = "PhotosWithdrawn"
    LOST = "PhotosLost"
    SETTLED = "UploadsSettled"
    FAILED = "UploadsFailed"


class UploadSweep(msgspec.Struct, Generic[PhotoT, UploadT], frozen=True, kw_only=True):
    """A sweep over the notes of one collection.

    `withdraw` stages that a photo of an owner, both as read in this attempt, is deleted and returns `WITHDRAWN`; or it
    stages nothing and returns `LOST`.
    """

    photos: PhotoCollection[PhotoT, UploadT]
    withdraw: Callable[[UnitOfWork, PhotoT, Any], PhotoOutcome]
    deps: Dependencies
    sweep_id: str
    page_size: int = PAGE_SIZE

    def run(self, remaining_s: Callable[[], float]) -> SweepResult[PhotoOutcome]:
        """Settle every note that is due and return how many had which result. What does not fit into the time waits."""
        index, due = Upload.uploads_due.Meta.index_name, Upload.sweep_at <= self.deps.clock.now()
        return Sweep(
            name="uploads",
            queries=[Query(self.photos.upload, shard, index=index, range_condition=due) for shard in upload_shards()],
            id_attribute="photo_id",
            settle=self._settle,
            failed=PhotoOutcome.FAILED,
            page_size=self.page_size,
        ).run(remaining_s)

    def _settle(self, due: DueItem) -> PhotoOutcome:
        upload = get(self.photos.upload_key(due.org_id, due.item_id))
        now = self.deps.clock.now()
        if upload is None or upload.sweep_at > now:
            return PhotoOutcome.SETTLED
        if upload.state == UploadState.STORED:
            return self._check_stored(upload)
        if upload.state == UploadState.EXPECTED and not _claim(upload, now):
            return PhotoOutcome.SETTLED
        self._clear(upload)
        return PhotoOutcome.CLEARED

    def _check_stored(self, upload: UploadT) -> PhotoOutcome:
        """Check that both objects of a photo exist; if not, have it withdrawn."""
        keys = object_keys(upload.org_id, upload.photo_id)
        if upload.photo_kind is not None:  # uploaded by the client, whose object may not have been removed
            delete_objects(self.deps.settings, [keys.incoming])
        if has_image(self.deps.settings, keys):
            _forget(upload, UploadState.STORED)
            return PhotoOutcome.KEPT
        outcome = self.deps.runner.run(Actor(upload.org_id, ACTOR, self.sweep_id), partial(self._withdraw, upload))
        if outcome is PhotoOutcome.WITHDRAWN:
            self._clear(upload)
        else:
            _forget(upload, UploadState.STORED)
        return outcome

    def _withdraw(self, upload: UploadT, work: UnitOfWork) -> PhotoOutcome:
        photo_key = self.photos.photo_key(upload.org_id, upload.photo_id)
        owner_key = self.photos.owner_key_of(upload.org_id, upload.photo_id)
        items = get_many((photo_key, owner_key), self.deps.clock)
        photo, owner = items.get(photo_key), items.get(owner_key)
        if photo is None or owner is None:
            return PhotoOutcome.SETTLED
        return self.withdraw(work, photo, owner)

    def _clear(self, upload: UploadT) -> None:
        """Remove the objects of a photo that does not exist, and then the note about them."""
        delete_objects(self.deps.settings, object_keys(upload.org_id, upload.photo_id))
        _forget(upload, UploadState.LEFT)


def _claim(upload: Upload, now: datetime) -> bool:
    """Return whether an abandoned upload is the sweep's to clear; from then on it cannot be confirmed."""
    is_abandoned = (Upload.state == UploadState.EXPECTED.value) & (Upload.sweep_at <= now)
    actions: list[Action] = [Upload.state.set(UploadState.LEFT.value)]
    return write_if(lambda: upload.update(actions=actions, condition=is_abandoned)) is not None


def _forget(upload: Upload, state: UploadState) -> None:
    """Remove a note that is settled, unless its state has changed."""
    write_if(lambda: type(upload)(upload.pk, upload.sk).delete(condition=Upload.state == state.value))
