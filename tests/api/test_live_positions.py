"""Where the courier is, on the sockets of the customer while the order is under way."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.core.clock import iso
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    DROPOFF,
    LAT,
    LNG,
    carried,
    decide,
    duty,
    east,
    on_duty,
    order,
    report,
    step,
    stored_courier,
    told,
)
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Person, World
from tests.races.crowd import at_once

LOCATION = "courier.location"


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def courier(world: World) -> Person:
    """A courier 1 km east of the pickup."""
    return on_duty(world.person("courier"), km=1)


def seen(world: World, socket: str) -> list[dict[str, Any]]:
    """The positions that arrived at a socket since this was asked last."""
    return [data for event, data in told(world, socket) if event == LOCATION]


def ride(world: World, courier: Person, km: float, seconds: float = 5) -> None:
    """Report another place so many seconds later."""
    world.clock.advance(seconds=seconds)
    report(courier, *east(km))


def test_the_customer_gets_the_position_and_the_arrival_from_acceptance_to_delivery(
    world: World, customer: Person, courier: Person
) -> None:
    socket = customer.socket("customer")
    placed = order(customer)
    ride(world, courier, 0.9)
    assert seen(world, socket) == []
    heard = []
    for number, action in enumerate(("accept", "arrived", "picked", "delivered")):
        assert step(courier, action, placed["id"]).status == 200
        ride(world, courier, 0.8 - number / 10)
        heard.append(seen(world, socket))
    assert [len(positions) for positions in heard] == [1, 1, 1, 0]
    assert heard[0] == [
        {
            "order_id": placed["id"],
            "latitude": LAT,
            "longitude": east(0.8)[1],
            "at": "2026-03-01T09:00:10Z",
            "eta_at": heard[0][0]["eta_at"],
        }
    ]


def test_the_arrival_is_that_of_the_order_at_the_same_moment(world: World, customer: Person, courier: Person) -> None:
    socket, placed = customer.socket("customer"), order(customer)
    carried(courier, placed, "picked_up")
    world.clock.advance(seconds=5)
    report(courier, *DROPOFF)
    [position] = seen(world, socket)
    assert position["eta_at"] == customer.get(f"/v1/orders/{placed['id']}").json["eta_at"]


def test_without_the_coordinates_of_the_way_there_is_no_arrival(
    world: World, customer: Person, courier: Person
) -> None:
    socket = customer.socket("customer")
    carried(courier, order(customer, dropoff_lat=None, dropoff_lng=None), "accepted")
    ride(world, courier, 0.8)
    assert ["eta_at" in position for position in seen(world, socket)] == [False]


def test_positions_come_at_most_every_five_seconds(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    carried(courier, order(customer), "accepted")
    arrived = []
    for number in range(12):
        ride(world, courier, 0.9 - number / 20, seconds=2)
        arrived.append(len(seen(world, socket)))
    assert arrived == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]


def test_the_first_position_of_the_next_order_waits_for_nothing(
    world: World, customer: Person, courier: Person
) -> None:
    socket = customer.socket("customer")
    first = order(customer)
    carried(courier, first, "picked_up")
    ride(world, courier, 0.8)
    assert len(seen(world, socket)) == 1
    step(courier, "delivered", first["id"])
    second = order(customer)
    carried(courier, second, "accepted")
    ride(world, courier, 0.7, seconds=1)
    assert [position["order_id"] for position in seen(world, socket)] == [second["id"]]


def test_of_many_reports_at_one_moment_one_is_sent(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    carried(courier, order(customer), "accepted")
    world.clock.advance(seconds=5)
    at_once([partial(report, courier, *east(0.5 + number / 10)) for number in range(4)])
    assert len(seen(world, socket)) == 1


def test_a_courier_who_stands_still_sends_nothing(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    carried(courier, order(customer), "accepted")
    ride(world, courier, 0.8)
    assert len(seen(world, socket)) == 1
    ride(world, courier, 0.8)
    assert seen(world, socket) == []


def test_an_old_position_is_not_sent(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    carried(courier, order(customer), "accepted")
    world.clock.advance(seconds=30)
    report(courier, *east(0.8))
    assert len(seen(world, socket)) == 1
    world.clock.advance(seconds=30)
    old = {"latitude": LAT, "longitude": LNG, "recorded_at": iso(world.clock.now() - timedelta(seconds=50))}
    assert courier.post("/v1/courier/location", old).status == 204
    assert seen(world, socket) == []


def test_nothing_is_kept_for_a_customer_who_was_not_connected(world: World, customer: Person, courier: Person) -> None:
    carried(courier, order(customer), "accepted")
    ride(world, courier, 0.8)
    socket = customer.socket("customer", after="0")
    world.wake()
    assert LOCATION not in {event for event, _ in told(world, socket)}


def test_a_position_has_no_number_and_moves_no_place_in_the_mailbox(
    world: World, customer: Person, courier: Person
) -> None:
    socket = customer.socket("customer")
    placed = order(customer)
    carried(courier, placed, "accepted")
    before = [sent.id for sent in world.heard(socket)][-1]
    ride(world, courier, 0.8)
    step(courier, "arrived", placed["id"])
    live, after = world.heard(socket)[-2:]
    assert (live.event, live.id, live.at is not None) == (LOCATION, None, True)
    assert (after.event, after.id) == ("order.status", (before or 0) + 1)


def test_every_device_of_the_customer_gets_it_and_nobody_else(world: World, customer: Person, courier: Person) -> None:
    phone = customer.socket("customer")
    tablet = world.signed_in(customer.org_id, customer.user_id, "customer").socket("customer")
    others = [
        world.person("customer").socket("customer"),
        world.person("customer", OTHER).socket("customer"),
        courier.socket("courier"),
        world.person("dispatcher").socket("staff"),
    ]
    carried(courier, order(customer), "accepted")
    ride(world, courier, 0.8)
    assert [len(seen(world, socket)) for socket in (phone, tablet)] == [1, 1]
    assert [seen(world, socket) for socket in others] == [[], [], [], []]


def test_a_session_that_has_ended_gets_nothing(world: World, customer: Person, courier: Person) -> None:
    other = world.signed_in(customer.org_id, customer.user_id, "customer")
    kept, ended = customer.socket("customer"), other.socket("customer")
    carried(courier, order(customer), "accepted")
    world.sender.messages[ended].clear()
    assert customer.delete("/v1/me/sessions").status == 204
    ride(world, courier, 0.8)
    assert (len(seen(world, kept)), seen(world, ended)) == (1, [])


def test_the_customer_of_an_order_that_was_taken_away_gets_nothing_more(
    world: World, customer: Person, courier: Person
) -> None:
    socket = customer.socket("customer")
    placed = order(customer)
    carried(courier, placed, "accepted")
    decide(world.person("dispatcher"), "release", placed["id"])
    ride(world, courier, 0.8)
    assert seen(world, socket) == []


def test_an_undeliverable_order_sends_nothing(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    placed = order(customer)
    carried(courier, placed, "picked_up")
    step(courier, "undeliverable", placed["id"])
    ride(world, courier, 0.8)
    assert seen(world, socket) == []


def test_a_dead_line_of_the_customer_costs_the_courier_nothing(world: World, customer: Person, courier: Person) -> None:
    socket = customer.socket("customer")
    placed = order(customer)
    carried(courier, placed, "accepted")
    told(world, socket)
    world.sender.closed.add(socket)
    ride(world, courier, 0.8)
    world.sender.closed.clear()
    world.sender.failing[socket] = 1
    ride(world, courier, 0.7)
    assert seen(world, socket) == []
    assert step(courier, "arrived", placed["id"]).status == 200


def test_over_a_socket_it_is_the_same(world: World, customer: Person, courier: Person) -> None:
    theirs, socket = courier.socket("courier"), customer.socket("customer")
    carried(courier, order(customer), "accepted")
    world.clock.advance(seconds=5)
    lat, lng = east(0.8)
    world.say(theirs, json.dumps({"event": "location.update", "data": {"latitude": lat, "longitude": lng}}))
    assert len(seen(world, socket)) == 1


def test_a_free_courier_pays_nothing_and_a_busy_one_two_reads(
    engine: EmbeddedEngine, world: World, customer: Person, courier: Person
) -> None:
    with counted_trips(engine) as free:
        ride(world, courier, 0.95)
    socket = customer.socket("customer")
    carried(courier, order(customer), "accepted")
    with counted_trips(engine) as watched:
        ride(world, courier, 0.8)
    with counted_trips(engine) as between:
        ride(world, courier, 0.7, seconds=1)
    world.hang_up(socket)
    with counted_trips(engine) as alone:
        ride(world, courier, 0.6)
    # A free courier in another cell looks for waiting orders. That of a busy one is read while the position is written;
    # then come the open sockets, and their sessions.
    assert [len(trips) for trips in (free, watched, between, alone)] == [3, 4, 2, 3]
    duty(courier, available=False)
    stored = stored_courier(courier)
    assert stored is not None
    assert stored.followed_at == world.clock.now()
