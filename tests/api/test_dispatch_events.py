"""Who is told what, and with exactly which fields; what is absent is left out."""

from typing import Any

import pytest

from tests.builders.dispatch import (
    DROPOFF,
    LAT,
    LNG,
    STEPS,
    cancel_order,
    carried,
    duty,
    on_duty,
    order,
    step,
    time_out,
    told,
)
from tests.builders.world import Person, World

Events = list[tuple[str, dict[str, Any]]]

BARE: dict[str, Any] = dict.fromkeys(("pickup_lat", "pickup_lng", "dropoff_lat", "dropoff_lng", "notes"))
ADDRESSES = {"pickup_address": "Dam 1", "dropoff_address": "Amstel 2", "receiver_phone": "+31 20 555 0101"}
PLACES = {"pickup_lat": LAT, "pickup_lng": LNG, "dropoff_lat": DROPOFF[0], "dropoff_lng": DROPOFF[1]}


class Scene:
    """A customer and couriers at one, two, three ... kilometres, all with their sockets open."""

    def __init__(self, world: World, couriers: int = 1) -> None:
        self.world = world
        self.customer = world.person("customer")
        self.couriers = [on_duty(world.person("courier", full_name="Ada"), km=km) for km in range(1, couriers + 1)]
        self._sockets = {person.user_id: person.socket() for person in (self.customer, *self.couriers)}

    def hears(self, person: Person) -> Events:
        """What somebody heard since this was asked last."""
        return told(self.world, self._sockets[person.user_id])

    def placed(self, until: str = "assigned", **fields: Any) -> dict[str, Any]:
        """An order carried as far as this by the first courier; what was heard of that is forgotten."""
        placed = carried(self.couriers[0], order(self.customer, **fields), until)
        for person in (self.customer, *self.couriers):
            self.hears(person)
        return placed


def status(placed: dict[str, Any], state: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "order.status", {"order_id": placed["id"], "status": state, **more}


def assigned(placed: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a courier hears who is offered the order."""
    known = {"order_id": placed["id"], "customer_id": placed["customer_id"]}
    return "order.assigned", {**known, **ADDRESSES, **PLACES}


def lost(placed: dict[str, Any], event: str) -> tuple[str, dict[str, Any]]:
    return event, {"order_id": placed["id"], "customer_id": placed["customer_id"]}


def now_with(placed: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the customer hears when the order is offered to somebody."""
    return status(placed, "assigned", **ADDRESSES, **PLACES)


def test_a_new_order_is_told_to_its_courier_and_its_customer(world: World) -> None:
    scene = Scene(world, couriers=2)
    placed = order(scene.customer)
    assert scene.hears(scene.couriers[0]) == [assigned(placed)]
    assert scene.hears(scene.couriers[1]) == []
    assert scene.hears(scene.customer) == [now_with(placed)]


def test_coordinates_that_were_not_given_are_not_told(world: World) -> None:
    scene = Scene(world)
    placed = order(scene.customer, **BARE)
    known = {"order_id": placed["id"], "customer_id": scene.customer.user_id}
    assert scene.hears(scene.couriers[0]) == [("order.assigned", {**known, **ADDRESSES})]
    assert scene.hears(scene.customer) == [status(placed, "assigned", **ADDRESSES)]


def test_a_coordinate_of_zero_is_told(world: World) -> None:
    scene = Scene(world)
    on_duty(scene.couriers[0], 0, 0.001)
    placed = order(scene.customer, pickup_lat=0, pickup_lng=0)
    [(_, data)] = scene.hears(scene.couriers[0])
    assert data == assigned(placed)[1] | {"pickup_lat": 0, "pickup_lng": 0}


def test_a_customer_hears_that_nobody_was_found(world: World) -> None:
    scene = Scene(world, couriers=0)
    placed = order(scene.customer)
    assert scene.hears(scene.customer) == [status(placed, "no_nearby_driver")]


@pytest.mark.parametrize(
    ("action", "with_courier"), [("accept", True), ("arrived", False), ("picked", True), ("delivered", True)]
)
@pytest.mark.parametrize(
    "known", [{}, {"phone": "+31 6 1"}, {"phone": "+31 6 1", "profile_picture": "https://p/a.png"}], ids=len
)
def test_the_customer_hears_each_step_and_who_is_coming(
    world: World, action: str, with_courier: bool, known: dict[str, str]
) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier", full_name="Ada", **known))
    states = ["assigned", *STEPS.values()]
    placed = carried(courier, order(customer), states[states.index(STEPS[action]) - 1])
    sockets = customer.socket(), courier.socket()
    for socket in sockets:
        told(world, socket)
    step(courier, action, placed["id"])
    expected = {"courier_name": "Ada", **{f"courier_{name}": value for name, value in known.items()}}
    assert told(world, sockets[0]) == [status(placed, STEPS[action], **(expected if with_courier else {}))]
    assert told(world, sockets[1]) == []


def test_after_a_decline_the_customer_hears_of_it_and_then_who_is_next(world: World) -> None:
    scene = Scene(world, couriers=2)
    placed = scene.placed()
    step(scene.couriers[0], "decline", placed["id"])
    assert scene.hears(scene.couriers[0]) == []
    assert scene.hears(scene.couriers[1]) == [assigned(placed)]
    assert scene.hears(scene.customer) == [status(placed, "declined"), now_with(placed)]


def test_after_the_last_decline_the_customer_hears_that_nobody_is_left(world: World) -> None:
    scene = Scene(world)
    placed = scene.placed()
    step(scene.couriers[0], "decline", placed["id"])
    assert scene.hears(scene.couriers[0]) == []
    assert scene.hears(scene.customer) == [status(placed, "declined"), status(placed, "no_nearby_driver")]


@pytest.mark.parametrize("until", ["assigned", "accepted", "arrived"])
def test_after_handing_back_the_customer_hears_only_the_outcome(world: World, until: str) -> None:
    scene = Scene(world, couriers=2)
    placed = scene.placed(until)
    step(scene.couriers[0], "cancel", placed["id"])
    assert scene.hears(scene.customer) == [now_with(placed)]
    assert scene.hears(scene.couriers[1]) == [assigned(placed)]
    step(scene.couriers[1], "cancel", placed["id"])
    assert scene.hears(scene.customer) == [status(placed, "no_nearby_driver")]
    assert [scene.hears(courier) for courier in scene.couriers] == [[], []]


def test_after_a_timeout_the_old_courier_hears_both_and_the_new_one_is_offered_it(world: World) -> None:
    scene = Scene(world, couriers=2)
    placed = scene.placed()
    time_out(world)
    assert scene.hears(scene.couriers[0]) == [
        lost(placed, "order.assignment_timed_out"),
        lost(placed, "order.reassigned_away"),
    ]
    assert scene.hears(scene.couriers[1]) == [assigned(placed)]
    assert scene.hears(scene.customer) == [now_with(placed)]


def test_after_the_last_timeout_both_sides_hear_that_nobody_is_left(world: World) -> None:
    scene = Scene(world)
    placed = scene.placed()
    time_out(world)
    assert scene.hears(scene.couriers[0]) == [
        lost(placed, "order.assignment_timed_out"),
        lost(placed, "order.no_nearby_driver"),
    ]
    assert scene.hears(scene.customer) == [status(placed, "no_nearby_driver")]


@pytest.mark.parametrize("until", ["assigned", "accepted", "arrived"])
def test_the_courier_and_the_customers_devices_hear_that_the_customer_called_it_off(world: World, until: str) -> None:
    scene = Scene(world, couriers=2)
    placed = scene.placed(until)
    cancel_order(scene.customer, placed["id"])
    assert scene.hears(scene.couriers[0]) == [status(placed, "canceled_by_customer")]
    assert scene.hears(scene.couriers[1]) == []
    assert scene.hears(scene.customer) == [status(placed, "canceled_by_customer")]


def test_what_is_repeated_or_refused_or_replayed_is_told_nobody(world: World) -> None:
    scene = Scene(world, couriers=2)
    first, second = scene.couriers
    placed = scene.placed("accepted")
    assert step(first, "accept", placed["id"]).status == 200
    assert step(first, "delivered", placed["id"]).status == 409
    assert step(second, "decline", placed["id"]).status == 403
    assert step(first, "arrived", placed["id"], if_match='"9"').status == 409
    duty(second, available=False)
    duty(second)
    assert [scene.hears(person) for person in (scene.customer, first, second)] == [[], [], []]
    for _ in range(2):
        step(first, "arrived", placed["id"], idempotency_key="k")
    assert scene.hears(scene.customer) == [status(placed, "arrived")]


def test_a_whole_delivery_is_told_in_the_order_in_which_it_happened(world: World) -> None:
    scene = Scene(world, couriers=2)
    placed = order(scene.customer)
    time_out(world)
    carried(scene.couriers[1], placed)
    heard = [data["status"] for _, data in scene.hears(scene.customer)]
    assert heard == ["assigned", "assigned", "accepted", "arrived", "picked_up", "delivered"]


def test_who_was_away_hears_everything_in_order_when_they_come_back(world: World) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    for person in (customer, courier):
        world.hang_up(person.socket())
    placed = order(customer)
    carried(courier, placed)
    socket = customer.socket()
    heard = [data["status"] for _, data in told(world, socket)]
    assert heard == ["assigned", "accepted", "arrived", "picked_up", "delivered"]
    assert told(world, courier.socket()) == [assigned(placed)]
    world.hang_up(socket)
    assert told(world, customer.socket()) == []


def test_all_devices_of_a_person_hear_everything(world: World) -> None:
    customer = world.person("customer")
    sockets = [customer.socket() for _ in range(3)]
    placed = order(customer)
    assert [told(world, socket) for socket in sockets] == [[status(placed, "no_nearby_driver")]] * 3
