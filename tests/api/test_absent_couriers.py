"""A courier who lets three offers in a row time out without a sign of life goes off duty."""

from collections.abc import Callable

import pytest

from tests.builders.dispatch import (
    cancel_order,
    carried,
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


SIGNS: dict[str, Callable[[World, Person, Person], object]] = {
    "position": lambda world, courier, customer: report(courier, *east(1)),
    "decline": lambda world, courier, customer: step(courier, "decline", str(order(customer)["id"])),
    "delivery": lambda world, courier, customer: carried(courier, order(customer)),
    "duty": lambda world, courier, customer: pause(courier),
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


def test_an_order_passes_a_courier_who_is_gone_after_three_offers(world: World, customer: Person) -> None:
    gone, there = on_duty(world.person("courier"), km=1), on_duty(world.person("courier"), km=2)
    for _ in range(3):
        placed = order(customer)
        assert placed["assigned_courier"] == gone.user_id
        time_out(world)
        carried(there, {"id": placed["id"], "status": "assigned"})
    assert order(customer)["assigned_courier"] == there.user_id
