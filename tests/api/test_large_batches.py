"""Batches of several transactions: the ledger is read once, and again after a conflict."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.core.clock import iso
from chalicelib.picking.ledger.assignment_lane import MAX_EVENTS_AT_ONCE
from chalicelib.picking.ledger.tails import snapshot_refs
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import Scanner, at_work, check_replay, line, state_of, stored
from tests.builders.trips import counted_trips
from tests.builders.world import World
from tests.environment import examples

ACCEPTED = "accepted"
EARLIER = 150


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker with long lines, whose ledger has a snapshot."""
    scanner = Scanner(world, at_work(world, lines=[line(1, 9_000), line(2, 9_000)]))
    for _ in range(EARLIER // 30):
        scanner.send_scans(30)
    assert snapshot_refs(stored())
    return scanner


def offline(scanner: Scanner, number: int) -> list[dict[str, Any]]:
    """Return scans, each a second after the previous one, that were not sent yet."""
    events = []
    for _ in range(number):
        scanner.world.clock.advance(seconds=1)
        events.append(scanner.scan())
    return events


def late(scanner: Scanner, seconds: float) -> dict[str, Any]:
    """Return a scan of another line, so many seconds ago."""
    return scanner.scan("SKU-2", created_at=iso(scanner.world.clock.now() - timedelta(seconds=seconds)))


@pytest.mark.parametrize(("events", "transactions"), [(100, 2), (500, 6)])
def test_each_transaction_is_one_round_trip(
    scanner: Scanner, engine: EmbeddedEngine, events: int, transactions: int
) -> None:
    batch = offline(scanner, events)
    with counted_trips(engine) as trips:
        assert scanner.send(*batch) == [ACCEPTED] * events
    assert len(trips) == 2 + transactions
    assert state_of().units == EARLIER + events
    check_replay(scanner.world)


def test_late_events_of_a_large_batch_read_the_ledger_once(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch = offline(scanner, 200)
    scanner.world.clock.advance(seconds=1)
    assert scanner.send(scanner.scan("SKU-2")) == [ACCEPTED]  # of another device that was online
    with counted_trips(engine) as trips:
        assert scanner.send(*batch) == [ACCEPTED] * 200
    assert len(trips) == 2 + 1 + 3
    check_replay(scanner.world)


def test_ledger_is_read_again_after_a_conflict(scanner: Scanner, engine: EmbeddedEngine) -> None:
    batch, other = offline(scanner, 300), late(scanner, 60.5)
    committed = list[int]()

    def interfere(*_: object) -> None:
        committed.append(1)
        if len(committed) == 3:
            assert scanner.send(other) == [ACCEPTED]

    with engine.before("TransactWriteItems", interfere):
        assert scanner.send(*batch) == [ACCEPTED] * 300
    assert len(committed) == 5  # one of them was refused
    assert state_of().picked == {1: EARLIER + 300, 2: 1}
    assert stored().seq == 1 + EARLIER + 301
    check_replay(scanner.world)


def test_event_that_arrives_while_the_ledger_is_read_ahead_is_not_lost(
    scanner: Scanner, engine: EmbeddedEngine
) -> None:
    batch, other = offline(scanner, 200), late(scanner, 100.5)

    def interfere(*_: object) -> None:
        assert scanner.send(other) == [ACCEPTED]

    engine.before("Query", interfere, times=1)
    assert scanner.send(*batch) == [ACCEPTED] * 200
    assert state_of().picked == {1: EARLIER + 200, 2: 1}
    assert stored().seq == 1 + EARLIER + 201
    check_replay(scanner.world)


def test_events_before_the_ledger_was_needed_are_recorded_if_it_cannot_be_read(
    scanner: Scanner, engine: EmbeddedEngine
) -> None:
    recorded, rest = 2 * MAX_EVENTS_AT_ONCE, 10
    batch = offline(scanner, recorded + rest)
    with engine.before("Query", lambda *_: engine.fail_next("Query", "InternalServerError")):
        assert scanner.send(*batch) == [ACCEPTED] * recorded + ["retry"] * rest
    engine.remove_hooks()
    assert scanner.send(*batch) == ["duplicate"] * recorded + [ACCEPTED] * rest
    check_replay(scanner.world)


@pytest.mark.parametrize("seed", range(examples(4)))
def test_large_batches_of_all_kinds_end_in_the_fold_of_the_ledger(scanner: Scanner, seed: int) -> None:
    random_source = Random(seed)
    kinds = ["scan"] * 6 + ["undo"] * 3 + ["wrap", "delay", "break_toggle"]
    for size in (120, 260, 90):
        scanner.world.clock.advance(seconds=size)
        seconds = sorted((random_source.uniform(0, 2 * size) for _ in range(size)), reverse=True)
        events = []
        for before in seconds:
            kind, at = random_source.choice(kinds), iso(scanner.world.clock.now() - timedelta(seconds=before))
            is_scan = kind == "scan"
            events.append(scanner.scan(created_at=at) if is_scan else scanner.event(kind, created_at=at))
        assert scanner.send(*events) == [ACCEPTED] * size
        check_replay(scanner.world)
