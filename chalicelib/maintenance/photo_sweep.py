"""The sweep over notes about photos: no object stays without its photo, and no photo without its objects.

Each note that is due is settled by itself. One that is still EXPECTED was given up: it is claimed first, by a condition
that the transaction which adds the photo has too, so only one of the two can come; then its objects are removed, and
the note last. A crash anywhere leaves the note, and the next sweep does the rest again. Every pass goes on to what is
due behind a note that fails, so that one holds nothing else back, however often it fails.

A photo whose objects are not there (lost, or removed behind our back) is withdrawn, unless its work order is done: that
one keeps its photo's row, since it was done with it, and the log says loudly what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
from pynamodb.exceptions import UpdateError

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.objects import Objects
from chalicelib.core.store import Query, get, get_many, parallel, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.maintenance.photo_objects import clear, forget
from chalicelib.maintenance.photo_tables import (
    UPLOAD_SHARDS,
    Upload,
    UploadsDue,
    UploadState,
    order_of,
    photo_key,
    places,
    upload_key,
    upload_shard,
)
from chalicelib.maintenance.photos import stage_removal
from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event

ACTOR = "system:sweep"
PAGE = 50
RESERVE_S = 12.0
"""No page is begun with less time left."""

Shard = tuple[int, Mapping[str, Any] | None]
"""A shard by its number, and where its next page begins (None: at its front)."""


class Outcome(StrEnum):
    """What a sweep made of one note."""

    KEPT = "PhotosFound"
    CLEARED = "PhotosCleared"
    WITHDRAWN = "PhotosWithdrawn"
    LOST = "PhotosLost"
    SETTLED = "UploadsSettled"
    FAILED = "UploadsFailed"


class Due(msgspec.Struct, frozen=True):
    """A note that is due, as the index says."""

    org_id: str
    photo_id: str


def tidy_due(deps: Dependencies, sweep_id: str, remaining_s: Callable[[], float], page: int = PAGE) -> Counter[Outcome]:
    """Settle every note that is due; how many ended in which way. What does not fit into the time waits.

    `page` is how many notes of each shard are looked up at once.
    """
    now, outcomes = deps.clock.now(), Counter[Outcome]()
    shards: list[Shard] = [(number, None) for number in range(UPLOAD_SHARDS)]
    while shards and remaining_s() >= RESERVE_S:
        pages = parallel([partial(_due_in, shard, now, page) for shard in shards])
        found = [one for due, _ in pages for one in due]
        outcomes.update(parallel([partial(_settle, deps, one, sweep_id) for one in found], pool="sweep"))
        shards = [rest for _, rest in pages if rest is not None]
    for outcome, amount in outcomes.items():
        observability.count(outcome, amount)
    return outcomes


def _due_in(shard: Shard, now: datetime, page: int) -> tuple[list[Due], Shard | None]:
    """What is due on the next page of a shard, and where the page after it begins (None: there is none)."""
    number, start = shard
    index, before = UploadsDue.Meta.index_name, Upload.sweep_at <= now
    answer = Query(Upload, upload_shard(number), index=index, range_condition=before).raw(limit=page, start=start)
    due = [Due(raw["org_id"]["S"], raw["photo_id"]["S"]) for raw in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    return due, (number, last) if last else None


def _settle(deps: Dependencies, due: Due, sweep_id: str) -> Outcome:
    try:
        return _settled(deps, due, sweep_id)
    except Exception:  # noqa: BLE001 - one photo must not stop the others
        observability.log().exception("a photo could not be tidied up", extra={"photo_id": due.photo_id})
        return Outcome.FAILED


def _settled(deps: Dependencies, due: Due, sweep_id: str) -> Outcome:
    upload = get(upload_key(due.org_id, due.photo_id))
    now = deps.clock.now()
    if upload is None or upload.sweep_at > now:  # the index lags behind
        return Outcome.SETTLED
    if upload.state == UploadState.STORED:
        return _look_after(deps, upload, sweep_id)
    if upload.state == UploadState.EXPECTED and not _claim(upload, now):
        return Outcome.SETTLED
    clear(deps, due.org_id, due.photo_id)
    return Outcome.CLEARED


def _claim(upload: Upload, now: datetime) -> bool:
    """Whether an upload that was given up is ours to clear; from then on it cannot be confirmed."""
    still = (Upload.state == UploadState.EXPECTED.value) & (Upload.sweep_at <= now)
    try:
        with store_errors():
            upload.update(actions=[Upload.state.set(UploadState.LEFT.value)], condition=still)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _look_after(deps: Dependencies, upload: Upload, sweep_id: str) -> Outcome:
    """Whether both objects of a photo are there; if not, withdraw it."""
    objects, place = Objects(deps.settings), places(upload.org_id, upload.photo_id)
    if upload.photo_kind is not None:  # it came into the bucket by itself, and may not have been removed there
        objects.delete(place.incoming)
    if all(parallel([partial(objects.exists, place.full), partial(objects.exists, place.thumb)])):
        forget(upload.org_id, upload.photo_id, UploadState.STORED)
        return Outcome.KEPT
    outcome = deps.runner.run(Actor(upload.org_id, ACTOR, sweep_id), partial(_withdraw, deps, upload))
    if outcome is Outcome.WITHDRAWN:
        clear(deps, upload.org_id, upload.photo_id)
    else:
        forget(upload.org_id, upload.photo_id, UploadState.STORED)
    return outcome


def _withdraw(deps: Dependencies, upload: Upload, work: UnitOfWork) -> Outcome:
    """Take away the photo whose objects are missing, while that may be done."""
    org_id, photo_id = upload.org_id, upload.photo_id
    wanted = photo_key(org_id, photo_id), work_order_key(org_id, order_of(photo_id))
    found = get_many(wanted, deps.clock)
    photo, order = found.get(wanted[0]), found.get(wanted[1])
    if photo is None or order is None:
        return Outcome.SETTLED
    if order.state == WorkOrderState.DONE:
        observability.log().error("the photo of a work order that is done is missing", extra={"photo_id": photo_id})
        return Outcome.LOST
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_WITHDRAWN")
    stage_removal(work, order, photo)
    nobody = Actor(org_id, ACTOR, full_name="Baton")
    record_event(work, order, nobody, TimelineAction.PHOTO_REMOVED, photo.photo_kind)
    return Outcome.WITHDRAWN
