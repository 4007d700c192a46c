"""The duty and the position of couriers."""

from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import permissions
from chalicelib.dispatch.couriers import events, service
from chalicelib.dispatch.couriers.schemas import Availability, CourierDuty, CourierPosition
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.couriers.views import courier_duty_view
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.realtime.events import socket_events

COURIER_RESOURCE = Resource(key=courier_key, id_from=("user_id",), required=False, in_scope=False)
"""The caller as a courier: only after they first went on duty or reported a position."""

routes = Routes(__name__, "Courier dispatch")


@routes.post(
    "/v1/courier/availability",
    permission=permissions.AVAILABILITY,
    related={"courier": COURIER_RESOURCE},
    body=Availability,
    status=204,
    audit_target=AuditTarget("courier", "COURIER_AVAILABILITY"),
)
def set_availability(request: Request[Availability], work: UnitOfWork) -> None:
    """Go on or off duty as a courier.

    A courier who is on duty and has no order in hand gets offers. A courier who goes off duty keeps an accepted order
    and declines an unanswered offer. Repeating the request changes nothing. A courier who lets three offers in a row
    time out without a sign of life (a request or a socket message, such as a ping) goes off duty and gets
    `courier.off_duty`.
    Events: if an offer is declined, the customer gets `order.status` with `declined`, then with `assigned` or
    `no_nearby_driver`; the next courier gets `order.assigned`.
    """
    service.set_availability(work, request.related["courier"], request.body, request.actor)


@routes.get(
    "/v1/courier/availability",
    permission=permissions.AVAILABILITY,
    resource=COURIER_RESOURCE,
    returns=CourierDuty,
    view=courier_duty_view,
)
def get_availability(request: Request[Empty, Empty, Courier | None]) -> Courier | None:
    """Get whether the courier is on duty, and the order in hand, as they are at this moment."""
    return request.resource


@routes.post(
    "/v1/courier/location",
    permission=permissions.POSITION,
    resource=COURIER_RESOURCE,
    own_fields=("courier_id",),
    body=CourierPosition,
    status=204,
)
@socket_events.on(
    events.LOCATION,
    permission=permissions.POSITION,
    resource=courier_key,
    own_fields=("courier_id",),
    data=CourierPosition,
)
def report_position(request: Request[CourierPosition, Empty, Courier | None], work: UnitOfWork) -> None:
    """Report the courier's position.

    It counts for 5 minutes in the search for the nearest courier; while the courier stands still, the 5 minutes may
    begin up to 2 minutes before the last report. A position that is older than the newest known one changes nothing.
    The socket event `location.update` does the same.
    Events: a free courier who comes near a waiting order gets `order.assigned`. From `accepted` until the delivery, the
    customer of the order in hand gets `courier.location` on the sockets that are open, at most every 5 seconds.
    """
    service.report_position(work, request.resource, request.body, request.actor)
