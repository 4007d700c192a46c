"""The query and the response of the performance of picking."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.core.pagination import check_period

Grouping = Literal["person", "zone", "day"]


class PerformanceQuery(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Which days, and what there is a row for."""

    since: date | None = None
    """The first day, in the organisation's time zone. Omitted: six days before `to`."""
    until: date | None = None
    """The last day, which is included; at most 92 days in all. Omitted: today."""
    by: Grouping = "person"
    """What each row is about: a person, a zone or a day."""

    cross_check = staticmethod(check_period)


class PerformanceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was picked, in which time."""

    units: Decimal
    """The number of units that were picked and not taken back."""
    hours_worked: Decimal
    """The hours of work, to a hundredth: the time of holding assignments without breaks, wraps and delays. Of an
    assignment in hand, the time up to their newest event."""
    rate: Decimal | None
    """The units per hour of work, to a tenth. Null without work."""
    score_pct: Decimal | None
    """The rate in percent of the standard rate of the assignments' roles, to a tenth. Null without work."""
    scans_without_line: int
    """The number of scans of codes that no line of the assignment has."""


class PerformanceRow(PerformanceFigures, frozen=True, omit_defaults=True, kw_only=True):
    """The figures of one person, one zone or one day."""

    user_id: str | None = None
    """The id of the person. Absent unless the rows are by person."""
    user_name: str | None = None
    """The full name of the person when they last picked. Absent unless the rows are by person, and if it is unknown."""
    zone: str | None = None
    """The zone of the assignments, empty for those without one. Absent unless the rows are by zone."""
    day: date | None = None
    """The day. Absent unless the rows are by day."""


class PerformanceReport(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """The performance of picking in a period; only people, zones and days on which something happened have a row."""

    since: date
    """The first day."""
    until: date
    """The last day, which is included."""
    by: Grouping
    """What each row is about."""
    timezone: str
    """The organisation's time zone by its IANA name, in which days begin. An assignment keeps the one that was set when
    it was first claimed."""
    rows: list[PerformanceRow]
    """The rows, by the name of the person or zone, or by day."""
    total: PerformanceFigures
    """The figures of all rows together."""
