"""The use cases of photos: add one, through the API or straight into the bucket, and take one back.

The order is always the same: a note that objects may come, then the objects, then one transaction with the photo, the
work order's count and the note (`photo_tables` says why). A handler that is run again finds its objects already put.
Whatever fails in between leaves a note, and the sweep (`photo_sweep`) clears up after it.

A work order that is done has its photos for good: every change of them is guarded by its state, in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict, NotFound, PayloadTooLarge
from chalicelib.core.objects import Objects, UploadForm
from chalicelib.core.store import Query, get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.request import Request
from chalicelib.maintenance.access import reached_order, require_reach
from chalicelib.maintenance.photo_objects import NotThere, clear_now, store_incoming, store_new
from chalicelib.maintenance.photo_schemas import LARGE_PHOTO_BYTES, PHOTO_BYTES, NewPhoto, PhotoIntent
from chalicelib.maintenance.photo_tables import (
    Photo,
    Upload,
    UploadState,
    left_over,
    new_photo_id,
    new_upload,
    order_of,
    photo_key,
    places,
    upload_key,
)
from chalicelib.maintenance.rules import PhotoKind, WorkOrderState
from chalicelib.maintenance.workorders.schemas import PhotoView
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event

UPLOAD = "maintenance.photo.upload"
DELETE = "maintenance.photo.delete"
_NO_UPLOAD = "There is no such upload, or its time is over."
_MOST = 500
"""How many photos of one order are shown."""
_COUNTERS: Mapping[PhotoKind, Any] = {
    PhotoKind.COMPLETION: WorkOrder.completion_photos,
    PhotoKind.ISSUE: WorkOrder.issue_photos,
}
"""What counts the photos of a kind; those of a return are not counted."""


def add(work: UnitOfWork, request: Request[NewPhoto, Any], deps: Dependencies) -> Photo:
    """Add a photo that came with the request.

    Raises `NotFound`, `AccessDenied`, `Conflict`, `PayloadTooLarge` or `ValidationFailed`.
    """
    order = _open_order(request, _named_order(request))
    wanted = request.body
    if len(wanted.file) > PHOTO_BYTES:
        raise PayloadTooLarge(details={"most": PHOTO_BYTES, "instead": "/v1/uploads/photos/presign"})
    photo_id = request.once("photo", lambda: store_new(deps, order.org_id, order.order_id, wanted.file))
    return _stage(work, request, order, _photo(work, request, photo_id, wanted.kind, wanted.device))


def prepare(work: UnitOfWork, request: Request[PhotoIntent, Any], deps: Dependencies) -> tuple[Upload, UploadForm]:
    """Let the client put a photo into the bucket itself; nothing of it counts until it is confirmed.

    Raises `NotFound`, `AccessDenied`, `Conflict` or `ValidationFailed`.
    """
    order = _open_order(request, _named_order(request))
    wanted, config = request.body, deps.settings
    sweep_at = work.now + timedelta(seconds=config.photo_upload_s + config.photo_grace_s)
    upload = new_upload(order.org_id, new_photo_id(order.order_id, work.ids), sweep_at)
    upload.photo_kind, upload.device = wanted.kind.value, wanted.device
    upload.uploaded_by = request.actor.user_id
    work.create(upload)
    place = places(order.org_id, upload.photo_id).incoming
    return upload, Objects(config).upload_form(place, LARGE_PHOTO_BYTES)


def confirm(work: UnitOfWork, request: Request[Any, Any], deps: Dependencies) -> Photo:
    """Add the photo that the client has put into the bucket; one that was confirmed before is answered again.

    Raises `NotFound`, `AccessDenied`, `Conflict` or `ValidationFailed`.
    """
    org_id, photo_id = request.actor.org_id, request.path["photo_id"]
    upload = request.read(upload_key(org_id, photo_id))
    wanted = photo_key(org_id, photo_id), work_order_key(org_id, order_of(photo_id))
    found = get_many(wanted, deps.clock)
    photo, order = found.get(wanted[0]), found.get(wanted[1])
    if order is not None and photo is not None:
        _check_own(request, photo)
        return photo
    if order is None or upload is None or upload.photo_kind is None or not _waits(deps, upload):
        raise NotFound(_NO_UPLOAD)
    _check_own(request, upload)
    require_reach(request.actor, UPLOAD, order)
    _check_open(order)
    try:
        request.once("photo", lambda: store_incoming(deps, org_id, photo_id))
    except NotThere:
        photo = get(wanted[0])
        if photo is None:
            raise
        return photo  # somebody has just confirmed it, and removed what the client had put there
    kind = PhotoKind(upload.photo_kind)
    work.after_commit.append(partial(clear_now, deps, photo_id, [places(org_id, photo_id).incoming]))
    return _stage(work, request, order, _photo(work, request, photo_id, kind, upload.device))


def take_back(work: UnitOfWork, request: Request[Any, Any], deps: Dependencies) -> None:
    """Take a photo away again, with its objects; only who added it, and only until the work is done.

    Raises `NotFound`, `AccessDenied` or `Conflict`.
    """
    org_id, photo_id = request.actor.org_id, request.path["photo_id"]
    photo = request.read(photo_key(org_id, photo_id))
    if photo is None:
        raise NotFound("There is no such photo.")
    _check_own(request, photo)
    order = request.read(work_order_key(org_id, photo.order_id))
    if order is None:
        raise NotFound("There is no such photo.")
    _check_open(order)
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_REMOVED")
    stage_removal(work, order, photo)
    record_event(work, order, request.actor, TimelineAction.PHOTO_REMOVED, photo.photo_kind)
    work.after_commit.append(partial(clear_now, deps, photo_id, places(org_id, photo_id)[:2]))


def photos_of(order: WorkOrder) -> list[Photo]:
    """All photos of an order, oldest first."""
    where = photo_key(order.org_id, f"{order.order_id}.")
    return list(Query(Photo, where.pk, range_condition=Photo.sk.startswith(where.sk)).page(_MOST).items)


def view_of(deps: Dependencies, photo: Photo) -> PhotoView:
    """A photo as it is read, with addresses of both its sizes that are good for a while."""
    objects, place = Objects(deps.settings), places(photo.org_id, photo.photo_id)
    kind = PhotoKind(photo.photo_kind)
    return PhotoView(photo.photo_id, objects.url(place.full), objects.url(place.thumb), kind, photo.order_id)


def stage_removal(work: UnitOfWork, order: WorkOrder, photo: Photo) -> None:
    """Stage that a photo is gone, that the order counts one less, and that its objects are left over."""
    work.delete(photo, on_conflict=NotFound("There is no such photo."))
    _count(work, order, PhotoKind(photo.photo_kind), -1)
    left = left_over(photo.org_id, photo.photo_id, work.now)
    work.update_unread(upload_key(photo.org_id, photo.photo_id), actions=left, audited=False)


def _named_order(request: Request[Any, Any]) -> str:
    """The order that a body names, even if something else in it is wrong: what exists is checked before that."""
    flaw = request.flaw
    if flaw is None:
        return str(request.body.work_order_id)
    if request.named is None or "workOrderId" in flaw.fields:
        raise flaw
    return request.named


def _open_order(request: Request[Any, Any], order_id: str) -> WorkOrder:
    order = reached_order(request, order_id, UPLOAD)
    _check_open(order)
    return order


def _check_open(order: WorkOrder) -> None:
    if order.state == WorkOrderState.DONE:
        raise _closed(order)


def _closed(order: WorkOrder) -> Conflict:
    return Conflict("The photos of a work order that is done stay as they are.", details={"state": order.state})


def _waits(deps: Dependencies, upload: Upload) -> bool:
    """Whether an upload can still be confirmed.

    That ends a while before the sweep may come, or a request that has begun just in time would put objects after the
    sweep has looked, with no note left that speaks of them.
    """
    ends = upload.sweep_at - timedelta(seconds=deps.settings.photo_grace_s)
    return upload.state == UploadState.EXPECTED and ends > deps.clock.now()


def _check_own(request: Request[Any, Any], thing: Photo | Upload) -> None:
    if thing.uploaded_by != request.actor.user_id:
        raise AccessDenied("Only who added a photo can do this with it.")


def _photo(work: UnitOfWork, request: Request[Any, Any], photo_id: str, kind: PhotoKind, device: str | None) -> Photo:
    org_id = request.actor.org_id
    where = photo_key(org_id, photo_id)
    return Photo(
        where.pk,
        where.sk,
        photo_id=photo_id,
        org_id=org_id,
        order_id=order_of(photo_id),
        photo_kind=kind.value,
        device=device or None,
        uploaded_by=request.actor.user_id,
        created_at=work.now,
    )


def _stage(work: UnitOfWork, request: Request[Any, Any], order: WorkOrder, photo: Photo) -> Photo:
    """Stage the photo, the order's count and what the note says of its objects now, which is looked at when it was."""
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_ADDED")
    work.create(photo)
    _count(work, order, PhotoKind(photo.photo_kind), +1)
    work.update_unread(
        upload_key(photo.org_id, photo.photo_id),
        condition=Upload.state == UploadState.EXPECTED.value,
        on_conflict=NotFound(_NO_UPLOAD),
        actions=[Upload.state.set(UploadState.STORED.value)],
        audited=False,
    )
    record_event(work, order, request.actor, TimelineAction.PHOTO_ADDED, photo.photo_kind)
    return photo


def _count(work: UnitOfWork, order: WorkOrder, kind: PhotoKind, by: int) -> None:
    """Stage the order's count of photos, as long as it is not done; its version stays."""
    counter, condition = _COUNTERS.get(kind), WorkOrder.state != WorkOrderState.DONE.value
    if by > 0:  # whoever adds one may do so because the order is theirs
        who = WorkOrder.technician_id
        condition &= who.does_not_exist() if order.technician_id is None else who == order.technician_id
    elif counter is not None:
        condition &= counter >= 1
    actions = [WorkOrder.updated_at.set(work.now)] if counter is None else [counter.add(by)]
    where = work_order_key(order.org_id, order.order_id)
    work.update_unread(where, condition=condition, on_conflict=_closed(order), actions=actions, audited=False)
