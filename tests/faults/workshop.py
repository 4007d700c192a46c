"""Technicians and their leads with work orders and photos, and line workers who bind cells to modules and packs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.builders.maintenance import ITEMS, checklist_record, ride_record
from tests.builders.manufacturing import sku_body
from tests.builders.photos import photo
from tests.faults.calls import Caller
from tests.faults.crew import Crew, data_of, load

ZONE, RIDE, CHECKLIST = "North", "RC-07", "CL-2041"
_PHOTO = photo()


@dataclass
class Park:
    """A zone with one checklist; whoever works in it picks any of the newest work orders."""

    manager: Caller
    ops: Caller
    lead: Caller
    technicians: list[Caller]
    random_source: Random
    orders: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Import the ride and its checklist."""
        load(self.manager, "rides", [ride_record(RIDE, ZONE)])
        load(self.manager, "checklists", [checklist_record(CHECKLIST, RIDE)])

    def step(self) -> None:
        """Route a finding, or do what comes next with some order."""
        if not self.orders or self.random_source.random() < 0.15:
            item = self.random_source.choice(ITEMS)
            finding = {"checklistRef": CHECKLIST, "itemRef": item, "priority": "HIGH", "allowDuplicate": True}
            change = self.ops.change("POST", "/v1/work-orders", finding)
            if change.is_acknowledged:
                self.orders = [*self.orders[-7:], json.loads(change.text)["id"]]
            return
        path = f"/v1/work-orders/{self.random_source.choice(self.orders)}"
        order = self.lead.get(path)
        if order is not None:
            self._go_on(path, order)

    def _go_on(self, path: str, order: dict[str, Any]) -> None:
        technician = self.random_source.choice(self.technicians)
        version, state = str(order["version"]), order["state"]
        own = [one for one in self.technicians if one.user_id in json.dumps(order)] or [technician]
        if state in ("ROUTED", "RETURNED"):
            self.lead.change("PATCH", f"{path}/assign", {"technicianId": technician.user_id})
        elif state == "ASSIGNED":
            own[0].change("PATCH", f"{path}/start", if_match=version)
        elif state == "IN_PROGRESS" and self.random_source.random() < 0.2:
            own[0].change("PATCH", f"{path}/return", {"reason": "No lift"}, if_match=version)
        elif state == "IN_PROGRESS":
            own[0].upload("/v1/uploads/photos", {"workOrderId": order["id"], "kind": "COMPLETION"}, _PHOTO)
            own[0].change("PATCH", f"{path}/done", {"fixNote": "New lamp"}, if_match=version)


@dataclass
class Line:
    """A production line. Cells come from few serial numbers, so that several modules want the same one."""

    admin: Caller
    shift: Caller
    production: Caller
    qa: Caller
    crew: Crew
    random_source: Random
    batch: str = ""
    modules: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Make the SKU and start a batch of it."""
        sku = data_of(self.shift.change("POST", "/v1/skus", sku_body(skuCode=f"TR-{self.crew.number()}")).text)["id"]
        self.admin.change("PATCH", f"/v1/skus/{sku}/activate")
        self.batch = data_of(self.production.change("POST", "/v1/batches", {"skuId": sku}).text)["id"]
        self.production.change("PATCH", f"/v1/batches/{self.batch}/start")

    def step(self) -> None:
        """Make a module, bind or unbind a cell, seal, or go on with a pack."""
        point = self.random_source.random()
        if len(self.modules) < 3:
            module = self._make("/v1/modules", {"batchId": self.batch, "serial": f"M-{self.crew.number()}"})
            self.modules += [module] if module else []
        elif point < 0.7:
            self._work_on(self.random_source.choice(self.modules))
        elif len(self.sealed) >= 2:
            parts, self.sealed = self.sealed[:2], self.sealed[2:]
            body = {"batchId": self.batch, "serial": f"P-{self.crew.number()}", "moduleIds": parts}
            pack = self._make("/v1/packs", body)
            self.packs += [pack] if pack else []
        elif self.packs:
            self._finish(self.packs.pop(0))

    def _make(self, path: str, body: dict[str, Any]) -> str | None:
        change = self.production.change("POST", path, body)
        return str(data_of(change.text)["id"]) if change.is_acknowledged else None

    def _work_on(self, module: str) -> None:
        path, point = f"/v1/modules/{module}", self.random_source.random()
        cell = f"C-{self.random_source.randrange(400)}"
        if point < 0.6:
            self.production.change("PATCH", f"{path}/bind-cell", {"serial": cell, "lot": f"L{len(cell)}"})
        elif point < 0.75:
            self.production.change("PATCH", f"{path}/unbind-cell", {"serial": cell})
        elif self.production.change("PATCH", f"{path}/seal").is_acknowledged:
            self.modules = [one for one in self.modules if one != module]
            self.sealed.append(module)

    def _finish(self, pack: str) -> None:
        self.production.change("PATCH", f"/v1/packs/{pack}/seal")
        self.qa.change("PATCH", f"/v1/packs/{pack}/disposition", {"disposition": "FAIL", "notes": "Does not hold"})
