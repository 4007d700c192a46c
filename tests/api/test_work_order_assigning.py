"""Handing a work order to a technician or a vendor: to whom it can go, who is told, and what it looks like then."""

from typing import Any

import pytest

from chalicelib.identity.accounts.tables import DISABLED
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from chalicelib.identity.roles.tables import RolePermissions, role_key
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import NORTH, SOUTH, Park, stored
from tests.builders.world import DEMO, OTHER, Person, World

START_WORK = "maintenance.workorder.start"


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def notices(person: Person) -> list[str]:
    """What somebody was told, newest first."""
    return [one["type"] for one in person.get("/v1/me/notifications").json["items"]]


def counts(tech: Person) -> dict[str, int]:
    """What a technician's dashboard says there is, without zeros."""
    shown = tech.get("/v1/me/dashboard").json["counts"]
    return {name: number for name, number in shown.items() if number}


def test_a_technician_gets_an_order_and_is_told(park: Park) -> None:
    order_id = park.routed()["id"]
    answer = park.assign(order_id)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json == {
        "state": "ASSIGNED",
        "version": 2,
        "technician": "Mees van Dijk",
        "technicianId": park.tech.user_id,
        "assignedAt": "2026-03-01T09:00:00Z",
    }
    seen = park.tech.get(f"/v1/work-orders/{order_id}").json
    assert (seen["state"], seen["assignedBy"], seen["assignedById"]) == ("ASSIGNED", "Hugo Prins", park.lead.user_id)
    assert [entry["action"] for entry in seen["timeline"]] == ["ROUTED", "ASSIGNED"]
    assert seen["timeline"][1]["technician"] == "Mees van Dijk"
    assert (notices(park.tech), counts(park.tech)) == (["WO_ASSIGNED"], {"assigned": 1})


def test_an_order_goes_to_another_technician_and_both_are_told(park: Park) -> None:
    order_id, other = park.assigned(), park.person("TECH", full_name="Zoe Brouwer")
    assert park.assign(order_id, other).json["technician"] == "Zoe Brouwer"
    assert (notices(park.tech), notices(other)) == (["WO_REASSIGNED", "WO_ASSIGNED"], ["WO_ASSIGNED"])
    assert (counts(park.tech), counts(other)) == ({}, {"assigned": 1})
    assert park.tech.get(f"/v1/work-orders/{order_id}").status == 403
    timeline = other.get(f"/v1/work-orders/{order_id}").json["timeline"]
    assert [entry["action"] for entry in timeline] == ["ROUTED", "ASSIGNED", "REASSIGNED"]


def test_an_order_cannot_be_assigned_to_who_has_it_already(park: Park) -> None:
    order_id = park.assigned()
    answer = park.assign(order_id)
    assert (answer.status, answer.code, notices(park.tech)) == (409, "WORKFLOW_VIOLATION", ["WO_ASSIGNED"])


def test_an_order_that_was_given_back_goes_to_whomever_also_to_the_same(park: Park) -> None:
    order_id = park.started()
    assert park.give_back(order_id).status == 200
    assert park.assign(order_id).status == 200
    seen = park.tech.get(f"/v1/work-orders/{order_id}").json
    assert (seen["state"], seen["startedAt"]) == ("ASSIGNED", None)
    assert [one["reason"] for one in seen["returnHistory"]] == ["No lift"]
    assert counts(park.tech) == {"assigned": 1}
    assert notices(park.tech) == ["WO_ASSIGNED", "WO_ASSIGNED"]


# --- rescue ------------------------------------------------------------------------------------------------------


def test_work_in_progress_is_taken_from_a_technician_and_both_are_told(park: Park) -> None:
    order_id, other = park.started(photo=True), park.person("TECH", full_name="Zoe Brouwer")
    same = park.assign(order_id)
    assert (same.status, same.code) == (409, "WORKFLOW_VIOLATION")
    assert park.assign(order_id, other).json["state"] == "ASSIGNED"
    assert (notices(park.tech), notices(other)) == (["WO_REASSIGNED", "WO_ASSIGNED"], ["WO_ASSIGNED"])
    assert (counts(park.tech), counts(other)) == ({}, {"assigned": 1})
    assert park.finish(order_id).status == 403
    assert park.start(order_id, other).status == 200
    assert set(park.finish(order_id, other).fields) == {"fixPhoto"}


@pytest.mark.parametrize("change", [{"gameZone": SOUTH}, {"role": "picker"}, {"status": "DISABLED"}])
@pytest.mark.parametrize("state", ["ASSIGNED", "IN_PROGRESS", "ON_HOLD"])
def test_every_way_out_works_for_an_order_whose_technician_is_gone(
    park: Park, change: dict[str, str], state: str
) -> None:
    orders = [park.assigned() if state == "ASSIGNED" else park.started() for _ in range(2)]
    if state == "ON_HOLD":
        assert [park.hold(order_id).status for order_id in orders] == [200, 200]
    admin = park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.tech.user_id}", change).status == 200
    assert len(park.lead.get("/v1/work-orders").json["workOrders"]) == 2
    returned, assigned = orders
    assert park.give_back(returned, park.lead, "Has left").json["state"] == "RETURNED"
    assert park.outsource(returned).status == 200
    assert park.assign(assigned, park.person("TECH")).json["state"] == "ASSIGNED"


@pytest.mark.parametrize("change", [{"gameZone": SOUTH}, {"role": "picker"}, {"status": "DISABLED"}])
def test_a_lead_sees_whose_work_is_left_behind_and_goes_on_with_it(park: Park, change: dict[str, str]) -> None:
    order_id, admin = park.started(), park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{park.tech.user_id}", change).status == 200
    [listed] = park.lead.get("/v1/work-orders").json["workOrders"]
    assert (listed["id"], listed["technician"]) == (order_id, "Mees van Dijk")
    assert park.lead.get("/v1/technicians").json["technicians"] == []
    for answer in (park.hold(order_id), park.resume(order_id), park.hold(order_id)):
        assert answer.status == 200
    assert park.lead.post(f"/v1/work-orders/{order_id}/labour", {"minutes": 5}).status == 201
    assert park.lead.patch(f"/v1/work-orders/{order_id}", {"priority": "LOW"}).status == 200
    answer = park.cancel(order_id, "Has left").json
    assert (answer["state"], answer["parentReleased"]) == ("CANCELLED", True)


def test_a_lead_does_not_return_what_its_technician_can_return(park: Park) -> None:
    order_id = park.started()
    answer = park.give_back(order_id, park.lead)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert park.give_back(order_id, park.person("MAINT_TL", game_zone=SOUTH)).status == 403


def elsewhere(park: Park) -> Person:
    return park.person("TECH", game_zone=SOUTH)


def nowhere(park: Park) -> Person:
    return park.person("TECH", game_zone=None)


def not_a_technician(park: Park) -> Person:
    return park.person("OPS_TL")


def of_others(park: Park) -> Person:
    return park.world.person("TECH", OTHER, game_zone=NORTH)


def disabled(park: Park) -> Person:
    gone, admin = park.person("TECH"), park.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{gone.user_id}", {"status": DISABLED}).status == 200
    return gone


@pytest.mark.parametrize("who", [elsewhere, nowhere, not_a_technician, of_others, disabled])
def test_an_order_goes_to_nobody_who_is_no_technician_of_its_zone(park: Park, who: Any) -> None:
    order_id = park.routed()["id"]
    answer = park.assign(order_id, who(park))
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", {"technicianId"})
    assert stored(order_id).state == "ROUTED"


@pytest.mark.parametrize("technician", ["nobody", "", "a#b", 7, None])
def test_a_technician_has_to_be_named(park: Park, technician: object) -> None:
    order_id = park.routed()["id"]
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/assign", {"technicianId": technician})
    assert (answer.status, set(answer.fields)) == (422, {"technicianId"})


def test_who_is_a_technician_is_what_their_role_may_do_and_not_what_it_is_called(world: World, park: Park) -> None:
    def permit(role: str, permissions: dict[str, str]) -> None:
        actions = [RolePermissions.permissions.set(permissions)]
        world.run(lambda work: work.update_unread(role_key(DEMO, role), actions=actions))

    packer, order_id = park.person("packer"), park.routed()["id"]
    assert park.assign(order_id, packer).status == 422
    permit("packer", dict(DEFAULT_PERMISSIONS["TECH"]))
    assert park.assign(order_id, packer).status == 200
    permit("TECH", {code: scope for code, scope in DEFAULT_PERMISSIONS["TECH"].items() if code != START_WORK})
    assert park.assign(order_id).status == 422


@pytest.mark.parametrize("change", [{"gameZone": SOUTH}, {"role": "picker"}, {"status": "DISABLED"}])
def test_a_technician_who_leaves_at_that_moment_does_not_get_it(
    park: Park, engine: EmbeddedEngine, change: dict[str, str]
) -> None:
    order_id, admin = park.routed()["id"], park.person("SYSTEM_ADMIN")

    def leave(*_: object) -> None:
        assert admin.patch(f"/v1/users/{park.tech.user_id}", change).status == 200

    engine.before("TransactWriteItems", leave, times=1)
    answer = park.assign(order_id)
    assert (answer.status, set(answer.fields)) == (422, {"technicianId"})
    assert stored(order_id).state == "ROUTED"


@pytest.mark.parametrize("role", ["TECH", "OPS_TL", "STORE_MANAGER", "picker"])
@pytest.mark.parametrize(("address", "body"), [("assign", {"technicianId": "x"}), ("outsource", {"vendor": "Vekoma"})])
def test_only_who_may_hand_orders_on_does(park: Park, role: str, address: str, body: object) -> None:
    order_id = park.routed()["id"]
    answer = park.person(role).patch(f"/v1/work-orders/{order_id}/{address}", body)
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize("address", ["assign", "outsource"])
def test_a_lead_of_another_zone_hands_nothing_on_here_and_one_of_another_organisation_sees_nothing(
    world: World, park: Park, address: str
) -> None:
    order_id = park.routed()["id"]
    body = {"assign": {"technicianId": park.tech.user_id}, "outsource": {"vendor": "Vekoma"}}[address]
    for person, status in (
        (park.person("MAINT_TL", game_zone=SOUTH), 403),
        (park.person("MAINT_TL", game_zone=None), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert person.patch(f"/v1/work-orders/{order_id}/{address}", body).status == status
    assert park.lead.patch(f"/v1/work-orders/nothing/{address}", body).status == 404
    assert park.lead.patch(f"/v1/work-orders/nothing/{address}", {}).status == 422


def test_a_version_is_honoured_and_not_required(park: Park) -> None:
    order_id = park.routed()["id"]
    for stale in ("7", '"7"', 'W/"7"'):
        answer = park.assign(order_id, if_match=stale)
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
        assert answer.json["error"]["details"] == {"version": 1}
    assert stored(order_id).version == 1
    assert park.assign(order_id, if_match='W/"1"').status == 200
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/outsource", {"vendor": "Vekoma"}, if_match="1")
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")


def test_a_vendor_gets_an_order_and_its_checklist_stays_held(world: World, park: Park) -> None:
    order_id = park.started()
    assert park.give_back(order_id).status == 200
    body = {"vendor": "Vekoma", "note": "Ask for Jan"}
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/outsource", body)
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, {"state": "OUTSOURCED", "version": 5}, '"5"')
    seen = park.manager.get(f"/v1/work-orders/{order_id}").json
    assert (seen["vendor"], seen["technician"], seen["returnedBy"]) == ("Vekoma", None, "Mees van Dijk")
    assert seen["timeline"][-1]["note"] == "Vekoma: Ask for Jan"
    assert (counts(park.tech), park.tech.get(f"/v1/work-orders/{order_id}").status) == ({}, 403)
    assert (park.checklist_view()["status"], park.checklist_view()["openCount"]) == ("HELD", 1)
    assert diff(audit_row(world, order_id, "WORK_ORDER_OUTSOURCED"))["state"] == ["RETURNED", "OUTSOURCED"]


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"vendor"}),
        ({"vendor": " "}, {"vendor"}),
        ({"vendor": "x" * 101, "note": "n" * 501}, {"vendor", "note"}),
        ({"vendor": "Vekoma", "state": "DONE"}, {"state"}),
    ],
)
def test_a_vendor_has_to_be_named(park: Park, body: object, bad: set[str]) -> None:
    order_id = park.routed()["id"]
    answer = park.lead.patch(f"/v1/work-orders/{order_id}/outsource", body)
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_what_is_with_a_technician_or_a_vendor_cannot_be_outsourced(park: Park) -> None:
    assigned, gone = park.assigned(), park.routed()["id"]
    assert park.outsource(gone).status == 200
    steps = {
        "ASSIGNED": ["assign", "cancel", "edit", "hold", "return", "start"],
        "OUTSOURCED": ["edit", "recall", "vendor-done"],
    }
    for order_id, state in ((assigned, "ASSIGNED"), (gone, "OUTSOURCED")):
        answer = park.outsource(order_id)
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
        details = {"state": state, "action": "outsource", "allowed": steps[state]}
        assert answer.json["error"]["details"] == details
        assert answer.json["error"]["message"] == f"Cannot outsource a work order in state {state}."
    assert park.assign(gone).status == 409


@pytest.mark.parametrize("address", ["assign", "outsource"])
def test_handing_on_twice_with_one_key_happens_once(park: Park, address: str) -> None:
    order_id = park.routed()["id"]
    body = {"assign": {"technicianId": park.tech.user_id}, "outsource": {"vendor": "Vekoma"}}[address]
    path = f"/v1/work-orders/{order_id}/{address}"
    first, again = (park.lead.patch(path, body, idempotency_key="k") for _ in range(2))
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (200, first.text, "true")
    assert len(park.lead.get(f"/v1/work-orders/{order_id}").json["timeline"]) == 2
