"""Mailboxes with concurrent writers, deliveries and changing connections."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.realtime.sweep import drain_pending
from tests.builders.mailboxes import (
    NOTE,
    head_of,
    is_leased,
    numbers_at,
    publish_each,
    recipient,
    stored_connections,
    waiting,
)
from tests.builders.world import DEMO, Person, World
from tests.races.crowd import at_once
from tests.races.senders import WatchfulSender

WRITERS, EACH = 16, 8


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
        head = head_of(person)
        assert head is not None
        assert (head.tail, head.delivered, head.queue) == (len(expected), len(expected), [])
        assert not is_leased(person)


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
    publish_each(arena, courier, *range(60))
    arena.connect("phone", courier.token)
    arena.connect("tablet", courier.token)
    deliver = partial(arena.deliver_to, recipient(courier))
    at_once([deliver] * 12)
    assert numbers_at(arena, "phone") == numbers_at(arena, "tablet") == list(range(60))
    assert overlaps(arena) == []
    assert waiting(courier) == 0


def test_no_event_is_lost_while_connections_change(arena: World) -> None:
    courier = arena.person("courier")
    names = [f"device-{number}" for number in range(12)]

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
    assert all(stored_connections(courier, name) == [] for name in names)


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
    for _ in range(5):  # one visit tries six times, and whoever comes meanwhile leaves: 25 failures may take five
        settle(arena)
    heard = numbers_at(arena, socket)
    first_heard = list(dict.fromkeys(heard))
    for writer in range(4):
        assert [n for n in first_heard if n // 100 == writer] == list(range(writer * 100, writer * 100 + 10))
    assert overlaps(arena) == []
    assert waiting(courier) == 0
