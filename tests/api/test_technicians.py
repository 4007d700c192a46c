"""The list of technicians: who is in it, for whom, and with how many open work orders."""

from typing import Any

import pytest

from tests.builders.lists import read_pages
from tests.builders.maintenance import ITEMS, NORTH, SOUTH, Park
from tests.builders.world import OTHER, Person, World

LIST = "/v1/technicians"


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def rows(person: Person, query: str = "", limit: int = 2) -> list[dict[str, Any]]:
    """All rows of the list, read in pages."""
    return read_pages(person, f"{LIST}?{query}" if query else LIST, limit, is_camel=True)


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def test_a_lead_sees_the_technicians_of_the_zone_with_their_open_orders(park: Park) -> None:
    park.assigned(item=ITEMS[0])
    park.started(item=ITEMS[1])
    assert park.finish(park.started(item=ITEMS[2], photo=True)).status == 200
    park.person("TECH", full_name="Ada", username="ada", skills=["hydraulics", "welding"], team="Night")
    mees: dict[str, Any] = {"name": "Mees van Dijk", "gameZone": NORTH, "team": None, "skills": [], "openOrders": 2}
    ada = {"name": "Ada", "gameZone": NORTH, "team": "Night", "skills": ["hydraulics", "welding"], "openOrders": 0}
    listed = rows(park.lead)
    assert [{name: one[name] for name in one if name != "id"} for one in listed] == [ada, mees]
    assert listed[1]["id"] == park.tech.user_id


def test_each_listed_technician_can_be_assigned_an_order(park: Park) -> None:
    order_id = park.routed()["id"]
    [one] = rows(park.lead)
    assert park.lead.patch(f"/v1/work-orders/{order_id}/assign", {"technicianId": one["id"]}).status == 200


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_an_organisation_wide_list_is_by_zone_and_user_name(world: World, park: Park, limit: int) -> None:
    south = Park(world, zone=SOUTH, ride="RC-08", checklist="CL-2042")
    for number in range(3):
        park.person("TECH", full_name=f"North {number}", username=f"n{number}")
        south.person("TECH", full_name=f"South {number}", username=f"s{number}")
    in_north, in_south = ([f"{zone} {number}" for number in range(3)] for zone in (NORTH, SOUTH))
    listed = names(rows(park.manager, limit=limit))
    assert [name for name in listed if name != "Mees van Dijk"] == in_north + in_south
    assert listed.count("Mees van Dijk") == 2
    assert [one for one in names(rows(park.manager, f"zone={SOUTH}", limit)) if one != "Mees van Dijk"] == in_south


def test_a_lead_does_not_see_another_zone(world: World, park: Park) -> None:
    Park(world, zone=SOUTH, ride="RC-08", checklist="CL-2042")
    answer = park.lead.get(f"{LIST}?zone={SOUTH}")
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert rows(world.person("MAINT_TL")) == []


def test_a_zone_whose_name_begins_alike_is_another_zone(world: World, park: Park) -> None:
    Park(world, zone=f"{NORTH} Pier", ride="RC-08", checklist="CL-2042")
    assert len(rows(park.manager, f"zone={NORTH}")) == 1
    assert len(rows(park.manager)) == 2


def test_who_is_disabled_moved_or_has_another_role_leaves_the_list(world: World, park: Park) -> None:
    admin = world.person("SYSTEM_ADMIN")
    gone, moved, promoted = (park.person("TECH", username=name) for name in ("gone", "moved", "promoted"))

    def change(person: Person, **fields: str) -> None:
        user = admin.get(f"/v1/users/{person.user_id}").json["data"]
        answer = admin.patch(f"/v1/users/{person.user_id}", fields, if_match=str(user["version"]))
        assert answer.status == 200, answer

    change(moved, gameZone=SOUTH)
    change(promoted, role="MAINT_TL")
    change(gone, status="DISABLED")
    assert [one["id"] for one in rows(park.lead)] == [park.tech.user_id]
    assert [one["id"] for one in rows(park.manager, f"zone={SOUTH}")] == [moved.user_id]
    change(promoted, role="TECH")
    assert {one["id"] for one in rows(park.lead)} == {park.tech.user_id, promoted.user_id}


def test_users_of_a_custom_role_that_starts_orders_are_technicians(world: World, park: Park) -> None:
    admin = world.person("SYSTEM_ADMIN")
    granted = [{"code": "maintenance.workorder.start", "scope": "own"}]
    assert admin.post("/v1/roles", {"code": "welder", "name": "Welder", "permissions": granted}).status == 201
    park.person("welder", full_name="Zoe", username="aaa")
    assert names(rows(park.lead, limit=1)) == ["Zoe", "Mees van Dijk"]


def test_administrators_are_no_technicians(world: World, park: Park) -> None:
    world.person("SYSTEM_ADMIN")
    park.person("SYSTEM_ADMIN")
    assert names(rows(park.manager)) == ["Mees van Dijk"]


def test_the_list_is_for_those_who_lead_in_the_same_organisation(world: World, park: Park) -> None:
    for role in ("TECH", "courier", "SUPERVISOR"):
        assert park.person(role).get(LIST).code == "ACCESS_DENIED"
    assert "Mees van Dijk" in names(rows(park.ops))
    assert rows(world.person("STORE_MANAGER", OTHER)) == []
    assert world.call("GET", LIST).status == 401


@pytest.mark.parametrize(("query", "field"), [("limit=0", "limit"), ("cursor=x", "cursor"), ("z=1", "z")])
def test_a_wrong_filter_is_refused_by_its_name(park: Park, query: str, field: str) -> None:
    answer = park.lead.get(f"{LIST}?{query}")
    assert (answer.status, list(answer.json["fields"])) == (422, [field])
