"""Who gets which assignment, and how one is given back or closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.picking import (
    NEXT,
    REF,
    Scanner,
    at_work,
    entries_of,
    hands,
    line,
    load,
    next_body,
    proven,
    record,
    said,
    screen,
    state_of,
    stored,
    take,
)
from tests.builders.world import OTHER, Answer, Person, World

NOTHING = (404, "NO_ASSIGNMENT_AVAILABLE")


class Loaded:
    """Chance that always decides alike: for the last of those that there are, or for the `place`th."""

    def __init__(self, place: int | None = None) -> None:
        self.place = place
        self.asked: list[int] = []

    def below(self, number: int) -> int:
        self.asked.append(number)
        return number - 1 if self.place is None else min(self.place, number - 1)


def asked(person: Person, **fields: Any) -> Answer:
    return person.post(NEXT, next_body(person, **fields))


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def release(person: Person, ref: str = REF, **headers: str) -> Answer:
    return person.post(f"/assignments/{ref}/release", **headers)


def close(person: Person, ref: str = REF, reason: str = "The rest is out of stock", **headers: str) -> Answer:
    return person.post(f"/assignments/{ref}/close", {"reason": reason}, **headers)


def row(world: World, action: str) -> Any:
    """The last audit row of this action that was not refused."""
    return [one for one in world.audit() if (one.action_type, one.outcome) == (action, "OK")][-1]


# --- the next one --------------------------------------------------------------------------------------------------


def test_who_asks_is_told_what_to_pick(world: World) -> None:
    load(world, record())
    anna = world.person("picker")
    answer = asked(anna)
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
    assert hands(anna) == {REF}
    assert json.loads(row(world, "ASSIGNMENT_CLAIMED").payload_diff)["status"] == ["queued", "active"]
    [claim] = entries_of()
    assert (claim.by, claim.text) == (anna.user_id, "Picker 2")


def test_asking_again_gives_the_same_until_it_is_done(world: World) -> None:
    load(world, record("PA-1", lines=[line(1, 1)]), record("PA-2"))
    anna = world.person("picker")
    first = take(anna)
    world.clock.advance(minutes=1)
    assert take(anna) == first
    scanner = Scanner(world, anna, first["assignment_id"])
    if first["assignment_id"] == "PA-1":
        scanner.scans(1)
    else:
        assert close(anna, "PA-2").status == 200
    assert take(anna)["assignment_id"] != first["assignment_id"]
    proven(world, "PA-1", "PA-2")


def test_the_oldest_of_the_highest_priority_comes_first(world: World) -> None:
    world.random_source = Loaded(0)
    world.reset_parts()
    for ref, priority in [("late", 5), ("b", 0), ("c", 0), ("first", 1)]:
        world.clock.advance(seconds=1)
        load(world, record(ref, priority=priority))
    order = [take(world.person("picker"))["assignment_id"] for _ in range(4)]
    assert order == ["b", "c", "first", "late"]
    assert code(asked(world.person("picker"))) == NOTHING


def test_one_of_the_first_few_of_the_same_priority_may_come_first_and_none_of_another(world: World) -> None:
    random_source = Loaded()
    world.random_source = random_source
    world.reset_parts()
    load(world, *(record(f"low-{number:02}", priority=7) for number in range(12)), record("high", priority=2))
    assert take(world.person("picker"))["assignment_id"] == "high"
    assert take(world.person("picker"))["assignment_id"] == "low-07"
    assert random_source.asked == [1, 8]


def test_each_role_has_a_queue_of_its_own(world: World) -> None:
    load(world, record("PA-1", role="operative"))
    assert code(asked(world.person("picker"))) == NOTHING
    assert take(world.person("operative"))["assignment_id"] == "PA-1"


def test_another_organisations_queue_is_another_one(world: World) -> None:
    load(world, record())
    assert code(asked(world.person("picker", OTHER))) == NOTHING


def test_who_may_claim_only_for_themselves_claims_from_their_own_roles_queue(world: World) -> None:
    load(world, record(role="operative"))
    assert code(asked(world.person("picker"), role="operative")) == (403, "ACCESS_DENIED")
    assert take(world.person("supervisor"), role="operative")["assignment_id"] == REF


def test_the_company_is_ones_own(world: World) -> None:
    assert code(asked(world.person("picker"), company_id=OTHER)) == (403, "ACCESS_DENIED")


def test_who_may_not_pick_gets_nothing(world: World) -> None:
    assert code(asked(world.person("packer"), role="picker")) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"device_id", "company_id", "role"}),
        ({"device_id": "", "company_id": "demo", "role": "packer"}, {"device_id", "role"}),
        ({"device_id": 1, "company_id": "a b", "role": "picker"}, {"device_id", "company_id"}),
    ],
)
def test_a_request_that_is_not_in_form_names_every_bad_field(world: World, body: object, fields: set[str]) -> None:
    answer = world.person("picker").post(NEXT, body)
    assert (answer.status, set(answer.fields)) == (422, fields)


def test_a_replayed_request_is_answered_as_it_was(world: World) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna = world.person("picker")
    first = anna.post(NEXT, next_body(anna), idempotency_key="k")
    assert close(anna, first.json["assignment_id"]).status == 200
    again = anna.post(NEXT, next_body(anna), idempotency_key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")


def test_a_claim_costs_three_round_trips_and_asking_again_too(world: World, engine: EmbeddedEngine) -> None:
    load(world, record())
    anna = world.person("picker")
    calls: list[str] = []
    for operation in ("BatchGetItem", "GetItem", "Query", "TransactWriteItems"):
        engine.before(operation, lambda name, _: calls.append(name))
    take(anna)
    take(anna)
    assert calls == [
        *("BatchGetItem", "Query", "TransactWriteItems"),
        *("BatchGetItem", "GetItem", "TransactWriteItems"),
    ]


def test_what_somebody_else_takes_first_is_left_to_them(world: World, engine: EmbeddedEngine) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna, bo = world.person("picker"), world.person("picker")
    other: list[str] = []
    engine.before("TransactWriteItems", lambda *_: other.append(take(bo)["assignment_id"]), times=1)
    world.random_source = Loaded(0)
    world.reset_parts()
    assert {take(anna)["assignment_id"], *other} == {"PA-1", "PA-2"}


def test_when_all_are_taken_in_between_there_is_nothing(world: World, engine: EmbeddedEngine) -> None:
    load(world, record())
    bo, taken = world.person("picker"), list[object]()
    engine.before("TransactWriteItems", lambda *_: taken.append(take(bo)), times=1)
    assert code(asked(world.person("picker"))) == NOTHING


@pytest.mark.parametrize("leave", ["complete", "release"])
def test_what_leaves_ones_hands_at_that_moment_is_not_handed_out_again(
    world: World, engine: EmbeddedEngine, leave: str
) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    load(world, record("PA-2"))

    def leave_it(*_: Any) -> None:
        if leave == "complete":
            scanner.scans(1)
        else:
            assert release(scanner.person).status == 200

    engine.before("GetItem", leave_it, times=1)
    world.random_source = Loaded(1)
    world.reset_parts()
    assert take(scanner.person)["assignment_id"] == "PA-2"
    assert hands(scanner.person) == {"PA-2"}
    proven(world, REF, "PA-2")


def test_two_devices_of_one_person_get_the_same(world: World, engine: EmbeddedEngine) -> None:
    load(world, record("PA-1"), record("PA-2"))
    anna = world.person("picker")
    other: list[str] = []
    engine.before("TransactWriteItems", lambda *_: other.append(take(anna)["assignment_id"]), times=1)
    assert [take(anna)["assignment_id"]] == other
    assert hands(anna) == set(other)


# --- shared --------------------------------------------------------------------------------------------------------


def test_a_shared_assignment_is_joined_once_nothing_else_waits(world: World) -> None:
    anna = at_work(world)
    bo = world.person("picker", full_name="Bo")
    assert code(asked(bo)) == NOTHING
    Scanner(world, anna).said("shared_pick")
    load(world, record("PA-2"))
    assert take(bo)["assignment_id"] == "PA-2"
    cas = world.person("picker", full_name="Cas")
    assert take(cas)["assignment_id"] == REF
    Scanner(world, cas).scans(2)
    Scanner(world, anna).scans(1)
    assert screen(cas)["metrics"]["total_units"] == 2
    assert screen(anna)["order_progress"]["percent"] == "37%"
    assert "Cas joined" in said(screen(anna))
    proven(world, REF, "PA-2")


def test_a_share_that_is_taken_back_lets_nobody_in(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    scanner.said("shared_pick")
    scanner.said("undo")
    assert code(asked(world.person("picker"))) == NOTHING


def test_so_many_may_join_and_no_more(world: World) -> None:
    scanner = Scanner(world, at_work(world, lines=[line(1, 1)]))
    scanner.said("shared_pick")
    others = [world.person("picker") for _ in range(7)]
    assert {take(other)["assignment_id"] for other in others} == {REF}
    assert code(asked(world.person("picker"))) == NOTHING
    scanner.scans(1)
    assert [hands(other) for other in others] == [set()] * 7
    proven(world)


# --- given back ----------------------------------------------------------------------------------------------------


def test_what_is_given_back_waits_in_its_old_place_and_keeps_what_was_picked(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).scans(2)
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
    assert hands(anna) == set()
    assert not screen(anna)["assignment"]["active"]
    bo = world.person("picker")
    assert take(bo)["assignment_id"] == REF
    assert screen(bo)["order_progress"]["percent"] == "25%"
    assert screen(bo)["metrics"]["total_units"] == 0
    proven(world)


def test_giving_it_back_again_changes_nothing(world: World) -> None:
    anna = at_work(world)
    first = release(anna)
    assert (release(anna).status, release(anna).json) == (200, first.json)
    assert len(entries_of()) == 2


def test_only_who_has_it_or_who_is_in_charge_gives_it_back(world: World) -> None:
    anna = at_work(world)
    assert code(release(world.person("picker"))) == (403, "ACCESS_DENIED")
    boss = world.person("supervisor")
    assert release(boss).json["status"] == "queued"
    assert hands(anna) == set()
    diff = json.loads(row(world, "ASSIGNMENT_RELEASED").payload_diff)
    assert diff[f"picker/{anna.user_id}.in_hand"] == [REF, None]
    assert code(release(world.person("gm"))) == (409, "WORKFLOW_VIOLATION")


def test_one_of_two_who_share_it_leaves_and_the_other_goes_on(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).said("shared_pick")
    bo = world.person("picker")
    take(bo)
    assert release(bo).json["status"] == "active"
    assert (hands(anna), hands(bo)) == ({REF}, set())
    assert take(bo)["assignment_id"] == REF
    proven(world)


def test_what_does_not_exist_here_cannot_be_given_back_or_closed(world: World) -> None:
    at_work(world)
    stranger = world.person("admin", OTHER)
    for answer in (release(stranger), close(stranger), release(stranger, "nothing"), close(stranger, "nothing")):
        assert code(answer) == (404, "NOT_FOUND")


def test_a_named_version_has_to_be_the_one_that_there_is(world: World) -> None:
    anna = at_work(world)
    assert code(release(anna, if_match="1")) == (409, "VERSION_CONFLICT")
    assert code(close(anna, if_match="1")) == (409, "VERSION_CONFLICT")
    assert release(anna, if_match='"2"').status == 200


# --- closed --------------------------------------------------------------------------------------------------------


def test_who_has_it_closes_it_early_with_a_reason(world: World) -> None:
    anna = at_work(world)
    Scanner(world, anna).scans(1)
    answer = close(anna)
    assert (answer.status, answer.json["status"]) == (200, "closed")
    assert answer.json["close_reason"] == "The rest is out of stock"
    assert hands(anna) == set()
    assert code(asked(anna)) == NOTHING
    shown = screen(anna)
    assert (shown["assignment"]["active"], shown["assignment"]["status"]) == (False, "closed")
    assert said(shown)[0] == "Closed early: The rest is out of stock"
    assert (close(anna).status, close(anna).json) == (200, answer.json)
    assert code(close(world.person("supervisor"))) == (409, "WORKFLOW_VIOLATION")
    assert code(release(world.person("supervisor"))) == (409, "WORKFLOW_VIOLATION")
    proven(world)


def test_what_was_scanned_before_the_close_and_comes_after_it_still_counts(world: World) -> None:
    scanner = Scanner(world, at_work(world))
    late = scanner.scan()
    world.clock.advance(minutes=1)
    assert close(world.person("supervisor")).status == 200
    assert scanner.send(late) == ["accepted"]
    assert (int(stored().units), stored().status) == (1, "closed")
    proven(world)


def test_what_waits_is_closed_by_who_is_in_charge(world: World) -> None:
    load(world, record())
    assert code(close(world.person("picker"))) == (403, "ACCESS_DENIED")
    assert close(world.person("gm")).json["status"] == "closed"
    assert code(asked(world.person("picker"))) == NOTHING


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}, {"reason": "a", "more": 1}])
def test_a_reason_has_to_be_given(world: World, body: dict[str, object]) -> None:
    anna = at_work(world)
    answer = anna.post(f"/assignments/{REF}/close", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert len(answer.fields) == 1


def test_what_is_complete_is_neither_given_back_nor_closed(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    Scanner(world, anna).scans(1)
    for answer in (release(anna), close(anna)):
        assert code(answer) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["details"] == {"status": "completed"}


@pytest.mark.parametrize("action", ["release", "close"])
def test_a_permission_that_a_role_does_not_have_is_asked_for(world: World, action: str) -> None:
    at_work(world)
    answer = world.person("packer").post(f"/assignments/{REF}/{action}", {"reason": "x"})
    assert (answer.status, answer.json["error"]["details"]) == (403, {"permission": f"picking.assignment.{action}"})


@pytest.mark.parametrize("action", ["release", "close"])
def test_a_step_that_is_replayed_is_answered_as_it_was(world: World, action: str) -> None:
    anna = at_work(world)
    body = {"reason": "x"} if action == "close" else None
    first = anna.post(f"/assignments/{REF}/{action}", body, idempotency_key="k")
    again = anna.post(f"/assignments/{REF}/{action}", body, idempotency_key="k")
    assert (again.status, again.text) == (200, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"


# --- done, and not done after all ----------------------------------------------------------------------------------


def test_an_assignment_completes_by_itself_and_its_picker_is_free(world: World) -> None:
    anna = at_work(world, lines=[line(1, 2)])
    Scanner(world, anna).scans(2)
    assert (stored().status, hands(anna)) == ("completed", set())
    shown = screen(anna)
    assert (shown["assignment"]["active"], shown["order_progress"]["percent"]) == (False, "100%")
    assert said(shown)[0] == "Everything is picked"
    load(world, record("PA-2"))
    assert take(anna)["assignment_id"] == "PA-2"
    proven(world)


def test_undoing_the_last_pick_puts_it_back_into_ones_hands(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    scanner = Scanner(world, anna)
    scanner.scans(1)
    scanner.said("undo")
    assert (stored().status, hands(anna)) == ("active", {REF})
    assert take(anna)["assignment_id"] == REF
    proven(world)


def test_who_has_a_new_one_when_the_old_is_undone_gets_to_it_afterwards(world: World) -> None:
    anna = at_work(world, lines=[line(1, 1)])
    old = Scanner(world, anna)
    old.scans(1)
    load(world, record("PA-0", lines=[line(1, 1)]))
    take(anna)
    old.said("undo")
    assert hands(anna) == {REF, "PA-0"}
    assert take(anna)["assignment_id"] == "PA-0"
    Scanner(world, anna, "PA-0").scans(1)
    assert take(anna)["assignment_id"] == REF
    assert state_of().units == 0
    proven(world, REF, "PA-0")
