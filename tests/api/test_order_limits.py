"""The organisation's settings of dispatch, and the limit of active orders."""

import pytest

from tests.builders.dispatch import (
    NOWHERE,
    cancel_order,
    carried,
    on_duty,
    order,
    order_body,
    retry_order,
    stored_order,
)
from tests.builders.world import OTHER, Person, World

SETTINGS = "/v1/organisation/settings/dispatch"


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def put(world: World, **settings: int) -> None:
    answer = world.person("SYSTEM_ADMIN").put(SETTINGS, settings)
    assert answer.status == 200, answer


def test_settings_have_defaults_and_bounds(world: World) -> None:
    admin = world.person("SYSTEM_ADMIN")
    assert admin.get(SETTINGS).json["data"] == {"waiting_minutes": 30, "radius_m": None, "max_active_orders": 10}
    bad = admin.put(SETTINGS, {"waiting_minutes": 0, "radius_m": 10, "max_active_orders": 0})
    assert (bad.status, set(bad.fields)) == (422, {"waiting_minutes", "radius_m", "max_active_orders"})


def test_the_wait_and_the_radius_are_settings_of_the_organisation(world: World, customer: Person) -> None:
    put(world, waiting_minutes=5, radius_m=500)
    on_duty(world.person("courier"), km=0.6)
    placed = order(customer)
    assert (placed["status"], placed["waiting_until"]) == ("no_nearby_driver", "2026-03-01T09:05:00Z")
    near = on_duty(world.person("courier"), km=0.4)
    assert stored_order(placed["id"]).assigned_courier == near.user_id
    theirs = on_duty(world.person("courier", OTHER), km=0.6)
    assert order(world.person("customer", OTHER))["assigned_courier"] == theirs.user_id


def test_a_customer_has_at_most_ten_active_orders(world: World, customer: Person) -> None:
    couriers = [on_duty(world.person("courier")) for _ in range(11)]
    placed = [order(customer) for _ in range(10)]
    refused = customer.post("/v1/orders", order_body())
    assert (refused.status, refused.code) == (429, "TOO_MANY_ACTIVE_ORDERS")
    assert refused.json["error"]["details"] == {"limit": 10}
    assert "Retry-After" not in refused.headers
    assert order(world.person("customer"))["status"] == "assigned"
    cancel_order(customer, placed[0]["id"])
    assert order(customer)["status"] == "assigned"
    assert len(customer.get("/v1/customer/active-orders").json["orders"]) == 10
    assert len(couriers) == 11


def test_waiting_orders_do_not_count_and_may_exceed_the_limit(world: World, customer: Person) -> None:
    put(world, max_active_orders=1)
    waiting = [order(customer, **NOWHERE)["id"] for _ in range(2)]
    courier = on_duty(world.person("courier"))
    on_duty(world.person("courier"))
    assert [stored_order(order_id).status for order_id in waiting] == ["assigned", "assigned"]
    assert customer.post("/v1/orders", order_body()).status == 429
    carried(courier, {"id": waiting[0], "status": "assigned"})
    assert retry_order(customer, waiting[0]).status == 409
    assert customer.post("/v1/orders", order_body()).status == 429


def test_active_orders_are_read_as_they_are(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    on_duty(world.person("courier"), km=2)
    first, second = order(customer), order(customer)
    assert customer.get("/v1/customer/active-order").json["order"]["id"] == second["id"]
    page = customer.get("/v1/customer/active-orders?limit=1").json
    assert [one["id"] for one in page["orders"]] == [second["id"]]
    rest = customer.get(f"/v1/customer/active-orders?limit=1&cursor={page['next_cursor']}").json
    assert ([one["id"] for one in rest["orders"]], "next_cursor" in rest) == ([first["id"]], False)
    carried(courier, first)
    assert [one["id"] for one in customer.get("/v1/customer/active-orders").json["orders"]] == [second["id"]]
