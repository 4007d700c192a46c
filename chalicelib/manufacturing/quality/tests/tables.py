"""Stored tests of modules and packs.

Each test is one item in the collection of its unit, `TEST#` and a number that counts the tests of the unit by arrival.
Another item holds that number and the newest test of each planned step. A test changes it under its version, and a
seal or a PASS checks that version, so neither misses a test that is recorded at the same moment.

    pk                   sk                 item
    acme#PACK#PCK-1      TEST#0000000003    UnitTestRecord: a test with its measurements
    acme#PACK#PCK-1      TESTS              UnitTestSummary: the number of tests, and the newest of each step
    acme#TESTREF#r       TESTREF            UnitTestRef: the test that a rig's own id names
"""

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, Item, MomentAttribute, key, optional, stored_in
from chalicelib.manufacturing.quality.tests.rules import StepOutcome
from chalicelib.manufacturing.sku_spec import Measurement, StructAttribute

TEST = "TEST#"
"""The prefix of the sort keys of tests."""
_SUMMARY = "TESTS"


class FailedLimit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A limit of the step that a test did not meet."""

    name: str
    """The name of the measurement."""
    problem: str
    """`missing`, `below` or `above`."""


class UnitTestRecord(Item):
    """A test of a module or pack; `number` counts the tests of the unit by arrival, from 1."""

    Meta = stored_in("manufacturing")
    kind = "test"
    unaudited = frozenset({"org_id", "unit_id", "at", "by", "by_name", "content"})

    org_id = UnicodeAttribute()
    unit_id = UnicodeAttribute()
    number = IntAttribute()
    step = UnicodeAttribute()
    station = optional(UnicodeAttribute())
    program = optional(UnicodeAttribute())
    result = UnicodeAttribute()
    has_passed = BooleanAttribute()
    """Whether the result is PASS and every limit of the step was met."""
    failures = optional(StructAttribute[list[FailedLimit]](list[FailedLimit]))
    measurements = StructAttribute[dict[str, Measurement]](dict[str, Measurement])
    content = IntAttribute()
    """The content of the unit that was tested (`StepOutcome`)."""
    started_at = optional(MomentAttribute())
    finished_at = optional(MomentAttribute())
    at = MomentAttribute()
    by = UnicodeAttribute()
    by_name = UnicodeAttribute()


class UnitTestSummary(Entity):
    """The tests of a unit: its version is their number, `newest` the newest test of each planned step."""

    Meta = stored_in("manufacturing")
    kind = "test_summary"

    newest = StructAttribute[dict[str, StepOutcome]](dict[str, StepOutcome])
    station = optional(UnicodeAttribute())
    """The station of the newest test."""


class UnitTestRef(Item):
    """The test that a rig's own id names."""

    Meta = stored_in("manufacturing")
    kind = "test_ref"

    unit_id = UnicodeAttribute()
    number = IntAttribute()


def record_key(unit_pk: str, number: int) -> ItemKey[UnitTestRecord]:
    """Return the key of a test of a unit."""
    return ItemKey(UnitTestRecord, unit_pk, f"{TEST}{number:010d}")


def summary_key(unit_pk: str) -> ItemKey[UnitTestSummary]:
    """Return the key of the summary of a unit's tests."""
    return ItemKey(UnitTestSummary, unit_pk, _SUMMARY)


def ref_key(org_id: str, ref: str) -> ItemKey[UnitTestRef]:
    """Return the key of a rig's own id of a test."""
    return ItemKey(UnitTestRef, key(org_id, "TESTREF", ref), "TESTREF")
