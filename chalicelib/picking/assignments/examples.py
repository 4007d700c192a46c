"""Examples of assignments for the API description: one assignment of a picker at the standard rate of 120 an hour."""

from chalicelib.picking.ledger.state import AssignmentStatus

ASSIGNED = {
    "assignment_id": "PA-1001",
    "customer": "Zomer & Zoon",
    "order_label": "SO-20417",
    "zone": "Ambient",
    "route": "North 3",
    "started_at": "2026-03-14T09:11:09.218Z",
}
_PROGRESS = {**ASSIGNED, "qty": 74, "picked_qty": 31}
RELEASED = {**_PROGRESS, "status": AssignmentStatus.QUEUED, "version": 4, "close_reason": ...}
CLOSE_REASON = "The rest is out of stock."
CLOSED = {**_PROGRESS, "status": AssignmentStatus.CLOSED, "version": 4, "close_reason": CLOSE_REASON}

_SCANNER_DATA = {
    "header": "SO-20417 - Zomer & Zoon",
    "queueCount": 3,
    "lastUpdated": "2026-03-14T09:26:53Z",
    "metrics": {"live_rate_display": "118.2 / h", "total_units": 31, "perf_score_display": "98.5%"},
    "assignment": {
        **ASSIGNED,
        "active": True,
        "status": AssignmentStatus.ACTIVE,
        "shared": False,
        "on_break": False,
    },
    "order_summary": {
        "qty": 74,
        "locations": 12,
        "pallets": 2,
        "rate": "118.2 / h",
        "eta": "10:48",
        "eta_at": "2026-03-14T09:48:43Z",
        "progress_pct": 41,
    },
    "order_progress": {"percent": "41%"},
    "order_log": [
        {
            "message": "Picked 1 of 4011-A at A-01-03 (5 of 12)",
            "at": "10:26:53",
            "level": "info",
            "at_utc": "2026-03-14T09:26:53Z",
        }
    ],
    "performance": {
        "score_pct": 98.5,
        "rule_version": "picking-performance-2",
        "inputs": {"units": 31, "worked_seconds": 944, "standard_units_per_hour": 120},
    },
}
SCANNER_STATE = {
    **_SCANNER_DATA,
    "data": _SCANNER_DATA,
    "user": {"role": "picker", "display_name": "Anna Visser"},
    "view": "picker",
}
SETTINGS = {"picker_units_per_hour": 120, "operative_units_per_hour": 80}
