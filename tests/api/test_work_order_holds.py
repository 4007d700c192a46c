"""Holds of work orders: the clock stands, and the due date moves by the time on hold."""

from typing import Any

import pytest

from chalicelib.maintenance.reports.service import find_differences
from chalicelib.maintenance.workorders.sweep import remind_due
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import NORTH, SOUTH, Park, stored
from tests.builders.photos import upload
from tests.builders.reminders import told
from tests.builders.world import OTHER, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def shown(park: Park, order_id: str) -> dict[str, Any]:
    """An order as its lead reads it."""
    answer = park.lead.get(f"/v1/work-orders/{order_id}")
    assert answer.status == 200, answer
    order: dict[str, Any] = answer.json
    return order


def test_a_started_order_is_put_on_hold_and_resumed_with_a_later_due_date(world: World, park: Park) -> None:
    order_id = park.started()
    body = {"reason": "PARTS", "note": "Latch ordered", "until": "2026-03-01T12:00:00+01:00"}
    held = park.tech.patch(f"/v1/work-orders/{order_id}/hold", body, if_match='"3"')
    assert (held.status, held.json, held.headers["ETag"]) == (200, {"state": "ON_HOLD", "version": 4}, '"4"')
    park.later(hours=3)
    resumed = park.tech.patch(f"/v1/work-orders/{order_id}/resume", if_match='"4"')
    assert (resumed.status, resumed.headers["ETag"]) == (200, '"5"')
    assert resumed.json == {"state": "IN_PROGRESS", "version": 5, "dueAt": "2026-03-02T12:00:00Z"}
    order = shown(park, order_id)
    assert order["holds"] == [
        {
            "reason": "PARTS",
            "note": "Latch ordered",
            "until": "2026-03-01T11:00:00Z",
            "heldBy": "Mees van Dijk",
            "heldById": park.tech.user_id,
            "at": "2026-03-01T09:00:00Z",
            "endedAt": "2026-03-01T12:00:00Z",
        }
    ]
    assert [(one["action"], one["state"]) for one in order["timeline"][-2:]] == [
        ("HELD", "ON_HOLD"),
        ("RESUMED", "IN_PROGRESS"),
    ]
    assert order["startedAt"] == "2026-03-01T09:00:00Z"
    assert diff(audit_row(world, order_id, "WORK_ORDER_RESUMED")) == {
        "state": ["ON_HOLD", "IN_PROGRESS"],
        "due_at": ["2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z"],
    }
    assert diff(audit_row(world, order_id, "WORK_ORDER_HELD")) == {"state": ["IN_PROGRESS", "ON_HOLD"]}


def test_an_attempt_goes_on_after_a_hold_with_the_photos_of_before(park: Park) -> None:
    order_id = park.started(photo=True)
    began = stored(order_id).attempt_started_at
    assert park.hold(order_id).status == 200
    park.later(hours=1)
    assert park.resume(order_id).status == 200
    assert stored(order_id).attempt_started_at == began
    assert park.finish(order_id).status == 200


def test_an_order_that_was_not_started_is_assigned_again_after_a_hold(park: Park) -> None:
    order_id = park.assigned()
    assert park.hold(order_id, "ACCESS").json["state"] == "ON_HOLD"
    assert park.resume(order_id).json["state"] == "ASSIGNED"


def test_an_order_on_hold_is_listed_and_not_overdue(park: Park) -> None:
    order_id = park.assigned(priority="CRITICAL")
    assert park.hold(order_id).status == 200
    park.later(hours=5)
    counts = park.tech.get("/v1/me/dashboard").json["counts"]
    assert {name: number for name, number in counts.items() if number} == {"onHold": 1}
    for person, path in ((park.tech, "/v1/me/work-orders"), (park.lead, "/v1/work-orders")):
        for query, number in (("", 1), ("?state=on_hold", 1), ("?state=overdue", 0), ("?state=assigned", 0)):
            assert len(person.get(path + query).json["workOrders"]) == number, query
    assert shown(park, order_id)["sla"]["overdue"] is False
    assert park.resume(order_id).status == 200
    assert shown(park, order_id)["sla"]["overdue"] is False
    park.later(hours=5)
    assert shown(park, order_id)["sla"]["overdue"] is True
    assert len(park.lead.get("/v1/work-orders?state=overdue").json["workOrders"]) == 1


def test_a_hold_ends_with_an_assignment_to_another_who_gets_the_moved_due_date(park: Park) -> None:
    order_id, other = park.started(), park.person("TECH", full_name="Zoe Brouwer")
    assert park.hold(order_id, "WEATHER").status == 200
    same = park.assign(order_id)
    assert (same.status, same.code) == (409, "WORKFLOW_VIOLATION")
    park.later(minutes=90)
    assert park.assign(order_id, other).status == 200
    order = shown(park, order_id)
    assert (order["state"], order["sla"]["dueAt"]) == ("ASSIGNED", "2026-03-02T10:30:00Z")
    assert (order["startedAt"], order["holds"][0]["endedAt"]) == (None, "2026-03-01T10:30:00Z")
    assert park.tech.get("/v1/me/notifications").json["items"][0]["type"] == "WO_REASSIGNED"


def test_a_lead_returns_an_order_on_hold(park: Park) -> None:
    order_id = park.started()
    assert park.hold(order_id).status == 200
    park.later(hours=2)
    assert park.give_back(order_id, park.lead).status == 200
    order = shown(park, order_id)
    assert (order["state"], order["sla"]["dueAt"]) == ("RETURNED", "2026-03-02T11:00:00Z")
    assert park.assign(order_id).status == 200


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"reason"}),
        ({"reason": "LUNCH"}, {"reason"}),
        ({"reason": "PARTS", "note": "x" * 501, "until": "tomorrow"}, {"note", "until"}),
        ({"reason": "PARTS", "until": "2026-03-01T09:00:00"}, {"until"}),
        ({"reason": "PARTS", "until": "2026-03-01T08:59:59Z"}, {"until"}),
    ],
)
def test_a_hold_needs_a_reason_and_ends_in_the_future(park: Park, body: object, bad: set[str]) -> None:
    order_id = park.started()
    answer = park.tech.patch(f"/v1/work-orders/{order_id}/hold", body)
    assert (answer.status, set(answer.fields), stored(order_id).state) == (422, bad, "IN_PROGRESS")


def test_what_is_not_in_hand_cannot_be_held_nor_what_is_not_held_resumed(park: Park) -> None:
    order_id = str(park.routed()["id"])
    held = park.hold(order_id)
    assert (held.status, held.code) == (409, "WORKFLOW_VIOLATION")
    assert held.json["error"]["message"] == "Cannot hold a work order in state ROUTED."
    resumed = park.resume(order_id)
    assert resumed.json["error"]["details"] == {
        "state": "ROUTED",
        "action": "resume",
        "allowed": ["assign", "cancel", "edit", "outsource"],
    }
    assigned = park.assigned()
    assert park.hold(assigned).status == 200
    assert (park.hold(assigned).status, park.start(assigned).status) == (409, 409)


@pytest.mark.parametrize("address", ["hold", "resume"])
def test_only_its_technician_and_the_leads_of_its_zone_hold_and_resume(world: World, park: Park, address: str) -> None:
    order_id = park.started()
    if address == "resume":
        assert park.hold(order_id).status == 200
    body = {"hold": {"reason": "OTHER"}, "resume": None}[address]
    for person, status in (
        (park.person("TECH"), 403),
        (park.ops, 403),
        (park.manager, 403),
        (park.person("MAINT_TL", game_zone=SOUTH), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert person.patch(f"/v1/work-orders/{order_id}/{address}", body).status == status
    stale = park.lead.patch(f"/v1/work-orders/{order_id}/{address}", body, if_match="1")
    assert (stale.status, stale.code) == (409, "VERSION_CONFLICT")
    first, again = (
        park.tech.patch(f"/v1/work-orders/{order_id}/{address}", body, idempotency_key="k") for _ in range(2)
    )
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")


def test_a_hold_that_meets_another_step_at_that_moment_happens_after_it(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.started(photo=True)

    def meanwhile(*_: object) -> None:
        park.finish(order_id)

    engine.before("TransactWriteItems", meanwhile, times=1)
    answer = park.hold(order_id)
    assert (answer.status, answer.code, stored(order_id).state) == (409, "WORKFLOW_VIOLATION", "DONE")


def test_nobody_is_reminded_of_an_order_on_hold_and_each_due_date_is_told_once(world: World, park: Park) -> None:
    order_id = park.assigned(priority="CRITICAL")

    def swept_after(**span: float) -> list[str]:
        park.later(**span)
        remind_due(world.parts.dependencies, "sweep-1", lambda: 60.0)
        return [kind for kind, _ in told(park.tech)][1:]

    assert swept_after(hours=3) == ["WO_DUE_SOON"]
    assert park.hold(order_id).status == 200
    assert swept_after(hours=30) == ["WO_DUE_SOON"]
    assert park.resume(order_id).status == 200
    assert swept_after(minutes=30) == ["WO_DUE_SOON"] * 2
    assert swept_after(minutes=31) == ["WO_DUE_SOON", "WO_DUE_SOON", "WO_OVERDUE"]
    assert swept_after(hours=1) == ["WO_DUE_SOON", "WO_DUE_SOON", "WO_OVERDUE"]
    assert [kind for kind, _ in told(park.lead)] == ["WO_ROUTED", "WO_OVERDUE"]


@pytest.mark.parametrize("beside", ["labour", "parts", "photo"])
def test_what_is_added_at_the_moment_of_a_hold_does_not_end_it(park: Park, engine: EmbeddedEngine, beside: str) -> None:
    order_id = park.started()
    body = {"minutes": 5} if beside == "labour" else {"name": "Latch", "quantity": 1}

    def add(*_: object) -> None:
        if beside == "photo":
            assert upload(park.tech, order_id).status == 201
        else:
            assert park.tech.post(f"/v1/work-orders/{order_id}/{beside}", body).status == 201

    with engine.before("TransactWriteItems", add, times=1):
        assert park.hold(order_id).status == 200
    park.later(hours=1)
    order = shown(park, order_id)
    assert [one["state"] for one in order["timeline"][-2:]] == ["ON_HOLD", "IN_PROGRESS"]
    assert (order["state"], [hold["endedAt"] for hold in order["holds"]]) == ("ON_HOLD", [None])
    assert park.resume(order_id).status == 200
    assert find_differences(stored(order_id)) == []
