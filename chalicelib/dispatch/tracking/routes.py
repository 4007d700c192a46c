"""Endpoints of tracking links: a customer or dispatcher makes one, and the receiver follows the order with it."""

from msgspec.structs import replace

from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch import permissions
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.proof.resources import SEEN_ORDER
from chalicelib.dispatch.tracking import examples, queries, service, views
from chalicelib.dispatch.tracking.rules import TRACKING, TrackingAction
from chalicelib.dispatch.tracking.schemas import CreatedTrackingLink, TrackedOrder
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Courier dispatch")

SHARED_ORDER = replace(SEEN_ORDER, states=TRACKING)
"""An order that its customer or a dispatcher shares, not its courier."""


@routes.post(
    "/v1/orders/{order_id}/tracking-link",
    permission=permissions.SHARE,
    resource=SHARED_ORDER,
    transition=TrackingAction.SHARE,
    returns=CreatedTrackingLink,
    status=201,
    audit_target=AuditTarget(Order.kind, "TRACKING_LINK_CREATED", "order_id"),
    examples={"response": examples.LINK},
)
def create_tracking_link(request: Request[Empty, Empty, Order], work: UnitOfWork) -> Response[CreatedTrackingLink]:
    """Make a link with which the receiver follows an order without signing in, as its customer or a dispatcher.

    It lasts until an hour after the order ends, and 7 days at most. An earlier link of the order ends at once. The
    response is not stored for an `Idempotency-Key`: a repeated request makes another link.
    """
    created = service.create_tracking_link(work, request.resource)
    return Response(views.tracking_link_view(created, dependencies().settings), incomplete=True)


@routes.delete(
    "/v1/orders/{order_id}/tracking-link",
    permission=permissions.SHARE,
    resource=SHARED_ORDER,
    status=204,
    audit_target=AuditTarget(Order.kind, "TRACKING_LINK_REVOKED", "order_id"),
)
def revoke_tracking_link(request: Request[Empty, Empty, Order], work: UnitOfWork) -> None:
    """Withdraw the tracking link of an order; the response is 204 also if it has none."""
    service.revoke_tracking_link(work, request.resource)


@routes.get(
    "/v1/track/{token}",
    public=True,
    returns=TrackedOrder,
    view=views.tracked_order_view,
    examples={"path": {"token": examples.TOKEN}, "response": examples.TRACKED},
)
def track_order(request: Request[Empty]) -> queries.TrackedRead:
    """Follow an order with the token of its tracking link, without signing in.

    The courier and their position are shown from `accepted` until the order is delivered. A token that is unknown,
    replaced or withdrawn, or whose link has ended, is 404. Ask every 5 seconds at most.
    """
    return queries.track_order(request.path["token"], dependencies())
