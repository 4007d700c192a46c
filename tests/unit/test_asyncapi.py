"""The AsyncAPI document is complete and agrees with what the sockets send and accept."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.errors import RateLimited, ValidationFailed
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.edge.http import encoder
from chalicelib.edge.openapi.asyncapi import describe_sockets
from chalicelib.realtime import sender
from chalicelib.realtime.events import socket_events
from chalicelib.realtime.permissions import CHANNEL_PREFIX, CHANNELS
from chalicelib.realtime.protocol import CLOSE_CODES
from chalicelib.realtime.sockets import error_data

_CLOCK = SystemClock()
DEPENDENCIES = app.compose(settings(), _CLOCK, SystemIds(_CLOCK)).dependencies
DOCUMENT: dict[str, Any] = json.loads(encoder.encode(describe_sockets(DEPENDENCIES)))
SCHEMAS, MESSAGES = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["messages"]
ENVELOPES = {name: message["payload"]["$ref"].rpartition("/")[2] for name, message in MESSAGES.items()}


def inside(part: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a part of the document, the part itself included."""
    if isinstance(part, dict):
        yield part
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from inside(child)


def errors_of(payload: object, name: str) -> list[str]:
    schema = {"$ref": f"#/components/schemas/{ENVELOPES[name]}", "components": {"schemas": SCHEMAS}}
    return [error.message for error in Draft7Validator(schema).iter_errors(payload)]


def test_every_reference_leads_somewhere() -> None:
    references = {part["$ref"] for part in inside(DOCUMENT) if isinstance(part.get("$ref"), str)}
    assert references
    for reference in references:
        target: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]


def test_every_schema_is_used_and_valid() -> None:
    used = {part["$ref"].rpartition("/")[2] for part in inside(DOCUMENT) if isinstance(part.get("$ref"), str)}
    assert SCHEMAS.keys() <= used
    for schema in SCHEMAS.values():
        Draft7Validator.check_schema(schema)


def test_a_reference_stands_alone_in_a_schema() -> None:
    assert all(len(part) == 1 for part in inside(SCHEMAS) if "$ref" in part)


def test_every_event_field_and_parameter_is_described() -> None:
    assert [name for name, one in MESSAGES.items() if not one["summary"].endswith(".")] == []
    assert [name for name, one in SCHEMAS.items() if not one.get("description")] == []
    fields = {(name, field): part for name, one in SCHEMAS.items() for field, part in one.get("properties", {}).items()}
    silent = {place for place, part in fields.items() if not (part.get("description") or "$ref" in part)}
    assert silent == set()
    query = DOCUMENT["channels"]["courier"]["bindings"]["ws"]["query"]["properties"]
    assert [name for name, part in query.items() if not part.get("description")] == []


def test_an_optional_field_of_an_event_says_when_it_is_absent() -> None:
    sent = {one for name, one in ENVELOPES.items() if "at" in SCHEMAS[one]["properties"]} | {ENVELOPES["error"]}
    types = {SCHEMAS[one]["properties"]["data"].get("$ref", "").rpartition("/")[2] for one in sent}
    for name in types:
        optional = SCHEMAS[name]["properties"].keys() - set(SCHEMAS[name]["required"])
        for field in optional:
            assert "absent" in SCHEMAS[name]["properties"][field]["description"].lower(), (name, field)


def test_every_channel_has_its_address_and_the_query_of_the_handshake() -> None:
    assert DOCUMENT["channels"].keys() == set(CHANNELS)
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"] == f"/v1/ws/{name}"
        query = channel["bindings"]["ws"]["query"]["properties"]
        assert query.keys() == {"ticket", "token", "after"}
        assert {"ping", "pong", "ack", "error"} <= channel["messages"].keys()


def test_every_message_that_clients_may_send_is_described_with_its_permission() -> None:
    received = [one for one in DOCUMENT["operations"].values() if one["action"] == "receive"]
    described = {one["title"]: one for one in received}
    assert described.keys() == {"ping", "ack", *socket_events.names}
    for name in socket_events.names:
        assert described[name]["x-permission"] == socket_events.get(name).permission
    shared = [one for one in received if one["title"] in {"ping", "ack"}]
    assert {one["x-permission"] for one in shared} == {CHANNEL_PREFIX + channel for channel in CHANNELS}
    assert all(one["x-roles"] for one in DOCUMENT["operations"].values())


def test_the_response_to_ping_is_pong_and_every_message_may_be_refused() -> None:
    for operation in DOCUMENT["operations"].values():
        replies = {message["$ref"].rpartition("/")[2] for message in operation.get("reply", {}).get("messages", ())}
        expected = {"ping": {"pong", "error"}}.get(operation["title"], {"error"})
        assert replies == (expected if operation["action"] == "receive" else set())


@pytest.mark.parametrize("name", MESSAGES)
def test_every_example_is_valid_for_its_message(name: str) -> None:
    for example in MESSAGES[name]["examples"]:
        assert errors_of(example["payload"], name) == []
        assert errors_of({**example["payload"], "event": "other"}, name)


@pytest.mark.parametrize(
    "error", [RateLimited(1), ValidationFailed({"data.id": "is required"})], ids=lambda one: one.code
)
def test_an_error_is_valid_for_its_message(error: RateLimited | ValidationFailed) -> None:
    message = json.loads(encoder.encode({"event": "error", "data": error_data(error, "ack")}))
    assert errors_of(message, "error") == []
    assert ("fields" in message["data"]) == bool(error.fields)


def test_every_close_code_of_the_server_is_described() -> None:
    own = {value for name, value in vars(sender).items() if name.isupper() and isinstance(value, int)}
    codes = {one["code"]: one for one in DOCUMENT["x-close-codes"]}
    assert codes.keys() == own | {1001}
    for code in CLOSE_CODES:
        assert f"{code.code}: {code.meaning}" in DOCUMENT["info"]["description"]


def test_the_limits_in_the_text_are_those_of_the_settings() -> None:
    limits, text = DOCUMENT["x-limits"], re.sub(r"\s+", " ", DOCUMENT["info"]["description"])
    assert limits["messagesPerSecond"] == settings().socket_messages_per_s
    assert f"{limits['messagesPerSecond']} messages a second" in text
    assert f"{limits['messageBytes'] // 1024} KB a message" in text
    assert f"kept for {limits['keptSeconds'] // 3600} hours, at most {limits['eventsKept']} per person" in text


def test_an_application_without_sockets_has_no_document() -> None:
    with pytest.raises(ValueError, match="no sockets"):
        describe_sockets(replace(DEPENDENCIES, sockets=None))
