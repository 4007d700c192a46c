"""A phone dies in each state of an order: nothing comes from it any more, and the order still ends.

`docs/dispatch.md` has the table of these tests.
"""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from chalicelib.core.clock import iso
from tests.builders.dispatch import (
    cancel_order,
    carried,
    decide,
    duty,
    east,
    on_duty,
    order,
    report,
    retry_order,
    step,
    stored_courier,
    stored_order,
)
from tests.builders.mailboxes import mail
from tests.builders.world import Person, World


@pytest.fixture
def customer(world: World) -> Person:
    return world.person("customer")


@pytest.fixture
def dispatcher(world: World) -> Person:
    return world.person("dispatcher")


@pytest.fixture
def courier(world: World) -> Person:
    """The courier whose phone dies, nearest to the pickup."""
    return on_duty(world.person("courier"), km=1)


@pytest.fixture
def colleague(world: World, courier: Person) -> Person:
    """Another courier, farther from the pickup, whose phone works."""
    return on_duty(world.person("courier"), km=3)


def pass_time(world: World, minutes: int, alive: Sequence[Person] = ()) -> None:
    """Let minutes pass while the sweep runs; only those who are `alive` say where they are."""
    for _ in range(minutes):
        world.clock.advance(minutes=1)
        for person in alive:
            report(person, *east(3))
        world.sweep()


def new_phone(world: World, person: Person) -> Person:
    """The same person, signed in on another phone."""
    return world.signed_in(person.org_id, person.user_id, person.role)


def heard(person: Person) -> list[str]:
    """What is in the mailbox of somebody; changes of a status by the status."""
    return [data["status"] if event == "order.status" else event for event, data in mail(person)]


def check_free(world: World, courier: Person) -> None:
    """A courier has nothing in hand, and with another phone gets the next order."""
    stored = stored_courier(courier)
    assert stored is not None
    assert stored.order_id is None
    phone = new_phone(world, courier)
    assert phone.get("/v1/courier/active-order").json == {"active": False}
    duty(phone)
    report(phone, *east(0.1))
    assert order(world.person("customer"))["assigned_courier"] == courier.user_id


def test_the_customers_phone_dies_while_the_order_is_scheduled(world: World, customer: Person, courier: Person) -> None:
    placed = order(customer, pickup_after=iso(world.clock.now() + timedelta(minutes=30)))
    pass_time(world, 29, alive=[courier])
    assert stored_order(placed["id"]).status == "scheduled"
    pass_time(world, 1, alive=[courier])
    carried(courier, {"id": placed["id"], "status": "assigned"})
    assert stored_order(placed["id"]).status == "delivered"
    assert heard(customer) == ["scheduled", "assigned", "accepted", "arrived", "picked_up", "delivered"]
    check_free(world, courier)


def test_the_customers_phone_dies_while_the_order_waits(world: World, customer: Person) -> None:
    placed = order(customer)
    pass_time(world, 29)
    courier = on_duty(world.person("courier"))
    carried(courier, {"id": placed["id"], "status": "assigned"})
    assert stored_order(placed["id"]).status == "delivered"
    assert heard(customer)[:2] == ["no_nearby_driver", "assigned"]
    check_free(world, courier)


def test_the_customers_phone_dies_while_the_order_waits_and_nobody_comes(world: World, customer: Person) -> None:
    placed = order(customer)
    pass_time(world, 30)
    courier = on_duty(world.person("courier"))
    world.sweep()
    stored = stored_order(placed["id"])
    assert (stored.status, stored.waiting_until) == ("no_nearby_driver", None)
    assert retry_order(new_phone(world, customer), placed["id"]).json["assigned_courier"] == courier.user_id


def test_the_couriers_phone_dies_before_the_offer_is_answered(
    world: World, customer: Person, courier: Person, colleague: Person
) -> None:
    for _ in range(3):
        placed = order(customer)
        assert placed["assigned_courier"] == courier.user_id
        world.clock.advance(seconds=15)
        world.sweep()
        carried(colleague, {"id": placed["id"], "status": "assigned"})
        assert stored_order(placed["id"]).status == "delivered"
    stored = stored_courier(courier)
    assert stored is not None
    assert (stored.available, stored.order_id) == (False, None)
    assert heard(courier)[-3:] == ["courier.off_duty", "order.assignment_timed_out", "order.reassigned_away"]
    assert order(customer)["assigned_courier"] == colleague.user_id
    check_free(world, courier)


def test_the_couriers_phone_dies_on_the_way_to_the_pickup(
    world: World, customer: Person, dispatcher: Person, courier: Person, colleague: Person
) -> None:
    placed = carried(courier, order(customer), "accepted")
    pass_time(world, 20, alive=[colleague])
    assert stored_order(placed["id"]).assigned_courier == courier.user_id
    assert decide(dispatcher, "release", placed["id"]).json["assigned_courier"] == colleague.user_id
    carried(colleague, {"id": placed["id"], "status": "assigned"})
    assert stored_order(placed["id"]).status == "delivered"
    assert heard(courier)[-1] == "order.reassigned_away"
    check_free(world, courier)


def test_the_couriers_phone_dies_at_the_pickup(world: World, customer: Person, courier: Person) -> None:
    placed = carried(courier, order(customer), "arrived")
    pass_time(world, 20)
    assert stored_order(placed["id"]).status == "arrived"
    assert cancel_order(customer, placed["id"]).status == 200
    assert stored_order(placed["id"]).status == "canceled_by_customer"
    assert heard(courier)[-1] == "canceled_by_customer"
    check_free(world, courier)


def test_the_couriers_phone_dies_with_the_goods_and_they_are_delivered(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    pass_time(world, 40)
    assert stored_order(placed["id"]).status == "picked_up"
    assert decide(dispatcher, "deliver", placed["id"]).json["status"] == "delivered"
    assert (heard(customer)[-1], heard(courier)[-1]) == ("delivered", "delivered")
    check_free(world, courier)


def test_the_couriers_phone_dies_with_the_goods_and_they_are_brought_back(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    pass_time(world, 40)
    assert decide(dispatcher, "undeliverable", placed["id"]).json["status"] == "undeliverable"
    check_free(world, courier)
    assert step(new_phone(world, courier), "returned", placed["id"]).status == 200
    assert stored_order(placed["id"]).status == "returned"
    assert heard(customer)[-2:] == ["undeliverable", "returned"]


def test_the_couriers_phone_dies_on_the_way_back_and_the_dispatcher_frees_the_courier(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    assert step(courier, "undeliverable", placed["id"]).status == 200
    pass_time(world, 40)
    assert decide(dispatcher, "undeliverable", placed["id"]).status == 200
    check_free(world, courier)
    assert step(new_phone(world, courier), "returned", placed["id"]).status == 200
    assert stored_order(placed["id"]).status == "returned"


def test_the_couriers_phone_dies_on_the_way_back_and_the_goods_are_lost(
    world: World, customer: Person, dispatcher: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    assert step(courier, "undeliverable", placed["id"]).status == 200
    pass_time(world, 40)
    assert decide(dispatcher, "cancel", placed["id"]).status == 200
    assert stored_order(placed["id"]).status == "canceled_by_dispatcher"
    assert (heard(customer)[-1], heard(courier)[-1]) == ("canceled_by_dispatcher", "canceled_by_dispatcher")
    check_free(world, courier)


def test_the_couriers_phone_dies_before_the_answer_that_the_goods_are_back(
    world: World, customer: Person, courier: Person
) -> None:
    placed = carried(courier, order(customer), "picked_up")
    for action in ("undeliverable", "returned"):
        assert step(courier, action, placed["id"]).status == 200
    pass_time(world, 10)
    assert step(new_phone(world, courier), "returned", placed["id"]).json["status"] == "returned"
    check_free(world, courier)
