"""Endpoints of photos: through the API up to 4 MB, or uploaded to the bucket by the client up to 20 MB."""

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.photos import resources, service, views
from chalicelib.maintenance.photos.rules import PhotoAction
from chalicelib.maintenance.photos.schemas import PRESIGN, UPLOADS, PhotoIntent, UploadPhoto
from chalicelib.maintenance.photos.tables import WorkOrderPhoto, WorkOrderUpload
from chalicelib.maintenance.workorders.detail_schemas import PhotoView
from chalicelib.maintenance.workorders.examples import PHOTO
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.media.examples import upload_example
from chalicelib.media.schemas import MAX_FORM_BYTES, PhotoUpload, too_large
from chalicelib.media.views import upload_view

routes = Routes(__name__, "Maintenance")


def _photo_view(photo: WorkOrderPhoto) -> PhotoView:
    return views.photo_view(photo, dependencies().settings)


@routes.post(
    UPLOADS,
    permission=permissions.UPLOAD_PHOTO,
    resource=resources.NAMED_WORK_ORDER,
    transition=PhotoAction.ADD,
    body=UploadPhoto,
    form=True,
    max_body_bytes=MAX_FORM_BYTES,
    too_large=too_large(PRESIGN),
    returns=PhotoView,
    view=_photo_view,
    status=201,
    audit_target=AuditTarget(WorkOrder.kind, "PHOTO_ADDED", "workOrderId"),
    examples={"request": {"device": "Zebra TC22"}, "response": PHOTO},
)
def upload_photo(request: Request[UploadPhoto, Empty, WorkOrder], work: UnitOfWork) -> WorkOrderPhoto:
    """Add a photo of at most 4 MB to an open work order.

    The technician of the work order adds every kind, leads of its zone `ISSUE`, and who may outsource also `COMPLETION`
    while a vendor has it; otherwise it is 403. It is stored upright as a JPEG, without anything else in the file, such
    as where it was taken. A larger one is 413; `details.instead` names the way for it. A repeated request adds another
    photo: send an `Idempotency-Key`.
    """
    return service.upload_photo(work, request.resource, request.body, request.actor)


@routes.post(
    PRESIGN,
    permission=permissions.UPLOAD_PHOTO,
    resource=resources.NAMED_WORK_ORDER,
    transition=PhotoAction.ADD,
    body=PhotoIntent,
    returns=PhotoUpload,
    view=lambda upload: upload_view(upload, dependencies().settings),
    status=201,
    audit_target=AuditTarget(WorkOrder.kind, "PHOTO_UPLOAD_PREPARED", "workOrderId"),
    examples={"request": {"device": "Zebra TC22"}, "response": upload_example(PHOTO["id"])},
)
def presign_photo(request: Request[PhotoIntent, Empty, WorkOrder], work: UnitOfWork) -> WorkOrderUpload:
    """Get an address to which the client itself uploads a photo of up to 20 MB.

    Post the file there, then confirm it with `POST /v1/uploads/photos/{photo_id}/confirm`, both before `expiresAt`. The
    work order has the photo only after that; what is not confirmed is removed.
    """
    return service.presign_photo(work, request.resource, request.body, request.actor)


@routes.post(
    f"{UPLOADS}/{{photo_id}}/confirm",
    permission=permissions.UPLOAD_PHOTO,
    resource=resources.CONFIRMED_PHOTO,
    owners_only=True,
    repeated=lambda _, __: True,
    related={"upload": resources.UPLOAD, "work_order": resources.WORK_ORDER_OF_PHOTO},
    returns=PhotoView,
    view=_photo_view,
    status=201,
    errors=[Conflict],
    audit_target=AuditTarget(WorkOrderPhoto.kind, "PHOTO_ADDED", "photo_id"),
    examples={"response": PHOTO},
)
def confirm_photo(request: Request[Empty], work: UnitOfWork) -> WorkOrderPhoto:
    """Add an uploaded photo to its work order.

    Only who prepared the upload may confirm it. A repeated request gets the photo again. If the file has not arrived,
    the response is 409: upload it and confirm again.
    """
    return service.confirm_photo(work, request.related["upload"], request.related["work_order"], request.actor)


@routes.delete(
    f"{UPLOADS}/{{photo_id}}",
    permission=permissions.DELETE_PHOTO,
    resource=resources.PHOTO,
    owners_only=True,
    related={"work_order": resources.WORK_ORDER_OF_PHOTO},
    status=204,
    errors=[Conflict],
    audit_target=AuditTarget(WorkOrderPhoto.kind, "PHOTO_REMOVED", "photo_id"),
)
def delete_photo(request: Request[Empty, Empty, WorkOrderPhoto], work: UnitOfWork) -> None:
    """Delete a photo that the caller has added, before the work order is done."""
    service.delete_photo(work, request.resource, request.related["work_order"], request.actor)
