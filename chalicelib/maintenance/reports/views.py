"""The report on work orders as leads read it, as JSON and as CSV."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from chalicelib.core.decimals import plain
from chalicelib.maintenance.reports.queries import GroupTotals, ReportData
from chalicelib.maintenance.reports.rules import time_between_failures
from chalicelib.maintenance.reports.schemas import WorkOrderFigures, WorkOrderReport, WorkOrderReportRow
from chalicelib.maintenance.usage.schemas import PartsCost

_HOUR_MS, _MINUTE_MS = Decimal(3_600_000), Decimal(60_000)
_HUNDREDTH, _WHOLE = Decimal("0.01"), Decimal(1)
_FIGURES = WorkOrderFigures.__struct_fields__
_KEYS = {"ride": ("ride_code", "ride_name"), "technician": ("technician_id", "technician_name"), "zone": ("zone",)}
_HEADERS = {field.name: field.encode_name for field in msgspec.structs.fields(WorkOrderReportRow)}


def report_view(data: ReportData) -> WorkOrderReport:
    """Return the figures of a period."""
    has_rides = data.by != "technician"
    rows = [
        WorkOrderReportRow(**_figures(group, has_rides=has_rides), **_keys(data, name))
        for name, group in data.groups.items()
    ]
    rows.sort(key=lambda row: (row.ride_name or row.technician_name or row.zone or "", row.ride_code or ""))
    total = WorkOrderFigures(**_figures(data.total, has_rides=True))
    return WorkOrderReport(data.period.first, data.period.last, data.by, data.time_zone, rows, total)


def csv_rows(report: WorkOrderReport) -> Iterable[list[object]]:
    """Return the header and the rows of the CSV, without a total."""
    columns = (*_KEYS[report.by], *_FIGURES)
    header: list[object] = [_HEADERS[column] for column in columns]
    return [header, *([_cell(getattr(row, column)) for column in columns] for row in report.rows)]


def _cell(value: object) -> object:
    """Return a value, or costs as one text: `12.5 EUR; 3 USD`."""
    if not isinstance(value, list):
        return value
    costs: list[PartsCost] = value
    return "; ".join(" ".join(filter(None, (format(cost.amount, "f"), cost.currency))) for cost in costs)


def _keys(data: ReportData, name: str) -> dict[str, Any]:
    return dict(zip(_KEYS[data.by], (name, data.names.get(name)), strict=False))


def _figures(group: GroupTotals, *, has_rides: bool) -> dict[str, Any]:
    figures = group.figures
    repair = Decimal(figures.repair) / figures.repairs if figures.repairs else None
    return {
        "opened": figures.opened,
        "done": figures.done,
        "overdue": figures.overdue,
        "mean_time_to_repair_hours": _hours(repair),
        "mean_time_between_failures_hours": _hours(time_between_failures(group.rides.values())) if has_rides else None,
        "labour_minutes": int((figures.labour / _MINUTE_MS).quantize(_WHOLE, ROUND_HALF_UP)),
        "parts_quantity": plain(group.parts_quantity),
        "parts_costs": [
            PartsCost(currency or None, plain(amount)) for currency, amount in sorted(group.costs.items()) if amount
        ],
    }


def _hours(millis: Decimal | None) -> Decimal | None:
    return None if millis is None else (millis / _HOUR_MS).quantize(_HUNDREDTH, ROUND_HALF_UP)
