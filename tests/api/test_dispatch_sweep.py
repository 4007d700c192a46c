"""The sweep takes away what nobody has answered in time, once, and gives it to the next courier."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.dispatch.orders.sweep import OfferOutcome, reassign_due
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    NOWHERE,
    audit_row,
    cancel_order,
    carried,
    diff,
    duty,
    on_duty,
    order,
    step,
    stored_courier,
    stored_order,
    time_out,
    told,
)
from tests.builders.mailboxes import mail
from tests.builders.world import OTHER, Person, World


def swept(world: World) -> Counter[OfferOutcome]:
    """One pass over the offers alone, and what it did."""
    return reassign_due(world.parts.dependencies, "sweep-1").outcomes


def state_of(customer: Person, placed: dict[str, Any]) -> tuple[str, str | None]:
    """Status and courier of an order as its customer reads them."""
    now = customer.get(f"/v1/orders/{placed['id']}").json
    return now["status"], now.get("assigned_courier")


@pytest.fixture
def customer(world: World) -> Person:
    """Somebody who orders."""
    return world.person("customer")


def test_an_offer_stands_for_fifteen_seconds(world: World, customer: Person) -> None:
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    world.clock.advance(seconds=14, milliseconds=999)
    assert swept(world) == {}
    assert state_of(customer, placed) == ("assigned", first.user_id)
    world.clock.advance(milliseconds=1)
    assert swept(world) == {OfferOutcome.REASSIGNED: 1}
    assert state_of(customer, placed) == ("assigned", second.user_id)


def test_each_courier_is_offered_an_order_once_until_nobody_is_left(world: World, customer: Person) -> None:
    couriers = [on_duty(world.person("courier"), km=km) for km in (1, 2, 3)]
    placed = order(customer)
    offered_to = []
    for _ in couriers:
        offered_to.append(state_of(customer, placed)[1])
        time_out(world)
    assert offered_to == [courier.user_id for courier in couriers]
    assert state_of(customer, placed) == ("no_nearby_driver", None)
    assert stored_order(placed["id"]).version == 4
    time_out(world)
    assert stored_order(placed["id"]).version == 4


def test_who_lost_an_offer_is_free_for_the_next_order_and_idle_since_now(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    order(customer)
    time_out(world)
    known = stored_courier(courier)
    assert known is not None
    assert (known.order_id, known.idle_since) == (None, world.clock.now())
    assert order(customer)["assigned_courier"] == courier.user_id


def test_an_accept_that_comes_before_the_sweep_wins_although_the_time_is_over(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    world.clock.advance(minutes=2)
    assert step(courier, "accept", placed["id"]).status == 200
    assert swept(world) == {}
    assert state_of(customer, placed) == ("accepted", courier.user_id)


def test_an_accept_that_comes_after_the_sweep_is_refused(world: World, customer: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(customer)
    time_out(world)
    answer = step(courier, "accept", placed["id"])
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize("until", ["accepted", "arrived", "picked_up", "delivered"])
def test_what_was_accepted_is_never_taken_away(world: World, customer: Person, until: str) -> None:
    courier = on_duty(world.person("courier"))
    placed = carried(courier, order(customer), until)
    world.clock.advance(hours=1)
    assert swept(world) == {}
    assert state_of(customer, placed) == (until, courier.user_id)


def test_a_new_offer_has_its_own_fifteen_seconds(world: World, customer: Person) -> None:
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    world.clock.advance(seconds=10)
    step(first, "decline", placed["id"])
    world.clock.advance(seconds=14)
    assert swept(world) == {}
    assert state_of(customer, placed) == ("assigned", second.user_id)
    world.clock.advance(seconds=1)
    assert swept(world) == {OfferOutcome.EXHAUSTED: 1}


def test_an_order_that_was_called_off_is_not_due(world: World, customer: Person) -> None:
    on_duty(world.person("courier"))
    cancel_order(customer, order(customer)["id"])
    world.clock.advance(seconds=15)
    assert swept(world) == {}


def test_an_accept_in_the_middle_of_the_sweep_wins(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    courier, other = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    sockets = [person.socket() for person in (customer, courier, other)]
    placed = order(customer)
    for socket in sockets:
        told(world, socket)
    world.clock.advance(seconds=15)

    def accept(_: str, __: dict[str, Any]) -> None:
        assert step(courier, "accept", placed["id"]).status == 200

    with engine.before("TransactWriteItems", accept, times=1):
        assert swept(world) == {OfferOutcome.SETTLED: 1}
    assert state_of(customer, placed) == ("accepted", courier.user_id)
    heard = [[(event, data.get("status")) for event, data in told(world, socket)] for socket in sockets]
    assert heard == [[("order.status", "accepted")], [], []]


def test_a_sweep_in_the_middle_of_an_accept_wins(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    courier, other = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    world.clock.advance(seconds=15)
    with engine.before("TransactWriteItems", lambda *_: world.sweep(), times=1):
        answer = step(courier, "accept", placed["id"])
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert state_of(customer, placed) == ("assigned", other.user_id)


def test_a_courier_taken_in_the_middle_of_the_sweep_is_not_offered_a_second_order(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    on_duty(world.person("courier"), km=1)
    second, third = (on_duty(world.person("courier"), km=km) for km in (2, 3))
    placed = order(customer)
    world.clock.advance(seconds=15)
    taken: list[dict[str, Any]] = []
    with engine.before("TransactWriteItems", lambda *_: taken.append(order(customer)), times=1):
        swept(world)
    assert taken[0]["assigned_courier"] == second.user_id
    assert state_of(customer, placed) == ("assigned", third.user_id)


def test_a_courier_who_goes_off_duty_in_the_middle_of_the_sweep_stays_off(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    world.clock.advance(seconds=15)
    with engine.before("TransactWriteItems", lambda *_: duty(first, available=False), times=1):
        swept(world)
    assert state_of(customer, placed) == ("assigned", second.user_id)
    assert order(customer)["status"] == "no_nearby_driver"


def test_sweeps_at_once_take_each_offer_away_once(world: World, customer: Person) -> None:
    for number in range(12):
        on_duty(world.person("courier"), km=number / 2)
    placed = [order(customer) for _ in range(6)]
    world.clock.advance(seconds=15)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(swept, world) for _ in range(4)]:
            done.result()
    now = [stored_order(one["id"]) for one in placed]
    assert [(one.status, one.version) for one in now] == [("assigned", 2)] * 6
    assert len({one.assigned_courier for one in now}) == 6
    assert [data["status"] for _, data in mail(customer)] == ["assigned"] * 12


def test_one_order_that_fails_does_not_stop_the_others(world: World, customer: Person, engine: EmbeddedEngine) -> None:
    for _ in range(4):
        on_duty(world.person("courier"))
    placed = [order(customer) for _ in range(4)]
    poisoned = placed[1]["id"]
    world.clock.advance(seconds=15)

    def fail(_: str, request: dict[str, Any]) -> None:
        if poisoned in str(request):
            raise ConnectionError

    with engine.before("TransactWriteItems", fail):
        outcomes = swept(world)
    assert outcomes[OfferOutcome.FAILED] == 1
    assert stored_order(poisoned).version == 1
    assert all(stored_order(one["id"]).version > 1 for one in placed if one["id"] != poisoned)
    swept(world)
    assert stored_order(poisoned).version > 1


def test_a_sweep_serves_all_organisations_and_mixes_none(world: World, customer: Person) -> None:
    theirs = world.person("customer", OTHER)
    first, stranger = on_duty(world.person("courier")), on_duty(world.person("courier", OTHER))
    mine, other = order(customer), order(theirs)
    assert (mine["assigned_courier"], other["assigned_courier"]) == (first.user_id, stranger.user_id)
    time_out(world)
    assert state_of(customer, mine) == ("no_nearby_driver", None)
    assert state_of(theirs, other) == ("no_nearby_driver", None)


def test_an_order_without_a_place_goes_on_to_whoever_is_idle_longest(world: World, customer: Person) -> None:
    couriers = []
    for _ in range(3):
        couriers.append(on_duty(world.person("courier"), km=None))
        world.clock.advance(seconds=1)
    placed = order(customer, **NOWHERE)
    time_out(world)
    assert state_of(customer, placed) == ("assigned", couriers[1].user_id)


def test_the_trail_says_that_the_sweep_did_it(world: World, customer: Person) -> None:
    first, second = (on_duty(world.person("courier"), km=km) for km in (1, 2))
    placed = order(customer)
    world.clock.advance(seconds=15)
    swept(world)
    row = audit_row(world, placed["id"], "ORDER_TIMED_OUT")
    assert (row.actor_id, row.entity_type, row.request_id, row.org_id) == ("system:sweep", "order", "sweep-1", "demo")
    assert diff(row) == {
        "assigned_courier": [first.user_id, second.user_id],
        "offer_expires_at": ["2026-03-01T09:00:15Z", "2026-03-01T09:00:30Z"],
        f"courier/{first.user_id}.order_id": [placed["id"], None],
        f"courier/{second.user_id}.order_id": [None, placed["id"]],
    }


def test_a_sweep_over_nothing_due_asks_twice_per_shard_and_writes_nothing(
    world: World, customer: Person, engine: EmbeddedEngine
) -> None:
    for _ in range(3):
        on_duty(world.person("courier"))
        order(customer)
    calls: Counter[str] = Counter()
    with engine.before(None, lambda operation, _: calls.update([operation])):
        swept(world)
    assert calls == {"Query": 16}
