"""The local socket gateway and the services behind it, without a network."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.local.gateway_services import Services
from infra.local.gateway_sockets import IDLE_S, MAX_DURATION_S, SocketGateway
from infra.local.threads import Threads
from tests.infra.gateway_clients import PATIENCE_S, SIGNED, App, Client, ask

FUNCTION = "/_lambda/2015-03-31/functions/baton-test-deliver/invocations"


@dataclass
class Gateways:
    """Both gateways with one test app, created inside the event loop that uses them."""

    threads: Threads
    app: App = field(default_factory=App)

    def sockets(self, idle_s: float = IDLE_S, max_duration_s: float = MAX_DURATION_S) -> SocketGateway:
        return SocketGateway(self.app.handlers, self.threads, idle_s, max_duration_s)

    def services(self, sockets: SocketGateway) -> Services:
        return Services(sockets, {"baton-test-deliver": self.app.function}, self.threads, "AKLOCAL")

    async def opened(self, sockets: SocketGateway, **known: str) -> tuple[Client, str]:
        """Return a connected client and its connection id."""
        client = Client(sockets, **known)
        assert (await client.next())["type"] == "websocket.accept"
        return client, self.app.events[-1]["requestContext"]["connectionId"]


@pytest.fixture
def gateways() -> Iterator[Gateways]:
    threads = Threads(4, 2)
    yield Gateways(threads)
    assert threads.stop(PATIENCE_S)


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        await story()

    asyncio.run(played())


def test_handlers_get_the_same_connection_id_from_connect_to_disconnect(gateways: Gateways) -> None:
    async def story() -> None:
        client, connection_id = await gateways.opened(gateways.sockets(), query="token=t&channel=staff")
        client.say("hello")
        client.leave(1001)
        await client.served()
        connect, message, disconnect = gateways.app.events
        assert gateways.app.kinds() == ["$connect", "$default", "$disconnect"]
        assert connect["queryStringParameters"] == {"token": "t", "channel": "courier"}
        assert connect["headers"]["user-agent"] == "test"
        assert message["body"] == "hello"
        assert disconnect["requestContext"]["disconnectStatusCode"] == 1001
        assert {event["requestContext"]["connectionId"] for event in gateways.app.events} == {connection_id}

    play(story)


def test_rejected_handshake_returns_the_handlers_response_without_disconnect(gateways: Gateways) -> None:
    refused = {"statusCode": 403, "headers": {"X-Request-Id": "r"}, "body": "no"}
    gateways.app.on_connect = lambda _: refused

    async def story() -> None:
        client = Client(gateways.sockets())
        start, body = await client.next(), await client.next()
        assert (start["status"], body["body"]) == (403, b"no")
        assert (b"x-request-id", b"r") in start["headers"]
        await client.served()
        assert gateways.app.kinds() == ["$connect"]

    play(story)


def test_exception_in_connect_rejects_the_handshake(gateways: Gateways) -> None:
    def crash(_: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("broken")

    gateways.app.on_connect = crash

    async def story() -> None:
        client = Client(gateways.sockets())
        start, body = await client.next(), await client.next()
        assert start["status"] == 500
        assert json.loads(body["body"])["error"]["code"] == "INTERNAL_ERROR"
        await client.served()

    play(story)


def test_exception_in_message_handler_is_reported_and_keeps_the_socket_open(gateways: Gateways) -> None:
    def crash(event: dict[str, Any]) -> None:
        if event["body"] == "bad":
            raise ValueError("broken")

    gateways.app.on_message = crash

    async def story() -> None:
        client, connection_id = await gateways.opened(gateways.sockets())
        client.say("bad")
        told = json.loads((await client.next())["text"])
        assert told == {"message": "Internal server error", "connectionId": connection_id}
        client.say("good")
        client.leave()
        await client.served()
        assert gateways.app.kinds() == ["$connect", "$default", "$default", "$disconnect"]

    play(story)


def test_idle_connection_is_closed(gateways: Gateways) -> None:
    async def story() -> None:
        client, _ = await gateways.opened(gateways.sockets(idle_s=0.01))
        assert (await client.next())["code"] == 1001
        await client.served()
        assert gateways.app.kinds() == ["$connect", "$disconnect"]

    play(story)


def test_connection_closes_after_its_maximum_duration(gateways: Gateways) -> None:
    async def story() -> None:
        client, _ = await gateways.opened(gateways.sockets(max_duration_s=0.01))
        assert (await client.next())["code"] == 1001
        await client.served()

    play(story)


def test_all_connections_close_at_the_end_even_if_a_client_does_not_read(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        stuck, stuck_id = await gateways.opened(sockets)
        reading, _ = await gateways.opened(sockets)
        connection = sockets.find(stuck_id)
        assert connection is not None
        await connection.writing.acquire()  # as a post to a client that does not read
        await sockets.close_all(0.01)
        assert (await reading.next())["code"] == 1001
        await reading.served()
        connection.writing.release()
        stuck.leave()
        await stuck.served()

    play(story)


def test_a_connection_can_be_posted_to_until_it_is_gone(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        client, connection_id = await gateways.opened(sockets)
        path = f"/_gateway/@connections/{connection_id}"
        assert (await ask(services, "POST", path, b'{"event": "e"}')).status == 200
        assert (await client.next())["text"] == '{"event": "e"}'
        described = (await ask(services, "GET", path)).json
        assert described["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "test"}
        assert described["connectedAt"] <= described["lastActiveAt"]
        client.leave()
        await client.served()
        for method in ("POST", "GET", "DELETE"):
            assert (await ask(services, method, path, b"x")).status == 410

    play(story)


def test_a_connection_cannot_be_posted_to_before_its_handshake_has_returned(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        loop = asyncio.get_running_loop()
        statuses: list[int] = []

        def post_early(event: dict[str, Any]) -> dict[str, Any]:
            path = f"/_gateway/@connections/{event['requestContext']['connectionId']}"
            early = asyncio.run_coroutine_threadsafe(ask(services, "POST", path, b"x"), loop)
            statuses.append(early.result(PATIENCE_S).status)
            return {"statusCode": 200}

        gateways.app.on_connect = post_early
        client, _ = await gateways.opened(sockets)
        assert statuses == [410]
        client.leave()
        await client.served()

    play(story)


def test_connection_can_be_closed_by_the_management_api(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        answer = await ask(gateways.services(sockets), "DELETE", f"/_gateway/@connections/{connection_id}")
        assert answer.status == 204
        assert (await client.next())["code"] == 1000
        await client.served()
        assert gateways.app.kinds() == ["$connect", "$disconnect"]

    play(story)


def test_a_post_that_is_too_large_is_refused(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        path = f"/_gateway/@connections/{connection_id}"
        assert (await ask(gateways.services(sockets), "POST", path, b"x" * 131_073)).status == 413
        client.leave()
        await client.served()

    play(story)


@pytest.mark.parametrize("authorization", ["", "Bearer x", SIGNED.replace("AKLOCAL", "AKOTHER")])
def test_requests_without_the_access_key_are_refused(gateways: Gateways, authorization: str) -> None:
    async def story() -> None:
        services = gateways.services(gateways.sockets())
        for path in ("/_gateway/@connections/x", FUNCTION, "/_lambda/other"):
            assert (await ask(services, "POST", path, b"{}", authorization)).status == 403

    play(story)


def test_a_function_is_called_without_waiting_for_it(gateways: Gateways) -> None:
    async def story() -> None:
        services = gateways.services(gateways.sockets())
        answer = await ask(services, "POST", FUNCTION, b'{"user_id": "u"}', x_amz_invocation_type="Event")
        assert answer.status == 202

    play(story)
    assert gateways.app.called.wait(PATIENCE_S)
    payload, context = gateways.app.invoked[0]
    assert payload == {"user_id": "u"}
    assert context.function_name == "baton-test-deliver"


def test_invalid_invocations_are_rejected(gateways: Gateways) -> None:
    async def story() -> None:
        services = gateways.services(gateways.sockets())
        other = FUNCTION.replace("deliver", "other")
        assert (await ask(services, "POST", other, b"{}", x_amz_invocation_type="Event")).status == 404
        assert (await ask(services, "POST", FUNCTION, b"{}")).status == 400
        assert (await ask(services, "POST", FUNCTION, b"{", x_amz_invocation_type="Event")).status == 400
        assert (await ask(services, "GET", "/_lambda/other")).status == 404

    play(story)
