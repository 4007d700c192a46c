"""What a reader, or a generator of clients, finds in the API's description: everything, and nothing that is not so."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from chalice.config import Config
from chalice.local import LocalGateway
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.dispatch.rules import OrderState
from chalicelib.dispatch.schemas import OrderAssigned, OrderLost, OrderPage, OrderView, Position
from chalicelib.edge.api import UNKNOWN_ROUTE
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.forms import FORM_DATA
from chalicelib.edge.http import encoder, error_body
from chalicelib.edge.openapi import document
from chalicelib.edge.openapi_socket import SOCKET_EVENTS, SocketEvent
from chalicelib.edge.request import Empty
from chalicelib.edge.validation import decode_body, decode_query

JSON = "application/json"


def runtime_of_the_app() -> Dependencies:
    clock = SystemClock()
    return app.compose(settings(), clock, SystemIds(clock)).dependencies


RUNTIME = runtime_of_the_app()
DOCUMENT: dict[str, Any] = json.loads(encoder.encode(document(RUNTIME)))


def operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """The part itself, or what it refers to."""
    if "$ref" not in part:
        return part
    found: dict[str, Any] = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def problems(value: object, schema: dict[str, Any], described: dict[str, Any] = DOCUMENT) -> list[str]:
    whole = {**schema, "components": described["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


def inside(part: object) -> Iterator[dict[str, Any]]:
    """Every object anywhere in a part of the document, the part itself included."""
    within: Iterable[object] = part if isinstance(part, list) else ()
    if isinstance(part, dict):
        yield part
        within = part.values()
    for one in within:
        yield from inside(one)


every_endpoint = pytest.mark.parametrize("endpoint", RUNTIME.endpoints, ids=lambda one: f"{one.method} {one.path}")


# --- the whole -------------------------------------------------------------------------------------------------


def test_the_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_address_that_answers_is_described_and_no_other() -> None:
    answering = {
        (method, path) for path, methods in app.app.routes.items() if path != UNKNOWN_ROUTE for method in methods
    }
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == answering


def test_the_service_serves_its_own_description() -> None:
    answer = LocalGateway(app.app, Config()).handle_request("GET", "/v1/openapi.json", {}, b"")
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["paths"].keys() == DOCUMENT["paths"].keys()


def test_starting_the_application_does_not_load_what_describes_it() -> None:
    asked = "import app, sys; print('chalicelib.edge.openapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout == "False\n"


def test_the_document_is_made_once() -> None:
    assert document(RUNTIME) is document(RUNTIME)


def test_no_two_operations_have_one_name() -> None:
    names = [operation(endpoint)["operationId"] for endpoint in RUNTIME.endpoints]
    assert len(set(names)) == len(names)


def test_an_alias_says_so_and_names_the_main_address() -> None:
    alias = DOCUMENT["paths"]["/v1/customer/activeOrder"]["get"]
    assert alias["deprecated"] is True
    assert "`GET /v1/customer/active-order`" in alias["description"]
    assert "deprecated" not in DOCUMENT["paths"]["/v1/customer/active-order"]["get"]


# --- each operation --------------------------------------------------------------------------------------------


@every_endpoint
def test_an_operation_says_what_it_does_and_who_may(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    assert described["summary"].endswith(".")
    assert set(described["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    if endpoint.public:
        assert described["security"] == []
    else:
        assert described["security"] == [{"bearerAuth": []}]
        assert described["x-permission"] in described["description"]
        assert described["x-roles"]
        assert all(f"`{role}`" in described["description"] for role in described["x-roles"])


@every_endpoint
def test_whatever_a_call_can_end_with_is_described(endpoint: Endpoint) -> None:
    wanted = {(error.status, error.code) for error in endpoint.errors if error is not ValidationFailed}
    wanted |= {(500, "INTERNAL_ERROR"), (503, "SERVICE_UNAVAILABLE")}
    if not endpoint.public:
        wanted |= {(401, "AUTH_REQUIRED"), (401, "AUTH_INVALID"), (401, "AUTH_EXPIRED"), (403, "ACCESS_DENIED")}
    if endpoint.mutates and not endpoint.public:
        wanted |= {(422, "IDEMPOTENCY_KEY_REUSED"), (endpoint.invalid_status, "VALIDATION_ERROR")}
    if endpoint.takes_body:
        malformed = "MALFORMED_FORM" if endpoint.form else "MALFORMED_JSON"
        wanted |= {(400, malformed), (413, "PAYLOAD_TOO_LARGE"), (415, "UNSUPPORTED_MEDIA_TYPE")}
    if endpoint.takes_body or endpoint.query is not Empty:
        wanted |= {(endpoint.invalid_status, "VALIDATION_ERROR")}
    if "{" in endpoint.path:
        wanted |= {(404, "NOT_FOUND")}

    answers = operation(endpoint)["responses"]
    described = {(int(status), code) for status in answers if status >= "4" for code in codes_of(answers[status])}
    assert wanted <= described
    assert str(endpoint.status) in answers


def codes_of(answer: dict[str, Any]) -> list[str]:
    codes = list(answer["content"][JSON]["examples"])
    assert all(f"`{code}`" in answer["description"] for code in codes)
    return codes


@every_endpoint
def test_the_headers_that_count_are_described(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    taken = {resolved(part)["name"] for part in described["parameters"] if resolved(part)["in"] == "header"}
    assert ("Idempotency-Key" in taken) == (endpoint.mutates and not endpoint.public)
    assert all("X-Request-Id" in answer["headers"] for answer in described["responses"].values())
    assert ("ETag" in described["responses"][str(endpoint.status)]["headers"]) == endpoint.versioned
    named = {part["name"] for part in described["parameters"] if part.get("in") == "path"}
    assert named == set(re.findall(r"{(\w+)}", endpoint.path))


def test_a_change_of_something_versioned_takes_if_match_and_its_creation_does_not() -> None:
    assert {"$ref": "#/components/parameters/If-Match"} in parameters("/v1/courier/orders/accept")
    assert {"$ref": "#/components/parameters/If-Match"} not in parameters("/v1/orders")
    item = "/shipping/scanner/pack/box/{box_id}/item/{item_id}"
    assert {"$ref": "#/components/parameters/If-Match"} in parameters(item, "delete")


def parameters(path: str, method: str = "post") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DOCUMENT["paths"][path][method]["parameters"]
    return found


# --- examples --------------------------------------------------------------------------------------------------


@every_endpoint
def test_every_example_is_what_its_schema_allows(endpoint: Endpoint) -> None:
    for part in inside(operation(endpoint)):
        if "schema" in part and "example" in part:
            assert problems(part["example"], part["schema"]) == [], part
        for example in part.get("examples", {}).values():
            assert problems(resolved(example)["value"], part["schema"]) == [], example


@every_endpoint
def test_an_example_of_a_request_is_accepted_as_it_stands(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    if endpoint.form:
        assert set(described["requestBody"]["content"]) == {FORM_DATA}
    elif endpoint.takes_body:
        sent = encoder.encode(described["requestBody"]["content"][JSON]["example"])
        assert isinstance(decode_body(sent, endpoint.body), msgspec.Struct)
    asked = {part["name"]: [str(part["example"])] for part in described["parameters"] if part.get("in") == "query"}
    assert isinstance(decode_query(asked, endpoint.query), msgspec.Struct)


def test_a_field_that_is_often_seen_gets_an_example_one_believes() -> None:
    example = DOCUMENT["paths"]["/v1/orders"]["post"]["requestBody"]["content"][JSON]["example"]
    assert example["pickup_address"] == "Herengracht 1, Amsterdam"
    assert example["receiver_phone"].startswith("+31")
    assert (example["pickup_lat"], example["pickup_lng"]) == (52.37, 4.89)


def test_an_id_is_the_same_in_all_examples() -> None:
    steps = DOCUMENT["paths"]["/v1/courier/orders/accept"]["post"]
    sent = steps["requestBody"]["content"][JSON]["example"]
    answered = steps["responses"]["200"]["content"][JSON]["example"]
    assert sent["order_id"] == answered["id"]
    assert sent["courier_id"] == answered["assigned_courier"]


def test_a_route_can_put_its_own_in_place_of_what_is_made_up() -> None:
    chosen = [endpoint for endpoint in RUNTIME.endpoints if endpoint.path == "/v1/courier/orders/accept"]
    given = {"request": {"order_id": "o-1"}, "response": {"status": "accepted", "notes": ...}}
    own = document(replace(RUNTIME, endpoints=[replace(chosen[0], examples=given)]))
    described: Any = json.loads(encoder.encode(own))["paths"]["/v1/courier/orders/accept"]["post"]
    sent = described["requestBody"]["content"][JSON]["example"]
    answered = described["responses"]["200"]["content"][JSON]["example"]
    assert sent["order_id"] == "o-1"
    assert sent["courier_id"]
    assert answered["status"] == "accepted"
    assert "notes" not in answered


# --- schemas ---------------------------------------------------------------------------------------------------


def test_every_object_with_fields_has_a_name_that_a_class_can_bear() -> None:
    components = DOCUMENT["components"]["schemas"]
    assert all(re.fullmatch("[A-Z][A-Za-z0-9]*", name) for name in components)
    unnamed = [part for part in inside(DOCUMENT["paths"]) if "properties" in part]
    within = [
        part for schema in components.values() for part in inside(schema.get("properties")) if "properties" in part
    ]
    assert unnamed == within == []


def test_every_named_schema_says_what_it_is() -> None:
    assert [name for name, schema in DOCUMENT["components"]["schemas"].items() if not schema.get("description")] == []


def test_an_answer_is_what_its_schema_says() -> None:
    moment = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    order = OrderView("o-1", "c-1", OrderState.ACCEPTED, "A 1", "B 2", "+31201234567", 1, moment, moment)
    answer = json.loads(encoder.encode(OrderPage([order, msgspec.structs.replace(order, pickup_lat=52.37)])))
    assert problems(answer, {"$ref": "#/components/schemas/OrderPage"}) == []


def test_what_an_answer_leaves_out_is_never_null_there() -> None:
    described = DOCUMENT["components"]["schemas"]["OrderView"]
    assert described["properties"]["notes"] == {"type": "string"}
    assert "notes" not in described["required"]
    assert described["properties"]["created_at"] == {"type": "string", "format": "date-time"}


@pytest.mark.parametrize("error", [NotFound(), ValidationFailed({"name": "is required"})], ids=lambda one: one.code)
def test_an_error_is_what_its_schema_says(error: NotFound | ValidationFailed) -> None:
    assert problems(error_body(error), {"$ref": "#/components/schemas/ErrorBody"}) == []


@every_endpoint
def test_a_call_without_a_token_is_answered_as_described(endpoint: Endpoint) -> None:
    if endpoint.public:
        return
    path = re.sub(r"{\w+}", "x", endpoint.path)
    answer = LocalGateway(app.app, Config()).handle_request(endpoint.method, path, {}, b"")
    described = operation(endpoint)["responses"][str(answer["statusCode"])]
    body = json.loads(answer["body"])
    assert body["error"]["code"] in codes_of(described)
    assert problems(body, described["content"][JSON]["schema"]) == []
    assert set(described["headers"]) <= set(answer["headers"])


# --- sockets ---------------------------------------------------------------------------------------------------

LISTEN = "realtime.channel.courier"
EVENTS = [
    SocketEvent("courier", "order.assigned", OrderAssigned, LISTEN, "A delivery is offered."),
    SocketEvent("courier", "order.reassigned_away", OrderLost, LISTEN, "Another courier got it."),
    SocketEvent("courier", "location.update", Position, "dispatch.courier.position", "Where one is.", from_client=True),
    SocketEvent("courier", "ping", None, LISTEN, "Is anybody there?", from_client=True),
]


def test_socket_events_are_described_with_what_they_carry() -> None:
    described: Any = json.loads(encoder.encode(document(replace(RUNTIME, extras={SOCKET_EVENTS: EVENTS}))))
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []
    channel = described["x-socket"]["channels"]["courier"]
    assert channel["to_client"].keys() == {"order.assigned", "order.reassigned_away"}
    assert channel["from_client"].keys() == {"location.update", "ping"}
    assert channel["to_client"]["order.assigned"]["data"] == {"$ref": "#/components/schemas/OrderAssigned"}
    assert "courier" in channel["from_client"]["location.update"]["x-roles"]
    for event in (*channel["to_client"].values(), *channel["from_client"].values()):
        assert problems(event["example"]["data"], event["data"], described) == []


def test_without_socket_events_there_is_no_word_of_sockets() -> None:
    assert "x-socket" not in document(replace(RUNTIME, extras=None))
