"""How requests find an order, and the declaration that all steps of a courier share."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError
from chalicelib.dispatch import permissions
from chalicelib.dispatch.orders import views
from chalicelib.dispatch.orders.assignment import given_up_by
from chalicelib.dispatch.orders.rules import ORDER, OrderAction
from chalicelib.dispatch.orders.schemas import CourierAction, OrderView
from chalicelib.dispatch.orders.tables import Order, order_key
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import ORGANISATION_RESOURCE

ORDER_RESOURCE = Resource(
    key=order_key,
    id_from=("order_id",),
    owners=lambda order, _: (order.customer_id, order.assigned_courier),
    states=ORDER,
)

ORGANISATION = {"organisation": ORGANISATION_RESOURCE}
"""The organisation with its settings, for steps after which a courier is looked for."""
_SEARCHES = frozenset({OrderAction.DECLINE, OrderAction.RELEASE})

Handler = Callable[..., Any]


def courier_step(
    routes: Routes,
    path: str,
    action: OrderAction,
    audit_action: str,
    order: Mapping[str, Any],
    *,
    body: type[CourierAction] = CourierAction,
    errors: Sequence[type[BatonError]] = (),
) -> Callable[[Handler], Handler]:
    """Declare a courier's step; the order is theirs while they have it, or if they gave it up by this very step.

    `order` is the example of the order after the step.
    """
    return routes.post(
        f"/v1/courier/orders/{path}",
        permission=permissions.ANSWER,
        resource=ORDER_RESOURCE,
        related=ORGANISATION if action in _SEARCHES else {},
        owners=lambda order, _: (order.assigned_courier, *given_up_by(order, action)),
        owners_only=True,
        scope_details=_lost_offer,
        own_fields=("courier_id",),
        transition=action,
        repeated=partial(_has_given_up, action=action),
        body=body,
        returns=OrderView,
        view=views.order_view,
        errors=errors,
        examples={"response": order},
        versioned=True,
        audit_target=AuditTarget(Order.kind, audit_action, "order_id"),
    )


def _lost_offer(order: Order, actor: Actor) -> Mapping[str, object]:
    """Return the reason why a courier who had the order cannot act on it any more."""
    return {"reason": "OFFER_EXPIRED"} if actor.user_id in (order.tried or ()) else {}


def _has_given_up(order: Order, actor: Actor, *, action: OrderAction) -> bool:
    """Return whether the courier has given the order up by this action before, and has not got it again."""
    return actor.user_id != order.assigned_courier and actor.user_id in given_up_by(order, action)
