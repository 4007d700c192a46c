"""An order can be placed for a later time."""

from datetime import timedelta

import pytest

from chalicelib.core.clock import iso
from tests.builders.dispatch import audit_row, cancel_order, on_duty, order, order_body, step, stored_order, told
from tests.builders.world import Person, World


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def scheduled(world: World, customer: Person, hours: float = 2) -> str:
    placed = order(customer, pickup_after=iso(world.clock.now() + timedelta(hours=hours)))
    assert placed["status"] == "scheduled"
    return str(placed["id"])


def test_a_scheduled_order_is_offered_when_its_time_has_come(world: World, customer: Person) -> None:
    socket = customer.socket("customer")
    answer = customer.post("/v1/orders", order_body(pickup_after="2026-03-01T11:00:00Z"))
    placed = answer.json["order"]
    assert (placed["status"], placed["pickup_after"]) == ("scheduled", "2026-03-01T11:00:00Z")
    assert answer.json["message"] == "The order is offered to couriers at the time that you named."
    world.clock.advance(minutes=119)
    courier = on_duty(world.person("courier"))
    world.sweep()
    assert stored_order(placed["id"]).status == "scheduled"
    world.clock.advance(minutes=1)
    world.sweep()
    assert stored_order(placed["id"]).assigned_courier == courier.user_id
    assert [data["status"] for _, data in told(world, socket)] == ["scheduled", "assigned"]
    assert audit_row(world, placed["id"], "ORDER_DUE").actor_id == "system:sweep"


def test_a_scheduled_order_that_finds_nobody_waits(world: World, customer: Person) -> None:
    order_id = scheduled(world, customer, hours=1 / 2)
    world.clock.advance(minutes=30)
    world.sweep()
    assert customer.get(f"/v1/orders/{order_id}").json["waiting_until"] == "2026-03-01T10:00:00Z"
    courier = on_duty(world.person("courier"))
    assert stored_order(order_id).assigned_courier == courier.user_id


def test_a_scheduled_order_is_not_active_and_can_be_canceled(world: World, customer: Person) -> None:
    order_id = scheduled(world, customer)
    assert customer.get("/v1/customer/active-order").json == {"active": False}
    assert cancel_order(customer, order_id).json["status"] == "canceled_by_customer"
    world.clock.advance(hours=2)
    on_duty(world.person("courier"))
    world.sweep()
    assert stored_order(order_id).status == "canceled_by_customer"


def test_a_time_in_the_past_counts_as_now(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer, pickup_after="2026-03-01T08:00:00Z")
    assert (placed["status"], placed["assigned_courier"]) == ("assigned", courier.user_id)
    assert "pickup_after" not in placed


def test_an_order_is_scheduled_at_most_thirty_days_ahead(world: World, customer: Person) -> None:
    scheduled(world, customer, hours=30 * 24)
    refused = customer.post(
        "/v1/orders", order_body(pickup_after=iso(world.clock.now() + timedelta(days=30, seconds=1)))
    )
    assert (refused.status, refused.fields) == (422, {"pickup_after": "must be at most 30 days ahead"})
    assert customer.post("/v1/orders", order_body(pickup_after="tomorrow")).status == 422


def test_a_courier_who_had_the_offer_is_told_that_it_expired(world: World, customer: Person) -> None:
    first, second, third = (on_duty(world.person("courier"), km=km) for km in (1, 2, 3))
    placed = order(customer)["id"]
    world.clock.advance(seconds=15)
    world.sweep()
    late = step(first, "accept", placed)
    assert (late.status, late.json["error"]["details"]["reason"]) == (403, "OFFER_EXPIRED")
    assert step(second, "accept", placed).status == 200
    assert "reason" not in step(third, "accept", placed).json["error"]["details"]


def test_a_courier_reads_their_availability(world: World, customer: Person) -> None:
    courier = world.person("courier")
    assert courier.get("/v1/courier/availability").json == {"available": False}
    on_duty(courier)
    since = "2026-03-01T09:00:00Z"
    assert courier.get("/v1/courier/availability").json == {"available": True, "since": since}
    placed = order(customer)["id"]
    assert courier.get("/v1/courier/availability").json == {"available": True, "order_id": placed, "since": since}
