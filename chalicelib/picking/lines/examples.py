"""Examples of lines for the API description."""

_REASON = "Two of them are damaged."
_SHORT = {
    "missing": 2,
    "reason": _REASON,
    "user_id": "019ceb1b-2248-7e3d-9815-e3d8151c151c",
    "user_name": "Anna Visser",
    "at": "2026-03-14T09:26:53Z",
}
SHORT_LINE = {
    "line_number": 1,
    "sku": "4011-A",
    "location": "A-01-03",
    "quantity": 12,
    "picked": 10,
    "barcodes": ["5901234123457"],
    "pallet": "P1",
    "short": _SHORT,
}
SHORT_REQUEST = {"quantity": 10, "reason": _REASON}
SHORT = {
    "assignment_id": "PA-1001",
    "customer": "Zomer & Zoon",
    "order_label": "SO-20417",
    "zone": "Ambient",
    "line_number": 1,
    "sku": "4011-A",
    "location": "A-01-03",
    "quantity": 12,
    "picked": 10,
    **_SHORT,
}
