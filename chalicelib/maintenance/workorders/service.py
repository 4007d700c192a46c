"""The use cases of work orders: route, assign, outsource, start, finish, return.

The pipeline has checked that the order exists, that the caller's scope covers it, that its version is the expected one,
and that its state allows the step.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.transitions import transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import ACTIVE, Organisation, User, user_key
from chalicelib.identity.roles.tables import role_key
from chalicelib.identity.settings import section_of
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists import service as checklists
from chalicelib.maintenance.checklists.tables import Checklist, Ride, checklist_key, ride_key
from chalicelib.maintenance.rules import WORK_ORDER, Holder, WorkOrderAction, WorkOrderState, count_shifts
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.workorders import events
from chalicelib.maintenance.workorders.schemas import (
    CreateWorkOrder,
    WorkOrderAssignment,
    WorkOrderFinish,
    WorkOrderOutsourcing,
    WorkOrderReturn,
)
from chalicelib.maintenance.workorders.tables import (
    WORK_ORDER_HOURS,
    TechnicianCounts,
    WorkOrder,
    WorkOrderEvent,
    counts_key,
    index_keys,
    place_in_ride,
    ride_list,
    work_order_key,
)
from chalicelib.maintenance.workorders.timeline import TimelineAction, record_event

NO_PHOTO = "a photo of the finished work is required"
_NO_TECHNICIAN = "must be an active technician of this work order's game zone"


class RoutedWorkOrder(NamedTuple):
    """A new work order and the first event of its timeline."""

    order: WorkOrder
    event: WorkOrderEvent


class FinishedWorkOrder(NamedTuple):
    """A finished work order, and whether it was the last one that held its checklist back."""

    order: WorkOrder
    released: bool


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
    checklist of another game zone, `Conflict` if the checklist has too many open orders, and `ValidationFailed` for an
    item that it does not have.
    """
    ride = checklists.require_ride(actor, permissions.CREATE, get(ride_key(actor.org_id, checklist.ride_code)))
    checklists.check_capacity(checklist)
    finding = Finding(checklist, ride, checklists.require_item(checklist, command.item_ref))
    settings = section_of(organisation, MAINTENANCE)
    planned = planned or PlannedWorkOrder(work.ids.new(), work.now + settings.time_allowed(command.priority))
    order = _new_order(work, command, actor, finding, planned=planned, soon=settings.soon)
    work.audit(WorkOrder.kind, order.order_id, "WORK_ORDER_ROUTED")
    work.create(order)
    _count(work, order, created=1)
    return RoutedWorkOrder(order, record_event(work, order, actor, TimelineAction.ROUTED, command.instructions))


def assign_work_order(
    work: UnitOfWork, order: WorkOrder, command: WorkOrderAssignment, actor: Actor, technician: User | None
) -> WorkOrder:
    """Assign an order to a technician; the technician and the previous one are notified.

    Raise `Conflict` if the technician has it already, and `ValidationFailed` if the person cannot be assigned it.
    """
    state, previous = WorkOrderState(order.state), order.technician_id
    if state is WorkOrderState.ASSIGNED and command.technician_id == previous:
        missing = ["it is assigned to that technician already"]
        raise transition_conflict(WORK_ORDER, state, WorkOrderAction.ASSIGN, missing=missing)
    technician = _require_technician(work, order, technician)
    values = {
        "state": WorkOrderState.ASSIGNED.value,
        "technician_id": technician.user_id,
        "technician_name": technician.full_name,
        "assigned_by_id": actor.user_id,
        "assigned_by_name": actor.full_name,
        "assigned_at": work.now,
        "started_at": None,
        "attempt_started_at": None,
    }
    taken_from = previous if state is WorkOrderState.ASSIGNED else None
    action = TimelineAction.REASSIGNED if taken_from else TimelineAction.ASSIGNED
    _move(work, order, actor, action, values)
    events.notify_assigned(work, order, technician.user_id)
    if taken_from is not None:
        events.notify_reassigned(work, order, taken_from)
    return order


def outsource_work_order(work: UnitOfWork, order: WorkOrder, command: WorkOrderOutsourcing, actor: Actor) -> WorkOrder:
    """Give an order to a vendor; it has no technician then, and its checklist stays held."""
    values = {
        "state": WorkOrderState.OUTSOURCED.value,
        "vendor": command.vendor,
        **_new_attempt(work, order),
        "technician_id": None,
        "technician_name": None,
    }
    note = ": ".join(text for text in (command.vendor, command.note) if text)
    _move(work, order, actor, TimelineAction.OUTSOURCED, values, note=note)
    return order


def start_work_order(work: UnitOfWork, order: WorkOrder, actor: Actor) -> WorkOrder:
    """Start the work."""
    values = {"state": WorkOrderState.IN_PROGRESS.value, "started_at": work.now, **_new_attempt(work, order)}
    _move(work, order, actor, TimelineAction.STARTED, values)
    return order


def finish_work_order(work: UnitOfWork, order: WorkOrder, command: WorkOrderFinish, actor: Actor) -> FinishedWorkOrder:
    """Finish the work.

    Raise `ValidationFailed` without a photo of it. The photo is also a condition of the transaction, because it may be
    deleted at the same moment.
    """
    if order.completion_photos < 1:
        raise ValidationFailed({"fixPhoto": NO_PHOTO})
    checklist = get(checklist_key(order.org_id, order.checklist_ref))
    if checklist is None:
        raise RuntimeError(f"work order {order.order_id} has no checklist")
    note = command.fix_note or None
    work.update(order, {}, condition=WorkOrder.completion_photos >= 1)
    values = {"state": WorkOrderState.DONE.value, "closed_at": work.now, "fix_note": note}
    _move(work, order, actor, TimelineAction.DONE, values, note=note)
    _count(work, order, done=1)
    return FinishedWorkOrder(order, checklists.release_checklist(work, checklist, order.order_id))


def return_work_order(work: UnitOfWork, order: WorkOrder, command: WorkOrderReturn, actor: Actor) -> WorkOrder:
    """Return an order to the team lead with a reason; the team leads are notified."""
    values = {
        "state": WorkOrderState.RETURNED.value,
        "returned_by_id": actor.user_id,
        "returned_by_name": actor.full_name,
        "return_reason": command.reason,
    }
    _move(work, order, actor, TimelineAction.RETURNED, values, note=command.reason)
    reports_to = actor.reports_to
    if order.technician_id != actor.user_id:  # the caller's scope is wider than their own orders
        technician = get(user_key(order.org_id, str(order.technician_id)))
        reports_to = None if technician is None else technician.reports_to
    for lead_id in events.team_leads(order, actor.user_id, reports_to):
        events.notify_returned(work, order, lead_id)
    return order


def _new_attempt(work: UnitOfWork, order: WorkOrder) -> Mapping[str, object]:
    """Return the values with which an attempt begins: photos of the finished work are counted anew."""
    return {"attempt_started_at": work.now, "attempts": order.attempts + 1, "completion_photos": 0}


def _move(
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


def _count(work: UnitOfWork, order: WorkOrder, **amounts: int) -> None:
    """Stage the hourly counts of the organisation and of the order's game zone."""
    WORK_ORDER_HOURS.count(work, order.org_id, **amounts)
    WORK_ORDER_HOURS.count(work, order.org_id, order.game_zone, **amounts)


def _require_technician(work: UnitOfWork, order: WorkOrder, technician: User | None) -> User:
    """Return the technician if the order can be assigned to them, also at the commit. Raise `ValidationFailed`.

    A technician is a user whose role has the permission to start a work order.
    """
    refused = ValidationFailed({"technicianId": _NO_TECHNICIAN})
    if technician is None or technician.status != ACTIVE or technician.game_zone != order.game_zone:
        raise refused
    role = get(role_key(order.org_id, technician.role))
    if role is None or permissions.START not in role.permissions:
        raise refused
    unchanged = (User.status == ACTIVE) & (User.game_zone == order.game_zone) & (User.role == technician.role)
    work.check_condition(user_key(order.org_id, technician.user_id), unchanged, refused)
    return technician


def _new_order(
    work: UnitOfWork,
    command: CreateWorkOrder,
    actor: Actor,
    finding: Finding,
    *,
    planned: PlannedWorkOrder,
    soon: timedelta,
) -> WorkOrder:
    """Return the new order; it holds its checklist back."""
    checklist, ride, item = finding
    order_id, due_at = planned
    order = work_order_key(actor.org_id, order_id).new(
        order_id=order_id,
        org_id=actor.org_id,
        code=checklists.hold_checklist(work, checklist, order_id),
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
        notice_at=due_at - soon,
        created_at=work.now,
        updated_at=work.now,
        list_key=ride_list(actor.org_id, ride.code),
    )
    order.place = place_in_ride(order)
    for name, value in index_keys(order).items():
        setattr(order, name, value)
    return order
