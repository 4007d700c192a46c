"""A clock that is set back: what was set by the later time does not wait until the clock has caught up."""

from datetime import timedelta

import pytest

from chalicelib.core.clock import SKEW, is_due
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import east, on_duty, order, order_body, report
from tests.builders.mailboxes import is_pending, numbers_at, publish
from tests.builders.signing_in import PASSWORD, anna
from tests.builders.time import START
from tests.builders.world import Person, World

LIFE = timedelta(seconds=15)
MINUTES = 10


def set_back(world: World, *people: Person) -> None:
    """Set the clock back; the people get new access tokens, because theirs are not valid yet."""
    world.clock.set(minutes=-MINUTES)
    for person in people:
        person.token = person.fresh_token()


def test_a_time_further_ahead_than_its_life_is_due() -> None:
    assert is_due(START, START, LIFE)
    assert not is_due(START + LIFE, START, LIFE)
    assert not is_due(START + LIFE + SKEW, START, LIFE)
    assert is_due(START + LIFE + SKEW + timedelta(milliseconds=1), START, LIFE)


def test_an_offer_goes_to_the_next_courier(world: World) -> None:
    customer = world.person("customer")
    couriers = [on_duty(world.person("courier"), km=km) for km in (1, 2)]
    placed = order(customer)
    assert placed["assigned_courier"] == couriers[0].user_id
    set_back(world, *couriers)
    report(couriers[1], *east(2))
    world.sweep()
    after = couriers[1].get(f"/v1/orders/{placed['id']}")
    assert after.json["assigned_courier"] == couriers[1].user_id


def test_a_clock_that_goes_back_a_little_ends_no_offer_early(world: World) -> None:
    customer = world.person("customer")
    couriers = [on_duty(world.person("courier"), km=km) for km in (1, 2)]
    placed = order(customer)
    world.clock.set(seconds=-3)
    world.sweep()
    couriers[0].token = couriers[0].fresh_token()
    assert couriers[0].get(f"/v1/orders/{placed['id']}").json["assigned_courier"] == couriers[0].user_id


def test_a_mailbox_that_is_pending_is_delivered_by_the_next_sweep(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 1
    publish(world, courier, 1)
    assert is_pending(courier)
    world.clock.set(minutes=-MINUTES)
    world.sweep()
    assert numbers_at(world, socket) == [1]
    assert not is_pending(courier)


def test_a_lease_whose_delivery_has_died_ends(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()

    def die(*_: object) -> None:
        raise ConnectionError

    with engine.before("BatchGetItem", die):
        publish(world, courier, 1)
    assert numbers_at(world, socket) == []
    world.clock.set(minutes=-MINUTES)
    world.sweep()
    assert numbers_at(world, socket) == [1]


def test_a_young_connection_that_is_gone_is_removed(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.clock.set(minutes=-MINUTES)
    world.sender.closed.add(socket)
    publish(world, courier, 1)
    world.sweep()
    assert not is_pending(courier)


def test_a_lock_lasts_no_longer(world: World) -> None:
    anna(world)
    body = {"identifier": "anna", "password": "wrong"}
    statuses = [world.call("POST", "/v1/auth/login", body).status for _ in range(6)]
    assert statuses[-1] == 423
    world.clock.set(minutes=-MINUTES)
    assert world.call("POST", "/v1/auth/login", body | {"password": PASSWORD}).status == 200
    statuses = [world.call("POST", "/v1/auth/login", body).status for _ in range(6)]
    assert statuses[-1] == 423


def test_refused_requests_are_audited(world: World) -> None:
    picker = world.person("picker")
    assert picker.post("/v1/orders", order_body()).status == 403
    rows = len(world.audit())
    set_back(world, picker)
    assert picker.post("/v1/orders", order_body()).status == 403
    assert len(world.audit()) == rows + 1


@pytest.mark.parametrize("minutes", [-MINUTES, MINUTES])
def test_a_request_during_which_the_clock_is_set_is_carried_out(
    world: World, engine: EmbeddedEngine, minutes: int
) -> None:
    customer = world.person("customer")

    def set_clock(*_: object) -> None:
        world.clock.set(minutes=minutes)

    with engine.before("BatchGetItem", set_clock, times=1):
        assert customer.get("/v1/customer/orders/history").status == 200
