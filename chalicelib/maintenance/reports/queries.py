"""Reads of the totals of days: one query for each month, and one of the open orders that are overdue, all at once."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Period, period_of
from chalicelib.core.sharding import HIGHEST
from chalicelib.core.store import Query, RawItem, parallel_reads
from chalicelib.core.table import key
from chalicelib.identity.accounts.settings import GeneralSettings, general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.maintenance import permissions
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.reports.rules import NO_TECHNICIAN, NOTHING, Figures, Openings
from chalicelib.maintenance.reports.schemas import ReportGrouping, WorkOrderReportQuery
from chalicelib.maintenance.reports.tables import (
    TotalKey,
    WorkOrderTotal,
    costs_of_total,
    key_of_total,
    totals_of_month,
)
from chalicelib.maintenance.workorders.queries import overdue_between

MAX_DAYS = 366
_DEFAULT_DAYS = 30


class GroupTotals(msgspec.Struct):
    """The figures of one ride, technician or zone, or of all; costs by currency, and the openings of each ride."""

    figures: Figures = NOTHING
    parts_quantity: Decimal = Decimal(0)
    costs: dict[str, Decimal] = {}
    rides: dict[str, Openings] = {}

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to report."""
        return self.figures == NOTHING and not self.parts_quantity and not any(self.costs.values())

    def add_total(self, ride_code: str, item: RawItem) -> None:
        """Add a stored total."""
        self.figures = self.figures.plus(Figures(*(int(_amount(item, name)) for name in Figures._fields)))
        self.parts_quantity += _amount(item, "parts_quantity")
        for currency, cost in costs_of_total(item).items():
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + cost
        moments = [int(moment) for moment in item.get("openings", {}).get("NS", ())]
        if moments:
            openings = Openings(int(_amount(item, "opened")), min(moments), max(moments))
            known = self.rides.get(ride_code)
            self.rides[ride_code] = openings if known is None else known.plus(openings)

    def add_overdue(self) -> None:
        """Add an open order that is overdue."""
        self.figures = self.figures.plus(Figures(overdue=1))


class ReportData(NamedTuple):
    """The totals of a period by the code of the ride, the id of the technician or the zone; names; and the sum."""

    period: Period
    by: ReportGrouping
    time_zone: str
    groups: dict[str, GroupTotals]
    names: dict[str, str]
    total: GroupTotals


def get_report(
    actor: Actor, query: WorkOrderReportQuery, organisation: Organisation | None, now: datetime
) -> ReportData:
    """Return the totals of a period in the game zones that the caller's scope covers.

    Raise `ValidationFailed` if the period is too long.
    """
    reach = reach_of_list(actor, permissions.READ_REPORTS)
    general = general_settings(organisation)
    period = period_of(query.since, query.until, general.local_date(now), default_days=_DEFAULT_DAYS, max_days=MAX_DAYS)
    data = ReportData(period, query.by, general.timezone, {}, {}, GroupTotals())
    if reach.is_empty:
        return data
    reads = [partial(_read, one) for one in _total_queries(actor.org_id, reach.zone, period)]
    overdue, *months = parallel_reads(
        [partial(_overdue, actor.org_id, reach.zone, _moments(period, general, now)), *reads]
    )
    for item in (item for month in months for item in month):
        _add_total(data, item)
    for order in overdue:
        _add_overdue(data, order)
    return data._replace(groups={name: group for name, group in data.groups.items() if not group.is_empty})


def _add_total(data: ReportData, item: RawItem) -> None:
    about = key_of_total(item)
    if not data.period.first.isoformat() <= about.day <= data.period.last.isoformat():
        return
    names = {"ride": item["ride_name"]["S"], "technician": item.get("technician_name", {}).get("S")}
    for group in _groups(data, about, names.get(data.by)):
        group.add_total(about.ride_code, item)


def _add_overdue(data: ReportData, order: RawItem) -> None:
    technician_id = order.get("technician_id", {}).get("S", NO_TECHNICIAN)
    about = TotalKey(order["game_zone"]["S"], "", order["ride_code"]["S"], technician_id)
    names = {"ride": order["ride_name"]["S"], "technician": order.get("technician_name", {}).get("S")}
    for group in _groups(data, about, names.get(data.by)):
        group.add_overdue()


def _groups(data: ReportData, about: TotalKey, name: str | None) -> tuple[GroupTotals, GroupTotals]:
    """Return the group that a total belongs to, and the sum of all."""
    group_key = {"ride": about.ride_code, "technician": about.technician_id, "zone": about.zone}[data.by]
    if name is not None:
        data.names[group_key] = name
    return data.groups.setdefault(group_key, GroupTotals()), data.total


def _total_queries(org_id: str, zone: str | None, period: Period) -> list[Query[WorkOrderTotal]]:
    """Return the queries of the totals of a period; without a zone they hold whole months."""
    months = dict.fromkeys(totals_of_month(org_id, day.isoformat()) for day in period.days)
    within = None
    if zone is not None:
        within = WorkOrderTotal.sk.between(key(zone, period.first), key(zone, period.last, HIGHEST))
    return [Query(WorkOrderTotal, month, range_condition=within) for month in months]


def _moments(period: Period, general: GeneralSettings, now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of a period, and that after its last or now, whichever is first."""
    first = datetime.combine(period.first, time(), general.zone)
    try:
        end = datetime.combine(period.last + timedelta(days=1), time(), general.zone)
    except OverflowError:  # the last day that there is
        end = now
    return first, min(now, end)


def _overdue(org_id: str, zone: str | None, moments: tuple[datetime, datetime]) -> list[RawItem]:
    since, until = moments
    return _read(overdue_between(org_id, zone, since, until)) if since < until else []


def _read(query: Query[Any]) -> list[RawItem]:
    return list(query.raw_items())


def _amount(item: RawItem, name: str) -> Decimal:
    return Decimal(item[name]["N"]) if name in item else Decimal(0)
