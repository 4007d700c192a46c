"""Deliveries interleaved with other actions at exact moments."""

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import on_duty, order, order_body, step
from tests.builders.mailboxes import (
    before_release,
    before_sessions_are_read,
    is_leased,
    is_pending,
    numbers_at,
    publish,
)
from tests.builders.outboxes import DyingOutbox, Killed
from tests.builders.world import World


def test_event_published_before_release_is_delivered_by_owner(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    with before_release(engine, lambda: publish(world, courier, 2)):
        publish(world, courier, 1)
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_event_published_during_read_is_delivered_by_owner(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    before_sessions_are_read(engine, lambda: publish(world, courier, 2))
    publish(world, courier, 1)
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_connect_before_release_is_served(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    world.hang_up(courier.socket())

    def connect() -> None:
        world.connect("late", courier.token)
        world.wake()

    with before_release(engine, connect):
        publish(world, courier, 1)
    assert numbers_at(world, "late") == [1]
    assert not is_pending(courier)


def test_second_connection_during_delivery_receives_later_events(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    first = courier.socket()

    def connect() -> None:
        world.connect("second", courier.token)
        world.wake()

    with before_release(engine, connect):
        publish(world, courier, 1)
    publish(world, courier, 2)
    assert numbers_at(world, first) == [1, 2]
    assert numbers_at(world, "second") == [1, 2]


def test_failed_release_is_swept_after_lease_expires(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()

    def lose_the_network() -> None:
        raise ConnectionError

    with before_release(engine, lose_the_network):
        publish(world, courier, 1)
    publish(world, courier, 2)
    assert is_leased(courier)
    world.clock.advance(seconds=17)
    world.sweep()
    assert numbers_at(world, socket) == [1, 1, 2]
    assert not is_pending(courier)


def test_order_of_dead_process_is_delivered_by_sweep(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    theirs, mine = courier.socket(), customer.socket()
    world.reset_parts(outbox=DyingOutbox(world.parts.delivery))
    with pytest.raises(Killed):
        customer.post("/v1/orders", order_body())
    assert (world.heard(theirs), world.heard(mine)) == ([], [])
    world.reset_parts()
    world.clock.advance(seconds=2)
    world.sweep()
    assert world.sender.events(theirs) == ["order.assigned"]
    assert world.sender.events(mine) == ["order.status"]
    assert not is_pending(courier)


def test_events_of_dead_process_precede_later_ones(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    placed = order(customer)
    mine = customer.socket()
    before = len(world.heard(mine))
    world.reset_parts(outbox=DyingOutbox(world.parts.delivery))
    with pytest.raises(Killed):
        step(courier, "accept", placed["id"])
    world.reset_parts()
    assert step(courier, "arrived", placed["id"]).status == 200
    assert [sent.data["status"] for sent in world.heard(mine)[before:]] == ["accepted", "arrived"]


def test_retry_after_dead_process_is_replayed(world: World) -> None:
    customer = world.person("customer")
    socket = customer.socket()
    world.reset_parts(outbox=DyingOutbox(world.parts.delivery))
    with pytest.raises(Killed):
        customer.post("/v1/orders", order_body(), idempotency_key="once")
    world.reset_parts()
    answer = customer.post("/v1/orders", order_body(), idempotency_key="once")
    assert (answer.status, answer.headers["Idempotent-Replayed"]) == (201, "true")
    world.clock.advance(seconds=2)
    world.sweep()
    assert [sent.data["order_id"] for sent in world.heard(socket)] == [answer.json["order"]["id"]]


def test_five_missed_events_arrive_in_order_after_reconnect(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    world.hang_up(courier.socket())
    first = order(customer)
    world.clock.advance(seconds=15)
    world.sweep()
    second = order(customer)
    customer.post("/v1/customer/orders/cancel", {"order_id": second["id"]})
    back = courier.socket()
    heard = [(sent.event, sent.data["order_id"]) for sent in world.heard(back)]
    assert heard == [
        ("order.assigned", first["id"]),
        ("order.assignment_timed_out", first["id"]),
        ("order.no_nearby_driver", first["id"]),
        ("order.assigned", second["id"]),
        ("order.status", second["id"]),
    ]
