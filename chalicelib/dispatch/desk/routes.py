"""Endpoints of the dispatcher: the orders and couriers of the whole organisation."""

from chalicelib.core.pagination import Page
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.desk import queries, views
from chalicelib.dispatch.desk.examples import FREE_COURIER, SETTINGS
from chalicelib.dispatch.desk.schemas import CourierListQuery, CourierPage, OrderListQuery
from chalicelib.dispatch.orders.schemas import OrderPage
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.orders.views import order_page_view
from chalicelib.dispatch.settings import DISPATCH
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import organisation_settings

routes = Routes(__name__, "Courier dispatch")


@routes.get(
    "/v1/orders",
    permission=permissions.MANAGE,
    query=OrderListQuery,
    returns=OrderPage,
    view=order_page_view,
)
def list_orders(request: Request[Empty, OrderListQuery]) -> Page[Order]:
    """List the orders of the organisation, newest first.

    A page of a courier's or customer's orders that is filtered further may be short and still have a cursor.
    """
    return queries.list_orders(request.actor, request.query)


@routes.get(
    "/v1/couriers",
    permission=permissions.MANAGE,
    query=CourierListQuery,
    returns=CourierPage,
    view=views.courier_page_view,
    examples={"response": {"couriers": [FREE_COURIER]}},
)
def list_couriers(request: Request[Empty, CourierListQuery]) -> Page[Courier]:
    """List the couriers who have been on duty, with their last position; or the free ones near a position.

    A page that is filtered by status may be short and still have a cursor.
    """
    return queries.list_couriers(request.actor, request.query, dependencies())


organisation_settings(routes, DISPATCH, SETTINGS)
