"""Release an assignment, and what release and close have in common."""

from __future__ import annotations

import json

import pytest

from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    close,
    code,
    entries_of,
    held_by,
    last_audit_row,
    line,
    release,
    scanner_state,
)
from tests.builders.world import OTHER, World


def test_released_assignment_returns_to_the_queue_with_its_picks(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).send_scans(2)
    answer = release(anna)
    assert (answer.status, answer.headers["ETag"]) == (200, '"4"')
    assert answer.json == {
        "assignment_id": REF,
        "status": "queued",
        "customer": "Zomer & Zoon",
        "order_label": f"SO-{REF}",
        "zone": "Ambient",
        "route": "North",
        "qty": 8,
        "picked_qty": 2,
        "version": 4,
        "started_at": "2026-03-01T09:00:00Z",
    }
    assert held_by(anna) == set()
    assert not scanner_state(anna)["assignment"]["active"]
    bo = world.person("picker")
    assert claim(bo)["assignment_id"] == REF
    assert scanner_state(bo)["order_progress"]["percent"] == "25%"
    assert scanner_state(bo)["metrics"]["total_units"] == 0
    check_replay(world)


def test_repeated_release_changes_nothing(world: World) -> None:
    anna = at_work(world)
    first = release(anna)
    assert (release(anna).status, release(anna).json) == (200, first.json)
    assert len(entries_of()) == 2


def test_release_is_not_repeated_after_another_claim(world: World) -> None:
    anna, bo = at_work(world), world.person("picker")
    assert release(anna).status == 200
    claim(bo)
    assert code(release(anna)) == (403, "ACCESS_DENIED")
    assert held_by(bo) == {REF}


def test_only_holders_and_supervisors_release(world: World) -> None:
    anna = at_work(world)
    assert code(release(world.person("picker"))) == (403, "ACCESS_DENIED")
    supervisor = world.person("supervisor")
    assert release(supervisor).json["status"] == "queued"
    assert held_by(anna) == set()
    diff = json.loads(last_audit_row(world, "ASSIGNMENT_RELEASED").payload_diff)
    assert diff[f"picker/{anna.user_id}.in_hand"] == [REF, None]
    assert code(release(world.person("gm"))) == (409, "WORKFLOW_VIOLATION")


def test_holder_of_a_shared_assignment_releases_only_their_own_hold(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).send_event("shared_pick")
    bo = world.person("picker")
    claim(bo)
    assert release(bo).json["status"] == "active"
    assert (held_by(anna), held_by(bo)) == ({REF}, set())
    assert claim(bo)["assignment_id"] == REF
    check_replay(world)


def test_unknown_and_foreign_assignments_are_not_found(world: World) -> None:
    at_work(world)
    stranger = world.person("admin", OTHER)
    for answer in (release(stranger), close(stranger), release(stranger, "nothing"), close(stranger, "nothing")):
        assert code(answer) == (404, "NOT_FOUND")


def test_stale_version_is_a_conflict(world: World) -> None:
    anna = at_work(world)
    assert code(release(anna, if_match="1")) == (409, "VERSION_CONFLICT")
    assert code(close(anna, if_match="1")) == (409, "VERSION_CONFLICT")
    assert release(anna, if_match='"2"').status == 200


def test_completed_assignment_cannot_be_released_or_closed(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    Scanner(world, anna).send_scans(1)
    for action, answer in (("release", release(anna)), ("close", close(anna))):
        assert code(answer) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["details"] == {"state": "completed", "action": action, "allowed": []}


@pytest.mark.parametrize("action", ["release", "close"])
def test_step_without_permission_is_denied(world: World, action: str) -> None:
    at_work(world)
    answer = world.person("packer").post(f"/assignments/{REF}/{action}", {"reason": "x"})
    assert (answer.status, answer.json["error"]["details"]) == (403, {"permission": f"picking.assignment.{action}"})


@pytest.mark.parametrize("action", ["release", "close"])
def test_step_with_the_same_idempotency_key_is_replayed(world: World, action: str) -> None:
    anna = at_work(world)
    body = {"reason": "x"} if action == "close" else None
    first = anna.post(f"/assignments/{REF}/{action}", body, idempotency_key="k")
    again = anna.post(f"/assignments/{REF}/{action}", body, idempotency_key="k")
    assert (again.status, again.text) == (200, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
