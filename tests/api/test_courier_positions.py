"""Where couriers are: what counts as a position, which of two is the newer one, and what it costs to store one."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core.clock import iso
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.positions import INDEXED_M, RENEWAL, STILL_M
from chalicelib.dispatch.couriers.tables import Courier
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import LAT, LNG, carried, east, on_duty, order, report, stored_courier, told
from tests.builders.world import Person, World
from tests.environment import examples

LOCATION = "/v1/courier/location"
HERE = {"latitude": LAT, "longitude": LNG}
Send = Callable[[World, Person, dict[str, Any]], None]


def over_rest(_: World, courier: Person, body: dict[str, Any]) -> None:
    answer = courier.post(LOCATION, body)
    assert (answer.status, answer.text) == (204, "")


def over_socket(world: World, courier: Person, body: dict[str, Any]) -> None:
    socket = courier.socket("courier")
    world.say(socket, json.dumps({"event": "location.update", "data": body}))
    assert told(world, socket) == []


both_ways = pytest.mark.parametrize("send", [over_rest, over_socket])


def known(courier: Person) -> Courier:
    stored = stored_courier(courier)
    assert stored is not None
    return stored


def is_offered(world: World, courier: Person) -> bool:
    """Whether the next order goes to this courier; it is taken back from them."""
    customer = world.person("customer")
    placed = order(customer)
    customer.post("/v1/customer/orders/cancel", {"order_id": placed["id"]})
    return placed.get("assigned_courier") == courier.user_id


@both_ways
def test_a_position_may_say_when_how_exactly_and_by_whom_it_was_recorded(world: World, send: Send) -> None:
    courier = on_duty(world.person("courier"), km=20)
    recorded_at = iso(world.clock.now() - timedelta(seconds=3))
    send(world, courier, {**HERE, "recorded_at": recorded_at, "accuracy_m": 1000, "courier_id": courier.user_id})
    # The position of `on_duty` is newer by three seconds.
    assert known(courier).lng == east(20)[1]
    world.clock.advance(seconds=10)
    recorded_at = iso(world.clock.now() - timedelta(seconds=3))
    send(world, courier, {**HERE, "recorded_at": recorded_at, "accuracy_m": 0, "courier_id": courier.user_id})
    assert (known(courier).lat, known(courier).lng) == (LAT, LNG)
    assert iso(known(courier).position_at or world.clock.now()) == recorded_at


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({"latitude": 0, "longitude": 0}, {"latitude", "longitude"}),
        ({"latitude": -0.0, "longitude": 0.0}, {"latitude", "longitude"}),
        ({**HERE, "accuracy_m": 1000.1}, {"accuracy_m"}),
        ({**HERE, "accuracy_m": -1}, {"accuracy_m"}),
        ({**HERE, "recorded_at": "yesterday"}, {"recorded_at"}),
        ({**HERE, "recorded_at": "2026-01-01T10:00:00"}, {"recorded_at"}),
        ({**HERE, "courier_id": "a#b"}, {"courier_id"}),
        (
            {"latitude": 91, "longitude": "x", "accuracy_m": 5000, "recorded_at": 5, "courier_id": ""},
            {"latitude", "longitude", "accuracy_m", "recorded_at", "courier_id"},
        ),
    ],
)
def test_every_bad_field_of_a_position_is_named_over_both_ways(
    world: World, body: dict[str, Any], bad: set[str]
) -> None:
    courier = world.person("courier")
    answer = courier.post(LOCATION, body)
    assert (answer.status, set(answer.fields)) == (422, bad)
    socket = courier.socket("courier")
    world.say(socket, json.dumps({"event": "location.update", "data": body}))
    [(event, data)] = told(world, socket)
    assert (event, data["code"], set(data["fields"])) == ("error", "VALIDATION_ERROR", {f"data.{name}" for name in bad})
    assert stored_courier(courier) is None


def test_a_position_of_somebody_else_is_refused_over_both_ways(world: World) -> None:
    courier, other = world.person("courier"), world.person("courier")
    body = {**HERE, "courier_id": other.user_id}
    answer = courier.post(LOCATION, body)
    assert (answer.status, answer.json["error"]["details"]) == (403, {"field": "courier_id"})
    socket = courier.socket("courier")
    world.say(socket, json.dumps({"event": "location.update", "data": body}))
    [(event, data)] = told(world, socket)
    assert (event, data["code"], data["details"]) == ("error", "ACCESS_DENIED", {"field": "courier_id"})
    assert (stored_courier(courier), stored_courier(other)) == (None, None)


@both_ways
def test_a_position_older_than_the_newest_known_changes_nothing(world: World, send: Send) -> None:
    courier = on_duty(world.person("courier"))
    before = known(courier)
    for seconds in (1, 3600):
        recorded_at = iso(world.clock.now() - timedelta(seconds=seconds))
        send(world, courier, {"latitude": 10, "longitude": 20, "recorded_at": recorded_at})
    assert known(courier).attribute_values == before.attribute_values


@both_ways
def test_the_age_of_a_position_counts_from_when_it_was_recorded(world: World, send: Send) -> None:
    courier = world.person("courier")
    send(world, courier, {**HERE, "recorded_at": iso(world.clock.now() - timedelta(minutes=4))})
    courier.post("/v1/courier/availability", {"available": True})
    assert is_offered(world, courier)
    world.clock.advance(minutes=1, seconds=1)
    assert not is_offered(world, courier)


@both_ways
def test_a_position_from_the_future_counts_as_now(world: World, send: Send) -> None:
    courier = on_duty(world.person("courier"), km=5)
    send(world, courier, {**HERE, "recorded_at": iso(world.clock.now() + timedelta(days=1))})
    assert (known(courier).lat, known(courier).position_at) == (LAT, world.clock.now())
    world.clock.advance(seconds=5)
    report(courier, *east(2))
    assert known(courier).lng == east(2)[1]


@pytest.mark.parametrize(
    "recorded_at", ["1969-12-31T23:59:59.999+14:00", "2026-03-01T08:59:59Z", "9998-12-31T23:59:59Z"]
)
def test_positions_may_be_recorded_long_ago_and_far_ahead(world: World, recorded_at: str) -> None:
    courier = world.person("courier")
    for _ in range(2):
        assert courier.post(LOCATION, {**HERE, "recorded_at": recorded_at}).status == 204
    assert known(courier).position_at is not None
    assert world.person("dispatcher").get(f"/v1/couriers?near={LAT},{LNG}").status == 200


def test_an_idle_courier_without_a_pickup_nearby_is_judged_by_the_exact_age_of_the_position(world: World) -> None:
    courier = on_duty(world.person("courier"))
    for seconds, expected in ((299, True), (2, False)):
        world.clock.advance(seconds=seconds)
        customer = world.person("customer")
        placed = order(customer, pickup_lat=None, pickup_lng=None)
        customer.post("/v1/customer/orders/cancel", {"order_id": placed["id"]})
        assert (placed.get("assigned_courier") == courier.user_id) is expected


# --- what is written -------------------------------------------------------------------------------------------


def writes(engine: EmbeddedEngine, act: Callable[[], object]) -> list[set[str]]:
    """The attributes that each write of a courier sets while something is done."""
    seen: list[set[str]] = []

    def note(_: str, request: dict[str, Any]) -> None:
        if request["TableName"] == Courier.Meta.table_name:
            seen.append(set(request["ExpressionAttributeNames"].values()))

    with engine.before("UpdateItem", note):
        act()
    return seen


def test_a_courier_who_stands_still_costs_a_write_every_two_minutes(world: World, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"), *east(0))
    for seconds, expected in ((5, 0), (60, 0), (54, 0), (1, 1), (119, 0), (1, 1)):
        world.clock.advance(seconds=seconds)
        assert len(writes(engine, lambda: report(courier, *east(0.005)))) == expected
    world.clock.advance(minutes=5)
    assert is_offered(world, courier)


@pytest.mark.parametrize("busy", [False, True])
def test_a_small_move_changes_no_index_entry(world: World, engine: EmbeddedEngine, busy: bool) -> None:
    courier = on_duty(world.person("courier"), *east(0))
    if busy:
        carried(courier, order(world.person("customer")), "accepted")
    [small] = writes(engine, lambda: report(courier, *east(0.02)))
    assert not {name for name in small if name.startswith(("home_", "free_", "idle_"))} - {"home_at"}
    assert (known(courier).lng, known(courier).home_lng) == (east(0.02)[1], LNG)
    [large] = writes(engine, lambda: report(courier, *east(0.031)))
    assert {"home_lng", "home_at", "home_cell"} <= large
    assert known(courier).home_lng == east(0.031)[1]


def test_a_position_is_a_sign_of_life_even_if_the_courier_stands_still(world: World) -> None:
    courier = on_duty(world.person("courier"), *east(0))
    order(world.person("customer"))
    world.clock.advance(seconds=15)
    world.sweep()
    assert known(courier).missed_offers == 1
    report(courier, *east(0))
    assert known(courier).missed_offers is None


def test_a_busy_courier_who_moves_costs_one_write(world: World, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"))
    carried(courier, order(world.person("customer")), "accepted")
    assert len(writes(engine, lambda: report(courier, *east(3)))) == 1


def test_a_position_that_crosses_the_taking_of_the_courier_is_stored(world: World, engine: EmbeddedEngine) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")

    def take(*_: object) -> None:
        order(customer)

    with engine.before("UpdateItem", take, times=1):
        report(courier, *east(2))
    stored = known(courier)
    assert stored.order_id is not None
    assert (stored.home_lng, stored.free_place, stored.idle_key) == (east(2)[1], None, None)


def test_an_older_position_that_arrives_during_the_write_of_a_newer_one_is_left_out(
    world: World, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    world.clock.advance(seconds=10)
    old = {"latitude": 10, "longitude": 20, "recorded_at": iso(world.clock.now() - timedelta(seconds=5))}
    with engine.before("UpdateItem", lambda *_: report(courier, *east(2)), times=1):
        assert courier.post(LOCATION, old).status == 204
    assert (known(courier).lat, known(courier).lng) == east(2)


steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 5, 30, 90, 130]),
        st.sampled_from([0.0, 0.001, 0.014, 0.02, 0.029, 0.05, 0.2, 4.0]) | st.floats(0, 0.2),
        st.sampled_from([None, None, 0, 3, 40, 200]),
    ),
    max_size=8,
)


@settings(
    max_examples=examples(40, everyday=1 / 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_what_is_stored_follows_the_newest_position(world: World, steps: list[tuple[int, float, int | None]]) -> None:
    """Within 15 m and two minutes, its index entry within 30 m and two minutes."""
    courier = on_duty(world.person("courier"), *east(0))
    newest, place = world.clock.now(), east(0)
    for seconds, km, age in steps:
        world.clock.advance(seconds=seconds)
        at = world.clock.now() - timedelta(seconds=age or 0)
        body = {"latitude": east(km)[0], "longitude": east(km)[1], "recorded_at": None if age is None else iso(at)}
        stored = known(courier)
        assert courier.post(LOCATION, body).status == 204
        if stored.position_at is not None and at < stored.position_at:
            assert known(courier).attribute_values == stored.attribute_values
            continue
        newest, place = at, east(km)
        check_close(known(courier), place)
        now = known(courier)
        assert now.position_at is not None
        assert now.home_at is not None
        assert timedelta(0) <= newest - now.position_at < RENEWAL
        assert timedelta(0) <= newest - now.home_at < RENEWAL


def check_close(stored: Courier, place: tuple[float, float]) -> None:
    """Where a courier is stored and indexed is close to a place."""
    assert None not in (stored.lat, stored.lng, stored.home_lat, stored.home_lng)
    assert geo.great_circle_m(stored.lat or 0, stored.lng or 0, *place) < STILL_M
    assert geo.great_circle_m(stored.home_lat or 0, stored.home_lng or 0, *place) < INDEXED_M
    assert stored.home_place == geo.encode(stored.home_lat or 0, stored.home_lng or 0) == stored.free_place
    assert (stored.free_cell, stored.idle_key) == (stored.home_cell, stored.home_idle)
