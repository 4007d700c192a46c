"""The use cases of tests: record one, and require those that a seal or a PASS needs.

A unit may be tested in every status, also after it was scrapped. What a test counts for is decided by what was tested:
a test of a pack counts in the attempt in which the pack was sealed, one of a module while its cells are the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.core.actor import Actor
from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.quality.limits import bounds_of, measured_values, require_units, rounded_measurements
from chalicelib.manufacturing.quality.reports.service import count_test
from chalicelib.manufacturing.quality.rules import limit_violations
from chalicelib.manufacturing.quality.tests.queries import Unit, UnitTests, read_tested_unit, require_own_unit
from chalicelib.manufacturing.quality.tests.rules import StepOutcome, StepProblem, TestResult, step_problems
from chalicelib.manufacturing.quality.tests.schemas import RecordTest
from chalicelib.manufacturing.quality.tests.tables import (
    FailedLimit,
    UnitTestRecord,
    UnitTestSummary,
    record_key,
    summary_key,
)
from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.sku_spec import Measurement, TestStep
from chalicelib.manufacturing.tables import Pack
from chalicelib.manufacturing.traceability.tables import SerialNumber

_SEALED = (PackStatus.READY_FOR_EOL, PackStatus.FINALIZED, PackStatus.SHIPPED)


def record_test(
    work: UnitOfWork,
    number: SerialNumber | None,
    command: RecordTest,
    actor: Actor,
    *,
    serial: str,
    organisation: Organisation | None,
) -> UnitTestRecord:
    """Record a test of the module or pack that has a serial number; `serial` is the scan by which `number` was read.

    Raise `SerialNotFound` if the organisation has no such number, and `ValidationFailed` if it is that of a cell or a
    measurement is in another unit than its limit.
    """
    own = require_own_unit(actor, number, serial)
    actor.require_reach(permissions.RECORD_TEST)
    unit, tests = read_tested_unit(own, work.clock)
    work.audit(unit.kind, unit.item_id, "TEST_RECORDED")
    measurements = rounded_measurements(command.measurements)
    step = next((step for step in tests.steps(unit) if step.step == command.step), None)
    failures = _failures(step, measurements)
    outcome = StepOutcome(command.result is TestResult.PASS and not failures, _tested_content(unit))
    planned = {} if step is None else {step.step: outcome}
    record = _new_record(unit, command, _count_test(work, unit, tests, planned, command.station))
    record.measurements, record.failures = measurements, failures or None
    record.has_passed, record.content = outcome
    record.at, record.by, record.by_name = work.now, actor.user_id, actor.full_name or actor.user_id
    work.create(record, VersionConflict())
    count_test(work, unit, record, planned=step, day=general_settings(organisation).local_date(work.now))
    return record


def missing_tests(unit: Unit, tests: UnitTests) -> list[StepProblem]:
    """Return the required steps of a unit that have no test that counts now."""
    required = [step.step for step in tests.steps(unit) if step.required]
    content = unit.attempt if isinstance(unit, Pack) else unit.version
    return step_problems(required, tests.newest, content)


def check_tests_unchanged(work: UnitOfWork, unit: Unit, tests: UnitTests) -> None:
    """Let the commit fail if another test of a unit with required steps is recorded first."""
    if tests.summary is not None and any(step.required for step in tests.steps(unit)):
        is_newest = UnitTestSummary.version == tests.summary.version
        work.check_condition(summary_key(unit.pk), is_newest, VersionConflict())


def problem_details(problems: Sequence[StepProblem]) -> list[dict[str, str]]:
    """Return the details of a conflict that name each required step without a test that counts."""
    return [problem._asdict() for problem in problems]


def _new_record(unit: Unit, command: RecordTest, number: int) -> UnitTestRecord:
    """Return a test as a station made it, without its verdict."""
    return record_key(unit.pk, number).new(
        org_id=unit.org_id,
        unit_id=unit.item_id,
        number=number,
        step=command.step,
        station=command.station,
        program=command.program,
        result=str(command.result),
        started_at=_as_stored(command.started_at),
        finished_at=_as_stored(command.finished_at),
    )


def _failures(step: TestStep | None, measurements: Mapping[str, Measurement]) -> list[FailedLimit]:
    """Return the limits of a step that are not met. Raise `ValidationFailed` for a value in another unit."""
    bounds, measured = bounds_of(None if step is None else step.limits), measured_values(measurements)
    require_units(bounds, measured)
    return [FailedLimit(violation.name, violation.problem) for violation in limit_violations(bounds, measured)]


def _as_stored(moment: datetime | None) -> datetime | None:
    """Return a time in UTC and whole milliseconds."""
    return None if moment is None else from_millis(to_millis(moment))


def _tested_content(unit: Unit) -> int:
    """Return the content that is tested now (`StepOutcome`)."""
    if isinstance(unit, Pack):
        return unit.attempt if unit.status in _SEALED else 0
    return unit.version


def _count_test(
    work: UnitOfWork, unit: Unit, tests: UnitTests, planned: Mapping[str, StepOutcome], station: str | None
) -> int:
    """Stage the newest test of a unit in its summary, and return the number of the test."""
    summary = tests.summary
    if summary is None:
        work.create(summary_key(unit.pk).new(newest=dict(planned), station=station), VersionConflict(), audited=False)
        return 1
    work.update(summary, {"newest": {**summary.newest, **planned}, "station": station})
    return summary.version
