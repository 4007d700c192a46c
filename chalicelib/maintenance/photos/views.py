"""Photos of work orders as they are read."""

from chalicelib.core.settings import Settings
from chalicelib.maintenance.photos.tables import WorkOrderPhoto
from chalicelib.maintenance.rules import PhotoKind
from chalicelib.maintenance.workorders.detail_schemas import PhotoView
from chalicelib.media.views import photo_urls


def photo_view(photo: WorkOrderPhoto, settings: Settings) -> PhotoView:
    """Return a photo with the presigned addresses of both its sizes."""
    url, thumb_url = photo_urls(photo, settings)
    return PhotoView(photo.photo_id, url, thumb_url, PhotoKind(photo.photo_kind), photo.order_id, photo.uploaded_by)
