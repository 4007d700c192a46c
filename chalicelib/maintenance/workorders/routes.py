"""Endpoints that make and read work orders, and of a technician's own work."""

from chalicelib.core.errors import AccessDenied, Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import organisation_settings
from chalicelib.maintenance import permissions
from chalicelib.maintenance.checklists.tables import Checklist, Ride
from chalicelib.maintenance.resources import DISCUSSION, ORGANISATION, RIDE, ROUTED_CHECKLIST, USAGE, WORK_ORDER
from chalicelib.maintenance.settings import MAINTENANCE
from chalicelib.maintenance.workorders import examples, queries, service, views
from chalicelib.maintenance.workorders.detail_schemas import WorkOrderDetail
from chalicelib.maintenance.workorders.errors import DuplicateWorkOrder
from chalicelib.maintenance.workorders.schemas import (
    CreateWorkOrder,
    OwnWorkOrderQuery,
    RideWorkOrderQuery,
    TechnicianDashboard,
    WorkOrderPage,
    WorkOrderQuery,
)
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")

_PAGE = {"workOrders": [examples.SUMMARY], "nextCursor": None}


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
    open.
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
    errors=[AccessDenied, Conflict, DuplicateWorkOrder],
    audit_target=AuditTarget(Checklist.kind, "WORK_ORDER_ROUTED", "checklistRef"),
    examples={"request": examples.NEW_WORK_ORDER, "response": examples.NEW_DETAIL},
)
def create_work_order(request: Request[CreateWorkOrder, Empty, Checklist], work: UnitOfWork) -> service.RoutedWorkOrder:
    """Make a work order of a checklist's item that has to be repaired.

    The checklist is `HELD` until all of its work orders are done or cancelled; at most 1,000 of them can be open (409).
    The due date follows from the priority and the organisation's settings. An item that has an open work order is 409
    `DUPLICATE_WORK_ORDER` with its id, unless `allowDuplicate` is true.
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

    Without `state` these are all that are open; without `zone` those of the caller's own zone, or of all zones if
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
    related={"discussion": DISCUSSION, "usage": USAGE},
    returns=WorkOrderDetail,
    versioned=True,
    examples={"response": examples.DETAIL},
)
def get_work_order(request: Request[Empty, Empty, WorkOrder]) -> WorkOrderDetail:
    """Get a work order with its photos, timeline and returns, its labour and parts, and its newest comments.

    The addresses of the photos expire, by default after 15 minutes; get the work order again for new ones.
    """
    related = request.related
    return queries.get_work_order(request.resource, related["discussion"], related["usage"], dependencies())


organisation_settings(routes, MAINTENANCE, examples.SETTINGS)
