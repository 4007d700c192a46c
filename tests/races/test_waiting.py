"""Orders that found no courier get one as soon as one is free, the oldest first, without a sweep."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from infra.local.engine_server import engine_process
from tests.builders.dispatch import (
    cancel_order,
    carried,
    east,
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
from tests.environment import examples
from tests.races.clocks import racing_clock
from tests.races.crowd import at_once, both
from tests.races.engines import emptied, named_engine, pointed_at
from tests.races.truth import check_agreement
from tests.races.workers import Crew, crew, swap_orders

pytestmark = pytest.mark.xdist_group("engine-server")


@pytest.fixture(scope="module")
def processes() -> Iterator[Crew]:
    """Four processes, and this one, on one engine."""
    with ExitStack() as opened:
        opened.enter_context(pointed_at(named_engine() or opened.enter_context(engine_process())))
        yield opened.enter_context(crew(4))


@pytest.fixture
def shared(processes: Crew) -> World:
    """A world on the engine that all processes share."""
    emptied()
    return World(randbits=secrets.randbits, clock=racing_clock())


def in_hand(courier: Person) -> str:
    stored = stored_courier(courier)
    assert stored is not None
    assert stored.order_id is not None
    return stored.order_id


def test_waiting_orders_are_served_in_order_of_age_as_couriers_are_freed(arena: World) -> None:
    couriers = [on_duty(arena.person("courier"), km=number / 10) for number in range(8)]
    customers = [arena.person("customer") for _ in range(32)]
    answers = at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])
    placed = sorted((answer.json["order"] for answer in answers), key=lambda one: str(one["id"]))
    waiting = [one["id"] for one in placed if one["status"] == "no_nearby_driver"]
    assert len(waiting) == 24
    for turn, order_id in enumerate(waiting):
        courier = couriers[turn % 8]
        carried(courier, {"id": in_hand(courier), "status": "assigned"})
        assert in_hand(courier) == order_id
        assert stored_order(order_id).assigned_courier == courier.user_id
    assert len(check_agreement(couriers, [one["id"] for one in placed])) == 8
    for courier in couriers:
        assert [event for event, _ in mail(courier)] == ["order.assigned"] * 4


def test_couriers_freed_at_the_same_moment_serve_the_oldest_orders(arena: World) -> None:
    couriers = [on_duty(arena.person("courier"), km=number / 10) for number in range(4)]
    customer = arena.person("customer")
    held = [order(customer) for _ in couriers]
    waiting = [order(customer)["id"] for _ in range(8)]
    by_id = {courier.user_id: courier for courier in couriers}
    for one in held:
        carried(by_id[one["assigned_courier"]], one, "picked_up")
    answers = at_once([partial(step, by_id[one["assigned_courier"]], "delivered", one["id"]) for one in held])
    assert [answer.status for answer in answers] == [200] * 4
    assert sorted(in_hand(courier) for courier in couriers) == waiting[:4]


def test_an_order_and_a_courier_who_is_freed_never_miss_each_other(arena: World) -> None:
    courier, customer = on_duty(arena.person("courier")), arena.person("customer")
    held = order(customer)["id"]
    for _ in range(examples(200, everyday=1 / 10)):
        calls = [partial(cancel_order, customer, held), partial(customer.post, "/v1/orders", order_body())]
        canceled, placed = at_once(calls)
        assert (canceled.status, placed.status) == (200, 201)
        held = placed.json["order"]["id"]
        assert (stored_order(held).assigned_courier, in_hand(courier)) == (courier.user_id, held)


def test_an_order_and_a_courier_who_comes_near_never_miss_each_other(arena: World) -> None:
    courier, customer = on_duty(arena.person("courier"), km=30), arena.person("customer")
    for _ in range(examples(200, everyday=1 / 10)):
        _, placed = both(partial(report, courier, *east(1)), partial(order, customer))
        held = placed["id"]
        assert (stored_order(held).assigned_courier, in_hand(courier)) == (courier.user_id, held)
        report(courier, *east(30))
        assert cancel_order(customer, held).status == 200


def test_orders_of_one_customer_at_the_same_moment_do_not_exceed_the_limit(arena: World) -> None:
    for _ in range(16):
        on_duty(arena.person("courier"))
    customer = arena.person("customer")
    answers = at_once([partial(customer.post, "/v1/orders", order_body()) for _ in range(16)])
    assert sorted(answer.status for answer in answers) == [201] * 10 + [429] * 6
    assert len(customer.get("/v1/customer/active-orders").json["orders"]) == 10


def test_four_processes_strand_no_order_beside_a_free_courier(shared: World, processes: Crew) -> None:
    rounds = examples(1000, everyday=1 / 100)
    couriers = [on_duty(shared.person("courier"), km=number / 10) for number in range(processes.size)]
    customers = [shared.person("customer") for _ in range(processes.size)]
    parts = [(rounds, customer.token, order(customer)["id"]) for customer in customers]
    results = processes.race(swap_orders, parts, now=shared.clock.now(), radius_m=1_000)
    assert [len(result) for result in results] == [rounds] * processes.size
    everybody = {courier.user_id for courier in couriers}
    assert all(set(holders) == everybody for holders in zip(*results, strict=True))
