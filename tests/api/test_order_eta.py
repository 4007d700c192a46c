"""When an order is probably delivered, as those who may read it see it."""

from datetime import datetime
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import DROPOFF, LAT, LNG, carried, decide, east, on_duty, order, report, step
from tests.builders.trips import counted_trips
from tests.builders.world import Person, World

BIKE = {"code": "bike", "name": "Bicycle", "base_fare": 2.5, "per_km": 0.9, "average_kmh": 15}


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def courier(world: World) -> Person:
    """A courier 5 km east of the pickup."""
    return on_duty(world.person("courier"), km=5)


def read(person: Person, placed: dict[str, Any]) -> dict[str, Any]:
    answer = person.get(f"/v1/orders/{placed['id']}")
    assert answer.status == 200, answer
    return dict(answer.json)


def minutes(world: World, shown: dict[str, Any]) -> float:
    """The minutes from now to the time that is shown."""
    return (datetime.fromisoformat(shown["eta_at"]) - world.clock.now()).total_seconds() / 60


def test_the_way_leads_to_the_pickup_and_then_to_the_drop_off(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    assert "eta_at" not in read(customer, placed)
    carried(courier, placed, "accepted")
    # 5 km to the pickup and 1.755 km from there, times 1.3, at 25 km/h.
    assert minutes(world, read(customer, placed)) == pytest.approx(21.1)
    report(courier, LAT, LNG)
    assert minutes(world, read(customer, placed)) == pytest.approx(5.5)
    step(courier, "arrived", placed["id"])
    assert minutes(world, read(customer, placed)) == pytest.approx(5.5)
    step(courier, "picked", placed["id"])
    assert minutes(world, read(customer, placed)) == pytest.approx(5.5)
    report(courier, *DROPOFF)
    assert minutes(world, read(customer, placed)) == 0
    step(courier, "delivered", placed["id"])
    assert "eta_at" not in read(customer, placed)


def test_customer_courier_and_dispatcher_read_the_same(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    carried(courier, placed, "accepted")
    shown = read(customer, placed)["eta_at"]
    assert read(courier, placed)["eta_at"] == read(world.person("dispatcher"), placed)["eta_at"] == shown
    assert customer.get("/v1/customer/active-order").json["order"]["eta_at"] == shown
    assert courier.get("/v1/courier/active-order").json["order"]["eta_at"] == shown
    [listed] = customer.get("/v1/customer/active-orders").json["orders"]
    assert listed["eta_at"] == shown


def test_the_speed_is_that_of_the_vehicle_type(world: World, customer: Person, courier: Person) -> None:
    world.person("dispatcher").post("/v1/imports/vehicle-types", {"records": [BIKE]})
    placed = order(customer, vehicle_type_id="bike")
    carried(courier, placed, "accepted")
    assert minutes(world, read(customer, placed)) == pytest.approx(21.1 * 25 / 15, abs=0.1)


def test_it_counts_from_the_moment_of_the_read(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    carried(courier, placed, "accepted")
    world.clock.advance(minutes=2)
    assert minutes(world, read(customer, placed)) == pytest.approx(21.1)


def test_it_is_absent_without_a_position_of_the_last_five_minutes(
    world: World, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    carried(courier, placed, "accepted")
    world.clock.advance(minutes=5)
    assert "eta_at" in read(customer, placed)
    world.clock.advance(seconds=1)
    assert "eta_at" not in read(customer, placed)
    report(courier, *east(5))
    assert "eta_at" in read(customer, placed)


@pytest.mark.parametrize("missing", ["pickup", "dropoff"])
def test_it_is_absent_before_the_pickup_if_a_coordinate_is_missing(
    world: World, customer: Person, missing: str
) -> None:
    courier = on_duty(world.person("courier"), km=1)
    placed = order(customer, **{f"{missing}_lat": None, f"{missing}_lng": None})
    carried(courier, placed, "accepted")
    assert "eta_at" not in read(customer, placed)


def test_after_the_pickup_its_coordinates_are_not_needed(customer: Person, courier: Person) -> None:
    placed = order(customer, pickup_lat=None, pickup_lng=None)
    carried(courier, placed, "picked_up")
    assert "eta_at" in read(customer, placed)


def test_it_is_absent_while_the_courier_never_sent_a_position(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"), km=None)
    placed = order(customer)
    carried(courier, placed, "accepted")
    assert "eta_at" not in read(customer, placed)


def test_an_order_that_was_taken_away_has_none(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer)
    carried(courier, placed, "accepted")
    decide(world.person("dispatcher"), "release", placed["id"])
    assert "eta_at" not in read(customer, placed)


def test_a_read_whose_time_changes_is_never_304(customer: Person, courier: Person) -> None:
    placed = order(customer)
    path = f"/v1/orders/{placed['id']}"
    assert customer.get(path, if_none_match='"1"').status == 304
    carried(courier, placed, "accepted")
    assert customer.get(path, if_none_match='"2"').status == 200


def test_a_read_costs_one_more_trip_only_while_a_courier_carries_the_order(
    engine: EmbeddedEngine, customer: Person, courier: Person
) -> None:
    placed = order(customer)
    with counted_trips(engine) as offered:
        read(customer, placed)
    carried(courier, placed, "accepted")
    with counted_trips(engine) as followed:
        read(customer, placed)
    assert (len(offered), len(followed)) == (1, 2)
