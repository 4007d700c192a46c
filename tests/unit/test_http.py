"""Requests and responses: request ids, canonical addresses, client addresses and the error body."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from chalice.app import Request
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core.errors import NotFound, Unavailable, ValidationFailed
from chalicelib.core.settings import Secret
from chalicelib.edge.http import HttpRequest, encoder, error_response, json_response, read_request, request_id

segments = st.text(alphabet=st.sampled_from("ab/%2F{}?&=+ é"), min_size=1, max_size=6)
queries = st.dictionaries(segments, st.lists(segments, min_size=1, max_size=2), max_size=2)


def addressed(path: dict[str, str], query: dict[str, list[str]] | None = None) -> str:
    """Return the canonical address of a request."""
    return HttpRequest("GET", "/v1/{a}/x/{b}", path, {}, query or {}, b"", "r", "").address


def incoming(**known: Any) -> HttpRequest:
    """Return our request for an event of API Gateway."""
    event: dict[str, Any] = {
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/v1/{a}/x/{b}",
            "identity": {"sourceIp": "192.0.2.1"},
            "requestId": "from-the-gateway",
        },
        "headers": {"Content-Type": "application/json"},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    return read_request(Request({**event, **known}))


# --- reading ---------------------------------------------------------------------------------------------------


def test_header_names_are_lower_case() -> None:
    assert incoming(headers={"IF-Match": "3"}).headers == {"if-match": "3"}


@given(segments, segments)
def test_path_parameters_are_percent_decoded(one: str, other: str) -> None:
    read = incoming(pathParameters={"a": quote(one, safe=""), "b": quote(other, safe="")})
    assert read.path_params == {"a": one, "b": other}


def test_a_repeated_parameter_keeps_all_values() -> None:
    read = incoming(multiValueQueryStringParameters={"state": ["a", "b"], "limit": ["5"]})
    assert read.query == {"state": ["a", "b"], "limit": ["5"]}


@pytest.mark.parametrize(
    ("body", "encoded", "read"),
    [(None, False, b""), ("", False, b""), ("é", False, "é".encode()), ("w6k=", True, "é".encode())],
)
def test_a_body_is_read_as_bytes(body: str | None, encoded: bool, read: bytes) -> None:
    assert incoming(body=body, isBase64Encoded=encoded).body == read


def test_a_request_has_the_source_address() -> None:
    assert incoming().source_ip == "192.0.2.1"


SHOWN = {"X-Baton-Viewer": "198.51.100.7", "X-Baton-Proof": "shown"}


def believed(headers: dict[str, str], *, proves: bool = True) -> str:
    """Return the client's address of a request, with a valid or an invalid proof."""
    return incoming(headers=headers).came_from(lambda proof: proves and proof.reveal() == "shown")


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_viewer_header_counts_with_a_valid_proof(named: str, address: str) -> None:
    assert believed(SHOWN | {"X-Baton-Viewer": named}) == address
    assert believed({name.lower(): value for name, value in SHOWN.items()} | {"x-baton-viewer": named}) == address


@pytest.mark.parametrize(
    "named",
    [
        "",
        "unknown",
        "198.51.100",
        "198.51.100.256",
        "198.51.100.007",
        "198.51.100.7:443",
        "[2001:db8::1]:443",
        "[2001:db8::1]",
        "fe80::1%eth0",
        "198.51.100.7, 203.0.113.9",
        " 198.51.100.7",
        "198.51.100.0/24",
        "3325256711",
    ],
)
def test_a_viewer_that_is_not_an_address_is_ignored(named: str) -> None:
    assert believed(SHOWN | {"X-Baton-Viewer": named}) == "192.0.2.1"


def test_the_viewer_header_is_ignored_without_a_valid_proof() -> None:
    assert believed(SHOWN, proves=False) == "192.0.2.1"
    assert believed(SHOWN | {"X-Baton-Proof": "guessed"}) == "192.0.2.1"
    assert believed({"X-Baton-Proof": "shown"}) == "192.0.2.1"


@pytest.mark.parametrize("proof", [{}, {"X-Baton-Proof": ""}])
def test_a_missing_proof_is_not_verified(proof: dict[str, str]) -> None:
    def look(shown: Secret) -> bool:
        raise AssertionError(shown)

    request = incoming(headers={"X-Baton-Viewer": "198.51.100.7"} | proof)
    assert request.came_from(look) == "192.0.2.1"


def test_the_proof_is_kept_out_of_headers_and_repr() -> None:
    request = incoming(headers=SHOWN)
    assert request.headers == {"x-baton-viewer": "198.51.100.7"}
    assert "shown" not in repr(request)


# --- request ids -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered", ["a", "0190-abc_DEF.7", "x" * 128, '"<b>{}'])
def test_a_request_id_of_the_caller_stands_beside_that_of_the_gateway(offered: str) -> None:
    request = incoming(headers={"X-Request-ID": offered})
    assert (request.request_id, request.client_request_id) == ("from-the-gateway", offered)


@pytest.mark.parametrize("offered", ["", "x" * 129, "a b", "a\nb", "a\r\nSet-Cookie: x", "é", "a\n", "\x7f"])
def test_a_malformed_request_id_is_ignored(offered: str) -> None:
    request = incoming(headers={"X-Request-Id": offered})
    assert (request.request_id, request.client_request_id) == ("from-the-gateway", None)


def test_a_user_agent_is_cut_to_200_characters() -> None:
    client = incoming(headers={"User-Agent": "é" * 300}).client(lambda _: False)
    assert (client.address, client.user_agent) == ("192.0.2.1", "é" * 200)


def test_a_missing_request_id_is_generated() -> None:
    made = {request_id({}) for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {32}


# --- addresses -------------------------------------------------------------------------------------------------


@given(segments, segments, segments, segments)
@example("a/b", "x", "a%2Fb", "x")
@example("a", "b/x/c", "a/x/b", "c")
@example("{b}", "x", "x", "x")
@example("a?x=1", "b", "a", "b")
def test_different_paths_have_different_addresses(a: str, b: str, c: str, d: str) -> None:
    assert (addressed({"a": a, "b": b}) == addressed({"a": c, "b": d})) == ((a, b) == (c, d))


@given(queries, queries)
def test_different_queries_have_different_addresses(one: dict[str, list[str]], other: dict[str, list[str]]) -> None:
    def pairs(query: dict[str, list[str]]) -> list[tuple[str, str]]:
        return sorted((name, value) for name, values in query.items() for value in values)

    path = {"a": "1", "b": "2"}
    assert (addressed(path, one) == addressed(path, other)) == (pairs(one) == pairs(other))


def test_the_order_of_query_parameters_does_not_matter() -> None:
    path = {"a": "1", "b": "2"}
    assert addressed(path, {"x": ["1"], "y": ["2"]}) == addressed(path, {"y": ["2"], "x": ["1"]})


# --- answers ---------------------------------------------------------------------------------------------------


def test_an_error_has_the_one_body() -> None:
    response = error_response(NotFound(details={"id": "7"}), "r1")
    assert json.loads(response.body) == {
        "success": False,
        "error": {"code": "NOT_FOUND", "message": NotFound.summary, "details": {"id": "7"}},
    }
    assert response.status_code == 404
    assert response.headers["X-Request-Id"] == "r1"


def test_a_validation_error_has_its_fields() -> None:
    response = error_response(ValidationFailed({"name": "is required"}), "r1", 400)
    assert response.status_code == 400
    assert json.loads(response.body)["fields"] == {"name": "is required"}


def test_an_error_has_its_own_headers() -> None:
    assert error_response(Unavailable(), "r1").headers["Retry-After"] == "1"


def test_a_response_without_a_body_has_no_content_type() -> None:
    assert "Content-Type" not in json_response(204, "", {}, "r1").headers


def test_responses_are_not_cached() -> None:
    assert {json_response(200, body, {}, "r").headers["Cache-Control"] for body in ("", "{}")} == {"no-store"}


def test_responses_have_the_security_headers() -> None:
    headers = error_response(NotFound(), "r1").headers
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert json_response(200, "{}", {"Cache-Control": "max-age=60"}, "r").headers["Cache-Control"] == "max-age=60"


def test_exact_decimals_are_json_numbers() -> None:
    assert encoder.encode({"a": Decimal("1.10"), "b": Decimal("0.000001")}) == b'{"a":1.10,"b":0.000001}'
