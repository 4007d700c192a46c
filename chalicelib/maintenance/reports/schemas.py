"""The query and the response of the report on work orders."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.core.pagination import check_period
from chalicelib.maintenance.usage.schemas import PartsCost

ReportGrouping = Literal["ride", "technician", "zone"]


class WorkOrderReportQuery(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Which days, and what there is a row for."""

    since: date | None = None
    """The first day, in the organisation's time zone. Omitted: 29 days before `to`."""
    until: date | None = None
    """The last day, which is included; at most 366 days in all. Omitted: today."""
    by: ReportGrouping = "ride"
    """What each row is about: a ride, a technician or a game zone."""

    cross_check = staticmethod(check_period)


class WorkOrderFigures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How many work orders were opened, done and overdue, how long repairs took, and what they needed."""

    opened: int
    """The number of work orders that were made, also if they were cancelled later. They have no technician at that
    moment: by technician, all of them are in the row without one."""
    done: int
    """The number of work orders that were finished and not opened again since."""
    overdue: int
    """The number of work orders whose due date is in the period and that were not closed by then. On hold the clock
    stands."""
    mean_time_to_repair_hours: Decimal | None
    """The mean of the hours from start to done without holds, to a hundredth, of the work orders that technicians
    finished. Null if they finished none."""
    mean_time_between_failures_hours: Decimal | None
    """The mean of the hours between two openings of the same ride in the period, to a hundredth. Null if no ride has
    two, and by technician."""
    labour_minutes: int
    """The minutes of labour: those in which work orders were in progress, on the day on which that ended, and those
    that people entered."""
    parts_quantity: Decimal
    """The quantity of all parts together."""
    parts_costs: list[PartsCost]
    """What parts cost, by currency; empty if no costs are known."""


class WorkOrderReportRow(WorkOrderFigures, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """The figures of one ride, one technician or one game zone."""

    ride_code: str | None = None
    """The code of the ride. Absent unless the rows are by ride."""
    ride_name: str | None = None
    """The name of the ride as its newest work orders have it. Absent unless the rows are by ride."""
    technician_id: str | None = None
    """The user id of the technician, empty for what belongs to none. Absent unless the rows are by technician."""
    technician_name: str | None = None
    """The full name of the technician. Absent unless the rows are by technician, and for what belongs to none."""
    zone: str | None = None
    """The game zone. Absent unless the rows are by zone."""


class WorkOrderReport(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """The work orders of a period; only rides, technicians and zones that have any figure have a row."""

    since: date
    """The first day."""
    until: date
    """The last day, which is included."""
    by: ReportGrouping
    """What each row is about."""
    timezone: str
    """The organisation's time zone by its IANA name, in which days begin. A work order keeps the one that was set when
    it was made."""
    rows: list[WorkOrderReportRow]
    """The rows, by the name of the ride, technician or zone."""
    total: WorkOrderFigures
    """The figures of all rows together."""
