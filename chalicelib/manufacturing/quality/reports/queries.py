"""Reads of the totals of days: one query for each month and shard, all at once.

The number of items grows with days, batches, stations and steps, not with the number of units. Each query is summed as
it is read, so that the memory grows only with the rows of the report, whose number is limited.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.pagination import Period, period_of
from chalicelib.core.sharding import HIGHEST
from chalicelib.core.store import Query, RawItem, parallel_reads
from chalicelib.core.table import key, parts_of
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.quality.reports.rules import LineFigures, MeasuredSums
from chalicelib.manufacturing.quality.reports.schemas import LineReportGrouping, LineReportQuery
from chalicelib.manufacturing.quality.reports.tables import (
    SHARDS,
    LineTotal,
    LineTotalKey,
    sums_of_item,
    totals_of_month,
)
from chalicelib.manufacturing.sku_spec import Limit, Limits

MAX_DAYS = 366
MAX_ROWS = 5_000
"""The most rows and measurements together in a report, about 2 MB; a Lambda responds with at most 6 MB."""
_DEFAULT_DAYS = 30


class MeasuredKey(NamedTuple):
    """A limit: of a SKU, for dispositions or the tests of a step, by the name of the measurement."""

    sku_id: str
    kind: str
    step: str
    name: str


class LineGroup(msgspec.Struct):
    """The totals of one SKU, batch or station."""

    sku_id: str = ""
    sku_name: str = ""
    figures: LineFigures = LineFigures()
    measured: dict[MeasuredKey, MeasuredSums] = {}
    limits: dict[MeasuredKey, Limit] = {}

    def add(self, other: "LineGroup") -> None:
        """Add other totals of the same."""
        self.sku_id, self.sku_name = other.sku_id, other.sku_name
        self.figures = self.figures.plus(other.figures)
        for name, sums in other.measured.items():
            known = self.measured.get(name)
            self.measured[name] = sums if known is None else known.plus(sums)
        self.limits |= other.limits


Groups = dict[str, LineGroup]


class LineReportData(NamedTuple):
    """The totals of a period by the id of the SKU or batch, or the code of the station, and those of all."""

    period: Period
    by: LineReportGrouping
    time_zone: str
    groups: Groups

    @property
    def total(self) -> LineFigures:
        """Return the figures of all groups together."""
        total = LineFigures()
        for group in self.groups.values():
            total = total.plus(group.figures)
        return total


def get_line_report(
    actor: Actor, query: LineReportQuery, organisation: Organisation | None, now: datetime
) -> LineReportData:
    """Return the totals of a period. Raise `ValidationFailed` if it is too long, or has too many rows."""
    actor.require_reach(permissions.READ_LINE_REPORT)
    general = general_settings(organisation)
    period = period_of(query.since, query.until, general.local_date(now), default_days=_DEFAULT_DAYS, max_days=MAX_DAYS)
    months = sorted({day.isoformat()[: len("2026-03")] for day in period.days})
    partitions = [totals_of_month(actor.org_id, month, shard) for month in months for shard in range(SHARDS.count)]
    groups: Groups = {}
    for part in parallel_reads([partial(_read, partition, period, query.by) for partition in partitions]):
        for name, group in part.items():
            groups.setdefault(name, LineGroup()).add(group)
    if sum(1 + len(group.measured) for group in groups.values()) > MAX_ROWS:
        raise ValidationFailed({"from": f"gives more than {MAX_ROWS:,} rows; ask for a shorter period"})
    return LineReportData(period, query.by, general.timezone, groups)


def _read(partition: str, period: Period, by: LineReportGrouping) -> Groups:
    """Return the totals of one partition."""
    within = LineTotal.sk.between(key(period.first, ""), key(period.last, HIGHEST))
    groups: Groups = {}
    for item in Query(LineTotal, partition, range_condition=within).raw_items():
        about = LineTotalKey(*parts_of(item["sk"]["S"]))
        name = {"sku": item["sku_id"]["S"], "batch": about.batch_id, "station": about.station}[by]
        groups.setdefault(name, LineGroup()).add(_group_of(item, about))
    return groups


def _group_of(item: RawItem, about: LineTotalKey) -> LineGroup:
    """Return the totals of one item."""
    sku_id = item["sku_id"]["S"]
    figures = LineFigures(*(int(item.get(name, _NONE)["N"]) for name in LineFigures._fields))
    keyed = partial(MeasuredKey, sku_id, about.kind, about.step)
    measured = {keyed(name): sums for name, sums in sums_of_item(item).items()}
    limits: Limits = LineTotal.limits.deserialize(item["limits"]["S"]) if "limits" in item else {}
    return LineGroup(
        sku_id, item["sku_name"]["S"], figures, measured, {keyed(name): limit for name, limit in limits.items()}
    )


_NONE: Mapping[str, str] = {"N": "0"}
