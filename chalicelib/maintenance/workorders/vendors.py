"""The use cases of vendors: give a work order to one, record that it is done, and recall it."""

from chalicelib.core.actor import Actor
from chalicelib.core.decimals import to_decimal
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.maintenance.reminders.service import due_values, routing_values, send_soon
from chalicelib.maintenance.rules import WorkOrderAction
from chalicelib.maintenance.workorders.closing import FinishedWorkOrder, finish
from chalicelib.maintenance.workorders.service import (
    NO_VENDOR,
    RecordedStep,
    move_work_order,
    new_attempt,
    require_future,
)
from chalicelib.maintenance.workorders.step_schemas import VendorReport, WorkOrderOutsourcing
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.maintenance.workorders.timeline import TimelineAction


def outsource_work_order(
    work: UnitOfWork,
    order: WorkOrder,
    command: WorkOrderOutsourcing,
    actor: Actor,
    organisation: Organisation | None,
) -> WorkOrder:
    """Give an order to a vendor; it has no technician then, and its checklist stays held.

    Raise `ValidationFailed` for a due date that has passed.
    """
    require_future(work, "dueAt", command.due_at)
    values = {
        "vendor": command.vendor,
        "vendor_note": command.note or None,
        **new_attempt(work, order),
        "technician_id": None,
        "technician_name": None,
    }
    if command.due_at is not None:
        values |= {"sla_due_at": order.due_at, **due_values(order, command.due_at, organisation)}
    note = ": ".join(text for text in (command.vendor, command.note) if text)
    move_work_order(
        work, order, actor, RecordedStep(WorkOrderAction.OUTSOURCE, TimelineAction.OUTSOURCED, note), values
    )
    return order


def record_vendor_done(work: UnitOfWork, order: WorkOrder, command: VendorReport, actor: Actor) -> FinishedWorkOrder:
    """Record that the vendor has done the work. Raise `ValidationFailed` without a photo of it."""
    cost = None if command.cost is None else to_decimal(command.cost)
    values = {"fix_note": command.fix_note, "vendor_cost": cost, "vendor_currency": command.currency}
    step = RecordedStep(WorkOrderAction.FINISH_BY_VENDOR, TimelineAction.VENDOR_DONE, command.fix_note)
    return finish(work, order, actor, step, values)


def recall_work_order(work: UnitOfWork, order: WorkOrder, actor: Actor) -> WorkOrder:
    """Take an order back from a vendor; it is as if newly routed, and the due date of its priority is back."""
    values = {
        **NO_VENDOR,
        "attempt_started_at": None,
        **routing_values(order, order.sla_due_at or order.due_at, work.now),
    }
    step = RecordedStep(WorkOrderAction.RECALL, TimelineAction.RECALLED, order.vendor)
    move_work_order(work, order, actor, step, values)
    send_soon(work, order)
    return order
