"""Work orders that are cancelled or opened again, with their checklists."""

from typing import Any

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import ITEMS, NORTH, SOUTH, Park, stored
from tests.builders.world import OTHER, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def shown(park: Park, order_id: str) -> dict[str, Any]:
    """An order as its lead reads it."""
    order: dict[str, Any] = park.lead.get(f"/v1/work-orders/{order_id}").json
    return order


def status(park: Park) -> tuple[str, int]:
    """The checklist's status and its open orders."""
    view = park.checklist_view()
    return view["status"], view["openCount"]


# --- cancel ------------------------------------------------------------------------------------------------------


def test_the_last_open_order_releases_its_checklist_when_it_is_cancelled(world: World, park: Park) -> None:
    first, last = park.assigned(), str(park.routed(ITEMS[1])["id"])
    answer = park.ops.patch(f"/v1/work-orders/{first}/cancel", {"reason": "Ride is sold"}, if_match="2")
    closed = "2026-03-01T09:00:00Z"
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    assert answer.json == {"state": "CANCELLED", "closedAt": closed, "version": 3, "parentReleased": False}
    assert status(park) == ("HELD", 1)
    assert park.cancel(last).json["parentReleased"] is True
    assert status(park) == ("RELEASED", 0)
    order = shown(park, first)
    assert (order["cancelReason"], order["closedAt"], order["sla"]["overdue"]) == ("Ride is sold", closed, False)
    assert (order["timeline"][-1]["action"], order["timeline"][-1]["note"]) == ("CANCELLED", "Ride is sold")
    assert diff(audit_row(world, first, "WORK_ORDER_CANCELLED"))["cancel_reason"] == [None, "Ride is sold"]


def test_a_cancelled_order_leaves_every_list_of_open_ones(park: Park) -> None:
    order_id = park.assigned()
    assert park.cancel(order_id).status == 200
    assert park.tech.get("/v1/me/work-orders").json["workOrders"] == []
    assert not any(park.tech.get("/v1/me/dashboard").json["counts"].values())
    assert park.lead.get("/v1/work-orders").json["workOrders"] == []
    [listed] = park.manager.get("/v1/work-orders?state=cancelled").json["workOrders"]
    assert (listed["id"], listed["state"]) == (order_id, "CANCELLED")


def test_what_is_in_progress_or_with_a_vendor_or_closed_cannot_be_cancelled(park: Park) -> None:
    started, outsourced, done = park.started(), park.outsourced(), park.done(item=ITEMS[2])
    cancelled = str(park.routed(ITEMS[1])["id"])
    assert park.cancel(cancelled).status == 200
    for order_id, state in (
        (started, "IN_PROGRESS"),
        (outsourced, "OUTSOURCED"),
        (done, "DONE"),
        (cancelled, "CANCELLED"),
    ):
        answer = park.cancel(order_id)
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["message"] == f"Cannot cancel a work order in state {state}."
    assert park.hold(started).status == 200
    assert park.cancel(started).status == 200


# --- reopen ------------------------------------------------------------------------------------------------------


def test_a_done_order_is_opened_again_as_new_and_holds_its_checklist(world: World, park: Park) -> None:
    order_id = park.done(priority="CRITICAL")
    assert status(park) == ("RELEASED", 0)
    park.later(hours=30)
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/reopen", {"reason": "Latch opens"}, if_match="4")
    assert (answer.status, answer.headers["ETag"]) == (200, '"5"')
    assert answer.json == {"state": "ROUTED", "version": 5, "dueAt": "2026-03-02T19:00:00Z"}
    assert status(park) == ("HELD", 1)
    order = shown(park, order_id)
    gone = ("technician", "technicianId", "assignedBy", "assignedAt", "startedAt", "closedAt", "fixNote")
    assert [order[name] for name in gone] == [None] * len(gone)
    assert (order["timeline"][-1]["action"], order["timeline"][-1]["note"]) == ("REOPENED", "Latch opens")
    assert not any(park.tech.get("/v1/me/dashboard").json["counts"].values())
    changed = diff(audit_row(world, order_id, "WORK_ORDER_REOPENED"))
    assert changed[f"checklist/{park.checklist}.status"] == ["RELEASED", "HELD"]


def test_an_order_that_was_opened_again_needs_a_new_photo_and_releases_again(park: Park) -> None:
    order_id = park.done()
    assert park.reopen(order_id).status == 200
    assert park.assign(order_id).status == 200
    assert park.start(order_id).status == 200
    assert set(park.finish(order_id).fields) == {"fixPhoto"}
    assert status(park) == ("HELD", 1)


def test_another_open_order_of_the_item_does_not_keep_one_closed(park: Park) -> None:
    order_id, other = park.done(), str(park.routed()["id"])
    assert park.reopen(order_id).status == 200
    assert status(park) == ("HELD", 2)
    assert park.cancel(order_id).json["parentReleased"] is False
    assert park.cancel(other).json["parentReleased"] is True


@pytest.mark.parametrize("state", ["routed", "cancelled"])
def test_only_what_is_done_is_opened_again(park: Park, state: str) -> None:
    order_id = str(park.routed()["id"])
    if state == "cancelled":
        assert park.cancel(order_id).status == 200
    answer = park.reopen(order_id)
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"]["action"] == "reopen"


def test_an_order_that_is_opened_again_while_the_last_one_is_done_keeps_the_checklist_held(
    park: Park, engine: EmbeddedEngine
) -> None:
    first, last = park.done(), park.started(photo=True)

    def meanwhile(*_: object) -> None:
        park.reopen(first)

    engine.before("TransactWriteItems", meanwhile, times=1)
    assert park.finish(last).json["parentReleased"] is False
    assert status(park) == ("HELD", 1)


# --- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["cancel", "reopen"])
@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}, {"reason": None}])
def test_both_need_a_reason(park: Park, address: str, body: object) -> None:
    order_id = park.done() if address == "reopen" else park.assigned()
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/{address}", body)
    assert (answer.status, set(answer.fields)) == (422, {"reason"})


@pytest.mark.parametrize(("address", "ops"), [("cancel", 200), ("reopen", 403)])
def test_who_may_cancel_and_reopen(world: World, park: Park, address: str, ops: int) -> None:
    order_id = park.done() if address == "reopen" else park.assigned()
    path, body = f"/v1/work-orders/{order_id}/{address}", {"reason": "So"}
    for person, code in (
        (park.tech, 403),
        (park.manager, 403),
        (park.person("MAINT_TL", game_zone=SOUTH), 403),
        (park.person("OPS_TL", game_zone=SOUTH), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert person.patch(path, body).status == code
    assert park.lead.patch(path, body, if_match="1").code == "VERSION_CONFLICT"
    if ops == 403:
        assert park.ops.patch(path, body).status == ops
    by = park.lead if ops == 403 else park.ops
    first, again = (by.patch(path, body, idempotency_key="k") for _ in range(2))
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")
    assert stored(order_id).version == (5 if address == "reopen" else 3)
