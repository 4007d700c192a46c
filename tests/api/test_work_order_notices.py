"""Who is told of the routing of a work order and of what follows from its due date, and that each is told once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.maintenance.workorders.events import MAX_AT_ONCE
from infra.local.engine import EmbeddedEngine
from tests.builders.maintenance import HOURS, ITEMS, SOUTH, Park, stored
from tests.builders.notices import check_count, listed, stored_notices
from tests.builders.schedules import scheduled
from tests.builders.world import Person, World

SETTINGS = "/v1/organisation/settings/maintenance"
LATE = HOURS["CRITICAL"] + 0.01


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def sweep_after(park: Park, hours: float) -> None:
    """Let the sweep run after some time."""
    park.later(hours=hours)
    park.world.sweep_maintenance()


def kinds(person: Person, order_id: str | None = None) -> list[str]:
    """What somebody was told of an order, or of all, oldest first."""
    return [one.type for one in stored_notices(person) if order_id in (None, one.subject_id)]


@contextmanager
def follow_ups_fail(engine: EmbeddedEngine) -> Iterator[None]:
    """Let every transaction fail that sends a notice."""

    def fail(_: str, request: dict[str, Any]) -> None:
        if "NOTICE#" in str(request):
            raise ConnectionError

    engine.before("TransactWriteItems", fail)
    yield
    engine.remove_hooks()


# --- routing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", HOURS)
def test_leads_of_the_zone_are_told_at_once_of_a_routed_order(park: Park, priority: str) -> None:
    second, elsewhere = park.person("MAINT_TL"), park.person("MAINT_TL", game_zone=SOUTH)
    order = park.routed(priority=priority)
    for lead in (park.lead, second):
        [item] = listed(lead)["items"]
        assert (item["type"], item["subject"]["id"]) == ("WO_ROUTED", order["id"])
        assert item["title"] == f"{order['code']} needs a technician ({priority})"
        assert item["body"] == f"Ride RC-07: Check {ITEMS[0]}"
        assert check_count(lead) == 1
    assert [kinds(person) for person in (elsewhere, park.tech, park.ops, park.manager)] == [[], [], [], []]


def test_leads_hear_of_a_routed_order_on_their_sockets(park: Park) -> None:
    socket = park.lead.socket("staff")
    order = park.routed()
    [message] = park.world.heard(socket)
    assert (message.event, message.data["type"], message.data["subject"]["id"]) == ("notice", "WO_ROUTED", order["id"])


def test_a_reopened_and_a_recalled_order_are_told_again(park: Park) -> None:
    done, recalled = park.done(), park.outsourced()
    assert park.reopen(done).status == 200
    assert park.lead.patch(f"/v1/work-orders/{recalled}/recall").status == 200
    assert [kinds(park.lead, order_id) for order_id in (done, recalled)] == [["WO_ROUTED"] * 2] * 2


def test_an_order_of_a_schedule_is_told_once_when_it_is_made(park: Park) -> None:
    scheduled(park, rrule="FREQ=DAILY")
    for _ in range(3):
        sweep_after(park, 8)
    orders = park.checklist_view()["openWorkOrders"]
    assert orders
    assert all(kinds(park.lead, one["id"]).count("WO_ROUTED") == 1 for one in orders)


def test_a_routed_order_is_told_by_the_sweep_if_that_failed_at_first(park: Park, engine: EmbeddedEngine) -> None:
    with follow_ups_fail(engine):
        order_id = park.routed()["id"]
    assert kinds(park.lead) == []
    for _ in range(2):
        sweep_after(park, 0.01)
    assert kinds(park.lead, order_id) == ["WO_ROUTED"]
    sweep_after(park, HOURS["HIGH"] - 1)
    assert kinds(park.lead, order_id) == ["WO_ROUTED", "WO_DUE_SOON"]


def test_a_routed_order_is_told_although_its_priority_is_changed_and_it_is_assigned_first(
    park: Park, engine: EmbeddedEngine
) -> None:
    with follow_ups_fail(engine):
        order_id = str(park.routed(priority="LOW")["id"])
    assert park.lead.patch(f"/v1/work-orders/{order_id}", {"priority": "CRITICAL"}).status == 200
    assert park.assign(order_id).status == 200
    sweep_after(park, 0.01)
    assert kinds(park.lead, order_id) == ["WO_ROUTED"]
    sweep_after(park, HOURS["CRITICAL"] - 1)
    assert kinds(park.tech, order_id) == ["WO_ASSIGNED", "WO_DUE_SOON"]


def test_many_leads_are_all_told_once(park: Park) -> None:
    leads = [park.lead, *(park.person("MAINT_TL") for _ in range(2 * MAX_AT_ONCE + 1))]
    order_id = park.routed(priority="CRITICAL")["id"]
    sweep_after(park, LATE)
    sweep_after(park, 0)
    assert [kinds(lead, order_id) for lead in leads] == [["WO_ROUTED", "WO_OVERDUE"]] * len(leads)
    assert [check_count(lead) for lead in leads] == [2] * len(leads)


def test_what_is_left_of_many_leads_is_told_by_the_sweep(park: Park, engine: EmbeddedEngine) -> None:
    leads = [park.lead, *(park.person("MAINT_TL") for _ in range(MAX_AT_ONCE + 1))]
    parts: list[int] = []

    def fail_second(_: str, request: dict[str, Any]) -> None:
        if "NOTICE#" in str(request):
            parts.append(1)
            if len(parts) > 1:
                raise ConnectionError

    engine.before("TransactWriteItems", fail_second)
    park.routed()
    engine.remove_hooks()
    assert sum(len(kinds(lead)) for lead in leads) == MAX_AT_ONCE
    sweep_after(park, 0.01)
    assert [kinds(lead) for lead in leads] == [["WO_ROUTED"]] * len(leads)


def test_managers_stand_in_for_the_leads_of_a_zone_that_has_none(park: Park) -> None:
    admin, second = park.person("SYSTEM_ADMIN"), park.person("STORE_MANAGER", game_zone=None)
    assert admin.patch(f"/v1/users/{park.lead.user_id}", {"status": "DISABLED"}).status == 200
    park.routed(priority="CRITICAL")
    assert [kinds(person) for person in (park.lead, park.manager, second, admin)] == [
        [],
        ["WO_ROUTED"],
        ["WO_ROUTED"],
        [],
    ]


# --- due dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "holder"),
    [
        ("ROUTED", "It is not assigned."),
        ("RETURNED", "It was returned by Mees van Dijk."),
        ("OUTSOURCED", "It was given to Vekoma."),
    ],
)
def test_leads_are_told_of_what_no_technician_has_in_hand(park: Park, state: str, holder: str) -> None:
    order_id = str(park.routed(priority="CRITICAL")["id"])
    if state == "RETURNED":
        assert park.assign(order_id).status == 200
        assert park.give_back(order_id).status == 200
    if state == "OUTSOURCED":
        assert park.outsource(order_id).status == 200
    sweep_after(park, HOURS["CRITICAL"] - 1)
    sweep_after(park, 1.01)
    overdue, soon = listed(park.lead)["items"][:2]
    assert (soon["type"], overdue["type"]) == ("WO_DUE_SOON", "WO_OVERDUE")
    subject = f"Ride RC-07: Check {ITEMS[0]}"
    assert (soon["body"], overdue["body"]) == (f"1 h left. {holder} {subject}", f"{holder} {subject}")
    assert {"WO_DUE_SOON", "WO_OVERDUE"}.isdisjoint(kinds(park.tech))


@pytest.mark.parametrize(
    "change", [{"status": "DISABLED"}, {"gameZone": SOUTH}, {"gameZone": None}, {"role": "packer"}]
)
def test_leads_are_told_of_what_a_technician_has_who_is_gone(park: Park, change: dict[str, Any]) -> None:
    order_id = park.started(priority="CRITICAL")
    admin, second = park.person("SYSTEM_ADMIN"), park.person("MAINT_TL")
    assert admin.patch(f"/v1/users/{park.tech.user_id}", change).status == 200
    sweep_after(park, HOURS["CRITICAL"] - 1)
    sweep_after(park, 1.01)
    assert kinds(park.lead)[1:] == kinds(second) == ["WO_DUE_SOON", "WO_OVERDUE"]
    assert kinds(park.tech, order_id) == ["WO_ASSIGNED"]


@pytest.mark.parametrize("change", [{"status": "DISABLED"}, {"gameZone": SOUTH}, {"role": "packer"}])
def test_the_leads_of_the_zone_stand_in_for_team_leads_who_are_gone(park: Park, change: dict[str, Any]) -> None:
    second, admin, tech = park.person("MAINT_TL"), park.person("SYSTEM_ADMIN"), park.person("TECH")
    overdue, returned = (park.assigned(tech, priority="CRITICAL") for _ in range(2))
    assert admin.patch(f"/v1/users/{park.lead.user_id}", change).status == 200
    assert park.give_back(returned, tech).status == 200
    sweep_after(park, LATE)
    assert [kinds(park.lead, order_id) for order_id in (overdue, returned)] == [["WO_ROUTED"]] * 2
    assert kinds(second, returned) == ["WO_ROUTED", "WO_RETURNED", "WO_OVERDUE"]
    assert kinds(second, overdue) == ["WO_ROUTED", "WO_OVERDUE"]
    assert kinds(tech, overdue) == ["WO_ASSIGNED", "WO_OVERDUE"]


def test_a_lead_who_returns_an_order_is_not_told_of_it_and_stands_in_for_nobody_else(park: Park) -> None:
    second, tech = park.person("MAINT_TL"), park.person("TECH")
    order_id = park.assigned(tech)
    assert park.hold(order_id).status == 200
    assert park.give_back(order_id, park.lead).status == 200
    assert [kinds(person, order_id) for person in (park.lead, second)] == [["WO_ROUTED"]] * 2


def test_all_leads_of_a_large_zone_are_told_of_a_return_without_a_team_lead(park: Park) -> None:
    tech, admin = park.person("TECH"), park.person("SYSTEM_ADMIN")
    order_id = park.assigned(tech)
    leads = [park.person("MAINT_TL") for _ in range(2 * MAX_AT_ONCE + 1)]
    assert admin.patch(f"/v1/users/{park.lead.user_id}", {"status": "DISABLED"}).status == 200
    assert park.give_back(order_id, tech).status == 200
    assert [kinds(lead, order_id) for lead in leads] == [["WO_RETURNED"]] * len(leads)


def test_a_vendors_due_date_is_told_and_that_of_the_priority_only_once(park: Park) -> None:
    order_id = park.outsourced(dueAt="2026-03-01T12:00:00Z")
    sweep_after(park, 3.01)
    assert kinds(park.lead) == ["WO_ROUTED", "WO_OVERDUE"]
    assert park.lead.patch(f"/v1/work-orders/{order_id}/recall").status == 200
    sweep_after(park, HOURS["HIGH"])
    sweep_after(park, 0.01)
    assert kinds(park.lead) == ["WO_ROUTED", "WO_OVERDUE", "WO_ROUTED", "WO_OVERDUE"]


def test_a_due_date_that_comes_back_is_not_told_again(park: Park) -> None:
    order_id = park.assigned(priority="CRITICAL")
    path = f"/v1/work-orders/{order_id}"
    sweep_after(park, LATE)
    for priority in ("LOW", "CRITICAL", "LOW", "CRITICAL"):
        assert park.lead.patch(path, {"priority": priority}).status == 200
        sweep_after(park, 0.01)
    assert kinds(park.tech) == ["WO_ASSIGNED", "WO_OVERDUE"]
    sweep_after(park, 24)
    assert kinds(park.manager) == ["WO_ESCALATED"]


def test_an_edit_that_meets_the_sweep_keeps_in_mind_what_was_told(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.assigned(priority="CRITICAL")
    path = f"/v1/work-orders/{order_id}"
    park.later(hours=LATE)
    engine.before("TransactWriteItems", lambda *_: park.world.sweep_maintenance(), times=1)
    version = stored(order_id).version
    assert park.lead.patch(path, {"priority": "LOW"}, if_match=str(version)).status == 200
    assert park.lead.patch(path, {"priority": "CRITICAL"}).status == 200
    sweep_after(park, 0.01)
    assert kinds(park.tech) == ["WO_ASSIGNED", "WO_OVERDUE"]


def test_nobody_is_told_while_an_order_is_on_hold(park: Park) -> None:
    order_id = park.assigned(priority="CRITICAL")
    assert park.hold(order_id).status == 200
    sweep_after(park, 300)
    people = (park.tech, park.lead, park.manager)
    assert [kinds(person) for person in people] == [["WO_ASSIGNED"], ["WO_ROUTED"], []]
    assert park.resume(order_id).status == 200
    sweep_after(park, LATE + 24)
    assert [kinds(person) for person in people] == [
        ["WO_ASSIGNED", "WO_OVERDUE"],
        ["WO_ROUTED", "WO_OVERDUE"],
        ["WO_ESCALATED"],
    ]


# --- escalation ------------------------------------------------------------------------------------------------------


def test_an_order_that_is_overdue_for_long_is_told_to_whom_the_leads_report_to(park: Park) -> None:
    first, second, gone = (park.person("STORE_MANAGER", game_zone=SOUTH) for _ in range(3))
    admin = park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.lead.user_id}", {"reportsTo": first.user_id}).status == 200
    park.person("MAINT_TL", reports_to=first.user_id)
    park.person("MAINT_TL", reports_to=second.user_id)
    park.person("MAINT_TL", game_zone=SOUTH, reports_to=gone.user_id)
    order = park.routed(priority="CRITICAL")
    sweep_after(park, LATE + 24)
    sweep_after(park, 100)
    assert [kinds(person) for person in (first, second, gone, park.manager)] == [
        ["WO_ESCALATED"],
        ["WO_ESCALATED"],
        [],
        [],
    ]
    again = park.world.signed_in(first.org_id, first.user_id, "STORE_MANAGER")
    [item] = listed(again)["items"]
    assert item["title"] == f"{order['code']} has been overdue for 24 h"
    assert item["body"] == f"It is not assigned. Ride RC-07: Check {ITEMS[0]}"


def test_managers_stand_in_for_a_superior_who_is_disabled(park: Park) -> None:
    chief, admin = park.person("STORE_MANAGER", game_zone=SOUTH), park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.lead.user_id}", {"reportsTo": chief.user_id}).status == 200
    assert admin.patch(f"/v1/users/{chief.user_id}", {"status": "DISABLED"}).status == 200
    park.assigned(priority="CRITICAL")
    sweep_after(park, LATE + 24)
    assert (kinds(chief), kinds(park.manager)) == ([], ["WO_ESCALATED"])


def test_an_organisation_settles_after_how_many_hours_an_order_is_escalated(park: Park) -> None:
    admin = park.person("SYSTEM_ADMIN")
    assert admin.put(SETTINGS, {"criticalHours": 0.02, "dueSoonHours": 0.01, "escalateAfterHours": 0.01}).status == 200
    order_id = park.outsourced()
    assert park.lead.patch(f"/v1/work-orders/{order_id}", {"priority": "CRITICAL"}).status == 200
    told = []
    for _ in range(4):
        park.world.clock.advance(seconds=36)
        park.world.sweep_maintenance()
        told.append((kinds(park.lead)[1:], kinds(park.manager)))
    soon, overdue, escalated = ["WO_DUE_SOON"], ["WO_DUE_SOON", "WO_OVERDUE"], ["WO_ESCALATED"]
    assert told == [(soon, []), (soon, []), (overdue, escalated), (overdue, escalated)]


def test_a_sweep_that_slept_tells_what_it_missed_in_one_pass_and_once(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.assigned(priority="CRITICAL")
    park.later(hours=100)
    engine.before("TransactWriteItems", lambda *_: park.world.sweep_maintenance(), times=1)
    park.world.sweep_maintenance()
    assert [kinds(person, order_id) for person in (park.tech, park.lead, park.manager)] == [
        ["WO_ASSIGNED", "WO_OVERDUE"],
        ["WO_ROUTED", "WO_OVERDUE"],
        ["WO_ESCALATED"],
    ]
    assert stored(order_id).notice_at is None


def test_notices_change_no_version_and_leave_rows_in_the_trail(park: Park) -> None:
    order_id = str(park.routed(priority="CRITICAL")["id"])
    sweep_after(park, LATE + 24)
    assert stored(order_id).version == 1
    actions = [row.action_type for row in park.world.audit() if row.entity_id == order_id]
    assert actions == ["WORK_ORDER_ROUTED", "WORK_ORDER_OVERDUE", "WORK_ORDER_ESCALATED"]


def test_the_notices_of_a_zone_are_found_without_reading_other_people(world: World, engine: EmbeddedEngine) -> None:
    park = Park(world)
    for _ in range(30):
        park.person("TECH")
        park.person("MAINT_TL", game_zone=SOUTH)
    read: list[str] = []
    engine.before(None, lambda operation, request: read.append(f"{operation} {request.get('IndexName', '')}"))
    park.routed()
    engine.remove_hooks()
    assert not [call for call in read if call.startswith("Scan")]
    assert read.count("Query by_role") == 1
    assert kinds(park.lead) == ["WO_ROUTED"]
