"""Events count for who held the assignment when they happened, however late they arrive."""

from __future__ import annotations

import pytest

from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    close,
    held_by,
    line,
    log_messages,
    release,
    state_of,
    stored,
)
from tests.builders.world import Person, World

ACCEPTED, NOT_YOURS = "accepted", "not_your_assignment"


@pytest.fixture
def anna(world: World) -> Scanner:
    """The scanner of a picker with an assignment, which is offline."""
    return Scanner(world, at_work(world))


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor")


def successor(world: World, name: str = "Bo") -> Scanner:
    """The scanner of another picker who claims the assignment in a minute."""
    world.clock.advance(minutes=1)
    bo = Scanner(world, world.person("picker", full_name=name))
    claim(bo.person)
    world.clock.advance(minutes=1)
    return bo


def test_scans_from_before_a_release_count_after_it(world: World, anna: Scanner, supervisor: Person) -> None:
    offline = [anna.scan(), anna.event("wrap"), anna.scan("SKU-2")]
    world.clock.advance(minutes=1)
    assert release(supervisor).status == 200
    world.clock.advance(minutes=45)
    assert anna.send(*offline) == [ACCEPTED] * 3
    state = state_of()
    assert (int(state.units), state.wraps, stored().status, held_by(anna.person)) == (2, 1, "queued", set())
    assert state.people[anna.person.user_id].timer.worked == 60_000 + 60_000
    check_replay(world)


def test_scans_count_although_another_picker_goes_on(world: World, anna: Scanner, supervisor: Person) -> None:
    offline = [anna.scan(), anna.scan()]
    release(supervisor)
    bo = successor(world)
    assert bo.send(bo.scan()) == [ACCEPTED]
    assert anna.send(*offline) == [ACCEPTED] * 2
    people = state_of().people
    assert {person.name: int(person.units) for person in people.values()} == {"Anna": 2, "Bo": 1}
    assert log_messages(bo.state())[0] == "Picked 1 of SKU-1 at A-01 (3 of 5)"
    check_replay(world)


def test_late_scans_complete_an_assignment_that_waits(world: World, supervisor: Person) -> None:
    anna = Scanner(world, at_work(world, lines=[line(1, 2)]))
    offline = [anna.scan(), anna.scan()]
    release(supervisor)
    world.clock.advance(minutes=1)
    assert anna.send(*offline) == [ACCEPTED] * 2
    assert (stored().status, stored().queue_key) == ("completed", None)
    check_replay(world)


def test_late_scans_complete_an_assignment_that_another_picker_has_in_hand(world: World, supervisor: Person) -> None:
    anna = Scanner(world, at_work(world, lines=[line(1, 2)]))
    offline = [anna.scan(), anna.scan()]
    release(supervisor)
    bo = successor(world)
    bo.send_scans(1)
    assert anna.send(*offline) == [ACCEPTED] * 2
    assert (stored().status, held_by(bo.person)) == ("completed", set())
    assert log_messages(bo.state())[0] == "! Not counted: 1 of SKU-1 more than ordered"
    check_replay(world)


@pytest.mark.parametrize("ended_by", ["completion", "close"])
def test_scans_from_before_a_release_count_after_the_end(world: World, supervisor: Person, ended_by: str) -> None:
    anna = Scanner(world, at_work(world, lines=[line(1, 2), line(2, 1)]))
    offline = anna.scan()
    release(supervisor)
    bo = successor(world)
    if ended_by == "close":
        assert close(supervisor).status == 200
    else:
        bo.send_scans(2)
        bo.send_scans(1, "SKU-2")
    assert anna.send(offline) == [ACCEPTED]
    assert state_of().people[anna.person.user_id].units == 1
    check_replay(world)


def test_events_from_between_two_holds_are_rejected(world: World, anna: Scanner) -> None:
    """Each event belongs to the hold in which it happened, wherever it stands in the batch."""
    first = anna.scan()
    world.clock.advance(seconds=1)
    release(anna.person)
    bo = successor(world)
    between = anna.scan("SKU-2")
    release(bo.person)
    world.clock.advance(minutes=1)
    claim(anna.person)
    world.clock.advance(minutes=1)
    second = anna.scan("SKU-2")
    assert anna.send(second, between, first) == [ACCEPTED, NOT_YOURS, ACCEPTED]
    assert log_messages(anna.state()) == [
        "Picked 1 of SKU-2 at A-02 (1 of 3)",
        "Anna took the assignment",
        "Bo released the assignment",
        "Bo took the assignment",
        "Anna released the assignment",
        "Picked 1 of SKU-1 at A-01 (1 of 5)",
        "Anna took the assignment",
    ]
    check_replay(world)


def test_event_from_before_the_claim_is_rejected_if_another_held_it_then_or_before(world: World, anna: Scanner) -> None:
    world.clock.advance(minutes=1)
    during = anna.scan()
    release(anna.person)
    world.clock.advance(minutes=1)
    after = anna.scan()
    bo = successor(world)
    assert bo.send(during, after) == [NOT_YOURS] * 2


def test_event_from_before_anybody_held_it_is_moved_to_the_claim(world: World) -> None:
    early = Scanner(world, world.person("picker")).scan()
    anna = Scanner(world, at_work(world))
    world.clock.advance(minutes=1)
    assert anna.send(early) == [ACCEPTED]
    assert state_of().holders == {anna.person.user_id: state_of().last[0]}


def test_clock_that_is_seconds_behind_loses_nothing_after_a_change_of_hands(world: World, anna: Scanner) -> None:
    world.clock.advance(seconds=57)
    behind = anna.scan()
    world.clock.advance(seconds=3)
    release(anna.person)
    bo = Scanner(world, world.person("picker"))
    claim(bo.person)
    assert bo.send(behind) == [ACCEPTED]


def test_event_from_just_before_a_claim_counts_for_who_claimed_if_it_arrives_afterwards(
    world: World, anna: Scanner
) -> None:
    """A clock that is behind cannot be told from an event before the claim, except by its arrival."""
    world.clock.advance(seconds=58)
    bo = Scanner(world, world.person("picker", full_name="Bo"))
    sent, unsent, dismissed = bo.scan(), bo.scan(), bo.scan()
    assert bo.send(sent, dismissed) == [NOT_YOURS] * 2
    path = f"/v1/picking/rejected-events/{dismissed['client_event_id']}/dismiss"
    assert world.person("supervisor").post(path, {"note": "not picked"}).status == 200
    world.clock.advance(seconds=2)
    release(anna.person)
    claim(bo.person)
    assert bo.send(sent, unsent, dismissed) == [ACCEPTED, ACCEPTED, "duplicate"]
    state = state_of()
    assert state.units == 2
    assert state.last[0] == state.holders[bo.person.user_id]
    check_replay(world)


def test_undo_of_a_former_holder_reverts_what_they_saw(world: World, anna: Scanner, supervisor: Person) -> None:
    scan = anna.scan()
    world.clock.advance(seconds=1)
    undo = anna.event("undo")
    release(supervisor)
    bo = successor(world)
    bo.send_scans(1, "SKU-2")
    assert anna.send(scan, undo) == [ACCEPTED] * 2
    assert state_of().picked == {2: 1}
    check_replay(world)


def test_holder_who_left_a_shared_assignment_still_sends(world: World, anna: Scanner) -> None:
    anna.send_event("shared_pick")
    bo = successor(world)
    offline = bo.scan()
    world.clock.advance(seconds=1)
    assert release(bo.person).status == 200
    world.clock.advance(minutes=1)
    assert bo.send(offline, bo.scan()) == [ACCEPTED, NOT_YOURS]
    assert state_of().people[bo.person.user_id].units == 1
    check_replay(world, REF)
