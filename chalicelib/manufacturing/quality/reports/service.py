"""Counts tests and dispositions in the totals of the report, in the transactions that record them."""

from collections.abc import Mapping, Sequence
from datetime import date

from pynamodb.expressions.update import Action

from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.quality.limits import bounds_of
from chalicelib.manufacturing.quality.reports.rules import LineFigures, MeasuredSums, sums_of
from chalicelib.manufacturing.quality.reports.tables import (
    DISPOSED,
    MODULE_TEST,
    PACK_TEST,
    SHARDS,
    LineTotal,
    LineTotalKey,
    additions,
    line_total_key,
)
from chalicelib.manufacturing.quality.rules import Disposition, MeasuredValue, limit_problem
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.quality.tests.queries import Unit, UnitTests
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord
from chalicelib.manufacturing.sku_spec import Limits, Measurement, TestStep
from chalicelib.manufacturing.tables import Pack

_FIGURES: Mapping[Disposition, str] = {
    Disposition.PASS: "passed",
    Disposition.FAIL: "failed",
    Disposition.QUARANTINE: "quarantined",
}


def count_disposition(
    work: UnitOfWork, pack: Pack, record: DispositionRecord, *, tests: UnitTests, is_first: bool, day: date
) -> None:
    """Stage a disposition; its station is that of the newest test of the pack."""
    disposition = Disposition(record.disposition)
    figures = LineFigures(first=int(is_first), first_passed=int(is_first and disposition is Disposition.PASS))
    limits = {} if tests.sku is None else tests.sku.limits or {}
    sums = _measured(limits, record.measurements or {})
    measured = {name: of_name for name, of_name in sums.items() if of_name.number}
    station = None if tests.summary is None else tests.summary.station
    about = LineTotalKey(day.isoformat(), DISPOSED, pack.batch_id, station or "")
    _add(work, pack, about, limits, additions(figures._replace(**{_FIGURES[disposition]: 1}), measured))


def count_test(work: UnitOfWork, unit: Unit, record: UnitTestRecord, *, planned: TestStep | None, day: date) -> None:
    """Stage a test of a module or pack; only the values of a planned step are summed."""
    limits = {} if planned is None else planned.limits
    figures = LineFigures(tests=1, tests_failed=int(not record.has_passed))
    kind = PACK_TEST if isinstance(unit, Pack) else MODULE_TEST
    about = LineTotalKey(day.isoformat(), kind, unit.batch_id, record.station or "", record.step)
    _add(work, unit, about, limits, additions(figures, _measured(limits, record.measurements)))


def _measured(limits: Limits, measurements: Mapping[str, Measurement]) -> dict[str, MeasuredSums]:
    """Return the sums of each limit."""
    sums: dict[str, MeasuredSums] = {}
    for name, bounds in bounds_of(limits).items():
        measurement = measurements.get(name)
        value = None if measurement is None else MeasuredValue(measurement.value, measurement.unit)
        sums[name] = sums_of(None if value is None else value.value, limit_problem(bounds, value))
    return sums


def _add(work: UnitOfWork, unit: Unit, about: LineTotalKey, limits: Limits, counts: Sequence[Action]) -> None:
    named = [LineTotal.sku_id.set(unit.sku_id), LineTotal.sku_name.set(unit.sku.name)]
    if limits:
        named.append(LineTotal.limits.set(limits))
    target = line_total_key(unit.org_id, about, work.random_source.randrange(SHARDS.count))
    work.update_unread(target, actions=[*named, *counts], audited=False)
