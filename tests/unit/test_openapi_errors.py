"""The errors that the OpenAPI document lists for an operation follow from the declaration of its endpoint."""

from typing import Any

import pytest
from msgspec import Struct

from chalicelib.core.errors import BatonError, Conflict, NotFound
from chalicelib.core.state_machine import StateMachine
from chalicelib.edge.endpoint import Endpoint, Resource
from chalicelib.edge.openapi.errors import all_errors, details_text, errors_of, responses
from tests.builders.shelves import shelf_key
from tests.unit.test_openapi import DEPENDENCIES

SHELVES = StateMachine(
    entity="shelf",
    transitions={("OPEN", "close"): "CLOSED", ("OPEN", "fill"): "OPEN"},
    locked=frozenset({"CLOSED"}),
    locking=frozenset({"fill"}),
)
ALWAYS = {
    (400, "MALFORMED_QUERY"),
    (401, "AUTH_EXPIRED"),
    (401, "AUTH_INVALID"),
    (401, "AUTH_REQUIRED"),
    (403, "ACCESS_DENIED"),
    (403, "PASSWORD_CHANGE_REQUIRED"),
    (422, "VALIDATION_ERROR"),
    (429, "RATE_LIMITED"),
    (500, "INTERNAL_ERROR"),
    (503, "SERVICE_UNAVAILABLE"),
}
MUTATION = ALWAYS | {(413, "PAYLOAD_TOO_LARGE"), (422, "IDEMPOTENCY_KEY_REUSED")}
BODY = {(400, "MALFORMED_JSON"), (415, "UNSUPPORTED_MEDIA_TYPE")}


class ShelfNotFound(NotFound):
    """No such shelf."""

    code = "SHELF_NOT_FOUND"


class OtherNotFound(NotFound):
    """Something else does not exist."""

    summary = "No such other thing."


class ShelfFull(Conflict):
    """The shelf is full."""

    code = "SHELF_FULL"


class NewStock(Struct):
    """The stock of a shelf."""

    stock: int


class AnyStock(Struct):
    """The stock of a shelf, if known."""

    stock: int | None = None


def shelf_resource(**declared: Any) -> Resource[Any]:
    return Resource(key=lambda _, name: shelf_key(name), id_from=("shelf",), states=SHELVES, **declared)


def declared(method: str = "PATCH", path: str = "/v1/shelves", **parts: Any) -> Endpoint:
    return Endpoint(method=method, path=path, handler=print, summary="", **{"permission": "shelf.change", **parts})


def codes(endpoint: Endpoint) -> set[tuple[int, str]]:
    return {(error.status, error.code) for error in errors_of(endpoint)}


def test_a_read_has_the_errors_of_its_token_permission_and_query() -> None:
    assert codes(declared("GET")) == ALWAYS


def test_one_that_a_one_time_password_allows_has_no_such_error() -> None:
    assert codes(declared("GET", allows_one_time_password=True)) == ALWAYS - {(403, "PASSWORD_CHANGE_REQUIRED")}


def test_a_mutation_has_those_of_its_size_and_its_idempotency_key_too() -> None:
    assert codes(declared()) == MUTATION
    assert codes(declared(body=NewStock)) == MUTATION | BODY


def test_a_public_endpoint_needs_no_token_and_takes_no_key() -> None:
    expected = {(status, code) for status, code in ALWAYS if status not in (401, 403, 429)}
    assert codes(declared("GET", public=True)) == expected


def test_an_endpoint_that_ignores_unknown_parameters_has_no_error_of_its_query() -> None:
    assert codes(declared("GET", public=True, any_query=True)) == {
        (500, "INTERNAL_ERROR"),
        (503, "SERVICE_UNAVAILABLE"),
    }


def test_a_required_resource_means_its_404() -> None:
    assert codes(declared(resource=shelf_resource())) == MUTATION | {(404, "NOT_FOUND")}
    assert codes(declared(resource=shelf_resource(not_found=ShelfNotFound))) == MUTATION | {(404, "SHELF_NOT_FOUND")}
    assert codes(declared(resource=shelf_resource(required=False))) == MUTATION


def test_a_required_related_item_means_its_404() -> None:
    related = {"other": shelf_resource(not_found=ShelfNotFound), "third": shelf_resource(required=False)}
    assert codes(declared(related=related)) == MUTATION | {(404, "SHELF_NOT_FOUND")}


def test_a_path_parameter_means_404() -> None:
    assert codes(declared("GET", "/v1/shelves/{name}")) == ALWAYS | {(404, "NOT_FOUND")}


def test_a_transition_means_409_with_the_codes_of_its_state_machine() -> None:
    shelf = shelf_resource()
    expected = MUTATION | {(404, "NOT_FOUND"), (409, "WORKFLOW_VIOLATION")}
    assert codes(declared(resource=shelf, transition="close")) == expected
    assert codes(declared(resource=shelf, transition="fill")) == expected | {(409, "ENTITY_LOCKED")}


def test_if_match_means_409_and_428_if_it_is_required() -> None:
    assert codes(declared(if_match="optional")) == MUTATION | {(409, "VERSION_CONFLICT")}
    assert codes(declared(versioned=True)) == MUTATION | {(409, "VERSION_CONFLICT")}
    assert codes(declared("POST", versioned=True, status=201)) == MUTATION
    expected = MUTATION | {(409, "VERSION_CONFLICT"), (428, "PRECONDITION_REQUIRED")}
    assert codes(declared(if_match="required")) == expected


def test_own_fields_mean_403() -> None:
    assert (403, "ACCESS_DENIED") in codes(declared(body=NewStock, own_fields=["user_id"]))


def test_the_errors_of_the_use_case_are_added() -> None:
    assert codes(declared(errors=[ShelfFull])) == MUTATION | {(409, "SHELF_FULL")}


def shown(endpoint: Endpoint, code: str) -> dict[str, Any]:
    """Return the example of an error of the endpoint."""
    for response in responses(endpoint, {}).values():
        examples = response["content"]["application/json"]["examples"]
        if code in examples:
            body: dict[str, Any] = examples[code]["value"]
            return body
    raise LookupError(code)


def test_the_example_of_invalid_input_names_fields_of_the_operation() -> None:
    assert shown(declared(body=NewStock), "VALIDATION_ERROR")["fields"] == {"stock": "is required"}
    assert shown(declared(body=AnyStock), "VALIDATION_ERROR")["fields"] == {"stock": "must be a whole number"}
    assert shown(declared("GET", query=AnyStock), "VALIDATION_ERROR")["fields"] == {"stock": "must be a whole number"}
    assert shown(declared("GET"), "VALIDATION_ERROR")["fields"] == {"color": "unknown parameter"}
    assert shown(declared(), "VALIDATION_ERROR")["fields"].keys() == {"Idempotency-Key"}


def test_the_example_of_a_refused_step_shows_a_state_that_refuses_it() -> None:
    endpoint = declared(resource=shelf_resource(id_name="shelfId"), transition="fill")
    locked = shown(endpoint, "ENTITY_LOCKED")["error"]
    assert locked["message"] == "Cannot modify a sealed shelf."
    assert (locked["details"]["state"], locked["details"]["action"]) == ("CLOSED", "fill")
    refused = shown(declared(resource=shelf_resource(), transition="close"), "WORKFLOW_VIOLATION")["error"]
    assert refused["message"] == "Cannot close a shelf in state CLOSED."
    assert refused["details"] == {"state": "CLOSED", "action": "close", "allowed": []}


def test_the_other_examples_show_permission_item_and_limit() -> None:
    endpoint = declared(resource=shelf_resource(), max_body_bytes=1000)
    assert shown(endpoint, "ACCESS_DENIED")["error"]["details"] == {"permission": "shelf.change"}
    assert shown(endpoint, "NOT_FOUND")["error"]["message"] == "Shelf not found."
    assert shown(endpoint, "PAYLOAD_TOO_LARGE")["error"]["details"] == {"most": 1000}


@pytest.mark.parametrize("error", all_errors(DEPENDENCIES.endpoints).values(), ids=lambda error: error.__name__)
def test_the_details_of_an_error_are_described(error: type[BatonError]) -> None:
    assert [name for name in error.example().details if name not in details_text(error)] == []


def test_each_of_two_errors_with_the_same_code_has_an_example() -> None:
    endpoint = declared(resource=shelf_resource(), errors=[OtherNotFound])
    found = responses(endpoint, {})["404"]
    assert found["content"]["application/json"]["examples"].keys() == {"NOT_FOUND", "NOT_FOUND.2"}
    assert "No such other thing." in found["description"]


@pytest.mark.parametrize("status", [400, 422])
def test_invalid_input_is_listed_under_the_status_of_the_contract(status: int) -> None:
    described = responses(declared(body=NewStock, invalid_status=status), {})
    assert "VALIDATION_ERROR" in described[str(status)]["content"]["application/json"]["examples"]
    assert "IDEMPOTENCY_KEY_REUSED" in described["422"]["content"]["application/json"]["examples"]
