"""The errors that clients receive, under one root class.

A `BatonError` has a stable `code`, an HTTP status and a message. The edge turns it into the error body, a socket into
a close or a refusal. Use cases raise no other errors, so a status is chosen in one place only. Errors that several
domains share are here; each domain's own subclasses are in its `errors.py`.

Any other exception is a crash: the edge logs it and responds with 500 and no details.
"""

from collections.abc import Mapping
from typing import ClassVar, Self


class BatonError(Exception):
    """The root of all errors that clients receive.

    `message` is for people, `details` (always an object) for programs. Neither may contain internals or secrets.
    `headers` are those of the response, such as `Retry-After`; `fields` is `{field: message}` of invalid input.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    summary: ClassVar[str] = "An internal error occurred."
    headers: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}

    def __init__(self, message: str | None = None, *, details: Mapping[str, object] | None = None) -> None:
        self.message = message or self.summary
        self.details: dict[str, object] = dict(details or {})
        super().__init__(self.message)

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        return cls()


class InternalError(BatonError):
    """An unexpected error, without details."""


# --- authentication and authorisation --------------------------------------------------------------------------


class AuthRequired(BatonError):
    """No token was sent."""

    code, status, summary = "AUTH_REQUIRED", 401, "Authentication required: send a bearer token."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class AuthInvalid(AuthRequired):
    """The token or the password is not valid, or no longer valid."""

    code, summary = "AUTH_INVALID", "Invalid credentials."


class AuthExpired(AuthRequired):
    """The token has expired."""

    code, summary = "AUTH_EXPIRED", "The token has expired."


class AccessDenied(BatonError):
    """The caller lacks a permission, or its scope does not cover the resource.

    `details.permission` is that permission; `details.field` is there instead if a field must hold the caller's own id.
    """

    code, status, summary = "ACCESS_DENIED", 403, "You do not have permission to do this."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"permission": "dispatch.order.read"})


class PasswordChangeRequired(BatonError):
    """The caller signed in with a one-time password and may do nothing else before changing it."""

    code, status = "PASSWORD_CHANGE_REQUIRED", 403
    summary = "Your password was made for one sign-in: change it before you do anything else."


# --- invalid requests ------------------------------------------------------------------------------------------


class NotFound(BatonError):
    """The resource does not exist in the caller's organisation."""

    code, status, summary = "NOT_FOUND", 404, "Resource not found."


class RouteNotFound(BatonError):
    """No endpoint has this path."""

    code, status, summary = "ROUTE_NOT_FOUND", 404, "Endpoint not found."


class MethodNotAllowed(BatonError):
    """The endpoint exists for other methods. `details.allowed` lists them, as does `Allow`."""

    code, status, summary = "METHOD_NOT_ALLOWED", 405, "Method not allowed for this endpoint."

    def __init__(self, allowed: str) -> None:
        super().__init__(f"Method not allowed. Allowed methods: {allowed}.", details={"allowed": allowed.split(", ")})
        self.headers = {"Allow": allowed}

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls("GET, POST")


class MalformedJson(BatonError):
    """The body cannot be read as JSON."""

    code, status, summary = "MALFORMED_JSON", 400, "The request body is not valid JSON."


class MalformedForm(BatonError):
    """The body cannot be read as form data."""

    code, status, summary = "MALFORMED_FORM", 400, "The request body is not valid form data."


class MalformedQuery(BatonError):
    """The query string cannot be decoded."""

    code, status, summary = "MALFORMED_QUERY", 400, "The query string is not valid UTF-8."


class PayloadTooLarge(BatonError):
    """The body exceeds the size limit; it was not read.

    `details.most` is the limit in bytes, and `details.instead` the endpoint that takes more, if there is one.
    """

    code, status, summary = "PAYLOAD_TOO_LARGE", 413, "The request body is too large."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"most": 6_000_000})


class UnsupportedMediaType(BatonError):
    """The endpoint does not accept the content type of the body."""

    code, status, summary = "UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported media type for this endpoint."


class ValidationFailed(BatonError):
    """The input is invalid. `details.fields` names every invalid field; `fields` says what is wrong with each."""

    code, status, summary = "VALIDATION_ERROR", 422, "The request contains invalid fields."

    def __init__(self, fields: Mapping[str, str], message: str | None = None) -> None:
        super().__init__(message, details={"fields": sorted(fields)})
        self.fields = dict(fields)

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls({"limit": "must be at least 1"})


class IdempotencyKeyReused(BatonError):
    """The same caller used the key for another request."""

    code, status = "IDEMPOTENCY_KEY_REUSED", 422
    summary = "This Idempotency-Key was already used for a different request."


class TooLargeToCommit(BatonError):
    """The request would change more items than a transaction can hold; nothing was written.

    `details.items` is their number, and `details.most` the largest one.
    """

    code, status = "TOO_MANY_CHANGES", 422
    summary = "The request changes too many items at once; split it into smaller requests."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"items": 120, "most": 100})


# --- conflicts, limits and outages -----------------------------------------------------------------------------


class Conflict(BatonError):
    """The current state does not allow the request.

    `details` has the `state`, the `action`, the actions `allowed` now, and what is `missing`, if anything.
    """

    code, status, summary = "WORKFLOW_VIOLATION", 409, "The current state does not allow this action."


class VersionConflict(Conflict):
    """The stored version is not the one that the client named or the use case read.

    `details.version` is the current version; empty `details` if it is not known.
    """

    code, summary = "VERSION_CONFLICT", "The resource has changed since you read it; read it again and retry."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"version": 4})


class EntityLocked(Conflict):
    """The resource is final and cannot be changed.

    `details` has the `state`, the `action` and the actions `allowed` now.
    """

    code, summary = "ENTITY_LOCKED", "The resource is locked and can no longer be changed."


class PreconditionRequired(BatonError):
    """The endpoint requires `If-Match`, and it is missing."""

    code, status = "PRECONDITION_REQUIRED", 428
    summary = "This request requires the If-Match header with the version that you read."


class RateLimited(BatonError):
    """The caller exceeded a rate limit. `details.retryAfter` is the seconds to wait, as in `Retry-After`."""

    code, status, summary = "RATE_LIMITED", 429, "Too many requests; try again later."

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(details={"retryAfter": retry_after_s})
        self.headers = {"Retry-After": str(retry_after_s)}

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(30)


class AccountLocked(RateLimited):
    """Too many wrong passwords. Unknown user names are locked too, so the error does not reveal which exist.

    `details.retryAfter` is the seconds to wait, as in `Retry-After`.
    """

    code, status, summary = "ACCOUNT_LOCKED", 423, "Too many failed sign-ins; sign-in is locked for a while."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(900)


class Unavailable(BatonError):
    """The store is down or throttles, or conflicts did not end in time. Nothing was changed."""

    code, status, summary = "SERVICE_UNAVAILABLE", 503, "The service is temporarily unavailable; try again shortly."
    headers: Mapping[str, str] = {"Retry-After": "1"}
