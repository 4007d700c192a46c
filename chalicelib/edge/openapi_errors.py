"""The errors that each endpoint can answer with, as the API's description lists them.

What a route declares is only its own; the rest follows from what the edge does for such a route: whoever is let in can
be turned away, whoever sends a body can send a bad one. The lists are made here once, from the same metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.core.errors import (
    AccessDenied,
    AuthExpired,
    AuthInvalid,
    AuthRequired,
    BatonError,
    Conflict,
    EntityLocked,
    IdempotencyKeyReused,
    InternalError,
    MalformedForm,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionRequired,
    RateLimited,
    RouteNotFound,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
    VersionConflict,
)
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.openapi_schemas import REF, Schema
from chalicelib.edge.request import Empty

Errors = list[type[BatonError]]

_ANYWHERE: Errors = [RouteNotFound, MethodNotAllowed, RateLimited]
"""Errors that an address can give without being any operation's own."""

_SAMPLE_DETAILS: Mapping[type[BatonError], Mapping[str, object]] = {
    AccessDenied: {"permission": "dispatch.order.read"},
    MethodNotAllowed: {"allowed": ["GET"]},
    PayloadTooLarge: {"most": 6000000},
    RateLimited: {"retryAfter": 30},
    VersionConflict: {"version": 4},
}
_HEADERS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}


def errors_of(endpoint: Endpoint) -> Errors:
    """Every error that a call of this endpoint can end with, each once, by status and code."""
    idempotent = endpoint.mutates and not endpoint.public
    follows: list[tuple[bool, Errors]] = [
        (not endpoint.public, [AuthRequired, AuthInvalid, AuthExpired, AccessDenied]),
        ("{" in endpoint.path, [NotFound]),
        (endpoint.transition is not None, [Conflict]),
        (_can_be_locked(endpoint), [EntityLocked]),
        (endpoint.mutates, [PayloadTooLarge]),
        (endpoint.takes_body, [MalformedForm if endpoint.form else MalformedJson, UnsupportedMediaType]),
        (idempotent, [IdempotencyKeyReused]),
        (idempotent or endpoint.takes_body or endpoint.query is not Empty, [ValidationFailed]),
        (endpoint.takes_if_match, [VersionConflict]),
        (endpoint.if_match == "required", [PreconditionRequired]),
        (True, [InternalError, Unavailable]),
    ]
    follows += [(resource.required, [resource.not_found]) for resource in endpoint.items.values()]
    found = {error for holds, errors in follows if holds for error in errors} | set(endpoint.errors)
    return sorted(found, key=lambda error: (status_of(endpoint, error), error.code))


def _can_be_locked(endpoint: Endpoint) -> bool:
    machine = endpoint.resource.states if endpoint.resource is not None else None
    return machine is not None and bool(machine.locked) and endpoint.transition in machine.locking


def status_of(endpoint: Endpoint, error: type[BatonError]) -> int:
    """The status that the error has here; some contracts know only their own for invalid input."""
    return endpoint.invalid_status if error is ValidationFailed else error.status


def responses(endpoint: Endpoint) -> dict[str, Any]:
    """The error responses of an endpoint, by status."""
    by_status: dict[int, Errors] = {}
    for error in errors_of(endpoint):
        by_status.setdefault(status_of(endpoint, error), []).append(error)
    return {str(status): _response(status, errors) for status, errors in by_status.items()}


def _response(status: int, errors: Errors) -> dict[str, Any]:
    codes = {error.code: error for error in errors}
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    if status in _HEADERS:
        headers[_HEADERS[status]] = {"$ref": f"#/components/headers/{_HEADERS[status]}"}
    return {
        "description": "\n".join(f"- `{code}`: {error.summary}" for code, error in codes.items()),
        "headers": headers,
        "content": {
            "application/json": {
                "schema": {"$ref": f"{REF}ErrorBody"},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }


def all_errors(endpoints: Iterable[Endpoint]) -> dict[str, type[BatonError]]:
    """Every error of the API by its code."""
    found = [*_ANYWHERE, *(error for endpoint in endpoints for error in errors_of(endpoint))]
    return {error.code: error for error in sorted(found, key=lambda error: error.code)}


def schemas(codes: Iterable[str]) -> dict[str, Schema]:
    """The components of the one error body. It is not called `Error`, since that is a class of most languages."""
    return {
        "ErrorBody": {
            "description": "Whatever went wrong; every error of every address looks like this.",
            "type": "object",
            "properties": {
                "success": {"type": "boolean", "description": "False."},
                "error": {"$ref": f"{REF}ErrorDetail"},
                "fields": {
                    "description": "What is wrong with which field; only there when the input was invalid.",
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
            },
            "required": ["success", "error"],
        },
        "ErrorDetail": {
            "description": "What went wrong: `code` and `details` for programs, `message` for people.",
            "type": "object",
            "properties": {
                "code": {"$ref": f"{REF}ErrorCode"},
                "message": {"type": "string"},
                "details": {"type": "object", "additionalProperties": True},
            },
            "required": ["code", "message", "details"],
        },
        "ErrorCode": {
            "description": "What went wrong, in one word. Codes are added over time: treat unknown ones by status.",
            "type": "string",
            "enum": list(codes),
        },
    }


def examples(errors: Mapping[str, type[BatonError]]) -> dict[str, Any]:
    """One example per code."""
    return {code: {"summary": error.summary, "value": _sample(error)} for code, error in errors.items()}


def _sample(error: type[BatonError]) -> dict[str, Any]:
    details = dict(_SAMPLE_DETAILS.get(error, {}))
    body = {"success": False, "error": {"code": error.code, "message": error.summary, "details": details}}
    if issubclass(error, ValidationFailed):
        details["fields"] = ["receiver_phone"]
        body["fields"] = {"receiver_phone": "is required"}
    return body
