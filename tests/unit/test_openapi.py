"""The OpenAPI document is complete and agrees with the application."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from chalice.config import Config
from chalice.local import LocalGateway
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from msgspec.structs import replace
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.dispatch.orders.schemas import OrderPage, OrderView
from chalicelib.edge.api import UNKNOWN_ROUTE
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.forms import FORM_DATA
from chalicelib.edge.http import encoder, error_body
from chalicelib.edge.openapi.conversion import to_openapi_30
from chalicelib.edge.openapi.document import document
from chalicelib.edge.openapi.texts import TAGS
from chalicelib.edge.reference.routes import PATHS
from chalicelib.edge.validation import decode_body, decode_query

JSON = "application/json"


def dependencies_of_the_app() -> Dependencies:
    clock = SystemClock()
    return app.compose(settings(), clock, SystemIds(clock)).dependencies


NEWER = {
    "Thing": {
        "properties": {
            "type": {"type": ["string", "null"]},
            "maybe": {"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}], "description": "x"},
            "other": {"$ref": "#/components/schemas/Other", "description": "y"},
            "count": {"type": "integer", "exclusiveMinimum": 0},
            "fixed": {"const": 1},
            "free": {"example": {"type": ["a", "b"]}},
        }
    },
    "Other": {"type": "object"},
}
USES = {"/": {"schema": {"$ref": "#/components/schemas/Thing"}}}

DEPENDENCIES = dependencies_of_the_app()
DOCUMENT: dict[str, Any] = json.loads(encoder.encode(document(DEPENDENCIES)))


def operation(endpoint: Endpoint) -> dict[str, Any]:
    described: dict[str, Any] = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    return described


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return the part itself, or what it refers to."""
    if "$ref" not in part:
        return part
    target: dict[str, Any] = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    return target


def schema_errors(value: object, schema: dict[str, Any], described: dict[str, Any] = DOCUMENT) -> list[str]:
    whole = {**schema, "components": described["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


def inside(part: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a part of the document, the part itself included."""
    within: Iterable[object] = part if isinstance(part, list) else ()
    if isinstance(part, dict):
        yield part
        within = part.values()
    for child in within:
        yield from inside(child)


every_endpoint = pytest.mark.parametrize("endpoint", DEPENDENCIES.endpoints, ids=lambda one: f"{one.method} {one.path}")


# --- the whole -------------------------------------------------------------------------------------------------


def test_the_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_exactly_the_served_paths_are_described() -> None:
    others = {UNKNOWN_ROUTE, *PATHS}
    answering = {(method, path) for path, methods in app.app.routes.items() if path not in others for method in methods}
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == answering


def test_the_document_is_served() -> None:
    answer = LocalGateway(app.app, Config()).handle_request("GET", "/v1/openapi.json", {}, b"")
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["paths"].keys() == DOCUMENT["paths"].keys()


def test_the_document_for_older_generators_is_valid_and_served() -> None:
    answer = LocalGateway(app.app, Config()).handle_request("GET", "/v1/openapi-3.0.json", {}, b"")
    older = json.loads(answer["body"])
    assert older["openapi"] == "3.0.3"
    assert [error.message for error in OpenAPIV30SpecValidator(older).iter_errors()] == []
    assert older["paths"].keys() == DOCUMENT["paths"].keys()
    newer = {"const", "oneOf", "examples"}
    assert not [part for part in inside(older["components"]["schemas"]) if newer & part.keys()]
    assert not [part for part in inside(older["components"]["schemas"]) if part.get("type") in ("null", ["null"])]


def test_the_document_for_older_generators_says_the_same_in_other_words() -> None:
    older = to_openapi_30(json.loads(json.dumps({**DOCUMENT, "components": {"schemas": NEWER}, "paths": USES})))
    assert older["components"]["schemas"]["Thing"]["properties"] == {
        "type": {"type": "string", "nullable": True},
        "maybe": {
            "type": "object",
            "nullable": True,
            "allOf": [{"$ref": "#/components/schemas/Other"}],
            "description": "x",
        },
        "other": {"allOf": [{"$ref": "#/components/schemas/Other"}], "description": "y"},
        "count": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        "fixed": {"enum": [1]},
        "free": {"example": {"type": ["a", "b"]}},
    }


def test_importing_the_application_does_not_import_the_description() -> None:
    asked = "import app, sys; print('chalicelib.edge.openapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout == "False\n"


def test_the_document_is_cached() -> None:
    assert document(DEPENDENCIES) is document(DEPENDENCIES)


def test_every_tag_is_described_and_used() -> None:
    used = {tag for endpoint in DEPENDENCIES.endpoints for tag in endpoint.tags}
    assert {tag["name"] for tag in DOCUMENT["tags"] if tag["description"].endswith(".")} == used == TAGS.keys()


def test_operation_ids_are_unique() -> None:
    names = [operation(endpoint)["operationId"] for endpoint in DEPENDENCIES.endpoints]
    assert len(set(names)) == len(names)


def test_an_alias_is_deprecated_and_names_the_main_path() -> None:
    alias = DOCUMENT["paths"]["/v1/customer/activeOrder"]["get"]
    assert alias["deprecated"] is True
    assert "`GET /v1/customer/active-order`" in alias["description"]
    assert "deprecated" not in DOCUMENT["paths"]["/v1/customer/active-order"]["get"]


# --- each operation --------------------------------------------------------------------------------------------


@every_endpoint
def test_an_operation_has_a_summary_and_its_permission(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    assert described["summary"].endswith(".")
    assert set(described["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    if endpoint.public:
        assert described["security"] == []
    else:
        assert described["security"] == [{"bearerAuth": []}]
    if endpoint.permission is None:
        assert not {"x-permission", "x-roles"} & set(described)
    else:
        assert described["x-permission"] in described["description"]
        assert described["x-roles"]
        assert all(f"`{role}`" in described["description"] for role in described["x-roles"])


@every_endpoint
def test_every_possible_error_is_described(endpoint: Endpoint) -> None:
    expected = {(error.status, error.code) for error in endpoint.errors if error is not ValidationFailed}
    expected |= {(500, "INTERNAL_ERROR"), (503, "SERVICE_UNAVAILABLE")}
    if not endpoint.public:
        expected |= {(401, "AUTH_REQUIRED"), (401, "AUTH_INVALID"), (401, "AUTH_EXPIRED"), (403, "ACCESS_DENIED")}
    if endpoint.mutates and not endpoint.public:
        expected |= {(422, "IDEMPOTENCY_KEY_REUSED"), (endpoint.invalid_status, "VALIDATION_ERROR")}
    if endpoint.takes_body:
        expected |= {(413, "PAYLOAD_TOO_LARGE")}
    if endpoint.takes_body and endpoint.read_body is None:
        malformed = "MALFORMED_FORM" if endpoint.form else "MALFORMED_JSON"
        expected |= {(400, malformed), (415, "UNSUPPORTED_MEDIA_TYPE")}
    if not endpoint.any_query:
        expected |= {(400, "MALFORMED_QUERY")}
        expected |= {(endpoint.invalid_status, "VALIDATION_ERROR")}
    if "{" in endpoint.path:
        expected |= {(404, "NOT_FOUND")}

    answers = operation(endpoint)["responses"]
    described = {(int(status), code) for status in answers if status >= "4" for code in codes_of(answers[status])}
    assert expected <= described
    assert str(endpoint.status) in answers


def codes_of(answer: dict[str, Any]) -> list[str]:
    codes = [name.partition(".")[0] for name in answer["content"][JSON]["examples"]]
    assert all(f"`{code}`" in answer["description"] for code in codes)
    return codes


@every_endpoint
def test_request_and_response_headers_are_described(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    taken = {resolved(part)["name"] for part in described["parameters"] if resolved(part)["in"] == "header"}
    assert ("Idempotency-Key" in taken) == (endpoint.mutates and not endpoint.public)
    assert all("X-Request-Id" in answer["headers"] for answer in described["responses"].values())
    tag = described["responses"][str(endpoint.status)]["headers"].get("ETag", {}).get("$ref", "")
    assert tag.endswith("/ETag") == endpoint.versioned
    assert tag.endswith("/ETag-Weak") == (endpoint.is_conditional and not endpoint.versioned)
    assert ("If-None-Match" in taken) == ("304" in described["responses"]) == endpoint.is_conditional
    named = {part["name"] for part in described["parameters"] if part.get("in") == "path"}
    assert named == set(re.findall(r"{(\w+)}", endpoint.path))


def test_changes_of_versioned_entities_take_if_match_and_creations_do_not() -> None:
    assert {"$ref": "#/components/parameters/If-Match"} in parameters("/v1/courier/orders/accept")
    assert {"$ref": "#/components/parameters/If-Match"} not in parameters("/v1/orders")
    item = "/shipping/scanner/pack/box/{box_id}/item/{item_id}"
    assert {"$ref": "#/components/parameters/If-Match"} in parameters(item, "delete")


def parameters(path: str, method: str = "post") -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = DOCUMENT["paths"][path][method]["parameters"]
    return declared


# --- examples --------------------------------------------------------------------------------------------------


@every_endpoint
def test_every_example_is_valid_for_its_schema(endpoint: Endpoint) -> None:
    for part in inside(operation(endpoint)):
        if "schema" in part and "example" in part:
            assert schema_errors(part["example"], part["schema"]) == [], part
        for example in part.get("examples", {}).values():
            assert schema_errors(resolved(example)["value"], part["schema"]) == [], example


@every_endpoint
def test_every_request_example_is_accepted(endpoint: Endpoint) -> None:
    described = operation(endpoint)
    if endpoint.form:
        assert set(described["requestBody"]["content"]) == {FORM_DATA}
    elif endpoint.takes_body:
        sent = encoder.encode(described["requestBody"]["content"][JSON]["example"])
        assert isinstance(decode_body(sent, endpoint.body), msgspec.Struct)
    asked = {part["name"]: [str(part["example"])] for part in described["parameters"] if part.get("in") == "query"}
    assert isinstance(decode_query(asked, endpoint.query), msgspec.Struct)


def test_common_fields_have_realistic_examples() -> None:
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


def test_a_route_can_override_fields_of_its_examples() -> None:
    chosen = [endpoint for endpoint in DEPENDENCIES.endpoints if endpoint.path == "/v1/courier/orders/accept"]
    given = {"request": {"order_id": "o-1"}, "response": {"status": "accepted", "notes": ...}}
    own = document(replace(DEPENDENCIES, endpoints=[replace(chosen[0], examples=given)]))
    described: Any = json.loads(encoder.encode(own))["paths"]["/v1/courier/orders/accept"]["post"]
    sent = described["requestBody"]["content"][JSON]["example"]
    answered = described["responses"]["200"]["content"][JSON]["example"]
    assert sent["order_id"] == "o-1"
    assert sent["courier_id"]
    assert answered["status"] == "accepted"
    assert "notes" not in answered


# --- schemas ---------------------------------------------------------------------------------------------------


def test_every_object_schema_has_a_valid_class_name() -> None:
    components = DOCUMENT["components"]["schemas"]
    assert all(re.fullmatch("[A-Z][A-Za-z0-9]*", name) for name in components)
    unnamed = [part for part in inside(DOCUMENT["paths"]) if "properties" in part]
    within = [
        part for schema in components.values() for part in inside(schema.get("properties")) if "properties" in part
    ]
    assert unnamed == within == []


def test_every_named_schema_has_a_description() -> None:
    assert [name for name, schema in DOCUMENT["components"]["schemas"].items() if not schema.get("description")] == []


def test_a_response_is_valid_for_its_schema() -> None:
    moment = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    order = OrderView("o-1", "c-1", OrderState.ACCEPTED, "A 1", "B 2", "+31201234567", 1, moment, moment)
    answer = json.loads(encoder.encode(OrderPage([order, msgspec.structs.replace(order, pickup_lat=52.37)])))
    assert schema_errors(answer, {"$ref": "#/components/schemas/OrderPage"}) == []


def test_an_omitted_field_is_never_null() -> None:
    described = DOCUMENT["components"]["schemas"]["OrderView"]
    without_texts = {name: field.keys() - {"description"} for name, field in described["properties"].items()}
    assert (without_texts["notes"], described["properties"]["notes"]["type"]) == ({"type"}, "string")
    assert "notes" not in described["required"]
    assert without_texts["created_at"] == {"type", "format"}
    assert described["properties"]["created_at"]["format"] == "date-time"


@pytest.mark.parametrize("error", [NotFound(), ValidationFailed({"name": "is required"})], ids=lambda one: one.code)
def test_an_error_is_valid_for_its_schema(error: NotFound | ValidationFailed) -> None:
    assert schema_errors(error_body(error), {"$ref": "#/components/schemas/ErrorBody"}) == []


@every_endpoint
def test_the_401_response_is_as_described(endpoint: Endpoint) -> None:
    if endpoint.public:
        return
    path = re.sub(r"{\w+}", "x", endpoint.path)
    answer = LocalGateway(app.app, Config()).handle_request(endpoint.method, path, {}, b"")
    described = operation(endpoint)["responses"][str(answer["statusCode"])]
    body = json.loads(answer["body"])
    assert body["error"]["code"] in codes_of(described)
    assert schema_errors(body, described["content"][JSON]["schema"]) == []
    assert set(described["headers"]) <= set(answer["headers"])
