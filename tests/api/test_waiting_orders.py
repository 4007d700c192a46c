"""An order that finds no courier waits for one."""

import json
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    NOWHERE,
    audit_row,
    cancel_order,
    carried,
    diff,
    duty,
    east,
    end_waits,
    on_duty,
    order,
    report,
    retry_order,
    step,
    stored_courier,
    stored_order,
    told,
)
from tests.builders.world import Person, World


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def holder(order_id: str) -> str | None:
    return stored_order(order_id).assigned_courier


@pytest.mark.parametrize("fields", [{}, NOWHERE], ids=["near", "anywhere"])
@pytest.mark.parametrize("km", [1.0, None], ids=["with position", "without position"])
def test_a_courier_who_goes_on_duty_gets_the_waiting_order(
    world: World, customer: Person, fields: dict[str, None], km: float | None
) -> None:
    placed = order(customer, **fields)
    assert placed["waiting_until"] == "2026-03-01T09:30:00Z"
    to_customer = customer.socket("customer")
    courier = world.person("courier")
    to_courier = courier.socket("courier")
    on_duty(courier, km=km)
    shown = customer.get(f"/v1/orders/{placed['id']}").json
    assert (shown["status"], shown["assigned_courier"]) == ("assigned", courier.user_id)
    assert "waiting_until" not in shown
    assert [(event, data["status"]) for event, data in told(world, to_customer)] == [("order.status", "assigned")]
    assert [event for event, _ in told(world, to_courier)] == ["order.assigned"]
    row = audit_row(world, placed["id"], "ORDER_ASSIGNED")
    assert row.actor_id == "system:follow-up"
    assert diff(row)["status"] == ["no_nearby_driver", "assigned"]


@pytest.mark.parametrize("freed_by", ["delivered", "decline", "cancel", "canceled", "time out"])
def test_a_courier_who_is_free_again_gets_the_oldest_waiting_order(
    world: World, customer: Person, freed_by: str
) -> None:
    courier = on_duty(world.person("courier"))
    held = order(customer)
    waiting = [order(customer)["id"] for _ in range(3)]
    if freed_by == "delivered":
        carried(courier, held)
    elif freed_by == "canceled":
        cancel_order(customer, held["id"])
    elif freed_by == "time out":
        world.clock.advance(seconds=15)
        world.sweep()
    else:
        step(courier, freed_by, held["id"])
    assert [holder(order_id) for order_id in waiting] == [courier.user_id, None, None]


def test_a_courier_gets_only_orders_within_reach_that_they_did_not_give_up(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    declined = order(customer)["id"]
    step(courier, "decline", declined)
    lat, lng = east(25)
    far = order(customer, pickup_lat=lat, pickup_lng=lng)["id"]
    duty(courier, available=False)
    duty(courier)
    assert (holder(declined), holder(far)) == (None, None)
    near = order(customer)["id"]
    assert holder(near) == courier.user_id


def test_a_courier_whose_position_is_old_gets_no_waiting_order(world: World, customer: Person) -> None:
    courier = world.person("courier")
    report(courier, *east(1))
    placed = order(customer)["id"]
    world.clock.advance(minutes=6)
    duty(courier)
    assert holder(placed) is None


@pytest.mark.parametrize("by_socket", [False, True])
def test_a_free_courier_who_comes_near_gets_the_oldest_waiting_order(
    world: World, customer: Person, by_socket: bool
) -> None:
    courier = on_duty(world.person("courier"), *east(30))
    placed = [order(customer)["id"] for _ in range(2)]
    socket = courier.socket("courier")
    for km in (20, 9):
        lat, lng = east(km)
        assert holder(placed[0]) is None
        if by_socket:
            message = {"event": "location.update", "data": {"latitude": lat, "longitude": lng}}
            world.say(socket, json.dumps(message))
        else:
            report(courier, lat, lng)
    assert [holder(order_id) for order_id in placed] == [courier.user_id, None]
    assert [event for event, _ in told(world, socket)] == ["order.assigned"]
    assert audit_row(world, placed[0], "ORDER_ASSIGNED").actor_id == "system:follow-up"


def test_a_courier_who_stood_near_unseen_gets_the_waiting_order_with_the_next_position(
    world: World, customer: Person
) -> None:
    courier = on_duty(world.person("courier"))
    world.clock.advance(minutes=6)
    placed = order(customer)["id"]
    assert holder(placed) is None
    report(courier, *east(1))
    assert holder(placed) == courier.user_id


def test_a_position_looks_for_waiting_orders_once_and_only_in_another_cell(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    free, busy = on_duty(world.person("courier"), *east(2)), on_duty(world.person("courier"), *east(1))
    assert order(customer)["assigned_courier"] == busy.user_id
    asked: list[dict[str, Any]] = []
    with engine.before("Query", lambda _, request: asked.append(request)):
        for courier, km in ((busy, 5), (free, 2), (free, 2.001)):
            report(courier, *east(km))
        assert asked == []
        report(free, *east(3))
    [only] = asked
    assert (only["ConsistentRead"], "IndexName" in only) == (True, False)


def test_the_sweep_offers_a_waiting_order_to_a_courier_who_came_near(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"), *east(30))
    placed = [order(customer)["id"] for _ in range(2)]
    engine.fail_next("Query", "InternalServerError", times=20)
    report(courier, *east(1))
    engine.remove_hooks()
    assert holder(placed[0]) is None
    world.sweep()
    assert [holder(order_id) for order_id in placed] == [courier.user_id, None]
    assert audit_row(world, placed[0], "ORDER_ASSIGNED").actor_id == "system:sweep"


def test_an_order_waits_for_thirty_minutes(world: World, customer: Person) -> None:
    placed = order(customer)["id"]
    world.clock.advance(minutes=29, seconds=59)
    world.sweep()
    assert stored_order(placed).waiting_until is not None
    end_waits(world)
    shown = customer.get(f"/v1/orders/{placed}").json
    assert shown["status"] == "no_nearby_driver"
    assert "waiting_until" not in shown
    assert audit_row(world, placed, "ORDER_WAIT_ENDED").actor_id == "system:sweep"
    courier = on_duty(world.person("courier"))
    assert holder(placed) is None
    assert retry_order(customer, placed).json["assigned_courier"] == courier.user_id


def test_a_retry_starts_the_wait_anew(world: World, customer: Person) -> None:
    placed = order(customer)["id"]
    world.clock.advance(minutes=20)
    answer = retry_order(customer, placed)
    assert (answer.status, answer.json["status"]) == (200, "no_nearby_driver")
    assert answer.json["waiting_until"] == "2026-03-01T09:50:00Z"
    courier = on_duty(world.person("courier"))
    again = retry_order(customer, placed)
    assert (again.status, again.json["assigned_courier"]) == (200, courier.user_id)
    carried(courier, {"id": placed, "status": "assigned"}, "accepted")
    refused = retry_order(customer, placed)
    assert (refused.status, refused.code) == (409, "WORKFLOW_VIOLATION")
    assert refused.json["error"]["message"] == "Cannot retry an order in state accepted."


def test_a_waiting_order_that_is_canceled_waits_no_more(world: World, customer: Person) -> None:
    placed = order(customer)["id"]
    assert "waiting_until" not in cancel_order(customer, placed).json
    courier = on_duty(world.person("courier"))
    known = stored_courier(courier)
    assert known is not None
    assert known.order_id is None


def test_an_order_that_falls_back_to_nobody_waits_anew(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)["id"]
    world.clock.advance(minutes=10)
    step(courier, "cancel", placed)
    assert customer.get(f"/v1/orders/{placed}").json["waiting_until"] == "2026-03-01T09:40:00Z"


def test_an_order_of_another_customer_cannot_be_retried(world: World, customer: Person) -> None:
    placed = order(customer)["id"]
    assert retry_order(world.person("customer"), placed).status == 403
    assert retry_order(customer, "nothing").status == 404
    assert customer.post("/v1/customer/orders/retry", {}).status == 422
