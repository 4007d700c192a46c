"""Examples of holds for the API description."""

from typing import Any

_UUID = "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
HOLD_ID = f"HLD-{_UUID}"
NEW_HOLD = {"kind": "SERIAL", "value": "C-0001", "reason": "Swollen at the incoming inspection"}
HOLD: dict[str, Any] = {
    "id": HOLD_ID,
    **NEW_HOLD,
    "status": "OPEN",
    "version": 1,
    "heldAt": "2026-03-16T07:45:00Z",
    "heldBy": "Mara Lindt",
    "heldById": _UUID,
    "releasedAt": ...,
    "releasedBy": ...,
    "releasedById": ...,
    "releaseReason": ...,
}
RELEASE = {"reason": "Measured again, within its limits"}
RELEASED_HOLD = {
    **HOLD,
    "status": "RELEASED",
    "version": 2,
    "releasedAt": "2026-03-17T10:12:00Z",
    "releasedBy": "Jonas Weber",
    "releasedById": _UUID,
    "releaseReason": RELEASE["reason"],
}
LISTED_HOLD = {name: value for name, value in HOLD.items() if value is not ...}
UNIT_HOLD = {"id": HOLD_ID, **NEW_HOLD}
