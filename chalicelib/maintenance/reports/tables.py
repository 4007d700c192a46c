"""The totals of work orders, one item for each day, ride and technician; those of a month are in one partition.

    <org>#REPORTS#<month>   <zone>#<day>#<ride>#<technician>   the technician is empty for none

So the totals of a game zone, or of all, are one query for each month, and people who work at the same moment
change different items, unless both route orders of the same ride.
"""

from decimal import Decimal
from typing import NamedTuple

from pynamodb.attributes import NumberSetAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey, RawItem
from chalicelib.core.table import DecimalAttribute, IntAttribute, Item, key, optional, parts_of, stored_in

_COST = "cost_"


class WorkOrderTotal(Item):
    """What the work orders of one ride add up to on one day, for one technician or without one.

    `openings` are the moments at which orders were opened. Times are milliseconds. Costs of parts are attributes of
    their currencies, such as `cost_EUR`.
    """

    Meta = stored_in("maintenance")
    kind = "work_order_total"

    ride_name = UnicodeAttribute()
    technician_name = optional(UnicodeAttribute())
    opened = IntAttribute(default=0)
    openings = optional(NumberSetAttribute())
    done = IntAttribute(default=0)
    overdue = IntAttribute(default=0)
    repairs = IntAttribute(default=0)
    repair = IntAttribute(default=0)
    labour = IntAttribute(default=0)
    parts_quantity = optional(DecimalAttribute())


class TotalKey(NamedTuple):
    """What a total is about."""

    zone: str
    day: str
    ride_code: str
    technician_id: str


def total_key(org_id: str, about: TotalKey) -> ItemKey[WorkOrderTotal]:
    """Return the key of a total."""
    return ItemKey(WorkOrderTotal, totals_of_month(org_id, about.day), key(*about))


def cost_attribute(currency: str | None) -> DecimalAttribute:
    """Return the attribute of the costs in one currency, or of those without one."""
    return DecimalAttribute(attr_name=f"{_COST}{currency or ''}")


def costs_of_total(item: RawItem) -> dict[str, Decimal]:
    """Return the costs of parts of a stored total by their currency, which is empty for those without one."""
    costs = {name.removeprefix(_COST): value for name, value in item.items() if name.startswith(_COST)}
    return {currency: Decimal(value["N"]) for currency, value in costs.items()}


def key_of_total(item: RawItem) -> TotalKey:
    """Return what a stored total is about."""
    return TotalKey(*parts_of(item["sk"]["S"]))


def totals_of_month(org_id: str, day: str) -> str:
    """Return the partition of the totals of a day's month."""
    return key(org_id, "REPORTS", day[: len("2026-03")])
