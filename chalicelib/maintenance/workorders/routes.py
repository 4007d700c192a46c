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
from chalicelib.maintenance.checklists.tables import Checklist, Ride
from chalicelib.maintenance.resources import ORGANISATION, RIDE, ROUTED_CHECKLIST, TECHNICIAN, WORK_ORDER
from chalicelib.maintenance.rules import WorkOrderAction, WorkOrderState
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.workorders import examples, queries, service, views
from chalicelib.maintenance.workorders.detail_schemas import WorkOrderDetail
from chalicelib.maintenance.workorders.schemas import (
    CreateWorkOrder,
    OwnWorkOrderQuery,
    RideWorkOrderQuery,
    TechnicianDashboard,
    WorkOrderAssigned,
    WorkOrderAssignment,
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

_PAGE = {"workOrders": [examples.SUMMARY], "nextCursor": None}

Handler = Callable[..., Any]


@routes.get(
    "/v1/me/dashboard",
    permission=permissions.DASHBOARD,
    returns=TechnicianDashboard,
    examples={"response": examples.DASHBOARD},
)
def get_my_dashboard(request: Request[Empty]) -> TechnicianDashboard:
    """Get the numbers of the caller's own work orders and the first five that are due.

    Only work orders in the caller's present game zone count.
    """
    return queries.get_dashboard(request.actor, dependencies())


@routes.get(
    "/v1/me/work-orders",
    permission=permissions.DASHBOARD,
    query=OwnWorkOrderQuery,
    returns=WorkOrderPage,
    examples={"response": _PAGE},
)
def list_my_work_orders(request: Request[Empty, OwnWorkOrderQuery]) -> WorkOrderPage:
    """List the caller's own work orders, soonest due first.

    They are those that the caller is the technician of, in the caller's present game zone; without `state` all that are
    not done.
    """
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
    examples={"request": examples.NEW_WORK_ORDER, "response": examples.NEW_DETAIL},
)
def create_work_order(request: Request[CreateWorkOrder, Empty, Checklist], work: UnitOfWork) -> service.RoutedWorkOrder:
    """Make a work order of a checklist's item that has to be repaired.

    The checklist is `HELD` until all of its work orders are done; at most 1,000 of them can be open (409). The due date
    follows from the priority and the organisation's settings. A repeated request makes another work order: send an
    `Idempotency-Key`.
    """
    organisation = request.related["organisation"]
    return service.create_work_order(work, request.resource, request.body, request.actor, organisation)


@routes.get(
    "/v1/work-orders",
    permission=permissions.LIST,
    query=WorkOrderQuery,
    returns=WorkOrderPage,
    errors=[AccessDenied],
    examples={"response": _PAGE},
)
def list_work_orders(request: Request[Empty, WorkOrderQuery]) -> WorkOrderPage:
    """List the work orders of a game zone, or of all zones for those whose scope allows it, soonest due first.

    Without `state` these are all that are not done; without `zone` those of the caller's own zone, or of all zones if
    the caller's permission covers the organisation.
    """
    return queries.list_work_orders(request.actor, request.query, dependencies().clock.now())


@routes.get(
    "/v1/rides/{ride_code}/work-orders",
    permission=permissions.LIST,
    resource=RIDE,
    query=RideWorkOrderQuery,
    returns=WorkOrderPage,
    errors=[AccessDenied],
    examples={"response": _PAGE},
)
def list_work_orders_of_ride(request: Request[Empty, RideWorkOrderQuery, Ride]) -> WorkOrderPage:
    """List all work orders of a ride, in every state, newest first."""
    return queries.list_work_orders_of_ride(request.resource, request.query, request.actor, dependencies().clock)


@routes.get(
    "/v1/work-orders/{work_order_id}",
    permission=permissions.READ,
    resource=WORK_ORDER,
    returns=WorkOrderDetail,
    versioned=True,
    examples={"response": examples.DETAIL},
)
def get_work_order(request: Request[Empty, Empty, WorkOrder]) -> WorkOrderDetail:
    """Get a work order with its photos, its timeline and its returns.

    The addresses of the photos expire, by default after 15 minutes; get the work order again for new ones.
    """
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
    examples={"response": {"state": WorkOrderState.ASSIGNED, "version": 2, **examples.TECHNICIAN}},
)
def assign_work_order(request: Request[WorkOrderAssignment, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Assign a work order to a technician of its game zone, or to another one before the work is started.

    The technician is notified (`WO_ASSIGNED`), and so is the one who had it and did not start (`WO_REASSIGNED`). A
    returned work order can be assigned again.
    """
    technician = request.related["technician"]
    return service.assign_work_order(work, request.resource, request.body, request.actor, technician)


@_step(
    WorkOrderAction.OUTSOURCE,
    "WORK_ORDER_OUTSOURCED",
    permission=permissions.OUTSOURCE,
    body=WorkOrderOutsourcing,
    returns=WorkOrderMoved,
    view=views.moved_view,
    examples={
        "request": {"vendor": "Vekoma Service", "note": "Quote 2026-118"},
        "response": {"state": WorkOrderState.OUTSOURCED, "version": 2},
    },
)
def outsource_work_order(request: Request[WorkOrderOutsourcing, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Give a work order that is new or was returned to a vendor.

    It has no technician then, and its checklist stays held. No user is notified.
    """
    return service.outsource_work_order(work, request.resource, request.body, request.actor)


@_step(
    WorkOrderAction.START,
    "WORK_ORDER_STARTED",
    permission=permissions.START,
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


@_step(
    WorkOrderAction.FINISH,
    "WORK_ORDER_DONE",
    permission=permissions.FINISH,
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
) -> service.FinishedWorkOrder:
    """Finish a started work order.

    It needs at least one photo of the kind `COMPLETION`, otherwise the response is 422 with `fields.fixPhoto`. If it
    was the last open work order of its checklist, the checklist is released. Its photos cannot be changed any more.
    """
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
        "response": {"state": WorkOrderState.RETURNED, "version": 4},
    },
)
def return_work_order(request: Request[WorkOrderReturn, Empty, WorkOrder], work: UnitOfWork) -> WorkOrder:
    """Return a work order with a reason, before or after starting it.

    The team leads are notified (`WO_RETURNED`): who assigned it, and the technician's superior. It stays in the
    technician's list until it is assigned again.
    """
    return service.return_work_order(work, request.resource, request.body, request.actor)


organisation_settings(routes, MAINTENANCE, examples.SETTINGS)
