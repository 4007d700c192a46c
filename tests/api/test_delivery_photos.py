"""Photos of deliveries: added by the courier who has the order, read by its customer and by dispatchers."""

from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.dispatch.proof.tables import PHOTOS, OrderUpload
from chalicelib.media.schemas import MAX_PHOTO_BYTES, MAX_UPLOAD_BYTES
from chalicelib.media.storage import object_keys
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from tests.builders.delivery_photos import upload, uploaded
from tests.builders.dispatch import audit_row, carried, diff, on_duty, order, step
from tests.builders.forms import Field, form
from tests.builders.photos import BUCKET, SECRET_PLACE, located_photo, opened, photo
from tests.builders.running import THE_TEST
from tests.builders.world import OTHER, Answer, Person, World


@pytest.fixture
def courier(world: World) -> Person:
    return on_duty(world.person("courier"))


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def order_id(courier: Person, customer: Person) -> str:
    """An order that requires a photo and was picked up."""
    placed = order(customer, requirements={"photo": True})
    return str(carried(courier, placed, until="picked_up")["id"])


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def shown(person: Person, order_id: str) -> list[dict[str, Any]]:
    photos: list[dict[str, Any]] = person.get(f"/v1/orders/{order_id}/photos").json["photos"]
    return photos


def deliver(courier: Person, order_id: str, photo_id: str) -> Answer:
    body = {"order_id": order_id, "courier_id": courier.user_id, "proof": {"photo_id": photo_id}}
    return courier.post("/v1/courier/orders/delivered", body)


def presigned(courier: Person, order_id: str, **fields: object) -> dict[str, Any]:
    answer = courier.post(f"/v1/orders/{order_id}/photos/presign", fields)
    assert answer.status == 201, answer
    prepared: dict[str, Any] = answer.json
    return prepared


def put(objects: EmbeddedObjects, prepared: dict[str, Any], content: bytes) -> int:
    """Post a file to the bucket as a client does; return the status."""
    fields = [Field(name, value) for name, value in prepared["fields"].items()]
    content_type, body = form(*fields, Field("file", content, "photo.jpg"))
    return objects.post(prepared["url"], content_type, body).status


def confirm(person: Person, order_id: str, photo_id: str, **headers: str) -> Answer:
    return person.post(f"/v1/orders/{order_id}/photos/{photo_id}/confirm", **headers)


def notes() -> list[str]:
    """Return the states of all upload notes."""
    found = client("dynamodb").scan(TableName=OrderUpload.Meta.table_name)["Items"]
    return [item["state"]["S"] for item in found if item["sk"]["S"] == "UPLOAD"]


def later(world: World) -> None:
    """Let all notes become due, and sweep."""
    world.clock.advance(seconds=settings().photo_grace_s)
    world.sweep_maintenance()


def test_customer_and_dispatcher_see_the_photo_and_the_courier_does_not(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    view = uploaded(courier, order_id, located_photo(6))
    assert set(view) == {"id", "url", "thumb_url", "kind", "order_id", "created_at"}
    assert (view["kind"], view["order_id"]) == ("DELIVERY", order_id)
    for person in (customer, world.person("dispatcher")):
        [seen] = shown(person, order_id)
        assert seen["id"] == view["id"]
        content = objects.fetch(seen["url"]).body
        assert opened(content).size == (48, 64)
        assert SECRET_PLACE.encode() not in content
        assert objects.fetch(seen["thumb_url"]).status == 200
    assert refused(courier.get(f"/v1/orders/{order_id}/photos")) == (403, "ACCESS_DENIED")


def test_photos_are_of_one_organisation_and_one_customer(world: World, courier: Person, order_id: str) -> None:
    path = f"/v1/orders/{order_id}/photos"
    assert refused(world.person("customer").get(path)) == (403, "ACCESS_DENIED")
    assert refused(world.person("dispatcher", OTHER).get(path)) == (404, "NOT_FOUND")
    assert refused(world.person("packer").get(path)) == (403, "ACCESS_DENIED")


def test_only_the_courier_of_an_order_adds_photos(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    for person, status in (
        (customer, 403),
        (world.person("courier"), 403),
        (world.person("SYSTEM_ADMIN"), 403),
        (world.person("courier", OTHER), 404),
    ):
        assert upload(person, order_id).status == status
        assert person.post(f"/v1/orders/{order_id}/photos/presign", {}).status == status
    assert upload(courier, "nothing").status == 404
    assert objects.keys(BUCKET) == []


@pytest.mark.parametrize("state", ["assigned", "accepted", "arrived", "delivered"])
def test_a_photo_is_added_between_pickup_and_delivery(
    courier: Person, customer: Person, state: str, objects: EmbeddedObjects
) -> None:
    placed = carried(courier, order(customer), until=state)
    answer = upload(courier, placed["id"])
    assert refused(answer) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"] == {"state": state, "action": "add_photo", "allowed": []}
    assert refused(courier.post(f"/v1/orders/{placed['id']}/photos/presign", {})) == (409, "WORKFLOW_VIOLATION")
    assert objects.keys(BUCKET) == []


def test_wrong_fields_and_files_are_named(courier: Person, order_id: str, objects: EmbeddedObjects) -> None:
    answer = upload(courier, order_id, fields=(Field("kind", "COMPLETION"), Field("place", "here")))
    assert refused(answer) == (422, "VALIDATION_ERROR")
    assert answer.fields == {"kind": "must be one of DELIVERY", "place": "is not expected here"}
    assert set(upload(courier, order_id, b"<html></html>").fields) == {"file"}
    for size in (MAX_PHOTO_BYTES + 1, MAX_PHOTO_BYTES + 1_000_000):
        large = upload(courier, order_id, bytes(size))
        assert refused(large) == (413, "PAYLOAD_TOO_LARGE")
        instead = "/v1/orders/{order_id}/photos/presign"
        assert large.json["error"]["details"] == {"most": MAX_PHOTO_BYTES, "instead": instead}
    assert objects.keys(BUCKET) == []


def test_a_replayed_upload_adds_one_photo(
    courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    answers = [upload(courier, order_id, idempotency_key="k") for _ in range(2)]
    assert {answer.json["id"] for answer in answers} == {shown(customer, order_id)[0]["id"]}
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(shown(customer, order_id)) == 1


def test_a_photo_leaves_an_audit_row_and_the_version_of_the_order(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    before = customer.get(f"/v1/orders/{order_id}").json["version"]
    photo_id = uploaded(courier, order_id)["id"]
    assert customer.get(f"/v1/orders/{order_id}").json["version"] == before
    changes = diff(audit_row(world, order_id, "ORDER_PHOTO_ADDED"))
    assert changes[f"photo/{photo_id}.photo_kind"] == [None, "DELIVERY"]
    assert changes[f"photo/{photo_id}.uploaded_by"] == [None, courier.user_id]
    actions = [entry["action"] for entry in customer.get(f"/v1/orders/{order_id}/timeline").json["entries"]]
    assert actions[-1] == "ORDER_PHOTO_ADDED"


def test_a_photo_that_meets_the_delivery_is_refused_and_leaves_nothing(
    world: World, courier: Person, customer: Person, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    placed = carried(courier, order(customer), until="picked_up")
    meanwhile: list[Answer] = []

    def delivered(*_: object) -> None:
        meanwhile.append(step(courier, "delivered", placed["id"]))

    with engine.before("TransactWriteItems", delivered, times=1):
        assert upload(courier, placed["id"]).status == 409
    assert meanwhile[0].status == 200
    assert shown(customer, placed["id"]) == []
    later(world)
    assert (objects.keys(BUCKET), notes()) == ([], [])


def test_a_presigned_photo_proves_the_delivery_once_it_is_confirmed(
    courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    prepared = presigned(courier, order_id, device="Pixel 9")
    assert (prepared["method"], prepared["mostBytes"]) == ("POST", MAX_UPLOAD_BYTES)
    assert refused(confirm(courier, order_id, prepared["id"])) == (409, "WORKFLOW_VIOLATION")
    assert put(objects, prepared, photo() + bytes(5_000_000)) == 204
    assert refused(deliver(courier, order_id, prepared["id"])) == (409, "PROOF_REQUIRED")
    answers = [confirm(courier, order_id, prepared["id"]) for _ in range(2)]
    assert [(answer.status, answer.json["id"]) for answer in answers] == [(201, prepared["id"])] * 2
    assert [one["id"] for one in shown(customer, order_id)] == [prepared["id"]]
    assert object_keys("demo", prepared["id"]).incoming not in objects.keys(BUCKET)
    assert deliver(courier, order_id, prepared["id"]).status == 200


def test_an_upload_is_confirmed_by_its_uploader_for_its_own_order(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    prepared = presigned(courier, order_id)
    put(objects, prepared, photo())
    other = on_duty(world.person("courier"))
    assert refused(confirm(other, order_id, prepared["id"])) == (403, "ACCESS_DENIED")
    assert refused(confirm(world.person("courier", OTHER), order_id, prepared["id"])) == (404, "NOT_FOUND")
    second = carried(other, order(customer), until="picked_up")["id"]
    assert refused(confirm(courier, second, prepared["id"])) == (404, "NOT_FOUND")
    assert refused(confirm(courier, order_id, f"{order_id}.0123")) == (404, "NOT_FOUND")
    assert confirm(courier, order_id, prepared["id"]).status == 201
    assert refused(confirm(other, order_id, prepared["id"])) == (403, "ACCESS_DENIED")


def test_an_upload_is_not_confirmed_after_the_delivery(
    courier: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    prepared = presigned(courier, order_id)
    put(objects, prepared, photo())
    assert deliver(courier, order_id, uploaded(courier, order_id)["id"]).status == 200
    assert refused(confirm(courier, order_id, prepared["id"])) == (409, "WORKFLOW_VIOLATION")


@pytest.mark.parametrize("dies_at", ["PUT ", "photo.jpg", "thumb.jpg"])
def test_objects_of_an_upload_that_crashed_are_removed(
    courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects, dies_at: str
) -> None:
    objects.dies_at = dies_at
    assert upload(courier, order_id).status == 500
    assert notes() == ["EXPECTED"]
    later(courier.world)
    assert (objects.keys(BUCKET), notes(), shown(customer, order_id)) == ([], [], [])


def test_a_photo_with_its_objects_stays(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    view = uploaded(courier, order_id)
    later(world)
    assert (len(objects.keys(BUCKET)), notes()) == (2, [])
    assert [one["id"] for one in shown(customer, order_id)] == [view["id"]]


def _lose(photo_id: str, order_id: str) -> None:
    keys = object_keys("demo", photo_id)
    for key in keys[:2]:
        client("s3").delete_object(Bucket=BUCKET, Key=key)


def test_a_photo_whose_objects_are_missing_proves_nothing(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    photo_id = uploaded(courier, order_id)["id"]
    _lose(photo_id, order_id)
    later(world)
    assert shown(customer, order_id) == []
    audit_row(world, order_id, "ORDER_PHOTO_WITHDRAWN")
    assert refused(deliver(courier, order_id, photo_id)) == (409, "PROOF_REQUIRED")


def test_a_delivered_order_keeps_its_photo_although_the_objects_are_missing(
    world: World, courier: Person, customer: Person, order_id: str, objects: EmbeddedObjects
) -> None:
    photo_id = uploaded(courier, order_id)["id"]
    assert deliver(courier, order_id, photo_id).status == 200
    _lose(photo_id, order_id)
    later(world)
    assert [one["id"] for one in shown(customer, order_id)] == [photo_id]
    assert notes() == []


def test_a_photo_that_is_withdrawn_at_the_moment_of_delivery_is_missing(
    courier: Person, order_id: str, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    photo_id = uploaded(courier, order_id)["id"]
    key = PHOTOS.photo_key("demo", photo_id)

    def withdraw(*_: object) -> None:
        item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        with courier.world.function(THE_TEST):
            client("dynamodb").delete_item(TableName=OrderUpload.Meta.table_name, Key=item)

    with engine.before("TransactWriteItems", withdraw, times=1):
        answer = deliver(courier, order_id, photo_id)
    assert (refused(answer), answer.json["error"]["details"]) == ((409, "PROOF_REQUIRED"), {"missing": ["photo"]})
