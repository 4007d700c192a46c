"""The example of a report on the line for the API description."""

_SKU_ID = "SKU-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
_FIGURES = {
    "firstDispositions": 40,
    "firstPassed": 37,
    "firstPassYield": 0.925,
    "passed": 39,
    "failed": 1,
    "quarantined": 2,
    "finalYield": 0.975,
    "tests": 44,
    "testsFailed": 4,
    "testYield": 0.909091,
}
_MEASURED = {
    "skuId": _SKU_ID,
    "source": "packTest",
    "step": "EOL",
    "name": "Voltage",
    "unit": "V",
    "min": 350,
    "max": 420,
    "count": 44,
    "below": 3,
    "above": 0,
    "missing": 1,
    "mean": 384.25,
    "standardDeviation": 9.5,
    "cp": 1.22807,
    "cpk": 1.201754,
}
LINE_REPORT = {
    "from": "2026-03-01",
    "to": "2026-03-30",
    "by": "sku",
    "timezone": "Europe/Zurich",
    "rows": [
        {
            "skuId": _SKU_ID,
            "skuName": "Traction 60",
            "batchId": None,
            "station": None,
            **_FIGURES,
            "measurements": [_MEASURED],
        }
    ],
    "total": _FIGURES,
}
