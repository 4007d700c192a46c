"""A delivery played through, for somebody who sees Baton for the first time: `python -m infra.local.walkthrough`.

A customer orders; the first courier lets the offer time out; the second gets it with the next sweep, accepts, arrives,
picks up and delivers. Every HTTP answer and every socket event is printed as it comes. The exit code is 0 only if
everything happened as the contract promises. It can be run again and again: it ends what it began, and begins by ending
what an earlier run left.

The password is that of the demo people, as `make run` prints it: `--password`, `BATON_DEMO_PASSWORD`, or typed in.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local.walkthrough_people import Console, Event, Failed, Line, Player

_OFFER_AND_SWEEP_S = 90.0  # 15 + 15 by default; three times as long before it counts as broken
_PEOPLE = ("customer1", "courier1", "courier2")
_DAM = (52.3731, 4.8926)
_STEPS = {"accept": "accepted", "arrived": "arrived", "picked": "picked_up", "delivered": "delivered"}
_GIVE_UP = {"assigned": "decline", "accepted": "cancel", "arrived": "cancel", "picked_up": "delivered"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Three people and the story that they play."""

    console: Console
    customer: Player
    first: Player
    second: Player

    def play(self) -> None:
        """The story. Raises `Failed` where it does not go as promised."""
        self.console.title("What an earlier run may have left is ended")
        self.tidy()
        self.console.title("Both couriers go on duty near the pickup, courier1 nearer")
        self._go_on_duty(self.first, 0.0002)
        self._go_on_duty(self.second, 0.0010)
        self.console.title("The customer orders; courier1 is offered the delivery")
        order_id = self._order()
        self.console.title("courier1 does not answer; when the offer is over the next sweep hands it to courier2")
        self._reassigned(order_id)
        self.console.title("courier1 is too late now")
        self._step(self.first, "accept", order_id, 403)
        for step, status in _STEPS.items():
            self.console.title(f"courier2: {step}")
            self._carry_out(step, status, order_id)
        self.console.title("Nothing is under way any more")
        _must(not self.customer.get("/v1/customer/active-order")["active"], "the customer still has an active order")
        _must(not self.second.get("/v1/courier/active-order")["active"], "courier2 still has an active order")

    def tidy(self) -> None:
        """Couriers let go of what they have and go off duty; the customer calls off what still runs."""
        for courier in (self.first, self.second):
            active = courier.get("/v1/courier/active-order")
            if active["active"]:
                self._let_go(courier, active["order"])
            courier.post("/v1/courier/availability", {"available": False}, 204)
        for order in self.customer.get("/v1/customer/active-orders")["orders"]:
            if order["status"] != "picked_up":
                self.customer.post("/v1/customer/orders/cancel", {"order_id": order["id"]})

    def end(self) -> None:
        """Leave nothing under way, and nobody signed in."""
        self.console.title("Everybody goes home")
        self.tidy()
        for player in (self.customer, self.first, self.second):
            player.sign_out()

    def _let_go(self, courier: Player, order: dict[str, Any]) -> None:
        self._step(courier, _GIVE_UP[order["status"]], order["id"], 200)

    def _go_on_duty(self, courier: Player, north: float) -> None:
        courier.post("/v1/courier/location", {"latitude": _DAM[0] + north, "longitude": _DAM[1]}, 204)
        courier.post("/v1/courier/availability", {"available": True}, 204)

    def _order(self) -> str:
        placed = self.customer.post(
            "/v1/orders",
            {
                "pickup_address": "Dam 1, Amsterdam",
                "pickup_lat": _DAM[0],
                "pickup_lng": _DAM[1],
                "dropoff_address": "Museumplein 6, Amsterdam",
                "dropoff_lat": 52.3579,
                "dropoff_lng": 4.8816,
                "receiver_phone": "+31205550201",
            },
            201,
        )
        order_id = str(placed["order"]["id"])
        chosen = placed.get("assigned_courier_id")
        _must(chosen == self.first.user_id, f"courier1 is the nearest, but {chosen} was asked; who else is on duty?")
        self._hear(self.first, "order.assigned", order_id)
        self._hear_status("assigned", order_id)
        active = self.customer.get("/v1/customer/active-order")
        _must("assigned_driver" not in active, "the customer sees a driver before anybody has accepted")
        return order_id

    def _reassigned(self, order_id: str) -> None:
        asked = self.console.elapsed_s()
        self._hear(self.first, "order.assignment_timed_out", order_id, _OFFER_AND_SWEEP_S)
        self._hear(self.first, "order.reassigned_away", order_id)
        self._hear(self.second, "order.assigned", order_id)
        self._hear_status("assigned", order_id)
        self.console.title(f"It took {self.console.elapsed_s() - asked:.1f} s")

    def _carry_out(self, step: str, status: str, order_id: str) -> None:
        order = self._step(self.second, step, order_id, 200)
        _must(order["status"] == status, f"after {step} the order is {order['status']}")
        told = self._hear_status(status, order_id)
        if status != "arrived":
            _must("courier_name" in told.data, f"the customer is not told who {step} it")
        if status in ("accepted", "arrived", "picked_up"):
            active = self.customer.get("/v1/customer/active-order")
            _must(active["assigned_driver"]["id"] == self.second.user_id, "the customer does not see courier2 coming")

    def _step(self, courier: Player, step: str, order_id: str, status: int) -> Any:
        body = {"order_id": order_id, "courier_id": courier.user_id}
        return courier.post(f"/v1/courier/orders/{step}", body, status)

    def _hear(self, who: Player, event: str, order_id: str, within_s: float = 20.0) -> Event:
        return who.wait_for(event, lambda data: data["order_id"] == order_id, within_s)

    def _hear_status(self, status: str, order_id: str) -> Event:
        wanted = {"order_id": order_id, "status": status}
        return self.customer.wait_for("order.status", lambda data: wanted.items() <= data.items())


def run(url: str, password: str) -> None:
    """Play it all against the server at `url`. Raises `Failed`."""
    console = Console()
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http, ExitStack() as open_sockets:
        console.title("Everybody signs in and opens a socket")
        players = [Player.sign_in(Line(name, console, http), password) for name in _PEOPLE]
        for player, channel in zip(players, ("customer", "courier", "courier"), strict=True):
            open_sockets.enter_context(player.listening(f"{url.replace('http', 'ws', 1)}/v1/ws/{channel}"))
        delivery = Delivery(console, *players)
        try:
            delivery.play()
        except BaseException:
            with suppress(Failed):  # what went wrong first is what counts
                delivery.end()
            raise
        delivery.end()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the walkthrough; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.walkthrough", description="Play one delivery through.")
    parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT') or 8000}/api")
    parser.add_argument("--password", help="of the demo people, as `make run` prints it")
    options = parser.parse_args(arguments)
    password = options.password or os.environ.get("BATON_DEMO_PASSWORD")
    if not password and sys.stdin.isatty():
        password = getpass.getpass("The password that `make run` printed: ")
    if not password:
        print("Give the password that `make run` printed: --password or BATON_DEMO_PASSWORD", file=sys.stderr)
        return 2
    try:
        run(options.url.rstrip("/"), password)
    except Failed as failure:
        print(f"\nIt did not go as promised: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("\nEverything happened as promised.")
    return 0


def _must(condition: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise Failed(otherwise)


if __name__ == "__main__":
    sys.exit(main())
