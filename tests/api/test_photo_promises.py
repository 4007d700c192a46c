"""What holds for photos of every owner: of work orders and of delivery orders alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.dispatch.proof.tables import PHOTOS as ORDER_PHOTOS
from chalicelib.maintenance.photos.tables import PHOTOS as WORK_ORDER_PHOTOS
from chalicelib.media.images import MAX_PIXELS, too_many_pixels
from chalicelib.media.schemas import MAX_PHOTO_BYTES, MAX_UPLOAD_BYTES
from chalicelib.media.storage import object_keys
from chalicelib.media.tables import PhotoCollection
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from infra.local.objects_store import Held
from tests.builders import delivery_photos, photos
from tests.builders.dispatch import carried, on_duty, order
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park
from tests.builders.photos import BUCKET, SECRET_PLACE, located_photo, opened, photo, png_claiming
from tests.builders.world import Answer, Person, World


@dataclass
class Owner:
    """An entity whose photos the API takes, and the person who adds them."""

    person: Person
    collection: PhotoCollection[Any, Any]
    upload: Callable[[bytes], Answer]
    presign: Callable[[], Answer]
    confirm: Callable[[str], Answer]

    def notes(self) -> list[str]:
        """Return the states of all upload notes."""
        found = client("dynamodb").scan(TableName=self.collection.upload.Meta.table_name)["Items"]
        return [item["state"]["S"] for item in found if item["sk"]["S"] == "UPLOAD"]


def work_order(world: World) -> Owner:
    park = Park(world)
    order_id = park.started()
    return Owner(
        park.tech,
        WORK_ORDER_PHOTOS,
        lambda content: photos.upload(park.tech, order_id, content),
        lambda: park.tech.post("/v1/uploads/photos/presign", {"workOrderId": order_id, "kind": "COMPLETION"}),
        lambda photo_id: park.tech.post(f"/v1/uploads/photos/{photo_id}/confirm"),
    )


def delivery(world: World) -> Owner:
    courier = on_duty(world.person("courier"))
    placed = order(world.person("customer"), requirements={"photo": True})
    order_id = str(carried(courier, placed, until="picked_up")["id"])
    path = f"/v1/orders/{order_id}/photos"
    return Owner(
        courier,
        ORDER_PHOTOS,
        lambda content: delivery_photos.upload(courier, order_id, content),
        lambda: courier.post(f"{path}/presign", {}),
        lambda photo_id: courier.post(f"{path}/{photo_id}/confirm"),
    )


@pytest.fixture(params=[work_order, delivery])
def owner(world: World, request: pytest.FixtureRequest) -> Owner:
    made: Owner = request.param(world)
    return made


def thumb_of(view: dict[str, Any]) -> str:
    return str(view.get("thumbUrl") or view["thumb_url"])


def post_file(objects: EmbeddedObjects, prepared: dict[str, Any], content: bytes) -> int:
    fields = [Field(name, value) for name, value in prepared["fields"].items()]
    return objects.post(prepared["url"], *form(*fields, Field("file", content, "photo.jpg"))).status


def later(world: World) -> None:
    """Let all notes become due, and sweep."""
    world.clock.advance(seconds=settings().photo_upload_s + settings().photo_grace_s)
    world.sweep_maintenance()


def test_the_note_comes_before_the_objects_and_goes_when_they_are_found(
    world: World, owner: Owner, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    seen: list[int] = []

    def look(_: str, request: dict[str, Any]) -> None:
        if "UPLOAD" in str(request.get("Item", "")):
            seen.append(len(objects.keys(BUCKET)))

    with engine.before("PutItem", look):
        assert owner.upload(photo()).status == 201
    assert (seen, owner.notes(), len(objects.keys(BUCKET))) == ([0], ["STORED"], 2)
    later(world)
    assert (owner.notes(), len(objects.keys(BUCKET))) == ([], 2)


def test_objects_of_a_request_that_ended_before_its_transaction_are_removed(
    world: World, owner: Owner, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    def end(*_: object) -> None:
        raise RuntimeError("the process ends here")

    with engine.before("TransactWriteItems", end, times=1):
        assert owner.upload(photo()).status == 500
    assert (owner.notes(), len(objects.keys(BUCKET))) == (["EXPECTED"], 2)
    later(world)
    assert (owner.notes(), objects.keys(BUCKET)) == ([], [])


def test_a_file_that_is_never_confirmed_is_removed(world: World, owner: Owner, objects: EmbeddedObjects) -> None:
    prepared = owner.presign().json
    assert post_file(objects, prepared, photo()) == 204
    later(world)
    assert (owner.notes(), objects.keys(BUCKET)) == ([], [])
    assert owner.confirm(prepared["id"]).status == 404


def test_nothing_but_upright_pixels_is_stored(owner: Owner, objects: EmbeddedObjects) -> None:
    content = located_photo(6)
    assert SECRET_PLACE.encode() in content
    prepared = owner.presign().json
    assert post_file(objects, prepared, content) == 204
    for answer in (owner.upload(content), owner.confirm(prepared["id"])):
        assert answer.status == 201, answer
        for url in (answer.json["url"], thumb_of(answer.json)):
            file = objects.fetch(url).body
            assert (opened(file).size, dict(opened(file).getexif())) == ((48, 64), {})
            assert SECRET_PLACE.encode() not in file
    assert not any(key.startswith("incoming/") for key in objects.keys(BUCKET))


def test_an_address_reads_one_object_which_browsers_save_and_do_not_render(
    owner: Owner, objects: EmbeddedObjects
) -> None:
    answer = owner.upload(photo())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for url, name in ((answer.json["url"], "photo.jpg"), (thumb_of(answer.json), "thumb.jpg")):
        read = objects.fetch(url)
        assert (read.status, read.headers["content-type"]) == (200, "image/jpeg")
        assert read.headers["content-disposition"] == f"attachment;filename={name}"
        assert objects.fetch(url.partition("?")[0]).status == 403
        assert objects.fetch(url.replace("attachment", "inline")).status == 403
    other = answer.json["url"].replace("/photo.jpg", "/thumb.jpg")
    assert objects.fetch(other).status == 403


def test_what_is_too_large_is_refused_before_it_is_decoded(owner: Owner, objects: EmbeddedObjects) -> None:
    answer = owner.upload(png_claiming(100_000, 100_000))
    assert (answer.status, answer.fields) == (422, {"file": too_many_pixels(MAX_PIXELS)})
    answer = owner.upload(photo() + bytes(MAX_PHOTO_BYTES))
    assert (answer.status, answer.json["error"]["details"]["most"]) == (413, MAX_PHOTO_BYTES)
    assert answer.json["error"]["details"]["instead"].endswith("/photos/presign")
    prepared = owner.presign().json
    assert prepared["mostBytes"] == MAX_UPLOAD_BYTES
    assert post_file(objects, prepared, bytes(MAX_UPLOAD_BYTES + 1)) == 400
    incoming = object_keys("demo", prepared["id"]).incoming
    objects.service.store.put(BUCKET, incoming, Held(photo() + bytes(MAX_UPLOAD_BYTES), "image/jpeg"))
    assert set(owner.confirm(prepared["id"]).fields) == {"file"}
    assert objects.keys(BUCKET) == [incoming]
