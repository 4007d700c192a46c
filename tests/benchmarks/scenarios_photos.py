"""Photos: one of two million pixels, as an app sends it, uploaded, presigned and deleted.

Decoding, encoding and the calls of S3 are what any program would do beside the store's calls, and so part of the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from PIL import Image

from chalicelib.core.objects import Objects
from chalicelib.core.parallel import parallel
from chalicelib.core.settings import settings
from chalicelib.media.images import CONTENT_TYPE, reencode
from chalicelib.media.storage import object_keys
from tests.benchmarks.stage import Hit, Stage
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park
from tests.builders.photos import saved, uploaded

ADD, ONE = "/v1/uploads/photos", "/v1/uploads/photos/{photo_id}"
_BARE = object_keys("demo", "bare.photo")


@cache
def _photo() -> bytes:
    """Return a photo of about 600 kB."""
    return saved(Image.effect_noise((400, 300), 60).resize((1632, 1224)).convert("RGB"), quality=85)


def _added(stage: Stage) -> Hit:
    park = Park(stage.world)
    order_id = park.started()
    fields = (Field("file", _photo(), "photo.jpg"), Field("workOrderId", order_id), Field("kind", "COMPLETION"))
    content_type, raw = form(*fields)
    return Hit("POST", ADD, park.tech, headers={"content-type": content_type}, status=201, raw=raw)


def _prepared(stage: Stage) -> Hit:
    park = Park(stage.world)
    body = {"workOrderId": park.started(), "kind": "COMPLETION"}
    return Hit("POST", f"{ADD}/presign", park.tech, body, status=201)


def _deleted(stage: Stage) -> Hit:
    park = Park(stage.world)
    photo_id = uploaded(park.tech, park.started())["id"]
    return Hit("DELETE", ONE, park.tech, params={"photo_id": photo_id}, status=204)


def _bare_add() -> None:
    objects, picture = Objects(settings()), reencode(_photo())
    puts = ((_BARE.full, picture.full), (_BARE.thumb, picture.thumb))
    parallel([partial(objects.put, key, content, CONTENT_TYPE) for key, content in puts])


def _bare_form() -> None:
    Objects(settings()).upload_form(_BARE.incoming, 1)


def _bare_delete() -> None:
    objects = Objects(settings())
    parallel([partial(objects.delete, key) for key in _BARE[:2]])


PHOTOS: tuple[tuple[str, Callable[[Stage], Hit], Callable[[], None]], ...] = (
    ("POST uploads/photos", _added, _bare_add),
    ("POST uploads/photos/presign", _prepared, _bare_form),
    ("DELETE uploads/photos", _deleted, _bare_delete),
)
