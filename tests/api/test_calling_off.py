"""A customer calls an order off."""

import pytest

from tests.builders.dispatch import audit_row, call_off, carried, diff, on_duty, order, step, stored_courier
from tests.builders.world import World


@pytest.mark.parametrize("state", ["assigned", "accepted", "arrived"])
def test_a_customer_calls_an_order_off_before_pickup_and_the_courier_is_free_again(world: World, state: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), state)
    world.clock.advance(seconds=5)
    answer = call_off(customer, placed["id"])
    assert answer.status == 200
    later = {"status": "canceled_by_customer", "version": placed["version"] + 1, "updated_at": "2026-03-01T09:00:05Z"}
    assert answer.json == placed | later
    assert answer.headers["ETag"] == f'"{placed["version"] + 1}"'
    known = stored_courier(courier)
    assert known is not None
    assert (known.order_id, known.idle_since) == (None, world.clock.now())
    assert order(customer)["assigned_courier"] == courier.user_id


@pytest.mark.parametrize("state", ["picked_up", "delivered"])
def test_after_pickup_nothing_is_called_off(world: World, state: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), state)
    answer = call_off(customer, placed["id"])
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["state"] == state
    assert customer.get(f"/v1/orders/{placed['id']}").json == placed


def test_an_order_that_found_nobody_cannot_be_called_off(world: World) -> None:
    customer = world.person("customer")
    assert call_off(customer, order(customer)["id"]).status == 409


def test_calling_off_twice_is_the_same_as_once(world: World) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    placed = order(customer)
    first, again = call_off(customer, placed["id"]), call_off(customer, placed["id"], if_match='"1"')
    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json


def test_calling_off_names_every_bad_field(world: World) -> None:
    customer = world.person("customer")
    for body, bad in (({}, {"order_id"}), ({"order_id": "a#b", "why": 1}, {"order_id", "why"})):
        answer = customer.post("/v1/customer/orders/cancel", body)
        assert (answer.status, set(answer.fields)) == (422, bad)
    assert call_off(customer, "nothing").status == 404
    assert customer.post("/v1/customer/orders/cancel", {"order_id": "nothing", "why": 1}).status == 422


def test_calling_off_honours_the_version_and_the_key(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "accepted")
    stale = call_off(customer, placed["id"], if_match="1")
    assert (stale.status, stale.code, stale.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})
    done = call_off(customer, placed["id"], if_match='W/"2"', idempotency_key="k")
    again = call_off(customer, placed["id"], if_match='W/"2"', idempotency_key="k")
    assert (done.status, again.text, again.headers["Idempotent-Replayed"]) == (200, done.text, "true")


def test_calling_off_leaves_the_change_in_the_audit_trail_and_a_refusal_its_code(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    call_off(customer, placed["id"])
    done = audit_row(world, placed["id"], "ORDER_CANCELED")
    assert (done.entity_type, done.actor_id) == ("order", customer.user_id)
    assert diff(done) == {
        "status": ["assigned", "canceled_by_customer"],
        "offer_expires_at": ["2026-03-01T09:00:15Z", None],
        f"courier/{courier.user_id}.order_id": [placed["id"], None],
    }
    step(courier, "accept", placed["id"])
    refused = audit_row(world, placed["id"], "ORDER_ACCEPTED", "WORKFLOW_VIOLATION")
    assert (refused.actor_id, refused.payload_diff) == (courier.user_id, None)
