"""The local socket gateway and the services behind it, without a network."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from infra.local.gateway_connection import MAX_CONCURRENT_MESSAGES
from infra.local.gateway_services import Services
from infra.local.gateway_sockets import IDLE_S, MAX_DURATION_S, Posted, SocketGateway
from infra.local.threads import Threads
from tests.infra.gateway_clients import CONNECTIONS, FUNCTIONS, PATIENCE_S, SECRETS, App, Client, ask

FUNCTION = f"{FUNCTIONS}/baton-test-deliver/invocations"


@dataclass
class Gateways:
    """Both gateways with one test app, created inside the event loop that uses them."""

    threads: Threads
    app: App = field(default_factory=App)

    def sockets(self, idle_s: float = IDLE_S, max_duration_s: float = MAX_DURATION_S) -> SocketGateway:
        return SocketGateway(self.app.handlers, self.threads, idle_s, max_duration_s)

    def services(self, sockets: SocketGateway) -> Services:
        return Services(sockets, {"baton-test-deliver": self.app.function}, self.threads, SECRETS)

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


def post(sockets: SocketGateway, connection_id: str, text: str) -> None:
    """Post to an open connection."""
    connection = sockets.find(connection_id)
    assert connection is not None
    assert sockets.post(connection, text) is Posted.ACCEPTED


def kind_of(event: dict[str, Any]) -> str:
    """Return the route of an event. Messages and `$disconnect` come in any order, as at API Gateway."""
    kind: str = event["requestContext"]["routeKey"]
    return kind


def status_of(event: dict[str, Any]) -> int:
    """Return the close code in the event of `$disconnect`."""
    assert event["requestContext"]["routeKey"] == "$disconnect"
    code: int = event["requestContext"]["disconnectStatusCode"]
    return code


def test_handlers_get_the_same_connection_id_from_connect_to_disconnect(gateways: Gateways) -> None:
    async def story() -> None:
        client, connection_id = await gateways.opened(gateways.sockets(), query="token=t&channel=staff")
        client.say("hello")
        client.leave(1001)
        await client.served()
        connect, message, disconnect = sorted(gateways.app.events, key=kind_of)
        assert sorted(gateways.app.kinds()) == ["$connect", "$default", "$disconnect"]
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
        assert sorted(gateways.app.kinds()) == ["$connect", "$default", "$default", "$disconnect"]

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
        stuck.reads.clear()
        post(sockets, stuck_id, "never read")
        await sockets.close_all(0.01)
        assert (await reading.next())["code"] == 1001
        await reading.served()
        await stuck.served()
        assert stuck.lost

    play(story)


def test_a_connection_can_be_posted_to_until_it_is_gone(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        client, connection_id = await gateways.opened(sockets)
        path = f"{CONNECTIONS}/{connection_id}"
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
            path = f"{CONNECTIONS}/{event['requestContext']['connectionId']}"
            early = asyncio.run_coroutine_threadsafe(ask(services, "POST", path, b"x"), loop)
            statuses.append(early.result(PATIENCE_S).status)
            return {"statusCode": 200}

        gateways.app.on_connect = post_early
        client, _ = await gateways.opened(sockets)
        assert statuses == [410]
        client.leave()
        await client.served()

    play(story)


@pytest.mark.parametrize(
    ("asked", "code"),
    [("", 1000), ("4008", 4008), ("4999", 4999), ("1008", 1008), ("5000", 1000), ("1006", 1000), ("40011", 1000)],
)
def test_connection_can_be_closed_by_the_management_api(gateways: Gateways, asked: str, code: int) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        path = f"{CONNECTIONS}/{connection_id}"
        answer = await ask(gateways.services(sockets), "DELETE", path, x_close_code=asked)
        assert answer.status == 204
        assert (await client.next())["code"] == code
        await client.served()
        assert gateways.app.kinds() == ["$connect", "$disconnect"]
        assert status_of(gateways.app.events[-1]) == code

    play(story)


def test_connection_of_a_client_that_does_not_read_is_closed_too(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        client, connection_id = await gateways.opened(sockets)
        client.reads.clear()
        post(sockets, connection_id, "never read")
        path = f"{CONNECTIONS}/{connection_id}"
        assert (await ask(services, "DELETE", path, x_close_code="4001")).status == 204
        assert (await ask(services, "POST", path, b"x")).status == 410
        await client.served()
        assert client.lost
        assert client.got.empty()
        assert gateways.app.kinds() == ["$connect", "$disconnect"]
        assert status_of(gateways.app.events[-1]) == 4001

    play(story)


def test_messages_before_a_close_reach_a_client_that_reads(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        connection = sockets.find(connection_id)
        assert connection is not None
        texts = [str(number) for number in range(20)]
        for text in texts:
            assert sockets.post(connection, text) is Posted.ACCEPTED
        sockets.close(connection, 4001)
        sockets.close(connection, 4002)
        assert [(await client.next())["text"] for _ in texts] == texts
        assert (await client.next())["code"] == 4001
        await client.served()

    play(story)


def test_posts_to_a_client_that_does_not_read_are_refused_when_its_buffer_is_full(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        client, connection_id = await gateways.opened(sockets)
        client.reads.clear()
        path = f"{CONNECTIONS}/{connection_id}"
        statuses = [(await ask(services, "POST", path, b"x" * 32_768)).status for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 429]
        assert (await ask(services, "GET", path)).status == 200
        client.reads.set()
        for _ in range(4):
            assert len((await client.next())["text"]) == 32_768
        assert (await ask(services, "POST", path, b"more")).status == 200
        client.leave()
        await client.served()

    play(story)


def test_a_client_that_does_not_read_delays_no_post_to_others(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        services = gateways.services(sockets)
        stuck, stuck_id = await gateways.opened(sockets)
        reading, reading_id = await gateways.opened(sockets)
        stuck.reads.clear()
        for _ in range(100):
            await ask(services, "POST", f"{CONNECTIONS}/{stuck_id}", b"x" * 10_000)
            assert (await ask(services, "POST", f"{CONNECTIONS}/{reading_id}", b"event")).status == 200
            assert (await reading.next())["text"] == "event"
        for client in (stuck, reading):
            client.lose()
            await client.served()

    play(story)


def test_a_post_to_a_line_that_is_dead_without_a_close_succeeds(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        client.reads.clear()
        path = f"{CONNECTIONS}/{connection_id}"
        assert (await ask(gateways.services(sockets), "POST", path, b"lost")).status == 200
        client.lose()
        await client.served()
        assert status_of(gateways.app.events[-1]) == 1006

    play(story)


def test_messages_of_one_connection_are_handled_at_the_same_time(gateways: Gateways) -> None:
    """The first message ends after the second, and after the connection."""
    second_is_handled, done = Event(), []

    def handle(event: dict[str, Any]) -> None:
        if event["body"] == "first":
            assert second_is_handled.wait(PATIENCE_S)
        done.append(event["body"])
        second_is_handled.set()

    gateways.app.on_message = handle

    async def story() -> None:
        client, _ = await gateways.opened(gateways.sockets())
        client.say("first")
        client.say("second")
        client.leave()
        await client.served()
        assert done == ["second", "first"]

    play(story)


def test_messages_of_one_connection_occupy_a_bounded_number_of_threads() -> None:
    """Another connection is served while one has as many messages in hand as it may."""
    threads, free = Threads(MAX_CONCURRENT_MESSAGES + 1, 1), Event()

    def handle(event: dict[str, Any]) -> None:
        if event["body"] == "slow":
            assert free.wait(PATIENCE_S)

    gateways = Gateways(threads)
    gateways.app.on_message = handle

    async def story() -> None:
        sockets = gateways.sockets()
        busy, _ = await gateways.opened(sockets)
        for _ in range(2 * MAX_CONCURRENT_MESSAGES):
            busy.say("slow")
        other, _ = await gateways.opened(sockets)
        other.say("quick")
        other.leave()
        await other.served()
        free.set()
        busy.leave()
        await busy.served()

    play(story)
    assert gateways.app.kinds().count("$default") == 2 * MAX_CONCURRENT_MESSAGES + 1
    assert threads.stop(PATIENCE_S)


def test_a_post_that_is_too_large_is_refused(gateways: Gateways) -> None:
    async def story() -> None:
        sockets = gateways.sockets()
        client, connection_id = await gateways.opened(sockets)
        path = f"{CONNECTIONS}/{connection_id}"
        assert (await ask(gateways.services(sockets), "POST", path, b"x" * 131_073)).status == 413
        client.leave()
        await client.served()

    play(story)


@pytest.mark.parametrize(
    "path",
    [
        "/_gateway/@connections/x",
        "/_gateway//@connections/x",
        "/_gateway/gateway-secre/@connections/x",
        "/_gateway/gateway-secret",
        "/_gateway/lambda-secret/@connections/x",
        "/_gateway/g\u00e4teway/@connections/x",
        FUNCTION.replace("lambda-secret", "gateway-secret"),
        FUNCTION.replace("lambda-secret/", ""),
        "/_lambda/other",
        "/api/health",
    ],
)
def test_a_service_is_unknown_at_an_address_without_its_secret(gateways: Gateways, path: str) -> None:
    async def story() -> None:
        assert gateways.services(gateways.sockets()).find(path) is None

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
        assert (await ask(services, "GET", f"{FUNCTIONS}/other")).status == 404

    play(story)
