"""Who gets an order: the nearest free courier, then whoever has been idle longest."""

from threading import Lock
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.settings import Settings, settings
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    LAT,
    LNG,
    NOWHERE,
    STEPS,
    cancel_order,
    carried,
    duty,
    east,
    on_duty,
    order,
    report,
    step,
    stored_order,
    time_out,
)
from tests.builders.world import Person, World

ATTEMPTS = 3
"""How often the client makes a call whose answer is lost."""


@pytest.fixture
def customer(world: World) -> Person:
    """Somebody who orders."""
    return world.person("customer")


def idle_in_turn(world: World, number: int, km: float | None = None) -> list[Person]:
    """Couriers who went on duty a second apart, the longest idle first."""
    couriers = []
    for _ in range(number):
        couriers.append(on_duty(world.person("courier"), km=km))
        world.clock.advance(seconds=1)
    return couriers


def test_couriers_are_asked_from_near_to_far(world: World, customer: Person) -> None:
    by_distance = {km: on_duty(world.person("courier"), km=km) for km in (3, 0.01, 9.9, 1, 0, 0.5)}
    placed = [order(customer)["assigned_courier"] for _ in by_distance]
    assert placed == [by_distance[km].user_id for km in sorted(by_distance)]


def test_nobody_farther_than_ten_kilometres_is_asked(world: World, customer: Person) -> None:
    on_duty(world.person("courier"), *east(10.001))
    far = order(customer)
    assert far["status"] == "no_nearby_driver"
    cancel_order(customer, far["id"])
    near = on_duty(world.person("courier"), *east(9.999))
    assert order(customer)["assigned_courier"] == near.user_id


def test_the_radius_and_the_age_of_positions_are_settings(world: World, customer: Person) -> None:
    known = {name: getattr(settings(), name) for name in Settings.__struct_fields__}
    world.reset_parts(Settings(**known | {"nearest_radius_m": 500, "position_max_age_s": 60}))
    courier = on_duty(world.person("courier"), km=0.4)
    on_duty(world.person("courier"), km=0.6)
    placed = order(customer)
    assert placed["assigned_courier"] == courier.user_id
    assert order(customer)["status"] == "no_nearby_driver"
    cancel_order(customer, placed["id"])
    world.clock.advance(seconds=61)
    assert order(customer)["status"] == "no_nearby_driver"


def test_of_equally_near_couriers_the_choice_does_not_depend_on_chance(world: World, customer: Person) -> None:
    couriers = [on_duty(world.person("courier"), km=1).user_id for _ in range(4)]
    assert [order(customer)["assigned_courier"] for _ in couriers] == sorted(couriers)


def test_near_means_over_the_globe_and_not_over_the_map(world: World) -> None:
    """In the north a degree of longitude is short: the courier two degrees east is nearer than the one half a south."""
    customer = world.person("customer")
    on_duty(world.person("courier"), 79.92, 10.0)
    east_of_it = on_duty(world.person("courier"), 80.0, 10.3)
    placed = order(customer, pickup_lat=80.0, pickup_lng=10.0)
    assert placed["assigned_courier"] == east_of_it.user_id


@pytest.mark.parametrize(
    ("pickup", "place"),
    [
        ((0.0, 180.0), (0.0, -179.95)),
        ((0.0, -180.0), (0.0, 179.95)),
        ((-17.5, -179.99), (-17.5, 179.99)),
        ((66.0, 179.99), (66.0, -179.9)),
        ((0.0, 0.0), (-0.01, -0.01)),
        ((84.9, 20.0), (84.92, 20.5)),
        ((88.9, -60.0), (88.95, -62.0)),
        ((-89.5, 0.0), (-89.5, -8.0)),
    ],
    ids=str,
)
def test_a_courier_beyond_an_edge_of_the_map_is_near(
    world: World, customer: Person, pickup: tuple[float, float], place: tuple[float, float]
) -> None:
    on_duty(world.person("courier"), km=None)
    on_duty(world.person("courier"), -pickup[0] / 2 + 20, pickup[1])
    near = on_duty(world.person("courier"), *place)
    placed = order(customer, pickup_lat=pickup[0], pickup_lng=pickup[1])
    assert placed["assigned_courier"] == near.user_id


@pytest.mark.parametrize("lat", [90, -90])
def test_at_a_pole_the_nearest_courier_stands_on_any_meridian(world: World, customer: Person, lat: float) -> None:
    on_duty(world.person("courier"), lat * 0.9995, 0)
    near = on_duty(world.person("courier"), lat * 0.9999, 117.3)
    assert order(customer, pickup_lat=lat, pickup_lng=-45)["assigned_courier"] == near.user_id


def test_who_never_said_where_they_are_comes_after_everybody_near_longest_idle_first(
    world: World, customer: Person
) -> None:
    unplaced = idle_in_turn(world, 2)
    near = on_duty(world.person("courier"), km=9)
    on_duty(world.person("courier"), km=11)
    placed = [order(customer).get("assigned_courier") for _ in range(4)]
    assert placed == [near.user_id, unplaced[0].user_id, unplaced[1].user_id, None]


def test_an_order_without_a_place_goes_to_whoever_is_idle_longest_wherever_they_are(
    world: World, customer: Person
) -> None:
    couriers = [
        *idle_in_turn(world, 1, km=500),
        *idle_in_turn(world, 1),
        *idle_in_turn(world, 1, km=0),
        *idle_in_turn(world, 2),
    ]
    placed = [order(customer, **NOWHERE)["assigned_courier"] for _ in couriers]
    assert placed == [courier.user_id for courier in couriers]
    assert order(customer, **NOWHERE)["status"] == "no_nearby_driver"


def test_a_new_position_does_not_change_since_when_somebody_is_idle(world: World, customer: Person) -> None:
    first, second = idle_in_turn(world, 2)
    world.clock.advance(minutes=3)
    report(first, *east(3))
    assert order(customer, **NOWHERE)["assigned_courier"] == first.user_id
    assert order(customer, **NOWHERE)["assigned_courier"] == second.user_id


def test_a_first_position_makes_somebody_a_courier_with_a_place(world: World, customer: Person) -> None:
    first, second = idle_in_turn(world, 2)
    report(first, *east(50))
    assert order(customer)["assigned_courier"] == second.user_id
    waiting = order(customer)
    assert waiting["status"] == "no_nearby_driver"
    report(first, *east(5))
    assert stored_order(waiting["id"]).assigned_courier == first.user_id


@pytest.mark.parametrize("end", ["delivered", "decline", "cancel", "called off", "timed out"])
def test_idleness_counts_from_the_end_of_the_last_order(world: World, customer: Person, end: str) -> None:
    first, second = idle_in_turn(world, 2)
    placed = order(customer, **NOWHERE)
    [third] = idle_in_turn(world, 1)
    if end == "delivered":
        carried(first, placed)
    elif end == "called off":
        cancel_order(customer, placed["id"])
    elif end == "timed out":
        time_out(world)
    else:
        step(first, end, placed["id"])
    passed_on = end in {"decline", "cancel", "timed out"}
    expected = [third, first] if passed_on else [second, third, first]
    assert [order(customer, **NOWHERE)["assigned_courier"] for _ in expected] == [one.user_id for one in expected]


def test_idleness_counts_from_when_somebody_came_back_on_duty(world: World, customer: Person) -> None:
    first, second = idle_in_turn(world, 2)
    duty(first, available=False)
    duty(first)
    assert [order(customer, **NOWHERE)["assigned_courier"] for _ in range(2)] == [second.user_id, first.user_id]


def test_a_courier_with_an_order_in_hand_gets_no_other(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    for action in STEPS:
        report(courier, LAT, LNG)
        for other in (order(customer), order(customer, **NOWHERE)):
            assert other["status"] == "no_nearby_driver"
            cancel_order(customer, other["id"])
        step(courier, action, placed["id"])
    assert order(customer)["assigned_courier"] == courier.user_id


def test_a_search_goes_on_when_one_of_its_queries_fails(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"), km=1)
    failed: list[str] = []
    lock = Lock()

    def fail(_: str, request: dict[str, Any]) -> None:
        searched = str(request["ExpressionAttributeValues"])
        with lock:
            if searched == (failed or [searched])[0] and len(failed) < ATTEMPTS:
                failed.append(searched)
                raise EndpointConnectionError(endpoint_url="the store")

    with engine.before("Query", fail):
        assert order(customer)["assigned_courier"] == courier.user_id
    assert len(failed) == ATTEMPTS
