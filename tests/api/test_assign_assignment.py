"""Supervisors decide who picks an assignment, and in which order assignments are claimed."""

from __future__ import annotations

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    close,
    code,
    held_by,
    last_audit_row,
    load,
    log_messages,
    record,
    release,
    state_of,
    stored,
)
from tests.builders.world import OTHER, Answer, Person, World

DETAIL = "/v1/assignments"
ACCEPTED, NOT_YOURS = "accepted", "not_your_assignment"


@pytest.fixture
def supervisor(world: World) -> Person:
    return world.person("supervisor", full_name="Ines")


def assign(by: Person, user_id: str, ref: str = REF, **headers: str) -> Answer:
    return by.post(f"{DETAIL}/{ref}/assign", {"user_id": user_id}, **headers)


def prioritise(by: Person, priority: int, ref: str = REF, **headers: str) -> Answer:
    return by.patch(f"{DETAIL}/{ref}", {"priority": priority}, **headers)


def test_assignment_that_waits_is_given_to_a_user(world: World, supervisor: Person) -> None:
    load(world, record())
    bo = world.person("picker", full_name="Bo")
    answer = assign(supervisor, bo.user_id)
    assert (answer.status, answer.json["status"], answer.json["holders"]) == (200, "active", [bo.user_id])
    assert claim(bo)["assignment_id"] == REF
    assert log_messages(Scanner(world, bo).state()) == ["Bo took the assignment"]
    assert stored().queue_key is None
    row = last_audit_row(world, "ASSIGNMENT_ASSIGNED")
    assert (row.actor_id, row.entity_id) == (supervisor.user_id, REF)
    check_replay(world)


def test_assignment_in_hand_is_taken_from_its_holder(world: World, supervisor: Person) -> None:
    anna, bo = Scanner(world, at_work(world)), Scanner(world, world.person("picker", full_name="Bo"))
    offline = anna.scan()
    world.clock.advance(minutes=1)
    assert assign(supervisor, bo.person.user_id).status == 200
    world.clock.advance(minutes=1)
    assert (held_by(anna.person), held_by(bo.person)) == (set(), {REF})
    assert anna.send(offline, anna.scan()) == [ACCEPTED, NOT_YOURS]
    assert bo.send(bo.scan()) == [ACCEPTED]
    assert {person.name: int(person.units) for person in state_of().people.values()} == {"Anna": 1, "Bo": 1}
    check_replay(world)


def test_only_holder_keeps_the_assignment_without_a_change(world: World, supervisor: Person) -> None:
    anna = at_work(world)
    before = stored().version
    assert assign(supervisor, anna.user_id).status == 200
    assert stored().version == before


def test_shared_assignment_is_left_to_one_of_its_holders(world: World, supervisor: Person) -> None:
    anna, bo = Scanner(world, at_work(world)), world.person("picker")
    anna.send_event("shared_pick")
    claim(bo)
    assert assign(supervisor, bo.user_id).json["holders"] == [bo.user_id]
    assert (held_by(anna.person), held_by(bo)) == (set(), {REF})
    check_replay(world)


def test_user_with_another_assignment_is_busy(world: World, supervisor: Person) -> None:
    anna = at_work(world)
    load(world, record("PA-2"))
    answer = assign(supervisor, anna.user_id, "PA-2")
    assert (code(answer), answer.json["error"]["details"]) == (
        (409, "PICKER_BUSY"),
        {"user_id": anna.user_id, "assignment_id": REF},
    )


def test_user_who_claims_another_at_the_same_moment_is_busy(
    world: World, supervisor: Person, engine: EmbeddedEngine
) -> None:
    load(world, record(), record("PA-2", role="operative"))
    bo = world.person("picker")
    taken: list[object] = []
    engine.before("TransactWriteItems", lambda *_: taken.append(claim(bo)), times=1)
    assert code(assign(supervisor, bo.user_id, "PA-2")) == (409, "PICKER_BUSY")
    assert held_by(bo) == {REF}
    check_replay(world, REF, "PA-2")


def test_user_has_to_be_one_who_picks(world: World, supervisor: Person) -> None:
    load(world, record())
    gone = world.person("picker")
    admin = world.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{gone.user_id}", {"status": "DISABLED"}).status == 200
    for user_id in ("nobody", world.person("packer").user_id, world.person("picker", OTHER).user_id, gone.user_id):
        assert list(assign(supervisor, user_id).fields) == ["user_id"]
    assert stored().status == "queued"


def test_finished_assignment_is_not_given_to_anybody(world: World, supervisor: Person) -> None:
    anna = at_work(world)
    close(supervisor)
    for answer in (assign(supervisor, anna.user_id), prioritise(supervisor, 3)):
        assert (code(answer), answer.json["error"]["details"]["allowed"]) == ((409, "WORKFLOW_VIOLATION"), [])


def test_priority_moves_an_assignment_in_the_queue(world: World, supervisor: Person) -> None:
    load(world, record("PA-1", priority=5), record("PA-2", priority=7))
    answer = prioritise(supervisor, 1, "PA-2")
    assert (answer.status, answer.json["priority"], answer.json["version"]) == (200, 1, 2)
    assert claim(world.person("picker"))["assignment_id"] == "PA-2"
    assert prioritise(supervisor, 9, "PA-2").json["priority"] == 9
    release(supervisor, "PA-2")
    assert claim(world.person("picker"))["assignment_id"] == "PA-1"


@pytest.mark.parametrize("body", [{}, {"priority": -1}, {"priority": 10_000}, {"priority": "1"}, {"zone": "Cold"}])
def test_invalid_change_is_refused(world: World, supervisor: Person, body: dict[str, object]) -> None:
    load(world, record())
    assert supervisor.patch(f"{DETAIL}/{REF}", body).status == 422


def test_stale_version_is_a_conflict(world: World, supervisor: Person) -> None:
    anna = at_work(world)
    assert code(assign(supervisor, anna.user_id, if_match="1")) == (409, "VERSION_CONFLICT")
    assert code(prioritise(supervisor, 1, if_match="1")) == (409, "VERSION_CONFLICT")


def test_only_leads_of_the_same_organisation_decide(world: World) -> None:
    anna = at_work(world)
    for person in (anna, world.person("packer")):
        assert code(assign(person, anna.user_id)) == code(prioritise(person, 1)) == (403, "ACCESS_DENIED")
    stranger = world.person("supervisor", OTHER)
    assert assign(stranger, anna.user_id).status == prioritise(stranger, 1).status == 404
