"""Examples of rejected events for the API description."""

from chalicelib.picking.rejections.rules import RejectedEventStatus

_ANNA, _INES = "019ceb1b-2248-7e3d-9815-e3d8151c151c", "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"

OPEN = {
    "client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10",
    "status": RejectedEventStatus.OPEN,
    "reason": "not_your_assignment",
    "user_id": _ANNA,
    "user_name": "Anna Visser",
    "event_type": "scan_received",
    "assignment_id": "PA-1001",
    "raw": "5901234123457",
    "device_id": "truck-7",
    "received_at": "2026-03-14T09:40:02Z",
    "happened_at": "2026-03-14T09:26:53Z",
    "acceptable": True,
}
_DECIDED = {**OPEN, "decided_at": "2026-03-14T09:55:10Z", "decided_by": _INES}
ACCEPTED = {**_DECIDED, "status": RejectedEventStatus.ACCEPTED, "note": "She finished the pallet while offline."}
DISMISSED = {**_DECIDED, "status": RejectedEventStatus.DISMISSED, "note": "A scan of the wrong order."}
