"""Routing a finding: what becomes of it, who may, and what happens to its checklist."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import CHECKLIST, HOURS, ITEMS, NORTH, RIDE, SOUTH, Park, checklist_record, load
from tests.builders.time import START
from tests.builders.world import OTHER, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def moment(hours: float = 0) -> str:
    """So many hours after the beginning, as answers write it."""
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_finding_becomes_a_work_order_that_tells_all_of_it(park: Park) -> None:
    answer = park.ops.post("/v1/work-orders", park.finding(instructions="Use the long torch"))
    made = answer.json
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    assert made == {
        "id": made["id"],
        "code": f"WO-{CHECKLIST}-1",
        "state": "ROUTED",
        "version": 1,
        "priority": "HIGH",
        "gameZone": NORTH,
        "ride": f"Ride {RIDE}",
        "rideCode": RIDE,
        "sourceChecklist": {"id": CHECKLIST, "name": f"Checklist {CHECKLIST}"},
        "aItem": {"id": ITEMS[0], "text": f"Check {ITEMS[0]}", "note": "Row 2"},
        "issuePhotos": [],
        "photos": [],
        "instructions": "Use the long torch",
        "sla": {"dueAt": moment(24), "ageHrs": 0, "overdue": False},
        "technician": None,
        "technicianId": None,
        "routedBy": "Eva Schouten",
        "routedById": park.ops.user_id,
        "assignedBy": None,
        "assignedById": None,
        "returnedBy": None,
        "returnReason": None,
        **dict.fromkeys(("vendor", "vendorNote", "vendorCost", "vendorCurrency", "cancelReason")),
        "fixNote": None,
        "createdAt": moment(),
        "assignedAt": None,
        "startedAt": None,
        "closedAt": None,
        "holds": [],
        "labour": {"entries": [], "workedMinutes": 0, "addedMinutes": 0, "totalMinutes": 0},
        "parts": {"entries": [], "costs": []},
        "comments": [],
        "commentCount": 0,
        "returnHistory": [],
        "timeline": [
            {
                "state": "ROUTED",
                "action": "ROUTED",
                "actor": "Eva Schouten",
                "actorId": park.ops.user_id,
                "role": "OPS_TL",
                "at": moment(),
                "note": "Use the long torch",
                "technician": None,
                "technicianId": None,
            }
        ],
    }
    read = park.lead.get(f"/v1/work-orders/{made['id']}")
    assert (read.status, read.headers["ETag"], read.json) == (200, '"1"', made)


@pytest.mark.parametrize(("priority", "hours"), HOURS.items())
def test_how_soon_it_has_to_be_done_follows_from_its_priority(park: Park, priority: str, hours: int) -> None:
    assert park.routed(priority=priority)["sla"]["dueAt"] == moment(hours)


def test_a_checklist_is_held_by_what_is_routed_from_it_and_numbers_it(park: Park) -> None:
    assert (park.checklist_view()["status"], park.checklist_view()["openCount"]) == ("OPEN", 0)
    codes = [park.routed(item)["code"] for item in ITEMS]
    held = park.checklist_view()
    assert codes == [f"WO-{CHECKLIST}-{number}" for number in (1, 2, 3)]
    assert (held["status"], held["openCount"], held["version"]) == ("HELD", 3, 1)
    assert [order["code"] for order in held["openWorkOrders"]] == codes


def test_routing_leaves_one_audit_row_with_order_and_checklist(world: World, park: Park) -> None:
    made = park.routed(instructions="Use the long torch")
    changed = diff(audit_row(world, made["id"], "WORK_ORDER_ROUTED"))
    assert changed["state"] == [None, "ROUTED"]
    assert changed["instructions"] == [None, "Use the long torch"]
    assert changed[f"checklist/{CHECKLIST}.status"] == ["OPEN", "HELD"]
    assert changed[f"checklist/{CHECKLIST}.open_work_orders"] == [0, 1]
    assert not [name for name in changed if "key" in name or "event" in name]


def test_a_finding_sent_twice_with_one_key_is_routed_once(park: Park) -> None:
    first = park.ops.post("/v1/work-orders", park.finding(), idempotency_key="k")
    again = park.ops.post("/v1/work-orders", park.finding(), idempotency_key="k")
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (201, first.text, "true")
    assert park.checklist_view()["openCount"] == 1


def test_a_checklist_that_there_is_not_or_that_others_have_is_not_found(world: World, park: Park) -> None:
    stranger = world.person("OPS_TL", OTHER, game_zone=NORTH)
    for person, ref in ((park.ops, "CL-0"), (stranger, CHECKLIST)):
        body = {"checklistRef": ref, "itemRef": "A-9", "priority": "HIGH"}
        answer = person.post("/v1/work-orders", body)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert person.post("/v1/work-orders", {**body, "priority": "?"}).status == 422


def test_who_is_of_another_zone_routes_nothing_here_and_leaves_a_row(world: World, park: Park) -> None:
    for zone in (SOUTH, None):
        answer = park.person("OPS_TL", game_zone=zone).post("/v1/work-orders", park.finding(item="nothing"))
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    refused = [row for row in world.audit() if row.outcome == "ACCESS_DENIED"]
    named = {(row.entity_type, row.entity_id, row.action_type) for row in refused}
    assert (len(refused), named) == (2, {("checklist", CHECKLIST, "WORK_ORDER_ROUTED")})


@pytest.mark.parametrize("role", ["TECH", "MAINT_TL", "STORE_MANAGER", "picker"])
def test_only_who_may_route_does(park: Park, role: str) -> None:
    answer = park.person(role).post("/v1/work-orders", park.finding())
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"itemRef": "A-9"}, {"itemRef"}),
        ({"priority": "URGENT"}, {"priority"}),
        ({"priority": None}, {"priority"}),
        ({"checklistRef": "a#b"}, {"checklistRef"}),
        ({"checklistRef": 7, "itemRef": ""}, {"checklistRef", "itemRef"}),
        ({"instructions": "x" * 2001}, {"instructions"}),
        ({"state": "DONE"}, {"state"}),
        ({"itemRef": "A-9", "priority": "URGENT", "state": "DONE"}, {"priority", "state"}),
        ({"itemRef": "A 9", "priority": "URGENT"}, {"itemRef", "priority"}),
    ],
)
def test_what_is_wrong_with_a_finding_is_named(park: Park, fields: dict[str, Any], bad: set[str]) -> None:
    answer = park.ops.post("/v1/work-orders", park.finding() | fields)
    assert (answer.status, set(answer.fields)) == (422, bad)
    assert park.checklist_view()["status"] == "OPEN"


def test_everything_that_is_missing_is_named(park: Park) -> None:
    answer = park.ops.post("/v1/work-orders", {})
    assert (answer.status, set(answer.fields)) == (422, {"checklistRef", "itemRef", "priority"})


def test_what_an_order_says_stays_when_its_checklist_is_loaded_again(park: Park) -> None:
    made = park.routed()
    renamed = checklist_record() | {"name": "New name", "items": [{"item_ref": "B-1", "text": "Other"}]}
    answer = load(park.manager, "checklists", renamed)
    assert answer.json["data"] == {"created": 0, "updated": 1, "rejected": []}
    assert park.lead.get(f"/v1/work-orders/{made['id']}").json["aItem"]["text"] == f"Check {ITEMS[0]}"
    view = park.checklist_view()
    assert (view["name"], view["status"], view["openCount"]) == ("New name", "HELD", 1)
    assert view["items"] == [{"itemRef": "B-1", "text": "Other", "note": None}]
