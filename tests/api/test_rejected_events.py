"""Rejected events: supervisors list them, and accept or dismiss them; then the client's queue empties."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.picking.tables import Assignment
from infra.local.engine import EmbeddedEngine
from tests.builders.lists import read_pages
from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    entries_of,
    last_audit_row,
    line,
    load,
    log_messages,
    record,
    release,
    state_of,
    stored,
)
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, Person, World

LIST = "/v1/picking/rejected-events"
ACCEPTED, DUPLICATE, NOT_YOURS = "accepted", "duplicate", "not_your_assignment"
NOTE = "Counted on the pallet"


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor", full_name="Ines")


@pytest.fixture
def bo(world: World) -> Scanner:
    """The scanner of a picker who does not hold the assignment that Anna holds."""
    at_work(world)
    return Scanner(world, world.person("picker", full_name="Bo"))


def rejected(scanner: Scanner, event: dict[str, Any], reason: str = NOT_YOURS) -> str:
    """Send an event that is rejected; return its id."""
    assert scanner.send(event) == [reason]
    return str(event["client_event_id"])


def accept(person: Person, event_id: str, **body: str) -> Answer:
    return person.post(f"{LIST}/{event_id}/accept", body)


def dismiss(person: Person, event_id: str, note: str = NOTE) -> Answer:
    return person.post(f"{LIST}/{event_id}/dismiss", {"note": note})


def shown(person: Person, query: str = "") -> list[tuple[str, str]]:
    """Return the ids and statuses of the listed events."""
    return [(one["client_event_id"], one["status"]) for one in read_pages(person, LIST + query, 2)]


def test_rejected_event_is_listed_with_its_sender_and_reason(bo: Scanner, supervisor: Person) -> None:
    event_id = rejected(bo, bo.scan(device_id="truck-7"))
    [row] = supervisor.get(LIST).json["events"]
    assert row == {
        "client_event_id": event_id,
        "status": "open",
        "reason": NOT_YOURS,
        "user_id": bo.person.user_id,
        "user_name": "Bo",
        "received_at": row["received_at"],
        "event_type": "scan_received",
        "assignment_id": REF,
        "raw": "5901234123457",
        "device_id": "truck-7",
        "happened_at": row["happened_at"],
        "acceptable": True,
    }


def test_accepted_event_counts_for_its_sender_at_its_moment(world: World, bo: Scanner, supervisor: Person) -> None:
    scan = bo.scan()
    event_id = rejected(bo, scan)
    world.clock.advance(minutes=5)
    answer = accept(supervisor, event_id, note=NOTE)
    assert (answer.status, answer.json["status"], answer.json["note"]) == (200, "accepted", NOTE)
    assert answer.json["decided_by"] == supervisor.user_id
    state = state_of()
    assert {person.name: int(person.units) for person in state.people.values()} == {"Anna": 0, "Bo": 1}
    assert state.last[0] == int(world.clock.now().timestamp() * 1000) - 5 * 60_000
    row = last_audit_row(world, "PICK_EVENT_ACCEPTED")
    assert (row.actor_id, row.entity_id) == (supervisor.user_id, event_id)
    assert bo.send(scan) == [DUPLICATE]
    assert state_of().units == 1
    check_replay(world)


def test_queue_empties_at_the_next_flush_after_the_decisions(world: World, bo: Scanner, supervisor: Person) -> None:
    queue = [bo.scan(), bo.scan(), bo.event("wrap")]
    assert bo.send(*queue) == [NOT_YOURS] * 3
    assert accept(supervisor, queue[0]["client_event_id"]).status == 200
    assert dismiss(supervisor, queue[1]["client_event_id"]).status == 200
    assert bo.send(*queue) == [DUPLICATE, DUPLICATE, NOT_YOURS]
    assert accept(supervisor, queue[2]["client_event_id"]).status == 200
    assert bo.send(*queue) == [DUPLICATE] * 3
    assert (int(state_of().units), state_of().wraps) == (1, 1)
    check_replay(world)


def test_each_event_is_listed_in_its_status_the_last_rejected_first(
    world: World, bo: Scanner, supervisor: Person
) -> None:
    ids = []
    for _ in range(5):
        world.clock.advance(seconds=1)
        ids.append(rejected(bo, bo.scan()))
    accept(supervisor, ids[0])
    dismiss(supervisor, ids[1])
    assert shown(supervisor, "?status=open") == [(one, "open") for one in ids[:1:-1]]
    assert shown(supervisor, "?status=accepted") == [(ids[0], "accepted")]
    assert shown(supervisor, "?status=dismissed") == [(ids[1], "dismissed")]
    assert [event_id for event_id, _ in shown(supervisor)] == ids[::-1]


def test_newest_try_is_kept(world: World, bo: Scanner, supervisor: Person) -> None:
    scan = bo.scan()
    event_id = rejected(bo, scan | {"event_type": "coffee_fetched"}, "unknown_event_type")
    assert supervisor.get(LIST).json["events"][0]["reason"] == "unknown_event_type"
    world.clock.advance(seconds=1)
    rejected(bo, scan)
    [row] = supervisor.get(LIST).json["events"]
    assert (row["client_event_id"], row["reason"], row["event_type"]) == (event_id, NOT_YOURS, "scan_received")


def test_same_try_is_written_again_only_after_a_while(world: World, bo: Scanner, engine: EmbeddedEngine) -> None:
    scan = bo.scan()
    rejected(bo, scan)
    written: list[str] = []
    with engine.before("TransactWriteItems", lambda name, _: written.append(name)):
        rejected(bo, scan)
        assert written == []
        world.clock.advance(minutes=11)
        rejected(bo, scan)
        assert len(written) == 1


def test_later_acceptance_of_the_clients_own_try_closes_the_row(world: World, bo: Scanner, supervisor: Person) -> None:
    scan = bo.scan() | {"payload": bo.scan()["payload"] | {"assignment_id": "PA-9"}}
    event_id = rejected(bo, scan)
    load(world, record("PA-9", priority=0))
    claim(bo.person)
    assert bo.send(scan) == [ACCEPTED]
    assert shown(supervisor) == [(event_id, "accepted")]
    [row] = supervisor.get(LIST).json["events"]
    assert "decided_by" not in row
    assert accept(supervisor, event_id).status == 200  # it is accepted already
    assert bo.send(scan) == [DUPLICATE]
    check_replay(world, "PA-9")


def test_event_rejected_and_accepted_in_one_batch_is_not_listed(bo: Scanner, supervisor: Person) -> None:
    release(bo.world.person("supervisor"))
    claim(bo.person)
    scan = bo.scan()
    assert bo.send(scan | {"event_type": "x"}, scan) == ["unknown_event_type", ACCEPTED]
    assert shown(supervisor) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event_type": "coffee_fetched"}, "unknown_event_type"),
        ({"payload": None}, "missing_field:payload"),
        ({"created_at": "yesterday"}, "invalid_field:created_at"),
        ({"payload": {"raw": "\ud800", "assignment_id": 7}}, "invalid_field:raw"),
        ({"payload": {"assignment_id": "PA-404"}, "event_type": "undo_requested"}, NOT_YOURS),
        ({"more": "x" * 9000}, NOT_YOURS),
        ({"payload": {"raw": "x" * 9000}}, "invalid_field:raw"),
    ],
    ids=range(7),
)
def test_event_that_is_not_well_formed_can_only_be_dismissed(
    bo: Scanner, supervisor: Person, change: dict[str, Any], reason: str
) -> None:
    event = bo.scan() | change
    event_id = rejected(bo, event, reason)
    assert "\ud800" not in str(supervisor.get(LIST).json)
    if "more" not in change:
        answer = accept(supervisor, event_id)
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        assert (answer.json["error"]["details"]["state"], answer.json["error"]["details"]["allowed"]) == (
            "open",
            ["dismiss"],
        )
    assert dismiss(supervisor, event_id).status == 200
    assert bo.send(event) == [DUPLICATE]


def test_event_of_another_user_counts_for_who_sent_it(world: World, bo: Scanner, supervisor: Person) -> None:
    event_id = rejected(bo, bo.scan(user_id="anna"), "user_mismatch")
    assert accept(supervisor, event_id).status == 200
    assert state_of().people[bo.person.user_id].units == 1
    check_replay(world)


def test_accepted_scan_completes_the_assignment(world: World, supervisor: Person) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    bo = Scanner(world, world.person("picker"))
    assert accept(supervisor, rejected(bo, bo.scan())).status == 200
    assert (stored().status, stored().holders) == ("completed", None)
    assert log_messages(Scanner(world, anna).state())[0] == "All lines picked"
    check_replay(world)


@pytest.mark.parametrize("kind", ["break_toggle", "wrap", "delay", "shared_pick", "undo", "tracker_opened"])
def test_every_kind_of_event_can_be_accepted(world: World, bo: Scanner, supervisor: Person, kind: str) -> None:
    assert accept(supervisor, rejected(bo, bo.event(kind))).status == 200
    assert len(entries_of()) == 2
    check_replay(world)


def test_event_is_accepted_however_often_others_change_the_assignment_first(
    bo: Scanner, supervisor: Person, engine: EmbeddedEngine
) -> None:
    event_id = rejected(bo, bo.scan())

    def overtake(*_: object) -> None:
        stored().update(actions=[Assignment.version.add(1)])

    with engine.before("TransactWriteItems", overtake, times=15):
        answer = accept(supervisor, event_id)
    assert answer.status == 200
    assert state_of().units == 1


def test_batch_is_ingested_however_often_others_change_the_assignment_first(
    world: World, engine: EmbeddedEngine
) -> None:
    anna = Scanner(world, at_work(world))

    def overtake(*_: object) -> None:
        stored().update(actions=[Assignment.version.add(1)])

    with engine.before("TransactWriteItems", overtake, times=15):
        assert anna.send(anna.scan()) == [ACCEPTED]
    assert state_of().units == 1


def test_decision_is_repeated_but_not_changed(bo: Scanner, supervisor: Person) -> None:
    accepted, dismissed = rejected(bo, bo.scan()), rejected(bo, bo.scan())
    assert accept(supervisor, accepted, note=NOTE).status == dismiss(supervisor, dismissed).status == 200
    assert accept(supervisor, accepted, note="Another").json["note"] == NOTE
    for answer in (dismiss(supervisor, accepted), accept(supervisor, dismissed)):
        assert (answer.status, answer.code, answer.json["error"]["details"]["allowed"]) == (
            409,
            "WORKFLOW_VIOLATION",
            [],
        )
    assert state_of().units == 1


def test_id_is_found_in_lower_and_upper_case(bo: Scanner, supervisor: Person) -> None:
    event_id = rejected(bo, bo.scan())
    assert dismiss(supervisor, event_id.upper()).json["client_event_id"] == event_id


def test_dismissal_needs_a_note(bo: Scanner, supervisor: Person) -> None:
    event_id = rejected(bo, bo.scan())
    assert list(dismiss(supervisor, event_id, " ").fields) == ["note"]
    assert list(supervisor.post(f"{LIST}/{event_id}/dismiss", {}).fields) == ["note"]


def test_only_supervisors_of_the_same_organisation_decide(world: World, bo: Scanner, supervisor: Person) -> None:
    event_id = rejected(bo, bo.scan())
    for person in (bo.person, world.person("packer")):
        assert person.get(LIST).code == "ACCESS_DENIED"
        assert accept(person, event_id).code == dismiss(person, event_id).code == "ACCESS_DENIED"
    stranger = world.person("supervisor", OTHER)
    assert shown(stranger) == []
    assert accept(stranger, event_id).status == dismiss(stranger, event_id).status == 404
    assert shown(supervisor) == [(event_id, "open")]


def test_event_that_was_never_rejected_is_not_found(bo: Scanner, supervisor: Person) -> None:
    anna = at_work(bo.world, assignment_ref="PA-5")
    scan = Scanner(bo.world, anna, "PA-5").scan()
    assert Scanner(bo.world, anna, "PA-5").send(scan) == [ACCEPTED]
    for event_id in (scan["client_event_id"], str(uuid.UUID(int=0, version=4)), "x"):
        answer = accept(supervisor, event_id)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize("query", ["status=lost", "limit=101", "cursor=x", "reason=x"])
def test_wrong_filter_is_refused_by_its_name(supervisor: Person, query: str) -> None:
    answer = supervisor.get(f"{LIST}?{query}")
    assert (answer.status, list(answer.fields)) == (422, [query.partition("=")[0]])


def test_results_do_not_depend_on_keeping_the_rejected_events(
    bo: Scanner, supervisor: Person, engine: EmbeddedEngine
) -> None:
    scan = bo.scan()
    fail: Callable[..., None] = lambda *_: engine.fail_next("TransactWriteItems", "ThrottlingException", 100)  # noqa: E731 - a hook
    with engine.before("TransactWriteItems", fail):
        rejected(bo, scan)
    engine.remove_hooks()
    assert shown(supervisor) == []
    rejected(bo, scan)
    assert len(shown(supervisor)) == 1


def test_list_takes_two_round_trips(bo: Scanner, supervisor: Person, engine: EmbeddedEngine) -> None:
    rejected(bo, bo.scan())
    with counted_trips(engine) as made:
        assert supervisor.get(LIST).status == 200
    assert len(made) == 2
