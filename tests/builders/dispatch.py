"""Deliveries and the couriers who carry them, as tests want them: one call each, all through the API.

Places are given in kilometres from the centre of a made-up city, so that a test can be read: `on_duty(courier, km=2)`
stands two kilometres east of where an order without further words is picked up.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from chalicelib.audit.tables import AuditRow
from chalicelib.core.store import get
from chalicelib.dispatch.couriers.geo import EARTH_RADIUS_M
from chalicelib.dispatch.couriers.tables import Courier, courier_key
from chalicelib.dispatch.orders.tables import Order, order_key
from tests.builders.world import Answer, Person, World

LAT, LNG = 52.37, 4.89
"""Where orders are picked up unless a test says otherwise."""
DROPOFF = (52.36, 4.91)

STEPS = {
    "accept": "accepted",
    "arrived": "arrived",
    "picked": "picked_up",
    "delivered": "delivered",
}
"""The way of a delivery: the address of each step, and the state to which it leads."""


def east(km: float, lat: float = LAT, lng: float = LNG) -> tuple[float, float]:
    """The point so many kilometres east of another, on the same latitude."""
    degrees = math.degrees(km * 1000 / EARTH_RADIUS_M) / math.cos(math.radians(lat))
    return lat, lng + degrees


def report(courier: Person, lat: float, lng: float) -> None:
    """Say where a courier is."""
    answer = courier.post("/v1/courier/location", {"latitude": lat, "longitude": lng})
    assert answer.status == 204, answer


def duty(courier: Person, available: bool = True) -> None:
    """On or off duty."""
    answer = courier.post("/v1/courier/availability", {"available": available})
    assert answer.status == 204, answer


def on_duty(courier: Person, lat: float | None = None, lng: float | None = None, *, km: float | None = 1.0) -> Person:
    """A courier who is on duty at a place (by default `km` east of the pickup; `km=None`: who never said where)."""
    if lat is not None and lng is not None:
        report(courier, lat, lng)
    elif km is not None:
        report(courier, *east(km))
    duty(courier)
    return courier


def order_body(**fields: Any) -> dict[str, Any]:
    """The body of a complete order; `name=None` leaves a field out."""
    body = {
        "pickup_address": "Dam 1",
        "pickup_lat": LAT,
        "pickup_lng": LNG,
        "dropoff_address": "Amstel 2",
        "dropoff_lat": DROPOFF[0],
        "dropoff_lng": DROPOFF[1],
        "receiver_phone": "+31 20 555 0101",
        "notes": "Ring twice",
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


NOWHERE: Mapping[str, None] = {"pickup_lat": None, "pickup_lng": None}
"""`order(customer, **NOWHERE)`: without pickup coordinates."""


def order(customer: Person, **fields: Any) -> dict[str, Any]:
    """Place an order; the order as it was answered."""
    answer = customer.post("/v1/orders", order_body(**fields))
    assert answer.status == 201, answer
    placed: dict[str, Any] = answer.json["order"]
    return placed


def read_order(person: Person, order_id: object) -> dict[str, Any]:
    """An order as it is read, without its `eta_at`, which only reads show and which changes with every second."""
    answer = person.get(f"/v1/orders/{order_id}")
    assert answer.status == 200, answer
    return {name: value for name, value in answer.json.items() if name != "eta_at"}


def step(courier: Person, action: str, order_id: str, *, courier_id: str | None = None, **headers: str) -> Answer:
    """A courier's step by its path, from `accept` to `returned`."""
    body = {"order_id": order_id, "courier_id": courier_id or courier.user_id}
    if action == "undeliverable":
        body["reason"] = "Nobody opens the door."
    return courier.post(f"/v1/courier/orders/{action}", body, **headers)


def decide(dispatcher: Person, action: str, order_id: str, **headers: str) -> Answer:
    """A dispatcher's step with a reason: `release`, `cancel`, `undeliverable` or `deliver`."""
    return dispatcher.post(f"/v1/orders/{order_id}/{action}", {"reason": "The courier is ill."}, **headers)


def assign_order(dispatcher: Person, order_id: str, courier: Person, **headers: str) -> Answer:
    """A dispatcher offers an order to a courier."""
    return dispatcher.post(f"/v1/orders/{order_id}/assign", {"courier_id": courier.user_id}, **headers)


def share(person: Person, order_id: str) -> str:
    """The token of a new tracking link of an order."""
    answer = person.post(f"/v1/orders/{order_id}/tracking-link")
    assert answer.status == 201, answer
    return str(answer.json["token"])


def cancel_order(customer: Person, order_id: str, **headers: str) -> Answer:
    """The customer cancels."""
    return customer.post("/v1/customer/orders/cancel", {"order_id": order_id}, **headers)


def retry_order(customer: Person, order_id: str, **headers: str) -> Answer:
    """The customer asks for another search."""
    return customer.post("/v1/customer/orders/retry", {"order_id": order_id}, **headers)


def carried(courier: Person, placed: Mapping[str, Any], until: str = "delivered") -> dict[str, Any]:
    """Take an order that this courier was offered as far as the state `until`; the order as it then is."""
    last = dict(placed)
    if last["status"] == until:
        return last
    for action, state in STEPS.items():
        answer = step(courier, action, last["id"])
        assert answer.status == 200, answer
        last = dict(answer.json)
        if state == until:
            return last
    raise ValueError(f"no step leads to {until}")


def time_out(world: World) -> None:
    """Let every offer's time pass, and sweep."""
    world.clock.advance(seconds=15)
    world.sweep()


def end_waits(world: World) -> None:
    """Let every wait for a courier end, and sweep."""
    world.clock.advance(minutes=30)
    world.sweep()


def stored_order(order_id: str, org_id: str = "demo") -> Order:
    """An order as it is stored."""
    found = get(order_key(org_id, order_id))
    assert found is not None, order_id
    return found


def stored_courier(courier: Person) -> Courier | None:
    """A courier as stored: None if they never went on duty nor said where they are."""
    return get(courier_key(courier.org_id, courier.user_id))


def told(world: World, connection_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What arrived at a socket since this was asked last, as (event, data)."""
    new = [(sent.event, sent.data) for sent in world.sender.messages[connection_id]]
    world.sender.messages[connection_id].clear()
    return new


def audit_row(world: World, entity_id: str, action: str, outcome: str = "OK", actor: Person | None = None) -> AuditRow:
    """The one audit row of a thing with this action, outcome and actor; that there is exactly one is asserted."""
    rows = [
        row
        for row in world.audit()
        if (row.entity_id, row.action_type, row.outcome) == (entity_id, action, outcome)
        and (actor is None or actor.user_id == row.actor_id)
    ]
    assert len(rows) == 1, rows
    return rows[0]


def diff(row: AuditRow) -> dict[str, list[Any]]:
    """What a row says has changed."""
    changed: dict[str, list[Any]] = json.loads(row.payload_diff or "{}")
    return changed
