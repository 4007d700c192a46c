"""Errors: each has its code, its status and a sentence for the reader, as the decisions list them."""

import re
from collections.abc import Iterator

import pytest

import app
from chalicelib.core import errors
from chalicelib.core.errors import BatonError, MethodNotAllowed, RateLimited, ValidationFailed

assert app.ROUTES  # with it every module that could define an error is imported

PROMISED = {
    "AUTH_REQUIRED": 401,
    "AUTH_INVALID": 401,
    "AUTH_EXPIRED": 401,
    "ACCESS_DENIED": 403,
    "NOT_FOUND": 404,
    "MALFORMED_JSON": 400,
    "ROUTE_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INTERNAL_ERROR": 500,
    "WORKFLOW_VIOLATION": 409,
    "VERSION_CONFLICT": 409,
    "ENTITY_LOCKED": 409,
    "VALIDATION_ERROR": 422,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "PRECONDITION_REQUIRED": 428,
    "RATE_LIMITED": 429,
}


def kinds(root: type[BatonError] = BatonError) -> Iterator[type[BatonError]]:
    """Every error of the application."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith("chalicelib."):
            yield kind
        yield from kinds(kind)


ALL = sorted(set(kinds()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_has_a_code_a_status_and_a_sentence(kind: type[BatonError]) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", kind.code)
    assert 400 <= kind.status <= 599
    assert re.fullmatch(r"[A-Z].*\.", kind.summary)


def test_a_code_always_has_the_same_status() -> None:
    statuses: dict[str, set[int]] = {}
    for kind in ALL:
        statuses.setdefault(kind.code, set()).add(kind.status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_only_kin_share_a_code() -> None:
    owners: dict[str, type[BatonError]] = {}
    for kind in sorted(ALL, key=lambda kind: len(kind.__mro__)):
        owner = owners.setdefault(kind.code, kind)
        assert issubclass(kind, owner), f"{kind.__name__} and {owner.__name__} both say {kind.code}"


def test_the_codes_that_clients_know_have_their_promised_status() -> None:
    known = {kind.code: kind.status for kind in ALL}
    assert {code: known.get(code) for code in PROMISED} == PROMISED


def test_an_error_says_its_own_sentence_or_the_one_it_is_given() -> None:
    assert str(errors.NotFound()) == errors.NotFound.summary
    assert (str(errors.NotFound("No such order.")), errors.NotFound("x").message) == ("No such order.", "x")


def test_details_are_always_an_object_and_the_errors_own() -> None:
    given: dict[str, object] = {"version": 3}
    error = errors.VersionConflict(details=given)
    given["version"] = 4
    assert error.details == {"version": 3}
    assert errors.NotFound().details == {}


def test_invalid_input_names_every_field_for_people_and_for_programs() -> None:
    error = ValidationFailed({"name": "is required", "age": "must be a number"})
    assert error.fields == {"name": "is required", "age": "must be a number"}
    assert error.details == {"fields": ["age", "name"]}


@pytest.mark.parametrize(
    ("error", "header", "value"),
    [
        (errors.AuthRequired(), "WWW-Authenticate", "Bearer"),
        (errors.AuthExpired(), "WWW-Authenticate", "Bearer"),
        (MethodNotAllowed("GET, PUT"), "Allow", "GET, PUT"),
        (RateLimited(7), "Retry-After", "7"),
        (errors.Unavailable(), "Retry-After", "1"),
    ],
)
def test_an_error_brings_the_headers_that_belong_to_it(error: BatonError, header: str, value: str) -> None:
    assert error.headers == {header: value}


def test_a_wrong_method_lists_the_right_ones() -> None:
    assert MethodNotAllowed("GET, PUT").details == {"allowed": ["GET", "PUT"]}
