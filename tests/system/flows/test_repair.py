"""Maintenance flow: route a finding, assign it, finish it with photos, and release the checklist."""

from __future__ import annotations

from typing import Any

from tests.builders.photos import opened, photo
from tests.system.clients import Person, Stack
from tests.system.flows.site import Site


def inspected(site: Site) -> dict[str, Person]:
    """A ride with two lamps, its checklist, and its users."""
    zone, ride = site.own("Zone"), site.own("RIDE")
    roles = {"ops": "OPS_TL", "lead": "MAINT_TL", "tech": "TECH", "other": "TECH"}
    people = dict(zip(roles, site.people(roles, game_zone=zone), strict=True))
    site.load("rides", {"code": ride, "name": "Carousel", "game_zone": zone})
    items = [{"item_ref": ref, "text": f"Lamp {ref} shines"} for ref in ("A", "B")]
    site.load("checklists", {"checklist_ref": site.own("CL"), "name": "Daily", "ride_code": ride, "items": items})
    return people


def found(site: Site, people: dict[str, Person], item: str, priority: str) -> str:
    """Route a finding and return the id of its work order."""
    finding = {"checklistRef": site.own("CL"), "itemRef": item, "priority": priority, "allowDuplicate": True}
    return str(people["ops"].ask("POST", "/v1/work-orders", finding, status=201)["id"])


def assigned(lead: Person, order_id: str, technician: Person) -> None:
    lead.ask("PATCH", f"/v1/work-orders/{order_id}/assign", {"technicianId": technician.user_id})


def test_a_repair_is_done_and_its_checklist_released(site: Site) -> None:
    people = inspected(site)
    lead, tech, other = people["lead"], people["tech"], people["other"]
    lamps = [found(site, people, "A", "LOW"), found(site, people, "B", "HIGH")]
    checklist = lead.ask("GET", f"/v1/checklists/{site.own('CL')}")
    assert checklist["status"] == "HELD"
    with tech.listening("staff") as mine, other.listening("staff") as theirs:
        for order_id in lamps:
            assigned(lead, order_id, tech)
            mine.wait_for("notice", type="WO_ASSIGNED", subject={"kind": "work_order", "id": order_id})
        assigned(lead, lamps[0], other)
        told = mine.wait_for("notice", type="WO_REASSIGNED")
        theirs.wait_for("notice", type="WO_ASSIGNED", subject={"kind": "work_order", "id": lamps[0]})
    assert told.data in tech.ask("GET", "/v1/me/notifications")["items"]
    tech.ask("POST", f"/v1/me/notifications/{told.data['id']}/read", status=204)

    assert not repaired(other, lamps[0], with_form)["parentReleased"]
    assert repaired(tech, lamps[1], by_itself)["parentReleased"]
    checklist = lead.ask("GET", f"/v1/checklists/{site.own('CL')}")
    assert checklist["status"] == "RELEASED"


def repaired(technician: Person, order_id: str, upload: Any) -> Any:
    """Start and finish the order, which needs a photo."""
    path = f"/v1/work-orders/{order_id}"
    version = technician.ask("GET", path)["version"]
    version = technician.ask("PATCH", f"{path}/start", if_match=str(version))["version"]
    refused = technician.ask("PATCH", f"{path}/done", {}, status=422, if_match=str(version))
    assert set(refused["fields"]) == {"fixPhoto"}
    seen(technician.stack, upload(technician, order_id))
    technician.ask("PATCH", f"{path}/done", {}, status=409, if_match="1")
    return technician.ask("PATCH", f"{path}/done", {"fixNote": "New lamp"}, if_match=str(version))


def with_form(technician: Person, order_id: str) -> Any:
    """Upload a photo through the API."""
    answer = technician.stack.http.post(
        "/v1/uploads/photos",
        data={"workOrderId": order_id, "kind": "COMPLETION"},
        files={"file": ("fixed.jpg", photo(), "image/jpeg")},
        headers={"Authorization": f"Bearer {technician.token}"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def by_itself(technician: Person, order_id: str) -> Any:
    """Upload a photo to the bucket and confirm it."""
    wanted = {"workOrderId": order_id, "kind": "COMPLETION"}
    told = technician.ask("POST", "/v1/uploads/photos/presign", wanted, status=201)
    put = technician.stack.http.post(told["url"], data=told["fields"], files={"file": photo()})
    assert put.status_code == 204, put.text
    return technician.ask("POST", f"/v1/uploads/photos/{told['id']}/confirm", status=201)


def seen(stack: Stack, view: dict[str, Any]) -> None:
    """The presigned URL returns the photo."""
    for url in (view["url"], view["thumbUrl"]):
        answer = stack.http.get(url)
        assert answer.status_code == 200, answer.text
        assert opened(answer.content).size == (64, 48)
