"""Pickers who claim, scan, share and repeat requests at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.builders.picking import (
    NEXT,
    REF,
    Scanner,
    check_replay,
    claim,
    claim_body,
    entries_of,
    held_by,
    line,
    load,
    record,
    state_of,
    stored,
)
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once, both


def claims_of(people: Sequence[Person]) -> list[Answer]:
    """Let all claim at the same moment; return the responses."""
    return at_once([partial(person.post, NEXT, claim_body(person)) for person in people])


def refs(answers: Sequence[Answer]) -> list[str]:
    """Return the assignments of the successful claims."""
    return [answer.json["assignment_id"] for answer in answers if answer.status == 200]


def scans_of(scanner: Scanner, number: int) -> list[dict[str, Any]]:
    """Return scans with different times."""
    scans = []
    for _ in range(number):
        scanner.world.clock.advance(milliseconds=7)
        scans.append(scanner.scan())
    return scans


def sending(scanner: Scanner, events: Sequence[object], at_a_time: int) -> list[str]:
    """Send events in batches, one after the other; return the results."""
    batches = [events[start : start + at_a_time] for start in range(0, len(events), at_a_time)]
    return [result for batch in batches for result in scanner.send(*batch)]


def test_sixty_four_pickers_get_sixty_four_different_assignments(arena: World) -> None:
    load(arena, *(record(f"PA-{number:02}") for number in range(64)))
    pickers = [arena.person("picker") for _ in range(64)]
    answers = claims_of(pickers)
    assert Counter(answer.status for answer in answers) == {200: 64}
    assert sorted(refs(answers)) == [f"PA-{number:02}" for number in range(64)]
    assert [held_by(picker) for picker in pickers] == [{ref} for ref in refs(answers)]
    check_replay(arena, *refs(answers))


def test_every_picker_gets_one_where_all_priorities_differ(arena: World) -> None:
    load(arena, *(record(f"PA-{number:02}", priority=number) for number in range(16)))
    answers = claims_of([arena.person("picker") for _ in range(16)])
    assert len(set(refs(answers))) == 16


def test_highest_priorities_are_claimed_first(arena: World) -> None:
    # Up to this number of conflicts, a claim considers no other priority.
    load(arena, *(record(f"low-{number}", priority=9) for number in range(6)))
    load(arena, *(record(f"high-{number}", priority=1) for number in range(6)))
    got = refs(claims_of([arena.person("picker") for _ in range(6)]))
    assert sorted(got) == [f"high-{number}" for number in range(6)]


def test_claims_beyond_the_queue_are_not_found(arena: World) -> None:
    load(arena, *(record(f"PA-{number}") for number in range(5)))
    answers = claims_of([arena.person("picker") for _ in range(16)])
    assert Counter(answer.status for answer in answers) == {200: 5, 404: 11}
    assert len(set(refs(answers))) == 5


def test_person_with_eight_devices_gets_one_assignment(arena: World) -> None:
    load(arena, *(record(f"PA-{number}") for number in range(8)))
    anna = arena.person("picker")
    assert len(set(refs(claims_of([anna] * 8)))) == 1
    assert len(held_by(anna)) == 1


def test_two_pickers_of_a_shared_assignment_lose_no_scan(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    anna, bo = (Scanner(arena, arena.person("picker")) for _ in range(2))
    claim(anna.person)
    anna.send_event("shared_pick")
    claim(bo.person)
    events = [scans_of(scanner, 30) for scanner in (anna, bo)]
    first, second = both(partial(sending, anna, events[0], 1), partial(sending, bo, events[1], 4))
    assert first == second == ["accepted"] * 30
    state = state_of()
    assert state.units == 60
    assert [state.people[scanner.person.user_id].units for scanner in (anna, bo)] == [30, 30]
    check_replay(arena)


def test_eight_pickers_complete_a_shared_assignment(arena: World) -> None:
    load(arena, record(lines=[line(1, 40)]))
    scanners = [Scanner(arena, arena.person("picker")) for _ in range(8)]
    claim(scanners[0].person)
    scanners[0].send_event("shared_pick")
    for scanner in scanners[1:]:
        claim(scanner.person)
    events = [scans_of(scanner, 5) for scanner in scanners]
    answers = at_once([partial(sending, *pair, 5) for pair in zip(scanners, events, strict=True)])
    assert answers == [["accepted"] * 5] * 8
    assert (stored().status, int(stored().units)) == ("completed", 40)
    assert [held_by(scanner.person) for scanner in scanners] == [set()] * 8
    check_replay(arena)


def test_same_batch_from_several_devices_counts_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner = Scanner(arena, arena.person("picker"))
    claim(scanner.person)
    batch = scans_of(scanner, 120)
    answers = at_once([partial(scanner.send, *batch)] * 4)
    for results in zip(*answers, strict=True):
        assert Counter(results) == {"accepted": 1, "duplicate": 3}
    assert (int(state_of().units), len(entries_of())) == (120, 121)
    check_replay(arena)


def test_overlapping_batches_from_two_devices_count_each_event_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner = Scanner(arena, arena.person("picker"))
    claim(scanner.person)
    events = scans_of(scanner, 60)
    at_once([partial(sending, scanner, part, size) for part, size in ((events[:45], 9), (events[15:], 7))])
    assert (int(state_of().units), len(entries_of())) == (60, 61)
    assert sending(scanner, events, 60) == ["duplicate"] * 60
    check_replay(arena)


def test_same_event_id_for_two_assignments_counts_once(arena: World) -> None:
    load(arena, record("PA-1"), record("PA-2"))
    scanners = [Scanner(arena, arena.person("picker")) for _ in range(2)]
    for scanner in scanners:
        scanner.ref = claim(scanner.person)["assignment_id"]
    for _ in range(5):
        first = scanners[0].scan()
        second = scanners[1].scan(client_event_id=first["client_event_id"])
        results = both(partial(scanners[0].send, first), partial(scanners[1].send, second))
        assert sorted(results) == [["accepted"], ["duplicate"]]
    check_replay(arena, "PA-1", "PA-2")


def test_scan_during_a_release_counts_or_is_rejected(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    scanner, supervisor = Scanner(arena, arena.person("picker")), arena.person("supervisor")
    claim(scanner.person)
    events = scans_of(scanner, 20)
    answers, released = both(
        partial(sending, scanner, events, 2), partial(supervisor.post, f"/assignments/{REF}/release", None)
    )
    assert released.status == 200
    assert set(answers) <= {"accepted", "not_your_assignment"}
    assert state_of().units == answers.count("accepted")
    assert (stored().status, held_by(scanner.person)) == ("queued", set())
    check_replay(arena)


def test_event_that_is_accepted_and_sent_again_at_once_counts_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    anna, supervisor = arena.person("picker"), arena.person("supervisor")
    bo = Scanner(arena, arena.person("picker"))
    claim(anna)
    for count in range(1, 6):
        event = bo.scan()
        assert bo.send(event) == ["not_your_assignment"]
        path = f"/v1/picking/rejected-events/{event['client_event_id']}/accept"
        results, accepted = both(partial(bo.send, event), partial(supervisor.post, path, {}))
        assert accepted.status == 200
        assert results in (["duplicate"], ["not_your_assignment"])
        assert bo.send(event) == ["duplicate"]
        assert state_of().units == count
    check_replay(arena)


def test_event_that_is_dismissed_and_accepted_at_once_is_decided_once(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000)]))
    claim(arena.person("picker"))
    bo, supervisors = Scanner(arena, arena.person("picker")), [arena.person("supervisor") for _ in range(2)]
    counted = 0
    for _ in range(5):
        event = bo.scan()
        assert bo.send(event) == ["not_your_assignment"]
        path = f"/v1/picking/rejected-events/{event['client_event_id']}"
        accepted, dismissed = both(
            partial(supervisors[0].post, f"{path}/accept", {}),
            partial(supervisors[1].post, f"{path}/dismiss", {"note": "no"}),
        )
        assert sorted([accepted.status, dismissed.status]) == [200, 409]
        counted += accepted.status == 200
        assert bo.send(event) == ["duplicate"]
    assert state_of().units == counted
    check_replay(arena)


def test_assignment_that_is_claimed_and_assigned_at_once_has_one_holder(arena: World) -> None:
    supervisor = arena.person("supervisor")
    for number in range(5):
        ref = f"PA-{number}"
        load(arena, record(ref, lines=[line(1, 10)]))
        anna, bo = arena.person("picker"), arena.person("picker")
        claimed, assigned = both(
            partial(anna.post, NEXT, claim_body(anna)),
            partial(supervisor.post, f"/v1/assignments/{ref}/assign", {"user_id": bo.user_id}),
        )
        assert assigned.status == 200
        assert claimed.status in (200, 404)
        assert (held_by(anna), held_by(bo)) == (set(), {ref})
        check_replay(arena, ref)


def test_line_that_is_closed_short_during_scans_loses_none_of_those_before(arena: World) -> None:
    load(arena, record(lines=[line(1, 1000), line(2, 5)]))
    scanner = Scanner(arena, arena.person("picker"))
    claim(scanner.person)
    events = scans_of(scanner, 20)
    answers, closed = both(
        partial(sending, scanner, events, 2),
        partial(scanner.person.post, f"/assignments/{REF}/lines/1/short", {"reason": "None left"}),
    )
    assert closed.status == 200
    assert answers == ["accepted"] * 20
    [row] = arena.person("supervisor").get("/v1/picking/shorts").json["shorts"]
    assert row["picked"] == state_of().units
    check_replay(arena)


def test_picker_who_joins_during_completion_holds_nothing(arena: World) -> None:
    for number in range(4):
        ref = f"PA-{number}"
        load(arena, record(ref, lines=[line(1, 3)]))
        anna, bo = Scanner(arena, arena.person("picker"), ref), arena.person("picker")
        claim(anna.person)
        anna.send_event("shared_pick")
        events = scans_of(anna, 3)
        _, joined = both(partial(sending, anna, events, 1), partial(bo.post, NEXT, claim_body(bo)))
        assert joined.status in (200, 404)
        assert stored(ref).status == "completed"
        assert held_by(anna.person) == held_by(bo) == set()
        check_replay(arena, ref)
