"""The example of a performance report for the API description."""

_FIGURES = {"units": 412, "hours_worked": 3.5, "rate": 117.7, "score_pct": 98.1, "scans_without_line": 2}
_PERSON = {"user_id": "019ceb1b-2248-7e3d-9815-e3d8151c151c", "user_name": "Anna Visser"}

REPORT = {
    "from": "2026-03-08",
    "to": "2026-03-14",
    "by": "person",
    "timezone": "Europe/Amsterdam",
    "rows": [{**_FIGURES, **_PERSON}],
    "total": _FIGURES,
}
