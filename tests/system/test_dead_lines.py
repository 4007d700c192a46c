"""Sockets on lines that die without either side knowing, over real TCP."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.system.clients import Person, Socket, Stack
from tests.system.lines import Line, line_to

ORDER = {
    "pickup_address": "Dam 1",
    "pickup_lat": 52.373,
    "pickup_lng": 4.893,
    "dropoff_address": "Prinsengracht 263",
    "receiver_phone": "+31201234567",
}


@contextmanager
def breakable(stack: Stack, person: Person, channel: str) -> Iterator[tuple[Socket, Line]]:
    """Open a socket of a person over a line that can die."""
    with ExitStack() as opened:
        line, client = opened.enter_context(line_to(stack.base))
        socket = opened.enter_context(stack.socket(channel, token=person.token, sock=client, close_timeout=0))
        socket.ping()
        yield socket, line


def place_order(customer: Person) -> str:
    placed = customer.ask("POST", "/v1/orders", ORDER, status=201)
    return str(placed["order"]["id"])


def cancel(customer: Person, order_id: str) -> None:
    """Cancel an order, if a courier has got it: nobody may be on duty."""
    assert customer.post("/v1/customer/orders/cancel", {"order_id": order_id}).status_code in {200, 409}


@pytest.mark.parametrize("acknowledges", [False, True])
def test_what_was_posted_to_a_dead_line_is_received_by_the_next_socket(brisk_stack: Stack, acknowledges: bool) -> None:
    customer = brisk_stack.sign_in("customer3")
    statuses: list[tuple[str, str]] = []
    with breakable(brisk_stack, customer, "customer") as (socket, line):
        first = place_order(customer)
        socket.wait_for("order.status", order_id=first)
        cancel(customer, first)
        socket.wait_for("order.status", order_id=first, status="canceled_by_customer")
        if acknowledges:
            socket.say("ack", id=socket.events[-1].id)
            socket.ping()
        seen = len(socket.events)
        line.die()
        second = place_order(customer)  # posted to the dead line, which succeeds
        cancel(customer, second)
        with customer.listening("customer") as alive:
            third = place_order(customer)
            alive.wait_for("order.status", order_id=third)
            statuses = [(heard.data["order_id"], heard.data["status"]) for heard in alive.events]
            ids = [heard.id for heard in alive.events]
            assert len(socket.events) == seen
        cancel(customer, third)
    orders = list(dict.fromkeys(order_id for order_id, _ in statuses))
    assert orders == [second, third] if acknowledges else orders[-2:] == [second, third]
    assert ids == sorted(set(filter(None, ids)))


def test_another_device_hears_everything_while_one_line_is_dead(brisk_stack: Stack) -> None:
    customer, tablet = brisk_stack.sign_in("customer2"), brisk_stack.sign_in("customer2")
    with breakable(brisk_stack, customer, "customer") as (_, line), tablet.listening("customer") as alive:
        line.die()
        placed = [place_order(customer) for _ in range(3)]
        for order_id in placed:
            alive.wait_for("order.status", order_id=order_id)
        heard = [event.data["order_id"] for event in alive.events]
        assert list(dict.fromkeys(heard)) == placed
        assert len({event.id for event in alive.events}) == len(alive.events)
        for order_id in placed:
            cancel(customer, order_id)


def test_a_session_that_is_signed_out_loses_its_socket(brisk_stack: Stack) -> None:
    customer = brisk_stack.sign_in("customer3")
    with customer.listening("customer") as socket:
        assert customer.post("/v1/auth/logout", {"refreshToken": customer.refresh_token}).status_code == 204
        assert socket.wait_closed() == 4001
