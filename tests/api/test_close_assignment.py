"""Close an assignment before it is complete."""

from __future__ import annotations

import pytest

from tests.builders.picking import (
    REF,
    Scanner,
    at_work,
    check_replay,
    close,
    code,
    held_by,
    load,
    log_messages,
    post_claim,
    record,
    release,
    scanner_state,
    stored,
)
from tests.builders.world import World

NONE_AVAILABLE = (404, "NO_ASSIGNMENT_AVAILABLE")


def test_holder_closes_an_assignment_with_a_reason(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).send_scans(1)
    answer = close(anna)
    assert (answer.status, answer.json["status"]) == (200, "closed")
    assert answer.json["close_reason"] == "The rest is out of stock"
    assert held_by(anna) == set()
    assert code(post_claim(anna)) == NONE_AVAILABLE
    shown = scanner_state(anna)
    assert (shown["assignment"]["active"], shown["assignment"]["status"]) == (False, "closed")
    assert log_messages(shown)[0] == "Closed early: The rest is out of stock"
    assert (close(anna).status, close(anna).json) == (200, answer.json)
    assert code(close(world.person("supervisor"))) == (409, "WORKFLOW_VIOLATION")
    assert code(release(world.person("supervisor"))) == (409, "WORKFLOW_VIOLATION")
    check_replay(world)


def test_earlier_scan_that_arrives_after_the_close_counts(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    late = scanner.scan()
    world.clock.advance(minutes=1)
    assert close(world.person("supervisor")).status == 200
    assert scanner.send(late) == ["accepted"]
    assert (int(stored().units), stored().status) == (1, "closed")
    check_replay(world)


def test_supervisors_close_queued_assignments(world: World) -> None:
    load(world, record())
    assert code(close(world.person("picker"))) == (403, "ACCESS_DENIED")
    assert close(world.person("gm")).json["status"] == "closed"
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}, {"reason": "a", "more": 1}])
def test_close_requires_a_reason(world: World, body: dict[str, object]) -> None:
    anna = at_work(world)
    answer = anna.post(f"/assignments/{REF}/close", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert len(answer.fields) == 1
