"""Delivery of events to sockets: order, places of sessions, repeats and failures."""

import logging
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.core.work import Recipient
from chalicelib.realtime.tables import PENDING_SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import carried, on_duty, order, step
from tests.builders.mailboxes import (
    is_leased,
    is_pending,
    is_stored,
    log_of,
    numbers_at,
    publish,
    publish_each,
    queued,
    recipient,
)
from tests.builders.sockets import RecordingSender
from tests.builders.time import ManualClock
from tests.builders.world import DEMO, OTHER, Person, World
from tests.environment import examples

LOST_LINE = 1006


class SlowSender(RecordingSender):
    """A gateway that takes its time over every message."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        self._clock.advance(seconds=self._seconds)
        super().post(endpoint, connection_id, message)


def say_ack(world: World, socket: str, number: int) -> None:
    world.say(socket, f'{{"event": "ack", "data": {{"id": {number}}}}}')


def away(world: World, person: Person) -> None:
    """Let a session have a place in the mailbox, and no connection."""
    world.hang_up(person.socket())


# Order


def test_events_arrive_in_order_with_rising_ids(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish_each(world, courier, 1, 2)
    publish(world, courier, 3, 4, 5)
    assert numbers_at(world, socket) == [1, 2, 3, 4, 5]
    assert [sent.id for sent in world.heard(socket)] == [1, 2, 3, 4, 5]
    assert world.heard(socket)[0].at == "2026-03-01T09:00:00.000Z"


def test_every_connection_receives_every_event(world: World) -> None:
    courier = world.person("courier")
    phone, tablet = courier.socket(), courier.socket()
    publish_each(world, courier, 1, 2, 3)
    assert numbers_at(world, phone) == [1, 2, 3]
    assert numbers_at(world, tablet) == [1, 2, 3]


def test_several_batches_arrive_in_order(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    for start in range(0, 90, 30):
        publish(world, courier, *range(start, start + 30))
    assert numbers_at(world, courier.socket()) == list(range(90))
    assert not is_pending(courier)


# Places of sessions


def test_missed_events_are_delivered_in_order_and_once(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    publish_each(world, courier, 1, 2, 3, 4, 5)
    socket = courier.socket()
    assert numbers_at(world, socket) == [1, 2, 3, 4, 5]
    world.hang_up(socket)
    assert numbers_at(world, courier.socket()) == []


def test_each_session_has_its_own_place(world: World) -> None:
    phone = world.person("courier")
    tablet = world.signed_in(DEMO, phone.user_id, "courier")
    away(world, phone)
    away(world, tablet)
    publish_each(world, phone, 1, 2)
    assert numbers_at(world, phone.socket()) == [1, 2]
    publish(world, phone, 3)
    assert numbers_at(world, tablet.socket()) == [1, 2, 3]


def test_new_session_begins_at_end_of_mailbox(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2)
    socket = courier.socket()
    publish(world, courier, 3)
    assert numbers_at(world, socket) == [3]


def test_new_session_gets_offer_that_stands(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    placed = order(customer)
    socket = courier.socket()
    assert [(sent.event, sent.data["order_id"]) for sent in world.heard(socket)] == [("order.assigned", placed["id"])]


def test_new_session_gets_newest_status_of_active_orders_only(world: World) -> None:
    couriers = [on_duty(world.person("courier")), on_duty(world.person("courier"))]
    customer = world.person("customer")
    first = order(customer)
    holder = next(c for c in couriers if c.user_id == first["assigned_courier"])
    carried(holder, first)
    second = order(customer)
    step(next(c for c in couriers if c.user_id == second["assigned_courier"]), "accept", second["id"])
    heard = world.heard(customer.socket())
    assert [(sent.data["order_id"], sent.data["status"]) for sent in heard] == [(second["id"], "accepted")]


def test_connect_with_after_gets_what_follows_that_id(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    publish_each(world, courier, 1, 2, 3)
    assert numbers_at(world, courier.socket(after="1")) == [2, 3]
    assert numbers_at(world, courier.socket(after="9" * 25)) == []


# Unclean ends


def test_dead_line_loses_nothing_without_ack(world: World) -> None:
    courier = world.person("courier")
    dead = courier.socket()
    for number in range(1, examples(200, everyday=1 / 8) + 1):
        publish(world, courier, number)  # posted to a line that is dead already
        world.clock.advance(seconds=3)
        alive = courier.socket()
        assert numbers_at(world, alive)[-1] == number
        publish(world, courier, 1000 + number)
        assert numbers_at(world, alive)[-1] == 1000 + number
        world.hang_up(dead, LOST_LINE)
        dead = alive


def test_dead_line_repeats_nothing_after_ack(world: World) -> None:
    courier = world.person("courier")
    dead = courier.socket()
    number = 0
    for _ in range(examples(200, everyday=1 / 8)):
        publish_each(world, courier, number + 1, number + 2)
        say_ack(world, dead, number + 1)
        number += 2
        world.clock.advance(seconds=3)
        alive = courier.socket()
        world.hang_up(dead, LOST_LINE)
        assert numbers_at(world, alive) == [number]
        say_ack(world, alive, number)
        dead = alive


@pytest.mark.parametrize("seconds_before_end", [59, 5])
def test_last_minute_before_unclean_end_is_repeated(world: World, seconds_before_end: int) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish(world, courier, 1)
    world.clock.advance(minutes=5)
    publish(world, courier, 2)
    world.clock.advance(seconds=seconds_before_end)
    publish(world, courier, 3)
    world.hang_up(socket, LOST_LINE)
    assert numbers_at(world, courier.socket()) == [2, 3]


def test_older_than_a_minute_before_unclean_end_is_not_repeated(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish_each(world, courier, 1, 2)
    world.clock.advance(seconds=61)
    world.hang_up(socket, LOST_LINE)
    assert numbers_at(world, courier.socket()) == []


def test_current_events_of_a_new_session_are_repeated_after_a_dead_line(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    order(customer)
    dead = courier.socket()
    world.hang_up(dead, LOST_LINE)
    assert world.sender.events(courier.socket()) == ["order.assigned"]


def test_repeat_after_gone_connection_that_nobody_reported(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.clock.advance(minutes=5)
    publish(world, courier, 1)
    world.sender.closed.add(socket)
    publish(world, courier, 2)
    assert not is_stored(courier, socket)
    assert numbers_at(world, courier.socket()) == [1, 2]


def test_later_end_of_an_older_connection_does_not_move_the_place_back(world: World) -> None:
    courier = world.person("courier")
    older = courier.socket()
    world.clock.advance(minutes=2)
    publish(world, courier, 1)
    newer = courier.socket()
    world.clock.advance(minutes=2)
    publish(world, courier, 2)
    world.hang_up(newer)
    world.hang_up(older, LOST_LINE)
    assert numbers_at(world, courier.socket()) == []


def test_acks_that_arrive_out_of_order_keep_the_newest(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish_each(world, courier, 1, 2, 3)
    say_ack(world, socket, 2)
    say_ack(world, socket, 1)
    world.hang_up(socket, LOST_LINE)
    assert numbers_at(world, courier.socket()) == [3]


def test_ack_beyond_the_newest_event_counts_as_the_newest(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish(world, courier, 1)
    say_ack(world, socket, 1000)
    world.hang_up(socket, LOST_LINE)
    publish(world, courier, 2)
    assert numbers_at(world, courier.socket()) == [2]


# Old events


def test_events_older_than_a_day_are_not_delivered(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    publish_each(world, courier, 1, 2)
    world.clock.advance(seconds=settings().mailbox_retention_s)
    publish(world, courier, 3)
    courier = Person(world, DEMO, courier.user_id, "courier", courier.session_id, courier.fresh_token())
    assert numbers_at(world, courier.socket()) == [3]


def test_only_the_newest_five_hundred_events_are_kept(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    world.reset_parts(config=replace(settings(), mailbox_limit=30))
    publish_each(world, courier, *range(40))
    assert numbers_at(world, courier.socket()) == list(range(10, 40))


def test_of_old_events_the_newest_per_order_is_sent(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    away(world, customer)
    carried(courier, order(customer))
    world.clock.advance(minutes=11)
    heard = world.heard(customer.socket())
    assert [sent.data["status"] for sent in heard] == ["delivered"]


def test_offer_that_no_longer_stands_is_not_sent_late(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    away(world, courier)
    placed = order(customer)
    step(courier, "decline", placed["id"])
    world.clock.advance(minutes=11)
    assert world.sender.events(courier.socket()) == []


# Failures


def test_sweep_delivers_if_trigger_fails(world: World) -> None:
    courier = world.person("courier")
    away(world, courier)
    publish_each(world, courier, 1, 2)
    world.connect("phone", courier.token)
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, "phone") == [1, 2]


def test_gone_connection_is_deleted_and_others_are_served(world: World) -> None:
    courier = world.person("courier")
    dead, alive = courier.socket(), courier.socket()
    world.clock.advance(seconds=settings().connection_grace_s)
    world.sender.closed.add(dead)
    publish_each(world, courier, 1, 2)
    assert numbers_at(world, alive) == [1, 2]
    assert not is_stored(courier, dead)
    assert is_stored(courier, alive)
    assert not is_pending(courier)


def test_young_gone_connection_is_kept_and_tried_again(world: World) -> None:
    courier = world.person("courier")
    world.connect("young", courier.token)
    world.sender.opening["young"] = 3
    publish(world, courier, 1)
    assert is_stored(courier, "young")
    assert numbers_at(world, "young") == []
    world.wake()
    assert numbers_at(world, "young") == [1]
    assert not is_pending(courier)


def test_young_connection_that_never_opens_is_deleted(world: World) -> None:
    courier = world.person("courier")
    world.connect("young", courier.token)
    world.sender.closed.add("young")
    publish(world, courier, 1)
    world.clock.advance(seconds=settings().connection_grace_s)
    world.sweep()
    assert not is_stored(courier, "young")
    assert not is_pending(courier)


def test_failed_post_is_handed_over_and_tried_again_soon(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 2
    publish_each(world, courier, 1, 2)
    assert recipient(courier) in world.delivery_trigger.recipients
    world.wake()
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_long_gateway_failure_is_left_to_sweep(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 1_000
    publish_each(world, courier, 1, 2)
    world.wake()
    assert numbers_at(world, socket) == []
    assert is_pending(courier)
    assert not is_leased(courier)
    world.sender.failing.clear()
    world.clock.advance(minutes=2)
    world.sweep()
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_failing_connection_delays_and_repeats_nothing_for_another(world: World) -> None:
    courier = world.person("courier")
    failing, fine = courier.socket(), courier.socket()
    world.sender.failing[failing] = 1_000
    publish(world, courier, 1, 2)
    publish(world, courier, 3)
    assert numbers_at(world, fine) == [1, 2, 3]
    world.sender.failing.clear()
    world.clock.advance(minutes=2)
    world.sweep()
    assert numbers_at(world, failing) == [1, 2, 3]
    assert numbers_at(world, fine) == [1, 2, 3]


def test_requests_do_not_wait_for_a_connection_that_has_just_failed(world: World) -> None:
    courier = world.person("courier")
    failing = courier.socket()
    world.sender.failing[failing] = 2
    publish_each(world, courier, 1, 2, 3)
    assert world.sender.failing[failing] == 1


def test_failing_mailboxes_do_not_hold_up_the_sweep_of_newer_ones(world: World, engine: EmbeddedEngine) -> None:
    stuck = world.person("courier")
    world.sender.failing[stuck.socket()] = 1_000_000
    publish(world, stuck, 1)
    for _ in range(8):
        world.clock.advance(minutes=2)
        world.sweep()
    calls: list[str] = []
    world.clock.advance(seconds=2)
    with engine.before(None, lambda operation, _: calls.append(operation)):
        world.sweep()
    assert calls.count("Query") >= PENDING_SHARDS.count
    assert "BatchGetItem" not in calls


def test_delivery_stops_when_its_time_is_over(world: World) -> None:
    courier = world.person("courier")
    world.sender = SlowSender(world.clock, seconds=0.6)
    world.reset_parts()
    slow = courier.socket()
    publish(world, courier, 1, 2, 3, 4)
    assert numbers_at(world, slow) == [1, 2]
    assert is_pending(courier)
    world.wake()
    assert numbers_at(world, slow) == [1, 2, 3, 4]
    assert not is_pending(courier)


# Absent people


def test_events_of_an_absent_person_go_to_the_log_at_once(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2, 3)
    assert queued(courier) == 0
    assert not is_pending(courier)
    assert [event.number for event in log_of(courier)] == [1, 2, 3]


def test_events_do_not_reach_another_organisation(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    ours = [courier.socket(), customer.socket()]
    strangers = [on_duty(world.person("courier", OTHER), km=0.1), world.person("customer", OTHER)]
    strangers.append(world.person("dispatcher", OTHER))
    theirs = [stranger.socket() for stranger in strangers]
    carried(courier, order(customer))
    assert [len(world.heard(socket)) for socket in ours] == [1, 5]
    assert [world.heard(socket) for socket in theirs] == [[], [], []]
    assert [log_of(stranger) for stranger in strangers] == [[], [], []]


def test_mailbox_is_per_organisation(world: World) -> None:
    courier = world.person("courier", DEMO)
    away(world, courier)
    world.run(lambda work: work.publish(Recipient(OTHER, courier.user_id), "note", {"number": 1}), OTHER)
    assert numbers_at(world, courier.socket()) == []


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Failures are warned of; these tests provoke many."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
