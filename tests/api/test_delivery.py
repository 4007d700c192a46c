"""Delivery of events to sockets: order, repeats and failures."""

import json
import logging
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from chalicelib.core import observability
from chalicelib.core.settings import settings
from chalicelib.core.work import Recipient
from tests.builders.dispatch import carried, on_duty, order
from tests.builders.mailboxes import (
    head_of,
    is_leased,
    is_pending,
    numbers_at,
    publish,
    publish_each,
    stored_connections,
    waiting,
)
from tests.builders.sockets import RecordingSender
from tests.builders.time import ManualClock
from tests.builders.world import DEMO, OTHER, World


class SlowSender(RecordingSender):
    """A gateway that takes its time over every message."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        self._clock.advance(seconds=self._seconds)
        super().post(endpoint, connection_id, message)


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the application warns of."""
    logger = logging.getLogger(observability.SERVICE)
    level = logger.level
    logger.setLevel(logging.WARNING)
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)
    logger.setLevel(level)


def printed_metrics(text: str) -> dict[str, float]:
    """The sums of all metrics in what a process printed."""
    sums: dict[str, float] = {}
    for line in text.splitlines():
        for name, value in json.loads(line).items():
            if isinstance(value, list):
                sums[name] = sums.get(name, 0) + sum(value)
    return sums


def test_events_arrive_in_order(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    publish_each(world, courier, 1, 2)
    publish(world, courier, 3, 4, 5)
    assert numbers_at(world, socket) == [1, 2, 3, 4, 5]


def test_every_connection_receives_every_event(world: World) -> None:
    courier = world.person("courier")
    phone, tablet = courier.socket(), courier.socket()
    publish_each(world, courier, 1, 2, 3)
    assert numbers_at(world, phone) == [1, 2, 3]
    assert numbers_at(world, tablet) == [1, 2, 3]


def test_missed_events_are_delivered_in_order(world: World) -> None:
    courier = world.person("courier")
    world.hang_up(courier.socket())
    publish_each(world, courier, 1, 2, 3, 4, 5)
    socket = courier.socket()
    assert numbers_at(world, socket) == [1, 2, 3, 4, 5]
    assert waiting(courier) == 0


def test_missed_events_are_delivered_once(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1)
    courier.socket()
    assert numbers_at(world, courier.socket()) == []


def test_several_batches_arrive_in_order(world: World) -> None:
    courier = world.person("courier")
    for start in range(0, 90, 30):
        publish(world, courier, *range(start, start + 30))
    assert numbers_at(world, courier.socket()) == list(range(90))
    assert waiting(courier) == 0


def test_sweep_delivers_if_trigger_fails(world: World) -> None:
    courier = world.person("courier")
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
    assert stored_connections(courier, dead) == []
    assert len(stored_connections(courier, alive)) == 2
    assert not is_pending(courier)


def test_events_wait_after_last_connection_is_gone(world: World) -> None:
    courier = world.person("courier")
    dead = courier.socket()
    world.clock.advance(seconds=settings().connection_grace_s)
    world.sender.closed.add(dead)
    publish_each(world, courier, 1, 2)
    assert waiting(courier) == 2
    assert not is_pending(courier)
    assert numbers_at(world, courier.socket()) == [1, 2]


def test_young_gone_connection_is_retried_and_kept(world: World) -> None:
    courier = world.person("courier")
    world.connect("young", courier.token)
    world.sender.closed.add("young")
    publish(world, courier, 1)
    assert len(stored_connections(courier, "young")) == 2
    assert is_pending(courier)
    world.sender.closed.clear()
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, "young") == [1]
    assert not is_pending(courier)


def test_young_connection_opening_late_needs_no_sweep(world: World) -> None:
    courier = world.person("courier")
    world.connect("young", courier.token)
    world.sender.opening["young"] = 3
    publish(world, courier, 1)
    assert numbers_at(world, "young") == [1]
    assert not is_pending(courier)


def test_young_connection_that_never_opens_is_deleted(world: World) -> None:
    courier = world.person("courier")
    world.connect("young", courier.token)
    world.sender.closed.add("young")
    publish(world, courier, 1)
    world.clock.advance(seconds=settings().connection_grace_s)
    world.sweep()
    assert stored_connections(courier, "young") == []
    assert waiting(courier) == 1
    assert not is_pending(courier)


def test_short_gateway_failure_is_retried_at_once(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 2
    publish_each(world, courier, 1, 2)
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_long_gateway_failure_is_left_to_sweep(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 1_000
    publish_each(world, courier, 1, 2)
    assert numbers_at(world, socket) == []
    assert is_pending(courier)
    assert not is_leased(courier)
    world.sender.failing.clear()
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, socket) == [1, 2]
    assert not is_pending(courier)


def test_failing_connection_causes_repeats_but_keeps_order(world: World) -> None:
    courier = world.person("courier")
    failing, fine = courier.socket(), courier.socket()
    world.sender.failing[failing] = 1_000
    publish(world, courier, 1, 2)
    assert numbers_at(world, fine) == [1, 2]
    world.sender.failing.clear()
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, failing) == [1, 2]
    assert numbers_at(world, fine) == [1, 2, 1, 2]


def test_later_event_waits_behind_undelivered_ones(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.sender.failing[socket] = 6
    publish(world, courier, 1)
    publish(world, courier, 2)
    assert numbers_at(world, socket) == [1, 2]


def test_full_mailbox_drops_oldest_events_and_logs(
    world: World,
    warnings: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    courier = world.person("courier")
    world.reset_parts(config=replace(settings(), mailbox_limit=30))
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    with observability.measured():
        publish_each(world, courier, *range(40))
    assert waiting(courier) == 30
    assert "mailbox is full" in warnings.messages
    assert printed_metrics(capsys.readouterr().out)["EventsDropped"] == 10
    assert numbers_at(world, courier.socket()) == list(range(10, 40))


def test_expired_events_are_skipped(world: World) -> None:
    courier = world.person("courier")
    publish_each(world, courier, 1, 2)
    world.clock.advance(seconds=settings().mailbox_retention_s)
    publish(world, courier, 3)
    courier = world.signed_in(DEMO, courier.user_id, "courier")
    assert numbers_at(world, courier.socket()) == [3]
    head = head_of(courier)
    assert head is not None
    assert (head.tail, head.delivered) == (3, 3)


def test_delivery_stops_before_lease_expires(world: World) -> None:
    courier = world.person("courier")
    world.sender = SlowSender(world.clock, seconds=5)
    world.reset_parts()
    slow = courier.socket()
    publish(world, courier, 1, 2, 3, 4)
    assert numbers_at(world, slow) == [1, 2]
    assert is_pending(courier)
    world.clock.advance(seconds=2)
    world.sweep()
    assert numbers_at(world, slow) == [1, 2, 3, 4]


def test_events_do_not_reach_another_organisation(world: World) -> None:
    courier, customer = on_duty(world.person("courier")), world.person("customer")
    ours = [courier.socket(), customer.socket()]
    strangers = [on_duty(world.person("courier", OTHER), km=0.1), world.person("customer", OTHER)]
    strangers.append(world.person("dispatcher", OTHER))
    theirs = [stranger.socket() for stranger in strangers]
    carried(courier, order(customer))
    assert [len(world.heard(socket)) for socket in ours] == [1, 5]
    assert [world.heard(socket) for socket in theirs] == [[], [], []]
    assert [waiting(stranger) for stranger in strangers] == [0, 0, 0]


def test_mailbox_is_per_organisation(world: World) -> None:
    courier = world.person("courier", DEMO)
    world.run(lambda work: work.publish(Recipient(OTHER, courier.user_id), "note", {"number": 1}), OTHER)
    assert numbers_at(world, courier.socket()) == []
