"""Reads of the totals of days: one query for each week of the period, all at once."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Period, period_of
from chalicelib.core.sharding import HIGHEST
from chalicelib.core.store import Query, RawItem, parallel_reads
from chalicelib.core.table import key
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.picking import permissions
from chalicelib.picking.ledger.tables import DayTotal, week_of_totals
from chalicelib.picking.performance.schemas import Grouping, PerformanceQuery
from chalicelib.picking.settings import PickingSettings, picking_settings

MAX_DAYS = 92
_DEFAULT_DAYS = 7
_ATTRIBUTES = {"person": "user_id", "zone": "zone", "day": "day"}


class Work(NamedTuple):
    """Units, milliseconds of work, these times the standard rate, and scans that no line has."""

    units: Decimal = Decimal(0)
    worked: int = 0
    standard: int = 0
    unmatched: int = 0

    def plus(self, other: "Work") -> "Work":
        """Return the sum."""
        return Work(
            self.units + other.units,
            self.worked + other.worked,
            self.standard + other.standard,
            self.unmatched + other.unmatched,
        )


class PerformanceData(NamedTuple):
    """The work of a period by the id of the person, by zone or by day, with the names of people."""

    period: Period
    by: Grouping
    time_zone: str
    work: dict[str, Work]
    names: dict[str, str]


def get_performance(
    actor: Actor, query: PerformanceQuery, organisation: Organisation | None, now: datetime
) -> PerformanceData:
    """Return the work of a period. Raise `AccessDenied` unless the caller may see that of all people.

    Raise `ValidationFailed` if the period is too long.
    """
    actor.require_reach(permissions.READ_PERFORMANCE)
    general, settings = general_settings(organisation), picking_settings(organisation)
    period = period_of(query.since, query.until, general.local_date(now), default_days=_DEFAULT_DAYS, max_days=MAX_DAYS)
    work, names = dict[str, Work](), dict[str, str]()
    for item in _totals(actor.org_id, period):
        name = item[_ATTRIBUTES[query.by]]["S"]
        work[name] = work.get(name, Work()).plus(_work(item, settings))
        if "user_name" in item:
            names[item["user_id"]["S"]] = item["user_name"]["S"]
    found = {name: one for name, one in work.items() if one != Work()}
    return PerformanceData(period, query.by, general.timezone, found, names)


def _totals(org_id: str, period: Period) -> Iterable[RawItem]:
    """Return the totals of a period, in the order of days."""
    weeks = dict.fromkeys(week_of_totals(org_id, day) for day in period.days)
    within = DayTotal.sk.between(key(period.first.isoformat()), key(period.last.isoformat(), HIGHEST))
    queries = [Query(DayTotal, week, range_condition=within) for week in weeks]
    return (item for part in parallel_reads([partial(_read, query) for query in queries]) for item in part)


def _read(query: Query[DayTotal]) -> list[RawItem]:
    return list(query.raw_items())


def _work(item: RawItem, settings: PickingSettings) -> Work:
    amounts = {name: item[name]["N"] for name in ("units", "worked", "unmatched") if name in item}
    worked = int(amounts.get("worked", 0))
    standard = worked * settings.units_per_hour(item["role"]["S"])
    return Work(Decimal(amounts.get("units", 0)), worked, standard, int(amounts.get("unmatched", 0)))
