"""Examples of rejected events for the API description."""

from chalicelib.picking.rejections.rules import RejectedEventStatus

OPEN = {
    "client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10",
    "status": RejectedEventStatus.OPEN,
    "reason": "not_your_assignment",
    "user_name": "Anna Visser",
    "event_type": "scan_received",
    "assignment_id": "PA-1001",
    "raw": "5901234123457",
    "device_id": "truck-7",
    "received_at": "2026-03-14T09:40:02Z",
    "happened_at": "2026-03-14T09:26:53Z",
    "acceptable": True,
    "decided_at": ...,
    "decided_by": ...,
    "note": ...,
}
_DECIDED = {**OPEN, "decided_at": "2026-03-14T09:55:10Z", "decided_by": "usr-ines"}
ACCEPTED = {**_DECIDED, "status": RejectedEventStatus.ACCEPTED, "note": "She finished the pallet while offline."}
DISMISSED = {**_DECIDED, "status": RejectedEventStatus.DISMISSED, "note": "A scan of the wrong order."}
