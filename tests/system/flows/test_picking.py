"""Two pickers claim, scan, repeat batches, undo, complete, release and close assignments."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.races.crowd import at_once
from tests.system.clients import Person
from tests.system.flows.site import Site

EAN = "5901234123457"


def import_assignments(site: Site, *names: str) -> None:
    """Import assignments of two lines each: three units of an article with a barcode, one of another."""
    lines = [
        {"line_number": 1, "sku": "SKU-1", "quantity": 3, "location": "A-01", "barcodes": [EAN]},
        {"line_number": 2, "sku": "SKU-2", "quantity": 1, "location": "A-02"},
    ]
    fixed = {"customer": "Zomer", "role": "picker", "zone": "Ambient", "route": "North", "priority": 0, "lines": lines}
    records = [{**fixed, "assignment_ref": site.own(name), "order_label": site.own(f"SO-{name}")} for name in names]
    site.load("pick-assignments", *records)


def claiming(site: Site, picker: Person) -> Any:
    company = site.admin.ask("GET", "/v1/me")["user"]["organization"]
    body = {"device_id": "truck-7", "company_id": company, "role": "picker"}
    return partial(picker.ask, "POST", "/assignments/next", body)


def event(kind: str, **payload: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: TID251 - a client's own
    if kind == "scan_received":
        payload["at"] = now
    own_id = str(uuid.uuid4())  # noqa: TID251 - a client's own
    return {"client_event_id": own_id, "event_type": kind, "payload": payload, "created_at": now}


def send(picker: Person, *events: dict[str, Any]) -> list[str]:
    return [status["result"] for status in picker.ask("POST", "/events/batch", {"events": events})["status"]]


def scans(ref: str, *codes: str) -> list[dict[str, Any]]:
    return [event("scan_received", raw=code, assignment_id=ref, order_id=ref) for code in codes]


def test_two_pickers_get_two_assignments_and_pick_them(site: Site) -> None:
    import_assignments(site, "A1", "A2")
    anna, bo = site.people({"picker1": "picker", "picker2": "picker"})
    claimed = [answer["assignment_id"] for answer in at_once([claiming(site, anna), claiming(site, bo)])]
    assert sorted(claimed) == [site.own("A1"), site.own("A2")]
    mine = claimed[0]
    assert claiming(site, anna)()["assignment_id"] == mine

    first = scans(mine, EAN, EAN)
    assert send(anna, *first) == ["accepted"] * 2
    assert send(anna, *first, event("undo_requested", assignment_id=mine)) == [
        "duplicate",
        "duplicate",
        "accepted",
    ]
    shown = anna.ask("GET", "/scanner/state")
    assert (shown["view"], shown["assignment"]["assignment_id"]) == ("picker", mine)
    assert (shown["metrics"]["total_units"], shown["order_summary"]["qty"]) == (1, 4)

    foreign = {**event("scan_received", raw=EAN, assignment_id=mine, order_id=mine), "company_id": "another"}
    assert send(anna, foreign, *scans(claimed[1], EAN)) == ["rejected", "rejected"]
    assert send(anna, *scans(mine, EAN, EAN, "SKU-2")) == ["accepted"] * 3
    shown = anna.ask("GET", "/scanner/state")
    assert shown["order_progress"] == {"percent": "100%"}
    assert not shown["assignment"]["active"]

    released = bo.ask("POST", f"/assignments/{claimed[1]}/release")
    assert released["status"] == "queued"
    assert claiming(site, anna)()["assignment_id"] == claimed[1]
    anna.ask("POST", f"/assignments/{claimed[1]}/close", {"reason": "The rest is out of stock"})
    for picker in (anna, bo):
        answer = claiming(site, picker)(status=404)
        assert answer["error"]["code"] == "NO_ASSIGNMENT_AVAILABLE"
