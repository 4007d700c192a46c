"""The use case that counts a work order again from its timeline, for orders of earlier versions and after incidents."""

from collections.abc import Sequence

import msgspec

from chalicelib.core.clock import to_millis
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.maintenance.reports.rules import DayKey, differences, figures_of
from chalicelib.maintenance.reports.totals import ReportState, Worker, facts_of, report_state, stage_totals
from chalicelib.maintenance.rules import WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder, WorkOrderEvent, work_order_key
from chalicelib.maintenance.workorders.timeline import TimelineAction, list_steps


def find_differences(order: WorkOrder) -> list[str]:
    """Return a sentence for each place in the totals where an order does not count as its timeline says."""
    memory, labour, _ = _recounted(order, list_steps(order))
    changes = differences(memory.added, figures_of(facts_of(order, memory), labour))
    return [
        f"{name} on {place.day} of {place.technician_id or 'no technician'} changes by {amount}"
        for place, change in changes.items()
        for name, amount in change._asdict().items()
        if amount
    ]


def recount_work_order(work: UnitOfWork, org_id: str, order_id: str) -> bool:
    """Stage that an order counts as its timeline says; return whether it exists.

    The order's version is the condition, so a step that is taken meanwhile is counted in the next attempt.
    """
    order = get(work_order_key(org_id, order_id))
    if order is None:
        return False
    memory, labour, workers = _recounted(order, list_steps(order))
    work.audit(WorkOrder.kind, order.order_id, "WORK_ORDER_RECOUNTED")
    stage_totals(work, order, memory, labour, workers)
    return True


def _recounted(
    order: WorkOrder, events: Sequence[WorkOrderEvent]
) -> tuple[ReportState, dict[DayKey, int], list[Worker]]:
    """Return what an order remembers after a recount, the milliseconds of labour at each place, and who worked.

    An order that was never counted gets the present time zone of its organisation.
    """
    memory = report_state(order)
    if order.report_state is None:
        memory = ReportState(general_settings(get(organisation_key(order.org_id))).timezone)
    labour: dict[DayKey, int] = {}
    start: WorkOrderEvent | None = None
    repair = 0
    for event in events:
        works = event.state == WorkOrderState.IN_PROGRESS
        if event.action == TimelineAction.STARTED:
            repair = 0
        if works and start is None:
            start = event
        elif start is not None and not works:
            spent = to_millis(event.at) - to_millis(start.at)
            place = DayKey(memory.day(event.at), str(start.technician_id))
            labour[place] = labour.get(place, 0) + spent
            repair, start = repair + spent, None
    workers = [Worker(event.technician_id, event.technician_name) for event in events if event.technician_id]
    return msgspec.structs.replace(memory, repair=repair), labour, workers
