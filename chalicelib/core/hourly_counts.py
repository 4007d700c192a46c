"""Counts of what happens in each hour, for trends: exact, and read at a cost that does not grow with their history.

    <org>#HOURS[#<scope>]   <day>T<hour>#<shard>   six hours from this one, with attributes such as `created_07`

A count is staged in the transaction of the step that it counts, so both happen or none. The shard is one of 16 at
random, so that steps of the same moment seldom meet. An item stays below a kilobyte, so that a count costs two write
units at any time of the day. It expires after three days.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from chalicelib.core.sharding import HIGHEST
from chalicelib.core.store import ItemKey, Query
from chalicelib.core.table import DecimalAttribute, ExpiryAttribute, Item, key
from chalicelib.core.work import UnitOfWork

SHARDS = 16
HOURS = 24
_KEPT = timedelta(days=3)
_SPAN = 6
"""The hours of an item."""
_HOUR = timedelta(hours=1)


class HourlyCount(Item):
    """One shard of the counts of six hours. Each domain has a model of its own, in its own table."""

    kind = "hourly_count"

    expires_at = ExpiryAttribute()


class HourlyValues(msgspec.Struct, frozen=True):
    """Counts by name, day and hour, up to the hour of `now`."""

    now: datetime
    totals: Mapping[tuple[str, str, int], Decimal]

    @property
    def first_hour(self) -> datetime:
        """Return the beginning of the first of the 24 hours."""
        return self.now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * _HOUR

    def amounts(self, name: str) -> list[Decimal]:
        """Return the amounts of 24 hours, oldest first, the running one included."""
        hours = (self.first_hour + number * _HOUR for number in range(HOURS))
        return [self._amount(name, hour) for hour in hours]

    def numbers(self, name: str) -> list[int]:
        """Return the amounts as whole numbers."""
        return list(map(int, self.amounts(name)))

    def today(self, name: str) -> int:
        """Return the number since midnight UTC."""
        return sum(self.numbers(name)[HOURS - 1 - self.now.hour :])

    def _amount(self, name: str, hour: datetime) -> Decimal:
        return self.totals.get((name, _day(hour), hour.hour), Decimal(0))


class HourlyCounts(msgspec.Struct, frozen=True):
    """The counts of one domain."""

    model: type[HourlyCount]

    def count(self, work: UnitOfWork, org_id: str, *scope: str, **amounts: int | Decimal) -> None:
        """Stage amounts of this hour by name; at most once per unit of work and scope, such as a game zone."""
        actions = [
            DecimalAttribute(attr_name=f"{name}_{work.now.hour:02d}").add(Decimal(amount))
            for name, amount in amounts.items()
            if amount
        ]
        if actions:
            shard = work.random_source.randrange(SHARDS)
            target = ItemKey(self.model, _partition(org_id, scope), key(_span(work.now), f"{shard:02d}"))
            expires = self.model.expires_at.set(work.now + _KEPT)
            work.update_unread(target, actions=[*actions, expires], audited=False)

    def read(self, org_id: str, *scope: str, now: datetime) -> HourlyValues:
        """Return the counts of the last 24 hours, by one query."""
        totals: defaultdict[tuple[str, str, int], Decimal] = defaultdict(Decimal)
        for item in self.query(org_id, *scope, now=now).raw_items():
            day = str(item["sk"]["S"]).partition("T")[0]
            for attribute, value in item.items():
                name, _, hour = attribute.rpartition("_")
                if hour.isdecimal():
                    totals[name, day, int(hour)] += Decimal(value["N"])
        return HourlyValues(now, totals)

    def query(self, org_id: str, *scope: str, now: datetime) -> Query[HourlyCount]:
        """Return the query of all shards of the last 24 hours, at most 80 items."""
        first, last = key(_span(now - (HOURS - 1) * _HOUR), ""), key(_span(now), HIGHEST)
        return Query(self.model, _partition(org_id, scope), range_condition=self.model.sk.between(first, last))


def _partition(org_id: str, scope: tuple[str, ...]) -> str:
    return key(org_id, "HOURS", *scope)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _span(moment: datetime) -> str:
    """Return the beginning of the six hours, which sorts by time."""
    return f"{_day(moment)}T{moment.hour // _SPAN * _SPAN:02d}"
