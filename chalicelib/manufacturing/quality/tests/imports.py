"""The importer of tests: a file of a rig, as JSON records or as CSV.

A test is found by `ref`, the rig's own id of it, and is never changed: a record whose `ref` was recorded before has no
effect, so a file can be sent again. Records of one unit arrive in the order of the file.

In CSV each row is a test. Its columns are the fields of a record; measurements have columns such as `Voltage [V]`, the
name of the measurement and its unit. Empty cells are left out.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import Code
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.quality.tests.schemas import RecordTest
from chalicelib.manufacturing.quality.tests.service import record_test
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord, ref_key
from chalicelib.manufacturing.sku_spec import ScannedSerial
from chalicelib.manufacturing.traceability.rules import part_errors, read_part
from chalicelib.manufacturing.traceability.tables import serial_key

_MEASURED = re.compile(r"(?P<name>.*\S)\s*\[(?P<unit>[^\[\]]+)\]")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class UnitTestRow(RecordTest, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A test of a module or pack, as a rig wrote it down."""

    ref: Annotated[Code, Meta(max_length=128)]
    """The rig's own id of the test, unique in the organisation, such as the name of the file and the number of the
    row. A test whose `ref` was recorded before is not recorded again."""
    serial: ScannedSerial
    """The serial number of the module or pack, or a scanned code with it."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of a scan that names no unit, and of a test that ended before it began."""
        return {**RecordTest.cross_check(present), **part_errors(present)}


def upsert_test(work: UnitOfWork, row: UnitTestRow, actor: Actor) -> Outcome:
    """Record a test, unless one with its `ref` was recorded. Raise `ValidationFailed` for an unknown serial number."""
    actor.require_reach(permissions.RECORD_TEST)
    ref, number = ref_key(actor.org_id, row.ref), serial_key(read_part(row.serial).serial)
    organisation = organisation_key(actor.org_id)
    stored = get_many([ref, number, organisation], work.clock)
    if stored.get(ref) is not None:
        work.audit(UnitTestRecord.kind, row.ref, "TEST_IMPORTED")
        return "updated"
    try:
        record = record_test(
            work, stored.get(number), row, actor, serial=row.serial, organisation=stored.get(organisation)
        )
    except SerialNotFound as error:
        raise ValidationFailed({"serial": "is not that of a module or pack of the organisation"}) from error
    work.create(ref.new(unit_id=record.unit_id, number=record.number), Conflict(), audited=False)
    return "created"


def json_of_csv(text: str) -> bytes:
    """Return the body of an import from a CSV file; it is divided by commas, or by semicolons if its header is.

    Raise `ValidationFailed` for a file that is not CSV, and for one without a header, whose first test would be lost.
    """
    file = io.StringIO(text.removeprefix("\ufeff"), newline="")
    header = file.readline()
    file.seek(0)
    reader = csv.reader(file, delimiter=";" if header.count(";") > header.count(",") else ",", strict=True)
    try:
        columns, *rows = [cells for cells in reader if any(cells)] or [["ref"]]
    except csv.Error as error:
        raise ValidationFailed({"records": f"cannot be read as CSV: {error} (line {reader.line_num})"}) from error
    names = [name.strip() for name in columns]
    if "ref" not in names:
        raise ValidationFailed({"records": "must begin with a header that has the column ref"})
    return msgspec.json.encode({"records": [dict(_fields(names, cells)) for cells in rows]})


def _fields(columns: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a row.

    A cell without a column, or of a field that the row has already, is a field that does not exist: the row is
    rejected.
    """
    measurements: dict[str, object] = {}
    seen = {"measurements"}
    for place, cell in enumerate(cells):
        if not cell.strip():
            continue
        name = columns[place] if place < len(columns) else ""
        measured = _MEASURED.fullmatch(name)
        field = name if measured is None else f"measurements.{measured['name']}"
        if not name or field in seen:
            yield f"column {place + 1}", cell
        elif measured is None:
            yield name, cell.strip()
        else:
            value = msgspec.Raw(cell.strip().encode()) if _NUMBER.fullmatch(cell.strip()) else cell
            measurements[measured["name"]] = {"value": value, "unit": measured["unit"].strip()}
        seen.add(field)
    yield "measurements", measurements


TESTS = Dataset(
    name="tests",
    title="tests of modules and packs",
    record=UnitTestRow,
    permission=permissions.RECORD_TEST,
    entity_type=UnitTestRecord.kind,
    action="TEST_IMPORTED",
    key_field="serial",
    upsert=upsert_test,
    canonical=lambda raw: read_part(raw).serial,
    effect="records a test, unless one with its `ref` was recorded before",
    csv=json_of_csv,
    example={
        "ref": "EOL-2/2026-03-15.csv/17",
        "serial": "P-0001",
        "step": "EOL",
        "station": "EOL-2",
        "startedAt": "2026-03-15T12:40:00Z",
        "finishedAt": "2026-03-15T12:52:10Z",
        "result": "PASS",
        "measurements": {"Insulation": {"value": 812.5, "unit": "MOhm"}},
        "program": "eol-pack 4.2",
    },
)
"""The importer of tests."""
