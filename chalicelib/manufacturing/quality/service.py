"""The use cases of dispositions: a decision on a tested pack, checked against the limits of its SKU."""

from collections.abc import Mapping
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.store import parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.manufacturing.assembly.holds.blocking import Contents, read_contents, require_pack_not_held
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds
from chalicelib.manufacturing.batch_counts import change_pack_counts
from chalicelib.manufacturing.errors import line_conflict
from chalicelib.manufacturing.quality.limits import (
    disposition_bounds,
    measured_values,
    require_units,
    rounded_measurements,
    violation_details,
)
from chalicelib.manufacturing.quality.reports.service import count_disposition
from chalicelib.manufacturing.quality.rules import FINALIZING, Disposition, limit_violations
from chalicelib.manufacturing.quality.schemas import Decision
from chalicelib.manufacturing.quality.tables import DispositionRecord, disposition_key
from chalicelib.manufacturing.quality.tests.queries import UnitTests, read_unit_tests
from chalicelib.manufacturing.quality.tests.service import check_tests_unchanged, missing_tests, problem_details
from chalicelib.manufacturing.rules import LineAction, PackStatus
from chalicelib.manufacturing.sku_spec import Measurement
from chalicelib.manufacturing.status_counters import change_status
from chalicelib.manufacturing.tables import LINE_HOURS, Pack


def dispose_pack(
    work: UnitOfWork,
    pack: Pack,
    command: Decision,
    actor: Actor,
    *,
    holds: OpenHolds | None,
    organisation: Organisation | None,
) -> Pack:
    """Decide on a tested pack: PASS and FAIL finalize it, QUARANTINE leaves it for a later decision.

    Raise `ValidationFailed` for a measurement in another unit than its limit, and `Conflict` for a PASS outside the
    limits, without a required test, or of what is held.
    """
    disposition = Disposition(command.disposition)
    measurements = None if command.measurements is None else rounded_measurements(command.measurements)
    read_tests, read_inside = partial(read_unit_tests, pack, work.clock), partial(_inside, pack, disposition, holds)
    [tests], [contents] = parallel_pair_reads([read_tests], [read_inside])
    if disposition is Disposition.PASS:
        require_pack_not_held(work, pack, holds, LineAction.DISPOSITION, contents=contents)
        check_tests_unchanged(work, pack, tests)
    _check_limits(pack, tests, disposition, measurements or {})
    first = pack.first_disposition or pack.disposition
    values = {"disposition": str(disposition), "disposed_at": work.now, "first_disposition": first or str(disposition)}
    change_status(work, pack, PackStatus.FINALIZED if disposition in FINALIZING else pack.status, values)
    if disposition in FINALIZING:
        _count_finalized(work, pack, disposition)
    record = _new_record(work, pack, command, actor)
    record.measurements = measurements
    work.create(record)
    day = general_settings(organisation).local_date(work.now)
    count_disposition(work, pack, record, tests=tests, is_first=first is None, day=day)
    return pack


def _new_record(work: UnitOfWork, pack: Pack, command: Decision, actor: Actor) -> DispositionRecord:
    return disposition_key(pack.pk, pack.version).new(
        org_id=pack.org_id,
        pack_id=pack.item_id,
        disposition=str(command.disposition),
        notes=command.notes,
        at=work.now,
        by=actor.user_id,
        by_name=actor.full_name or None,
    )


def _inside(pack: Pack, disposition: Disposition, holds: OpenHolds | None) -> Contents:
    """Return what a pack that passes holds; nothing for other dispositions, which holds do not stop."""
    return read_contents(pack, holds) if disposition is Disposition.PASS else Contents()


def _check_limits(
    pack: Pack, tests: UnitTests, disposition: Disposition, measurements: Mapping[str, Measurement]
) -> None:
    """Check measurements and tests against the SKU; only a PASS has to be within the limits and fully tested."""
    bounds, measured = disposition_bounds(tests.sku), measured_values(measurements)
    require_units(bounds, measured)
    if disposition is not Disposition.PASS:
        return
    violations, problems = limit_violations(bounds, measured), missing_tests(pack, tests)
    if violations or problems:
        details = {"measurements": violation_details(violations), "tests": problem_details(problems)}
        missing = [str(reason) for reason in (*violations, *problems)]
        present = {name: value for name, value in details.items() if value}
        raise line_conflict(pack, LineAction.DISPOSITION, missing, disposition=disposition, **present)


def _count_finalized(work: UnitOfWork, pack: Pack, disposition: Disposition) -> None:
    """Stage that the batch has one open pack fewer, and the hourly counts."""
    passed = disposition is Disposition.PASS
    LINE_HOURS.count(work, pack.org_id, packs_passed=passed, packs_failed=not passed)
    change_pack_counts(work, pack, {"packs_open": -1, "packs_passed" if passed else "packs_failed": 1})
