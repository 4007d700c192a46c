"""The totals of a picker's day, when many transactions change them at the same moment."""

from __future__ import annotations

from functools import partial

from tests.builders.picking import Scanner, check_replay, claim, line, load, record, release
from tests.builders.world import World
from tests.races.crowd import at_once

PATH = "/v1/picking/performance"
ASSIGNMENTS, SCANS = 8, 5


def test_a_queue_of_many_assignments_that_two_devices_send_counts_every_scan_once(arena: World) -> None:
    picker = arena.person("picker")
    events = []
    for number in range(ASSIGNMENTS):
        scanner = Scanner(arena, picker, f"PA-{number}")
        load(arena, record(scanner.ref, zone="Ambient", lines=[line(1, 100)]))
        claim(picker)
        for _ in range(SCANS):
            arena.clock.advance(seconds=36)
            events.append(scanner.scan())
        release(picker, scanner.ref)
    for _ in range(20):  # a client sends again what was answered with `retry`
        answers, others = at_once([partial(Scanner(arena, picker).send, *events) for _ in range(2)])
        assert {*answers, *others} <= {"accepted", "duplicate", "retry"}
        events = [event for event, answer in zip(events, answers, strict=True) if answer == "retry"]
    assert not events
    [row] = arena.person("supervisor").get(f"{PATH}?by=person").json["rows"]
    assert (row["units"], row["hours_worked"]) == (ASSIGNMENTS * SCANS, 0.4)
    check_replay(arena, *(f"PA-{number}" for number in range(ASSIGNMENTS)))
