"""A customer cancels an order."""

import pytest

from tests.builders.dispatch import (
    audit_row,
    cancel_order,
    carried,
    diff,
    on_duty,
    order,
    read_order,
    step,
    stored_courier,
)
from tests.builders.world import World


@pytest.mark.parametrize("state", ["assigned", "accepted", "arrived"])
def test_canceling_an_order_before_pickup_frees_its_courier(world: World, state: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), state)
    world.clock.advance(seconds=5)
    answer = cancel_order(customer, placed["id"])
    assert answer.status == 200
    later = {"status": "canceled_by_customer", "version": placed["version"] + 1, "updated_at": "2026-03-01T09:00:05Z"}
    placed.pop("offer_expires_at", None)
    assert answer.json == placed | later
    assert answer.headers["ETag"] == f'"{placed["version"] + 1}"'
    known = stored_courier(courier)
    assert known is not None
    assert (known.order_id, known.idle_since) == (None, world.clock.now())
    assert order(customer)["assigned_courier"] == courier.user_id


@pytest.mark.parametrize("state", ["picked_up", "delivered"])
def test_an_order_cannot_be_canceled_after_pickup(world: World, state: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), state)
    answer = cancel_order(customer, placed["id"])
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["state"] == state
    assert read_order(customer, placed["id"]) == placed


def test_an_order_without_a_courier_can_be_canceled(world: World) -> None:
    customer = world.person("customer")
    answer = cancel_order(customer, order(customer)["id"])
    assert (answer.status, answer.json["status"]) == (200, "canceled_by_customer")


def test_canceling_an_order_twice_changes_nothing(world: World) -> None:
    customer = world.person("customer")
    on_duty(world.person("courier"))
    placed = order(customer)
    first, again = cancel_order(customer, placed["id"]), cancel_order(customer, placed["id"], if_match='"1"')
    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json


def test_canceling_names_every_bad_field(world: World) -> None:
    customer = world.person("customer")
    for body, bad in (({}, {"order_id"}), ({"order_id": "a#b", "why": 1}, {"order_id", "why"})):
        answer = customer.post("/v1/customer/orders/cancel", body)
        assert (answer.status, set(answer.fields)) == (422, bad)
    assert cancel_order(customer, "nothing").status == 404
    assert customer.post("/v1/customer/orders/cancel", {"order_id": "nothing", "why": 1}).status == 422


def test_canceling_honours_if_match_and_idempotency_key(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "accepted")
    stale = cancel_order(customer, placed["id"], if_match="1")
    assert (stale.status, stale.code, stale.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})
    done = cancel_order(customer, placed["id"], if_match='W/"2"', idempotency_key="k")
    again = cancel_order(customer, placed["id"], if_match='W/"2"', idempotency_key="k")
    assert (done.status, again.text, again.headers["Idempotent-Replayed"]) == (200, done.text, "true")


def test_canceling_and_a_refused_step_are_audited(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    placed = order(customer)
    cancel_order(customer, placed["id"])
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
