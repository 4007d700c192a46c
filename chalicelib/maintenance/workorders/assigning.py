"""The use cases of who has a work order: assign it to a technician, and return it to the lead."""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.transitions import transition_conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import ACTIVE, Organisation, User, user_key
from chalicelib.maintenance import permissions
from chalicelib.maintenance.reminders.queries import can_work_on, find_team_leads
from chalicelib.maintenance.rules import HELD_BY_TECHNICIAN, WORK_ORDER, WorkOrderAction, WorkOrderState
from chalicelib.maintenance.workorders import events
from chalicelib.maintenance.workorders.schemas import WorkOrderAssignment, WorkOrderReturn
from chalicelib.maintenance.workorders.service import RecordedStep, end_hold, move_work_order
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.maintenance.workorders.timeline import TimelineAction

_NO_TECHNICIAN = "must be an active technician of this work order's game zone"
_NOT_GONE = "Its technician can return it; you can assign it to another."


def assign_work_order(
    work: UnitOfWork,
    order: WorkOrder,
    command: WorkOrderAssignment,
    actor: Actor,
    *,
    technician: User | None,
    organisation: Organisation | None,
) -> WorkOrder:
    """Assign an order to a technician; the technician and the previous one are notified.

    Raise `Conflict` if the technician has it already, and `ValidationFailed` if the person cannot be assigned it.
    """
    state = WorkOrderState(order.state)
    taken_from = order.technician_id if state in HELD_BY_TECHNICIAN else None
    if command.technician_id == taken_from:
        missing = ["it is assigned to that technician already"]
        raise transition_conflict(WORK_ORDER, state, WorkOrderAction.ASSIGN, missing=missing)
    technician = _require_technician(work, order, technician)
    values = {
        "technician_id": technician.user_id,
        "technician_name": technician.full_name,
        "assigned_by_id": actor.user_id,
        "assigned_by_name": actor.full_name,
        "assigned_at": work.now,
        "started_at": None,
        "attempt_started_at": None,
        **end_hold(work, order, organisation),
    }
    recorded_as = TimelineAction.REASSIGNED if taken_from else TimelineAction.ASSIGNED
    move_work_order(work, order, actor, RecordedStep(WorkOrderAction.ASSIGN, recorded_as), values)
    events.notify_assigned(work, order, technician.user_id)
    if taken_from is not None:
        events.notify_reassigned(work, order, taken_from)
    return order


def return_work_order(
    work: UnitOfWork, order: WorkOrder, command: WorkOrderReturn, actor: Actor, organisation: Organisation | None
) -> WorkOrder:
    """Return an order to the team lead with a reason; the team leads are notified.

    Raise `AccessDenied` for a lead whose technician can do that themselves.
    """
    reports_to = actor.reports_to
    if order.technician_id != actor.user_id:  # the caller's scope is wider than their own orders
        technician = get(user_key(order.org_id, str(order.technician_id)))
        reports_to = None if technician is None else technician.reports_to
        _require_return_by_lead(order, actor, technician)
    values = {
        "returned_by_id": actor.user_id,
        "returned_by_name": actor.full_name,
        "return_reason": command.reason,
        **end_hold(work, order, organisation),
    }
    step = RecordedStep(WorkOrderAction.RETURN, TimelineAction.RETURNED, command.reason)
    move_work_order(work, order, actor, step, values)
    leads = find_team_leads(order, reports_to, work.clock)
    events.notify_returned(work, order, [lead_id for lead_id in leads if lead_id != actor.user_id])
    return order


def _require_return_by_lead(order: WorkOrder, actor: Actor, technician: User | None) -> None:
    """Raise `AccessDenied` if the scope is a zone, the order is not on hold and its technician is not gone."""
    is_limited = actor.scope(permissions.RETURN) == "zone" and order.state != WorkOrderState.ON_HOLD
    if is_limited and can_work_on(order, technician):
        raise AccessDenied(_NOT_GONE, details={"permission": permissions.RETURN})


def _require_technician(work: UnitOfWork, order: WorkOrder, technician: User | None) -> User:
    """Return the technician if the order can be assigned to them, also at the commit. Raise `ValidationFailed`.

    A technician is a user whose role has the permission to start a work order.
    """
    refused = ValidationFailed({"technicianId": _NO_TECHNICIAN})
    if technician is None or not can_work_on(order, technician):
        raise refused
    unchanged = (User.status == ACTIVE) & (User.game_zone == order.game_zone) & (User.role == technician.role)
    work.check_condition(user_key(order.org_id, technician.user_id), unchanged, refused)
    return technician
