"""Endpoints of photos: through the API up to 4 MB, straight into the bucket up to 20 MB."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.errors import AccessDenied, Conflict, NotFound, PayloadTooLarge
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response, created, no_content
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import photos
from chalicelib.maintenance.photo_schemas import (
    LARGE_PHOTO_BYTES,
    PHOTO_BYTES,
    NewPhoto,
    PhotoIntent,
    PhotoUpload,
)
from chalicelib.maintenance.photo_tables import Photo, photo_key, upload_key
from chalicelib.maintenance.workorders.schemas import PhotoView
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key

routes = Routes(__name__, "Maintenance")

_ROOM_FOR_FIELDS = 64 * 1024
_ERRORS = [NotFound, AccessDenied, Conflict]


@routes.post(
    "/v1/uploads/photos",
    permission=photos.UPLOAD,
    body=NewPhoto,
    form=True,
    max_body_bytes=PHOTO_BYTES + _ROOM_FOR_FIELDS,
    returns=PhotoView,
    status=201,
    errors=[*_ERRORS, PayloadTooLarge],
    audit_target=AuditTarget(WorkOrder.kind, "PHOTO_ADDED", "workOrderId"),
    loads=work_order_key,
)
def upload_photo(request: Request[NewPhoto, Empty], work: UnitOfWork) -> Response[PhotoView]:
    """Add a photo to a work order.

    It is kept upright as a JPEG, without anything else that the file held, such as where it was taken.
    """
    deps = dependencies()
    return created(photos.view_of(deps, photos.add(work, request, deps)))


@routes.post(
    "/v1/uploads/photos/presign",
    permission=photos.UPLOAD,
    body=PhotoIntent,
    returns=PhotoUpload,
    status=201,
    errors=_ERRORS,
    audit_target=AuditTarget(WorkOrder.kind, "PHOTO_UPLOAD_PREPARED", "workOrderId"),
    loads=work_order_key,
    examples={"response": {"url": "https://baton-prod-photos.s3.eu-west-1.amazonaws.com/"}},
)
def presign_photo(request: Request[PhotoIntent, Empty], work: UnitOfWork) -> Response[PhotoUpload]:
    """Get an address to which the client itself puts a photo of up to 20 MB."""
    deps = dependencies()
    upload, form = photos.prepare(work, request, deps)
    ends = work.now + timedelta(seconds=deps.settings.photo_upload_s)
    return created(PhotoUpload(upload.photo_id, "POST", form.url, form.fields, LARGE_PHOTO_BYTES, ends))


@routes.post(
    "/v1/uploads/photos/{photo_id}/confirm",
    permission=photos.UPLOAD,
    returns=PhotoView,
    status=201,
    errors=[*_ERRORS],
    audit_target=AuditTarget(Photo.kind, "PHOTO_ADDED", "photo_id"),
    loads=upload_key,
)
def confirm_photo(request: Request[Empty, Empty], work: UnitOfWork) -> Response[PhotoView]:
    """Add the photo that the client has put there to its work order; a repeat gets the same answer."""
    deps = dependencies()
    return created(photos.view_of(deps, photos.confirm(work, request, deps)))


@routes.delete(
    "/v1/uploads/photos/{photo_id}",
    permission=photos.DELETE,
    status=204,
    errors=_ERRORS,
    audit_target=AuditTarget(Photo.kind, "PHOTO_REMOVED", "photo_id"),
    loads=photo_key,
)
def delete_photo(request: Request[Empty, Empty], work: UnitOfWork) -> Response[None]:
    """Take a photo of one's own back before the work is done."""
    photos.take_back(work, request, dependencies())
    return no_content()
