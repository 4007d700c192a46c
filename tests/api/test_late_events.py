"""Late events and undo in long ledgers: what is read does not grow, and the state is the fold of the ledger."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.core.clock import iso
from chalicelib.core.store import get
from chalicelib.picking.ledger.effects import MAX_TOP
from chalicelib.picking.ledger.snapshots import MARGIN, SPACING
from chalicelib.picking.ledger.tables import LedgerSegment, snapshot_key
from chalicelib.picking.ledger.tails import ledger_end, newest_segments, read_tail, snapshot_refs
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import Scanner, at_work, check_replay, line, log_messages, release, state_of, stored
from tests.builders.trips import counted_trips
from tests.builders.world import World

ACCEPTED = "accepted"
DUE = SPACING + MARGIN


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker with a very long line."""
    return Scanner(world, at_work(world, lines=[line(1, 9_000), line(2, 9_000)]))


def grow(scanner: Scanner, events: int, at_once: int = 40) -> None:
    """Send scans a second apart until the ledger has so many entries."""
    while (missing := events - stored().seq) > 0:
        scanner.send_scans(min(at_once, missing))


def late(scanner: Scanner, seconds: float, raw: str = "SKU-2") -> dict[str, Any]:
    """Return a scan that happened so many seconds ago."""
    return scanner.scan(raw, created_at=iso(scanner.world.clock.now() - timedelta(seconds=seconds)))


def entries_read(scanner: Scanner, engine: EmbeddedEngine, event: dict[str, Any]) -> int:
    """Send an event; return the number of entries from the first one that was read for it."""
    first: list[int] = []

    def note(_: str, request: dict[str, Any]) -> None:
        first.extend(int(number) for number in re.findall(r"EVENTS#(\d+)", json.dumps(request)))

    seq = stored().seq
    with engine.before("Query", note):
        assert scanner.send(event) == [ACCEPTED]
    return seq + 1 - min(first)


def test_first_snapshot_leaves_out_the_newest_entries(scanner: Scanner) -> None:
    grow(scanner, DUE - 1, 1)
    assert snapshot_refs(stored()) == []
    grow(scanner, DUE, 1)
    [ref] = snapshot_refs(stored())
    assert (ref.seq, ref.first) == (SPACING, SPACING + 1)
    check_replay(scanner.world)


def test_undo_in_a_long_ledger_reads_the_end_of_it(scanner: Scanner, engine: EmbeddedEngine) -> None:
    grow(scanner, 500, 10)
    units = state_of().units
    assert entries_read(scanner, engine, scanner.event("undo")) <= DUE + 10
    assert state_of().units == units - 1
    check_replay(scanner.world)


@pytest.mark.parametrize("seconds", [1, 10, 60, 300])
def test_late_event_reads_a_few_times_what_came_after_it(
    scanner: Scanner, engine: EmbeddedEngine, seconds: int
) -> None:
    grow(scanner, 500)
    assert entries_read(scanner, engine, late(scanner, seconds - 0.5)) <= max(2 * DUE, 4 * seconds)
    assert state_of().picked[2] == 1
    check_replay(scanner.world)


def test_late_event_makes_later_snapshots_invalid(scanner: Scanner) -> None:
    grow(scanner, 400)
    before = snapshot_refs(stored())
    assert scanner.send(late(scanner, 200.5)) == [ACCEPTED]
    after = snapshot_refs(stored())
    assert len(after) >= len(before) - 1
    assert set(before[-1:]).isdisjoint(after)
    check_replay(scanner.world)
    assert scanner.send(late(scanner, 250.5), late(scanner, 30.5), scanner.event("undo")) == [ACCEPTED] * 3
    check_replay(scanner.world)


def test_undo_reaches_below_the_newest_snapshots(scanner: Scanner) -> None:
    grow(scanner, 300)
    undone = 2 * MAX_TOP + 40
    for _ in range(0, undone, 8):
        scanner.world.clock.advance(seconds=1)
        assert scanner.send(*(scanner.event("undo") for _ in range(8))) == [ACCEPTED] * 8
    assert state_of().units == 299 - undone
    assert log_messages(scanner.state())[0] == "Undone: 1 of SKU-1 at A-01"
    check_replay(scanner.world)


def test_everything_can_be_undone_in_one_batch(scanner: Scanner) -> None:
    grow(scanner, 301)
    assert scanner.send(*(scanner.event("undo") for _ in range(301))) == [ACCEPTED] * 301
    assert state_of().units == 0
    assert log_messages(scanner.state())[0] == "! Nothing to undo"
    check_replay(scanner.world)


def test_number_of_snapshots_grows_with_the_logarithm_of_the_ledger(scanner: Scanner) -> None:
    grow(scanner, 900, 80)
    refs = snapshot_refs(stored())
    assert 3 <= len(refs) <= 6
    assert max(ref.slot for ref in refs) <= 8
    check_replay(scanner.world)


def test_lost_snapshot_costs_only_time(scanner: Scanner) -> None:
    grow(scanner, 200)
    for ref in snapshot_refs(stored()):
        item = get(snapshot_key(stored().pk, ref.slot))
        assert item is not None
        item.delete()
    assert scanner.send(scanner.event("undo")) == [ACCEPTED]
    assert state_of().units == 198


def test_snapshot_that_another_request_replaces_is_not_used(scanner: Scanner, engine: EmbeddedEngine) -> None:
    grow(scanner, 200)
    other: list[list[str]] = []
    engine.before("Query", lambda *_: other.append(scanner.send(late(scanner, 150.5), late(scanner, 20.5))), times=1)
    assert scanner.send(scanner.event("undo")) == [ACCEPTED]
    assert other == [[ACCEPTED] * 2]
    check_replay(scanner.world)


def test_segments_that_were_read_before_the_assignment_are_read_again(scanner: Scanner) -> None:
    grow(scanner, 20, 1)
    segments = [LedgerSegment.from_raw_data(item) for item in newest_segments(stored().pk).raw_items()]
    assert scanner.send(scanner.scan()) == [ACCEPTED]
    tail = read_tail(ledger_end(stored()), newest=segments)
    assert [one.entry.seq for one in tail.entries] == list(range(1, 22))


def test_late_event_takes_one_round_trip_more(scanner: Scanner, engine: EmbeddedEngine) -> None:
    grow(scanner, 400)
    with counted_trips(engine) as made:
        assert scanner.send(scanner.scan()) == [ACCEPTED]
    usual = len(made)
    with counted_trips(engine) as made:
        assert scanner.send(late(scanner, 10.5)) == [ACCEPTED]
    assert len(made) == usual + 1


def test_release_of_a_long_assignment_needs_no_snapshot(scanner: Scanner) -> None:
    grow(scanner, DUE - 1)
    assert release(scanner.person).status == 200
    check_replay(scanner.world)


def test_any_order_of_late_batches_gives_the_fold_of_the_ledger(scanner: Scanner) -> None:
    random_source = Random(7)
    grow(scanner, 150)
    kinds = ("wrap", "delay", "undo", "break_toggle", "undo")
    for _ in range(60):
        scanner.world.clock.advance(seconds=7)
        batch = [late(scanner, random_source.choice([0, 3, 20, 90, 400]) + 0.5) for _ in range(6)]
        kind = scanner.event(random_source.choice(kinds))
        kind["created_at"] = late(scanner, random_source.choice([0, 5, 50]) + 0.2)["created_at"]
        events = sorted([*batch, kind], key=lambda event: str(event["created_at"]))
        assert scanner.send(*events) == [ACCEPTED] * 7
    assert stored().seq == 150 + 420
    check_replay(scanner.world)
