"""Photos that clients upload to the bucket themselves, and then confirm."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

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
    prepared: dict[str, Any] = answer.json
    return prepared


def put(objects: EmbeddedObjects, prepared: dict[str, Any], content: bytes, **other: str) -> int:
    """Post a file as a client does, with other fields if given; return the status."""
    fields = [Field(name, value) for name, value in {**prepared["fields"], **other}.items()]
    content_type, body = form(*fields, Field("file", content, "photo.jpg"))
    return objects.post(prepared["url"], content_type, body).status


def confirm(person: Person, photo_id: str, **headers: str) -> Answer:
    return person.post(f"/v1/uploads/photos/{photo_id}/confirm", **headers)


def incoming(photo_id: str) -> str:
    return object_keys("demo", photo_id).incoming


def test_a_confirmed_photo_is_like_any_other(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id, device="Pixel 9")
    assert (prepared["method"], prepared["mostBytes"]) == ("POST", MAX_UPLOAD_BYTES)
    large = located_photo(6) + bytes(5_000_000)
    assert put(objects, prepared, large) == 204
    assert stored(order_id).completion_photos == 0
    answer = confirm(park.tech, prepared["id"])
    assert answer.status == 201, answer
    view = answer.json
    assert (view["id"], view["kind"], view["workOrderId"]) == (prepared["id"], "COMPLETION", order_id)
    kept = objects.fetch(view["url"]).body
    assert opened(kept).size == (48, 64)
    assert SECRET_PLACE.encode() not in kept
    assert incoming(prepared["id"]) not in objects.keys(BUCKET)
    assert stored(order_id).completion_photos == 1
    assert park.finish(order_id).status == 200


def test_confirming_again_returns_the_same_photo_and_adds_nothing(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())
    answers = [
        confirm(park.tech, prepared["id"]),
        confirm(park.tech, prepared["id"]),
        confirm(park.tech, prepared["id"]),
    ]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert {answer.json["id"] for answer in answers} == {prepared["id"]}
    assert stored(order_id).completion_photos == 1
    idempotent = [confirm(park.tech, prepared["id"], idempotency_key="k") for _ in range(2)]
    assert idempotent[1].headers["Idempotent-Replayed"] == "true"


def test_a_confirmed_photo_is_not_shown_to_other_technicians_who_confirm_it(
    world: World, park: Park, objects: EmbeddedObjects
) -> None:
    prepared = presigned(park.tech, park.started())
    put(objects, prepared, photo())
    assert confirm(park.tech, prepared["id"]).status == 201
    assert refused(confirm(park.person("TECH"), prepared["id"])) == (403, "ACCESS_DENIED")
    stranger = world.person("TECH", OTHER, game_zone=park.zone)
    assert refused(confirm(stranger, prepared["id"])) == (404, "NOT_FOUND")


def test_a_photo_cannot_be_confirmed_before_its_file_is_uploaded(park: Park, objects: EmbeddedObjects) -> None:
    prepared = presigned(park.tech, park.started())
    assert refused(confirm(park.tech, prepared["id"])) == (409, "WORKFLOW_VIOLATION")
    put(objects, prepared, photo())
    assert confirm(park.tech, prepared["id"]).status == 201


def test_an_uploaded_file_has_to_be_a_photo(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id)
    for content in (b"<html></html>", png_claiming(100_000, 100_000), photo()[:500]):
        assert put(objects, prepared, content) == 204
        answer = confirm(park.tech, prepared["id"])
        assert refused(answer) == (422, "VALIDATION_ERROR")
        assert set(answer.fields) == {"file"}
    assert put(objects, prepared, photo()) == 204  # and another try succeeds
    assert confirm(park.tech, prepared["id"]).status == 201
    assert stored(order_id).completion_photos == 1


def test_the_bucket_accepts_only_what_the_form_was_signed_for(park: Park, objects: EmbeddedObjects) -> None:
    prepared = presigned(park.tech, park.started())
    assert put(objects, prepared, bytes(MAX_UPLOAD_BYTES + 1)) == 400
    assert put(objects, prepared, b"") == 400
    assert put(objects, prepared, photo(), key=object_keys("demo", prepared["id"]).full) == 403
    assert put(objects, prepared, photo(), policy=prepared["fields"]["policy"][:-8] + "AAAAAAA=") == 403
    assert put(objects, prepared, photo(), **{"x-amz-signature": "0" * 64}) == 403
    assert put(objects, prepared, photo(), acl="public-read") == 403
    assert put(objects, {**prepared, "fields": {"key": prepared["fields"]["key"]}}, photo()) == 403
    assert objects.keys(BUCKET) == []


def test_a_form_expires_after_a_quarter_of_an_hour(park: Park, objects: EmbeddedObjects) -> None:
    prepared = presigned(park.tech, park.started())
    life = timedelta(seconds=settings().photo_upload_s)
    assert datetime.fromisoformat(prepared["expiresAt"]) == park.world.clock.now() + life
    signatures = objects.service.signatures
    moment = signatures.now()
    signatures.now = lambda: moment + life + timedelta(seconds=2)
    assert put(objects, prepared, photo()) == 403
    assert objects.keys(BUCKET) == []


def test_an_object_larger_than_the_form_allows_is_refused(park: Park, objects: EmbeddedObjects) -> None:
    prepared = presigned(park.tech, park.started())
    held = Held(photo() + bytes(MAX_UPLOAD_BYTES), "image/jpeg")
    objects.service.store.put(BUCKET, incoming(prepared["id"]), held)
    assert set(confirm(park.tech, prepared["id"]).fields) == {"file"}


def test_an_upload_that_is_not_confirmed_in_time_expires(world: World, park: Park, objects: EmbeddedObjects) -> None:
    prepared = presigned(park.tech, park.started())
    put(objects, prepared, photo())
    world.clock.advance(seconds=settings().photo_upload_s)
    assert refused(confirm(park.tech, prepared["id"])) == (404, "NOT_FOUND")
    world.clock.advance(seconds=settings().photo_grace_s)
    world.sweep_maintenance()
    assert objects.keys(BUCKET) == []
    assert get(PHOTOS.upload_key("demo", prepared["id"])) is None
    assert refused(confirm(park.tech, prepared["id"])) == (404, "NOT_FOUND")


def test_every_invalid_field_is_named_at_once(park: Park) -> None:
    answer = park.tech.post(PRESIGN, {"workOrderId": park.started(), "kind": "X", "device": "x" * 101, "size": 1})
    assert set(answer.fields) == {"kind", "device", "size"}
    assert set(park.tech.post(PRESIGN, {}).fields) == {"workOrderId", "kind"}


def test_technicians_cannot_prepare_or_confirm_uploads_of_others(
    world: World, park: Park, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())
    body = {"workOrderId": order_id, "kind": "COMPLETION"}
    other, stranger = park.person("TECH"), world.person("TECH", OTHER, game_zone=park.zone)
    assert refused(other.post(PRESIGN, body)) == (403, "ACCESS_DENIED")
    assert refused(confirm(other, prepared["id"])) == (403, "ACCESS_DENIED")
    assert refused(park.lead.post(PRESIGN, body)) == (403, "ACCESS_DENIED")
    assert refused(confirm(park.lead, prepared["id"])) == (403, "ACCESS_DENIED")
    assert refused(stranger.post(PRESIGN, body)) == (404, "NOT_FOUND")
    assert refused(confirm(stranger, prepared["id"])) == (404, "NOT_FOUND")
    assert refused(park.tech.post(PRESIGN, {**body, "workOrderId": "nothing"})) == (404, "NOT_FOUND")
    assert refused(confirm(park.tech, f"{order_id}.nothing")) == (404, "NOT_FOUND")
    assert stored(order_id).completion_photos == 0


def test_reassigning_the_work_order_does_not_pass_the_upload_on(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.assigned()
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())
    other = park.person("TECH")
    assert park.assign(order_id, other).status == 200
    assert refused(confirm(park.tech, prepared["id"])) == (403, "ACCESS_DENIED")
    assert refused(confirm(other, prepared["id"])) == (403, "ACCESS_DENIED")


def test_a_finished_work_order_accepts_no_uploads(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started(photo=True)
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())
    assert park.finish(order_id).status == 200
    assert refused(confirm(park.tech, prepared["id"])) == (409, "WORKFLOW_VIOLATION")
    answer = park.tech.post(PRESIGN, {"workOrderId": order_id, "kind": "COMPLETION"})
    assert refused(answer) == (409, "WORKFLOW_VIOLATION")
    assert stored(order_id).completion_photos == 1


@pytest.mark.parametrize("dies_at", [None, "DELETE "])
def test_an_upload_cannot_be_confirmed_once_the_sweep_has_claimed_it(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects, dies_at: str | None
) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())

    def sweep_meanwhile(*_: object) -> None:
        objects.dies_at = dies_at
        # The clock of the sweep is ahead: by its own, the request would be past its deadline after so long.
        world.clock.set(seconds=settings().photo_upload_s + settings().photo_grace_s)
        world.sweep_maintenance()

    with engine.before("TransactWriteItems", sweep_meanwhile, times=1):
        assert refused(confirm(park.tech, prepared["id"])) == (404, "NOT_FOUND")
    assert stored(order_id).completion_photos == 0
    world.sweep_maintenance()
    assert objects.keys(BUCKET) == []


def test_the_sweep_keeps_an_upload_that_was_confirmed_by_a_slower_clock(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    prepared = presigned(park.tech, order_id)
    put(objects, prepared, photo())
    over = settings().photo_upload_s + settings().photo_grace_s

    def confirm_meanwhile(*_: object) -> None:
        world.clock.advance(seconds=-over)
        assert confirm(park.tech, prepared["id"]).status == 201
        world.clock.advance(seconds=over)

    world.clock.advance(seconds=over)
    with engine.before("UpdateItem", confirm_meanwhile, times=1):
        world.sweep_maintenance()
    assert stored(order_id).completion_photos == 1
    world.sweep_maintenance()
    place = object_keys("demo", prepared["id"])
    assert objects.keys(BUCKET) == [place.full, place.thumb]


@pytest.mark.parametrize("deleted", [False, True])
def test_a_form_used_again_after_the_confirmation_leaves_no_objects(
    world: World, park: Park, objects: EmbeddedObjects, deleted: bool
) -> None:
    config = replace(settings(), photo_upload_s=1800)
    world.reset_parts(config)
    prepared = presigned(park.tech, park.started())
    assert put(objects, prepared, photo()) == 204
    assert confirm(park.tech, prepared["id"]).status == 201
    if deleted:
        assert park.tech.delete(f"/v1/uploads/photos/{prepared['id']}").status == 204
    world.clock.advance(seconds=1790)
    world.sweep_maintenance()
    assert put(objects, prepared, photo()) == 204
    world.clock.advance(seconds=10 + config.photo_grace_s)
    world.sweep_maintenance()
    place = object_keys("demo", prepared["id"])
    assert objects.keys(BUCKET) == ([] if deleted else [place.full, place.thumb])


def test_preparing_and_confirming_keep_within_three_round_trips(
    park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    calls: list[str] = []
    engine.before(None, lambda operation, _: calls.append(operation))
    prepared = presigned(park.tech, order_id)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    put(objects, prepared, photo())
    calls.clear()
    assert confirm(park.tech, prepared["id"]).status == 201
    assert calls == ["BatchGetItem", "TransactWriteItems"]
