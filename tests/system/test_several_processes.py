"""Two local processes on one engine: what happens at one reaches the sockets at the other."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from infra.local.engine_server import engine_process
from infra.local.environment import generate_keys
from tests.races.engines import named_engine
from tests.system.clients import Stack
from tests.system.servers import PASSWORD, Server, running

pytestmark = pytest.mark.xdist_group("several-processes")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """Two processes with the same engine and token keys, each with its own sockets."""
    with ExitStack() as opened:
        url = named_engine() or opened.enter_context(engine_process())
        same = {
            "BATON_DYNAMODB_ENDPOINT": url,
            "BATON_LOCAL_OBJECTS": ":memory:",
            **({"BATON_STAGE": "several"} if named_engine() else {}),
            "BATON_TOKEN_KEYS": generate_keys(),
            "BATON_OFFER_LIFE_S": "600",
        }
        yield opened.enter_context(running(**same)), opened.enter_context(running(**same))


def test_an_event_of_one_process_arrives_at_a_socket_of_the_other(servers: tuple[Server, Server]) -> None:
    with ExitStack() as opened:
        here, there = (Stack(server.base, PASSWORD) for server in servers)
        for stack in (here, there):
            opened.callback(stack.close)
        customer, courier = there.person("customer1"), here.person("courier1")
        socket = opened.enter_context(customer.listening("customer"))
        courier.ask("POST", "/v1/courier/availability", {"available": True}, status=204)
        order = {"pickup_address": "a", "dropoff_address": "b", "receiver_phone": "1"}
        placed = here.call("POST", "/v1/orders", order, token=customer.token).json()
        assert placed["assigned_courier_id"] == courier.user_id
        order_id = placed["order"]["id"]
        step = {"order_id": order_id, "courier_id": courier.user_id}
        courier.ask("POST", "/v1/courier/orders/accept", step)
        socket.wait_for("order.status", order_id=order_id, status="assigned")
        socket.wait_for("order.status", order_id=order_id, status="accepted")


def test_no_process_prints_the_addresses_of_its_services(servers: tuple[Server, Server]) -> None:
    for server in servers:
        for output in (server.output, server.errors):
            assert "/_gateway/" not in output.text.replace("/_gateway/...", "")
            assert "/_lambda/" not in output.text.replace("/_lambda/...", "")
