"""Examples of courier dispatch for the API description: one order, from its creation to its delivery."""

from collections.abc import Mapping
from typing import Any

from chalicelib.dispatch.orders.rules import OrderState

_COURIER, _NEXT_COURIER = "019ceb1b-2248-7e3d-9815-e3d8151c151c", "019ceb1b-2248-7b04-98e6-b048e6f2e6f2"
_CREATED = "2026-03-14T09:26:53.412Z"


def _order(status: OrderState, version: int, updated_at: str, courier_id: str = _COURIER) -> Mapping[str, Any]:
    return {
        "id": "019ceb1b-2248-78d9-9f6d-8d9f6d386d38",
        "customer_id": "019ceb1b-2248-7939-95c3-9395c3f3c3f3",
        "status": status,
        "pickup_address": "Herengracht 1, Amsterdam",
        "dropoff_address": "Prinsengracht 263, Amsterdam",
        "receiver_phone": "+31207654321",
        "version": version,
        "created_at": _CREATED,
        "updated_at": updated_at,
        "assigned_courier": courier_id,
    }


ASSIGNED = {**_order(OrderState.ASSIGNED, 1, _CREATED), "offer_expires_at": "2026-03-14T09:27:08.412Z"}
ACCEPTED = _order(OrderState.ACCEPTED, 2, "2026-03-14T09:27:01.038Z")
DECLINED = {
    **_order(OrderState.ASSIGNED, 2, "2026-03-14T09:27:01.038Z", _NEXT_COURIER),
    "offer_expires_at": "2026-03-14T09:27:16.038Z",
}
RELEASED = {
    **_order(OrderState.ASSIGNED, 3, "2026-03-14T09:30:18.920Z", _NEXT_COURIER),
    "offer_expires_at": "2026-03-14T09:30:33.920Z",
}
ARRIVED = _order(OrderState.ARRIVED, 3, "2026-03-14T09:34:40.571Z")
PICKED_UP = _order(OrderState.PICKED_UP, 4, "2026-03-14T09:37:12.206Z")
DELIVERED = _order(OrderState.DELIVERED, 5, "2026-03-14T09:52:05.884Z")
FAILURE = {"reason": "Nobody opens the door.", "at": "2026-03-14T09:52:05.884Z"}
UNDELIVERABLE = {**_order(OrderState.UNDELIVERABLE, 5, "2026-03-14T09:52:05.884Z"), "failure": FAILURE}
RETURNED = {**_order(OrderState.RETURNED, 6, "2026-03-14T10:11:30.002Z"), "failure": FAILURE}
CANCELED_BY_DISPATCHER = _order(OrderState.CANCELED_BY_DISPATCHER, 3, "2026-03-14T09:29:30.145Z")
RETRIED = {
    **_order(OrderState.NO_NEARBY_DRIVER, 3, "2026-03-14T09:57:01.038Z"),
    "assigned_courier": ...,
    "waiting_until": "2026-03-14T10:27:01.038Z",
}
CANCELED = _order(OrderState.CANCELED_BY_CUSTOMER, 3, "2026-03-14T09:29:30.145Z")

PLACED = {"order": ASSIGNED, "assigned_courier_id": _COURIER}
FOLLOWED = {**ACCEPTED, "eta_at": "2026-03-14T09:48:37.038Z"}
CUSTOMER_ACTIVE_ORDER = {"order": FOLLOWED, "assigned_driver": {"id": _COURIER}}
COURIER_ACTIVE_ORDER = {"order": FOLLOWED, "assigned_driver": ...}
ACTIVE_ORDERS = {"orders": [FOLLOWED]}
HISTORY = {"orders": [DELIVERED]}
TIMELINE = {
    "entries": [
        {
            "at": ACCEPTED["updated_at"],
            "action": "ORDER_ACCEPTED",
            "actor_id": _COURIER,
            "changes": {"status": {"before": OrderState.ASSIGNED, "after": OrderState.ACCEPTED}},
        }
    ]
}
