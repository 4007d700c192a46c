"""Work orders and photos over real HTTP, in the game zone of the demo data."""

from __future__ import annotations

import httpx

from tests.builders.photos import photo
from tests.system.clients import Person, Stack

CHECKLIST, ITEM = "CL-2042", "B-3"


def repair(stack: Stack, technician: str = "tech2") -> str:
    """Create an assigned work order and return its id."""
    routed = {"checklistRef": CHECKLIST, "itemRef": ITEM, "priority": "LOW", "allowDuplicate": True}
    answer = stack.person("ops1").post("/v1/work-orders", routed)
    assert answer.status_code == 201, answer.text
    order_id = str(answer.json()["id"])
    to = {"technicianId": stack.person(technician).user_id}
    lead = stack.person("maint1").token
    answer = stack.call("PATCH", f"/v1/work-orders/{order_id}/assign", to, token=lead)
    assert answer.status_code == 200, answer.text
    return order_id


def upload(person: Person, order_id: str, content: bytes | None = None, kind: str = "COMPLETION") -> httpx.Response:
    """Send a photo of a work order, as a form."""
    return person.stack.http.post(
        "/v1/uploads/photos",
        data={"workOrderId": order_id, "kind": kind},
        files={"file": ("photo.jpg", photo() if content is None else content, "image/jpeg")},
        headers={"Authorization": f"Bearer {person.token}"},
    )
