"""Endpoints of the steps of a work order that is in a technician's hands, and how every step is declared.

Which states allow a step is the table of `rules.py`, which permission it needs that of `permissions.py`.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.core.errors import AccessDenied
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.resources import ORGANISATION, TECHNICIAN, WORK_ORDER
from chalicelib.maintenance.rules import WorkOrderAction, WorkOrderState
from chalicelib.maintenance.workorders import assigning, closing, examples, service, views
from chalicelib.maintenance.workorders.schemas import (
    WorkOrderAssigned,
    WorkOrderAssignment,
    WorkOrderDone,
    WorkOrderFinish,
    WorkOrderMoved,
    WorkOrderReturn,
    WorkOrderStarted,
)
from chalicelib.maintenance.workorders.step_schemas import WorkOrderHold, WorkOrderRescheduled
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")

Handler = Callable[..., Any]


def declare_step(
    to: Routes, action: WorkOrderAction, audit_action: str, **declared: Any
) -> Callable[[Handler], Handler]:
    """Return the decorator of a step's route; who may take the step is in the table of permissions."""
    address = "" if action is WorkOrderAction.EDIT else f"/{action}"
    return to.patch(
        f"/v1/work-orders/{{work_order_id}}{address}",
        permission=permissions.STEPS[action],
        resource=WORK_ORDER,
        transition=action,
        versioned=True,
        audit_target=AuditTarget(WorkOrder.kind, audit_action, "work_order_id"),
        **declared,
    )


@declare_step(
    routes,
    WorkOrderAction.ASSIGN,
    "WORK_ORDER_ASSIGNED",
    related={"technician": TECHNICIAN, "organisation": ORGANISATION},
    body=WorkOrderAssignment,
    returns=WorkOrderAssigned,
    view=views.assigned_view,
    examples={"response": {"state": WorkOrderState.ASSIGNED, "version": 2, **examples.TECHNICIAN}},
)
def assign_work_order(request: Request[WorkOrderAssignment, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Assign a work order to a technician of its game zone, or take it from one and assign it to another.

    The technician is notified (`WO_ASSIGNED`), and so is the one who had it (`WO_REASSIGNED`), whether it was started
    or on hold. A hold ends. A returned work order can be assigned again, also to who returned it.
    """
    technician, organisation = request.related["technician"], request.related["organisation"]
    return assigning.assign_work_order(
        work, request.resource, request.body, request.actor, technician=technician, organisation=organisation
    )


@declare_step(
    routes,
    WorkOrderAction.START,
    "WORK_ORDER_STARTED",
    returns=WorkOrderStarted,
    view=views.started_view,
    if_match="required",
    examples={"response": {"state": WorkOrderState.IN_PROGRESS, "version": 3}},
)
def start_work_order(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Start an assigned work order.

    A repeated request is 409 unless it has the same `Idempotency-Key`.
    """
    return service.start_work_order(work, request.resource, request.actor)


@declare_step(
    routes,
    WorkOrderAction.HOLD,
    "WORK_ORDER_HELD",
    body=WorkOrderHold,
    returns=WorkOrderMoved,
    view=views.moved_view,
    examples={
        "request": {"reason": "PARTS", "note": "Latch ordered.", "until": "2026-03-16T08:00:00Z"},
        "response": {"state": WorkOrderState.ON_HOLD, "version": 4},
    },
)
def hold_work_order(request: Request[WorkOrderHold, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Put a work order on hold, with a reason, before or after starting it.

    Its clock stands until the hold ends, and it is not overdue meanwhile. It stays with its technician.
    """
    return service.hold_work_order(work, request.resource, request.body, request.actor)


@declare_step(
    routes,
    WorkOrderAction.RESUME,
    "WORK_ORDER_RESUMED",
    related={"organisation": ORGANISATION},
    returns=WorkOrderRescheduled,
    view=views.rescheduled_view,
    examples={"response": {"state": WorkOrderState.IN_PROGRESS, "version": 5, "dueAt": "2026-03-16T13:56:53Z"}},
)
def resume_work_order(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Resume a work order that is on hold, in the state that it had before.

    Its due date moves by the time on hold.
    """
    organisation = request.related["organisation"]
    return service.resume_work_order(work, request.resource, request.actor, organisation)


@declare_step(
    routes,
    WorkOrderAction.FINISH,
    "WORK_ORDER_DONE",
    body=WorkOrderFinish,
    returns=WorkOrderDone,
    view=views.finished_view,
    if_match="required",
    examples={
        "request": {"fixNote": "Latch replaced."},
        "response": {"state": WorkOrderState.DONE, "version": 4, "closedAt": "2026-03-14T11:02:40Z"},
    },
)
def finish_work_order(
    request: Request[WorkOrderFinish, Empty, WorkOrder], work: UnitOfWork
) -> closing.FinishedWorkOrder:
    """Finish a started work order.

    It needs at least one photo of the kind `COMPLETION`, otherwise the response is 422 with `fields.fixPhoto`. If it
    was the last open work order of its checklist, the checklist is released. Its photos cannot be changed any more.
    """
    return closing.finish_work_order(work, request.resource, request.body, request.actor)


@declare_step(
    routes,
    WorkOrderAction.RETURN,
    "WORK_ORDER_RETURNED",
    related={"organisation": ORGANISATION},
    body=WorkOrderReturn,
    returns=WorkOrderMoved,
    view=views.moved_view,
    if_match="required",
    errors=[AccessDenied],
    examples={
        "request": {"reason": "Needs a lift that we do not have."},
        "response": {"state": WorkOrderState.RETURNED, "version": 4},
    },
)
def return_work_order(request: Request[WorkOrderReturn, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Return a work order with a reason, before or after starting it, or on hold.

    The team leads are notified (`WO_RETURNED`): who assigned it, and the technician's superior; if neither can read it
    any more, the leads of its game zone. It stays in the technician's list until it is assigned again. A lead, whose
    permission has the scope `zone`, can return one that is on hold, or whose technician is disabled, in another game
    zone or no technician any more; others are 403.
    """
    organisation = request.related["organisation"]
    return assigning.return_work_order(work, request.resource, request.body, request.actor, organisation)
