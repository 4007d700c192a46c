"""Customers who order and cancel, and couriers who carry, decline, give back and bring back what they are offered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random

from tests.builders.dispatch import east, order_body
from tests.faults.calls import Caller

_NEXT = {
    "assigned": "accept",
    "accepted": "arrived",
    "arrived": "picked",
    "picked_up": "delivered",
    "undeliverable": "returned",
}


@dataclass
class Customer:
    """Places orders and cancels some of them."""

    caller: Caller
    random_source: Random
    recent: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Place an order, cancel one, or look."""
        point = self.random_source.random()
        if point < 0.3:
            placed = self.caller.change("POST", "/v1/orders", order_body())
            if placed.is_acknowledged:
                self.recent = [*self.recent[-9:], json.loads(placed.text)["order"]["id"]]
        elif point < 0.4 and self.recent:
            body = {"order_id": self.random_source.choice(self.recent)}
            self.caller.change("POST", "/v1/customer/orders/cancel", body)
        elif self.recent:
            self.caller.get(f"/v1/orders/{self.recent[-1]}/timeline")
        else:
            self.caller.get("/v1/customer/active-orders")


@dataclass
class Courier:
    """Goes on duty and works on what is offered."""

    caller: Caller
    random_source: Random
    is_on_duty: bool = False

    def step(self) -> None:
        """Say where the courier is, or do the next step of the order in hand."""
        lat, lng = east(self.random_source.uniform(0.1, 3))
        self.caller.tell("POST", "/v1/courier/location", {"latitude": lat, "longitude": lng})
        active = self.caller.get("/v1/courier/active-order")
        if active and active.get("order"):
            self._work_on(active["order"])
        elif not self.is_on_duty or self.random_source.random() < 0.05:
            self._duty(not self.is_on_duty)

    def _work_on(self, order: dict[str, str]) -> None:
        point, action = self.random_source.random(), _NEXT.get(order["status"])
        if order["status"] == "assigned" and point < 0.1:
            action = "decline"
        elif order["status"] in ("accepted", "arrived") and point < 0.05:
            action = "cancel"
        elif order["status"] == "picked_up" and point < 0.15:
            action = "undeliverable"
        if action is not None and point < 0.9:
            body = {"order_id": order["id"], "courier_id": self.caller.user_id}
            if action == "undeliverable":
                body["reason"] = "Nobody opens the door."
            self.caller.change("POST", f"/v1/courier/orders/{action}", body)

    def _duty(self, is_available: bool) -> None:
        change = self.caller.change("POST", "/v1/courier/availability", {"available": is_available})
        if change.is_acknowledged:
            self.is_on_duty = is_available
