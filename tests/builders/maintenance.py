"""Game zones with rides, checklists and the people who keep them going, as tests want them.

Everything goes through the API but photos: a photo is what changes when one is uploaded, the count on its order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from tests.builders.world import DEMO, Answer, Person, World

NORTH, SOUTH = "North", "South"
RIDE, CHECKLIST = "RC-07", "CL-2041"
ITEMS = ("A-1", "A-2", "A-3")
HOURS = {"CRITICAL": 4, "HIGH": 24, "MEDIUM": 72, "LOW": 168}
POSSIBLE: dict[str, dict[str, str]] = {
    "ROUTED": {"assign": "ASSIGNED", "outsource": "OUTSOURCED", "cancel": "CANCELLED", "edit": "ROUTED"},
    "ASSIGNED": {
        "assign": "ASSIGNED",
        "start": "IN_PROGRESS",
        "return": "RETURNED",
        "hold": "ON_HOLD",
        "cancel": "CANCELLED",
        "edit": "ASSIGNED",
    },
    "IN_PROGRESS": {
        "assign": "ASSIGNED",
        "done": "DONE",
        "return": "RETURNED",
        "hold": "ON_HOLD",
        "edit": "IN_PROGRESS",
    },
    "ON_HOLD": {
        "resume": "as before",
        "assign": "ASSIGNED",
        "return": "RETURNED",
        "cancel": "CANCELLED",
        "edit": "ON_HOLD",
    },
    "RETURNED": {"assign": "ASSIGNED", "outsource": "OUTSOURCED", "cancel": "CANCELLED", "edit": "RETURNED"},
    "OUTSOURCED": {"vendor-done": "DONE", "recall": "ROUTED", "edit": "OUTSOURCED"},
    "DONE": {"reopen": "ROUTED"},
    "CANCELLED": {},
}
"""Which steps of a work order are possible in which state, and where they lead, as people say it; no others are."""


def load(person: Person, dataset: str, *records: object) -> Answer:
    """Load records."""
    return person.post(f"/v1/imports/{dataset}", {"records": list(records)})


def ride_record(code: str = RIDE, zone: str = NORTH) -> dict[str, Any]:
    """A ride."""
    return {"code": code, "name": f"Ride {code}", "game_zone": zone}


def checklist_record(ref: str = CHECKLIST, ride: str = RIDE, items: tuple[str, ...] = ITEMS) -> dict[str, Any]:
    """A checklist; the first of its items has a note."""
    made = [{"item_ref": item, "text": f"Check {item}", "note": None} for item in items]
    made[0]["note"] = "Row 2"
    return {"checklist_ref": ref, "name": f"Checklist {ref}", "ride_code": ride, "items": made}


@dataclass
class Park:
    """A game zone of an organisation with one ride, one checklist, and one person of each role."""

    world: World
    org_id: str = DEMO
    zone: str = NORTH
    ride: str = RIDE
    checklist: str = CHECKLIST
    manager: Person = field(init=False)
    ops: Person = field(init=False)
    lead: Person = field(init=False)
    tech: Person = field(init=False)

    def __post_init__(self) -> None:
        self.manager = self.person("STORE_MANAGER", full_name="Nina Hoekstra")
        self.ops = self.person("OPS_TL", full_name="Eva Schouten")
        self.lead = self.person("MAINT_TL", full_name="Hugo Prins")
        self.tech = self.person("TECH", full_name="Mees van Dijk", reports_to=self.lead.user_id)
        assert load(self.manager, "rides", ride_record(self.ride, self.zone)).status == 200
        assert load(self.manager, "checklists", checklist_record(self.checklist, self.ride)).status == 200

    def person(self, role: str, **known: Any) -> Person:
        """Somebody of this zone."""
        return self.world.person(role, self.org_id, **{"game_zone": self.zone, **known})

    def routed(self, item: str = ITEMS[0], priority: str = "HIGH", **fields: Any) -> dict[str, Any]:
        """Route a finding; the order as it was answered."""
        answer = self.ops.post("/v1/work-orders", self.finding(item, priority, **fields))
        assert answer.status == 201, answer
        order: dict[str, Any] = answer.json
        return order

    def finding(self, item: str = ITEMS[0], priority: str = "HIGH", **fields: Any) -> dict[str, Any]:
        """The body that routes an item of this park's checklist, whatever is open of it."""
        known = {"checklistRef": self.checklist, "itemRef": item, "priority": priority, "allowDuplicate": True}
        return {**known, **fields}

    def assigned(self, tech: Person | None = None, **fields: Any) -> str:
        """An order that a technician (this park's, unless another is named) was assigned; its id."""
        order_id = str(self.routed(**fields)["id"])
        assert self.assign(order_id, tech).status == 200
        return order_id

    def assign(self, order_id: str, tech: Person | None = None, **headers: str) -> Answer:
        """Assign an order to a technician."""
        body = {"technicianId": (tech or self.tech).user_id}
        return self.lead.patch(f"/v1/work-orders/{order_id}/assign", body, **headers)

    def started(self, tech: Person | None = None, *, photo: bool = False, **fields: Any) -> str:
        """An order on which a technician works, with a photo of the finished work if that is wanted; its id."""
        order_id = self.assigned(tech, **fields)
        assert self.start(order_id, tech).status == 200
        if photo:
            add_photo(self.world, order_id, self.org_id)
        return order_id

    def start(self, order_id: str, tech: Person | None = None) -> Answer:
        """Start an order, in the version that it has."""
        return step(tech or self.tech, order_id, "start")

    def finish(self, order_id: str, tech: Person | None = None) -> Answer:
        """Finish an order, in the version that it has."""
        return step(tech or self.tech, order_id, "done", {})

    def give_back(self, order_id: str, tech: Person | None = None, reason: str = "No lift") -> Answer:
        """Give an order back, in the version that it has."""
        return step(tech or self.tech, order_id, "return", {"reason": reason})

    def outsource(self, order_id: str, vendor: str = "Vekoma", **fields: Any) -> Answer:
        """Give an order to a vendor."""
        return self.lead.patch(f"/v1/work-orders/{order_id}/outsource", {"vendor": vendor, **fields})

    def outsourced(self, *, photo: bool = False, **fields: Any) -> str:
        """An order that a vendor has, with a photo of the finished work if that is wanted; its id."""
        order_id = str(self.routed()["id"])
        assert self.outsource(order_id, **fields).status == 200
        if photo:
            add_photo(self.world, order_id, self.org_id)
        return order_id

    def hold(self, order_id: str, reason: str = "PARTS", **fields: Any) -> Answer:
        """Put an order on hold."""
        return self.lead.patch(f"/v1/work-orders/{order_id}/hold", {"reason": reason, **fields})

    def resume(self, order_id: str) -> Answer:
        """Resume an order."""
        return self.lead.patch(f"/v1/work-orders/{order_id}/resume")

    def cancel(self, order_id: str, reason: str = "Not needed") -> Answer:
        """Cancel an order."""
        return self.lead.patch(f"/v1/work-orders/{order_id}/cancel", {"reason": reason})

    def reopen(self, order_id: str, reason: str = "It broke again") -> Answer:
        """Open an order again."""
        return self.lead.patch(f"/v1/work-orders/{order_id}/reopen", {"reason": reason})

    def done(self, **fields: Any) -> str:
        """An order that is done; its id."""
        order_id = self.started(photo=True, **fields)
        assert self.finish(order_id).status == 200
        return order_id

    def later(self, **span: float) -> None:
        """Let time pass; everybody signs in again."""
        self.world.clock.advance(**span)
        for name in ("manager", "ops", "lead", "tech"):
            person: Person = getattr(self, name)
            setattr(self, name, self.world.signed_in(person.org_id, person.user_id, person.role))

    def checklist_view(self) -> dict[str, Any]:
        """The checklist as it is read."""
        answer = self.manager.get(f"/v1/checklists/{self.checklist}")
        assert answer.status == 200, answer
        view: dict[str, Any] = answer.json
        return view


def step(person: Person, order_id: str, address: str, body: object = None, **headers: str) -> Answer:
    """A step on an order; in the version that it has, unless the headers name another."""
    sent = {"if_match": str(stored(order_id, person.org_id).version), **headers}
    return person.patch(f"/v1/work-orders/{order_id}/{address}", body, **sent)


def stored(order_id: str, org_id: str = DEMO) -> WorkOrder:
    """An order as it is stored."""
    found = get(work_order_key(org_id, order_id))
    assert found is not None, order_id
    return found


def add_photo(world: World, order_id: str, org_id: str = DEMO, by: int = 1) -> None:
    """Count photos of the finished work, as uploads do (or, with a negative number, deletions)."""

    def count(work: UnitOfWork) -> None:
        work.update_unread(
            work_order_key(org_id, order_id), actions=[WorkOrder.completion_photos.add(by)], audited=False
        )

    world.run(count, org_id)
