"""Endpoints of work orders and of a technician's own work."""

from collections.abc import Callable
from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import organisation_settings
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.tables import Checklist
from chalicelib.maintenance.resources import ORGANISATION, ROUTED_CHECKLIST, TECHNICIAN, WORK_ORDER
from chalicelib.maintenance.rules import WorkOrderAction, WorkOrderState
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.workorders import queries, service, views
from chalicelib.maintenance.workorders.schemas import (
    CreateWorkOrder,
    OwnWorkOrderQuery,
    TechnicianDashboard,
    WorkOrderAssigned,
    WorkOrderAssignment,
    WorkOrderDetail,
    WorkOrderDone,
    WorkOrderFinish,
    WorkOrderMoved,
    WorkOrderOutsourcing,
    WorkOrderPage,
    WorkOrderQuery,
    WorkOrderReturn,
    WorkOrderStarted,
)
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")

_CODE = "WO-CL-2041-1"

Handler = Callable[..., Any]


@routes.get("/v1/me/dashboard", permission=permissions.DASHBOARD, returns=TechnicianDashboard)
def get_my_dashboard(request: Request[Empty]) -> TechnicianDashboard:
    """Get the numbers of the caller's own work orders and the first that are due."""
    return queries.get_dashboard(request.actor, dependencies())


@routes.get("/v1/me/work-orders", permission=permissions.DASHBOARD, query=OwnWorkOrderQuery, returns=WorkOrderPage)
def list_my_work_orders(request: Request[Empty, OwnWorkOrderQuery]) -> WorkOrderPage:
    """List the caller's own work orders, soonest due first; without `state` all that are not done."""
    return queries.list_own_work_orders(request.actor, request.query, dependencies().clock.now())


@routes.post(
    "/v1/work-orders",
    permission=permissions.CREATE,
    resource=ROUTED_CHECKLIST,
    related={"organisation": ORGANISATION},
    body=CreateWorkOrder,
    returns=WorkOrderDetail,
    view=views.routed_view,
    status=201,
    versioned=True,
    errors=[AccessDenied, Conflict],
    audit_target=AuditTarget(Checklist.kind, "WORK_ORDER_ROUTED", "checklistRef"),
    examples={"request": {"priority": "HIGH"}, "response": {"code": _CODE, "state": WorkOrderState.ROUTED}},
)
def create_work_order(request: Request[CreateWorkOrder, Empty, Checklist], work: UnitOfWork) -> service.RoutedWorkOrder:
    """Route a finding of a checklist to maintenance; the checklist is held until it is repaired."""
    organisation = request.related["organisation"]
    return service.create_work_order(work, request.resource, request.body, request.actor, organisation)


@routes.get(
    "/v1/work-orders", permission=permissions.LIST, query=WorkOrderQuery, returns=WorkOrderPage, errors=[AccessDenied]
)
def list_work_orders(request: Request[Empty, WorkOrderQuery]) -> WorkOrderPage:
    """List the work orders of a game zone, or of all zones for those whose scope allows it, soonest due first.

    Without `state` all that are not done, without `zone` those of the caller's own zone.
    """
    return queries.list_work_orders(request.actor, request.query, dependencies().clock.now())


@routes.get(
    "/v1/work-orders/{work_order_id}",
    permission=permissions.READ,
    resource=WORK_ORDER,
    returns=WorkOrderDetail,
    versioned=True,
    examples={"response": {"code": _CODE}},
)
def get_work_order(request: Request[Empty, Empty, WorkOrder]) -> WorkOrderDetail:
    """Get a work order with its photos, its timeline and its returns."""
    return queries.get_work_order(request.resource, dependencies())


def _step(action: WorkOrderAction, audit_action: str, **declared: Any) -> Callable[[Handler], Handler]:
    return routes.patch(
        f"/v1/work-orders/{{work_order_id}}/{action}",
        resource=WORK_ORDER,
        transition=action,
        versioned=True,
        audit_target=AuditTarget(WorkOrder.kind, audit_action, "work_order_id"),
        **declared,
    )


@_step(
    WorkOrderAction.ASSIGN,
    "WORK_ORDER_ASSIGNED",
    permission=permissions.ASSIGN,
    related={"technician": TECHNICIAN},
    body=WorkOrderAssignment,
    returns=WorkOrderAssigned,
    view=views.assigned_view,
    examples={"response": {"state": WorkOrderState.ASSIGNED}},
)
def assign_work_order(request: Request[WorkOrderAssignment, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Assign a work order to a technician of its game zone, or to another one before the work is started."""
    technician = request.related["technician"]
    return service.assign_work_order(work, request.resource, request.body, request.actor, technician)


@_step(
    WorkOrderAction.OUTSOURCE,
    "WORK_ORDER_OUTSOURCED",
    permission=permissions.OUTSOURCE,
    body=WorkOrderOutsourcing,
    returns=WorkOrderMoved,
    view=views.moved_view,
    examples={"request": {"vendor": "Vekoma Service"}, "response": {"state": WorkOrderState.OUTSOURCED}},
)
def outsource_work_order(request: Request[WorkOrderOutsourcing, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Give a work order to a vendor."""
    return service.outsource_work_order(work, request.resource, request.body, request.actor)


@_step(
    WorkOrderAction.START,
    "WORK_ORDER_STARTED",
    permission=permissions.START,
    returns=WorkOrderStarted,
    view=views.started_view,
    if_match="required",
    examples={"response": {"state": WorkOrderState.IN_PROGRESS}},
)
def start_work_order(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Start an assigned work order."""
    return service.start_work_order(work, request.resource, request.actor)


@_step(
    WorkOrderAction.FINISH,
    "WORK_ORDER_DONE",
    permission=permissions.FINISH,
    body=WorkOrderFinish,
    returns=WorkOrderDone,
    view=views.finished_view,
    if_match="required",
    examples={"request": {"fixNote": "Latch replaced."}, "response": {"state": WorkOrderState.DONE}},
)
def finish_work_order(
    request: Request[WorkOrderFinish, Empty, WorkOrder], work: UnitOfWork
) -> service.FinishedWorkOrder:
    """Finish a work order; a photo of the finished work is required."""
    return service.finish_work_order(work, request.resource, request.body, request.actor)


@_step(
    WorkOrderAction.RETURN,
    "WORK_ORDER_RETURNED",
    permission=permissions.RETURN,
    body=WorkOrderReturn,
    returns=WorkOrderMoved,
    view=views.moved_view,
    if_match="required",
    examples={
        "request": {"reason": "Needs a lift that we do not have."},
        "response": {"state": WorkOrderState.RETURNED},
    },
)
def return_work_order(request: Request[WorkOrderReturn, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Return a work order with a reason; the team leads are notified."""
    return service.return_work_order(work, request.resource, request.body, request.actor)


organisation_settings(routes, MAINTENANCE)
