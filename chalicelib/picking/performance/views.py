"""The performance of picking as supervisors read it, as JSON and as CSV."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Any

from chalicelib.picking.assignments.metrics import rate_per_hour, score_pct
from chalicelib.picking.performance.queries import PerformanceData, Work
from chalicelib.picking.performance.schemas import PerformanceFigures, PerformanceReport, PerformanceRow

_HOUR_MS = Decimal(3_600_000)
_HUNDREDTH = Decimal("0.01")
_FIGURES = PerformanceFigures.__struct_fields__
_KEYS = {"person": ("user_id", "user_name"), "zone": ("zone",), "day": ("day",)}


def report_view(data: PerformanceData) -> PerformanceReport:
    """Return the figures of a period."""
    rows = [PerformanceRow(**_figures(work), **_keys(data, name)) for name, work in data.work.items()]
    total = PerformanceFigures(**_figures(reduce(Work.plus, data.work.values(), Work())))
    rows.sort(key=lambda row: (row.user_name or row.zone or str(row.day or ""), row.user_id or ""))
    return PerformanceReport(data.period.first, data.period.last, data.by, data.time_zone, rows, total)


def csv_rows(report: PerformanceReport) -> Iterable[list[object]]:
    """Return the header and the rows of the CSV, without a total."""
    columns = (*_KEYS[report.by], *_FIGURES)
    return [list(columns), *([getattr(row, column) for column in columns] for row in report.rows)]


def _keys(data: PerformanceData, name: str) -> dict[str, Any]:
    if data.by == "person":
        return {"user_id": name, "user_name": data.names.get(name)}
    return {"zone": name} if data.by == "zone" else {"day": date.fromisoformat(name)}


def _figures(work: Work) -> dict[str, Any]:
    return {
        # Without the zeros that sums of weights end with.
        "units": Decimal(format(work.units.normalize(), "f")),
        "hours_worked": (work.worked / _HOUR_MS).quantize(_HUNDREDTH, ROUND_HALF_UP),
        "rate": rate_per_hour(work.units, work.worked),
        "score_pct": score_pct(work.units, work.standard),
        "scans_without_line": work.unmatched,
    }
