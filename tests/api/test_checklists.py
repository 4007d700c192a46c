"""Rides and checklists: loaded by who may, held and released by work orders, read by who leads their zone."""

import json
from typing import Any

import pytest

from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.maintenance.checklists.imports import MAX_ITEMS_BYTES
from chalicelib.maintenance.checklists.service import MAX_OPEN
from chalicelib.maintenance.checklists.tables import Checklist, checklist_key
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import CHECKLIST, ITEMS, NORTH, RIDE, SOUTH, Park, checklist_record, load, ride_record
from tests.builders.world import DEMO, OTHER, Person, World

RIDES, CHECKLISTS = "maintenance.ride.import", "maintenance.checklist.import"


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def outcome(person: Person, dataset: str, *records: object) -> tuple[int, int, dict[int, set[str]]]:
    """How many were created and updated, and which fields of the others were wrong."""
    answer = load(person, dataset, *records)
    data = answer.json["data"]
    rejected = {one["index"]: set(one["fields"]) for one in data["rejected"]}
    assert answer.status == (207 if rejected else 200)
    return data["created"], data["updated"], rejected


def test_a_checklist_shows_its_ride_and_its_items(park: Park) -> None:
    answer = park.ops.get(f"/v1/checklists/{CHECKLIST}")
    assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json == {
        "checklistRef": CHECKLIST,
        "name": f"Checklist {CHECKLIST}",
        "status": "OPEN",
        "version": 1,
        "ride": f"Ride {RIDE}",
        "rideCode": RIDE,
        "gameZone": NORTH,
        "items": [
            {"itemRef": "A-1", "text": "Check A-1", "note": "Row 2"},
            {"itemRef": "A-2", "text": "Check A-2", "note": None},
            {"itemRef": "A-3", "text": "Check A-3", "note": None},
        ],
        "openCount": 0,
        "openWorkOrders": [],
    }


def test_a_checklist_shows_its_open_work_orders(park: Park) -> None:
    mine = park.assigned()
    [shown] = park.checklist_view()["openWorkOrders"]
    assert shown == park.tech.get("/v1/me/work-orders").json["workOrders"][0]
    assert shown["id"] == mine


def test_of_very_many_open_work_orders_the_oldest_are_shown_and_all_are_counted(park: Park) -> None:
    codes = [park.routed(item=ITEMS[number % 3])["code"] for number in range(101)]
    view = park.checklist_view()
    assert (view["openCount"], [one["code"] for one in view["openWorkOrders"]]) == (101, codes[:99])


def test_a_checklist_is_held_by_so_many_work_orders_and_not_by_more(world: World, park: Park) -> None:
    first = park.started(photo=True)
    others = {f"order-{number}" for number in range(MAX_OPEN - 1)}
    world.run(
        lambda work: work.update_unread(checklist_key(DEMO, CHECKLIST), actions=[Checklist.open_orders.add(others)])
    )
    answer = park.ops.post("/v1/work-orders", park.finding())
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (
        409,
        "WORKFLOW_VIOLATION",
        {"open": MAX_OPEN},
    )
    assert park.finish(first).status == 200
    assert park.checklist_view()["openCount"] == MAX_OPEN - 1
    assert park.ops.post("/v1/work-orders", park.finding()).status == 201


def test_a_checklist_is_seen_in_its_zone_only(world: World, park: Park) -> None:
    path = f"/v1/checklists/{CHECKLIST}"
    seen = [
        (park.lead, 200),
        (park.manager, 200),
        (park.tech, 403),
        (park.person("OPS_TL", game_zone=SOUTH), 403),
        (world.person("OPS_TL", OTHER, game_zone=NORTH), 404),
    ]
    assert [person.get(path).status for person, _ in seen] == [status for _, status in seen]
    assert park.ops.get("/v1/checklists/CL-0").status == 404


def test_records_make_and_change_things_and_the_bad_ones_are_named(park: Park) -> None:
    manager = park.manager
    good = ride_record("RC-9") | {"name": "Carousel"}
    bad = [{"code": "a b", "name": " ", "game_zone": None}, {"code": "RC-1", "height": 3}, 7]
    rejected = {2: {"code", "name", "game_zone"}, 3: {"name", "game_zone", "height"}, 4: {"record"}}
    changed = ride_record() | {"name": "Log Flume"}
    created, updated, found = outcome(manager, "rides", good, changed, *bad)
    assert (created, updated, {index: found[index] for index in (2, 3)}) == (1, 1, {2: rejected[2], 3: rejected[3]})
    assert park.checklist_view()["ride"] == "Log Flume"
    assert outcome(manager, "rides", good, good) == (0, 2, {})


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"ride_code": "RC-0"}, {"ride_code"}),
        ({"items": []}, {"items"}),
        ({"items": [{"item_ref": "A", "text": "x"}] * 2}, {"items.1.item_ref"}),
        ({"items": [{"item_ref": "A"}, {"text": " ", "item_ref": "B"}]}, {"items.0.text", "items.1.text"}),
        ({"checklist_ref": "a#b", "name": ""}, {"checklist_ref", "name"}),
        ({"status": "RELEASED"}, {"status"}),
    ],
)
def test_what_is_wrong_with_a_checklist_is_named(park: Park, fields: dict[str, Any], bad: set[str]) -> None:
    before = park.checklist_view()
    assert outcome(park.manager, "checklists", checklist_record() | fields) == (0, 0, {0: bad})
    assert park.checklist_view() == before


@pytest.mark.parametrize("letter", ["a", "é", "中", "😀", '"'])
def test_long_checklists_are_taken_and_changed_in_any_script(park: Park, letter: str) -> None:
    length = MAX_ITEMS_BYTES // (200 * 2 * len(json.dumps(letter, ensure_ascii=False).encode()[1:-1])) - 30
    for first in ("x", "y"):
        text = first + letter * length
        items = [{"item_ref": f"A-{number}", "text": text, "note": text} for number in range(200)]
        record = {**checklist_record("CL-9"), "items": items}
        assert outcome(park.manager, "checklists", record)[2] == {}
        assert park.manager.get("/v1/checklists/CL-9").json["items"][-1]["note"] == text


def test_a_checklist_that_is_too_long_in_all_is_refused_by_name(park: Park) -> None:
    items = [{"item_ref": f"A-{number}", "text": "é" * 500, "note": "é" * 500} for number in range(200)]
    record = {**checklist_record("CL-9"), "items": items}
    assert outcome(park.manager, "checklists", record) == (0, 0, {0: {"items"}})


def test_each_record_leaves_an_audit_row(world: World, park: Park) -> None:
    assert diff(audit_row(world, RIDE, "RIDE_IMPORTED")) == {
        "code": [None, RIDE],
        "name": [None, f"Ride {RIDE}"],
        "game_zone": [None, NORTH],
    }
    row = diff(audit_row(world, CHECKLIST, "CHECKLIST_IMPORTED"))
    assert (row["status"], row["ride_code"]) == ([None, "OPEN"], [None, RIDE])
    assert park.checklist_view()["version"] == 1


@pytest.mark.parametrize("dataset", ["rides", "checklists"])
@pytest.mark.parametrize("role", ["TECH", "MAINT_TL", "OPS_TL"])
def test_only_who_may_load_does(park: Park, dataset: str, role: str) -> None:
    assert load(park.person(role), dataset).status == 403


def test_whose_permission_ends_at_a_zone_loads_nothing_into_others(world: World, park: Park) -> None:
    def permit(work: UnitOfWork) -> None:
        actions = [RolePermissions.permissions.set({RIDES: "zone", CHECKLISTS: "zone"})]
        work.update_unread(role_key(DEMO, "OPS_TL"), actions=actions)

    world.run(permit)
    south = park.person("OPS_TL", game_zone=SOUTH)
    moved = ride_record(zone=SOUTH), ride_record("RC-8", NORTH)
    assert outcome(south, "rides", *moved, ride_record("RC-9", SOUTH)) == (1, 0, {0: {"record"}, 1: {"record"}})
    taken = checklist_record(), checklist_record(ride="RC-9")
    assert outcome(south, "checklists", *taken, checklist_record("CL-9", "RC-9")) == (
        (1, 0, {0: {"record"}, 1: {"record"}})
    )
    assert outcome(park.ops, "rides", ride_record()) == (0, 1, {})


def test_other_organisations_have_rides_and_checklists_of_their_own(world: World, park: Park) -> None:
    theirs = Park(world, OTHER, zone="Elsewhere")
    assert (theirs.checklist_view()["gameZone"], park.checklist_view()["gameZone"]) == ("Elsewhere", NORTH)
