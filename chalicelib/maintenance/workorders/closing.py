"""The use cases that close a work order and open it again: finish, cancel, reopen. Its checklist follows."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.maintenance.checklists import service as checklists
from chalicelib.maintenance.checklists.tables import Checklist, checklist_key
from chalicelib.maintenance.reminders.service import routing_values, send_soon
from chalicelib.maintenance.rules import Priority, WorkOrderAction
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.workorders.schemas import WorkOrderFinish
from chalicelib.maintenance.workorders.service import NO_VENDOR, RecordedStep, count_hours, end_hold, move_work_order
from chalicelib.maintenance.workorders.step_schemas import WorkOrderReason
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.maintenance.workorders.timeline import TimelineAction

NO_PHOTO = "a photo of the finished work is required"
_AS_NEW = dict.fromkeys(
    (
        *("technician_id", "technician_name", "assigned_by_id", "assigned_by_name", "assigned_at", "started_at"),
        *("attempt_started_at", "closed_at", "fix_note", *NO_VENDOR),
    )
)


class FinishedWorkOrder(NamedTuple):
    """A work order that is closed, and whether it was the last one that held its checklist back."""

    order: WorkOrder
    released: bool


def finish_work_order(work: UnitOfWork, order: WorkOrder, command: WorkOrderFinish, actor: Actor) -> FinishedWorkOrder:
    """Finish the work. Raise `ValidationFailed` without a photo of it."""
    note = command.fix_note or None
    step = RecordedStep(WorkOrderAction.FINISH, TimelineAction.DONE, note)
    return finish(work, order, actor, step, {"fix_note": note})


def finish(
    work: UnitOfWork, order: WorkOrder, actor: Actor, step: RecordedStep, values: Mapping[str, object]
) -> FinishedWorkOrder:
    """Stage that an order is done. Raise `ValidationFailed` without a photo of the finished work.

    The photo is also a condition of the transaction, because it may be deleted at the same moment.
    """
    if order.completion_photos < 1:
        raise ValidationFailed({"fixPhoto": NO_PHOTO})
    work.update(order, {}, condition=WorkOrder.completion_photos >= 1)
    released = _close(work, order, actor, step, values)
    count_hours(work, order, done=1)
    return FinishedWorkOrder(order, released)


def cancel_work_order(
    work: UnitOfWork, order: WorkOrder, command: WorkOrderReason, actor: Actor, organisation: Organisation | None
) -> FinishedWorkOrder:
    """Cancel an order that is not in progress, with a reason."""
    values = {"cancel_reason": command.reason, **end_hold(work, order, organisation)}
    step = RecordedStep(WorkOrderAction.CANCEL, TimelineAction.CANCELLED, command.reason)
    return FinishedWorkOrder(order, _close(work, order, actor, step, values))


def reopen_work_order(
    work: UnitOfWork, order: WorkOrder, command: WorkOrderReason, actor: Actor, organisation: Organisation | None
) -> WorkOrder:
    """Open an order again that was done; it is as if newly routed and holds its checklist back.

    Raise `Conflict` if the checklist has too many open orders.
    """
    checklist = _checklist_of(order)
    checklists.check_capacity(checklist)
    checklists.hold_checklist_again(work, checklist, order.item_ref, order.order_id)
    due_at = work.now + section_of(organisation, MAINTENANCE).time_allowed(Priority(order.priority))
    values = {**_AS_NEW, "routed_at": work.now, "time_on_hold_ms": 0, **routing_values(order, due_at, work.now)}
    step = RecordedStep(WorkOrderAction.REOPEN, TimelineAction.REOPENED, command.reason)
    move_work_order(work, order, actor, step, values)
    send_soon(work, order)
    return order


def _close(work: UnitOfWork, order: WorkOrder, actor: Actor, step: RecordedStep, values: Mapping[str, object]) -> bool:
    """Stage that an order is closed; return whether that releases its checklist."""
    checklist = _checklist_of(order)
    move_work_order(work, order, actor, step, {**values, "closed_at": work.now})
    return checklists.release_checklist(work, checklist, order.item_ref, order.order_id)


def _checklist_of(order: WorkOrder) -> Checklist:
    checklist = get(checklist_key(order.org_id, order.checklist_ref))
    if checklist is None:
        raise RuntimeError(f"work order {order.order_id} has no checklist")
    return checklist
