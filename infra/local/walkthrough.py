"""`python -m infra.local.walkthrough`: play a delivery on a running stack and print every step.

A customer places an order that has to be proven by a PIN, while nobody is on duty: it waits, and the customer makes a
tracking link. The first courier who goes on duty gets it and lets the offer time out. The next sweep offers it to the
second, who accepts, arrives, picks up and delivers, while customer and receiver follow. HTTP responses and socket
events are printed as they arrive. The exit code is 0
only if everything happens as the contract says. The command cleans up before and after, so it can be repeated.

It needs the password of the demo users: `--password`, else `BATON_DEMO_PASSWORD`, else the one that `make run` keeps in
the same checkout, else a prompt.
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
from urllib.parse import urlsplit

import httpx

from infra.local.addresses import is_this_machine
from infra.local.stack_files import StackFiles
from infra.local.walkthrough_users import (
    ApiConnection,
    Console,
    Event,
    WalkthroughFailed,
    WalkthroughUser,
    await_server,
)

_REASSIGNMENT_TIMEOUT_S = 90.0  # three times the default of 15 s for the offer and 15 s for the sweep
_USERNAMES = ("customer1", "courier1", "courier2")
_DAM = (52.3731, 4.8926)
_STEPS = {"accept": "accepted", "arrived": "arrived", "picked": "picked_up"}
_BEFORE_PICKUP = ("assigned", "accepted", "arrived")
_CLEANUP_STEPS = {
    "assigned": ["decline"],
    "accepted": ["cancel"],
    "arrived": ["cancel"],
    "picked_up": ["undeliverable", "returned"],
    "undeliverable": ["returned"],
}


class PasswordMissing(Exception):
    """No password of the demo users was given, and none is kept."""


@dataclass(slots=True)
class DeliveryWalkthrough:
    """A delivery with one customer, two couriers, and a receiver who follows it with the token of a tracking link."""

    console: Console
    customer: WalkthroughUser
    first: WalkthroughUser
    second: WalkthroughUser
    receiver: ApiConnection
    token: str = ""

    def play(self) -> None:
        """Play the delivery. Raise `WalkthroughFailed` if something happens that the contract does not say."""
        self.console.title("Clean up after earlier runs")
        self.clean_up()
        order_id = self._wait_for_courier()
        self._play_offers(order_id)
        for step, status in _STEPS.items():
            self.console.title(f"courier2: {step}")
            self._carry_out(step, status, order_id)
        self.console.title("courier2 rides on; customer and receiver see where the courier is")
        self._expect_position(order_id)
        self.console.title("courier2 delivers: refused without the PIN that the receiver has from the customer")
        self._deliver(order_id)
        self.console.title("No order is active any more")
        _require(not self.customer.get("/v1/customer/active-order")["active"], "the customer still has an active order")
        _require(not self.second.get("/v1/courier/active-order")["active"], "courier2 still has an active order")

    def _wait_for_courier(self) -> str:
        """Place an order that waits until a courier is on duty, and share it; return its id."""
        self.console.title("The customer places an order; nobody is on duty, so it waits")
        order_id = self._order()
        self.console.title("The customer makes a tracking link for the receiver, who needs no account")
        self.token = self.customer.post(f"/v1/orders/{order_id}/tracking-link", None, 201)["token"]
        self._expect_tracked("no_nearby_driver")
        self.console.title("courier1 goes on duty near the pickup and gets the waiting order at once")
        self._go_on_duty(self.first, 0.0002)
        self._expect(self.first, "order.assigned", order_id)
        self._expect_status("assigned", order_id)
        return order_id

    def _play_offers(self, order_id: str) -> None:
        """Let the offer to courier1 time out, so that courier2 gets it."""
        self.console.title(
            "courier2 goes on duty; courier1 does not answer, and after the offer expires the next sweep goes on"
        )
        self._go_on_duty(self.second, 0.0010)
        self._expect_reassignment(order_id)
        self.console.title("courier1 accepts too late and is refused")
        self._step(self.first, "accept", order_id, 403)

    def clean_up(self) -> None:
        """Cancel the customer's orders, finish those that were picked up, and set the couriers off duty."""
        for order in self.customer.get("/v1/customer/orders/history")["orders"]:
            if order["status"] in _BEFORE_PICKUP or "waiting_until" in order:
                self.customer.post("/v1/customer/orders/cancel", {"order_id": order["id"]})
        for courier in (self.first, self.second):
            active = courier.get("/v1/courier/active-order")
            if active["active"]:
                self._release(courier, active["order"])
            courier.post("/v1/courier/availability", {"available": False}, 204)

    def end(self) -> None:
        """Clean up and sign out."""
        self.console.title("All users end their work and sign out")
        self.clean_up()
        for user in (self.customer, self.first, self.second):
            user.sign_out()

    def _release(self, courier: WalkthroughUser, order: dict[str, Any]) -> None:
        for step in _CLEANUP_STEPS[order["status"]]:
            reason = {"reason": "The walkthrough begins anew."} if step == "undeliverable" else {}
            self._step(courier, step, order["id"], 200, **reason)

    def _report_position(self, courier: WalkthroughUser, north: float) -> None:
        courier.post("/v1/courier/location", {"latitude": _DAM[0] + north, "longitude": _DAM[1]}, 204)

    def _go_on_duty(self, courier: WalkthroughUser, north: float) -> None:
        self._report_position(courier, north)
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
                "requirements": {"pin": True},
            },
            201,
        )
        order_id = str(placed["order"]["id"])
        chosen = placed.get("assigned_courier_id")
        _require(chosen is None, f"nobody should be on duty, but {chosen} got the offer; are others on duty?")
        _require("waiting_until" in placed["order"], "the order does not wait")
        self._expect_status("no_nearby_driver", order_id)
        return order_id

    def _expect_reassignment(self, order_id: str) -> None:
        start = self.console.elapsed_s()
        self._expect(self.first, "order.assignment_timed_out", order_id, _REASSIGNMENT_TIMEOUT_S)
        self._expect(self.first, "order.reassigned_away", order_id)
        self._expect(self.second, "order.assigned", order_id)
        self._expect_status("assigned", order_id)
        active = self.customer.get("/v1/customer/active-order")
        _require("assigned_driver" not in active, "the customer sees a driver before a courier has accepted")
        self.console.title(f"The reassignment took {self.console.elapsed_s() - start:.1f} s")

    def _carry_out(self, step: str, status: str, order_id: str) -> None:
        order = self._step(self.second, step, order_id, 200)
        _require(order["status"] == status, f"after {step} the order has the status {order['status']}")
        event = self._expect_status(status, order_id)
        if status != "arrived":
            _require("courier_name" in event.data, f"the event {status} does not name the courier")
        active = self.customer.get("/v1/customer/active-order")
        _require(
            active["assigned_driver"]["id"] == self.second.user_id,
            "the customer's active order does not show courier2",
        )
        self._expect_tracked(status)

    def _expect_position(self, order_id: str) -> None:
        self._report_position(self.second, -0.0050)
        self._expect(self.customer, "courier.location", order_id)
        tracked = self._expect_tracked("picked_up")
        _require("latitude" in tracked["courier"], "the tracking link does not show where the courier is")
        _require("eta_at" in tracked, "the tracking link does not show when the order is delivered")

    def _deliver(self, order_id: str) -> None:
        pin = self.customer.get(f"/v1/orders/{order_id}")["delivery_pin"]
        self._step(self.second, "delivered", order_id, 409)
        self._step(self.second, "delivered", order_id, 200, proof={"pin": pin})
        self._expect_status("delivered", order_id)
        _require("courier" not in self._expect_tracked("delivered"), "the tracking link shows the courier for too long")

    def _expect_tracked(self, status: str) -> Any:
        """Return what the receiver sees, which has to have this status."""
        tracked = self.receiver.call("GET", f"/v1/track/{self.token}", None, status=200)
        _require(tracked["status"] == status, f"the tracking link shows {tracked['status']}")
        return tracked

    def _step(self, courier: WalkthroughUser, step: str, order_id: str, status: int, **more: object) -> Any:
        body = {"order_id": order_id, "courier_id": courier.user_id, **more}
        return courier.post(f"/v1/courier/orders/{step}", body, status)

    def _expect(self, user: WalkthroughUser, event: str, order_id: str, timeout_s: float = 20.0) -> Event:
        return user.wait_for(event, lambda data: data["order_id"] == order_id, timeout_s)

    def _expect_status(self, status: str, order_id: str) -> Event:
        expected = {"order_id": order_id, "status": status}
        return self.customer.wait_for("order.status", lambda data: expected.items() <= data.items())


def run(url: str, password: str) -> None:
    """Play the delivery on the server at `url`. Raise `WalkthroughFailed`."""
    console = Console()
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http, ExitStack() as open_sockets:
        console.title("All users sign in and open a socket")
        customer, first, second = users = [
            WalkthroughUser.sign_in(ApiConnection(name, console, http), password) for name in _USERNAMES
        ]
        for user, channel in zip(users, ("customer", "courier", "courier"), strict=True):
            open_sockets.enter_context(user.listening(f"{url.replace('http', 'ws', 1)}/v1/ws/{channel}"))
        delivery = DeliveryWalkthrough(console, customer, first, second, ApiConnection("receiver", console, http))
        try:
            delivery.play()
        except BaseException:
            with suppress(WalkthroughFailed):  # the first error is the one to report
                delivery.end()
            raise
        delivery.end()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the walkthrough and return the exit code."""
    description = "Play one delivery on a running stack."
    parser = argparse.ArgumentParser(prog="python -m infra.local.walkthrough", description=description)
    url = f"http://localhost:{os.environ.get('PORT') or 8000}/api"
    parser.add_argument("--url", default=url, help="URL of the API (default: %(default)s)")
    parser.add_argument("--password", help="password of the demo users (default: the one that `make run` keeps)")
    options = parser.parse_args(arguments)
    try:
        _play(options.url.rstrip("/"), options.password)
    except PasswordMissing:
        print("Set the password that `make run` printed with --password or BATON_DEMO_PASSWORD", file=sys.stderr)
        return 2
    except WalkthroughFailed as failure:
        print(f"\nThe walkthrough failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("\nThe walkthrough succeeded.")
    return 0


def _play(url: str, given: str | None) -> None:
    """Play the delivery. Raise `WalkthroughFailed`, or `PasswordMissing`."""
    await_server(url)
    password = given or os.environ.get("BATON_DEMO_PASSWORD") or _kept_password(url)
    if not password and sys.stdin.isatty():
        password = getpass.getpass("Password of the demo users, printed by `make run`: ")
    if not password:
        raise PasswordMissing
    run(url, password)


def _kept_password(url: str) -> str | None:
    """Return the password that a stack on this machine keeps for this port."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None or not is_this_machine(parts.hostname):
        return None
    return StackFiles(parts.port).password()


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - an assertion
    if not condition:
        raise WalkthroughFailed(message)


if __name__ == "__main__":
    sys.exit(main())
