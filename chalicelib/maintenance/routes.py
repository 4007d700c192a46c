"""Endpoints of work orders, checklists and a technician's own work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict, NotFound
from chalicelib.core.store import ItemKey, Page, parallel_pair
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget, Naming
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request, Response, created
from chalicelib.edge.routes import Routes
from chalicelib.identity.organisation import organisation_settings
from chalicelib.identity.tables import User, user_key
from chalicelib.maintenance import checklists, findings, lists, service, views
from chalicelib.maintenance.access import READ, reached_order
from chalicelib.maintenance.importing import CHECKLISTS, RIDES
from chalicelib.maintenance.options import MAINTENANCE
from chalicelib.maintenance.photos import photos_of, view_of
from chalicelib.maintenance.rules import State
from chalicelib.maintenance.schemas import (
    ChecklistView,
    MyOrdersQuery,
    NewWorkOrder,
    OrdersQuery,
    TechnicianDashboard,
    WorkOrderAssigned,
    WorkOrderAssignment,
    WorkOrderDetail,
    WorkOrderDone,
    WorkOrderFinish,
    WorkOrderMoved,
    WorkOrderOutsourcing,
    WorkOrderPage,
    WorkOrderReturn,
    WorkOrderStarted,
)
from chalicelib.maintenance.tables import Checklist, WorkOrder, checklist_key, work_order_key
from chalicelib.maintenance.timeline import events_of

routes = Routes(__name__, "Maintenance")

DASHBOARD = "maintenance.dashboard.read"
_CODE = "WO-CL-2041-1"
_STEP_ERRORS = [NotFound, AccessDenied, Conflict]

Handler = Callable[..., Response[Any]]


@routes.get("/v1/me/dashboard", permission=DASHBOARD, returns=TechnicianDashboard)
def get_my_dashboard(request: Request[Empty, Empty]) -> Response[TechnicianDashboard]:
    """One's own work at a glance: how much there is, how much of it is late, and what is due first."""
    deps = dependencies()
    return Response(views.dashboard(lists.my_overview(request.actor, deps), deps.clock.now()))


@routes.get("/v1/me/work-orders", permission=DASHBOARD, query=MyOrdersQuery, returns=WorkOrderPage)
def list_my_work_orders(request: Request[Empty, MyOrdersQuery]) -> Response[WorkOrderPage]:
    """One's own work orders, soonest due first; without `state` all that are not done."""
    return _page(lists.my_orders(request.actor, request.query, dependencies().clock.now()))


@routes.post(
    "/v1/work-orders",
    permission=findings.CREATE,
    body=NewWorkOrder,
    returns=WorkOrderDetail,
    status=201,
    versioned=True,
    errors=[NotFound, AccessDenied, Conflict],
    # Until there is an order it is about the checklist; the service says which order it became.
    audit_target=AuditTarget(Checklist.kind, "WORK_ORDER_ROUTED", "checklistRef"),
    loads=checklist_key,
    examples={"request": {"priority": "HIGH"}, "response": {"code": _CODE, "state": State.ROUTED}},
)
def create_work_order(request: Request[NewWorkOrder, Empty], work: UnitOfWork) -> Response[WorkOrderDetail]:
    """Route a finding of a checklist to maintenance; the checklist is held until it is repaired."""
    order, event = findings.route_finding(work, request, dependencies())
    return created(views.order_detail(order, [event], [], work.now), order.version)


@routes.get(
    "/v1/work-orders",
    permission=lists.LIST,
    query=OrdersQuery,
    returns=WorkOrderPage,
    errors=[AccessDenied],
)
def list_work_orders(request: Request[Empty, OrdersQuery]) -> Response[WorkOrderPage]:
    """The work orders of a game zone, or of all of them for those who may, soonest due first.

    Without `state` all that are not done, without `zone` one's own.
    """
    return _page(lists.all_orders(request.actor, request.query, dependencies().clock.now()))


@routes.get(
    "/v1/work-orders/{work_order_id}",
    permission=READ,
    loads=work_order_key,
    returns=WorkOrderDetail,
    versioned=True,
    errors=[NotFound, AccessDenied],
    examples={"response": {"code": _CODE}},
)
def get_work_order(request: Request[Empty, Empty]) -> Response[WorkOrderDetail]:
    """A work order with its photos, its timeline and who gave it back before."""
    order = reached_order(request, request.path["work_order_id"], READ)
    deps = dependencies()
    events, photos = parallel_pair([partial(events_of, order)], [partial(photos_of, order)])
    shown = [view_of(deps, photo) for photo in photos[0]]
    detail = views.order_detail(order, events[0], shown, deps.clock.now())
    return Response(detail, version=order.version)


def _step(address: str, action: str, **known: Any) -> Callable[[Handler], Handler]:
    return routes.patch(
        f"/v1/work-orders/{{work_order_id}}/{address}",
        versioned=True,
        errors=_STEP_ERRORS,
        audit_target=AuditTarget(WorkOrder.kind, action, "work_order_id"),
        loads=work_order_key,
        **known,
    )


def _named_technician(naming: Naming) -> list[ItemKey[User]]:
    named = naming.find("technicianId")
    return [] if named is None else [user_key(naming.org_id, named)]


@_step(
    "assign",
    "WORK_ORDER_ASSIGNED",
    permission=service.ASSIGN,
    body=WorkOrderAssignment,
    returns=WorkOrderAssigned,
    loads_also=_named_technician,
    examples={"response": {"state": State.ASSIGNED}},
)
def assign_work_order(request: Request[WorkOrderAssignment, Empty], work: UnitOfWork) -> Response[WorkOrderAssigned]:
    """Assign a work order to a technician of its game zone, or to another one before the work has begun."""
    order = service.assign(work, request)
    who, name = str(order.technician_id), str(order.technician_name)
    return Response(WorkOrderAssigned(State(order.state), order.version, name, who, work.now), version=order.version)


@_step(
    "outsource",
    "WORK_ORDER_OUTSOURCED",
    permission=service.OUTSOURCE,
    body=WorkOrderOutsourcing,
    returns=WorkOrderMoved,
    examples={"request": {"vendor": "Vekoma Service"}, "response": {"state": State.OUTSOURCED}},
)
def outsource_work_order(request: Request[WorkOrderOutsourcing, Empty], work: UnitOfWork) -> Response[WorkOrderMoved]:
    """Give a work order to a vendor."""
    return _moved(service.outsource(work, request))


@_step(
    "start",
    "WORK_ORDER_STARTED",
    permission=service.START,
    returns=WorkOrderStarted,
    if_match="required",
    examples={"response": {"state": State.IN_PROGRESS}},
)
def start_work_order(request: Request[Empty, Empty], work: UnitOfWork) -> Response[WorkOrderStarted]:
    """Start work that one was assigned."""
    order = service.start(work, request)
    return Response(WorkOrderStarted(State(order.state), work.now, order.version), version=order.version)


@_step(
    "done",
    "WORK_ORDER_DONE",
    permission=service.FINISH,
    body=WorkOrderFinish,
    returns=WorkOrderDone,
    if_match="required",
    examples={"request": {"fixNote": "Latch replaced."}, "response": {"state": State.DONE}},
)
def finish_work_order(request: Request[WorkOrderFinish, Empty], work: UnitOfWork) -> Response[WorkOrderDone]:
    """Say that the work is done; there has to be a photo of it."""
    order, released = service.finish(work, request)
    return Response(WorkOrderDone(State(order.state), work.now, order.version, released), version=order.version)


@_step(
    "return",
    "WORK_ORDER_RETURNED",
    permission=service.RETURN,
    body=WorkOrderReturn,
    returns=WorkOrderMoved,
    if_match="required",
    examples={"request": {"reason": "Needs a lift that we do not have."}, "response": {"state": State.RETURNED}},
)
def return_work_order(request: Request[WorkOrderReturn, Empty], work: UnitOfWork) -> Response[WorkOrderMoved]:
    """Give a work order back, with a reason; the team lead is told."""
    return _moved(service.give_back(work, request))


@routes.get(
    "/v1/checklists/{checklist_ref}",
    permission=checklists.READ,
    loads=checklist_key,
    returns=ChecklistView,
    versioned=True,
    errors=[NotFound, AccessDenied],
)
def get_checklist(request: Request[Empty, Empty]) -> Response[ChecklistView]:
    """A checklist, its items, and the work orders that hold it back."""
    deps = dependencies()
    checklist, ride, orders = checklists.find_checklist(request, deps.clock)
    return Response(views.checklist_view(checklist, ride, orders, deps.clock.now()), version=checklist.version)


def _moved(order: WorkOrder) -> Response[WorkOrderMoved]:
    return Response(WorkOrderMoved(State(order.state), order.version), version=order.version)


def _page(page: Page[WorkOrder]) -> Response[WorkOrderPage]:
    now = dependencies().clock.now()
    return Response(WorkOrderPage([views.order_summary(order, now) for order in page.items], page.next_cursor))


importing(routes, RIDES)
importing(routes, CHECKLISTS)
organisation_settings(routes, MAINTENANCE)
