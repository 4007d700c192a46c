"""An offer also goes as push message to the courier's devices, and never after it has expired."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.core.clock import iso
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    assign_order,
    decide,
    duty,
    on_duty,
    order,
    retry_order,
    step,
    stored_order,
    time_out,
)
from tests.builders.messages import Pushed
from tests.builders.trips import counted_trips
from tests.builders.world import Person, World

OFFER_LIFE = timedelta(seconds=15)


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


def register(courier: Person, token: str = "phone") -> None:
    answer = courier.post("/v1/devices/register", {"platform": "android", "fcmToken": token})
    assert answer.status == 201, answer


def with_phone(world: World, km: float = 1.0) -> Person:
    """A courier on duty with a device that has the courier's id as its token."""
    courier = world.person("courier")
    register(courier, courier.user_id)
    return on_duty(courier, km=km)


def offers(world: World, courier: Person) -> list[Pushed]:
    """What the device of a courier received."""
    return world.messages.pushed.get(f"device:{courier.user_id}", [])


def test_an_offer_is_pushed_to_the_devices_of_its_courier(world: World, customer: Person) -> None:
    courier, other = with_phone(world, km=1), with_phone(world, km=2)
    placed = order(customer, pickup_address="Dam 1")
    expires_at = iso(world.clock.now() + OFFER_LIFE)
    data = {"event": "order.assigned", "order_id": placed["id"], "expires_at": expires_at}
    assert offers(world, courier) == [Pushed("New order", "Dam 1", data, OFFER_LIFE)]
    assert offers(world, other) == []


def test_an_offer_to_a_courier_without_a_device_pushes_nothing(world: World, customer: Person) -> None:
    on_duty(world.person("courier"))
    assert order(customer)["status"] == "assigned"
    assert world.message_queue.queued == []


def decline(world: World, first: Person, order_id: str) -> None:
    assert step(first, "decline", order_id).status == 200


def release(world: World, _: Person, order_id: str) -> None:
    assert decide(world.person("dispatcher"), "release", order_id).status == 200


MOVES: dict[str, Callable[[World, Person, str], None]] = {
    "declined": decline,
    "timed out": lambda world, *_: time_out(world),
    "released by the dispatcher": release,
    "signed out": lambda _, first, __: duty(first, available=False),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_order_that_moves_on_is_pushed_to_the_next_courier(world: World, customer: Person, move: str) -> None:
    first, second = with_phone(world, km=1), with_phone(world, km=2)
    placed = order(customer)
    MOVES[move](world, first, placed["id"])
    assert stored_order(placed["id"]).assigned_courier == second.user_id
    [pushed] = offers(world, second)
    assert pushed.data["order_id"] == placed["id"]
    assert pushed.data["expires_at"] == iso(world.clock.now() + OFFER_LIFE)
    assert len(offers(world, first)) == 1


def test_a_waiting_order_is_pushed_to_the_courier_who_goes_on_duty(world: World, customer: Person) -> None:
    placed = order(customer)
    courier = with_phone(world)
    assert [pushed.data["order_id"] for pushed in offers(world, courier)] == [placed["id"]]


def test_a_retried_order_is_pushed(world: World, customer: Person) -> None:
    placed = order(customer)
    courier = with_phone(world, km=50)
    world.clock.advance(minutes=31)
    world.sweep()
    near = on_duty(courier)
    retry_order(customer, placed["id"])
    assert [pushed.data["order_id"] for pushed in offers(world, near)] == [placed["id"]]


def test_an_order_that_the_dispatcher_assigns_is_pushed(world: World, customer: Person) -> None:
    far = with_phone(world, km=50)
    placed = order(customer)
    assert assign_order(world.person("dispatcher"), placed["id"], far).status == 200
    assert [pushed.data["order_id"] for pushed in offers(world, far)] == [placed["id"]]


def test_a_push_that_is_late_is_not_sent(world: World, customer: Person) -> None:
    """The function that sends begins later, for instance because the service was busy."""
    courier = with_phone(world)
    order(customer)
    [message] = world.message_queue.queued
    world.clock.advance(seconds=14)
    world.message_queue.put(message)
    assert [pushed.life for pushed in offers(world, courier)] == [OFFER_LIFE, timedelta(seconds=1)]
    world.clock.advance(seconds=1)
    world.message_queue.put(message)
    assert len(offers(world, courier)) == 2


def test_an_offer_that_is_not_committed_is_not_pushed(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    first, second = with_phone(world, km=1), with_phone(world, km=2)
    engine.before("TransactWriteItems", lambda *_: duty(first, available=False), times=1)
    assert order(customer)["assigned_courier"] == second.user_id
    assert (len(offers(world, first)), len(offers(world, second))) == (0, 1)


def test_devices_are_looked_up_while_the_events_are_delivered(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    with_phone(world)
    with counted_trips(engine) as trips:
        order(customer)
    assert trips.during_delivery[:1] == ["Query"]


def test_a_disabled_courier_gets_no_push(world: World, customer: Person) -> None:
    courier = with_phone(world)
    world.person("SYSTEM_ADMIN").patch(f"/v1/users/{courier.user_id}", {"status": "DISABLED"})
    order(customer)
    assert offers(world, courier) == []
