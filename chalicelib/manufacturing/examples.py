"""Examples of SKUs, batches, modules and packs for the API description; all belong to one product."""

from typing import Any

from chalicelib.manufacturing.assembly.holds.examples import UNIT_HOLD
from chalicelib.manufacturing.quality.examples import DECIDED, DECIDED_AT
from chalicelib.manufacturing.quality.tests.examples import FAILED_TEST, RECORDED_TEST

_UUID = "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
SKU_ID, BATCH_ID, MODULE_ID, PACK_ID = (f"{kind}-{_UUID}" for kind in ("SKU", "BAT", "MOD", "PCK"))
_CREATED_AT, _UPDATED_AT = "2026-03-14T09:26:53Z", "2026-03-14T10:41:07Z"
_SEALED_AT = "2026-03-15T08:12:30Z"
_LEFT_AT, _RETURNED_AT = "2026-03-22T13:20:00Z", "2026-05-04T09:15:00Z"
_LOT = "LOT-2026-03"

_LIMITS = {"Voltage": {"min": 350, "max": 420, "unit": "V"}}
_IDENTIFIED = {
    "name": "Traction 60",
    "chemistry": "LFP",
    "cellsPerModule": 48,
    "modulesPerPack": 8,
    "nominalVoltage": 384,
    "nominalCapacity": 156,
    "skuCode": "TR-60",
    "gtins": {"pack": "09506000134352"},
    "serialPatterns": {"cell": "C-[0-9]{4}", "module": "M-[0-9]{4}", "pack": "P-[0-9]{4}"},
    "requireLot": True,
}
_TESTED = {
    "limits": _LIMITS,
    "tests": [{"step": "EOL", "required": True, "limits": {"Insulation": {"min": 500, "unit": "MOhm"}}}],
    "moduleTests": [{"step": "OCV", "required": True, "limits": {"Voltage": {"min": 150, "max": 168, "unit": "V"}}}],
    "passport": {
        "manufacturer": {"text": "Volta Cells AG, Bahnhofstrasse 1, Zug"},
        "weight": {"value": 384, "unit": "kg"},
        "idleTemperatures": {"min": -30, "max": 60, "unit": "°C"},
    },
}

NEW_SKU = {**_IDENTIFIED, **_TESTED}
_SPEC = {"id": SKU_ID, **_IDENTIFIED}
_SPEC_IN_FULL = {**_SPEC, **_TESTED}
_UNTESTED = dict.fromkeys(_TESTED, ...)
"""What lists and responses to changes do not show of a SKU."""

SKU: dict[str, Any] = {
    **_SPEC_IN_FULL,
    "status": "DRAFT",
    "version": 1,
    "createdAt": _CREATED_AT,
    "updatedAt": _CREATED_AT,
}
SKU_EDIT = {"nominalCapacity": 160, "passport": {**_TESTED["passport"], "manufacturingPlace": {"text": "Zug"}}}  # type: ignore[dict-item]
EDITED_SKU = {**SKU, **SKU_EDIT, "version": 2, "updatedAt": _UPDATED_AT}
ACTIVE_SKU = {**SKU, "status": "ACTIVE", "version": 2, "updatedAt": _UPDATED_AT}
RETIRED_SKU = {**ACTIVE_SKU, "status": "RETIRED", "version": 3, "updatedAt": "2026-11-30T16:00:00Z"}
LISTED_SKU = {name: value for name, value in ACTIVE_SKU.items() if name not in _TESTED or name == "limits"}

NEW_BATCH = {"skuId": SKU_ID, "targetQuantity": 40, "notes": "Second shift"}
BATCH: dict[str, Any] = {
    "id": BATCH_ID,
    "status": "DRAFT",
    "skuId": SKU_ID,
    "sku": {**_SPEC, **_UNTESTED},
    "packs": {"total": 0, "open": 0, "passed": 0, "failed": 0, "voided": 0},
    "version": 1,
    "createdAt": _CREATED_AT,
    "updatedAt": _CREATED_AT,
    "targetQuantity": 40,
    "notes": "Second shift",
    "reference": ...,
    "startedAt": ...,
    "completedAt": ...,
    "voidedAt": ...,
    "voidReason": ...,
}
STARTED_BATCH = {
    **BATCH,
    "status": "IN_PROGRESS",
    "version": 2,
    "updatedAt": _UPDATED_AT,
    "startedAt": _UPDATED_AT,
}
BATCH_DETAIL = {
    **STARTED_BATCH,
    "sku": _SPEC_IN_FULL,
    "packs": {"total": 12, "open": 3, "passed": 8, "failed": 1, "voided": 0},
    "version": 23,
}
HELD_BATCH = {**BATCH_DETAIL, "holds": [{**UNIT_HOLD, "kind": "BATCH", "value": BATCH_ID}]}
COMPLETED_BATCH = {
    **STARTED_BATCH,
    "status": "COMPLETED",
    "packs": {"total": 40, "open": 0, "passed": 39, "failed": 1, "voided": 0},
    "version": 83,
    "updatedAt": "2026-03-20T15:00:00Z",
    "completedAt": "2026-03-20T15:00:00Z",
}
VOIDED_BATCH = {
    **BATCH,
    "status": "VOID",
    "version": 2,
    "updatedAt": _UPDATED_AT,
    "voidedAt": _UPDATED_AT,
    "voidReason": "created twice",
}

_BUILT: dict[str, Any] = {
    "batchId": BATCH_ID,
    "skuId": SKU_ID,
    "sku": {**_SPEC, **_UNTESTED},
    "version": 1,
    "createdAt": _CREATED_AT,
    "updatedAt": _CREATED_AT,
    "sealedAt": ...,
}
NEW_MODULE = {"batchId": BATCH_ID, "serial": "M-0001"}
MODULE: dict[str, Any] = {
    **_BUILT,
    "id": MODULE_ID,
    "serial": "M-0001",
    "status": "DRAFT",
    "cellsBound": 0,
    "cellsRequired": 48,
    "packId": ...,
    "scrappedAt": ...,
    "cellsFreed": ...,
}
CELL = {"serial": "C-0001", "lot": _LOT}
CELLS = {"serials": ["C-0001", "C-0002"], "lot": _LOT}
BOUND_MODULE = {**MODULE, "status": "IN_PROGRESS", "cellsBound": 1, "version": 2, "updatedAt": _UPDATED_AT}
MODULE_WITH_TRAY = {**BOUND_MODULE, "cellsBound": 2}
EMPTIED_MODULE = {**BOUND_MODULE, "cellsBound": 0, "version": 3}
_BY_ID = DECIDED["decidedById"]
MODULE_DETAIL = {
    **MODULE_WITH_TRAY,
    "sku": _SPEC_IN_FULL,
    "cells": [{"serial": serial, "boundAt": _UPDATED_AT, "lot": _LOT} for serial in CELLS["serials"]],
    "holds": [UNIT_HOLD],
    "changes": [{"change": "UNBOUND", "at": _UPDATED_AT, "byId": _BY_ID, "serials": ["C-0003"]}],
    "tests": [FAILED_TEST],
}
SEALED_MODULE = {
    **BOUND_MODULE,
    "status": "SEALED",
    "cellsBound": 48,
    "version": 50,
    "updatedAt": _SEALED_AT,
    "sealedAt": _SEALED_AT,
}
SCRAP = {"reason": "Dropped", "cells": "free"}
SCRAPPED_MODULE = {
    **SEALED_MODULE,
    "status": "SCRAPPED",
    "cellsBound": 0,
    "scrappedAt": _LEFT_AT,
    "cellsFreed": True,
    "version": 51,
    "updatedAt": _LEFT_AT,
}

_MODULE_IDS = [MODULE_ID, *(f"MOD-019ceb1b-2249-7c1a-9d3f-2a8c5e41b7d{number}" for number in range(2, 9))]
NEW_PACK = {"batchId": BATCH_ID, "serial": "P-0001", "moduleIds": [MODULE_ID]}
PACK: dict[str, Any] = {
    **_BUILT,
    "id": PACK_ID,
    "serial": "P-0001",
    "status": "IN_PROGRESS",
    "modulesBound": 1,
    "modulesRequired": 8,
    "attempt": 1,
    "disposition": ...,
    "disposedAt": ...,
    "customer": ...,
    "order": ...,
    "shippedAt": ...,
    "returnedAt": ...,
}
MODULES = {"moduleIds": _MODULE_IDS[:2]}
PACK_WITH_MODULE = {**PACK, "version": 2, "updatedAt": _UPDATED_AT}
PACK_WITH_MODULES = {**PACK_WITH_MODULE, "modulesBound": 2}
SEALED_PACK = {
    **PACK,
    "status": "READY_FOR_EOL",
    "modulesBound": 8,
    "version": 9,
    "updatedAt": _SEALED_AT,
    "sealedAt": _SEALED_AT,
}
FINALIZED_PACK = {
    **SEALED_PACK,
    "status": "FINALIZED",
    "version": 10,
    "updatedAt": DECIDED_AT,
    "disposition": "PASS",
    "disposedAt": DECIDED_AT,
}
EMPTIED_PACK = {**PACK_WITH_MODULE, "modulesBound": 0, "version": 3}
REASON = {"reason": "A connector is loose"}
_NOT_DECIDED = {"disposition": ..., "disposedAt": ..., "updatedAt": _LEFT_AT}
REWORKED_PACK = {
    **FINALIZED_PACK,
    **_NOT_DECIDED,
    "status": "REWORK",
    "sealedAt": ...,
    "attempt": 2,
    "version": 11,
}
VOIDED_PACK = {**FINALIZED_PACK, "status": "VOID", "modulesBound": 0, "version": 11, "updatedAt": _LEFT_AT}
SHIPMENT = {"customer": "Northwind Energy", "order": "PO-7731"}
SHIPPED_PACK = {
    **FINALIZED_PACK,
    **SHIPMENT,
    "status": "SHIPPED",
    "version": 11,
    "updatedAt": _LEFT_AT,
    "shippedAt": _LEFT_AT,
}
RETURNED_PACK = {
    **SHIPPED_PACK,
    **_NOT_DECIDED,
    "status": "READY_FOR_EOL",
    "attempt": 2,
    "version": 12,
    "updatedAt": _RETURNED_AT,
    "returnedAt": _RETURNED_AT,
}
PACK_DETAIL = {
    **FINALIZED_PACK,
    "sku": _SPEC_IN_FULL,
    "modules": [
        {"id": module_id, "serial": f"M-000{number}", "boundAt": _UPDATED_AT}
        for number, module_id in enumerate(_MODULE_IDS, 1)
    ],
    "dispositions": [DECIDED],
    "holds": [UNIT_HOLD],
    "changes": [
        {"change": "REWORKED", "at": _SEALED_AT, "byId": _BY_ID, **REASON, "sealedAt": _UPDATED_AT},
        {"change": "SHIPPED", "at": _LEFT_AT, "byId": _BY_ID, **SHIPMENT},
    ],
    "tests": [RECORDED_TEST],
}


def listed(example: dict[str, Any]) -> dict[str, Any]:
    """Return the example of a list whose only entry this is."""
    entry = {name: value for name, value in example.items() if value is not ...}
    if "sku" in entry:
        entry["sku"] = _SPEC
    return {"response": {"data": [entry], "meta": {"totalCount": 1}}}
