"""Photos that clients put into the bucket themselves, and then confirm."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.maintenance.photos.tables import PHOTOS
from chalicelib.media.schemas import MAX_UPLOAD_BYTES
from chalicelib.media.storage import object_keys
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from infra.local.objects_store import Held
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park, stored
from tests.builders.photos import BUCKET, SECRET_PLACE, located_photo, opened, photo, png_claiming
from tests.builders.world import OTHER, Answer, Person, World

PRESIGN = "/v1/uploads/photos/presign"


@pytest.fixture
def park(world: World) -> Park:
    return Park(world)


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def presigned(person: Person, order_id: str, kind: str = "COMPLETION", **fields: object) -> dict[str, Any]:
    answer = person.post(PRESIGN, {"workOrderId": order_id, "kind": kind, **fields})
    assert answer.status == 201, answer
    told: dict[str, Any] = answer.json
    return told


def put(objects: EmbeddedObjects, told: dict[str, Any], content: bytes, **other: str) -> int:
    """Post a file as a client would, with other fields if they are named; the status."""
    fields = [Field(name, value) for name, value in {**told["fields"], **other}.items()]
    content_type, body = form(*fields, Field("file", content, "photo.jpg"))
    return objects.post(told["url"], content_type, body).status


def confirm(person: Person, photo_id: str, **headers: str) -> Answer:
    return person.post(f"/v1/uploads/photos/{photo_id}/confirm", **headers)


def incoming(photo_id: str) -> str:
    return object_keys("demo", photo_id).incoming


def test_a_photo_that_was_put_and_confirmed_is_like_any_other(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id, device="Pixel 9")
    assert (told["method"], told["mostBytes"]) == ("POST", MAX_UPLOAD_BYTES)
    large = located_photo(6) + bytes(5_000_000)
    assert put(objects, told, large) == 204
    assert stored(order_id).completion_photos == 0
    answer = confirm(park.tech, told["id"])
    assert answer.status == 201, answer
    view = answer.json
    assert (view["id"], view["kind"], view["workOrderId"]) == (told["id"], "COMPLETION", order_id)
    kept = objects.fetch(view["url"]).body
    assert opened(kept).size == (48, 64)
    assert SECRET_PLACE.encode() not in kept
    assert incoming(told["id"]) not in objects.keys(BUCKET)
    assert stored(order_id).completion_photos == 1
    assert park.finish(order_id).status == 200


def test_confirming_again_gets_the_same_answer_and_adds_nothing(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id)
    put(objects, told, photo())
    answers = [confirm(park.tech, told["id"]), confirm(park.tech, told["id"]), confirm(park.tech, told["id"])]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert {answer.json["id"] for answer in answers} == {told["id"]}
    assert stored(order_id).completion_photos == 1
    idempotent = [confirm(park.tech, told["id"], idempotency_key="k") for _ in range(2)]
    assert idempotent[1].headers["Idempotent-Replayed"] == "true"


def test_a_photo_that_is_there_is_not_told_to_who_did_not_add_it(
    world: World, park: Park, objects: EmbeddedObjects
) -> None:
    told = presigned(park.tech, park.started())
    put(objects, told, photo())
    assert confirm(park.tech, told["id"]).status == 201
    assert refused(confirm(park.person("TECH"), told["id"])) == (403, "ACCESS_DENIED")
    stranger = world.person("TECH", OTHER, game_zone=park.zone)
    assert refused(confirm(stranger, told["id"])) == (404, "NOT_FOUND")


def test_what_was_not_put_cannot_be_confirmed_yet(park: Park, objects: EmbeddedObjects) -> None:
    told = presigned(park.tech, park.started())
    assert refused(confirm(park.tech, told["id"])) == (409, "WORKFLOW_VIOLATION")
    put(objects, told, photo())
    assert confirm(park.tech, told["id"]).status == 201


def test_what_was_put_has_to_be_a_photo(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id)
    for content in (b"<html></html>", png_claiming(100_000, 100_000), photo()[:500]):
        assert put(objects, told, content) == 204
        answer = confirm(park.tech, told["id"])
        assert refused(answer) == (422, "VALIDATION_ERROR")
        assert set(answer.fields) == {"file"}
    assert put(objects, told, photo()) == 204  # and another try succeeds
    assert confirm(park.tech, told["id"]).status == 201
    assert stored(order_id).completion_photos == 1


def test_the_bucket_takes_only_what_the_form_was_signed_for(park: Park, objects: EmbeddedObjects) -> None:
    told = presigned(park.tech, park.started())
    assert put(objects, told, bytes(MAX_UPLOAD_BYTES + 1)) == 400
    assert put(objects, told, b"") == 400
    assert put(objects, told, photo(), key=object_keys("demo", told["id"]).full) == 403
    assert put(objects, told, photo(), policy=told["fields"]["policy"][:-8] + "AAAAAAA=") == 403
    assert put(objects, told, photo(), **{"x-amz-signature": "0" * 64}) == 403
    assert put(objects, told, photo(), acl="public-read") == 403
    assert put(objects, {**told, "fields": {"key": told["fields"]["key"]}}, photo()) == 403
    assert objects.keys(BUCKET) == []


def test_a_form_is_good_for_a_quarter_of_an_hour(park: Park, objects: EmbeddedObjects) -> None:
    told = presigned(park.tech, park.started())
    life = timedelta(seconds=settings().photo_upload_s)
    assert datetime.fromisoformat(told["expiresAt"]) == park.world.clock.now() + life
    signatures = objects.service.signatures
    moment = signatures.now()
    signatures.now = lambda: moment + life + timedelta(seconds=2)
    assert put(objects, told, photo()) == 403
    assert objects.keys(BUCKET) == []


def test_an_object_that_is_larger_than_the_form_allows_is_refused(park: Park, objects: EmbeddedObjects) -> None:
    told = presigned(park.tech, park.started())
    held = Held(photo() + bytes(MAX_UPLOAD_BYTES), "image/jpeg")
    objects.service.store.put(BUCKET, incoming(told["id"]), held)
    assert set(confirm(park.tech, told["id"]).fields) == {"file"}


def test_an_upload_that_is_not_confirmed_in_time_is_over(world: World, park: Park, objects: EmbeddedObjects) -> None:
    told = presigned(park.tech, park.started())
    put(objects, told, photo())
    world.clock.advance(seconds=settings().photo_upload_s)
    assert refused(confirm(park.tech, told["id"])) == (404, "NOT_FOUND")
    world.clock.advance(seconds=settings().photo_grace_s)
    world.sweep_maintenance()
    assert objects.keys(BUCKET) == []
    assert get(PHOTOS.upload_key("demo", told["id"])) is None
    assert refused(confirm(park.tech, told["id"])) == (404, "NOT_FOUND")


def test_every_bad_field_is_named_at_once(park: Park) -> None:
    answer = park.tech.post(PRESIGN, {"workOrderId": park.started(), "kind": "X", "device": "x" * 101, "size": 1})
    assert set(answer.fields) == {"kind", "device", "size"}
    assert set(park.tech.post(PRESIGN, {}).fields) == {"workOrderId", "kind"}


def test_nobody_prepares_or_confirms_for_somebody_else(world: World, park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id)
    put(objects, told, photo())
    body = {"workOrderId": order_id, "kind": "COMPLETION"}
    other, stranger = park.person("TECH"), world.person("TECH", OTHER, game_zone=park.zone)
    assert refused(other.post(PRESIGN, body)) == (403, "ACCESS_DENIED")
    assert refused(confirm(other, told["id"])) == (403, "ACCESS_DENIED")
    assert refused(park.lead.post(PRESIGN, body)) == (403, "ACCESS_DENIED")
    assert refused(confirm(park.lead, told["id"])) == (403, "ACCESS_DENIED")
    assert refused(stranger.post(PRESIGN, body)) == (404, "NOT_FOUND")
    assert refused(confirm(stranger, told["id"])) == (404, "NOT_FOUND")
    assert refused(park.tech.post(PRESIGN, {**body, "workOrderId": "nothing"})) == (404, "NOT_FOUND")
    assert refused(confirm(park.tech, f"{order_id}.nothing")) == (404, "NOT_FOUND")
    assert stored(order_id).completion_photos == 0


def test_who_is_given_the_order_meanwhile_does_not_get_the_upload(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.assigned()
    told = presigned(park.tech, order_id)
    put(objects, told, photo())
    other = park.person("TECH")
    assert park.assign(order_id, other).status == 200
    assert refused(confirm(park.tech, told["id"])) == (403, "ACCESS_DENIED")
    assert refused(confirm(other, told["id"])) == (403, "ACCESS_DENIED")


def test_an_order_that_is_done_takes_no_more(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started(photo=True)
    told = presigned(park.tech, order_id)
    put(objects, told, photo())
    assert park.finish(order_id).status == 200
    assert refused(confirm(park.tech, told["id"])) == (409, "WORKFLOW_VIOLATION")
    answer = park.tech.post(PRESIGN, {"workOrderId": order_id, "kind": "COMPLETION"})
    assert refused(answer) == (409, "WORKFLOW_VIOLATION")
    assert stored(order_id).completion_photos == 1


@pytest.mark.parametrize("dies_at", [None, "DELETE "])
def test_an_upload_cannot_be_confirmed_once_the_sweep_has_it(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects, dies_at: str | None
) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id)
    put(objects, told, photo())

    def sweep_meanwhile(*_: object) -> None:
        objects.dies_at = dies_at
        world.clock.advance(seconds=settings().photo_upload_s + settings().photo_grace_s)
        world.sweep_maintenance()

    with engine.before("TransactWriteItems", sweep_meanwhile, times=1):
        assert refused(confirm(park.tech, told["id"])) == (404, "NOT_FOUND")
    assert stored(order_id).completion_photos == 0
    world.sweep_maintenance()
    assert objects.keys(BUCKET) == []


def test_the_sweep_leaves_an_upload_alone_that_was_confirmed_by_a_slower_clock(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    told = presigned(park.tech, order_id)
    put(objects, told, photo())
    over = settings().photo_upload_s + settings().photo_grace_s

    def confirm_meanwhile(*_: object) -> None:
        world.clock.advance(seconds=-over)
        assert confirm(park.tech, told["id"]).status == 201
        world.clock.advance(seconds=over)

    world.clock.advance(seconds=over)
    with engine.before("UpdateItem", confirm_meanwhile, times=1):
        world.sweep_maintenance()
    assert stored(order_id).completion_photos == 1
    world.sweep_maintenance()
    place = object_keys("demo", told["id"])
    assert objects.keys(BUCKET) == [place.full, place.thumb]


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_form_that_is_used_again_after_the_photo_was_confirmed_leaves_nothing_over(
    world: World, park: Park, objects: EmbeddedObjects, taken_back: bool
) -> None:
    config = replace(settings(), photo_upload_s=1800)
    world.reset_parts(config)
    told = presigned(park.tech, park.started())
    assert put(objects, told, photo()) == 204
    assert confirm(park.tech, told["id"]).status == 201
    if taken_back:
        assert park.tech.delete(f"/v1/uploads/photos/{told['id']}").status == 204
    world.clock.advance(seconds=1790)
    world.sweep_maintenance()
    assert put(objects, told, photo()) == 204
    world.clock.advance(seconds=10 + config.photo_grace_s)
    world.sweep_maintenance()
    place = object_keys("demo", told["id"])
    assert objects.keys(BUCKET) == ([] if taken_back else [place.full, place.thumb])


def test_preparing_and_confirming_keep_within_three_round_trips(
    park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    calls: list[str] = []
    engine.before(None, lambda operation, _: calls.append(operation))
    told = presigned(park.tech, order_id)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    put(objects, told, photo())
    calls.clear()
    assert confirm(park.tech, told["id"]).status == 201
    assert calls == ["BatchGetItem", "TransactWriteItems"]
