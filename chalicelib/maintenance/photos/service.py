"""The use cases of photos of work orders: upload one through the API, or to the bucket and confirm it, and delete one.

A work order that is done keeps its photos: every change of them has a condition on its state, in the same transaction.
"""

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.table import is_as_read
from chalicelib.core.transitions import require_transition, transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance import permissions
from chalicelib.maintenance.photos.rules import PHOTO_CHANGES, PhotoAction, proven_step
from chalicelib.maintenance.photos.schemas import PhotoIntent, UploadPhoto
from chalicelib.maintenance.photos.tables import PHOTOS, WorkOrderPhoto, WorkOrderUpload
from chalicelib.maintenance.resources import work_order_owners
from chalicelib.maintenance.rules import PhotoKind, WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event
from chalicelib.media import service as media
from chalicelib.media.schemas import PhotoDetails

_NOT_YOURS = "You may not add a photo of the kind {kind} to this work order."


def upload_photo(work: UnitOfWork, order: WorkOrder, command: UploadPhoto, actor: Actor) -> WorkOrderPhoto:
    """Add a photo that came with the request. Raise `AccessDenied`, or `ValidationFailed` if it is not a photo."""
    _require_kind(order, command.kind, actor)
    photo_id = media.store_photo(work, PHOTOS, order.org_id, order.order_id, command.file)
    return _add_photo(work, order, photo_id, PhotoDetails(command.kind.value, command.device), actor)


def presign_photo(work: UnitOfWork, order: WorkOrder, command: PhotoIntent, actor: Actor) -> WorkOrderUpload:
    """Prepare the upload of a photo by the client itself; it does not count until it is confirmed.

    Raise `AccessDenied` for a kind of photo that the actor may not add.
    """
    _require_kind(order, command.kind, actor)
    details = PhotoDetails(command.kind.value, command.device)
    return media.prepare_upload(work, PHOTOS, order.order_id, details, actor)


def confirm_photo(work: UnitOfWork, upload: WorkOrderUpload | None, order: WorkOrder, actor: Actor) -> WorkOrderPhoto:
    """Add the photo that the client has uploaded, or return it if it was confirmed at the same moment.

    Raise `NoSuchUpload`, `AccessDenied`, `Conflict`, `FileNotUploaded` or `ValidationFailed`.
    """
    upload = media.require_pending(work, upload, actor)
    actor.require_reach(permissions.UPLOAD_PHOTO, owners=work_order_owners(order, actor), zone=order.game_zone)
    _require_kind(order, PhotoKind(str(upload.photo_kind)), actor)
    require_transition(PHOTO_CHANGES, order.state, PhotoAction.ADD)
    confirmed = media.receive_upload(work, PHOTOS, upload)
    if confirmed is not None:
        return confirmed
    return _add_photo(work, order, upload.photo_id, PhotoDetails(str(upload.photo_kind), upload.device), actor)


def delete_photo(work: UnitOfWork, photo: WorkOrderPhoto, order: WorkOrder, actor: Actor) -> None:
    """Delete a photo with its objects. Raise `Conflict` if the work order is done."""
    require_transition(PHOTO_CHANGES, order.state, PhotoAction.DELETE)
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_REMOVED")
    media.delete_photo(work, PHOTOS, photo)
    record_removal(work, order, photo, actor)


def record_removal(work: UnitOfWork, order: WorkOrder, photo: WorkOrderPhoto, actor: Actor) -> None:
    """Stage that the work order counts one photo less, and the event of its timeline."""
    _count(work, order, photo, -1, PhotoAction.DELETE)
    record_event(work, order, actor, TimelineAction.PHOTO_REMOVED, photo.photo_kind)


def _require_kind(order: WorkOrder, kind: PhotoKind, actor: Actor) -> None:
    """Raise `AccessDenied` unless the actor may add photos of this kind, that is, may do the step that they prove."""
    step = proven_step(kind, WorkOrderState(order.state))
    if step is not None:
        owners = work_order_owners(order, actor)
        actor.require_reach(
            permissions.STEPS[step], owners=owners, zone=order.game_zone, message=_NOT_YOURS.format(kind=kind)
        )


def _add_photo(
    work: UnitOfWork, order: WorkOrder, photo_id: str, details: PhotoDetails, actor: Actor
) -> WorkOrderPhoto:
    """Stage a photo whose objects are stored, the work order's count and the event of its timeline."""
    work.audit(WorkOrder.kind, order.order_id, "PHOTO_ADDED")
    photo = media.create_photo(work, PHOTOS, photo_id, details, actor)
    photo.attempt = order.attempts
    _count(work, order, photo, +1, PhotoAction.ADD)
    record_event(work, order, actor, TimelineAction.PHOTO_ADDED, photo.photo_kind)
    return photo


def _count(work: UnitOfWork, order: WorkOrder, photo: WorkOrderPhoto, by: int, action: PhotoAction) -> None:
    """Stage the work order's count of photos, if its state, technician and attempt are as read; its version stays."""
    condition = _is_unchanged(order)
    counter = _counter_of(photo, order)
    if counter is not None and by < 0:
        condition &= counter >= 1
    actions = [WorkOrder.updated_at.set(work.now)] if counter is None else [counter.add(by)]
    on_conflict = transition_conflict(PHOTO_CHANGES, order.state, action)
    key = work_order_key(order.org_id, order.order_id)
    work.update_unread(key, condition=condition, on_conflict=on_conflict, actions=actions, audited=False)


def _counter_of(photo: WorkOrderPhoto, order: WorkOrder) -> Any:
    """Return the attribute that counts a photo; None for photos of returns and of earlier attempts."""
    if photo.photo_kind == PhotoKind.ISSUE:
        return WorkOrder.issue_photos
    is_proof = photo.photo_kind == PhotoKind.COMPLETION and photo.attempt == order.attempts
    return WorkOrder.completion_photos if is_proof else None


def _is_unchanged(order: WorkOrder) -> Any:
    """Return the condition that what allows the change of a photo, and what counts it, is as it was read."""
    attempts = WorkOrder.attempts
    condition = (WorkOrder.state == order.state) & is_as_read(WorkOrder.technician_id, order.technician_id)
    has_attempt = attempts == order.attempts
    return condition & (has_attempt if order.attempts else attempts.does_not_exist() | has_attempt)
