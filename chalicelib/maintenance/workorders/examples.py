"""Examples of work orders for the API description: one work order from its making until it is done."""

from typing import Any

_ORDER_ID = "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"
_LEAD = "Mara Kuipers"
_LEAD_ID = "019ceb1b-2248-763d-97ad-63d7adf1adf1"
_MAKER = "Ines Okafor"
_MAKER_ID = "019ceb1b-2248-7aae-9720-aae720042004"
_MADE_AT = "2026-03-14T09:26:53Z"

TECHNICIAN = {"technician": "Noor de Vries", "technicianId": "019ceb1b-2248-7e6c-95d4-e6c5d496d496"}
_WITHOUT_TECHNICIAN = dict.fromkeys(TECHNICIAN)
PHOTO = {
    "id": f"{_ORDER_ID}.019ceb1b22487f41b3d0a27c4e58d9b6",
    "url": "https://baton-prod-photos.s3.eu-west-1.amazonaws.com/photos/demo/7f41/photo.jpg?X-Amz-Signature=4be1",
    "thumbUrl": "https://baton-prod-photos.s3.eu-west-1.amazonaws.com/photos/demo/7f41/thumb.jpg?X-Amz-Signature=90ac",
    "kind": "COMPLETION",
    "workOrderId": _ORDER_ID,
    "uploadedById": TECHNICIAN["technicianId"],
}
_ISSUE_PHOTO = {**PHOTO, "id": f"{_ORDER_ID}.019ceb1b22487aa21c3e4d5f60718293", "kind": "ISSUE"}
NEW_WORK_ORDER = {
    "checklistRef": "CL-2041",
    "itemRef": "A-3",
    "priority": "HIGH",
    "instructions": "Bring the torque key.",
}
_ROUTED = {
    "id": _ORDER_ID,
    "code": "WO-CL-2041-1",
    "state": "ROUTED",
    "version": 1,
    "priority": "HIGH",
    "gameZone": "North",
    "ride": "River Rapids",
    "rideCode": "RC-07",
    "sourceChecklist": {"id": "CL-2041", "name": "Opening inspection"},
}
SUMMARY = {
    **_ROUTED,
    "state": "ON_HOLD",
    "version": 3,
    "aItemText": "Lap bars close and lock",
    "issuePhotoCount": 1,
    "sla": {"dueAt": "2026-03-15T09:26:53Z", "ageHrs": 1.5, "overdue": False},
    **TECHNICIAN,
    "assignedBy": _LEAD,
    "assignedById": _LEAD_ID,
    "vendor": None,
    "hold": {"reason": "PARTS", "at": "2026-03-14T10:41:12Z", "until": "2026-03-14T15:00:00Z"},
    "closedAt": None,
}
_MADE: dict[str, Any] = {
    "state": "ROUTED",
    "action": "ROUTED",
    "actor": _MAKER,
    "actorId": _MAKER_ID,
    "role": "OPS_TL",
    "at": _MADE_AT,
    "note": NEW_WORK_ORDER["instructions"],
    **_WITHOUT_TECHNICIAN,
}
_ASSIGNED: dict[str, Any] = {
    **_MADE,
    "state": "ASSIGNED",
    "action": "ASSIGNED",
    "actor": _LEAD,
    "actorId": _LEAD_ID,
    "role": "MAINT_TL",
    "at": "2026-03-14T09:40:02Z",
    "note": None,
    **TECHNICIAN,
}
MENTIONED = {"id": _LEAD_ID, "name": _LEAD}
COMMENT: dict[str, Any] = {
    "id": "019ceb1b-2248-75d0-8e21-5d08e2118e21",
    "text": f"@{_LEAD} The latch is worn on row 4 too.",
    "author": TECHNICIAN["technician"],
    "authorId": TECHNICIAN["technicianId"],
    "role": "TECH",
    "at": "2026-03-14T10:12:09Z",
    "mentions": [MENTIONED],
}
NEW_LABOUR: dict[str, Any] = {"minutes": 25, "note": "Fetched the latch from the store."}
_ADDED = {
    "addedBy": TECHNICIAN["technician"],
    "addedById": TECHNICIAN["technicianId"],
    "at": "2026-03-14T10:48:31Z",
}
LABOUR: dict[str, Any] = {"id": "019ceb1b-2248-7b5e-a1c4-3f6d92e07a15", **NEW_LABOUR, **_ADDED}
NEW_PART: dict[str, Any] = {"name": "Latch LB-4", "quantity": 2, "unitCost": 18.95, "currency": "EUR"}
PART: dict[str, Any] = {"id": "019ceb1b-2248-7d3a-b2f8-91c5e47d6b20", **NEW_PART, "cost": 37.9, **_ADDED}
NEW_DETAIL: dict[str, Any] = {
    **_ROUTED,
    "aItem": {"id": "A-3", "text": "Lap bars close and lock", "note": "Row 2 twice"},
    "issuePhotos": [],
    "photos": [],
    "instructions": NEW_WORK_ORDER["instructions"],
    "sla": {"dueAt": "2026-03-15T09:26:53Z", "ageHrs": 0.0, "overdue": False},
    **_WITHOUT_TECHNICIAN,
    "routedBy": _MAKER,
    "routedById": _MAKER_ID,
    **dict.fromkeys(("assignedBy", "assignedById", "returnedBy", "returnReason", "vendor", "fixNote")),
    "createdAt": _MADE_AT,
    **dict.fromkeys(("assignedAt", "startedAt", "closedAt")),
    "returnHistory": [],
    "timeline": [_MADE],
    "labour": {"totalMinutes": 0, "workedMinutes": 0, "addedMinutes": 0, "entries": []},
    "parts": {"costs": [], "entries": []},
    "commentCount": 0,
    "comments": [],
    "hasMorePhotos": ...,
}
DETAIL: dict[str, Any] = {
    **NEW_DETAIL,
    "state": "ASSIGNED",
    "version": 2,
    "issuePhotos": [_ISSUE_PHOTO],
    "sla": SUMMARY["sla"],
    **TECHNICIAN,
    "assignedBy": _LEAD,
    "assignedById": _LEAD_ID,
    "assignedAt": _ASSIGNED["at"],
    "timeline": [_MADE, _ASSIGNED],
    "labour": {"totalMinutes": 25, "workedMinutes": 0, "addedMinutes": 25, "entries": [LABOUR]},
    "parts": {"costs": [{"currency": "EUR", "amount": 37.9}], "entries": [PART]},
    "commentCount": 1,
    "comments": [COMMENT],
}
DASHBOARD = {
    "counts": {"assigned": 1, "inProgress": 0, "returned": 0, "done": 14, "overdue": 0, "dueSoon": 0},
    "workOrders": [SUMMARY],
}
SETTINGS = {"criticalHours": 4, "highHours": 24, "mediumHours": 72, "lowHours": 168, "dueSoonHours": 2}
