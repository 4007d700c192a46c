"""Examples of users and of the caller's own profile, for the API description."""

from typing import Any

_SUPERIOR_ID = "019ceb1b-2248-763d-97ad-63d7adf1adf1"

_TECHNICIAN: dict[str, Any] = {
    "username": "noor",
    "fullName": "Noor de Vries",
    "role": "TECH",
    "email": "noor@example.com",
    "phone": "+31612345678",
    "gameZone": "North",
    "team": "Maintenance",
    "skills": ["hydraulics", "electrics"],
}
NEW_USER = {**_TECHNICIAN, "reportsTo": _SUPERIOR_ID, "password": ..., "profilePicture": ...}
USER_CHANGE: dict[str, Any] = {
    **dict.fromkeys(("username", "fullName", "role", "status", "email", "phone", "team"), ...),
    **dict.fromkeys(("reportsTo", "profilePicture", "resetPassword"), ...),
    "gameZone": "South",
    "skills": ["hydraulics", "electrics", "welding"],
}
NEW_STATE = {
    **_TECHNICIAN,
    "reportsTo": _SUPERIOR_ID,
    "profilePicture": ...,
    "status": "ACTIVE",
    "version": 1,
    "updatedAt": "2026-03-14T09:26:53Z",
    "lastSignInAt": ...,
    "lockedUntil": ...,
    "oneTimePassword": "k7qfm-3hxwz-9rtdp-s6vbn",
}
STATE = {
    **NEW_STATE,
    "version": 2,
    "updatedAt": "2026-03-14T09:31:07Z",
    "lastSignInAt": "2026-03-15T06:58:12Z",
    "oneTimePassword": ...,
}
CHANGED_STATE = {**STATE, "gameZone": "South", "skills": ["hydraulics", "electrics", "welding"], "version": 3}
LISTED = {
    **{name: value for name, value in STATE.items() if value is not ...},
    "id": "019ceb1b-2248-7a76-9ed3-a76ed395d395",
    "createdAt": "2026-03-14T09:26:53Z",
}

_SUPERIOR = {"id": _SUPERIOR_ID, "fullName": "Mara Kuipers"}
PROFILE = {
    **{name: value for name, value in _TECHNICIAN.items() if name != "username"},
    "reportsTo": _SUPERIOR,
}
ME = {
    "user": {
        "username": "noor",
        "phone": "+31612345678",
        "profilePicture": None,
        "organization": "demo",
    },
    "role": {"code": "TECH", "name": "Technician"},
    "gameZoneScope": "own",
    "gameZone": "North",
    "reportsTo": _SUPERIOR,
    "skills": _TECHNICIAN["skills"],
    "nav": [
        {"screen": "TECH-DASH", "label": "Dashboard", "target": "/v1/me/dashboard"},
        {"screen": "TECH-WO-TODAY", "label": "Work orders", "target": "/v1/me/work-orders"},
    ],
    "permissions": [
        {"code": "identity.profile.read", "scope": "own"},
        {"code": "maintenance.workorder.read", "scope": "own"},
    ],
    "mustChangePassword": False,
}
