"""Reads of tests: those of a unit, and what is needed to judge one."""

from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.pagination import Page
from chalicelib.core.store import ItemKey, get, get_many
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.quality.queries import list_records, newest_records
from chalicelib.manufacturing.quality.tests.rules import StepOutcome
from chalicelib.manufacturing.quality.tests.schemas import UnitTestQuery
from chalicelib.manufacturing.quality.tests.tables import TEST, UnitTestRecord, UnitTestSummary, summary_key
from chalicelib.manufacturing.sku_spec import TestStep
from chalicelib.manufacturing.tables import Module, Pack, Sku, module_key, pack_key, sku_key
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.tables import CELL, MODULE, SerialNumber

Unit = Module | Pack


class UnitTests(msgspec.Struct, frozen=True):
    """The SKU of a unit and the summary of the unit's tests; None if there is none."""

    sku: Sku | None
    summary: UnitTestSummary | None

    def steps(self, unit: Unit) -> list[TestStep]:
        """Return the planned steps of a unit."""
        if self.sku is None:
            return []
        return (self.sku.tests if isinstance(unit, Pack) else self.sku.module_tests) or []

    @property
    def newest(self) -> dict[str, StepOutcome]:
        """Return the newest test of each planned step."""
        return {} if self.summary is None else self.summary.newest


def require_own_unit(actor: Actor, number: SerialNumber | None, raw: str) -> SerialNumber:
    """Return the serial number of a module or pack of the organisation.

    `number` is what was read under the scan `raw`. Raise `SerialNotFound` if the organisation has no such serial
    number, and `ValidationFailed` if it is that of a cell.
    """
    number, serial = find_scanned(number, raw)
    if number is None or number.org_id != actor.org_id:
        raise SerialNotFound(serial)
    if number.used_as == CELL:
        raise ValidationFailed({"serial": "is the serial number of a cell, not of a module or pack"})
    return number


def unit_key(number: SerialNumber) -> ItemKey[Any]:
    """Return the key of the module or pack that has a serial number."""
    make_key = module_key if number.used_as == MODULE else pack_key
    return make_key(number.org_id, str(number.holder_id))


def read_tested_unit(number: SerialNumber, clock: Clock) -> tuple[Unit, UnitTests]:
    """Return a module or pack with its SKU and the summary of its tests, by one batch read.

    Of a serial number of an earlier version the SKU takes another read.
    """
    key = unit_key(number)
    sku = sku_key(number.org_id, number.sku_id or "")
    stored = get_many([key, sku, summary_key(key.pk)], clock)
    unit: Unit | None = stored.get(key)
    if unit is None:
        raise SerialNotFound(number.serial)
    read_sku = stored.get(sku) if number.sku_id else get(sku_key(unit.org_id, unit.sku_id))
    return unit, UnitTests(read_sku, stored.get(summary_key(key.pk)))


def read_unit_tests(unit: Unit, clock: Clock) -> UnitTests:
    """Return the SKU of a unit and the summary of its tests, by one batch read."""
    sku, summary = sku_key(unit.org_id, unit.sku_id), summary_key(unit.pk)
    stored = get_many([sku, summary], clock)
    return UnitTests(stored.get(sku), stored.get(summary))


def list_unit_tests(actor: Actor, number: SerialNumber | None, raw: str, query: UnitTestQuery) -> Page[UnitTestRecord]:
    """Return a page of the tests of a module or pack, newest first."""
    own = require_own_unit(actor, number, raw)
    actor.require_reach(permissions.READ_TEST)
    only = None if query.step is None else UnitTestRecord.step == query.step
    return list_records(UnitTestRecord, unit_key(own).pk, TEST, query, only)


def newest_tests(unit_pk: str) -> list[UnitTestRecord]:
    """Return the newest tests of a unit, oldest first."""
    return newest_records(UnitTestRecord, unit_pk, TEST)
