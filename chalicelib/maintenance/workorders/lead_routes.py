"""Endpoints of the steps of work orders that only leads take."""

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance.resources import ORGANISATION
from chalicelib.maintenance.rules import WorkOrderAction, WorkOrderState
from chalicelib.maintenance.workorders import closing, service, vendors, views
from chalicelib.maintenance.workorders.schemas import WorkOrderDone, WorkOrderMoved
from chalicelib.maintenance.workorders.step_routes import declare_step
from chalicelib.maintenance.workorders.step_schemas import (
    VendorReport,
    WorkOrderCancelled,
    WorkOrderEdit,
    WorkOrderEdited,
    WorkOrderOutsourcing,
    WorkOrderReason,
    WorkOrderRescheduled,
)
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")


@declare_step(
    routes,
    WorkOrderAction.OUTSOURCE,
    "WORK_ORDER_OUTSOURCED",
    related={"organisation": ORGANISATION},
    body=WorkOrderOutsourcing,
    returns=WorkOrderMoved,
    view=views.moved_view,
    examples={
        "request": {"vendor": "Vekoma Service", "note": "Quote 2026-118", "dueAt": "2026-03-20T16:00:00Z"},
        "response": {"state": WorkOrderState.OUTSOURCED, "version": 2},
    },
)
def outsource_work_order(request: Request[WorkOrderOutsourcing, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Give a work order that is new or was returned to a vendor.

    It has no technician then, and its checklist stays held. With `dueAt` that is its due date until it is recalled. No
    user is notified.
    """
    organisation = request.related["organisation"]
    return vendors.outsource_work_order(work, request.resource, request.body, request.actor, organisation)


@declare_step(
    routes,
    WorkOrderAction.FINISH_BY_VENDOR,
    "WORK_ORDER_VENDOR_DONE",
    body=VendorReport,
    returns=WorkOrderDone,
    view=views.finished_view,
    examples={
        "request": {"fixNote": "Latch replaced.", "cost": 480.5, "currency": "EUR"},
        "response": {"state": WorkOrderState.DONE, "version": 4, "closedAt": "2026-03-19T11:02:40Z"},
    },
)
def record_vendor_done(request: Request[VendorReport, Empty, WorkOrder], work: UnitOfWork) -> closing.FinishedWorkOrder:
    """Record that the vendor has done the work of a work order, and what it cost.

    It needs at least one photo of the kind `COMPLETION` that was added since the vendor got the work order, otherwise
    the response is 422 with `fields.fixPhoto`. If it was the last open work order of its checklist, the checklist is
    released.
    """
    return vendors.record_vendor_done(work, request.resource, request.body, request.actor)


@declare_step(
    routes,
    WorkOrderAction.RECALL,
    "WORK_ORDER_RECALLED",
    returns=WorkOrderRescheduled,
    view=views.rescheduled_view,
    examples={"response": {"state": WorkOrderState.ROUTED, "version": 3, "dueAt": "2026-03-15T09:26:53Z"}},
)
def recall_work_order(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Take a work order back from a vendor.

    It can be assigned or outsourced again. A due date of the vendor's own no longer counts.
    """
    return vendors.recall_work_order(work, request.resource, request.actor)


@declare_step(
    routes,
    WorkOrderAction.CANCEL,
    "WORK_ORDER_CANCELLED",
    related={"organisation": ORGANISATION},
    body=WorkOrderReason,
    returns=WorkOrderCancelled,
    view=views.cancelled_view,
    examples={
        "request": {"reason": "The ride is being replaced."},
        "response": {"state": WorkOrderState.CANCELLED, "version": 2, "closedAt": "2026-03-14T11:02:40Z"},
    },
)
def cancel_work_order(
    request: Request[WorkOrderReason, Empty, WorkOrder], work: UnitOfWork
) -> closing.FinishedWorkOrder:
    """Cancel a work order that is not in progress, with a reason.

    One that is in progress has to be put on hold, returned or assigned to another first. If it was the last open work
    order of its checklist, the checklist is released.
    """
    organisation = request.related["organisation"]
    return closing.cancel_work_order(work, request.resource, request.body, request.actor, organisation)


@declare_step(
    routes,
    WorkOrderAction.REOPEN,
    "WORK_ORDER_REOPENED",
    related={"organisation": ORGANISATION},
    body=WorkOrderReason,
    returns=WorkOrderRescheduled,
    view=views.rescheduled_view,
    errors=[Conflict],
    examples={
        "request": {"reason": "The latch opens again."},
        "response": {"state": WorkOrderState.ROUTED, "version": 5, "dueAt": "2026-03-21T08:12:00Z"},
    },
)
def reopen_work_order(request: Request[WorkOrderReason, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Open a work order again that was done, with a reason.

    It has no technician then, its checklist is held again, and its due date follows from its priority and the present
    moment. Another open work order of the same item is no obstacle.
    """
    organisation = request.related["organisation"]
    return closing.reopen_work_order(work, request.resource, request.body, request.actor, organisation)


@declare_step(
    routes,
    WorkOrderAction.EDIT,
    "WORK_ORDER_EDITED",
    related={"organisation": ORGANISATION},
    body=WorkOrderEdit,
    returns=WorkOrderEdited,
    view=views.edited_view,
    examples={
        "request": {"priority": "CRITICAL", "instructions": "Bring the torque key."},
        "response": {
            "state": WorkOrderState.ASSIGNED,
            "version": 3,
            "priority": "CRITICAL",
            "instructions": "Bring the torque key.",
            "dueAt": "2026-03-14T13:26:53Z",
        },
    },
)
def edit_work_order(request: Request[WorkOrderEdit, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Change the priority and the instructions of an open work order.

    The due date follows from a new priority: its time after the work order was made or reopened, and the time on hold.
    """
    organisation = request.related["organisation"]
    return service.edit_work_order(work, request.resource, request.body, request.actor, organisation)
