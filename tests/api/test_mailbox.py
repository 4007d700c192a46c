"""The operations of a mailbox: append, acquire, advance and release."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.users import NewAccount, add_user
from chalicelib.realtime import mailbox
from chalicelib.realtime.mailbox import Lease
from chalicelib.realtime.sweep import drain_pending
from chalicelib.realtime.tables import PENDING_SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.mailboxes import (
    head_of,
    is_leased,
    is_pending,
    numbers_at,
    publish,
    publish_each,
    recipient,
    waiting,
)
from tests.builders.world import DEMO, Person, World

LIFE = timedelta(seconds=15)


def taken(world: World, person: Person, owner: str) -> Lease:
    lease = mailbox.acquire(recipient(person), owner, world.clock.now(), LIFE)
    assert lease is not None
    return lease


def test_event_numbers_have_no_gaps(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2, 3)
    publish(world, courier, 4, 5)
    socket = courier.socket()
    publish_each(world, courier, 6, 7)
    head = head_of(courier)
    assert head is not None
    assert (head.tail, head.delivered, head.queue) == (7, 7, [])
    assert numbers_at(world, socket) == [1, 2, 3, 4, 5, 6, 7]


def test_queue_is_between_delivered_and_tail(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish_each(world, courier, 1, 2)
    world.hang_up(socket)
    publish_each(world, courier, 3, 4, 5)
    head = head_of(courier)
    assert head is not None
    assert (head.tail, head.delivered, len(head.queue)) == (5, 2, 3)


def test_refused_change_appends_nothing(world: World) -> None:
    courier = world.person("courier")

    def refused(work: UnitOfWork) -> None:
        work.publish(recipient(courier), "note", {"number": 1})
        raise Conflict

    with pytest.raises(Conflict):
        world.run(refused)
    assert head_of(courier) is None


def test_failed_commit_appends_nothing(world: World) -> None:
    courier = world.person("courier", username="somebody")

    def lost(work: UnitOfWork) -> None:
        work.publish(recipient(courier), "note", {"number": 1})
        add_user(work, DEMO, NewAccount("somebody", "Somebody Else", "courier", "-"))

    with pytest.raises(NameTaken):
        world.run(lost)
    assert head_of(courier) is None


def test_held_lease_is_not_waited_for(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    taken(world, courier, "somebody else")
    publish(world, courier, 1)
    assert numbers_at(world, socket) == []
    assert waiting(courier) == 1
    assert is_pending(courier)


def test_expired_lease_is_acquired(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    taken(world, courier, "who dies now")
    publish(world, courier, 1)
    world.sweep()
    assert numbers_at(world, socket) == []
    world.clock.advance(seconds=16)
    world.sweep()
    assert numbers_at(world, socket) == [1]
    assert not is_leased(courier)
    assert not is_pending(courier)


def test_lease_is_held_until_it_expires(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1)
    first = taken(world, courier, "first")
    world.clock.advance(seconds=15)
    assert mailbox.acquire(recipient(courier), "second", world.clock.now(), LIFE) is None
    world.clock.advance(seconds=0.001)
    second = taken(world, courier, "second")
    assert second.until > first.until


def test_lost_lease_cannot_advance(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2)
    slow = taken(world, courier, "slow")
    world.clock.advance(seconds=16)
    taken(world, courier, "quick")
    assert mailbox.advance(slow, 1, world.clock.now(), LIFE) is None
    assert not mailbox.release(slow, 2)
    mailbox.release_pending(slow, 2)
    head = head_of(courier)
    assert head is not None
    assert (head.delivered, len(head.queue), head.lease_owner) == (0, 2, "quick")


def test_expired_lease_can_continue_until_acquired(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2)
    slow = taken(world, courier, "slow")
    world.clock.advance(seconds=16)
    again = mailbox.advance(slow, 1, world.clock.now(), LIFE)
    assert again is not None
    assert again.until == world.clock.now() + LIFE
    assert len(again.queue) == 1


def test_release_fails_after_wakeup(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1)
    lease = taken(world, courier, "holder")
    publish(world, courier, 2)
    assert not mailbox.release(lease, 1)
    assert waiting(courier) == 2
    again = mailbox.advance(lease, 1, world.clock.now(), LIFE)
    assert again is not None
    assert mailbox.release(again, 1)
    assert waiting(courier) == 0


def test_events_appended_during_delivery_keep_order(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1, 2, 3)
    lease = taken(world, courier, "holder")
    publish(world, courier, 4)
    first = lease.queue
    again = mailbox.advance(lease, 2, world.clock.now(), LIFE)
    assert again is not None
    assert again.queue[0] == first[2]
    assert len(again.queue) == 2
    assert again.head.delivered + len(again.queue) == again.head.tail


def test_mailbox_of_absent_user_is_not_swept(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2, 3)
    assert not is_pending(courier)
    assert waiting(courier) == 3
    world.clock.advance(seconds=60)
    calls: list[str] = []

    def note(operation: str, _: dict[str, Any]) -> None:
        calls.append(operation)

    with engine.before(None, note):
        looked_at = drain_pending(world.parts.delivery, world.clock)
    assert looked_at == 0
    assert calls == ["Query"] * PENDING_SHARDS.count


def test_delivery_of_absent_mailbox_creates_nothing(world: World) -> None:
    courier = world.person("courier")
    world.deliver_to(recipient(courier))
    world.deliver_to(Recipient(DEMO, "nobody"))
    assert head_of(courier) is None


def test_mailbox_is_pending_since_oldest_event(world: World) -> None:
    courier = world.person("courier")
    courier.socket()
    taken(world, courier, "who dies now")
    since = world.clock.now()
    publish(world, courier, 1)
    world.clock.advance(seconds=5)
    publish(world, courier, 2)
    head = head_of(courier)
    assert head is not None
    assert head.pending_since == since
