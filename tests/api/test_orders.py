"""Placing an order and reading it."""

from typing import Any

import pytest

from tests.builders.dispatch import DROPOFF, LAT, LNG, NOWHERE, audit_row, diff, on_duty, order, order_body
from tests.builders.time import START
from tests.builders.world import World

FORMATTED_START = START.strftime("%Y-%m-%dT%H:%M:%SZ")
PHONE = "+31 20 555 0101"


def test_an_order_is_offered_to_a_free_courier_at_once(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    answer = customer.post("/v1/orders", order_body())
    placed = answer.json["order"]
    assert answer.status == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.json == {"order": placed, "assigned_courier_id": courier.user_id}
    assert placed == {
        "id": placed["id"],
        "customer_id": customer.user_id,
        "status": "assigned",
        "pickup_address": "Dam 1",
        "pickup_lat": LAT,
        "pickup_lng": LNG,
        "dropoff_address": "Amstel 2",
        "dropoff_lat": DROPOFF[0],
        "dropoff_lng": DROPOFF[1],
        "receiver_phone": PHONE,
        "notes": "Ring twice",
        "assigned_courier": courier.user_id,
        "offer_expires_at": "2026-03-01T09:00:15Z",
        "version": 1,
        "created_at": FORMATTED_START,
        "updated_at": FORMATTED_START,
    }


def test_an_order_that_nobody_can_make_says_so_and_leaves_out_what_is_absent(world: World) -> None:
    customer = world.person("customer")
    wanted = {"pickup_address": "A", "dropoff_address": "B", "receiver_phone": "1"}
    answer = customer.post("/v1/orders", wanted)
    placed = answer.json["order"]
    assert answer.status == 201
    assert set(answer.json) == {"order", "message"}
    assert answer.json["message"]
    assert placed == {
        **wanted,
        "id": placed["id"],
        "customer_id": customer.user_id,
        "status": "no_nearby_driver",
        "version": 1,
        "created_at": FORMATTED_START,
        "updated_at": FORMATTED_START,
        "waiting_until": "2026-03-01T09:30:00Z",
    }


def test_one_courier_is_never_offered_two_orders(world: World) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    assert order(customer)["status"] == "assigned"
    assert order(customer)["status"] == "no_nearby_driver"


def test_an_order_reads_the_same_for_customer_courier_and_dispatcher(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    for reader in (customer, courier, world.person("dispatcher")):
        answer = reader.get(f"/v1/orders/{placed['id']}")
        assert (answer.status, answer.json, answer.headers["ETag"]) == (200, placed, '"1"')


def test_an_order_that_does_not_exist_is_not_found(world: World) -> None:
    customer = world.person("customer")
    for order_id in ("nothing", "%23", "..", "a%2Fb", "x" * 300):
        answer = customer.get(f"/v1/orders/{order_id}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), order_id


def test_all_bad_fields_of_an_order_are_named_at_once(world: World) -> None:
    wanted = {
        "pickup_address": " ",
        "dropoff_address": "x" * 501,
        "pickup_lat": 90.1,
        "pickup_lng": "4.9",
        "dropoff_lat": 1,
        "notes": "n" * 501,
        "status": "delivered",
        "customer_id": "some body",
    }
    answer = world.person("customer").post("/v1/orders", wanted)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    bad = {*wanted, "receiver_phone", "dropoff_lng"} - {"dropoff_lat"}
    assert set(answer.fields) == bad
    assert answer.json["error"]["details"] == {"fields": sorted(bad)}
    assert answer.json["success"] is False


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ("pickup_address", "é" * 500, True),
        ("pickup_address", "é" * 501, False),
        ("pickup_address", "", False),
        ("dropoff_address", "x" * 500, True),
        ("dropoff_address", 7, False),
        ("notes", "x" * 500, True),
        ("notes", "x" * 501, False),
        ("receiver_phone", "1" * 32, True),
        ("receiver_phone", "1" * 33, False),
        ("dropoff_lat", 90, True),
        ("dropoff_lat", -90.0, True),
        ("pickup_lat", 90.000001, False),
        ("pickup_lat", -91, False),
        ("pickup_lng", 180, True),
        ("pickup_lng", -180, True),
        ("pickup_lng", 180.000001, False),
        ("pickup_lng", True, False),
        ("dropoff_lat", 1e-300, False),
        ("dropoff_lat", -90.1, False),
        ("dropoff_lng", 180.1, False),
        ("dropoff_lng", 1e400, False),
    ],
)
def test_texts_and_coordinates_have_their_bounds(world: World, field: str, value: Any, good: bool) -> None:
    answer = world.person("customer").post("/v1/orders", order_body() | {field: value})
    if good:
        assert answer.status == 201, answer
    elif value == float("inf"):
        assert (answer.status, answer.code) == (400, "MALFORMED_JSON")
    else:
        assert (answer.status, set(answer.fields)) == (422, {field})


@pytest.mark.parametrize("end", ["pickup", "dropoff"])
@pytest.mark.parametrize("missing", ["lat", "lng"])
def test_coordinates_come_in_pairs(world: World, end: str, missing: str) -> None:
    absent = f"{end}_{missing}"
    for body in (order_body(**{absent: None}), order_body() | {absent: None}):
        answer = world.person("customer").post("/v1/orders", body)
        assert (answer.status, set(answer.fields)) == (422, {absent})


def test_optional_fields_may_be_null(world: World) -> None:
    body = order_body(**NOWHERE, notes=None) | {"pickup_lat": None, "pickup_lng": None, "notes": None}
    placed = world.person("customer").post("/v1/orders", body)
    assert placed.status == 201
    assert not {"pickup_lat", "pickup_lng", "notes"} & set(placed.json["order"])


def test_an_order_sent_twice_with_one_key_is_placed_once(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    first = customer.post("/v1/orders", order_body(), idempotency_key="k1")
    world.clock.advance(minutes=1)
    again = customer.post("/v1/orders", order_body(), idempotency_key="k1")
    assert (again.status, again.text, again.headers["ETag"]) == (first.status, first.text, first.headers["ETag"])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1
    assert first.json["assigned_courier_id"] == courier.user_id


def test_a_key_belongs_to_one_request_of_one_caller_for_a_day(world: World) -> None:
    customer, other = world.person("customer"), world.person("customer")
    first = customer.post("/v1/orders", order_body(), idempotency_key="k1").json["order"]["id"]
    reused = customer.post("/v1/orders", order_body(notes="different"), idempotency_key="k1")
    assert (reused.status, reused.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    theirs = other.post("/v1/orders", order_body(), idempotency_key="k1").json["order"]["id"]
    world.clock.advance(minutes=30)
    assert customer.post("/v1/orders", order_body(), idempotency_key="k1").json["order"]["id"] == first
    world.clock.advance(days=1)
    customer = world.signed_in(customer.org_id, customer.user_id, "customer")
    later = customer.post("/v1/orders", order_body(), idempotency_key="k1").json["order"]["id"]
    assert len({first, theirs, later}) == 3


def test_a_refused_order_does_not_use_up_its_key(world: World) -> None:
    customer = world.person("customer")
    assert customer.post("/v1/orders", {}, idempotency_key="k1").status == 422
    assert customer.post("/v1/orders", order_body(), idempotency_key="k1").status == 201


def test_placing_an_order_leaves_one_audit_row_with_the_order_and_its_courier(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    answer = customer.post("/v1/orders", order_body(**NOWHERE, notes=None))
    placed = answer.json["order"]
    row = audit_row(world, placed["id"], "ORDER_CREATED")
    assert (row.actor_id, row.entity_type, row.request_id) == (
        customer.user_id,
        "order",
        answer.headers["X-Request-Id"],
    )
    given = {
        "order_id": placed["id"],
        "customer_id": customer.user_id,
        "status": "assigned",
        "pickup_address": "Dam 1",
        "dropoff_address": "Amstel 2",
        "dropoff_lat": DROPOFF[0],
        "dropoff_lng": DROPOFF[1],
        "receiver_phone": PHONE,
        "assigned_courier": courier.user_id,
        "offer_expires_at": "2026-03-01T09:00:15Z",
        "created_at": FORMATTED_START,
    }
    taken = {f"courier/{courier.user_id}.order_id": [None, placed["id"]]}
    assert diff(row) == {name: [None, value] for name, value in given.items()} | taken
