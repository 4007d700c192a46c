"""The use cases of work orders: hand one to a technician or a vendor, start, finish, give back.

What is checked has one order everywhere: that the order exists, that it is the caller's to change, that they have seen
its version, that the step is possible in its state, and only then what they sent with it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.identity.tables import ACTIVE, User, role_key, user_key
from chalicelib.maintenance import announce, checklists
from chalicelib.maintenance.access import reached_order
from chalicelib.maintenance.moves import check_step, move
from chalicelib.maintenance.rules import State, Step
from chalicelib.maintenance.schemas import (
    WorkOrderAssignment,
    WorkOrderFinish,
    WorkOrderOutsourcing,
    WorkOrderReturn,
)
from chalicelib.maintenance.tables import WorkOrder, checklist_key
from chalicelib.maintenance.timeline import Action

ASSIGN = "maintenance.workorder.assign"
OUTSOURCE = "maintenance.workorder.outsource"
START = "maintenance.workorder.start"
FINISH = "maintenance.workorder.finish"
RETURN = "maintenance.workorder.return"
NO_PHOTO = "at least one photo of the finished work has to be there"
_NOT_HERE = "must be an active person of this work order's game zone who may carry it out"


def assign(work: UnitOfWork, request: Request[WorkOrderAssignment, Any]) -> WorkOrder:
    """Hand an order to a technician; both they and the one who had it in hand are told.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `Conflict` or `ValidationFailed`.
    """
    order = reached_order(request, request.path["work_order_id"], ASSIGN)
    request.check_version(order)
    to = check_step(order, Step.ASSIGN)
    actor, technician_id = request.actor, request.body.technician_id
    had, was = order.technician_id, State(order.state)
    if was is State.ASSIGNED and technician_id == had:
        raise Conflict("That technician has this work order already.", details={"state": was})
    technician = _technician(work, request, order, technician_id)
    values = {
        "state": to.value,
        "technician_id": technician.user_id,
        "technician_name": technician.full_name,
        "assigned_by_id": actor.user_id,
        "assigned_by_name": actor.full_name,
        "assigned_at": work.now,
        "started_at": None,
    }
    taken_from = had if was is State.ASSIGNED else None
    move(work, order, actor, Action.REASSIGNED if taken_from else Action.ASSIGNED, values)
    announce.assigned(work, order, technician.user_id)
    if taken_from is not None:
        announce.reassigned(work, order, taken_from)
    return order


def outsource(work: UnitOfWork, request: Request[WorkOrderOutsourcing, Any]) -> WorkOrder:
    """Give an order to a vendor; nobody of ours has it any more, and its checklist stays held.

    Raises `NotFound`, `AccessDenied`, `VersionConflict`, `Conflict` or `ValidationFailed`.
    """
    order = reached_order(request, request.path["work_order_id"], OUTSOURCE)
    request.check_version(order)
    to = check_step(order, Step.OUTSOURCE)
    values = {"state": to.value, "vendor": request.body.vendor, "technician_id": None, "technician_name": None}
    note = ": ".join(text for text in (request.body.vendor, request.body.note) if text)
    move(work, order, request.actor, Action.OUTSOURCED, values, note=note)
    return order


def start(work: UnitOfWork, request: Request[Any, Any]) -> WorkOrder:
    """Begin the work.

    Raises `NotFound`, `AccessDenied`, `PreconditionRequired`, `VersionConflict` or `Conflict`.
    """
    order, to = _own_step(request, START, Step.START)
    move(work, order, request.actor, Action.STARTED, {"state": to.value, "started_at": work.now})
    return order


def finish(work: UnitOfWork, request: Request[WorkOrderFinish, Any]) -> tuple[WorkOrder, bool]:
    """Say that the work is done; whether that releases the checklist.

    That there is a photo of it is a condition of the transaction itself, since it may be taken back at this moment.
    Raises `NotFound`, `AccessDenied`, `PreconditionRequired`, `VersionConflict`, `Conflict` or `ValidationFailed`.
    """
    order, to = _own_step(request, FINISH, Step.FINISH)
    flaws = {} if request.flaw is None else dict(request.flaw.fields)
    if order.completion_photos < 1:
        flaws["fixPhoto"] = NO_PHOTO
    if flaws:
        raise ValidationFailed(flaws)
    checklist = get(checklist_key(order.org_id, order.checklist_ref))
    if checklist is None:
        raise RuntimeError(f"work order {order.order_id} has lost its checklist")
    note = request.body.fix_note or None
    work.update(order, {}, condition=WorkOrder.completion_photos >= 1)
    values = {"state": to.value, "closed_at": work.now, "fix_note": note}
    move(work, order, request.actor, Action.DONE, values, note=note)
    return order, checklists.let_go(work, checklist, order.order_id)


def give_back(work: UnitOfWork, request: Request[WorkOrderReturn, Any]) -> WorkOrder:
    """Give an order back with a reason; the team lead is told.

    Raises `NotFound`, `AccessDenied`, `PreconditionRequired`, `VersionConflict`, `Conflict` or `ValidationFailed`.
    """
    order, to = _own_step(request, RETURN, Step.RETURN)
    actor, reason = request.actor, request.body.reason
    values = {
        "state": to.value,
        "returned_by_id": actor.user_id,
        "returned_by_name": actor.full_name,
        "return_reason": reason,
    }
    move(work, order, actor, Action.RETURNED, values, note=reason)
    reports_to = actor.reports_to
    if order.technician_id != actor.user_id:  # somebody whose permission reaches further
        technician = get(user_key(order.org_id, str(order.technician_id)))
        reports_to = None if technician is None else technician.reports_to
    for lead_id in announce.leads_of(order, actor.user_id, reports_to):
        announce.returned(work, order, lead_id)
    return order


def _own_step(request: Request[Any, Any], permission: str, step: Step) -> tuple[WorkOrder, State]:
    """An order of the caller's whose version they name, and where the step leads."""
    order = reached_order(request, request.path["work_order_id"], permission)
    request.check_version(order)
    return order, check_step(order, step)


def _technician(work: UnitOfWork, request: Request[Any, Any], order: WorkOrder, technician_id: str) -> User:
    """Somebody who can be given this order, and still can when it is. Raises `ValidationFailed`.

    Who is a technician is no name of a role: it is who may start an order.
    """
    where = user_key(order.org_id, technician_id)
    technician = request.read(where)
    refused = ValidationFailed({"technicianId": _NOT_HERE})
    if technician is None or technician.status != ACTIVE or technician.game_zone != order.game_zone:
        raise refused
    role = get(role_key(order.org_id, technician.role))
    if role is None or START not in role.permissions:
        raise refused
    unchanged = (User.status == ACTIVE) & (User.game_zone == order.game_zone) & (User.role == technician.role)
    work.check_condition(where, unchanged, refused)
    return technician
