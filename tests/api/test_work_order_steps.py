"""A technician's steps: start, done and return, with the versions that they name and the gates in their way."""

from typing import Any

import pytest

from chalicelib.maintenance.workorders.timeline import list_events
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import ITEMS, NORTH, SOUTH, Park, add_photo, step, stored
from tests.builders.world import OTHER, Answer, Person, World

BODIES: dict[str, Any] = {"start": None, "done": {}, "return": {"reason": "No lift"}}
every_step = pytest.mark.parametrize("address", BODIES)


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def take(person: Person, order_id: str, address: str, **headers: str) -> Answer:
    """A step with the body that it needs."""
    return person.patch(f"/v1/work-orders/{order_id}/{address}", BODIES[address], **headers)


def shown(person: Person, order_id: str) -> dict[str, Any]:
    """An order as it is read."""
    answer = person.get(f"/v1/work-orders/{order_id}")
    assert answer.status == 200, answer
    order: dict[str, Any] = answer.json
    return order


def counts(tech: Person) -> dict[str, int]:
    """What a technician's dashboard says there is, without zeros."""
    numbers = tech.get("/v1/me/dashboard").json["counts"]
    return {name: number for name, number in numbers.items() if number}


# --- the way of an order -----------------------------------------------------------------------------------------


def test_an_order_is_started_and_done_and_releases_its_checklist(world: World, park: Park) -> None:
    order_id = park.assigned()
    world.clock.advance(minutes=10)
    started = take(park.tech, order_id, "start", if_match='"2"')
    assert (started.status, started.headers["ETag"]) == (200, '"3"')
    assert started.json == {"state": "IN_PROGRESS", "startedAt": "2026-03-01T09:10:00Z", "version": 3}
    add_photo(world, order_id)
    world.clock.advance(minutes=20)
    body = {"fixNote": "Latch replaced"}
    done = park.tech.patch(f"/v1/work-orders/{order_id}/done", body, if_match='W/"3"')
    assert (done.status, done.headers["ETag"]) == (200, '"4"')
    closed = "2026-03-01T09:30:00Z"
    assert done.json == {"state": "DONE", "closedAt": closed, "version": 4, "parentReleased": True}
    seen = shown(park.tech, order_id)
    assert (seen["startedAt"], seen["closedAt"]) == ("2026-03-01T09:10:00Z", closed)
    assert (seen["fixNote"], seen["sla"]["ageHrs"]) == ("Latch replaced", 0.5)
    timeline = [(one["action"], one["state"], one["role"]) for one in seen["timeline"]]
    assert timeline == [
        ("ROUTED", "ROUTED", "OPS_TL"),
        ("ASSIGNED", "ASSIGNED", "MAINT_TL"),
        ("STARTED", "IN_PROGRESS", "TECH"),
        ("DONE", "DONE", "TECH"),
    ]
    view = park.checklist_view()
    assert (view["status"], view["openCount"], view["openWorkOrders"]) == ("RELEASED", 0, [])
    assert counts(park.tech) == {"done": 1}


def test_the_audit_trail_tells_of_order_and_checklist(world: World, park: Park) -> None:
    order_id = park.started(photo=True)
    assert park.finish(order_id).status == 200
    changed = diff(audit_row(world, order_id, "WORK_ORDER_DONE"))
    assert changed == {
        "state": ["IN_PROGRESS", "DONE"],
        "closed_at": [None, "2026-03-01T09:00:00Z"],
        f"checklist/{park.checklist}.open_work_orders": [1, 0],
        f"checklist/{park.checklist}.status": ["HELD", "RELEASED"],
    }


def test_an_order_is_given_back_with_a_reason_and_the_lead_is_told(park: Park) -> None:
    order_id = park.started()
    answer = step(park.tech, order_id, "return", {"reason": "Needs a lift"})
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, {"state": "RETURNED", "version": 4}, '"4"')
    seen = shown(park.tech, order_id)
    assert (seen["state"], seen["returnedBy"], seen["returnReason"]) == ("RETURNED", "Mees van Dijk", "Needs a lift")
    assert seen["technician"] == "Mees van Dijk"
    [entry] = seen["returnHistory"]
    assert entry == {
        "reason": "Needs a lift",
        "returnedBy": "Mees van Dijk",
        "returnedById": park.tech.user_id,
        "at": "2026-03-01T09:00:00Z",
    }
    assert seen["timeline"][-1]["note"] == "Needs a lift"
    [told, routed] = park.lead.get("/v1/me/notifications").json["items"]
    assert routed["type"] == "WO_ROUTED"
    assert (told["type"], told["body"], told["subject"]["id"]) == ("WO_RETURNED", "Needs a lift", order_id)
    assert counts(park.tech) == {"returned": 1}


def test_who_leads_the_technician_is_told_whoever_gives_the_order_back(park: Park) -> None:
    boss, nobody = park.person("MAINT_TL"), park.person("MAINT_TL")
    order_id = park.assigned(park.person("TECH", reports_to=boss.user_id))
    admin = park.person("SYSTEM_ADMIN", reports_to=nobody.user_id)
    assert step(admin, order_id, "return", {"reason": "She is ill"}).status == 200
    told = [person.get("/v1/me/notifications").json["items"] for person in (boss, park.lead, nobody)]
    both, routed = ["WO_RETURNED", "WO_ROUTED"], ["WO_ROUTED"]
    assert [[item["type"] for item in items] for items in told] == [both, both, routed]


def test_every_return_stays_in_the_history(park: Park) -> None:
    order_id, other = park.assigned(), park.person("TECH", full_name="Zoe Brouwer")
    assert park.give_back(order_id, reason="First").status == 200
    assert park.assign(order_id, other).status == 200
    assert park.start(order_id, other).status == 200
    assert park.give_back(order_id, other, reason="Second").status == 200
    history = shown(park.lead, order_id)["returnHistory"]
    assert [(one["returnedBy"], one["reason"]) for one in history] == [
        ("Mees van Dijk", "First"),
        ("Zoe Brouwer", "Second"),
    ]
    assert (counts(park.tech), counts(other)) == ({}, {"returned": 1})


def test_an_attempt_begins_with_its_start_and_ends_with_the_next_assignment(world: World, park: Park) -> None:
    order_id = park.assigned()
    assert stored(order_id).attempt_started_at is None
    world.clock.advance(minutes=10)
    assert park.start(order_id).status == 200
    began = stored(order_id).attempt_started_at
    assert began == world.clock.now()
    assert park.give_back(order_id).status == 200
    assert stored(order_id).attempt_started_at == began
    assert park.assign(order_id).status == 200
    assert stored(order_id).attempt_started_at is None


def test_an_attempt_of_a_vendor_begins_when_the_vendor_gets_the_order(world: World, park: Park) -> None:
    order_id = park.started()
    assert park.give_back(order_id).status == 200
    world.clock.advance(minutes=10)
    assert park.outsource(order_id).status == 200
    assert stored(order_id).attempt_started_at == world.clock.now()


# --- the gates ---------------------------------------------------------------------------------------------------


def test_nothing_is_done_without_a_photo_of_it(park: Park) -> None:
    order_id = park.started()
    answer = park.finish(order_id)
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", {"fixPhoto"})
    assert (stored(order_id).state, park.checklist_view()["status"]) == ("IN_PROGRESS", "HELD")


def test_every_bad_field_is_named_before_the_missing_photo(park: Park) -> None:
    order_id = park.started()
    answer = step(park.tech, order_id, "done", {"fixNote": "x" * 501, "photo": "me.jpg"})
    assert (answer.status, set(answer.fields)) == (422, {"fixNote", "photo"})
    answer = step(park.tech, order_id, "done", {"fixNote": "Latch replaced"})
    assert (answer.status, set(answer.fields)) == (422, {"fixPhoto"})


def test_a_photo_that_is_taken_back_at_that_moment_closes_the_gate(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.started(photo=True)
    engine.before("TransactWriteItems", lambda *_: add_photo(park.world, order_id, by=-1), times=1)
    answer = park.finish(order_id)
    assert (answer.status, set(answer.fields), stored(order_id).state) == (422, {"fixPhoto"}, "IN_PROGRESS")


def test_a_photo_does_not_make_the_version_stale_that_the_app_holds(park: Park) -> None:
    order_id = park.started()
    held = shown(park.tech, order_id)["version"]
    add_photo(park.world, order_id)
    assert take(park.tech, order_id, "done", if_match=str(held)).status == 200


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": None}, {"reason": "x" * 501}])
def test_nothing_is_given_back_without_a_reason(park: Park, body: object) -> None:
    order_id = park.started()
    answer = step(park.tech, order_id, "return", body)
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", {"reason"})
    assert stored(order_id).state == "IN_PROGRESS"


# --- who, and in which version -----------------------------------------------------------------------------------


@every_step
def test_a_version_has_to_be_named_and_to_be_the_present_one(park: Park, address: str) -> None:
    order_id = park.started(photo=True) if address == "done" else park.assigned()
    before = stored(order_id).version
    unnamed = take(park.tech, order_id, address)
    assert (unnamed.status, unnamed.code) == (428, "PRECONDITION_REQUIRED")
    for stale in (before - 1, before + 1):
        answer = take(park.tech, order_id, address, if_match=f'"{stale}"')
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
        assert answer.json["error"]["details"] == {"version": before}
    assert take(park.tech, order_id, address, if_match="now").status == 422
    assert stored(order_id).version == before
    assert take(park.tech, order_id, address, if_match=f'"{before}"').status == 200


@every_step
def test_an_order_that_changes_at_that_moment_is_stale(park: Park, engine: EmbeddedEngine, address: str) -> None:
    order_id = park.started(photo=True) if address == "done" else park.assigned()
    named = str(stored(order_id).version)

    def meanwhile(*_: object) -> None:
        park.give_back(order_id, reason="Meanwhile")

    engine.before("TransactWriteItems", meanwhile, times=1)
    answer = take(park.tech, order_id, address, if_match=named)
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert (stored(order_id).state, stored(order_id).return_reason) == ("RETURNED", "Meanwhile")


@every_step
def test_who_does_not_have_the_order_does_nothing_with_it(world: World, park: Park, address: str) -> None:
    order_id = park.assigned()
    for person, status in (
        (park.person("TECH"), 403),
        (park.lead, 403),
        (park.ops, 403),
        (park.manager, 403),
        (world.person("TECH", OTHER, game_zone=NORTH), 404),
    ):
        assert take(person, order_id, address, if_match="2").status == status
    assert take(park.tech, "nothing", address, if_match="2").status == 404
    assert take(park.tech, "nothing", address).status == 428
    assert stored(order_id).version == 2


@every_step
def test_a_technician_who_was_moved_to_another_zone_has_left_their_orders_behind(park: Park, address: str) -> None:
    order_id, admin = park.assigned(), park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.tech.user_id}", {"gameZone": SOUTH}).status == 200
    assert take(park.tech, order_id, address, if_match="2").status == 403
    assert park.tech.get(f"/v1/work-orders/{order_id}").status == 403
    assert park.tech.get("/v1/me/work-orders").json["workOrders"] == []
    assert counts(park.tech) == {}


@every_step
def test_a_step_sent_twice_with_one_key_is_taken_once(park: Park, address: str) -> None:
    order_id = park.started(photo=True) if address == "done" else park.assigned()
    version = str(stored(order_id).version)
    first, again = (take(park.tech, order_id, address, if_match=version, idempotency_key="k") for _ in range(2))
    assert (first.status, again.status, again.text) == (200, 200, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert stored(order_id).version == int(version) + 1


def test_what_is_done_stays_done(park: Park) -> None:
    order_id = park.started(photo=True)
    assert park.finish(order_id).status == 200
    answers = [take(park.tech, order_id, address, if_match="4") for address in BODIES]
    answers += [park.assign(order_id), park.outsource(order_id)]
    assert [(answer.status, answer.code) for answer in answers] == [(409, "WORKFLOW_VIOLATION")] * 5
    assert stored(order_id).version == 4


# --- checklists --------------------------------------------------------------------------------------------------


def test_a_checklist_is_released_by_the_last_of_its_orders_only(park: Park) -> None:
    orders = [park.started(item=item, photo=True) for item in ITEMS]
    released = [park.finish(order_id).json["parentReleased"] for order_id in orders]
    assert (released, park.checklist_view()["status"]) == ([False, False, True], "RELEASED")


def test_what_was_given_back_or_outsourced_still_holds_the_checklist(park: Park) -> None:
    returned, outsourced = park.assigned(), park.routed()["id"]
    assert park.give_back(returned).status == 200
    assert park.outsource(outsourced).status == 200
    assert park.finish(park.started(photo=True)).json["parentReleased"] is False
    view = park.checklist_view()
    assert (view["status"], {one["state"] for one in view["openWorkOrders"]}) == ("HELD", {"RETURNED", "OUTSOURCED"})


def test_a_released_checklist_is_held_again_by_a_new_finding(park: Park) -> None:
    assert park.finish(park.started(photo=True)).json["parentReleased"] is True
    again = park.started(photo=True)
    assert park.checklist_view()["status"] == "HELD"
    assert park.finish(again).json["parentReleased"] is True


def test_two_who_finish_the_last_two_orders_at_the_same_moment_both_succeed(park: Park, engine: EmbeddedEngine) -> None:
    other = park.person("TECH")
    mine, theirs = park.started(photo=True), park.started(other, photo=True)
    answers: list[Answer] = []
    engine.before("TransactWriteItems", lambda *_: answers.append(park.finish(theirs, other)), times=1)
    answers.append(park.finish(mine))
    assert [(answer.status, answer.json["parentReleased"]) for answer in answers] == [(200, False), (200, True)]
    assert park.checklist_view()["status"] == "RELEASED"


def test_a_finding_that_is_routed_at_that_moment_keeps_the_checklist_held(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.started(photo=True)

    def route(*_: object) -> None:
        park.routed()

    engine.before("TransactWriteItems", route, times=1)
    assert park.finish(order_id).json["parentReleased"] is False
    assert (park.checklist_view()["status"], park.checklist_view()["openCount"]) == ("HELD", 1)


def test_of_a_timeline_that_is_too_long_the_end_is_shown_and_not_the_beginning(park: Park) -> None:
    order_id = park.started(photo=True)
    assert park.finish(order_id).status == 200
    assert [event.action for event in list_events(stored(order_id), limit=2)] == ["STARTED", "DONE"]
