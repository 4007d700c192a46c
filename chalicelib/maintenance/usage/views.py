"""Labour and parts as clients read them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.maintenance.usage.rules import NO_CURRENCY, minutes_worked
from chalicelib.maintenance.usage.schemas import LabourSummary, LabourView, PartsCost, PartsSummary, PartUsedView
from chalicelib.maintenance.usage.tables import Labour, Usage, UsedPart
from chalicelib.maintenance.workorders.tables import WorkOrder


def labour_view(labour: Labour) -> LabourView:
    """Return an entry of labour."""
    return LabourView(labour.entry_id, labour.minutes, labour.note, labour.added_by_name, labour.added_by_id, labour.at)


def part_view(part: UsedPart) -> PartUsedView:
    """Return a part that was used."""
    return PartUsedView(
        id=part.entry_id,
        name=part.name,
        quantity=part.quantity,
        unit_cost=part.unit_cost,
        cost=None if part.unit_cost is None else part.quantity * part.unit_cost,
        currency=part.currency,
        added_by=part.added_by_name,
        added_by_id=part.added_by_id,
        at=part.at,
    )


def labour_summary(order: WorkOrder, usage: Usage | None, entries: Sequence[Labour], now: datetime) -> LabourSummary:
    """Return the labour of a work order."""
    worked = minutes_worked(timedelta(milliseconds=order.worked_ms), order.working_since, now)
    added = 0 if usage is None else usage.labour_minutes
    return LabourSummary(worked + added, worked, added, [labour_view(entry) for entry in entries])


def parts_summary(usage: Usage | None, parts: Sequence[UsedPart]) -> PartsSummary:
    """Return the parts of a work order."""
    costs = {} if usage is None else usage.costs or {}
    sums = [PartsCost(name if name != NO_CURRENCY else None, Decimal(costs[name])) for name in sorted(costs)]
    return PartsSummary(sums, [part_view(part) for part in parts])
