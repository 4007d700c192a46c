"""The mailbox: numbers of events, the queue and the log, leases of connections, and the pending index."""

from typing import Any

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.users import NewAccount, add_user
from chalicelib.realtime import mailbox
from chalicelib.realtime.mailbox import Changes, Mailbox
from chalicelib.realtime.sweep import drain_pending
from chalicelib.realtime.tables import PENDING_SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.mailboxes import (
    box_of,
    is_leased,
    is_pending,
    log_of,
    numbers_at,
    publish,
    publish_each,
    queued,
    recipient,
)
from tests.builders.outboxes import DyingOutbox, Killed
from tests.builders.world import DEMO, Person, World


def existing_box(person: Person) -> Mailbox:
    box = box_of(person)
    assert box is not None
    return box


def append_only(world: World, person: Person, *numbers: int) -> None:
    """Publish from a process that ends after the commit."""
    world.reset_parts(outbox=DyingOutbox(world.parts.delivery))
    with pytest.raises(Killed):
        publish(world, person, *numbers)
    world.reset_parts()


def lease(world: World, person: Person, owner: str, seconds: int) -> None:
    """Hold all connections of a person, as a delivery does that is at work or has died."""
    box = existing_box(person)
    until = int(world.clock.now().timestamp() * 1000) + seconds * 1000
    leased = {name: connection.leased(owner, until) for name, connection in box.connections.items()}
    assert mailbox.save(box, Changes(connections=dict(leased))) is not None


def test_event_numbers_have_no_gaps(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2, 3)
    publish(world, courier, 4, 5)
    socket = courier.socket()
    publish_each(world, courier, 6, 7)
    assert [event.number for event in log_of(courier)] == [1, 2, 3, 4, 5, 6, 7]
    assert [sent.id for sent in world.heard(socket)] == [6, 7]


def test_events_have_their_numbers_before_they_are_in_the_log(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2)
    append_only(world, courier, 3, 4)
    assert queued(courier) == 2
    before = log_of(courier)
    world.deliver_to(recipient(courier))
    assert queued(courier) == 0
    assert log_of(courier) == before


def test_refused_change_appends_nothing(world: World) -> None:
    courier = world.person("courier")

    def refused(work: UnitOfWork) -> None:
        work.publish(recipient(courier), "note", {"number": 1})
        raise Conflict

    with pytest.raises(Conflict):
        world.run(refused)
    assert box_of(courier) is None


def test_failed_commit_appends_nothing(world: World) -> None:
    courier = world.person("courier", username="somebody")

    def lost(work: UnitOfWork) -> None:
        work.publish(recipient(courier), "note", {"number": 1})
        add_user(work, DEMO, NewAccount("somebody", "Somebody Else", "courier", "-"))

    with pytest.raises(NameTaken):
        world.run(lost)
    assert box_of(courier) is None


def test_leased_connection_is_not_waited_for(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    lease(world, courier, "another delivery", 20)
    publish(world, courier, 1)
    assert numbers_at(world, socket) == []
    assert queued(courier) == 0
    assert is_pending(courier)


def test_other_connections_are_served_while_one_is_leased(world: World) -> None:
    courier = world.person("courier")
    stuck = courier.socket()
    lease(world, courier, "another delivery", 20)
    free = courier.socket()
    publish(world, courier, 1)
    assert numbers_at(world, stuck) == []
    assert numbers_at(world, free) == [1]


def test_expired_lease_is_taken_over(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    lease(world, courier, "a delivery that has died", 20)
    publish(world, courier, 1)
    world.clock.advance(seconds=19)
    world.sweep()
    assert numbers_at(world, socket) == []
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, socket) == [1]
    assert not is_leased(courier)
    assert not is_pending(courier)


def test_save_changes_nothing_if_a_connection_has_changed(world: World) -> None:
    courier = world.person("courier")
    courier.socket()
    before = existing_box(courier)
    lease(world, courier, "quick", 20)
    slow = {name: connection.leased("slow", 0) for name, connection in before.connections.items()}
    assert mailbox.save(before, Changes(connections=dict(slow))) is None
    assert [c.lease_owner for c in existing_box(courier).connections.values()] == ["quick"]


def test_delivery_does_not_end_with_a_wakeup_that_it_has_not_seen(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1)
    before = existing_box(courier)
    append_only(world, courier, 2)
    assert mailbox.save(before, Changes(is_finished=True)) is None
    assert is_pending(courier)


def test_queue_is_cut_once_by_deliveries_at_the_same_time(world: World) -> None:
    courier = world.person("courier")
    append_only(world, courier, 1, 2)
    both = existing_box(courier)
    assert mailbox.save(both, Changes(logged=2)) is not None
    append_only(world, courier, 3)
    assert mailbox.save(both, Changes(logged=2)) is None
    box = existing_box(courier)
    assert (box.numbered, [event.number for event in box.queue]) == (2, [3])


def test_mailbox_of_absent_user_is_not_swept(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2, 3)
    assert not is_pending(courier)
    world.clock.advance(seconds=60)
    calls: list[str] = []

    def note(operation: str, _: dict[str, Any]) -> None:
        calls.append(operation)

    with engine.before(None, note):
        looked_at = drain_pending(world.parts.delivery, world.clock)
    assert looked_at == 0
    assert calls == ["Query"] * PENDING_SHARDS.count * 2


def test_delivery_of_absent_mailbox_creates_nothing(world: World) -> None:
    courier = world.person("courier")
    world.deliver_to(recipient(courier))
    world.deliver_to(Recipient(DEMO, "nobody"))
    assert box_of(courier) is None


@pytest.mark.parametrize("connected", [False, True])
def test_appending_writes_as_much_with_five_hundred_events_waiting(world: World, connected: bool) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    if connected:
        world.sender.failing[socket] = 1_000_000
    else:
        world.hang_up(socket)
    append_only(world, courier, 0)
    world.deliver_to(recipient(courier))
    few = stored_size(courier)
    for start in range(0, 500, 50):
        publish(world, courier, *range(start, start + 50))
    assert stored_size(courier) <= few * 1.2


def stored_size(person: Person) -> int:
    """Return the size of what every append to the mailbox of a person rewrites, in characters."""
    box = existing_box(person)
    return sum(len(event.data) for event in box.queue) + len(mailbox.encode_connections(box.connections)) + 200
