"""Examples of tests for the API description."""

TEST = {
    "step": "EOL",
    "station": "EOL-2",
    "startedAt": "2026-03-15T12:40:00Z",
    "finishedAt": "2026-03-15T12:52:10Z",
    "result": "PASS",
    "measurements": {"Insulation": {"value": 812.5, "unit": "MOhm"}},
    "program": "eol-pack 4.2",
}
RECORDED_TEST = {
    **TEST,
    "number": 1,
    "passed": True,
    "recordedAt": "2026-03-15T12:52:11Z",
    "recordedBy": "Aylin Kaya",
    "recordedById": "019ceb1b-2248-7a76-9ed3-a76ed395d395",
    "attempt": 1,
}
NEW_TEST = {**RECORDED_TEST, "moduleVersion": ..., "failures": ...}
FAILED_TEST = {
    **{name: value for name, value in RECORDED_TEST.items() if name != "attempt"},
    "step": "OCV",
    "station": "OCV-1",
    "program": "ocv 1.0",
    "passed": False,
    "measurements": {"Voltage": {"value": 149.2, "unit": "V"}},
    "failures": [{"name": "Voltage", "problem": "below"}],
    "moduleVersion": 49,
}
