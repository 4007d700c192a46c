"""Delivery flow: an offer times out, the next courier delivers, and all users get the events on their sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.system.clients import Person, Socket
from tests.system.flows.site import SWEEP_S, Site

DAM = (52.3731, 4.8926)
ORDER = {
    "pickup_address": "Dam 1, Amsterdam",
    "pickup_lat": DAM[0],
    "pickup_lng": DAM[1],
    "dropoff_address": "Museumplein 6, Amsterdam",
    "dropoff_lat": 52.3579,
    "dropoff_lng": 4.8816,
    "receiver_phone": "+31205550201",
}


@dataclass
class Courier:
    """A user on duty with an open socket."""

    person: Person
    socket: Socket

    def step(self, name: str, order_id: str, status: int = 200) -> Any:
        body = {"order_id": order_id, "courier_id": self.person.user_id}
        return self.person.ask("POST", f"/v1/courier/orders/{name}", body, status=status)


@contextmanager
def on_duty(person: Person, north: float) -> Iterator[Courier]:
    with person.listening("courier") as socket:
        socket.say("location.update", latitude=DAM[0] + north, longitude=DAM[1])
        socket.ping()
        person.ask("POST", "/v1/courier/availability", {"available": True}, status=204)
        yield Courier(person, socket)
        person.ask("POST", "/v1/courier/availability", {"available": False}, status=204)


def test_a_delivery_finds_its_courier_and_arrives(site: Site) -> None:
    first, second, customer = site.people({"first": "courier", "second": "courier", "customer": "customer"})
    with on_duty(first, 0.0002) as near, on_duty(second, 0.0010) as far:
        order_id = ordered_once(site, customer, near)
        with customer.listening("customer") as theirs:
            # Who was away hears what happened meanwhile.
            theirs.wait_for("order.status", order_id=order_id, status="assigned")
            handed_on(order_id, near, far)
            carried_out(order_id, far, theirs)
            active = customer.ask("GET", "/v1/customer/active-order")
            assert active["assigned_driver"]["id"] == second.user_id
            assert far.step("delivered", order_id)["status"] == "delivered"
            theirs.wait_for("order.status", order_id=order_id, status="delivered")
            heard = [one.data["status"] for one in theirs.events]
            once = [status for status, _ in groupby(heard)]  # offered twice, and an event may come again
            assert once == ["assigned", "accepted", "arrived", "picked_up", "delivered"]
    assert customer.ask("GET", f"/v1/orders/{order_id}")["status"] == "delivered"
    assert not customer.ask("GET", "/v1/customer/active-order")["active"]


def ordered_once(site: Site, customer: Person, nearest: Courier) -> str:
    """Place the order, sent twice."""
    key = site.own("order")
    placed = customer.ask("POST", "/v1/orders", ORDER, status=201, idempotency_key=key)
    assert placed["assigned_courier_id"] == nearest.person.user_id
    again = customer.post("/v1/orders", ORDER, idempotency_key=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (placed, "true")
    nearest.socket.wait_for("order.assigned", order_id=placed["order"]["id"])
    return str(placed["order"]["id"])


def handed_on(order_id: str, near: Courier, far: Courier) -> None:
    """The offer times out, the sweep offers the order to the next courier, and the first is too late."""
    near.socket.wait_for("order.assignment_timed_out", SWEEP_S, order_id=order_id)
    near.socket.wait_for("order.reassigned_away", SWEEP_S, order_id=order_id)
    far.socket.wait_for("order.assigned", SWEEP_S, order_id=order_id)
    near.step("accept", order_id, status=403)


def carried_out(order_id: str, courier: Courier, theirs: Socket) -> None:
    for name, status in (("accept", "accepted"), ("arrived", "arrived"), ("picked", "picked_up")):
        assert courier.step(name, order_id)["status"] == status
        told = theirs.wait_for("order.status", order_id=order_id, status=status)
        assert status == "arrived" or told.data["courier_name"] == "Second"
