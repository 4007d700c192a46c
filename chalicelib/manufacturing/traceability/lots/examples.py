"""Examples of lots of cells."""

from chalicelib.manufacturing.examples import MODULE_ID

CELL = {
    "serial": "C-0001",
    "lot": "LOT-2026-04",
    "moduleId": MODULE_ID,
    "corrections": [
        {
            "lot": "LOT-2026-04",
            "formerLot": "LOT-2026-03",
            "reason": "The label of the box was misread.",
            "at": "2026-03-14T09:26:53.589Z",
            "byId": "usr-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
        }
    ],
}
NEW_LOT = {
    "lot": "LOT-2026-03",
    "supplier": "Cell Works",
    "supplierLot": "CW-7781",
    "quantity": 9600,
    "receivedAt": "2026-03-02T08:00:00Z",
}
LISTED_LOT = {
    **NEW_LOT,
    "status": "RELEASED",
    "version": 1,
    "createdAt": "2026-03-02T08:30:00Z",
    "createdById": "usr-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
}
LOT = {**LISTED_LOT, "reason": ...}
BLOCKED_LOT = {**LOT, "status": "BLOCKED", "version": 2, "reason": "Swollen cells at the incoming inspection"}
