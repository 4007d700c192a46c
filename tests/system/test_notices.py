"""Notices on the local stack: over a real socket, and from the scheduled sweep."""

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.system.clients import Person, Stack
from tests.system.servers import PASSWORD

ZONE = "Notices"


@pytest.fixture(scope="module")
def park(brisk_stack: Stack) -> Stack:
    """A stack in which the other organisation has a ride and a checklist, and "due soon" means within a day."""
    admin = brisk_stack.person("other-admin")
    people = [
        {"username": name, "full_name": name.title(), "role": role, "game_zone": ZONE, "password": PASSWORD}
        for name, role in (("notice-tech", "TECH"), ("notice-tech-2", "TECH"), ("notice-lead", "MAINT_TL"))
    ]
    load(admin, "users", *people)
    load(admin, "rides", {"code": "N-1", "name": "Carousel", "game_zone": ZONE})
    items = [{"item_ref": f"I-{number}", "text": f"Lamp {number}"} for number in range(4)]
    load(admin, "checklists", {"checklist_ref": "N-C", "name": "Daily", "ride_code": "N-1", "items": items})
    put(admin, "/v1/organisation/settings/maintenance", {"dueSoonHours": 24})
    return brisk_stack


def load(admin: Person, dataset: str, *records: dict[str, Any]) -> None:
    answer = admin.post(f"/v1/imports/{dataset}", {"records": list(records)})
    assert answer.status_code == 200, answer.text


def put(person: Person, path: str, body: object) -> None:
    answer = person.stack.call("PUT", path, body, token=person.token)
    assert answer.status_code == 200, answer.text


def routed(park: Stack, item: str, priority: str) -> str:
    finding = {"checklistRef": "N-C", "itemRef": item, "priority": priority, "allowDuplicate": True}
    answer = park.person("other-admin").post("/v1/work-orders", finding)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def assign(park: Stack, order_id: str, name: str) -> None:
    body, lead = {"technicianId": park.person(name).user_id}, park.person("notice-lead")
    answer = park.call("PATCH", f"/v1/work-orders/{order_id}/assign", body, token=lead.token)
    assert answer.status_code == 200, answer.text


def hurry(park: Stack, order_id: str) -> None:
    """Make an order CRITICAL, so that it is due within the day."""
    lead = park.person("notice-lead")
    answer = park.call("PATCH", f"/v1/work-orders/{order_id}", {"priority": "CRITICAL"}, token=lead.token)
    assert answer.status_code == 200, answer.text


def test_routed_order_is_told_to_the_lead_at_once(park: Stack) -> None:
    with park.person("notice-lead").listening("staff") as socket:
        order_id = routed(park, "I-3", "LOW")
        socket.wait_for("notice", type="WO_ROUTED", subject={"kind": "work_order", "id": order_id})


def test_staff_socket_and_list_have_the_same_notice(park: Stack) -> None:
    tech, other = park.person("notice-tech"), park.person("notice-tech-2")
    order_id = routed(park, "I-0", "LOW")
    subject = {"kind": "work_order", "id": order_id}
    with tech.listening("staff") as socket, other.listening("staff") as others:
        assign(park, order_id, "notice-tech")
        heard = socket.wait_for("notice", type="WO_ASSIGNED", subject=subject)
        assign(park, order_id, "notice-tech-2")
        socket.wait_for("notice", type="WO_REASSIGNED", subject=subject)
        others.wait_for("notice", type="WO_ASSIGNED", subject=subject)
    listed = tech.get("/v1/me/notifications").json()
    assert heard.data in listed["items"]
    assert tech.post(f"/v1/me/notifications/{heard.data['id']}/read").status_code == 204
    assert tech.get("/v1/me/notifications").json()["unread"] == listed["unread"] - 1


def test_sweep_sends_a_due_soon_reminder_once(park: Stack) -> None:
    tech = park.person("notice-tech")
    order_id = routed(park, "I-1", "LOW")
    with tech.listening("staff") as socket:
        assign(park, order_id, "notice-tech")
        hurry(park, order_id)
        socket.wait_for("notice", type="WO_DUE_SOON", subject={"kind": "work_order", "id": order_id})
        # Another one that is told after it shows that the sweep has come by again.
        later = routed(park, "I-2", "LOW")
        assign(park, later, "notice-tech")
        hurry(park, later)
        socket.wait_for("notice", type="WO_DUE_SOON", subject={"kind": "work_order", "id": later})
        told = [(heard.data["type"], heard.data["subject"]["id"]) for heard in socket.events]
    assert told.count(("WO_DUE_SOON", order_id)) == 1


def test_a_customer_has_no_staff_socket(park: Stack) -> None:
    with pytest.raises(InvalidStatus), park.person("other-customer1").listening("staff"):
        pass
