"""Proof of delivery: a PIN that only the customer reads, wrong ones that are counted, and a photo."""

import json
from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.core.store import get
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.proof.tables import wrong_pins_key
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from tests.builders.delivery_photos import uploaded
from tests.builders.dispatch import carried, on_duty, order, order_body, told
from tests.builders.world import Answer, Person, World

PIN, PHOTO, BOTH = {"pin": True}, {"photo": True}, {"pin": True, "photo": True}


@pytest.fixture
def courier(world: World) -> Person:
    return on_duty(world.person("courier"))


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def at_the_door(courier: Person, customer: Person, requirements: dict[str, bool]) -> dict[str, Any]:
    """An order that was picked up, as its customer read it when it was created."""
    placed = order(customer, requirements=requirements)
    carried(courier, placed, until="picked_up")
    return placed


def deliver(courier: Person, placed: dict[str, Any], proof: Any = None, **headers: str) -> Answer:
    body = {"order_id": placed["id"], "courier_id": courier.user_id, **({} if proof is None else {"proof": proof})}
    return courier.post("/v1/courier/orders/delivered", body, **headers)


def wrong(placed: dict[str, Any], number: int = 1) -> str:
    """A PIN that is not this order's."""
    return f"{(int(placed['delivery_pin']) + number) % 10_000:04}"


def refused(answer: Answer) -> dict[str, Any]:
    """The details of a refused proof."""
    assert (answer.status, answer.code) == (409, "PROOF_REQUIRED"), answer
    details: dict[str, Any] = answer.json["error"]["details"]
    return details


def state_of(person: Person, placed: dict[str, Any]) -> str:
    return str(person.get(f"/v1/orders/{placed['id']}").json["status"])


def test_an_order_without_requirements_needs_no_proof(courier: Person, customer: Person) -> None:
    for requirements in ({}, {"pin": False, "photo": False}):
        placed = at_the_door(courier, customer, requirements)
        assert "requirements" not in placed
        assert "delivery_pin" not in placed
        assert deliver(courier, placed, {"pin": "1234", "photo_id": "nothing"}).status == 200


def test_the_pin_has_four_digits_and_the_requirements_are_shown(courier: Person, customer: Person) -> None:
    placed = order(customer, requirements=PIN)
    assert placed["requirements"] == {"pin": True, "photo": False}
    assert len(placed["delivery_pin"]) == 4
    assert placed["delivery_pin"].isdecimal()
    assert courier.get("/v1/courier/active-order").json["order"]["requirements"] == {"pin": True, "photo": False}


def test_orders_have_different_pins(customer: Person) -> None:
    assert len({order(customer, requirements=PIN)["delivery_pin"] for _ in range(6)}) > 1


def test_only_the_customer_reads_the_pin(world: World, courier: Person, customer: Person) -> None:
    socket = courier.socket("courier")
    customers_socket = customer.socket("customer")
    placed = at_the_door(courier, customer, PIN)
    pin, path = placed["delivery_pin"], f"/v1/orders/{placed['id']}"
    assert customer.get(path).json["delivery_pin"] == pin
    assert customer.get("/v1/customer/active-order").json["order"]["delivery_pin"] == pin
    for own in ("/v1/customer/active-orders", "/v1/customer/orders/history"):
        assert [one["delivery_pin"] for one in customer.get(own).json["orders"]] == [pin]
    dispatcher, admin = world.person("dispatcher"), world.person("SYSTEM_ADMIN")
    answers = [
        *(person.get(path) for person in (courier, dispatcher, admin)),
        *(person.get(f"{path}/timeline") for person in (courier, dispatcher, customer)),
        courier.get("/v1/courier/active-order"),
        courier.get("/v1/courier/orders/history"),
        dispatcher.get("/v1/orders"),
        admin.get("/v1/audit"),
        deliver(courier, placed, {"pin": wrong(placed)}),
        deliver(courier, placed, {"pin": pin}),
    ]
    for answer in answers:
        assert "delivery_pin" not in answer.text
        assert f'"{pin}"' not in answer.text
    for event in (*told(world, socket), *told(world, customers_socket)):
        assert f'"{pin}"' not in json.dumps(event)
    for row in world.audit():
        assert "pin" not in (row.payload_diff or "").replace("pickup", "")


def test_an_order_read_by_its_customer_has_the_same_version_for_everybody(courier: Person, customer: Person) -> None:
    placed = order(customer, requirements=PIN)
    tags = {person.get(f"/v1/orders/{placed['id']}").headers["ETag"] for person in (courier, customer)}
    assert tags == {'"1"'}


def test_the_right_pin_delivers_and_may_be_repeated(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, PIN)
    assert refused(deliver(courier, placed)) == {"missing": ["pin"], "pin_tries_left": 5}
    answers = [deliver(courier, placed, {"pin": placed["delivery_pin"]}) for _ in range(2)]
    assert [(answer.status, answer.json["status"]) for answer in answers] == [(200, "delivered")] * 2
    assert deliver(courier, placed).status == 200


def test_five_wrong_pins_close_this_way_of_proving(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, PIN)
    left = [refused(deliver(courier, placed, {"pin": wrong(placed)})) for _ in range(5)]
    assert [one["pin_tries_left"] for one in left] == [4, 3, 2, 1, 0]
    assert {tuple(one["missing"]) for one in left} == {("pin",)}
    for proof in ({"pin": placed["delivery_pin"]}, {"pin": wrong(placed)}, {}):
        assert refused(deliver(courier, placed, proof)) == {"missing": ["pin"], "pin_tries_left": 0}
    assert state_of(customer, placed) == "picked_up"
    assert courier.get("/v1/courier/active-order").json["active"] is True


def test_after_four_wrong_pins_the_right_one_delivers(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, PIN)
    for number in range(1, 5):
        refused(deliver(courier, placed, {"pin": wrong(placed, number)}))
    assert deliver(courier, placed, {"pin": placed["delivery_pin"]}).json["status"] == "delivered"


def test_a_missing_or_malformed_pin_is_no_try(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, PIN)
    assert deliver(courier, placed, {}).status == 409
    for pin in ("12", "12345", "12a4", "1234\n", "١٢٣٤", 1234, ""):
        answer = deliver(courier, placed, {"pin": pin})
        assert (answer.status, set(answer.fields)) == (422, {"proof.pin"}), pin
    assert deliver(courier, placed, {"code": "1234"}).status == 422
    assert get(wrong_pins_key("demo", placed["id"])) is None


def test_the_tries_of_one_order_do_not_count_for_another(courier: Person, customer: Person, world: World) -> None:
    first = at_the_door(courier, customer, PIN)
    for _ in range(5):
        refused(deliver(courier, first, {"pin": wrong(first)}))
    other = on_duty(world.person("courier"))
    second = at_the_door(other, customer, PIN)
    assert deliver(other, second, {"pin": second["delivery_pin"]}).status == 200


def test_wrong_pins_of_a_stale_version_or_of_others_are_no_tries(
    world: World, courier: Person, customer: Person
) -> None:
    placed = at_the_door(courier, customer, PIN)
    stale = deliver(courier, placed, {"pin": wrong(placed)}, if_match="1")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    assert deliver(world.person("courier"), placed, {"pin": wrong(placed)}).status == 403
    assert deliver(world.person("courier", "other"), placed, {"pin": wrong(placed)}).status == 404
    assert world.call("POST", "/v1/courier/orders/delivered", {}).status == 401
    assert get(wrong_pins_key("demo", placed["id"])) is None


def test_a_pin_before_the_pickup_is_no_try(courier: Person, customer: Person) -> None:
    placed = order(customer, requirements=PIN)
    carried(courier, placed, until="arrived")
    assert deliver(courier, placed, {"pin": wrong(placed)}).code == "WORKFLOW_VIOLATION"
    assert get(wrong_pins_key("demo", placed["id"])) is None


def test_a_refused_try_is_counted_although_nothing_is_committed(
    world: World, courier: Person, customer: Person
) -> None:
    placed = at_the_door(courier, customer, PIN)
    version = customer.get(f"/v1/orders/{placed['id']}").json["version"]
    refused(deliver(courier, placed, {"pin": wrong(placed)}))
    stored = get(wrong_pins_key("demo", placed["id"]))
    assert stored is not None
    assert len(stored.tries or ()) == 1
    assert customer.get(f"/v1/orders/{placed['id']}").json["version"] == version
    [row] = [row for row in world.audit() if row.outcome == "PROOF_REQUIRED"]
    assert (row.entity_id, row.action_type) == (placed["id"], "ORDER_DELIVERED")


def test_a_refused_try_is_not_stored_for_a_replay_and_a_delivery_is(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, PIN)
    bad, good = {"pin": wrong(placed)}, {"pin": placed["delivery_pin"]}
    left = [refused(deliver(courier, placed, bad, idempotency_key="a"))["pin_tries_left"] for _ in range(2)]
    assert left == [4, 3]
    first, again = (deliver(courier, placed, good, idempotency_key="b") for _ in range(2))
    assert (first.status, again.status, again.json) == (200, 200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert deliver(courier, placed, bad, idempotency_key="b").code == "IDEMPOTENCY_KEY_REUSED"


def test_a_replayed_creation_has_the_same_pin(customer: Person) -> None:
    body = order_body(requirements=PIN)
    first, again = (customer.post("/v1/orders", body, idempotency_key="k") for _ in range(2))
    assert first.json["order"]["delivery_pin"] == again.json["order"]["delivery_pin"]


def test_a_photo_of_the_order_delivers(courier: Person, customer: Person, objects: EmbeddedObjects) -> None:
    placed = at_the_door(courier, customer, PHOTO)
    assert "delivery_pin" not in placed
    assert refused(deliver(courier, placed)) == {"missing": ["photo"]}
    photo_id = uploaded(courier, placed["id"])["id"]
    assert deliver(courier, placed, {"photo_id": photo_id}).json["status"] == "delivered"


@pytest.mark.parametrize("form", ["nothing", "{order}", "{order}.0123", "other.0123", "."])
def test_a_photo_that_does_not_exist_is_missing(courier: Person, customer: Person, form: str) -> None:
    placed = at_the_door(courier, customer, PHOTO)
    photo_id = form.replace("{order}", placed["id"])
    assert refused(deliver(courier, placed, {"photo_id": photo_id})) == {"missing": ["photo"]}


def test_the_photo_of_another_order_is_missing(
    world: World, courier: Person, customer: Person, objects: EmbeddedObjects
) -> None:
    first = at_the_door(courier, customer, PHOTO)
    other = on_duty(world.person("courier"))
    second = at_the_door(other, customer, PHOTO)
    photo_id = uploaded(courier, first["id"])["id"]
    assert refused(deliver(other, second, {"photo_id": photo_id})) == {"missing": ["photo"]}


def test_both_are_named_as_missing_and_both_deliver(
    courier: Person, customer: Person, objects: EmbeddedObjects
) -> None:
    placed = at_the_door(courier, customer, BOTH)
    pin = placed["delivery_pin"]
    assert refused(deliver(courier, placed)) == {"missing": ["pin", "photo"], "pin_tries_left": 5}
    bad = deliver(courier, placed, {"pin": wrong(placed), "photo_id": "none"})
    assert refused(bad) == {"missing": ["pin", "photo"], "pin_tries_left": 4}
    assert refused(deliver(courier, placed, {"pin": pin})) == {"missing": ["photo"], "pin_tries_left": 4}
    photo_id = uploaded(courier, placed["id"])["id"]
    assert refused(deliver(courier, placed, {"photo_id": photo_id})) == {"missing": ["pin"], "pin_tries_left": 4}
    proof = {"pin": pin, "photo_id": photo_id}
    first, again = (deliver(courier, placed, proof, idempotency_key="k") for _ in range(2))
    assert (first.json["status"], again.headers["Idempotent-Replayed"]) == ("delivered", "true")


def test_the_right_pin_without_its_photo_tells_nothing_once_pins_are_closed(courier: Person, customer: Person) -> None:
    placed = at_the_door(courier, customer, BOTH)
    for _ in range(5):
        refused(deliver(courier, placed, {"pin": wrong(placed)}))
    answers = [refused(deliver(courier, placed, {"pin": pin})) for pin in (placed["delivery_pin"], wrong(placed))]
    assert answers == [{"missing": ["pin", "photo"], "pin_tries_left": 0}] * 2


def test_a_pin_that_is_right_too_late_is_refused_by_the_commit(
    engine: EmbeddedEngine, courier: Person, customer: Person
) -> None:
    placed = at_the_door(courier, customer, PIN)
    tries = [f"try-{number}" for number in range(5)]

    def close_meanwhile(*_: object) -> None:
        item = {"pk": {"S": wrong_pins_key("demo", placed["id"]).pk}, "sk": {"S": "WRONG_PINS"}}
        client("dynamodb").put_item(TableName=Order.Meta.table_name, Item={**item, "tries": {"SS": tries}})

    with engine.before("TransactWriteItems", close_meanwhile, times=1):
        answer = deliver(courier, placed, {"pin": placed["delivery_pin"]})
    assert refused(answer) == {"missing": ["pin"], "pin_tries_left": 0}
    assert state_of(customer, placed) == "picked_up"


@pytest.mark.parametrize(
    ("requirements", "bad"),
    [({"pin": "yes"}, "requirements.pin"), ({"signature": True}, "requirements.signature"), (True, "requirements")],
)
def test_requirements_that_are_none_are_named(customer: Person, requirements: object, bad: str) -> None:
    answer = customer.post("/v1/orders", order_body(requirements=requirements))
    assert (answer.status, set(answer.fields)) == (422, {bad})
