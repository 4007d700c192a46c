"""Presigned addresses of photos, as they are read and as they are uploaded."""

from datetime import timedelta

from chalicelib.core.objects import Objects
from chalicelib.core.settings import Settings
from chalicelib.media.schemas import MAX_UPLOAD_BYTES, PhotoUpload
from chalicelib.media.storage import object_keys, upload_form
from chalicelib.media.tables import Photo, Upload


def photo_urls(photo: Photo, settings: Settings) -> tuple[str, str]:
    """Return the addresses of a photo and of its thumbnail, valid for `photo_url_s` seconds."""
    objects, keys = Objects(settings), object_keys(photo.org_id, photo.photo_id)
    return objects.url(keys.full), objects.url(keys.thumb)


def upload_view(upload: Upload, settings: Settings) -> PhotoUpload:
    """Return where and until when the client uploads the file of a photo."""
    form = upload_form(settings, object_keys(upload.org_id, upload.photo_id))
    expires_at = upload.sweep_at - timedelta(seconds=settings.photo_grace_s)
    return PhotoUpload(upload.photo_id, "POST", form.url, form.fields, MAX_UPLOAD_BYTES, expires_at)
