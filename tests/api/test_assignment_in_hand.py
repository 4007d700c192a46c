"""Events that name no assignment count for the one that their sender had in hand when they happened."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    event,
    line,
    load,
    record,
    release,
    state_of,
)
from tests.builders.world import World

ACCEPTED, DUPLICATE, NO_ASSIGNMENT = "accepted", "duplicate", "no_assignment"


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker with an assignment."""
    return Scanner(world, at_work(world, lines=[line(1, 3)]))


def unnamed(sent: dict[str, Any]) -> dict[str, Any]:
    """Return an event with null instead of its assignment and order."""
    names = ("assignment_id", "order_id")
    return sent | {"payload": {name: None if name in names else value for name, value in sent["payload"].items()}}


def test_event_counts_for_the_assignment_in_hand(world: World, scanner: Scanner) -> None:
    kinds = ("wrap", "delay", "break_toggle", "undo", "tracker_opened")
    events = [unnamed(scanner.scan()), *(unnamed(scanner.event(kind)) for kind in kinds)]
    assert scanner.send(*events) == [ACCEPTED] * 6
    assert scanner.send(*events) == [DUPLICATE] * 6
    assert state_of().units == 1
    check_replay(world)


def test_late_event_counts_for_the_assignment_of_its_moment(world: World, scanner: Scanner) -> None:
    first = unnamed(scanner.scan())
    world.clock.advance(seconds=10)
    release(scanner.person)
    world.clock.advance(seconds=10)
    between = unnamed(scanner.scan())
    load(world, record("PA-2", priority=0))
    world.clock.advance(seconds=10)
    assert claim(scanner.person)["assignment_id"] == "PA-2"
    world.clock.advance(seconds=10)
    second = unnamed(scanner.scan())
    assert scanner.send(first, between, second) == [ACCEPTED, NO_ASSIGNMENT, ACCEPTED]
    assert state_of().units == state_of("PA-2").units == 1
    check_replay(world, REF, "PA-2")


def test_picker_without_an_assignment_sends_messages_only(world: World) -> None:
    idle = Scanner(world, world.person("picker"))
    opened = event("tracker_opened", {"assignment_id": None, "order_id": None}, world.clock.now())
    assert idle.send(unnamed(idle.scan()), opened) == [NO_ASSIGNMENT, ACCEPTED]


def test_missing_assignment_is_still_an_error(scanner: Scanner) -> None:
    scan = scanner.scan()
    del scan["payload"]["assignment_id"]
    assert scanner.send(scan) == ["missing_field:assignment_id"]


def test_failed_search_gives_retry(scanner: Scanner, engine: EmbeddedEngine) -> None:
    scan = unnamed(scanner.scan())
    with engine.before("Query", lambda *_: engine.fail_next("Query", "ThrottlingException", 100)):
        assert scanner.send(scan, scanner.scan()) == ["retry", ACCEPTED]
    engine.remove_hooks()
    assert scanner.send(scan) == [ACCEPTED]


def test_released_assignment_is_not_claimed_again_while_others_wait(world: World) -> None:
    for number in range(10):
        load(world, record(f"PA-{number}", priority=number))
    anna = world.person("picker")
    seen = []
    for _ in range(10):
        ref = claim(anna)["assignment_id"]
        seen.append(ref)
        assert release(anna, ref).status == 200
    assert sorted(seen) == [f"PA-{number}" for number in range(10)]
    assert claim(anna)["assignment_id"] in seen


def test_only_waiting_assignment_is_claimed_again(world: World) -> None:
    anna = at_work(world)
    release(anna)
    assert claim(anna)["assignment_id"] == REF


def test_assignment_that_was_left_is_joined_again_last(world: World, scanner: Scanner) -> None:
    scanner.send_event("shared_pick")
    bo = world.person("picker")
    assert claim(bo)["assignment_id"] == REF
    release(bo)
    load(world, record("PA-2"))
    assert claim(bo)["assignment_id"] == "PA-2"
