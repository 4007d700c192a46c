"""Every response has the one error body, a request id, CORS headers, and no internals."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

import app
from chalicelib.core.settings import settings
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import order, order_body
from tests.builders.logs import listening
from tests.builders.world import Answer, Person, World

INTERNALS = ("Traceback", "chalice", "pynamodb", "botocore", "dynamodb", "/work", ".py", "baton-test", "swordfish")
BODY = order_body()


@pytest.fixture
def customer(world: World) -> Person:
    """A customer, who may create orders."""
    return world.person("customer")


def burn(engine: EmbeddedEngine, operation: str) -> None:
    """Make an operation of the store crash."""

    def crash(*_: Any) -> None:
        raise RuntimeError("the password of the database is swordfish")

    engine.before(operation, crash)


def enveloped(answer: Answer) -> str:
    """Check the error body and return its code."""
    assert answer.json["success"] is False
    assert set(answer.json) <= {"success", "error", "fields"}
    assert set(answer.json["error"]) == {"code", "message", "details"}
    assert isinstance(answer.json["error"]["details"], dict)
    assert answer.json["error"]["message"]
    assert answer.headers["Content-Type"] == "application/json"
    headed(answer)
    assert not [word for word in INTERNALS if word in answer.text]
    return answer.code


def headed(answer: Answer) -> None:
    """Check the headers that every response has."""
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "X-Request-Id", "Idempotent-Replayed", "Retry-After"} <= exposed


# --- the envelope ----------------------------------------------------------------------------------------------

Call = Callable[[World, str], Answer]

WRONG: dict[str, tuple[Call, int, str]] = {
    "unknown address": (lambda w, t: w.call("GET", "/nowhere", token=t), 404, "ROUTE_NOT_FOUND"),
    "unknown address without a token": (lambda w, t: w.call("GET", "/nowhere"), 404, "ROUTE_NOT_FOUND"),
    "unknown address with a broken body": (lambda w, t: w.call("POST", "/nowhere", raw=b"{"), 404, "ROUTE_NOT_FOUND"),
    "wrong method": (lambda w, t: w.call("DELETE", "/v1/orders", token=t), 405, "METHOD_NOT_ALLOWED"),
    "wrong method with an id": (lambda w, t: w.call("PATCH", "/v1/orders/1", {}, token=t), 405, "METHOD_NOT_ALLOWED"),
    "broken JSON": (lambda w, t: w.call("POST", "/v1/orders", token=t, raw=b'{"a": '), 400, "MALFORMED_JSON"),
    "no text": (lambda w, t: w.call("POST", "/v1/orders", token=t, raw=b'{"a": "\xff"}'), 400, "MALFORMED_JSON"),
    "no text, as API Gateway delivers it": (
        lambda w, t: w.call("POST", "/v1/orders", token=t, raw='{"a": "\ufffd"}'.encode()),
        400,
        "MALFORMED_JSON",
    ),
    "nested too deeply": (lambda w, t: w.call("POST", "/v1/orders", token=t, raw=b"[" * 9999), 400, "MALFORMED_JSON"),
    "not an object": (lambda w, t: w.call("POST", "/v1/orders", token=t, raw=b"[]"), 422, "VALIDATION_ERROR"),
    "nothing at all": (lambda w, t: w.call("POST", "/v1/orders", token=t), 422, "VALIDATION_ERROR"),
    "wrong media type": (
        lambda w, t: w.call("POST", "/v1/orders", token=t, raw=b"a=1", headers={"content-type": "text/plain"}),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "almost the right media type": (
        lambda w, t: w.call("POST", "/v1/orders", BODY, token=t, headers={"content-type": "application/jsonp"}),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "another charset": (
        lambda w, t: w.call(
            "POST", "/v1/orders", BODY, token=t, headers={"content-type": "application/json; charset=latin-1"}
        ),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "no token": (lambda w, t: w.call("POST", "/v1/orders", BODY), 401, "AUTH_REQUIRED"),
    "a malformed token": (
        lambda w, t: w.call("POST", "/v1/orders", BODY, token="x.y.z"),
        401,
        "AUTH_INVALID",
    ),
    "no such order": (lambda w, t: w.call("GET", "/v1/orders/7", token=t), 404, "NOT_FOUND"),
    "not permitted": (
        lambda w, t: w.call("POST", "/v1/courier/availability", {"available": True}, token=t),
        403,
        "ACCESS_DENIED",
    ),
    "bad query": (
        lambda w, t: w.call("GET", "/v1/customer/orders/history?limit=0&cursor=x", token=t),
        422,
        "VALIDATION_ERROR",
    ),
}


@pytest.mark.parametrize(("call", "status", "code"), WRONG.values(), ids=WRONG.keys())
def test_every_error_has_the_same_form(world: World, customer: Person, call: Call, status: int, code: str) -> None:
    answer = call(world, customer.token)
    assert (answer.status, enveloped(answer)) == (status, code)


@pytest.mark.parametrize("operation", ["BatchGetItem", "Query", "TransactWriteItems"])
def test_a_crash_has_the_error_body_and_is_logged_in_full(
    customer: Person, engine: EmbeddedEngine, operation: str
) -> None:
    burn(engine, operation)
    with listening() as logged:
        answer = customer.post("/v1/orders", BODY)
    assert (answer.status, enveloped(answer)) == (500, "INTERNAL_ERROR")
    (line,) = (line for line in logged.all if line["level"] == "ERROR")
    assert "swordfish" in line["exception"]
    assert line["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("operation", ["BatchGetItem", "Query"])
def test_a_throttling_store_is_503_with_retry_after(
    customer: Person, engine: EmbeddedEngine, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    engine.fail_next(operation, "ProvisionedThroughputExceededException", 1000)
    answer = customer.get("/v1/customer/orders/history")
    assert (answer.status, enveloped(answer)) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_path_is_404_for_every_method(world: World, method: str) -> None:
    """The event is built by hand: Chalice's local gateway matches `{proxy+}` with one segment only."""
    context = {"httpMethod": method, "resourcePath": "/{proxy+}", "identity": {}, "requestId": "r1"}
    event = {"requestContext": context, "pathParameters": {"proxy": "v1/no/where"}, "headers": None, "body": None}
    rest = {"multiValueQueryStringParameters": None, "stageVariables": None, "isBase64Encoded": False}
    answer: dict[str, Any] = app.app({**event, **rest}, None)
    given = Answer(answer["statusCode"], answer["headers"], answer["body"])
    assert (given.status, enveloped(given), given.headers["X-Request-Id"]) == (404, "ROUTE_NOT_FOUND", "r1")


def test_an_event_that_is_not_a_request_is_500(world: World) -> None:
    with listening() as logged:
        answer: dict[str, Any] = app.app({"what": "is this"}, None)
    assert answer["statusCode"] == 500
    enveloped(Answer(answer["statusCode"], answer["headers"], answer["body"]))
    assert logged.last["request_id"] == answer["headers"]["X-Request-Id"]


@pytest.mark.parametrize("character", [0xFFFD, 0xD800], ids=["replaced", "unpaired"])
def test_text_that_was_not_utf8_is_not_recovered(world: World, character: int) -> None:
    """The event is built by hand: API Gateway delivers a body as text."""
    body = f'{{"events": ["{chr(character)}"]}}'
    context = {"httpMethod": "POST", "resourcePath": "/events/batch", "identity": {}, "requestId": "r1"}
    headers = {"authorization": f"Bearer {world.person('picker').token}", "content-type": "application/json"}
    event = {"requestContext": context, "pathParameters": None, "headers": headers, "body": body}
    rest = {"multiValueQueryStringParameters": None, "stageVariables": None, "isBase64Encoded": False}
    answer: dict[str, Any] = app.app({**event, **rest}, None)
    given = Answer(answer["statusCode"], answer["headers"], answer["body"])
    assert (given.status, enveloped(given)) == (400, "MALFORMED_JSON")


def test_a_wrong_method_is_405_with_the_allowed_ones(world: World) -> None:
    answer = world.call("DELETE", "/v1/orders")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert set(answer.json["error"]["details"]["allowed"]) == {"GET", "POST"}


def test_a_body_over_the_limit_is_413_before_it_is_decoded(world: World, customer: Person) -> None:
    world.reset_parts(replace(settings(), max_body_bytes=1000))
    fits, too_large = b'{"x":"' + b"y" * 992 + b'"}', b'{"x":"' + b"y" * 993 + b'"}'
    assert (len(fits), len(too_large)) == (1000, 1001)
    assert world.call("POST", "/v1/orders", token=customer.token, raw=fits).code == "VALIDATION_ERROR"
    answer = world.call("POST", "/v1/orders", token=customer.token, raw=too_large)
    assert (answer.status, enveloped(answer)) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.json["error"]["details"] == {"most": 1000}


def test_the_largest_body_has_six_megabytes(world: World, customer: Person) -> None:
    answer = world.call("POST", "/v1/orders", token=customer.token, raw=b" " * 6_000_001)
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")


def test_every_bad_field_of_a_body_is_reported(customer: Person) -> None:
    answer = customer.post("/v1/orders", {"pickup_address": "", "pickup_lat": 91, "dropoff_address": 7})
    assert set(answer.fields) >= {"pickup_address", "pickup_lat", "dropoff_address", "receiver_phone"}
    assert answer.json["error"]["details"] == {"fields": sorted(answer.fields)}


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON", "application/json; charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_is_accepted_in_every_form_of_its_media_type(world: World, customer: Person, kind: str) -> None:
    assert world.call("POST", "/v1/orders", BODY, token=customer.token, headers={"content-type": kind}).status == 201


# --- headers ---------------------------------------------------------------------------------------------------


def test_every_response_has_a_request_id_and_cors_headers(world: World, customer: Person) -> None:
    courier = world.person("courier")
    for answer in (
        world.call("GET", "/health"),
        customer.post("/v1/orders", BODY),
        customer.get("/v1/customer/active-order"),
        courier.post("/v1/courier/availability", {"available": True}),
    ):
        assert answer.status < 300
        headed(answer)


def test_browsers_may_send_the_headers_that_clients_need(world: World) -> None:
    answer = world.call("OPTIONS", "/v1/orders")
    allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"} <= allowed


def test_a_204_response_has_no_body(world: World) -> None:
    answer = world.person("courier").post("/v1/courier/availability", {"available": True})
    assert (answer.status, answer.text) == (204, "")


def test_the_servers_request_id_is_in_response_log_and_audit_trail(world: World, customer: Person) -> None:
    with listening() as logged:
        answers = [
            customer.post("/v1/courier/availability", {"available": True}, x_request_id="my-own-id.7"),
            customer.post("/v1/orders", BODY, x_request_id="my-own-id.7"),
        ]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 2
    assert {line["request_id"] for line in logged.all} == ids
    assert {row.request_id for row in world.audit()} == {"setup", *ids}


def test_the_callers_request_id_stands_beside_the_servers_in_the_log(customer: Person) -> None:
    with listening() as logged:
        customer.post("/v1/orders", BODY, x_request_id="my-own-id.7")
        customer.post("/v1/orders", BODY)
    lines = [line for line in logged.all if line["message"] == "answered"]
    assert [line.get("client_request_id") for line in lines] == ["my-own-id.7", None]


def test_every_response_is_logged_once_with_the_known_ids(world: World, customer: Person) -> None:
    with listening() as logged:
        answers = [
            customer.post("/v1/orders", BODY),
            customer.get("/v1/customer/active-order"),
            customer.post("/v1/orders", {}),
            world.call("GET", "/v1/customer/active-order"),
            world.call("DELETE", "/v1/orders"),
            world.call("GET", "/nowhere"),
        ]
    lines = [line for line in logged.all if line["message"] == "answered"]
    assert [(line["status"], line["request_id"]) for line in lines] == [
        (answer.status, answer.headers["X-Request-Id"]) for answer in answers
    ]
    placed, read, refused, nobody, *_ = lines
    assert placed["order_id"] == answers[0].json["order"]["id"]
    assert (placed["operation"], read["operation"]) == ("create_order", "customer_active_order")
    assert {(line["org_id"], line["actor_id"]) for line in (placed, read, refused)} == {("demo", customer.user_id)}
    assert [line.get("code") for line in lines[2:]] == [answer.code for answer in answers[2:]]
    assert "actor_id" not in nobody


def test_the_log_has_no_request_data(world: World, customer: Person) -> None:
    with listening() as logged:
        customer.post("/v1/orders", order_body(notes="a secret note", receiver_phone="+31 20 555 9999"))
        customer.post("/v1/orders", order_body(notes="a secret note", pickup_lat="a secret place"))
        world.call("POST", "/v1/orders", token=customer.token, raw=b'{"a secret": ')
    assert logged.text
    assert not [word for word in ("secret", "5559999", "555 9999", customer.token) if word in logged.text]


@pytest.mark.parametrize("offered", ["a b", "x" * 129, "é", ""])
def test_a_malformed_request_id_is_ignored(customer: Person, offered: str) -> None:
    with listening() as logged:
        customer.get("/v1/customer/active-order", x_request_id=offered)
    assert not [line for line in logged.all if "client_request_id" in line]


# --- addresses -------------------------------------------------------------------------------------------------


def test_an_id_may_be_percent_encoded(customer: Person) -> None:
    placed = order(customer)
    encoded = "".join(f"%{ord(character):02x}" for character in placed["id"])
    assert customer.get(f"/v1/orders/{encoded}").json["id"] == placed["id"]


@pytest.mark.parametrize("name", ["a/b", "é", "%", "#", "ORDER#7", "{order_id}", "\x00", "💥", "a" * 3000, "%zz"])
def test_an_unknown_or_malformed_id_is_404(customer: Person, name: str) -> None:
    answer = customer.get(f"/v1/orders/{quote(name, safe='')}")
    assert (answer.status, enveloped(answer)) == (404, "NOT_FOUND")
