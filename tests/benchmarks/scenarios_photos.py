"""Photos: one of two million pixels, as an app sends it, uploaded, presigned and deleted.

Decoding, encoding and the calls of S3 are what any program would do beside the store's calls, and so part of the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from PIL import Image

from chalicelib.core.objects import Objects
from chalicelib.core.parallel import parallel
from chalicelib.core.settings import settings
from chalicelib.media.images import CONTENT_TYPE, reencode
from chalicelib.media.storage import object_keys
from tests.benchmarks.stage import Hit, Stage
from tests.builders import delivery_photos, dispatch
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park
from tests.builders.photos import saved, uploaded
from tests.builders.world import Person

OF_ORDER = "/v1/orders/{order_id}/photos"
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


def _picked_up(stage: Stage, *, pin: bool = False) -> tuple[Person, dict[str, Any]]:
    """A courier with an order that requires a photo, and a PIN if asked, and was picked up."""
    courier = dispatch.on_duty(stage.person("courier"))
    placed = dispatch.order(stage.person("customer"), requirements={"pin": pin, "photo": True})
    dispatch.carried(courier, placed, until="picked_up")
    return courier, placed


def _delivery_photo(stage: Stage) -> Hit:
    courier, placed = _picked_up(stage)
    content_type, raw = form(Field("file", _photo(), "photo.jpg"))
    headers, params = {"content-type": content_type}, {"order_id": placed["id"]}
    return Hit("POST", OF_ORDER, courier, params=params, headers=headers, status=201, raw=raw)


def _delivery_photo_prepared(stage: Stage) -> Hit:
    courier, placed = _picked_up(stage)
    return Hit("POST", f"{OF_ORDER}/presign", courier, {}, params={"order_id": placed["id"]}, status=201)


def _proven(stage: Stage) -> Hit:
    courier, placed = _picked_up(stage, pin=True)
    photo_id = delivery_photos.uploaded(courier, placed["id"])["id"]
    proof = {"pin": placed["delivery_pin"], "photo_id": photo_id}
    body = {"order_id": placed["id"], "courier_id": courier.user_id, "proof": proof}
    return Hit("POST", "/v1/courier/orders/delivered", courier, body)


def _seen(stage: Stage) -> Hit:
    courier, placed = _picked_up(stage)
    delivery_photos.uploaded(courier, placed["id"])
    return Hit("GET", OF_ORDER, stage.world.person("dispatcher"), params={"order_id": placed["id"]})


def _bare_add() -> None:
    objects, picture = Objects(settings()), reencode(_photo())
    puts = ((_BARE.full, picture.full), (_BARE.thumb, picture.thumb))
    parallel([partial(objects.put, key, content, CONTENT_TYPE) for key, content in puts])


def _bare_form() -> None:
    Objects(settings()).upload_form(_BARE.incoming, 1)


def _bare_delete() -> None:
    objects = Objects(settings())
    parallel([partial(objects.delete, key) for key in _BARE[:2]])


def _bare_addresses() -> None:
    objects = Objects(settings())
    for key in _BARE[:2]:
        objects.url(key)


PHOTOS: tuple[tuple[str, Callable[[Stage], Hit], Callable[[], None]], ...] = (
    ("POST uploads/photos", _added, _bare_add),
    ("POST uploads/photos/presign", _prepared, _bare_form),
    ("DELETE uploads/photos", _deleted, _bare_delete),
    ("POST orders/{id}/photos", _delivery_photo, _bare_add),
    ("POST orders/{id}/photos/presign", _delivery_photo_prepared, _bare_form),
)

PROVEN: tuple[tuple[str, Callable[[Stage], Hit], Callable[[], None] | None, int], ...] = (
    ("POST courier/orders/delivered, proven", _proven, None, 4),
    ("GET orders/{id}/photos", _seen, _bare_addresses, 2),
)
"""Deliveries with proof, and how many round trips they take: the proof is read beside the order."""
