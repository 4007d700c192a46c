"""Claim an assignment: the next one of the queue, the one already held, or a shared one."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from chalicelib.core.hourly_counts import SHARDS
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    NEXT,
    REF,
    Scanner,
    at_work,
    check_replay,
    claim,
    claim_body,
    close,
    code,
    entries_of,
    held_by,
    last_audit_row,
    line,
    load,
    log_messages,
    post_claim,
    record,
    release,
    scanner_state,
    state_of,
    stored,
)
from tests.builders.world import OTHER, World

NONE_AVAILABLE = (404, "NO_ASSIGNMENT_AVAILABLE")


class FixedRandom(Random):
    """Always chooses the last of the candidates, or the one at `place`; records the numbers of candidates."""

    def __init__(self, place: int | None = None) -> None:
        super().__init__()
        self.place = place
        self.numbers: list[int] = []

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        assert (stop, step) == (None, 1)
        self.numbers.append(start)
        return start - 1 if self.place is None else min(self.place, start - 1)


def test_claim_returns_the_assignment(world: World) -> None:
    load(world, record())
    anna = world.person("picker")
    answer = post_claim(anna)
    assert (answer.status, answer.json) == (
        200,
        {
            "assignment_id": REF,
            "customer": "Zomer & Zoon",
            "order_label": f"SO-{REF}",
            "zone": "Ambient",
            "route": "North",
            "started_at": "2026-03-01T09:00:00Z",
        },
    )
    assert held_by(anna) == {REF}
    assert json.loads(last_audit_row(world, "ASSIGNMENT_CLAIMED").payload_diff)["status"] == ["queued", "active"]
    [claim] = entries_of()
    assert (claim.by, claim.text) == (anna.user_id, "Picker 2")


def test_claim_returns_the_held_assignment_until_it_is_done(world: World) -> None:
    load(world, record("PA-1", lines=[line(1, 1)]), record("PA-2"))
    anna = world.person("picker")
    first = claim(anna)
    world.clock.advance(minutes=1)
    assert claim(anna) == first
    scanner = Scanner(world, anna, first["assignment_id"])
    if first["assignment_id"] == "PA-1":
        scanner.send_scans(1)
    else:
        assert close(anna, "PA-2").status == 200
    assert claim(anna)["assignment_id"] != first["assignment_id"]
    check_replay(world, "PA-1", "PA-2")


def test_oldest_assignment_of_the_highest_priority_comes_first(world: World) -> None:
    world.random_source = FixedRandom(0)
    world.reset_parts()
    for ref, priority in [("late", 5), ("b", 0), ("c", 0), ("first", 1)]:
        world.clock.advance(seconds=1)
        load(world, record(ref, priority=priority))
    order = [claim(world.person("picker"))["assignment_id"] for _ in range(4)]
    assert order == ["b", "c", "first", "late"]
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE


def test_claim_takes_one_of_the_first_few_of_the_highest_priority(world: World) -> None:
    random_source = FixedRandom()
    world.random_source = random_source
    world.reset_parts()
    load(world, *(record(f"low-{number:02}", priority=7) for number in range(12)), record("high", priority=2))
    assert claim(world.person("picker"))["assignment_id"] == "high"
    assert claim(world.person("picker"))["assignment_id"] == "low-07"
    of_claims = [number for number in random_source.numbers if number != SHARDS]  # the others are of counters
    assert of_claims == [1, 8]


def test_each_role_has_its_own_queue(world: World) -> None:
    load(world, record("PA-1", role="operative"))
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE
    assert claim(world.person("operative"))["assignment_id"] == "PA-1"


def test_each_organisation_has_its_own_queue(world: World) -> None:
    load(world, record())
    assert code(post_claim(world.person("picker", OTHER))) == NONE_AVAILABLE


def test_scope_own_limits_claims_to_the_callers_role(world: World) -> None:
    load(world, record(role="operative"))
    assert code(post_claim(world.person("picker"), role="operative")) == (403, "ACCESS_DENIED")
    assert claim(world.person("supervisor"), role="operative")["assignment_id"] == REF


def test_claim_for_another_company_is_denied(world: World) -> None:
    assert code(post_claim(world.person("picker"), company_id=OTHER)) == (403, "ACCESS_DENIED")


def test_claim_without_permission_is_denied(world: World) -> None:
    assert code(post_claim(world.person("packer"), role="picker")) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"device_id", "company_id", "role"}),
        ({"device_id": "", "company_id": "demo", "role": "packer"}, {"device_id", "role"}),
        ({"device_id": 1, "company_id": "a b", "role": "picker"}, {"device_id", "company_id"}),
    ],
)
def test_invalid_claim_names_every_bad_field(world: World, body: object, fields: set[str]) -> None:
    answer = world.person("picker").post(NEXT, body)
    assert (answer.status, set(answer.fields)) == (422, fields)


def test_claim_with_the_same_idempotency_key_is_replayed(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna = world.person("picker")
    first = anna.post(NEXT, claim_body(anna), idempotency_key="k")
    assert close(anna, first.json["assignment_id"]).status == 200
    again = anna.post(NEXT, claim_body(anna), idempotency_key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")


def test_claim_takes_three_round_trips(world: World, engine: EmbeddedEngine) -> None:
    load(world, record())
    anna = world.person("picker")
    calls: list[str] = []
    for operation in ("BatchGetItem", "GetItem", "Query", "TransactWriteItems"):
        engine.before(operation, lambda name, _: calls.append(name))
    claim(anna)
    claim(anna)
    assert calls == [
        *("BatchGetItem", "Query", "TransactWriteItems"),
        *("BatchGetItem", "GetItem", "TransactWriteItems"),
    ]


def test_claim_that_loses_a_race_takes_another_assignment(world: World, engine: EmbeddedEngine) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna, bo = world.person("picker"), world.person("picker")
    other: list[str] = []
    engine.before("TransactWriteItems", lambda *_: other.append(claim(bo)["assignment_id"]), times=1)
    world.random_source = FixedRandom(0)
    world.reset_parts()
    assert {claim(anna)["assignment_id"], *other} == {"PA-1", "PA-2"}


def test_claim_that_loses_the_last_assignment_is_not_found(world: World, engine: EmbeddedEngine) -> None:
    load(world, record())
    bo, claimed = world.person("picker"), list[object]()
    engine.before("TransactWriteItems", lambda *_: claimed.append(claim(bo)), times=1)
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE


@pytest.mark.parametrize("leave", ["complete", "release"])
def test_assignment_that_ends_during_the_claim_is_not_returned(
    world: World, engine: EmbeddedEngine, leave: str
) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    load(world, record("PA-2"))

    def leave_it(*_: Any) -> None:
        if leave == "complete":
            scanner.send_scans(1)
        else:
            assert release(scanner.person).status == 200

    engine.before("GetItem", leave_it, times=1)
    world.random_source = FixedRandom(1)
    world.reset_parts()
    assert claim(scanner.person)["assignment_id"] == "PA-2"
    assert held_by(scanner.person) == {"PA-2"}
    check_replay(world, REF, "PA-2")


def test_two_devices_of_a_person_get_the_same_assignment(world: World, engine: EmbeddedEngine) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna = world.person("picker")
    other: list[str] = []
    engine.before("TransactWriteItems", lambda *_: other.append(claim(anna)["assignment_id"]), times=1)
    assert [claim(anna)["assignment_id"]] == other
    assert held_by(anna) == set(other)


def test_shared_assignment_is_joined_when_nothing_else_waits(world: World) -> None:
    anna = at_work(world)
    bo = world.person("picker", full_name="Bo")
    assert code(post_claim(bo)) == NONE_AVAILABLE
    Scanner(world, anna).send_event("shared_pick")
    load(world, record("PA-2"))
    assert claim(bo)["assignment_id"] == "PA-2"
    cas = world.person("picker", full_name="Cas")
    assert claim(cas)["assignment_id"] == REF
    Scanner(world, cas).send_scans(2)
    Scanner(world, anna).send_scans(1)
    assert scanner_state(cas)["metrics"]["total_units"] == 2
    assert scanner_state(anna)["order_progress"]["percent"] == "37%"
    assert "Cas joined" in log_messages(scanner_state(anna))
    check_replay(world, REF, "PA-2")


def test_undone_share_cannot_be_joined(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    scanner.send_event("shared_pick")
    scanner.send_event("undo")
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE


def test_eight_pickers_may_hold_a_shared_assignment(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.send_event("shared_pick")
    others = [world.person("picker") for _ in range(7)]
    assert {claim(other)["assignment_id"] for other in others} == {REF}
    assert code(post_claim(world.person("picker"))) == NONE_AVAILABLE
    scanner.send_scans(1)
    assert [held_by(other) for other in others] == [set()] * 7
    check_replay(world)


def test_assignment_completes_with_its_last_pick(world: World) -> None:
    anna = at_work(world, lines=[line(1, 2)])
    Scanner(world, anna).send_scans(2)
    assert (stored().status, held_by(anna)) == ("completed", set())
    shown = scanner_state(anna)
    assert (shown["assignment"]["active"], shown["order_progress"]["percent"]) == (False, "100%")
    assert log_messages(shown)[0] == "All lines picked"
    load(world, record("PA-2"))
    assert claim(anna)["assignment_id"] == "PA-2"
    check_replay(world)


def test_undoing_the_last_pick_makes_it_active_again(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    scanner = Scanner(world, anna)
    scanner.send_scans(1)
    scanner.send_event("undo")
    assert (stored().status, held_by(anna)) == ("active", {REF})
    assert claim(anna)["assignment_id"] == REF
    check_replay(world)


def test_reopened_assignment_follows_the_one_claimed_since(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    old = Scanner(world, anna)
    old.send_scans(1)
    load(world, record("PA-0", lines=[line(1, 1)]))
    claim(anna)
    old.send_event("undo")
    assert held_by(anna) == {REF, "PA-0"}
    assert claim(anna)["assignment_id"] == "PA-0"
    Scanner(world, anna, "PA-0").send_scans(1)
    assert claim(anna)["assignment_id"] == REF
    assert state_of().units == 0
    check_replay(world, REF, "PA-0")
