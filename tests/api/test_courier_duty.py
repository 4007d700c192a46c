"""On and off duty, and where a courier is: over REST and over the socket."""

import json
from typing import Any

import pytest

from tests.builders.dispatch import (
    NOWHERE,
    audit_row,
    carried,
    diff,
    duty,
    on_duty,
    order,
    report,
    step,
    stored_courier,
    stored_order,
    told,
)
from tests.builders.world import Person, World

AVAILABILITY, LOCATION = "/v1/courier/availability", "/v1/courier/location"


def send_position(world: World, connection_id: str, data: Any) -> None:
    world.say(connection_id, json.dumps({"event": "location.update", "data": data}))


def is_offered(world: World, courier: Person, **fields: Any) -> bool:
    """Whether the next order goes to this courier; it is taken back from them."""
    customer = world.person("customer")
    placed = order(customer, **fields)
    customer.post("/v1/customer/orders/cancel", {"order_id": placed["id"]})
    return placed.get("assigned_courier") == courier.user_id


def test_going_on_and_off_duty_is_answered_without_a_body(world: World) -> None:
    courier = world.person("courier")
    for available in (True, False):
        answer = courier.post(AVAILABILITY, {"available": available})
        assert (answer.status, answer.text) == (204, "")


def test_only_who_is_on_duty_is_offered_orders(world: World) -> None:
    courier = world.person("courier")
    report(courier, 52.37, 4.89)
    assert not is_offered(world, courier)
    duty(courier)
    assert is_offered(world, courier)
    duty(courier, available=False)
    assert not is_offered(world, courier)
    duty(courier)
    assert is_offered(world, courier)


@pytest.mark.parametrize("body", [{}, {"available": "yes"}, {"available": 1}, {"available": None}])
def test_availability_is_true_or_false(world: World, body: dict[str, Any]) -> None:
    answer = world.person("courier").post(AVAILABILITY, {**body, "courier_id": "somebody"})
    assert (answer.status, set(answer.fields)) == (422, {"available", "courier_id"})


def test_saying_again_what_is_so_changes_nothing(world: World) -> None:
    courier = on_duty(world.person("courier"))
    before = stored_courier(courier)
    world.clock.advance(minutes=1)
    duty(courier)
    after = stored_courier(courier)
    assert before is not None
    assert after is not None
    assert after.idle_since == before.idle_since


def test_being_off_duty_from_the_first_changes_nothing(world: World) -> None:
    courier = world.person("courier")
    duty(courier, available=False)
    assert diff(audit_row(world, courier.user_id, "COURIER_UNAVAILABLE")) == {}
    assert not is_offered(world, courier)


def test_each_change_of_duty_is_in_the_audit_trail(world: World) -> None:
    courier = world.person("courier")
    duty(courier)
    duty(courier, available=False)
    for action, changed in (("COURIER_AVAILABLE", [False, True]), ("COURIER_UNAVAILABLE", [True, False])):
        row = audit_row(world, courier.user_id, action)
        assert (row.entity_type, row.actor_id, diff(row)) == ("courier", courier.user_id, {"available": changed})
    courier.post(AVAILABILITY, {})
    refused = [row for row in world.audit() if row.outcome == "VALIDATION_ERROR"]
    assert [(row.entity_type, row.actor_id, row.payload_diff) for row in refused] == [
        ("courier", courier.user_id, None)
    ]


@pytest.mark.parametrize(
    ("path", "body"), [(AVAILABILITY, {"available": True}), (LOCATION, {"latitude": 1, "longitude": 2})]
)
def test_a_call_sent_again_with_its_key_is_replayed(world: World, path: str, body: dict[str, Any]) -> None:
    courier = world.person("courier")
    first, again = (courier.post(path, body, idempotency_key="k") for _ in range(2))
    assert (first.status, again.status, again.text) == (204, 204, "")
    assert again.headers["Idempotent-Replayed"] == "true"


def test_going_off_duty_with_an_order_in_hand_leaves_the_order_alone(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "accepted")
    duty(courier, available=False)
    assert carried_on(courier, placed["id"]) == ["arrived", "picked_up", "delivered"]
    assert not is_offered(world, courier)
    duty(courier)
    assert is_offered(world, courier)


def carried_on(courier: Person, order_id: str) -> list[str]:
    """The states of an accepted order that is carried to the end."""
    return [step(courier, action, order_id).json["status"] for action in ("arrived", "picked", "delivered")]


def test_coming_back_on_duty_with_an_order_in_hand_does_not_free_the_courier(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "accepted")
    duty(courier, available=False)
    duty(courier)
    assert not is_offered(world, courier)
    carried_on(courier, placed["id"])
    assert is_offered(world, courier)


def test_going_off_duty_declines_an_unanswered_offer(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    other = on_duty(world.person("courier"), km=2)
    socket, heard = customer.socket("customer"), other.socket("courier")
    placed = order(customer)
    told(world, socket)
    duty(courier, available=False)
    assert step(courier, "accept", placed["id"]).status == 403
    moved = stored_order(placed["id"])
    assert (moved.status, moved.assigned_courier, moved.declined_by) == ("assigned", other.user_id, {courier.user_id})
    assert [data["status"] for _, data in told(world, socket)] == ["declined", "assigned"]
    assert [event for event, _ in told(world, heard)] == ["order.assigned"]
    row = audit_row(world, courier.user_id, "COURIER_UNAVAILABLE")
    assert diff(row)["available"] == [True, False]
    assert diff(row)[f"order/{placed['id']}.assigned_courier"] == [courier.user_id, other.user_id]


def test_going_off_duty_with_an_offer_that_nobody_else_can_take(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    duty(courier, available=False)
    assert customer.get(f"/v1/orders/{placed['id']}").json["status"] == "no_nearby_driver"
    assert not is_offered(world, courier)
    duty(courier)
    assert is_offered(world, courier)


# --- positions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lat", "lng"), [(90, 180), (-90, -180), (0, 0.000001), (-0.0, 180.0), (52.123456789, -4.5)])
def test_every_place_on_earth_is_a_position(world: World, lat: float, lng: float) -> None:
    answer = world.person("courier").post(LOCATION, {"latitude": lat, "longitude": lng})
    assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"latitude", "longitude"}),
        ({"latitude": 90.1, "longitude": -180.1}, {"latitude", "longitude"}),
        ({"latitude": "52", "longitude": None}, {"latitude", "longitude"}),
        ({"latitude": 52}, {"longitude"}),
        ({"latitude": -90.00001, "longitude": 180}, {"latitude"}),
    ],
)
def test_what_is_no_position_is_refused_over_both_ways(world: World, body: dict[str, Any], bad: set[str]) -> None:
    courier = world.person("courier")
    answer = courier.post(LOCATION, body)
    assert (answer.status, set(answer.fields)) == (422, bad)
    socket = courier.socket("courier")
    send_position(world, socket, body)
    [(event, data)] = told(world, socket)
    assert (event, data["event"], data["code"]) == ("error", "location.update", "VALIDATION_ERROR")
    assert set(data["fields"]) == {f"data.{name}" for name in bad}
    assert stored_courier(courier) is None


def test_a_position_over_the_socket_counts_like_one_over_rest(world: World) -> None:
    near, far = world.person("courier"), on_duty(world.person("courier"), km=1)
    duty(near)
    socket = near.socket("courier")
    send_position(world, socket, {"latitude": 52.37, "longitude": 4.89, "accuracy": 5})
    assert told(world, socket) == []
    assert is_offered(world, near)
    send_position(world, socket, {"latitude": 52.37, "longitude": 4.95})
    assert is_offered(world, far)


def test_a_customer_has_no_position_to_report(world: World) -> None:
    customer = world.person("customer")
    socket = customer.socket("customer")
    send_position(world, socket, {"latitude": 52, "longitude": 4})
    [(event, data)] = told(world, socket)
    assert (event, data["code"]) == ("error", "ACCESS_DENIED")


def test_a_position_that_is_five_minutes_old_counts_and_an_older_one_does_not(world: World) -> None:
    courier = on_duty(world.person("courier"))
    world.clock.advance(minutes=5)
    assert is_offered(world, courier)
    world.clock.advance(seconds=1)
    assert not is_offered(world, courier)
    assert not is_offered(world, courier, **NOWHERE)
    report(courier, 52.37, 4.89)
    assert is_offered(world, courier)


def test_an_old_position_stays_old_through_going_off_and_on_duty(world: World) -> None:
    courier = on_duty(world.person("courier"))
    duty(courier, available=False)
    world.clock.advance(minutes=6)
    duty(courier)
    assert not is_offered(world, courier)
    assert not is_offered(world, courier, **NOWHERE)


def test_a_courier_who_moved_while_delivering_is_found_where_they_are(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")
    report(courier, -33.86, 151.2)
    assert not is_offered(world, courier, pickup_lat=-33.86, pickup_lng=151.2)
    step(courier, "delivered", placed["id"])
    assert not is_offered(world, courier)
    assert is_offered(world, courier, pickup_lat=-33.86, pickup_lng=151.2)


def test_where_a_courier_was_is_in_no_audit_trail(world: World) -> None:
    courier = world.person("courier")
    report(courier, 52.37, 4.89)
    assert [row for row in world.audit() if row.actor_id == courier.user_id] == []
