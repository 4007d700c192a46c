"""The report on the line as the console reads it, as JSON and as CSV."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from chalicelib.manufacturing.quality.limits import bounds_of
from chalicelib.manufacturing.quality.reports.queries import LineGroup, LineReportData, MeasuredKey
from chalicelib.manufacturing.quality.reports.rules import LineFigures, MeasuredSums, capability, fraction
from chalicelib.manufacturing.quality.reports.schemas import (
    LineReport,
    LineReportRow,
    ReportedFigures,
    ReportedMeasurement,
)
from chalicelib.manufacturing.quality.reports.tables import DISPOSED, MODULE_TEST, PACK_TEST
from chalicelib.manufacturing.sku_spec import Limit

_SOURCES: dict[str, Literal["disposition", "packTest", "moduleTest"]] = {
    DISPOSED: "disposition",
    PACK_TEST: "packTest",
    MODULE_TEST: "moduleTest",
}
_MEASURED = ReportedMeasurement.__struct_fields__
_KEYS = {"sku": ("sku_id", "sku_name"), "batch": ("batch_id", "sku_id", "sku_name"), "station": ("station",)}


def line_report_view(data: LineReportData) -> LineReport:
    """Return the figures of a period."""
    rows = [_row(data.by, name, group) for name, group in data.groups.items()]
    rows.sort(key=lambda row: (row.sku_name or "", row.sku_id or "", row.batch_id or "", row.station or ""))
    total = ReportedFigures(**_figures(data.total))
    return LineReport(data.period.first, data.period.last, data.by, data.time_zone, rows, total)


def csv_rows(report: LineReport) -> Iterable[list[object]]:
    """Return a header, and a row for each measurement with the figures of its SKU, batch or station.

    What has no measurements is one row whose columns of measurements are empty.
    """
    keys, figures = _KEYS[report.by], ReportedFigures.__struct_fields__
    measured = [name for name in _MEASURED if name not in keys]
    names = {field.name: field.encode_name for field in msgspec.structs.fields(LineReportRow)}
    names |= {field.name: field.encode_name for field in msgspec.structs.fields(ReportedMeasurement)}
    yield [names[column] for column in (*keys, *figures, *measured)]
    for row in report.rows:
        own = [getattr(row, column) for column in (*keys, *figures)]
        values = [[getattr(entry, column) for column in measured] for entry in row.measurements]
        yield from ([*own, *entry] for entry in values or [[None] * len(measured)])


def _row(by: str, name: str, group: LineGroup) -> LineReportRow:
    is_station, measured = by == "station", sorted(group.measured.items())
    return LineReportRow(
        sku_id=None if is_station else group.sku_id,
        sku_name=None if is_station else group.sku_name,
        batch_id=name if by == "batch" else None,
        station=name or None if is_station else None,
        measurements=[_measurement(about, sums, group.limits[about]) for about, sums in measured],
        **_figures(group.figures),
    )


def _measurement(about: MeasuredKey, sums: MeasuredSums, limit: Limit) -> ReportedMeasurement:
    bounds = bounds_of({about.name: limit})[about.name]
    found = capability(sums, bounds)
    return ReportedMeasurement(
        sku_id=about.sku_id,
        source=_SOURCES[about.kind],
        step=about.step or None,
        name=about.name,
        unit=bounds.unit,
        min=bounds.minimum,
        max=bounds.maximum,
        count=int(sums.number),
        below=int(sums.below),
        above=int(sums.above),
        missing=int(sums.missing),
        mean=found.mean,
        standard_deviation=found.deviation,
        cp=found.cp,
        cpk=found.cpk,
    )


def _figures(figures: LineFigures) -> dict[str, Any]:
    return {
        "first_dispositions": figures.first,
        "first_passed": figures.first_passed,
        "first_pass_yield": fraction(figures.first_passed, figures.first),
        "passed": figures.passed,
        "failed": figures.failed,
        "quarantined": figures.quarantined,
        "final_yield": fraction(figures.passed, figures.passed + figures.failed),
        "tests": figures.tests,
        "tests_failed": figures.tests_failed,
        "test_yield": fraction(figures.tests - figures.tests_failed, figures.tests),
    }
