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
from tests.races.workers import Crew, crew, free_couriers, swap_orders

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


@pytest.mark.parametrize("waves", [1, 4])
def test_waiting_orders_are_served_in_order_of_age_as_couriers_are_freed(arena: World, waves: int) -> None:
    """32 customers at one place order at the same moment, or eight in each of four seconds; there are 8 couriers."""
    couriers = [on_duty(arena.person("courier"), km=number / 10) for number in range(8)]
    customers = [arena.person("customer") for _ in range(32)]
    answers = []
    for wave in range(waves):
        calls = [partial(customer.post, "/v1/orders", order_body()) for customer in customers[wave::waves]]
        answers += at_once(calls)
        arena.clock.advance(seconds=1)
    placed = sorted((answer.json["order"] for answer in answers), key=lambda one: (one["created_at"], one["id"]))
    waiting = [one["id"] for one in placed if one["status"] == "no_nearby_driver"]
    assert len(waiting) == 24
    assert {in_hand(courier) for courier in couriers} == {one["id"] for one in placed} - set(waiting)
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


def test_four_processes_serve_waiting_orders_in_order_of_age_and_no_courier_twice(
    shared: World, processes: Crew
) -> None:
    """32 customers of four processes order at once; then each process frees one of its 2 couriers at a time."""
    rounds = examples(40, everyday=1 / 40)
    couriers = [on_duty(shared.person("courier"), km=number / 10).user_id for number in range(8)]
    customers = [shared.person("customer").token for _ in range(32)]
    dispatcher = shared.person("dispatcher").token
    parts = [(rounds, customers[first::4], couriers[first::4], dispatcher) for first in range(processes.size)]
    results = processes.race(free_couriers, parts, now=shared.clock.now(), radius_m=1_000)
    for queues in zip(*results, strict=True):
        held = {order_id for queue in queues for order_id in queue.held}
        placed = {order_id for queue in queues for order_id in queue.placed}
        assert (len(held), len(placed), held <= placed) == (8, 32, True)
        waiting = sorted(placed - held)
        turns = [set(turn) for turn in zip(*(queue.served for queue in queues), strict=True)]
        assert turns[:6] == [set(waiting[start : start + 4]) for start in range(0, 24, 4)]
        assert turns[6:] == [{None}, {None}]


def test_four_processes_strand_no_order_beside_a_free_courier(shared: World, processes: Crew) -> None:
    rounds = examples(1000, everyday=1 / 100)
    couriers = [on_duty(shared.person("courier"), km=number / 10) for number in range(processes.size)]
    customers = [shared.person("customer") for _ in range(processes.size)]
    parts = [(rounds, customer.token, order(customer)["id"]) for customer in customers]
    results = processes.race(swap_orders, parts, now=shared.clock.now(), radius_m=1_000)
    assert [len(result) for result in results] == [rounds] * processes.size
    everybody = {courier.user_id for courier in couriers}
    assert all(set(holders) == everybody for holders in zip(*results, strict=True))
