"""The use cases of work orders that leave them open: make, start, edit, hold and resume; and what every step stages.

The other steps are in modules of their own: `assigning`, `closing`, `vendors`. The pipeline has checked that the order
exists, that the caller's scope covers it, that its version is the expected one, and that its state allows the step.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists import service as checklists
from chalicelib.maintenance.checklists.tables import Checklist, Ride, ride_key
from chalicelib.maintenance.reminders.service import due_values, same, send_soon
from chalicelib.maintenance.reports.totals import count_new_order, count_step, snapshot_of
from chalicelib.maintenance.rules import (
    Holder,
    WorkOrderAction,
    WorkOrderState,
    done_shifts,
    due_date,
    target_state,
)
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.technicians.tables import TechnicianCounts, counts_key
from chalicelib.maintenance.workorders.errors import DuplicateWorkOrder
from chalicelib.maintenance.workorders.schemas import CreateWorkOrder, CurrentHold
from chalicelib.maintenance.workorders.step_schemas import WorkOrderEdit, WorkOrderHold
from chalicelib.maintenance.workorders.tables import (
    WORK_ORDER_HOURS,
    WorkOrder,
    WorkOrderEvent,
    index_keys,
    place_in_ride,
    ride_list,
    routing_time,
    work_order_key,
)
from chalicelib.maintenance.workorders.timeline import NO_DETAILS, TimelineAction, record_event

NO_VENDOR: Mapping[str, None] = dict.fromkeys(("vendor", "vendor_note", "vendor_cost", "vendor_currency", "sla_due_at"))
"""The values of an order that no vendor has."""

_MILLISECOND = timedelta(milliseconds=1)


class RoutedWorkOrder(NamedTuple):
    """A new work order and the first event of its timeline."""

    order: WorkOrder
    event: WorkOrderEvent


class Finding(NamedTuple):
    """What has to be repaired: an item `{item_ref, text, note}` of the checklist of a ride."""

    checklist: Checklist
    ride: Ride
    item: Mapping[str, Any]


class PlannedWorkOrder(NamedTuple):
    """The id and the due date of a work order that follows from a schedule."""

    order_id: str
    due_at: datetime


def create_work_order(
    work: UnitOfWork,
    checklist: Checklist,
    command: CreateWorkOrder,
    actor: Actor,
    organisation: Organisation | None,
    *,
    planned: PlannedWorkOrder | None = None,
) -> RoutedWorkOrder:
    """Make a work order of an item of a checklist, which it holds back from now on.

    Unless it is `planned`, its id is new and its due date follows from the priority. Raise `AccessDenied` for a
    checklist of another game zone, `Conflict` if the checklist has too many open orders, `DuplicateWorkOrder` if the
    item has one and the command does not allow another, and `ValidationFailed` for an item that it does not have.
    """
    ride = checklists.require_ride(actor, permissions.CREATE, get(ride_key(actor.org_id, checklist.ride_code)))
    checklists.check_capacity(checklist)
    finding = Finding(checklist, ride, checklists.require_item(checklist, command.item_ref))
    existing = checklists.find_open_order(checklist, command.item_ref)
    if existing is not None and planned is None and not command.allow_duplicate:
        raise DuplicateWorkOrder(existing)
    settings = section_of(organisation, MAINTENANCE)
    planned = planned or PlannedWorkOrder(work.ids.new(), work.now + settings.time_allowed(command.priority))
    order = _new_order(work, command, actor, finding, planned=planned)
    work.audit(WorkOrder.kind, order.order_id, "WORK_ORDER_ROUTED")
    work.create(order)
    send_soon(work, order)
    count_hours(work, order, created=1)
    count_new_order(work, order, general_settings(organisation).timezone)
    return RoutedWorkOrder(order, record_event(work, order, actor, TimelineAction.ROUTED, command.instructions))


def start_work_order(work: UnitOfWork, order: WorkOrder, actor: Actor) -> WorkOrder:
    """Start the work."""
    values = {"started_at": work.now, **new_attempt(work, order)}
    move_work_order(work, order, actor, RecordedStep(WorkOrderAction.START, TimelineAction.STARTED), values)
    return order


def edit_work_order(
    work: UnitOfWork, order: WorkOrder, command: WorkOrderEdit, actor: Actor, organisation: Organisation | None
) -> WorkOrder:
    """Change priority and instructions of an open order. Its due date follows from a new priority."""
    values: dict[str, object] = {}
    notes: list[str] = []
    if command.priority is not UNSET and command.priority != order.priority:
        notes.append(f"{order.priority} -> {command.priority.value}")
        allowed = section_of(organisation, MAINTENANCE).time_allowed(command.priority)
        due_at = due_date(routing_time(order), allowed, order.time_on_hold_ms * _MILLISECOND)
        values |= {"priority": command.priority.value, "sla_due_at": None, **due_values(order, due_at, organisation)}
    if command.instructions is not UNSET and (command.instructions or None) != order.instructions:
        notes.append(command.instructions or "Instructions removed")
        values["instructions"] = command.instructions or None
    if not values:
        return order
    step = RecordedStep(WorkOrderAction.EDIT, TimelineAction.EDITED, ": ".join(notes))
    move_work_order(work, order, actor, step, values)
    return order


def hold_work_order(work: UnitOfWork, order: WorkOrder, command: WorkOrderHold, actor: Actor) -> WorkOrder:
    """Put an order on hold, with a reason; its clock stands until it is resumed, assigned to another or returned.

    Raise `ValidationFailed` if the expected end has passed already.
    """
    require_future(work, "until", command.until)
    hold = msgspec.to_builtins(CurrentHold(command.reason, work.now, command.until))
    values = {"held_state": order.state, "held_at": work.now, "hold": hold}
    details = {"hold_reason": command.reason.value, "hold_until": command.until}
    step = RecordedStep(WorkOrderAction.HOLD, TimelineAction.HELD, command.note or None, details)
    move_work_order(work, order, actor, step, values)
    return order


def resume_work_order(work: UnitOfWork, order: WorkOrder, actor: Actor, organisation: Organisation | None) -> WorkOrder:
    """Resume an order in the state that it had before the hold; its due date moves by the time on hold."""
    values = end_hold(work, order, organisation)
    move_work_order(work, order, actor, RecordedStep(WorkOrderAction.RESUME, TimelineAction.RESUMED), values)
    return order


# --- what the steps share ----------------------------------------------------------------------------------------


class RecordedStep(NamedTuple):
    """A step of an order: the action, how the timeline names it, its note there, and further values of the event."""

    action: WorkOrderAction
    recorded_as: TimelineAction
    note: str | None = None
    details: Mapping[str, object] = NO_DETAILS


def move_work_order(
    work: UnitOfWork, order: WorkOrder, actor: Actor, step: RecordedStep, values: Mapping[str, object]
) -> None:
    """Stage an order's new state and values, everything that follows from them, and the event of its timeline.

    The moment of the next notice changes only if no notice was sent meanwhile.
    """
    as_read = same(WorkOrder.notice_at, order.notice_at) if "notice_at" in values else None
    before: Holder = (order.technician_id, WorkOrderState(order.state))
    counted = snapshot_of(order)
    state = target_state(before[1], step.action, order.held_state)
    worked = _time_worked(work, order, state)
    work.update(order, {**values, **worked, "state": state.value, "updated_at": work.now}, condition=as_read)
    work.update(order, index_keys(order))
    _count_done(work, order, before)
    count_step(work, order, counted)
    record_event(work, order, actor, step.recorded_as, step.note, details=step.details)


def end_hold(work: UnitOfWork, order: WorkOrder, organisation: Organisation | None) -> dict[str, object]:
    """Return the values of an order whose hold ends now, if it is on hold: its due date moves by the time on hold."""
    if order.held_at is None:
        return {}
    held = work.now - order.held_at
    return {
        "held_state": None,
        "held_at": None,
        "hold": None,
        "time_on_hold_ms": order.time_on_hold_ms + held // _MILLISECOND,
        **due_values(order, order.due_at + held, organisation),
    }


def new_attempt(work: UnitOfWork, order: WorkOrder) -> dict[str, object]:
    """Return the values with which an attempt begins: photos of the finished work are counted anew."""
    return {"attempt_started_at": work.now, "attempts": order.attempts + 1, "completion_photos": 0}


def require_future(work: UnitOfWork, field: str, moment: datetime | None) -> None:
    """Raise `ValidationFailed` for a moment that has passed."""
    if moment is not None and moment <= work.now:
        raise ValidationFailed({field: "must be in the future"})


def count_hours(work: UnitOfWork, order: WorkOrder, **amounts: int) -> None:
    """Stage the hourly counts of the organisation and of the order's game zone."""
    WORK_ORDER_HOURS.count(work, order.org_id, **amounts)
    WORK_ORDER_HOURS.count(work, order.org_id, order.game_zone, **amounts)


def _time_worked(work: UnitOfWork, order: WorkOrder, state: WorkOrderState) -> dict[str, object]:
    """Return the values of the time worked when an order begins or ceases to be in progress."""
    in_progress = WorkOrderState.IN_PROGRESS
    if (order.state == in_progress) == (state is in_progress):
        return {}
    if state is in_progress:
        return {"working_since": work.now}
    # Orders that earlier versions started have no `working_since`.
    worked = work.now - (order.working_since or order.attempt_started_at or work.now)
    return {"working_since": None, "worked_ms": order.worked_ms + worked // _MILLISECOND}


def _count_done(work: UnitOfWork, order: WorkOrder, before: Holder) -> None:
    """Stage the count of done orders of the technician who had the order or has it now."""
    after: Holder = (order.technician_id, WorkOrderState(order.state))
    for technician_id, by in done_shifts(before, after).items():
        target = counts_key(order.org_id, technician_id, order.game_zone)
        work.update_unread(target, actions=[TechnicianCounts.done.add(by)], audited=False)


def _new_order(
    work: UnitOfWork,
    command: CreateWorkOrder,
    actor: Actor,
    finding: Finding,
    *,
    planned: PlannedWorkOrder,
) -> WorkOrder:
    """Return the new order; it holds its checklist back."""
    checklist, ride, item = finding
    order_id, due_at = planned
    order = work_order_key(actor.org_id, order_id).new(
        order_id=order_id,
        org_id=actor.org_id,
        code=checklists.hold_checklist(work, checklist, command.item_ref, order_id),
        state=WorkOrderState.ROUTED.value,
        priority=command.priority.value,
        game_zone=ride.game_zone,
        ride_code=ride.code,
        ride_name=ride.name,
        checklist_ref=checklist.checklist_ref,
        checklist_name=checklist.name,
        item_ref=command.item_ref,
        item_text=item["text"],
        item_note=item.get("note"),
        instructions=command.instructions,
        routed_by_id=actor.user_id,
        routed_by_name=actor.full_name,
        due_at=due_at,
        notice_at=work.now,
        routing_notice=True,
        routed_at=work.now,
        created_at=work.now,
        updated_at=work.now,
        list_key=ride_list(actor.org_id, ride.code),
    )
    order.place = place_in_ride(order)
    for name, value in index_keys(order).items():
        setattr(order, name, value)
    return order
