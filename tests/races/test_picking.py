"""Pickers who ask, scan, share and repeat themselves, all at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.builders.picking import (
    NEXT,
    REF,
    Scanner,
    entries_of,
    hands,
    line,
    load,
    next_body,
    proven,
    record,
    state_of,
    stored,
    take,
)
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once, both


def asking(people: Sequence[Person]) -> list[Answer]:
    """All ask for something to do at the same moment."""
    return at_once([partial(person.post, NEXT, next_body(person)) for person in people])


def refs(answers: Sequence[Answer]) -> list[str]:
    """What those who got something got."""
    return [answer.json["assignment_id"] for answer in answers if answer.status == 200]


def scans_of(scanner: Scanner, number: int) -> list[dict[str, Any]]:
    """So many scans, each at a moment of its own."""
    made = []
    for _ in range(number):
        scanner.world.clock.advance(milliseconds=7)
        made.append(scanner.scan())
    return made


def sending(scanner: Scanner, events: Sequence[object], at_a_time: int) -> list[str]:
    """Send events in batches, one after the other."""
    batches = [events[start : start + at_a_time] for start in range(0, len(events), at_a_time)]
    return [result for batch in batches for result in scanner.send(*batch)]


def test_sixty_four_pickers_get_sixty_four_different_assignments(arena: World) -> None:
    load(arena, *(record(f"PA-{number:02}") for number in range(64)))
    pickers = [arena.person("picker") for _ in range(64)]
    answers = asking(pickers)
    assert Counter(answer.status for answer in answers) == {200: 64}
    assert sorted(refs(answers)) == [f"PA-{number:02}" for number in range(64)]
    assert [hands(picker) for picker in pickers] == [{ref} for ref in refs(answers)]
    proven(arena, *refs(answers))


def test_nobody_goes_without_where_each_assignment_has_a_priority_of_its_own(arena: World) -> None:
    load(arena, *(record(f"PA-{number:02}", priority=number) for number in range(16)))
    answers = asking([arena.person("picker") for _ in range(16)])
    assert len(set(refs(answers))) == 16


def test_the_highest_priorities_go_first_whoever_gets_them(arena: World) -> None:
    # Up to so many who collide, nobody looks at another priority.
    load(arena, *(record(f"low-{number}", priority=9) for number in range(6)))
    load(arena, *(record(f"high-{number}", priority=1) for number in range(6)))
    got = refs(asking([arena.person("picker") for _ in range(6)]))
    assert sorted(got) == [f"high-{number}" for number in range(6)]


def test_where_there_are_too_few_the_others_are_told_so(arena: World) -> None:
    load(arena, *(record(f"PA-{number}") for number in range(5)))
    answers = asking([arena.person("picker") for _ in range(16)])
    assert Counter(answer.status for answer in answers) == {200: 5, 404: 11}
    assert len(set(refs(answers))) == 5


def test_one_person_who_asks_on_eight_devices_gets_one(arena: World) -> None:
    load(arena, *(record(f"PA-{number}") for number in range(8)))
    anna = arena.person("picker")
    assert len(set(refs(asking([anna] * 8)))) == 1
    assert len(hands(anna)) == 1


def test_two_who_scan_one_shared_assignment_at_once_lose_nothing(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    anna, bo = (Scanner(arena, arena.person("picker")) for _ in range(2))
    take(anna.person)
    anna.said("shared_pick")
    take(bo.person)
    events = [scans_of(scanner, 30) for scanner in (anna, bo)]
    one, other = both(partial(sending, anna, events[0], 1), partial(sending, bo, events[1], 4))
    assert one == other == ["accepted"] * 30
    state = state_of()
    assert state.units == 60
    assert [state.people[scanner.person.user_id].units for scanner in (anna, bo)] == [30, 30]
    proven(arena)


def test_eight_who_scan_one_shared_assignment_finish_it_together(arena: World) -> None:
    load(arena, record(lines=[line(1, 40)]))
    scanners = [Scanner(arena, arena.person("picker")) for _ in range(8)]
    take(scanners[0].person)
    scanners[0].said("shared_pick")
    for scanner in scanners[1:]:
        take(scanner.person)
    events = [scans_of(scanner, 5) for scanner in scanners]
    answers = at_once([partial(sending, *pair, 5) for pair in zip(scanners, events, strict=True)])
    assert answers == [["accepted"] * 5] * 8
    assert (stored().status, int(stored().units)) == ("completed", 40)
    assert [hands(scanner.person) for scanner in scanners] == [set()] * 8
    proven(arena)


def test_one_batch_from_several_devices_at_once_counts_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner = Scanner(arena, arena.person("picker"))
    take(scanner.person)
    batch = scans_of(scanner, 120)
    answers = at_once([partial(scanner.send, *batch)] * 4)
    for results in zip(*answers, strict=True):
        assert Counter(results) == {"accepted": 1, "duplicate": 3}
    assert (int(state_of().units), len(entries_of())) == (120, 121)
    proven(arena)


def test_overlapping_batches_from_two_devices_count_each_event_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner = Scanner(arena, arena.person("picker"))
    take(scanner.person)
    events = scans_of(scanner, 60)
    at_once([partial(sending, scanner, part, size) for part, size in ((events[:45], 9), (events[15:], 7))])
    assert (int(state_of().units), len(entries_of())) == (60, 61)
    assert sending(scanner, events, 60) == ["duplicate"] * 60
    proven(arena)


def test_one_event_id_for_two_assignments_at_once_counts_for_one(arena: World) -> None:
    load(arena, record("PA-1"), record("PA-2"))
    scanners = [Scanner(arena, arena.person("picker")) for _ in range(2)]
    for scanner in scanners:
        scanner.ref = take(scanner.person)["assignment_id"]
    for _ in range(5):
        one = scanners[0].scan()
        other = scanners[1].scan(client_event_id=one["client_event_id"])
        results = both(partial(scanners[0].send, one), partial(scanners[1].send, other))
        assert sorted(results) == [["accepted"], ["duplicate"]]
    proven(arena, "PA-1", "PA-2")


def test_what_is_scanned_while_it_is_given_back_counts_or_is_rejected(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner, boss = Scanner(arena, arena.person("picker")), arena.person("supervisor")
    take(scanner.person)
    events = scans_of(scanner, 20)
    answers, released = both(
        partial(sending, scanner, events, 2), partial(boss.post, f"/assignments/{REF}/release", None)
    )
    assert released.status == 200
    assert set(answers) <= {"accepted", "not_your_assignment"}
    assert state_of().units == answers.count("accepted")
    assert (stored().status, hands(scanner.person)) == ("queued", set())
    proven(arena)


def test_whoever_joins_while_it_becomes_complete_is_free_afterwards(arena: World) -> None:
    for number in range(4):
        ref = f"PA-{number}"
        load(arena, record(ref, lines=[line(1, 3)]))
        anna, bo = Scanner(arena, arena.person("picker"), ref), arena.person("picker")
        take(anna.person)
        anna.said("shared_pick")
        events = scans_of(anna, 3)
        _, joined = both(partial(sending, anna, events, 1), partial(bo.post, NEXT, next_body(bo)))
        assert joined.status in (200, 404)
        assert stored(ref).status == "completed"
        assert hands(anna.person) == hands(bo) == set()
        proven(arena, ref)
