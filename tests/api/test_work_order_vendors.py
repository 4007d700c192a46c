"""Vendors: their due date, their report with a photo, and the way back from them."""

from typing import Any

import pytest

from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import NORTH, SOUTH, Park, stored
from tests.builders.photos import upload
from tests.builders.world import OTHER, Answer, World

REPORT = {"fixNote": "Motor replaced", "cost": 480.5, "currency": "EUR"}


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def report(park: Park, order_id: str, body: object = None, **headers: str) -> Answer:
    """Record that the vendor has done an order."""
    return park.lead.patch(f"/v1/work-orders/{order_id}/vendor-done", body or REPORT, **headers)


def recall(park: Park, order_id: str, **headers: str) -> Answer:
    """Recall an order."""
    return park.lead.patch(f"/v1/work-orders/{order_id}/recall", **headers)


def shown(park: Park, order_id: str) -> dict[str, Any]:
    """An order as its lead reads it."""
    order: dict[str, Any] = park.lead.get(f"/v1/work-orders/{order_id}").json
    return order


def test_a_lead_photographs_the_work_of_a_vendor_and_the_checklist_is_released(world: World, park: Park) -> None:
    order_id = park.outsourced(note="Quote 7")
    refused = report(park, order_id)
    assert (refused.status, set(refused.fields)) == (422, {"fixPhoto"})
    assert upload(park.lead, order_id, kind="COMPLETION").status == 201
    answer = report(park, order_id, if_match=str(stored(order_id).version))
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    assert answer.json == {"state": "DONE", "closedAt": "2026-03-01T09:00:00Z", "version": 3, "parentReleased": True}
    order = shown(park, order_id)
    vendor = ("vendor", "vendorNote", "vendorCost", "vendorCurrency", "fixNote")
    assert [order[name] for name in vendor] == ["Vekoma", "Quote 7", 480.5, "EUR", "Motor replaced"]
    assert (order["timeline"][-1]["action"], order["timeline"][-1]["note"]) == ("VENDOR_DONE", "Motor replaced")
    assert park.checklist_view()["status"] == "RELEASED"
    changed = diff(audit_row(world, order_id, "WORK_ORDER_VENDOR_DONE"))
    assert (changed["state"], changed["vendor_cost"]) == (["OUTSOURCED", "DONE"], [None, 480.5])


def test_a_photo_of_an_earlier_attempt_does_not_prove_the_work_of_a_vendor(park: Park) -> None:
    order_id = park.started(photo=True)
    assert park.give_back(order_id).status == 200
    assert park.outsource(order_id).status == 200
    assert set(report(park, order_id).fields) == {"fixPhoto"}


def test_leads_photograph_what_is_wrong_and_only_the_technician_the_finished_work(park: Park) -> None:
    order_id = park.started()
    for person in (park.lead, park.ops):
        assert upload(person, order_id, kind="ISSUE").status == 201
        for kind in ("COMPLETION", "RETURN"):
            answer = upload(person, order_id, kind=kind)
            assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
            presigned = person.post("/v1/uploads/photos/presign", {"workOrderId": order_id, "kind": kind})
            assert presigned.status == 403
    outsourced = park.outsourced()
    assert upload(park.ops, outsourced, kind="COMPLETION").status == 403
    assert upload(park.person("MAINT_TL", game_zone=SOUTH), outsourced, kind="ISSUE").status == 403


def test_the_vendor_s_due_date_counts_until_the_order_is_recalled(park: Park) -> None:
    order_id = park.outsourced(dueAt="2026-03-05T17:00:00+01:00")
    assert shown(park, order_id)["sla"]["dueAt"] == "2026-03-05T16:00:00Z"
    answer = recall(park, order_id)
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    assert answer.json == {"state": "ROUTED", "version": 3, "dueAt": "2026-03-02T09:00:00Z"}
    order = shown(park, order_id)
    assert (order["vendor"], order["timeline"][-1]["action"], order["timeline"][-1]["note"]) == (
        None,
        "RECALLED",
        "Vekoma",
    )
    assert park.assign(order_id).status == 200


def test_a_vendor_without_a_due_date_keeps_that_of_the_order(park: Park) -> None:
    order_id = park.outsourced()
    assert recall(park, order_id).json["dueAt"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize("due_at", ["2026-03-01T09:00:00Z", "2026-03-05", "2026-03-05T17:00:00"])
def test_a_vendor_s_due_date_lies_in_the_future(park: Park, due_at: str) -> None:
    order_id = str(park.routed()["id"])
    answer = park.outsource(order_id, dueAt=due_at)
    assert (answer.status, set(answer.fields), stored(order_id).state) == (422, {"dueAt"}, "ROUTED")


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({"cost": 1}, {"fixNote"}),
        ({"fixNote": " ", "cost": -1}, {"fixNote", "cost"}),
        ({"fixNote": "Done", "cost": "12"}, {"cost"}),
        ({"fixNote": "Done", "cost": "12", "currency": "EUR"}, {"cost"}),
        ({"fixNote": "Done", "cost": 12.00001}, {"cost"}),
        ({"fixNote": "Done", "cost": 1e-20}, {"cost"}),
        ({"fixNote": "\u200b\n"}, {"fixNote"}),
        ({"fixNote": "Done", "cost": 12, "currency": "euro"}, {"currency"}),
        ({"fixNote": "Done", "currency": "EUR"}, {"currency"}),
    ],
)
def test_a_report_says_what_was_done_and_a_currency_belongs_to_a_cost(park: Park, body: object, bad: set[str]) -> None:
    order_id = park.outsourced(photo=True)
    answer = report(park, order_id, body)
    assert (answer.status, set(answer.fields), stored(order_id).state) == (422, bad, "OUTSOURCED")


@pytest.mark.parametrize("address", ["vendor-done", "recall"])
def test_only_leads_of_its_zone_take_the_steps_of_a_vendor(world: World, park: Park, address: str) -> None:
    order_id = park.outsourced(photo=True)
    body = {"vendor-done": REPORT, "recall": None}[address]
    path = f"/v1/work-orders/{order_id}/{address}"
    for person, status in (
        (park.tech, 403),
        (park.ops, 403),
        (park.manager, 403),
        (park.person("MAINT_TL", game_zone=SOUTH), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert person.patch(path, body).status == status
    assert park.lead.patch(path, body, if_match="1").code == "VERSION_CONFLICT"
    first, again = (park.lead.patch(path, body, idempotency_key="k") for _ in range(2))
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")
    late = park.lead.patch(path, body)
    assert (late.status, late.code) == (409, "WORKFLOW_VIOLATION")
    assert late.json["error"]["details"]["action"] == address


def test_a_vendor_s_order_is_in_the_lists_of_open_ones_and_leaves_them_when_it_is_done(park: Park) -> None:
    order_id = park.outsourced(photo=True)
    for state, number in (("outsourced", 1), ("done", 0)):
        assert len(park.lead.get(f"/v1/work-orders?state={state}").json["workOrders"]) == number
    assert report(park, order_id).status == 200
    for state, number in (("outsourced", 0), ("done", 1)):
        assert len(park.lead.get(f"/v1/work-orders?state={state}").json["workOrders"]) == number
