"""Tests as the console reads them; absent values are omitted."""

from typing import cast

from chalicelib.manufacturing.quality.tests.rules import TestResult
from chalicelib.manufacturing.quality.tests.schemas import UnitTestFailure, UnitTestView
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord

_PACK_ID = "PCK-"


def unit_test_view(record: UnitTestRecord) -> UnitTestView:
    """Return a test of a module or pack."""
    is_pack = record.unit_id.startswith(_PACK_ID)
    return UnitTestView(
        number=record.number,
        step=record.step,
        result=TestResult(record.result),
        passed=record.has_passed,
        measurements=record.measurements,
        recorded_at=record.at,
        recorded_by=record.by_name or record.by,
        recorded_by_id=record.by,
        failures=cast("list[UnitTestFailure] | None", record.failures),
        station=record.station,
        program=record.program,
        started_at=record.started_at,
        finished_at=record.finished_at,
        attempt=record.content or None if is_pack else None,
        module_version=None if is_pack else record.content,
    )
