"""The lists of rides, of checklists, and of a ride's work orders: for whom, in which order, page by page."""

from typing import Any

import pytest

from tests.builders.lists import read_pages
from tests.builders.maintenance import (
    CHECKLIST,
    ITEMS,
    NORTH,
    RIDE,
    SOUTH,
    Park,
    checklist_record,
    load,
    ride_record,
)
from tests.builders.world import OTHER, Person, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


@pytest.fixture
def south(world: World, park: Park) -> Park:
    """Another game zone of the same organisation."""
    return Park(world, zone=SOUTH, ride="RC-01", checklist="CL-1")


def rows(person: Person, path: str, limit: int = 2) -> list[dict[str, Any]]:
    """All rows of a list, read in pages."""
    return read_pages(person, path, limit, is_camel=True)


def codes(person: Person, query: str = "", limit: int = 2) -> list[str]:
    return [ride["code"] for ride in rows(person, f"/v1/rides{query}", limit)]


def refs(person: Person, query: str = "", limit: int = 2) -> list[str]:
    return [checklist["checklistRef"] for checklist in rows(person, f"/v1/checklists{query}", limit)]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_rides_are_listed_by_zone_and_code(park: Park, south: Park, limit: int) -> None:
    load(park.manager, "rides", ride_record("RC-02"), ride_record("RC-10"))
    assert codes(park.manager, limit=limit) == ["RC-02", RIDE, "RC-10", "RC-01"]
    assert codes(park.manager, f"?zone={SOUTH}", limit) == ["RC-01"]
    assert codes(park.lead, limit=limit) == ["RC-02", RIDE, "RC-10"]


def test_a_zone_whose_name_begins_like_another_has_its_own_rides(park: Park) -> None:
    load(park.manager, "rides", ride_record("RC-20", f"{NORTH}#2"), ride_record("RC-21", f"{NORTH}2"))
    assert codes(park.lead) == [RIDE]


def test_a_ride_says_its_name_and_zone_as_they_were_last_imported(park: Park, south: Park) -> None:
    load(park.manager, "rides", ride_record(RIDE, SOUTH) | {"name": "Log Flume"})
    assert codes(park.lead) == []
    assert rows(south.lead, "/v1/rides")[1] == {"code": RIDE, "name": "Log Flume", "gameZone": SOUTH}


@pytest.mark.parametrize("path", ["/v1/rides?zone=South", "/v1/rides/RC-01/work-orders"])
def test_a_lead_is_refused_another_zone(park: Park, south: Park, path: str) -> None:
    assert (park.lead.get(path).status, park.manager.get(path).status) == (403, 200)


def test_checklists_are_listed_by_ride_with_what_holds_them(park: Park, south: Park) -> None:
    load(park.manager, "checklists", checklist_record("CL-3"))
    park.routed()
    assert refs(park.manager) == ["CL-1", CHECKLIST, "CL-3"]
    assert refs(park.lead) == [CHECKLIST, "CL-3"]
    assert refs(park.manager, "?ride=RC-01") == ["CL-1"]
    assert rows(park.lead, "/v1/checklists")[0] == {
        "checklistRef": CHECKLIST,
        "name": f"Checklist {CHECKLIST}",
        "status": "HELD",
        "ride": f"Ride {RIDE}",
        "rideCode": RIDE,
        "gameZone": NORTH,
        "itemCount": 3,
        "openCount": 1,
    }


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_all_orders_of_a_ride_are_listed_newest_first(park: Park, south: Park, limit: int) -> None:
    south.routed()
    finished = park.started(photo=True)
    assert park.finish(finished).status == 200
    park.world.clock.advance(seconds=1)
    made = [finished]
    for item in ITEMS:
        made.append(str(park.routed(item)["id"]))
        park.world.clock.advance(seconds=1)
    listed = rows(park.lead, f"/v1/rides/{RIDE}/work-orders", limit)
    assert [order["id"] for order in listed] == made[::-1]
    assert listed[-1]["state"] == "DONE"


@pytest.mark.parametrize("path", ["/v1/rides", "/v1/checklists", f"/v1/rides/{RIDE}/work-orders"])
def test_the_lists_are_not_for_technicians_nor_for_other_organisations(world: World, park: Park, path: str) -> None:
    other = world.person("OPS_TL", OTHER, game_zone=NORTH)
    answer = other.get(path)
    assert park.tech.get(path).status == 403
    assert answer.status == 404 if "work-orders" in path else answer.json[path.removeprefix("/v1/")] == []


def test_somebody_without_a_zone_has_no_rides_and_no_checklists(world: World, park: Park) -> None:
    nowhere = world.person("MAINT_TL")
    assert (codes(nowhere), refs(nowhere)) == ([], [])


def test_wrong_parameters_are_named(park: Park) -> None:
    answer = park.lead.get("/v1/checklists?limit=0&ride=a%20b")
    assert (answer.status, set(answer.json["error"]["details"]["fields"])) == (422, {"limit", "ride"})
    assert park.lead.get("/v1/rides?cursor=stolen").status == 422
