"""Examples of dispositions for the API description."""

DECIDED_AT = "2026-03-15T13:05:44Z"
DECISION = {
    "disposition": "PASS",
    "notes": "Bay 2",
    "measurements": {"Voltage": {"value": 384.2, "unit": "V"}},
}
DECIDED = {
    **DECISION,
    "decidedAt": DECIDED_AT,
    "decidedBy": "Aylin Kaya",
    "decidedById": "019ceb1b-2248-7a76-9ed3-a76ed395d395",
}
