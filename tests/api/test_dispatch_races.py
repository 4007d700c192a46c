"""Two people act at the same moment: one of them wins, and both get a true answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    NOWHERE,
    cancel_order,
    carried,
    duty,
    on_duty,
    order,
    order_body,
    report,
    step,
    stored_courier,
    stored_order,
)
from tests.builders.mailboxes import mail
from tests.builders.world import Person, World

COMMIT = "TransactWriteItems"


@pytest.fixture
def customer(world: World) -> Person:
    """Somebody who orders."""
    return world.person("customer")


def first_comes(engine: EmbeddedEngine, act: Callable[[], Any], operation: str = COMMIT) -> list[Any]:
    """Let this happen just before the next commit; its result, once it has happened."""
    results: list[Any] = []
    engine.before(operation, lambda *_: results.append(act()), times=1)
    return results


def test_a_courier_whom_another_order_took_meanwhile_costs_only_a_second_look(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    faster = first_comes(engine, lambda: order(world.person("customer")))
    mine = order(customer)
    assert (faster[0]["assigned_courier"], mine["assigned_courier"]) == (first.user_id, second.user_id)
    assert mine["version"] == 1


@pytest.mark.parametrize("fields", [{}, NOWHERE], ids=["near", "anywhere"])
def test_a_courier_who_goes_off_duty_meanwhile_gets_nothing(
    world: World, customer: Person, engine: EmbeddedEngine, fields: dict[str, Any]
) -> None:
    courier = on_duty(world.person("courier"))
    first_comes(engine, lambda: duty(courier, available=False))
    assert order(customer, **fields)["status"] == "no_nearby_driver"
    assert mail(courier) == []


def test_going_off_duty_while_an_order_comes_declines_the_order(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = first_comes(engine, lambda: order(customer))
    duty(courier, available=False)
    known = stored_courier(courier)
    assert known is not None
    assert (known.available, known.order_id, known.idle_key) == (False, None, None)
    assert stored_order(placed[0]["id"]).status == "no_nearby_driver"


def test_coming_on_duty_twice_at_once_is_the_same_as_once(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = world.person("courier")
    first_comes(engine, lambda: duty(courier))
    duty(courier)
    assert order(customer)["assigned_courier"] == courier.user_id


def test_coming_back_on_duty_while_the_last_delivery_ends_makes_a_free_courier(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")
    duty(courier, available=False)
    delivered = first_comes(engine, lambda: step(courier, "delivered", placed["id"]))
    duty(courier)
    assert delivered[0].status == 200
    assert order(customer)["assigned_courier"] == courier.user_id


@pytest.mark.parametrize("freed", [False, True])
def test_a_position_on_the_way_while_the_courier_is_taken_or_freed_leaves_no_trace_in_the_index(
    world: World, customer: Person, engine: EmbeddedEngine, freed: bool
) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer) if freed else None

    def meanwhile() -> None:
        if placed is None:
            order(customer)
        else:
            cancel_order(customer, placed["id"])

    first_comes(engine, meanwhile, "UpdateItem")
    report(courier, 48.85, 2.35)
    known = stored_courier(courier)
    assert known is not None
    assert (known.lat, known.lng) == (48.85, 2.35)
    assert (known.free_cell == known.home_cell, known.idle_key == known.home_idle) == (freed, freed)
    assert order(customer, pickup_lat=48.85, pickup_lng=2.35).get("assigned_courier") == (
        courier.user_id if freed else None
    )


def test_of_accepting_and_calling_off_the_first_wins(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    called_off = first_comes(engine, lambda: cancel_order(customer, placed["id"]))
    late = step(courier, "accept", placed["id"])
    assert (called_off[0].status, late.status, late.code) == (200, 409, "WORKFLOW_VIOLATION")
    assert stored_order(placed["id"]).status == "canceled_by_customer"


def test_calling_off_right_after_an_accept_that_was_faster_still_succeeds(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    accepted = first_comes(engine, lambda: step(courier, "accept", placed["id"]))
    assert cancel_order(customer, placed["id"]).json["version"] == 3
    assert accepted[0].status == 200


def test_who_names_the_version_learns_that_somebody_was_faster(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    first_comes(engine, lambda: step(courier, "accept", placed["id"]))
    late = cancel_order(customer, placed["id"], if_match='"1"')
    assert (late.status, late.code, late.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})


def test_calling_off_while_the_courier_picks_up_comes_too_late(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "arrived")
    first_comes(engine, lambda: step(courier, "picked", placed["id"]))
    assert cancel_order(customer, placed["id"]).status == 409
    assert stored_order(placed["id"]).status == "picked_up"


def test_who_goes_off_duty_while_delivering_is_not_put_back(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")
    first_comes(engine, lambda: duty(courier, available=False))
    assert step(courier, "delivered", placed["id"]).status == 200
    assert order(customer)["status"] == "no_nearby_driver"


def test_who_comes_back_on_duty_while_delivering_is_free_afterwards(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")
    duty(courier, available=False)
    first_comes(engine, lambda: duty(courier))
    assert step(courier, "delivered", placed["id"]).status == 200
    assert order(customer)["assigned_courier"] == courier.user_id


def test_who_goes_off_and_on_duty_while_delivering_is_free_afterwards(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    """The first attempt finds them off duty, the second one on duty again."""
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), "picked_up")

    def off_and_then_on() -> None:
        duty(courier, available=False)
        first_comes(engine, lambda: duty(courier))

    first_comes(engine, off_and_then_on)
    assert step(courier, "delivered", placed["id"]).status == 200
    assert order(customer)["assigned_courier"] == courier.user_id


def test_two_devices_of_a_courier_accepting_at_once_both_succeed(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    faster = first_comes(engine, lambda: step(courier, "accept", placed["id"]))
    slower = step(courier, "accept", placed["id"])
    assert (faster[0].status, slower.status) == (200, 200)
    assert faster[0].json == slower.json
    assert [data["status"] for _, data in mail(customer)] == ["assigned", "accepted"]


def test_the_same_key_at_the_same_moment_gives_one_order_and_equal_answers(world: World, customer: Person) -> None:
    for km in range(10):
        on_duty(world.person("courier"), km=km / 2)

    def place(_: int) -> tuple[int, str]:
        answer = customer.post("/v1/orders", order_body(), idempotency_key="once")
        return answer.status, answer.text

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(place, range(10)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1
    assert [data["status"] for _, data in mail(customer)] == ["assigned"]


def test_many_orders_at_once_never_share_a_courier(world: World) -> None:
    for _ in range(3):
        on_duty(world.person("courier"))
    customers = [world.person("customer") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        placed = list(threads.map(order, customers))
    taken = [one["assigned_courier"] for one in placed if one["status"] == "assigned"]
    assert len(taken) == len(set(taken)) == 3
