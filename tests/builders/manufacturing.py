"""Builds SKUs, batches, modules and packs through the API.

A `Line` has a person of each role. Its SKU is small (2 cells per module, 2 modules per pack) by default.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib.audit.tables import AuditRow
from chalicelib.core.store import get, get_many
from chalicelib.identity.accounts.tables import user_key
from chalicelib.manufacturing import status_counters
from chalicelib.manufacturing.rules import STATE_MACHINES, list_sections
from chalicelib.manufacturing.tables import Module, Pack, ProductionBatch, batch_key, module_key, pack_key
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import SerialNumber, serial_key
from tests.builders.world import DEMO, Answer, Person, World

Data = dict[str, Any]

LIMITS = {"Voltage": {"min": 350, "max": 420.5, "unit": "V"}, "Resistance": {"max": 12, "unit": "mOhm"}}
GOOD = {"Voltage": {"value": 384.2, "unit": "V"}, "Resistance": {"value": 11, "unit": "mOhm"}}
"""Measurements within these limits."""
TESTS = [
    {"step": "EOL", "required": True, "limits": {"Insulation": {"min": 500, "unit": "MOhm"}}},
    {"step": "Leak", "required": False},
]
MODULE_TESTS = [{"step": "OCV", "required": True, "limits": {"Voltage": {"min": 150, "max": 168, "unit": "V"}}}]
INSULATED = {"Insulation": {"value": 812.5, "unit": "MOhm"}}
CHARGED = {"Voltage": {"value": 160, "unit": "V"}}
"""Measurements within the limits of these tests."""


def sku_body(**fields: Any) -> Data:
    """Return the body of a complete SKU; `name=None` omits a field."""
    body = {
        "name": "Traction 60",
        "chemistry": "LFP",
        "cellsPerModule": 2,
        "modulesPerPack": 2,
        "nominalVoltage": 384,
        "nominalCapacity": 156.25,
        "skuCode": "TR-60",
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def data(answer: Answer, status: int = 200) -> Data:
    """Return the data of a successful answer of this status."""
    assert answer.status == status, answer
    assert answer.json["success"] is True
    content: Data = answer.json["data"]
    return content


@dataclass
class Line:
    """A production line of an organisation, with its people."""

    world: World
    org_id: str = DEMO
    numbers: count[int] = field(default_factory=lambda: count(1))
    skus: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.admin = self.world.person("SYSTEM_ADMIN", self.org_id)
        self.production = self.world.person("PRODUCTION", self.org_id)
        self.qa = self.world.person("QA", self.org_id)
        self.supervisor = self.world.person("SUPERVISOR", self.org_id)
        self.viewer = self.world.person("VIEW_ONLY", self.org_id)

    def serial(self, prefix: str = "S") -> str:
        """Return an unused serial number."""
        return f"{prefix}-{self.org_id}-{next(self.numbers):05d}"

    def draft_sku(self, **fields: Any) -> Data:
        """Create a SKU, whose code is unique unless it is given."""
        number = next(self.skus)
        fields = {"skuCode": "TR-60" if number == 1 else f"TR-60-{number}", **fields}
        return data(self.supervisor.post("/v1/skus", sku_body(**fields)), 201)

    def sku(self, **fields: Any) -> Data:
        """Create and activate a SKU."""
        return data(self.admin.patch(f"/v1/skus/{self.draft_sku(**fields)['id']}/activate"))

    def draft_batch(self, sku: Data | None = None, **fields: Any) -> Data:
        """Create a batch."""
        body = {"skuId": (sku or self.sku())["id"], **fields}
        return data(self.production.post("/v1/batches", body), 201)

    def batch(self, sku: Data | None = None, **fields: Any) -> Data:
        """Create and start a batch; `fields` are those of its SKU if none is given."""
        draft = self.draft_batch(sku or self.sku(**fields))
        return data(self.production.patch(f"/v1/batches/{draft['id']}/start"))

    def module(self, batch: Data, serial: str | None = None) -> Data:
        """Create a module."""
        body = {"batchId": batch["id"], "serial": serial or self.serial("M")}
        return data(self.production.post("/v1/modules", body), 201)

    def bind(self, module: Data, serial: str, lot: str | None = None, **headers: str) -> Answer:
        """Bind a cell."""
        body = {"serial": serial} | ({"lot": lot} if lot else {})
        return self.production.patch(f"/v1/modules/{module['id']}/bind-cell", body, **headers)

    def bind_tray(self, module: Data, serials: list[str], lot: str | None = None, **headers: str) -> Answer:
        """Bind a tray of cells."""
        body = {"serials": serials} | ({"lot": lot} if lot else {})
        return self.production.post(f"/v1/modules/{module['id']}/bind-cells", body, **headers)

    def unbind(self, module: Data, serial: str, **headers: str) -> Answer:
        """Unbind a cell."""
        return self.production.patch(f"/v1/modules/{module['id']}/unbind-cell", {"serial": serial}, **headers)

    def full_module(self, batch: Data, lot: str | None = None) -> Data:
        """Create a module with all its cells."""
        module = self.module(batch)
        cells = [self.serial("C") for _ in range(module["cellsRequired"])]
        for start in range(0, len(cells), 90):
            module = data(self.bind_tray(module, cells[start : start + 90], lot))
        return module

    def sealed_module(self, batch: Data, lot: str | None = None) -> Data:
        """Create a sealed module."""
        return data(self.production.patch(f"/v1/modules/{self.full_module(batch, lot)['id']}/seal"))

    def pack(self, batch: Data, modules: list[Data] | None = None, serial: str | None = None) -> Data:
        """Create a pack with these modules."""
        body: Data = {"batchId": batch["id"], "serial": serial or self.serial("P")}
        if modules:
            body["moduleIds"] = [module["id"] for module in modules]
        return data(self.production.post("/v1/packs", body), 201)

    def bind_module(self, pack: Data, module: Data, **headers: str) -> Answer:
        """Bind a module to a pack."""
        return self.production.patch(f"/v1/packs/{pack['id']}/bind-module", {"moduleId": module["id"]}, **headers)

    def ready_pack(self, batch: Data) -> Data:
        """Create a sealed pack, ready for its test."""
        required = batch["sku"]["modulesPerPack"]
        pack = self.pack(batch, [self.sealed_module(batch) for _ in range(required)])
        return data(self.production.patch(f"/v1/packs/{pack['id']}/seal"))

    def dispose(self, pack: Data, disposition: str, **fields: Any) -> Answer:
        """Dispose a pack."""
        return self.qa.patch(f"/v1/packs/{pack['id']}/disposition", {"disposition": disposition, **fields})

    def record_test(self, unit: Data, step: str = "EOL", result: str = "PASS", **fields: Any) -> Answer:
        """Record a test of a module or pack; `key` is the idempotency key, the other fields are those of the body."""
        headers = {"idempotency_key": fields.pop("key")} if "key" in fields else {}
        body = {"step": step, "result": result, "measurements": {}, **fields}
        return self.qa.post(f"/v1/units/{unit['serial']}/tests", body, **headers)

    def finished_pack(self, batch: Data, disposition: str = "PASS") -> Data:
        """Create a finalized pack."""
        return data(self.dispose(self.ready_pack(batch), disposition))

    def seal(self, kind: str, assembly: Data, **headers: str) -> Answer:
        """Seal a module or a pack (`modules`, `packs`)."""
        return self.production.patch(f"/v1/{kind}/{assembly['id']}/seal", **headers)

    def name_of(self, person: Person) -> str:
        """Return the full name of a person."""
        user = get(user_key(self.org_id, person.user_id))
        assert user is not None
        return user.full_name

    def unbind_module(self, pack: Data, module: Data, **headers: str) -> Answer:
        """Take a module out of a pack."""
        return self.production.patch(f"/v1/packs/{pack['id']}/unbind-module", {"moduleId": module["id"]}, **headers)

    def scrap(self, module: Data, cells: str | None = None, **headers: str) -> Answer:
        """Scrap a module."""
        body = {"reason": "dropped"} | ({"cells": cells} if cells else {})
        return self.production.patch(f"/v1/modules/{module['id']}/scrap", body, **headers)

    def rework(self, pack: Data, **headers: str) -> Answer:
        """Open a pack again."""
        return self.production.patch(f"/v1/packs/{pack['id']}/rework", {"reason": "loose connector"}, **headers)

    def void(self, pack: Data, **headers: str) -> Answer:
        """Void a pack."""
        return self.production.patch(f"/v1/packs/{pack['id']}/void", {"reason": "created twice"}, **headers)

    def void_batch(self, batch: Data, **headers: str) -> Answer:
        """Void a batch."""
        return self.production.patch(f"/v1/batches/{batch['id']}/void", {"reason": "wrong SKU"}, **headers)

    def ship(self, pack: Data, customer: str = "Northwind", **headers: str) -> Answer:
        """Ship a pack."""
        body = {"customer": customer, "order": "PO-1"}
        return self.production.patch(f"/v1/packs/{pack['id']}/ship", body, **headers)

    def take_back(self, pack: Data, **headers: str) -> Answer:
        """Take back a shipped pack."""
        return self.production.post("/v1/returns", {"serial": pack["serial"], "reason": "noise"}, **headers)

    def modules_of(self, pack: Data) -> list[Data]:
        """Return the modules that a pack shows."""
        modules: list[Data] = data(self.viewer.get(f"/v1/packs/{pack['id']}"))["modules"]
        return modules

    def stored_module(self, module: Data) -> Module:
        """Return a stored module."""
        found = get(module_key(self.org_id, module["id"]))
        assert found is not None
        return found

    def stored_pack(self, pack: Data) -> Pack:
        """Return a stored pack."""
        found = get(pack_key(self.org_id, pack["id"]))
        assert found is not None
        return found

    def stored_batch(self, batch: Data) -> ProductionBatch:
        """Return a stored batch."""
        found = get(batch_key(self.org_id, batch["id"]))
        assert found is not None
        return found

    def cells_of(self, module: Data) -> list[str]:
        """Return the cells in a module's ledger, in order."""
        return [serial for entry in read_whole_ledger(self.stored_module(module).pk) for serial in entry.present]

    def counted(self, kind: str, owner: str | None = None) -> dict[str, int]:
        """Return the counts of a list by status."""
        keys = status_counters.counter_keys(self.org_id, kind, owner)
        counters = get_many(keys, self.world.clock)
        return {
            state: status_counters.total(counters, keys, list_sections(kind, state))
            for state in STATE_MACHINES[kind].states
        }

    def row(self, entity_id: str, action: str, outcome: str = "OK") -> tuple[AuditRow, Data]:
        """Return the only audit row of an entity with this action and outcome, and its diff."""
        rows = [
            row
            for row in self.world.audit(self.org_id)
            if (row.entity_id, row.action_type, row.outcome) == (entity_id, action, outcome)
        ]
        assert len(rows) == 1, rows
        return rows[0], json.loads(rows[0].payload_diff or "null")


def registered(serial: str) -> SerialNumber | None:
    """Return a serial number from the registry."""
    return get(serial_key(serial))


def holder_of(serial: str) -> str | None:
    """Return the module that holds a cell, by the registry."""
    number = registered(serial)
    return None if number is None else number.holder_id
