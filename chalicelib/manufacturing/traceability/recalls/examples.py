"""Examples of recall cases for the API description."""

from typing import Any

from chalicelib.manufacturing.examples import MODULE_ID, PACK_ID

RECALL_ID = "REC-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
_LOT, _REASON, _OPENED_AT = "LOT-2026-03", "Separator damaged in coating", "2026-06-02T08:00:00Z"

OPENED: dict[str, Any] = {
    "reason": _REASON,
    "lots": [_LOT],
    "serials": ["C-0001"],
    "from": "2026-03-01T00:00:00Z",
    "to": "2026-03-31T23:59:59Z",
}
RECALL: dict[str, Any] = {
    "id": RECALL_ID,
    "status": "OPEN",
    "reason": _REASON,
    "lots": [_LOT],
    "unknownLots": [],
    "serialCount": 1,
    "progress": {"done": 384, "total": 384},
    "units": 384,
    "handled": 12,
    "version": 8,
    "createdAt": _OPENED_AT,
    "updatedAt": "2026-06-03T10:15:00Z",
    "from": OPENED["from"],
    "to": OPENED["to"],
    "collectedAt": "2026-06-02T08:00:01Z",
    "endedAt": ...,
    "endReason": ...,
}
NEW_RECALL = {
    **RECALL,
    "status": "COLLECTING",
    "progress": {"done": 0, "total": 385},
    "units": 0,
    "handled": 0,
    "version": 1,
    "updatedAt": _OPENED_AT,
    "collectedAt": ...,
}
RECALL_DETAIL = {**RECALL, "serials": OPENED["serials"], "unknownSerials": []}
END = {"reason": "All units were replaced"}
CLOSED_RECALL = {
    **RECALL,
    "status": "CLOSED",
    "handled": 384,
    "endedAt": "2026-07-01T16:00:00Z",
    "endReason": END["reason"],
}
CANCELED_RECALL = {**CLOSED_RECALL, "status": "CANCELED", "handled": 0}
REOPENED_RECALL = {**CLOSED_RECALL, "status": "OPEN", "endedAt": ...}
HANDLED = {"serials": ["C-0001", "C-0002"], "handled": True, "note": "Pack replaced at the customer"}
UNIT: dict[str, Any] = {
    "serial": "C-0001",
    "kind": "cell",
    "status": "BOUND",
    "collectedAt": "2026-06-02T08:00:01Z",
    "lots": [_LOT],
    "boundAt": "2026-03-14T09:26:53Z",
    "moduleId": MODULE_ID,
    "moduleSerial": "M-0001",
    "moduleStatus": "SEALED",
    "packId": PACK_ID,
    "packSerial": "P-0001",
    "packStatus": "SHIPPED",
    "disposition": "PASS",
    "customer": "Northwind Energy",
    "order": "PO-4711",
    "shippedAt": "2026-03-22T13:20:00Z",
    "handledAt": "2026-06-03T10:15:00Z",
    "handledBy": "u-qa-1",
    "note": HANDLED["note"],
}
