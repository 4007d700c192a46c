"""A courier who lets three offers in a row time out without a sign of life goes off duty."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    NOWHERE,
    cancel_order,
    carried,
    decide,
    diff,
    duty,
    east,
    on_duty,
    order,
    report,
    step,
    stored_courier,
    stored_order,
    time_out,
    told,
)
from tests.builders.trips import counted_trips
from tests.builders.world import Person, World


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def is_on_duty(courier: Person) -> bool:
    known = stored_courier(courier)
    return known is not None and known.available


def miss(world: World, customer: Person, times: int) -> list[str]:
    """Let offers time out, each of a new order; the earlier ones are canceled."""
    placed = []
    for _ in range(times):
        placed.append(str(order(customer)["id"]))
        time_out(world)
        cancel_order(customer, placed[-1])
    return placed


def test_the_third_missed_offer_ends_the_duty(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    socket = courier.socket("courier")
    placed = miss(world, customer, 2)
    assert is_on_duty(courier)
    told(world, socket)
    last = order(customer)["id"]
    time_out(world)
    assert not is_on_duty(courier)
    events = told(world, socket)
    assert ("courier.off_duty", {"reason": "offers_missed"}) in events
    assert events[-1] == ("order.no_nearby_driver", {"order_id": last, "customer_id": customer.user_id})
    assert stored_order(last).status == "no_nearby_driver"
    [row] = [row for row in world.audit() if row.entity_id == last and row.action_type == "ORDER_TIMED_OUT"]
    assert diff(row)[f"courier/{courier.user_id}.available"] == [True, False]
    assert len(placed) == 2
    duty(courier)
    assert stored_order(last).status == "no_nearby_driver"
    assert order(customer)["assigned_courier"] == courier.user_id


def pause(courier: Person) -> None:
    duty(courier, available=False)
    duty(courier)


def ping(world: World, courier: Person) -> None:
    world.say(courier.socket("courier"), '{"event": "ping"}')


SIGNS: dict[str, Callable[[World, Person, Person], object]] = {
    "position": lambda world, courier, customer: report(courier, *east(1)),
    "decline": lambda world, courier, customer: step(courier, "decline", str(order(customer)["id"])),
    "delivery": lambda world, courier, customer: carried(courier, order(customer)),
    "duty": lambda world, courier, customer: pause(courier),
    "request": lambda world, courier, customer: courier.get("/v1/courier/active-order"),
    "refused request": lambda world, courier, customer: courier.get("/v1/users"),
    "connection": lambda world, courier, customer: courier.socket("courier"),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_life_lets_counting_start_anew(world: World, customer: Person, sign: str) -> None:
    courier = on_duty(world.person("courier"))
    miss(world, customer, 2)
    SIGNS[sign](world, courier, customer)
    miss(world, customer, 2)
    assert is_on_duty(courier)
    miss(world, customer, 1)
    assert not is_on_duty(courier)


OPEN_SOCKET: dict[str, str | None] = {
    "ping": '{"event": "ping"}',
    "acknowledgement": '{"event": "ack", "data": {"id": "1"}}',
    "position": '{"event": "location.update", "data": {"latitude": 52.37, "longitude": 4.89}}',
    "nothing": None,
}


@pytest.mark.parametrize("message", OPEN_SOCKET)
def test_messages_on_an_open_socket_are_signs_of_life_and_the_open_socket_alone_is_none(
    world: World, customer: Person, message: str
) -> None:
    courier = on_duty(world.person("courier"))
    socket = courier.socket("courier")
    miss(world, customer, 2)
    text = OPEN_SOCKET[message]
    if text is not None:
        world.say(socket, text)
    miss(world, customer, 1)
    assert is_on_duty(courier) == (text is not None)


def test_a_courier_who_never_sent_a_position_gets_offers_for_ten_minutes_after_a_sign_of_life(
    world: World, customer: Person
) -> None:
    courier = on_duty(world.person("courier"), km=None)
    world.clock.advance(minutes=10)
    placed = order(customer)
    assert placed["assigned_courier"] == courier.user_id
    cancel_order(customer, placed["id"])
    world.clock.advance(minutes=10, seconds=1)
    waiting = order(customer)
    assert waiting["status"] == "no_nearby_driver"
    world.sweep()
    assert stored_order(waiting["id"]).status == "no_nearby_driver"
    courier.get("/v1/courier/active-order")
    world.sweep()
    assert stored_order(waiting["id"]).assigned_courier == courier.user_id


def test_an_order_without_coordinates_passes_a_silent_courier_without_a_position(
    world: World, customer: Person
) -> None:
    silent = on_duty(world.person("courier"), km=None)
    world.clock.advance(minutes=10, seconds=1)
    alive = on_duty(world.person("courier"), km=None)
    assert order(customer, **NOWHERE)["assigned_courier"] == alive.user_id
    assert stored_courier(silent) is not None
    assert order(customer, **NOWHERE)["status"] == "no_nearby_driver"


def test_a_silent_courier_without_a_position_who_is_freed_by_a_dispatcher_gets_no_offer(
    world: World, customer: Person
) -> None:
    courier = on_duty(world.person("courier"), km=None)
    held, waiting = carried(courier, order(customer), "picked_up"), order(customer)
    world.clock.advance(minutes=11)
    assert decide(world.person("dispatcher"), "cancel", held["id"]).status == 200
    assert stored_order(waiting["id"]).status == "no_nearby_driver"
    world.sweep()
    assert stored_order(waiting["id"]).status == "no_nearby_driver"
    world.say(courier.socket("courier"), '{"event": "ping"}')
    world.sweep()
    assert stored_order(waiting["id"]).assigned_courier == courier.user_id


def test_a_courier_who_delivers_without_a_position_is_free_for_the_next_order(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"), km=None)
    placed = carried(courier, order(customer), "accepted")
    world.clock.advance(minutes=40)
    carried(courier, placed)
    assert order(customer)["assigned_courier"] == courier.user_id


def writes(engine: EmbeddedEngine, act: Callable[[], object]) -> list[str]:
    """The operations on the store of this, in their order."""
    with counted_trips(engine) as trips:
        act()
    return [operation for trip in trips.made for operation in trip]


def test_a_sign_of_life_takes_no_further_read_and_a_write_every_two_minutes(
    world: World, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"), km=None)

    def look() -> None:
        assert courier.get("/v1/courier/availability").status == 200

    assert writes(engine, look) == ["BatchGetItem"]
    world.clock.advance(seconds=119)
    assert writes(engine, look) == ["BatchGetItem"]
    world.clock.advance(seconds=1)
    assert writes(engine, look) == ["BatchGetItem", "UpdateItem"]
    assert writes(engine, look) == ["BatchGetItem"]
    duty(courier, available=False)
    world.clock.advance(minutes=3)
    assert writes(engine, look) == ["BatchGetItem"]


def test_a_courier_with_a_position_writes_a_sign_of_life_only_after_a_missed_offer(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    world.clock.advance(minutes=4)
    assert writes(engine, lambda: courier.get("/v1/me")) == ["BatchGetItem"]
    miss(world, customer, 1)
    assert writes(engine, lambda: courier.get("/v1/me")) == ["BatchGetItem", "UpdateItem"]
    assert writes(engine, lambda: courier.get("/v1/me")) == ["BatchGetItem"]


def test_the_courier_of_somebody_whose_role_has_none_is_not_read(world: World, engine: EmbeddedEngine) -> None:
    customer, read = world.person("customer"), list[int]()

    def note(_: str, request: dict[str, Any]) -> None:
        read.append(sum(len(table["Keys"]) for table in request["RequestItems"].values()))

    with engine.before("BatchGetItem", note):
        for _ in range(2):
            customer.get("/v1/me")
    assert read == [4, 3]


def test_a_sign_of_life_that_cannot_be_stored_does_not_fail_the_request(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    miss(world, customer, 1)
    engine.fail_next("UpdateItem", "TransactionConflictException")
    assert courier.get("/v1/courier/active-order").status == 200


def test_a_sign_of_life_at_the_moment_of_the_third_time_out_keeps_the_courier_on_duty(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    miss(world, customer, 2)
    order(customer)
    world.clock.advance(seconds=15)

    def look(*_: Any) -> None:
        courier.get("/v1/me")

    with engine.before("TransactWriteItems", look, times=1):
        world.sweep()
    stored = stored_courier(courier)
    assert stored is not None
    assert (stored.available, stored.missed_offers) == (True, 1)


def test_the_first_position_takes_the_place_of_signs_of_life(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"), km=None)
    report(courier, *east(50))
    waiting = order(customer)
    assert waiting["status"] == "no_nearby_driver"
    report(courier, *east(1))
    world.sweep()
    assert stored_order(waiting["id"]).assigned_courier == courier.user_id


def test_an_order_passes_a_courier_who_is_gone_after_three_offers(world: World, customer: Person) -> None:
    gone, there = on_duty(world.person("courier"), km=1), on_duty(world.person("courier"), km=2)
    for _ in range(3):
        placed = order(customer)
        assert placed["assigned_courier"] == gone.user_id
        time_out(world)
        carried(there, {"id": placed["id"], "status": "assigned"})
    assert order(customer)["assigned_courier"] == there.user_id
