"""The socket handlers: connect, disconnect and messages."""

import json
from typing import Any

import pytest

import app
from chalicelib.core.store import get
from chalicelib.identity.roles.tables import role_key
from chalicelib.identity.sessions.tables import session_key
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import stored_courier
from tests.builders.mailboxes import head_of, stored_connections
from tests.builders.sockets import Sent
from tests.builders.world import DEMO, Person, World

HERE = {"latitude": 52.37, "longitude": 4.89}


def handshake(headers: dict[str, str] | None = None, query: dict[str, str] | None = None) -> dict[str, Any]:
    """A `$connect` with exactly these headers and this query."""
    context = {"connectionId": "phone", "domainName": "gateway.test", "stage": "api", "apiId": "test"}
    event = {"requestContext": context, "headers": headers, "queryStringParameters": query}
    answer: dict[str, Any] = app.websocket_connect(event, None)
    return answer


def code(answer: dict[str, Any]) -> str:
    return str(json.loads(answer["body"])["error"]["code"])


def say(world: World, socket: str, event: str, data: object = None) -> list[Sent]:
    """Send an event; what is answered to it."""
    return say_raw(world, socket, json.dumps({"event": event} if data is None else {"event": event, "data": data}))


def say_raw(world: World, socket: str, body: str) -> list[Sent]:
    before = len(world.heard(socket))
    world.say(socket, body)
    return world.heard(socket)[before:]


def end_session(world: World, person: Person) -> None:
    session = get(session_key(person.org_id, person.user_id, person.session_id))
    assert session is not None
    world.run(lambda work: work.update(session, {"ended_at": work.now}), person.org_id)


def forbid(world: World, role: str, permission: str) -> None:
    stored = get(role_key(DEMO, role))
    assert stored is not None
    left = {name: scope for name, scope in stored.permissions.items() if name != permission}
    world.run(lambda work: work.update(stored, {"permissions": left}))


# Opening


@pytest.mark.parametrize("role", ["courier", "customer"])
def test_connect_to_channel_of_role(world: World, role: str) -> None:
    person = world.person(role)
    assert world.connect("phone", person.token, role)["statusCode"] == 200
    assert len(stored_connections(person, "phone")) == 2


@pytest.mark.parametrize(("role", "channel"), [("courier", "customer"), ("customer", "courier"), ("picker", "courier")])
def test_connect_to_channel_of_another_role_is_refused(world: World, role: str, channel: str) -> None:
    person = world.person(role)
    answer = world.connect("phone", person.token, channel)
    assert (answer["statusCode"], code(answer)) == (403, "ACCESS_DENIED")
    assert stored_connections(person, "phone") == []


def test_connect_to_unknown_channel_is_refused(world: World) -> None:
    courier = world.person("courier")
    for channel in ("nonsense", "", "COURIER", "courier "):
        assert world.connect("phone", courier.token, channel)["statusCode"] == 403


def test_connect_without_channel_uses_role(world: World) -> None:
    assert world.connect("phone", world.person("courier").token)["statusCode"] == 200
    forbid(world, "customer", "realtime.channel.customer")
    assert world.connect("other", world.person("customer").token)["statusCode"] == 403


def test_channel_permission_can_be_removed(world: World) -> None:
    forbid(world, "courier", "realtime.channel.courier")
    assert world.connect("phone", world.person("courier").token, "courier")["statusCode"] == 403


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "Bearer"])
def test_invalid_token_is_refused(world: World, token: str) -> None:
    answer = world.connect("phone", token)
    assert answer["statusCode"] == 401


def test_missing_token_is_refused(world: World) -> None:
    for headers, query in ((None, None), ({}, {}), ({"Authorization": "Basic abc"}, None)):
        answer = handshake(headers, query)
        assert (answer["statusCode"], code(answer)) == (401, "AUTH_REQUIRED")


def test_token_in_query_is_accepted(world: World) -> None:
    courier = world.person("courier")
    assert handshake({}, {"token": courier.token, "channel": "courier"})["statusCode"] == 200


def test_expired_token_is_refused(world: World) -> None:
    courier = world.person("courier")
    world.clock.advance(hours=2)
    answer = world.connect("phone", courier.token)
    assert (answer["statusCode"], code(answer)) == (401, "AUTH_EXPIRED")


def test_ended_session_is_refused(world: World) -> None:
    courier = world.person("courier")
    end_session(world, courier)
    answer = world.connect("phone", courier.token)
    assert (answer["statusCode"], code(answer)) == (401, "AUTH_INVALID")


def test_first_offered_subprotocol_is_selected(world: World) -> None:
    courier = world.person("courier")
    headers = {"Authorization": f"Bearer {courier.token}", "Sec-WebSocket-Protocol": "baton, other"}
    assert handshake(headers)["headers"]["Sec-WebSocket-Protocol"] == "baton"


def test_no_subprotocol_without_offer(world: World) -> None:
    courier = world.person("courier")
    assert "Sec-WebSocket-Protocol" not in handshake({"Authorization": f"Bearer {courier.token}"})["headers"]


def test_refused_handshake_triggers_no_delivery(world: World) -> None:
    courier = world.person("courier")
    world.connect("phone", courier.token, "customer")
    assert world.delivery_trigger.recipients == []
    assert head_of(courier) is None


# Talking


def test_ping_is_answered(world: World) -> None:
    socket = world.person("courier").socket()
    assert say(world, socket, "ping") == [Sent("pong", {})]
    assert say(world, socket, "ping", {"anything": 1}) == [Sent("pong", {})]


def test_position_is_stored_without_reply(world: World) -> None:
    courier = world.person("courier")
    assert say(world, courier.socket(), "location.update", HERE) == []
    stored = stored_courier(courier)
    assert stored is not None
    assert (stored.lat, stored.lng, stored.position_at) == (52.37, 4.89, world.clock.now())


def test_invalid_position_names_all_fields(world: World) -> None:
    courier = world.person("courier")
    [error] = say(world, courier.socket(), "location.update", {"latitude": 91, "longitude": "east"})
    assert (error.event, error.data["code"], error.data["event"]) == ("error", "VALIDATION_ERROR", "location.update")
    assert set(error.data["fields"]) == {"data.latitude", "data.longitude"}
    assert stored_courier(courier) is None


@pytest.mark.parametrize("body", ['{"event": "location.update"}', '{"event": "location.update", "data": {}}'])
def test_missing_position_fields_are_named(world: World, body: str) -> None:
    [error] = say_raw(world, world.person("courier").socket(), body)
    assert set(error.data["fields"]) == {"data.latitude", "data.longitude"}


def test_position_requires_permission(world: World) -> None:
    customer = world.person("customer")
    [error] = say(world, customer.socket(), "location.update", HERE)
    assert (error.data["code"], stored_courier(customer)) == ("ACCESS_DENIED", None)


def test_removed_permission_applies_to_next_message(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    forbid(world, "courier", "dispatch.courier.position")
    [error] = say(world, socket, "location.update", HERE)
    assert error.data["code"] == "ACCESS_DENIED"


def test_messages_after_logout_are_refused(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    end_session(world, courier)
    [error] = say(world, socket, "location.update", HERE)
    assert (error.data["code"], stored_courier(courier)) == ("AUTH_INVALID", None)


def test_unknown_connection_has_to_connect_again(world: World) -> None:
    [error] = say(world, "stranger", "location.update", HERE)
    assert error.data["code"] == "AUTH_REQUIRED"


def test_unknown_event_is_refused(world: World) -> None:
    [error] = say(world, world.person("courier").socket(), "order.accept", {"order_id": "1"})
    assert (error.data["event"], set(error.data["fields"])) == ("order.accept", {"event"})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "MALFORMED_JSON"),
        ("hello", "MALFORMED_JSON"),
        ('{"event": "ping"', "MALFORMED_JSON"),
        ("{}", "VALIDATION_ERROR"),
        ("[]", "VALIDATION_ERROR"),
        ("null", "VALIDATION_ERROR"),
        ('"ping"', "VALIDATION_ERROR"),
        ('{"event": 7}', "VALIDATION_ERROR"),
        ('{"event": "location.update", "data": []}', "VALIDATION_ERROR"),
    ],
)
def test_invalid_message_gets_error(world: World, body: str, expected: str) -> None:
    [error] = say_raw(world, world.person("courier").socket(), body)
    assert (error.event, error.data["code"]) == ("error", expected)


def test_message_gets_error_while_store_is_down(world: World, engine: EmbeddedEngine) -> None:
    socket = world.person("courier").socket()
    engine.fail_next(None, "InternalServerError", times=20)
    [error] = say(world, socket, "location.update", HERE)
    assert error.data["code"] == "SERVICE_UNAVAILABLE"


def test_reply_to_closed_socket_is_dropped(world: World) -> None:
    socket = world.person("courier").socket()
    world.sender.closed.add(socket)
    assert say(world, socket, "ping") == []


# Closing


def test_disconnect_deletes_connection(world: World) -> None:
    courier = world.person("courier")
    first, second = courier.socket(), courier.socket()
    world.hang_up(first)
    assert stored_connections(courier, first) == []
    assert len(stored_connections(courier, second)) == 2


def test_disconnect_of_unknown_connection_is_no_error(world: World) -> None:
    world.hang_up("stranger")
