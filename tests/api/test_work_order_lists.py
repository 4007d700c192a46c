"""A technician's dashboard and list, and the lists of those who lead: what is in them, in which order, and for whom."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.builders.maintenance import CHECKLIST, HOURS, ITEMS, NORTH, RIDE, SOUTH, Park, add_photo
from tests.builders.world import OTHER, Person, World

MINE, ALL = "/v1/me/work-orders", "/v1/work-orders"
BY_DUE = ("CRITICAL", "HIGH", "MEDIUM", "LOW")


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def listed(person: Person, path: str) -> list[dict[str, Any]]:
    """All of a list that fits on one page."""
    answer = person.get(path)
    assert answer.status == 200, answer
    assert answer.json["nextCursor"] is None
    orders: list[dict[str, Any]] = answer.json["workOrders"]
    return orders


def ids(person: Person, path: str) -> list[str]:
    return [one["id"] for one in listed(person, path)]


def in_every_state(park: Park) -> dict[str, str]:
    """One order in each state, all of the same technician as far as they have one."""
    orders = {
        "routed": str(park.routed()["id"]),
        "assigned": park.assigned(),
        "in_progress": park.started(),
        "returned": park.started(),
        "outsourced": str(park.routed()["id"]),
        "done": park.started(photo=True),
    }
    assert park.give_back(orders["returned"]).status == 200
    assert park.outsource(orders["outsourced"]).status == 200
    assert park.finish(orders["done"]).status == 200
    return orders


def pages(person: Person, path: str) -> Iterator[list[str]]:
    """The ids on each page of a list."""
    cursor = ""
    while True:
        page = person.get(path + cursor).json
        yield [one["id"] for one in page["workOrders"]]
        if page["nextCursor"] is None:
            return
        cursor = f"&cursor={quote(page['nextCursor'])}"


# --- one's own -----------------------------------------------------------------------------------------------------


def test_an_order_in_a_list_shows_what_the_contract_says(world: World, park: Park) -> None:
    order_id = park.assigned()
    world.clock.advance(hours=25, minutes=30)
    tech = world.signed_in(park.tech.org_id, park.tech.user_id, "TECH")
    [shown] = listed(tech, MINE)
    assert shown == {
        "id": order_id,
        "code": f"WO-{CHECKLIST}-1",
        "state": "ASSIGNED",
        "version": 2,
        "priority": "HIGH",
        "gameZone": NORTH,
        "ride": f"Ride {RIDE}",
        "rideCode": RIDE,
        "sourceChecklist": {"id": CHECKLIST, "name": f"Checklist {CHECKLIST}"},
        "aItemText": f"Check {ITEMS[0]}",
        "issuePhotoCount": 0,
        "sla": {"dueAt": "2026-03-02T09:00:00Z", "ageHrs": 25.5, "overdue": True},
        "technician": "Mees van Dijk",
        "technicianId": park.tech.user_id,
        "assignedBy": "Hugo Prins",
        "assignedById": park.lead.user_id,
        "vendor": None,
        "hold": None,
        "closedAt": None,
    }


def test_lists_say_why_an_order_waits_and_which_vendor_has_it_until_that_ends(park: Park) -> None:
    held, outsourced = park.started(), park.routed()["id"]
    until = park.world.clock.now() + timedelta(hours=5)
    body = {"reason": "WEATHER", "until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert park.tech.patch(f"/v1/work-orders/{held}/hold", body).status == 200
    assert park.lead.patch(f"/v1/work-orders/{outsourced}/outsource", {"vendor": "Lifts Ltd"}).status == 200
    park.later(hours=1)

    def shown() -> dict[str, tuple[Any, Any]]:
        return {order["id"]: (order["vendor"], order["hold"]) for order in listed(park.lead, ALL)}

    hold = {"reason": "WEATHER", "at": "2026-03-01T09:00:00Z", "until": "2026-03-01T14:00:00Z"}
    assert shown() == {held: (None, hold), outsourced: ("Lifts Ltd", None)}
    assert park.resume(held).status == 200
    assert park.lead.patch(f"/v1/work-orders/{outsourced}/recall").status == 200
    assert shown() == {held: (None, None), outsourced: (None, None)}


def test_one_s_own_orders_come_soonest_due_first(park: Park) -> None:
    made = {priority: park.assigned(priority=priority) for priority in ("LOW", "CRITICAL", "MEDIUM", "HIGH")}
    assert ids(park.tech, MINE) == [made[priority] for priority in BY_DUE]


def test_lists_can_show_the_latest_due_first(park: Park) -> None:
    made = {priority: park.started(photo=True, priority=priority) for priority in BY_DUE}
    for order_id in made.values():
        assert park.finish(order_id).status == 200
    latest_first = [made[priority] for priority in reversed(BY_DUE)]
    for person, path in ((park.tech, MINE), (park.lead, ALL)):
        assert ids(person, f"{path}?state=done&order=latest") == latest_first
        assert ids(person, f"{path}?state=done&order=soonest") == latest_first[::-1]
        assert list(pages(person, f"{path}?state=done&order=latest&limit=3")) == [
            latest_first[:3],
            latest_first[3:],
        ]
        assert all(one["closedAt"] is not None for one in listed(person, f"{path}?state=done"))


def test_one_s_own_orders_by_state(park: Park) -> None:
    orders = in_every_state(park)
    for state in ("assigned", "in_progress", "returned", "done"):
        assert ids(park.tech, f"{MINE}?state={state}") == [orders[state]], state
    not_done = {orders[state] for state in ("assigned", "in_progress", "returned")}
    assert set(ids(park.tech, MINE)) == not_done
    assert ids(park.tech, f"{MINE}?state=overdue") == []


def test_what_is_late_is_a_list_of_its_own(world: World, park: Park) -> None:
    orders = [park.assigned(priority=priority) for priority in BY_DUE]
    world.clock.advance(hours=HOURS["HIGH"])
    tech = world.signed_in(park.tech.org_id, park.tech.user_id, "TECH")
    assert ids(tech, f"{MINE}?state=overdue") == orders[:1]
    world.clock.advance(milliseconds=1)
    assert ids(tech, f"{MINE}?state=overdue") == orders[:2]
    assert [one["sla"]["overdue"] for one in listed(tech, MINE)] == [True, True, False, False]


def test_nobody_sees_the_orders_of_others_in_their_own_list(park: Park) -> None:
    mine, other = park.assigned(), park.person("TECH")
    theirs = park.assigned(other)
    assert (ids(park.tech, MINE), ids(other, MINE)) == ([mine], [theirs])
    nowhere = park.person("TECH", game_zone=None)
    assert ids(nowhere, MINE) == []
    assert set(nowhere.get("/v1/me/dashboard").json["counts"].values()) == {0}


def test_a_list_goes_on_page_by_page(park: Park) -> None:
    made = [park.assigned(priority=priority) for priority in BY_DUE for _ in range(2)]
    for path in (f"{MINE}?limit=3", f"{MINE}?limit=3&state=assigned"):
        found = list(pages(park.tech, path))
        assert [len(page) for page in found] == [3, 3, 2]
        assert sorted(order for page in found for order in page) == sorted(made)
    for path in (f"{ALL}?limit=5", f"{ALL}?limit=5&state=assigned"):
        assert [len(page) for page in pages(park.lead, path)] == [5, 3]


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("state=nothing", {"state"}),
        ("state=ASSIGNED", {"state"}),
        ("state=routed", {"state"}),
        ("limit=0", {"limit"}),
        ("limit=101", {"limit"}),
        ("limit=x&state=", {"limit", "state"}),
        ("cursor=nonsense", {"cursor"}),
    ],
)
def test_what_cannot_be_asked_for_is_named(park: Park, query: str, bad: set[str]) -> None:
    answer = park.tech.get(f"{MINE}?{query}")
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_a_cursor_belongs_to_one_list(park: Park) -> None:
    park.assigned()
    park.assigned()
    cursor = quote(park.tech.get(f"{MINE}?limit=1").json["nextCursor"])
    for person, path in ((park.tech, f"{MINE}?state=assigned&cursor="), (park.lead, f"{ALL}?cursor=")):
        answer = person.get(path + cursor)
        assert (answer.status, set(answer.fields)) == (422, {"cursor"})


# --- at a glance ---------------------------------------------------------------------------------------------------


def test_the_dashboard_counts_by_state_and_shows_what_is_due_first(park: Park) -> None:
    in_every_state(park)
    soonest = park.assigned(priority="CRITICAL")
    board = park.tech.get("/v1/me/dashboard").json
    counted = {"assigned": 2, "inProgress": 1, "onHold": 0, "returned": 1, "done": 1, "overdue": 0, "dueSoon": 0}
    assert board["counts"] == counted
    assert len(board["workOrders"]) == 4
    assert board["workOrders"][0] == listed(park.tech, MINE)[0]
    assert board["workOrders"][0]["id"] == soonest


def test_the_dashboard_shows_no_more_than_the_first_five(park: Park) -> None:
    for _ in range(6):
        park.assigned()
    board = park.tech.get("/v1/me/dashboard").json
    assert (board["counts"]["assigned"], len(board["workOrders"])) == (6, 5)


def test_what_is_late_and_what_soon_will_be_follows_from_the_hour(world: World, park: Park) -> None:
    for priority in BY_DUE:
        park.assigned(priority=priority)

    def late_and_soon() -> tuple[int, int]:
        tech = world.signed_in(park.tech.org_id, park.tech.user_id, "TECH")
        counts = tech.get("/v1/me/dashboard").json["counts"]
        return counts["overdue"], counts["dueSoon"]

    assert late_and_soon() == (0, 0)
    world.clock.advance(hours=2)
    assert late_and_soon() == (0, 1)
    world.clock.advance(hours=2)
    assert late_and_soon() == (0, 1)
    world.clock.advance(milliseconds=1)
    assert late_and_soon() == (1, 0)
    world.clock.advance(hours=18)
    assert late_and_soon() == (1, 1)
    world.clock.advance(days=7)
    assert late_and_soon() == (4, 0)


def test_an_organisation_settles_how_soon_work_is_due_and_what_is_soon(world: World, park: Park) -> None:
    before = park.assigned(priority="LOW")
    admin = park.person("SYSTEM_ADMIN")
    address = "/v1/organisation/settings/maintenance"
    defaults = {"criticalHours": 4, "highHours": 24, "mediumHours": 72, "lowHours": 168, "dueSoonHours": 2}
    assert admin.get(address).json["data"] == {**defaults, "escalateAfterHours": 24}
    assert admin.put(address, {"lowHours": 48, "dueSoonHours": 48}).status == 200
    after = park.assigned(priority="LOW")
    assert [one["sla"]["dueAt"] for one in listed(park.tech, MINE)] == ["2026-03-03T09:00:00Z", "2026-03-08T09:00:00Z"]
    assert ids(park.tech, MINE) == [after, before]
    assert park.tech.get("/v1/me/dashboard").json["counts"]["dueSoon"] == 1
    assert set(admin.put(address, {"lowHours": 0, "dueSoonHours": 49}).fields) == {"lowHours", "dueSoonHours"}


def test_hours_in_settings_may_have_decimals(park: Park) -> None:
    admin = park.person("SYSTEM_ADMIN")
    address = "/v1/organisation/settings/maintenance"
    settled = {"criticalHours": 0.01, "dueSoonHours": 0.5, "escalateAfterHours": 1.25}
    assert admin.put(address, settled).status == 200
    assert admin.get(address).json["data"] == {"highHours": 24, "mediumHours": 72, "lowHours": 168, **settled}
    assert park.routed(priority="CRITICAL")["sla"]["dueAt"] == "2026-03-01T09:00:36Z"
    too_small = dict.fromkeys(settled, 0.009)
    assert set(admin.put(address, too_small).fields) == set(settled)


def test_what_is_done_is_never_late(world: World, park: Park) -> None:
    order_id = park.started(priority="CRITICAL", photo=True)
    assert park.finish(order_id).status == 200
    world.clock.advance(days=9)
    tech = world.signed_in(park.tech.org_id, park.tech.user_id, "TECH")
    [shown] = listed(tech, f"{MINE}?state=done")
    assert (shown["sla"]["overdue"], shown["sla"]["ageHrs"]) == (False, 0)
    assert tech.get("/v1/me/dashboard").json["counts"]["overdue"] == 0


@pytest.mark.parametrize("role", ["MAINT_TL", "OPS_TL", "STORE_MANAGER", "picker"])
@pytest.mark.parametrize("path", ["/v1/me/dashboard", MINE])
def test_who_repairs_nothing_has_no_list_of_their_own(park: Park, role: str, path: str) -> None:
    assert park.person(role).get(path).status == 403


# --- everybody's ---------------------------------------------------------------------------------------------------


def test_leads_list_their_zone_by_state(park: Park) -> None:
    orders = in_every_state(park)
    for lead in (park.lead, park.ops, park.manager):
        for state, order_id in orders.items():
            assert ids(lead, f"{ALL}?state={state}") == [order_id], state
        assert set(ids(lead, ALL)) == {order_id for state, order_id in orders.items() if state != "done"}


def test_leads_see_what_is_late_in_their_zone_whoever_has_it(world: World, park: Park) -> None:
    orders = in_every_state(park)
    world.clock.advance(hours=HOURS["HIGH"], minutes=1)
    lead = world.signed_in(park.lead.org_id, park.lead.user_id, "MAINT_TL")
    late = ids(lead, f"{ALL}?state=overdue")
    assert set(late) == {order_id for state, order_id in orders.items() if state != "done"}


def test_leads_of_a_zone_see_that_zone_only_and_managers_all_of_them(world: World, park: Park) -> None:
    south = Park(world, zone=SOUTH, ride="RC-08", checklist="CL-8")
    here, there = park.routed(priority="LOW")["id"], south.routed()["id"]
    assert (ids(park.lead, ALL), ids(south.lead, f"{ALL}?zone={SOUTH}")) == ([here], [there])
    refused = park.lead.get(f"{ALL}?zone={SOUTH}&state=overdue")
    assert (refused.status, refused.code) == (403, "ACCESS_DENIED")
    assert ids(park.manager, ALL) == [there, here]
    assert ids(park.manager, f"{ALL}?state=routed") == [there, here]
    assert ids(park.manager, f"{ALL}?zone={SOUTH}") == [there]
    assert ids(park.manager, f"{ALL}?zone={NORTH}&state=routed") == [here]
    assert ids(park.manager, f"{ALL}?zone=West") == []
    assert ids(park.person("MAINT_TL", game_zone=None), ALL) == []


def test_other_organisations_have_lists_of_their_own(world: World, park: Park) -> None:
    park.routed()
    theirs = Park(world, OTHER)
    assert ids(theirs.manager, ALL) == ids(theirs.lead, ALL) == []
    assert theirs.routed()["code"] == f"WO-{CHECKLIST}-1"


@pytest.mark.parametrize("role", ["TECH", "picker", "courier"])
def test_only_who_may_list_the_orders_of_others_does(park: Park, role: str) -> None:
    assert park.person(role).get(ALL).status == 403


# --- one of them ---------------------------------------------------------------------------------------------------


def test_an_order_is_seen_by_who_has_it_and_who_leads_its_zone(world: World, park: Park) -> None:
    order_id = park.assigned()
    add_photo(world, order_id)
    path = f"{ALL}/{order_id}"
    seen = {person.role: person.get(path) for person in (park.tech, park.lead, park.ops, park.manager)}
    assert {answer.status for answer in seen.values()} == {200}
    assert len({answer.text for answer in seen.values()}) == 1
    hidden = (
        (park.person("TECH"), 403),
        (park.person("MAINT_TL", game_zone=SOUTH), 403),
        (park.person("packer"), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    )
    assert [person.get(path).status for person, _ in hidden] == [status for _, status in hidden]
    assert park.tech.get(f"{ALL}/nothing").status == 404
