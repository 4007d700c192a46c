"""The change of a work order's state with everything that follows from it: index keys, counts, timeline."""

from collections.abc import Mapping

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.rules import Holder, WorkOrderState, count_shifts
from chalicelib.maintenance.workorders.tables import TechnicianCounts, WorkOrder, counts_key, index_keys
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event


def move_work_order(
    work: UnitOfWork,
    order: WorkOrder,
    actor: Actor,
    action: TimelineAction,
    values: Mapping[str, object],
    *,
    note: str | None = None,
) -> None:
    """Stage an order's new values, `state` among them, and everything that follows from state and technician."""
    before: Holder = (order.technician_id, WorkOrderState(order.state))
    work.update(order, {**values, "updated_at": work.now})
    work.update(order, index_keys(order))
    _shift_counts(work, order, before)
    record_event(work, order, actor, action, note)


def _shift_counts(work: UnitOfWork, order: WorkOrder, before: Holder) -> None:
    """Stage the counts of the technician who had the order and of the one who has it now."""
    after: Holder = (order.technician_id, WorkOrderState(order.state))
    for technician_id, shifts in count_shifts(before, after).items():
        actions = [getattr(TechnicianCounts, name).add(by) for name, by in shifts.items()]
        work.update_unread(counts_key(order.org_id, technician_id, order.game_zone), actions=actions, audited=False)
