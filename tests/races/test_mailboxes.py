"""Mailboxes with concurrent writers, deliveries and changing connections."""

from collections.abc import Callable
from functools import partial
from threading import Event

from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.realtime.errors import SendFailed
from chalicelib.realtime.sweep import drain_pending
from tests.builders.mailboxes import (
    NOTE,
    is_leased,
    is_pending,
    is_stored,
    log_of,
    numbers_at,
    publish_each,
    queued,
    recipient,
)
from tests.builders.sockets import RecordingSender
from tests.builders.world import DEMO, Person, World
from tests.environment import examples
from tests.races.crowd import at_once
from tests.races.senders import WatchfulSender

WRITERS, EACH = 16, examples(8)


def count_up(world: World, *people: Person) -> None:
    """Increment the version of a shared item and send users the version, which is the order of commits."""

    def decide(work: UnitOfWork) -> None:
        shared = get(organisation_key(DEMO))
        assert isinstance(shared, Organisation)
        work.update(shared, {"name": work.ids.new()})
        for person in people:
            work.publish(recipient(person), NOTE, {"number": shared.version})

    world.run(decide)


def repeatedly(times: int, act: Callable[[], object]) -> None:
    for _ in range(times):
        act()


def overlaps(world: World) -> list[str]:
    assert isinstance(world.sender, WatchfulSender)
    return world.sender.overlaps


def settle(world: World) -> None:
    """Let the sweep deliver pending events; there must be no others."""
    world.clock.advance(seconds=16)
    drain_pending(world.parts.delivery, world.clock)


def test_events_arrive_in_commit_order(arena: World) -> None:
    arena.reset_parts(replace(settings(), commit_attempts=1_000))
    people = [arena.person("courier"), arena.person("customer")]
    sockets = [person.socket() for person in people for _ in range(2)]
    write = partial(repeatedly, EACH, partial(count_up, arena, *people))
    at_once([write] * WRITERS)
    expected = list(range(2, 2 + WRITERS * EACH))
    for socket in sockets:
        assert numbers_at(arena, socket) == expected
    assert overlaps(arena) == []
    for person in people:
        assert [event.number for event in log_of(person)] == list(range(1, len(expected) + 1))
        assert queued(person) == 0
        assert not is_leased(person)
        assert not is_pending(person)


def test_events_of_sixteen_writers_arrive_once_in_writer_order(arena: World) -> None:
    courier = arena.person("courier")
    socket = courier.socket()
    at_once([partial(publish_each, arena, courier, *range(w * 100, w * 100 + EACH)) for w in range(WRITERS)])
    heard = numbers_at(arena, socket)
    for writer in range(WRITERS):
        assert [n for n in heard if n // 100 == writer] == list(range(writer * 100, writer * 100 + EACH))
    assert len(heard) == WRITERS * EACH
    assert overlaps(arena) == []


def test_concurrent_deliveries_keep_order_and_do_not_interleave(arena: World) -> None:
    courier = arena.person("courier")
    arena.hang_up(courier.socket())
    publish_each(arena, courier, *range(60))
    arena.connect("phone", courier.token)
    arena.connect("tablet", courier.token)
    deliver = partial(arena.deliver_to, recipient(courier))
    at_once([deliver] * 12)
    assert numbers_at(arena, "phone") == numbers_at(arena, "tablet") == list(range(60))
    assert overlaps(arena) == []
    assert not is_pending(courier)


def test_no_event_is_lost_while_connections_change(arena: World) -> None:
    courier = arena.person("courier")
    names = [f"device-{number}" for number in range(12)]
    arena.hang_up(courier.socket())

    def come_and_go() -> None:
        for name in names:
            arena.connect(name, courier.token)
            arena.deliver_to(recipient(courier))
            arena.hang_up(name)

    calls: list[Callable[[], None]] = [come_and_go]
    calls += [partial(publish_each, arena, courier, *range(w * 100, w * 100 + 20)) for w in range(2)]
    at_once(calls)
    last = courier.socket()
    settle(arena)
    heard = [numbers_at(arena, name) for name in [*names, last]]
    for one in heard:
        for writer in range(2):
            mine = [number for number in one if number // 100 == writer]
            assert mine == sorted(mine)
    assert {number for one in heard for number in one} == {w * 100 + n for w in range(2) for n in range(20)}
    assert overlaps(arena) == []
    assert not any(is_stored(courier, name) for name in names)


def test_sweep_and_concurrent_deliveries_send_nothing_twice(arena: World) -> None:
    courier = arena.person("courier")
    socket = courier.socket()
    calls: list[Callable[[], None]] = [
        partial(repeatedly, 10, lambda: drain_pending(arena.parts.delivery, arena.clock))
    ]
    calls += [partial(publish_each, arena, courier, *range(w * 100, w * 100 + 10)) for w in range(4)]
    at_once([calls[0], *calls])
    settle(arena)
    heard = numbers_at(arena, socket)
    assert sorted(heard) == sorted(w * 100 + n for w in range(4) for n in range(10))
    assert overlaps(arena) == []


def test_no_event_is_lost_or_reordered_with_failing_gateway(arena: World) -> None:
    courier = arena.person("courier")
    socket = courier.socket()
    arena.sender.failing[socket] = 25
    at_once([partial(publish_each, arena, courier, *range(w * 100, w * 100 + 10)) for w in range(4)])
    for _ in range(25):  # one visit tries once
        arena.clock.advance(minutes=1)
        settle(arena)
    heard = numbers_at(arena, socket)
    first_heard = list(dict.fromkeys(heard))
    for writer in range(4):
        assert [n for n in first_heard if n // 100 == writer] == list(range(writer * 100, writer * 100 + 10))
    assert overlaps(arena) == []
    assert not is_pending(courier)


class StuckSender(RecordingSender):
    """A gateway on which posts to one connection do not return until it is told to let them."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck, self.last = "", b""
        self.entered, self.heard_last, self.let_go = Event(), Event(), Event()

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Post, or wait."""
        if connection_id == self.stuck:
            self.entered.set()
            assert self.let_go.wait(60)
            raise SendFailed
        super().post(endpoint, connection_id, message)
        if self.last and self.last in message:
            self.heard_last.set()


def test_healthy_device_hears_everything_once_while_another_is_stuck(arena: World) -> None:
    sender = StuckSender()
    arena.sender = sender
    arena.reset_parts()
    courier = arena.person("courier")
    stuck, healthy = courier.socket(), courier.socket()
    sender.stuck = stuck

    def publish_first() -> None:
        publish_each(arena, courier, 0)

    def publish_others() -> None:
        assert sender.entered.wait(60)
        publish_each(arena, courier, *range(1, 20))
        # The post of the first event to the stuck device has not returned yet.
        assert sender.heard_last.wait(60)
        assert numbers_at(arena, healthy) == list(range(20))
        sender.let_go.set()

    sender.last = b'"number":19}'
    at_once([publish_first, publish_others])
    sender.stuck = ""
    arena.clock.advance(minutes=2)
    arena.deliver_to(recipient(courier))
    assert numbers_at(arena, stuck) == list(range(20))
    assert numbers_at(arena, healthy) == list(range(20))


def test_ten_of_a_hundred_sockets_that_open_at_once_remain(arena: World) -> None:
    courier = arena.person("courier")
    names = [f"socket-{number}" for number in range(100)]
    at_once([partial(repeatedly, 1, partial(arena.connect, name, courier.token)) for name in names])
    arena.clock.advance(seconds=settings().connection_grace_s)
    publish_each(arena, courier, 1)
    assert sum(is_stored(courier, name) for name in names) == 10
    assert sum(numbers_at(arena, name) == [1] for name in names) == 10
    assert {code for _, code in arena.sender.closes} == {4008}
