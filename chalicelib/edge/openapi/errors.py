"""The error responses of each operation in the OpenAPI document.

A route declares only the errors of its use case. The others follow from the rest of its declaration, as the pipeline
raises them: a permission means 401 and 403, a resource 404, a transition 409, `If-Match` 409 or 428, a body or query
422.
"""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.core import errors
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.http import error_body
from chalicelib.edge.openapi.error_examples import example
from chalicelib.edge.openapi.references import REF
from chalicelib.edge.openapi.schemas import Schema

Errors = list[type[errors.BatonError]]

_ANYWHERE: Errors = [errors.RouteNotFound, errors.MethodNotAllowed, errors.RateLimited]
"""Errors that belong to no single operation."""

_HEADERS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}


def errors_of(endpoint: Endpoint) -> Errors:
    """Return the errors that a call of this endpoint can end with, ordered by status and code."""
    idempotent = endpoint.mutates and not endpoint.public
    checks_body = endpoint.takes_body and endpoint.read_body is None
    implied: list[tuple[bool, Errors]] = [
        (not endpoint.public, [errors.AuthRequired, errors.AuthInvalid, errors.AuthExpired, errors.AccessDenied]),
        (not endpoint.public, [errors.RateLimited]),
        (not endpoint.public and not endpoint.allows_one_time_password, [errors.PasswordChangeRequired]),
        ("{" in endpoint.path, [errors.NotFound]),
        (endpoint.transition is not None, [errors.Conflict]),
        (_can_be_locked(endpoint), [errors.EntityLocked]),
        (endpoint.mutates, [errors.PayloadTooLarge]),
        (
            checks_body,
            [errors.MalformedForm if endpoint.form else errors.MalformedJson, errors.UnsupportedMediaType],
        ),
        (idempotent, [errors.IdempotencyKeyReused]),
        (not endpoint.any_query, [errors.MalformedQuery]),
        (idempotent or checks_body or not endpoint.any_query, [errors.ValidationFailed]),
        (endpoint.takes_if_match, [errors.VersionConflict]),
        (endpoint.if_match == "required", [errors.PreconditionRequired]),
        (True, [errors.InternalError, errors.Unavailable]),
    ]
    implied += [(resource.required, [resource.not_found]) for resource in endpoint.items.values()]
    raised = {error for holds, group in implied if holds for error in group} | set(endpoint.errors)
    return sorted(raised, key=lambda error: (status_of(endpoint, error), error.code))


def _can_be_locked(endpoint: Endpoint) -> bool:
    machine = endpoint.resource.states if endpoint.resource is not None else None
    return machine is not None and bool(machine.locked) and endpoint.transition in machine.locking


def status_of(endpoint: Endpoint, error: type[errors.BatonError]) -> int:
    """Return the status of the error at this endpoint; some contracts use another one for invalid input."""
    return endpoint.invalid_status if error is errors.ValidationFailed else error.status


def responses(endpoint: Endpoint, shared: Mapping[str, type[errors.BatonError]]) -> dict[str, Any]:
    """Return the error responses of an endpoint by status; `shared` errors have an example among the components."""
    by_status: dict[int, Errors] = {}
    for error in errors_of(endpoint):
        by_status.setdefault(status_of(endpoint, error), []).append(error)
    return {str(status): _response(endpoint, status, group, shared) for status, group in by_status.items()}


def _response(
    endpoint: Endpoint, status: int, group: Errors, shared: Mapping[str, type[errors.BatonError]]
) -> dict[str, Any]:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    if status in _HEADERS:
        headers[_HEADERS[status]] = {"$ref": f"#/components/headers/{_HEADERS[status]}"}
    return {
        "description": "\n".join(dict.fromkeys(map(_line, group))),
        "headers": headers,
        "content": {
            "application/json": {
                "schema": {"$ref": f"{REF}ErrorBody"},
                "examples": _examples(endpoint, group, shared),
            }
        },
    }


def _line(error: type[errors.BatonError]) -> str:
    """Return what the description of a response says about an error."""
    return f"- `{error.code}`: {error.summary} {details_text(error)}".strip()


def details_text(error: type[errors.BatonError]) -> str:
    """Return what the docstring of an error says about its details; nothing if they are empty."""
    text = " ".join(inspect.cleandoc(error.__doc__ or "").split())
    begin = text.find("`details")
    return "" if begin < 0 or "`details` is empty" in text else text[begin:]


def _examples(
    endpoint: Endpoint, group: Errors, shared: Mapping[str, type[errors.BatonError]]
) -> dict[str, dict[str, Any]]:
    """Return an example of each error by its code; of several with the same code, the further ones have a number."""
    listed: dict[str, dict[str, Any]] = {}
    for error in group:
        same = sum(name.partition(".")[0] == error.code for name in listed)
        own, general = error_body(example(endpoint, error)), error_body(error.example())
        is_shared = own == general and shared.get(error.code) is error
        described = {"summary": error.summary, "value": own}
        listed[f"{error.code}.{same + 1}" if same else error.code] = (
            {"$ref": f"#/components/examples/{error.code}"} if is_shared else described
        )
    return listed


def all_errors(endpoints: Iterable[Endpoint]) -> dict[str, type[errors.BatonError]]:
    """Return every error of the API by its code."""
    raised = [*_ANYWHERE, *(error for endpoint in endpoints for error in errors_of(endpoint))]
    return {error.code: error for error in sorted(raised, key=lambda error: error.code)}


def schemas(codes: Iterable[str]) -> dict[str, Schema]:
    """Return the schemas of the error body. It is not named `Error`, which is a class in most languages."""
    return {
        "ErrorBody": {
            "description": "The body of every error response.",
            "type": "object",
            "properties": {
                "success": {"type": "boolean", "description": "Always false."},
                "error": {"$ref": f"{REF}ErrorDetail", "description": "What is wrong."},
                "fields": {
                    "description": "Error messages by field. Absent unless headers, query or body are invalid.",
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
            },
            "required": ["success", "error"],
        },
        "ErrorDetail": {
            "description": "The error: `code` and `details` for programs, `message` for people.",
            "type": "object",
            "properties": {
                "code": {"$ref": f"{REF}ErrorCode", "description": "The kind of error, for programs."},
                "message": {"type": "string", "description": "What is wrong, in English, for people."},
                "details": {
                    "description": "Values that belong to the error, by name; empty for most kinds.",
                    "type": "object",
                    "additionalProperties": True,
                },
            },
            "required": ["code", "message", "details"],
        },
        "ErrorCode": {
            "description": "The kind of error. New codes may be added; handle an unknown code by its status.",
            "type": "string",
            "enum": list(codes),
        },
    }


def examples(by_code: Mapping[str, type[errors.BatonError]]) -> dict[str, Any]:
    """Return one example per code."""
    return {code: {"summary": error.summary, "value": error_body(error.example())} for code, error in by_code.items()}
