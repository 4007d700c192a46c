"""The example of a report on work orders for the API description."""

_FIGURES = {
    "opened": 6,
    "done": 5,
    "overdue": 1,
    "meanTimeToRepairHours": 2.75,
    "meanTimeBetweenFailuresHours": 118.4,
    "labourMinutes": 825,
    "partsQuantity": 7,
    "partsCosts": [{"currency": "EUR", "amount": 184.5}],
}

REPORT = {
    "from": "2026-03-01",
    "to": "2026-03-30",
    "by": "ride",
    "timezone": "Europe/Amsterdam",
    "rows": [{**_FIGURES, "rideCode": "RC-07", "rideName": "Roller coaster"}],
    "total": _FIGURES,
}
