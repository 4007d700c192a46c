"""The socket handlers: connect, disconnect and messages."""

import json
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles.tables import role_key
from chalicelib.identity.sessions.tables import session_key
from chalicelib.realtime.message_rate import MessageRate
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import stored_courier
from tests.builders.mailboxes import box_of, is_stored, numbers_at, publish, recipient
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
    assert is_stored(person, "phone")


@pytest.mark.parametrize(("role", "channel"), [("courier", "customer"), ("customer", "courier"), ("picker", "courier")])
def test_connect_to_channel_of_another_role_is_refused(world: World, role: str, channel: str) -> None:
    person = world.person(role)
    answer = world.connect("phone", person.token, channel)
    assert (answer["statusCode"], code(answer)) == (403, "ACCESS_DENIED")
    assert not is_stored(person, "phone")


@pytest.mark.parametrize("token", [None, "nonsense"])
def test_unknown_channel_is_not_found_whatever_the_token(world: World, token: str | None) -> None:
    for channel in ("nonsense", "", "COURIER", "courier "):
        answer = world.connect("phone", token or world.person("courier").token, channel)
        assert (answer["statusCode"], code(answer)) == (404, "ROUTE_NOT_FOUND")


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
    assert box_of(courier) is None


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


def test_more_than_twenty_messages_a_second_close_the_socket(world: World) -> None:
    socket = world.person("courier").socket()
    for _ in range(20):
        assert say(world, socket, "ping") == [Sent("pong", {})]
    [error] = say(world, socket, "ping")
    assert (error.event, error.data["code"]) == ("error", "RATE_LIMITED")
    assert world.sender.closes == [(socket, 1008)]


def test_message_rate_counts_each_second_anew(world: World) -> None:
    socket = world.person("courier").socket()
    for _ in range(3):
        for _ in range(20):
            assert say(world, socket, "ping") == [Sent("pong", {})]
        world.clock.advance(seconds=1)
    assert world.sender.closes == []


def test_few_messages_a_second_are_counted_without_a_write(world: World, engine: EmbeddedEngine) -> None:
    socket = world.person("courier").socket()
    written: list[str] = []
    with engine.before("UpdateItem", lambda operation, _: written.append(operation)):
        for _ in range(3):
            world.clock.advance(seconds=1)
            for _ in range(2):
                assert say(world, socket, "ping") == [Sent("pong", {})]
        assert written == []
        say(world, socket, "ping")
    assert written


def test_processes_exceed_the_message_rate_by_two_messages_each_at_most(world: World) -> None:
    socket, now = world.person("courier").socket(), world.clock.now()
    processes = [MessageRate() for _ in range(3)]
    for sent in range(1, 61):
        connection = processes[sent % 3].count(socket, now)
        assert connection is not None
        assert sent - 2 * len(processes) <= connection.messages <= sent or sent <= 2 * len(processes)
    later = processes[0].count(socket, now + timedelta(seconds=1))
    assert later is not None
    assert later.messages == 0


def test_message_above_the_limit_closes_the_socket(world: World) -> None:
    socket = world.person("courier").socket()
    assert say_raw(world, socket, "x" * 32_769) == []
    assert world.sender.closes == [(socket, 1009)]


def test_eleventh_socket_closes_the_oldest(world: World) -> None:
    courier = world.person("courier")
    sockets = [courier.socket() for _ in range(12)]
    assert world.sender.closes == [(sockets[0], 4008), (sockets[1], 4008)]
    assert [is_stored(courier, socket) for socket in sockets] == [False] * 2 + [True] * 10
    publish(world, courier, 1)
    assert [numbers_at(world, socket) for socket in sockets] == [[]] * 2 + [[1]] * 10


def test_reply_to_closed_socket_is_dropped(world: World) -> None:
    socket = world.person("courier").socket()
    world.sender.closed.add(socket)
    assert say(world, socket, "ping") == []


# Closing


def test_disconnect_deletes_connection(world: World) -> None:
    courier = world.person("courier")
    first, second = courier.socket(), courier.socket()
    world.hang_up(first)
    assert not is_stored(courier, first)
    assert is_stored(courier, second)


def test_disconnect_of_unknown_connection_is_no_error(world: World) -> None:
    world.hang_up("stranger")


# Sessions that end


def test_socket_of_an_ended_session_is_closed_and_hears_nothing(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    other = world.signed_in(DEMO, courier.user_id, "courier")
    own = other.socket()
    end_session(world, courier)
    publish(world, courier, 1)
    assert world.sender.closes == [(socket, 4001)]
    assert numbers_at(world, socket) == []
    assert numbers_at(world, own) == [1]
    assert not is_stored(courier, socket)


def test_ended_session_is_closed_with_the_commit_that_ends_it(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    session = get(session_key(courier.org_id, courier.user_id, courier.session_id))
    assert session is not None

    def end(work: UnitOfWork) -> None:
        work.update(session, {"ended_at": work.now})
        work.end_sessions(recipient(courier), is_signed_out=True)

    world.run(end)
    assert world.sender.closes == [(socket, 4001)]


def test_event_that_an_ended_session_has_not_got_is_kept_for_the_others(world: World) -> None:
    courier = world.person("courier")
    other = world.signed_in(DEMO, courier.user_id, "courier")
    world.hang_up(other.socket())
    courier.socket()
    end_session(world, courier)
    publish(world, courier, 1)
    assert numbers_at(world, other.socket()) == [1]


def test_connection_older_than_its_life_is_removed(world: World) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    world.clock.advance(seconds=settings().connection_life_s)
    publish(world, courier, 1)
    assert numbers_at(world, socket) == []
    assert not is_stored(courier, socket)


def test_socket_is_closed_once_the_role_may_not_receive_its_channel(world: World) -> None:
    customer = world.person("customer")
    socket = customer.socket("customer")
    forbid(world, "customer", "realtime.channel.customer")
    publish(world, customer, 1)
    assert numbers_at(world, socket) == []
    assert world.sender.closes == [(socket, 4003)]


# Tickets


def ticket_of(person: Person) -> str:
    answer = person.post("/v1/ws/tickets")
    assert (answer.status, answer.json["expiresIn"]) == (201, 30)
    return str(answer.json["ticket"])


def test_ticket_opens_one_socket(world: World) -> None:
    courier = world.person("courier")
    ticket = ticket_of(courier)
    assert handshake({}, {"ticket": ticket, "channel": "courier"})["statusCode"] == 200
    again = handshake({}, {"ticket": ticket, "channel": "courier"})
    assert (again["statusCode"], code(again)) == (401, "AUTH_INVALID")
    publish(world, courier, 1)
    assert numbers_at(world, "phone") == [1]


def test_ticket_ends_after_half_a_minute(world: World) -> None:
    ticket = ticket_of(world.person("courier"))
    world.clock.advance(seconds=30)
    assert handshake({}, {"ticket": ticket})["statusCode"] == 401


def test_ticket_of_an_ended_session_opens_nothing(world: World) -> None:
    courier = world.person("courier")
    ticket = ticket_of(courier)
    end_session(world, courier)
    assert handshake({}, {"ticket": ticket})["statusCode"] == 401


def test_ticket_opens_only_channels_of_the_role(world: World) -> None:
    ticket = ticket_of(world.person("courier"))
    assert handshake({}, {"ticket": ticket, "channel": "customer"})["statusCode"] == 403


def test_unknown_ticket_is_refused(world: World) -> None:
    assert handshake({}, {"ticket": "nonsense"})["statusCode"] == 401


def test_answer_with_a_ticket_is_not_stored_for_a_replay(world: World) -> None:
    courier = world.person("courier")
    first = courier.post("/v1/ws/tickets", idempotency_key="k").json["ticket"]
    assert courier.post("/v1/ws/tickets", idempotency_key="k").json["ticket"] != first


# Acknowledgements


@pytest.mark.parametrize("data", [{}, {"id": -1}, {"id": "1"}, {"id": 1.5}, {"id": 10**25}, {"id": 1, "more": 2}])
def test_invalid_ack_names_the_field(world: World, data: dict[str, object]) -> None:
    [error] = say(world, world.person("courier").socket(), "ack", data)
    assert (error.data["code"], error.data["event"]) == ("VALIDATION_ERROR", "ack")


def test_ack_before_the_beginning_of_a_connection_opens_nothing_older(world: World) -> None:
    courier = world.person("courier")
    publish(world, courier, 1, 2, 3)
    socket = courier.socket()
    say(world, socket, "ack", {"id": 0})
    world.hang_up(socket)
    publish(world, courier, 4)
    assert numbers_at(world, courier.socket()) == [4]


@pytest.mark.parametrize("after", ["-1", "x", "1.5", ""])
def test_invalid_after_is_refused(world: World, after: str) -> None:
    courier = world.person("courier")
    answer = handshake({"Authorization": f"Bearer {courier.token}"}, {"after": after})
    assert (answer["statusCode"], code(answer)) == (422, "VALIDATION_ERROR")
