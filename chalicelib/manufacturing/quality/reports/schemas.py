"""The query and the response of the report on the line."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.core.pagination import check_period

LineReportGrouping = Literal["sku", "batch", "station"]


class LineReportQuery(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Which days, and what there is a row for."""

    since: date | None = None
    """The first day, in the organisation's time zone. Omitted: 29 days before `to`."""
    until: date | None = None
    """The last day, which is included; at most 366 days in all. Omitted: today."""
    by: LineReportGrouping = "sku"
    """What each row is about: a SKU, a batch or a station."""

    cross_check = staticmethod(check_period)


class ReportedMeasurement(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The values of one limit, and how capable the process is of it."""

    sku_id: str
    """The SKU whose limit it is."""
    source: Literal["disposition", "packTest", "moduleTest"]
    """Where it was measured: in the dispositions of packs, or in tests of packs or modules."""
    step: str | None
    """The step of the tests. Null for dispositions."""
    name: str
    """The name of the measurement."""
    unit: str
    """The unit of the values."""
    min: Decimal | None
    """The lowest value that passes. Null if there is none."""
    max: Decimal | None
    """The highest value that passes. Null if there is none."""
    count: int
    """The number of values."""
    below: int
    """How many values were below the limit."""
    above: int
    """How many values were above the limit."""
    missing: int
    """How many tests had no such value."""
    mean: Decimal | None
    """The mean of the values. Null if there are none."""
    standard_deviation: Decimal | None
    """The sample standard deviation of the values. Null if there are fewer than two."""
    cp: Decimal | None
    """The distance of the two bounds divided by six standard deviations. Null without both bounds, and if all values
    are equal or there are fewer than two."""
    cpk: Decimal | None
    """The distance from the mean to the nearer bound divided by three standard deviations; negative if the mean is
    beyond it. Null if all values are equal or there are fewer than two."""


class ReportedFigures(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How many packs were decided on, how many tests were recorded, and what part of them passed."""

    first_dispositions: int
    """The number of packs with their first disposition in the period."""
    first_passed: int
    """How many of these first dispositions are `PASS`."""
    first_pass_yield: Decimal | None
    """`firstPassed` divided by `firstDispositions`, a fraction from 0 to 1. Null if there are none."""
    passed: int
    """The number of dispositions `PASS` in the period, also of packs that were decided on before."""
    failed: int
    """The number of dispositions `FAIL` in the period."""
    quarantined: int
    """The number of dispositions `QUARANTINE` in the period."""
    final_yield: Decimal | None
    """`passed` divided by `passed` and `failed`, a fraction from 0 to 1. Null if there are none."""
    tests: int
    """The number of tests of packs and modules that were recorded in the period."""
    tests_failed: int
    """How many of these tests did not pass."""
    test_yield: Decimal | None
    """The part of the tests that passed, a fraction from 0 to 1. Null if there are none."""


class LineReportRow(ReportedFigures, frozen=True, rename="camel", kw_only=True):
    """The figures of one SKU, batch or station."""

    sku_id: str | None
    """The SKU. Null by station."""
    sku_name: str | None
    """The name of the SKU. Null by station."""
    batch_id: str | None
    """The batch. Null unless there is a row for each batch."""
    station: str | None
    """The code of the station; dispositions belong to that of the newest test of their pack. Null unless there is a row
    for each station, and in the row of what has none."""
    measurements: list[ReportedMeasurement]
    """The limits and their values."""


class LineReport(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """The figures of a period; only SKUs, batches and stations that have any have a row."""

    since: date
    """The first day."""
    until: date
    """The last day, which is included."""
    by: LineReportGrouping
    """What each row is about."""
    timezone: str
    """The organisation's time zone by its IANA name, in which days begin."""
    rows: list[LineReportRow]
    """The rows, by the name of the SKU, then by the id of the batch, or by the code of the station."""
    total: ReportedFigures
    """The figures of all rows together."""
