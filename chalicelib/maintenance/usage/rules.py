"""The arithmetic of labour and parts: minutes of work, and exact sums of costs by currency."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

MAX_ENTRIES = 200
"""The most entries of labour, and of parts, that one work order can have; its detail shows all of them."""
NO_CURRENCY = ""

Costs = Mapping[str, str]
"""`{currency: text of an exact number}`; the currency is empty for costs that were entered without one."""


def minutes_worked(worked: timedelta, since: datetime | None, now: datetime) -> int:
    """Return the whole minutes of work that has ended, and of the work that has been going on since a moment."""
    going_on = timedelta(0) if since is None else now - since
    return (worked + going_on) // timedelta(minutes=1)


class UsageChange(NamedTuple):
    """What an entry adds to the sums of a work order."""

    labour_entries: int = 0
    labour_minutes: int = 0
    part_entries: int = 0
    quantity: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    currency: str | None = None

    def reversed(self) -> "UsageChange":
        """Return what the removal of the entry adds."""
        return UsageChange(
            -self.labour_entries, -self.labour_minutes, -self.part_entries, -self.quantity, -self.cost, self.currency
        )


def add_cost(costs: Costs, currency: str | None, amount: Decimal) -> dict[str, str]:
    """Return the costs with an amount more of one currency, or less; currencies whose sum is zero are left out."""
    name = currency or NO_CURRENCY
    total = Decimal(costs.get(name, "0")) + amount
    others = {other: text for other, text in costs.items() if other != name}
    return {**others, name: plain(total)} if total else others


def plain(number: Decimal) -> str:
    """Return the text of a number without exponent and without zeros at its end."""
    return format(number.normalize(), "f")
