"""Hourly counts agree with what happened, however many steps are made at the same moment."""

from collections import Counter
from functools import partial
from typing import Any

from chalicelib.core.hourly_counts import SHARDS, HourlyCounts
from chalicelib.dispatch.orders.tables import ORDER_HOURS
from chalicelib.picking.tables import PICK_HOURS
from tests.builders.dispatch import cancel_order, carried, duty, end_waits, on_duty, order_body, step
from tests.builders.picking import Scanner, claim, close, line, load, record, stored
from tests.builders.world import DEMO, Answer, Person, World
from tests.races.crowd import at_once

SIZE = 24


def counted(world: World, counts: HourlyCounts, *names: str) -> dict[str, int]:
    values = counts.read(DEMO, now=world.clock.now())
    return {name: values.today(name) for name in names}


def test_orders_that_end_at_the_same_moment_are_each_counted_once(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(SIZE)]
    customers = [arena.person("customer") for _ in range(SIZE + 4)]
    placed = at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])
    assert {answer.status for answer in placed} == {201}
    by_id = {courier.user_id: courier for courier in couriers}
    orders = [answer.json["order"] for answer in placed]
    taken = [(by_id[one["assigned_courier"]], one) for one in orders if "assigned_courier" in one]
    on_the_way = [(courier, carried(courier, one, "picked_up")) for courier, one in taken[: SIZE // 2]]
    calls: list[Any] = [partial(step, courier, "delivered", one["id"]) for courier, one in on_the_way]
    owners = dict(zip((one["id"] for one in orders), customers, strict=True))
    waiting = [one for _, one in taken[SIZE // 2 :]]
    calls += [partial(cancel_order, owners[one["id"]], one["id"]) for one in waiting]
    calls += [partial(step, courier, "decline", one["id"]) for courier, one in taken[SIZE // 2 :]]
    at_once(calls)
    for courier in couriers:
        duty(courier, available=False)
    end_waits(arena)
    dispatcher = arena.person("dispatcher")
    states = Counter(one["status"] for one in dispatcher.get("/v1/orders?limit=100").json["orders"])
    assert sum(states.values()) == SIZE + 4
    ended = {name: states[name] for name in ("delivered", "canceled_by_customer", "no_nearby_driver")}
    assert counted(arena, ORDER_HOURS, "created", *ended) == {"created": SIZE + 4, **ended}


def test_assignments_that_end_at_the_same_moment_are_each_counted_once(arena: World) -> None:
    load(arena, *(record(f"PA-{number:02}", lines=[line(1, 2)]) for number in range(SIZE)))
    pickers = [arena.person("picker") for _ in range(SIZE)]
    held = [(picker, claim(picker)["assignment_id"]) for picker in pickers]

    def pick(picker: Person, ref: str) -> None:
        Scanner(arena, picker, ref).send_scans(2)

    def end(picker: Person, ref: str) -> Answer:
        return close(picker, ref)

    calls: list[Any] = [partial(pick, *each) for each in held]
    calls += [partial(end, *each) for each in held[::2]]
    at_once(calls)
    states = Counter(stored(ref).status for _, ref in held)
    assert states["completed"] + states["closed"] + states["active"] == SIZE
    ended = {name: states[name] for name in ("completed", "closed")}
    picked = int(sum(stored(ref).units for _, ref in held))
    assert counted(arena, PICK_HOURS, "created", "units", *ended) == {"created": SIZE, "units": picked, **ended}


def test_steps_of_the_same_moment_are_spread_over_shards(arena: World) -> None:
    customers = [arena.person("customer") for _ in range(SIZE)]
    at_once([partial(customer.post, "/v1/orders", order_body()) for customer in customers])
    shards = {item["sk"]["S"].rpartition("#")[2] for item in ORDER_HOURS.query(DEMO, now=arena.clock.now()).raw_items()}
    assert 4 < len(shards) <= SHARDS
