"""Every error that Baton answers with, under one root.

A `BatonError` knows its stable `code`, its HTTP status and what the reader may be told; the edge turns it into
the one error body, sockets into a close or a refusal. Rules and services raise these and nothing else, so there
is no second place where a status is chosen. Domain-specific codes are made with `BatonError.coded(...)` subclasses
beside the domain; what the contracts share stands here.

Anything that is *not* a `BatonError` is a crash: the edge logs it whole and answers 500 without a word of it.
"""

from collections.abc import Mapping
from typing import ClassVar


class BatonError(Exception):
    """Root of all answers that are not a success.

    `message` is for people, `details` (always an object) for programs; neither may carry internals or secrets.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    summary: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, message: str | None = None, *, details: Mapping[str, object] | None = None) -> None:
        self.message = message or self.summary
        self.details: dict[str, object] = dict(details or {})
        super().__init__(self.message)

    @property
    def fields(self) -> Mapping[str, str]:
        """What is wrong with which field of the request; empty unless the input was invalid."""
        return {}

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this answer, such as `Retry-After`."""
        return {}


class InternalError(BatonError):
    """A crash, as the caller sees it."""


# --- who are you -----------------------------------------------------------------------------------------------


class AuthRequired(BatonError):
    """No token was sent."""

    code, status, summary = "AUTH_REQUIRED", 401, "Sign in first: this call needs a bearer token."

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this answer."""
        return {"WWW-Authenticate": "Bearer"}


class AuthInvalid(AuthRequired):
    """The token, or what it stands for, does not count (any more)."""

    code, summary = "AUTH_INVALID", "These credentials are not valid."


class AuthExpired(AuthRequired):
    """The token was good once."""

    code, summary = "AUTH_EXPIRED", "The token has expired."


class AccessDenied(BatonError):
    """It exists, and the caller may not do this with it."""

    code, status, summary = "ACCESS_DENIED", 403, "You may not do this."


# --- what do you want ------------------------------------------------------------------------------------------


class NotFound(BatonError):
    """It does not exist, or belongs to another organisation: the caller cannot tell which."""

    code, status, summary = "NOT_FOUND", 404, "There is no such thing."


class RouteNotFound(BatonError):
    """No route has this address."""

    code, status, summary = "ROUTE_NOT_FOUND", 404, "There is no such address."


class MethodNotAllowed(BatonError):
    """The address exists for other methods, which `Allow` lists."""

    code, status, summary = "METHOD_NOT_ALLOWED", 405, "This address does not take that method."

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This address takes {allowed}.", details={"allowed": allowed.split(", ")})
        self._allowed = allowed

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this answer."""
        return {"Allow": self._allowed}


class MalformedJson(BatonError):
    """The body cannot be read as JSON."""

    code, status, summary = "MALFORMED_JSON", 400, "The body is not valid JSON."


class MalformedForm(BatonError):
    """The body cannot be read as form data."""

    code, status, summary = "MALFORMED_FORM", 400, "The body is not valid form data."


class PayloadTooLarge(BatonError):
    """The body is over the limit; nothing of it was looked at."""

    code, status, summary = "PAYLOAD_TOO_LARGE", 413, "The body is larger than is accepted."


class UnsupportedMediaType(BatonError):
    """The body is not of a kind that the route takes."""

    code, status, summary = "UNSUPPORTED_MEDIA_TYPE", 415, "This address does not take that kind of body."


class ValidationFailed(BatonError):
    """The input was understood and is wrong. `fields` names every bad field at once."""

    code, status, summary = "VALIDATION_ERROR", 422, "Some of what was sent is not valid."

    def __init__(self, fields: Mapping[str, str], message: str | None = None) -> None:
        super().__init__(message, details={"fields": sorted(fields)})
        self._fields = dict(fields)

    @property
    def fields(self) -> Mapping[str, str]:
        """`{field: what is wrong with it}`."""
        return self._fields


class IdempotencyKeyReused(BatonError):
    """The key belongs to another request of the same caller."""

    code, status = "IDEMPOTENCY_KEY_REUSED", 422
    summary = "This Idempotency-Key was used for another request."


class TooLargeToCommit(BatonError):
    """One request would change more items than one transaction can carry; nothing was written."""

    code, status, summary = "TOO_MANY_CHANGES", 422, "This request changes more than fits into one transaction."


# --- is now the moment -----------------------------------------------------------------------------------------


class Conflict(BatonError):
    """What is wanted does not go together with how things stand."""

    code, status, summary = "WORKFLOW_VIOLATION", 409, "That step is not possible in this state."


class VersionConflict(Conflict):
    """The caller named, or the write met, another version."""

    code, summary = "VERSION_CONFLICT", "This was changed in the meantime; read it again."


class EntityLocked(Conflict):
    """What is wanted is closed to changes for good."""

    code, summary = "ENTITY_LOCKED", "This can no longer be changed."


class PreconditionRequired(BatonError):
    """The contract wants a version named, and none was."""

    code, status, summary = "PRECONDITION_REQUIRED", 428, "Send If-Match with the version you have read."


class RateLimited(BatonError):
    """Too many calls; `Retry-After` says when to come again."""

    code, status, summary = "RATE_LIMITED", 429, "Too many requests; wait a moment."

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(details={"retryAfter": retry_after_s})
        self._retry_after_s = retry_after_s

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this answer."""
        return {"Retry-After": str(self._retry_after_s)}


class AccountLocked(RateLimited):
    """Too many wrong passwords; said of names that nobody has as well, so it tells nothing of who exists."""

    code, status, summary = "ACCOUNT_LOCKED", 423, "Too many wrong passwords: signing in is locked for a while."


class Unavailable(BatonError):
    """The store is down, throttles, or a race could not be settled in time. Nothing was half done: try again."""

    code, status, summary = "SERVICE_UNAVAILABLE", 503, "The service cannot answer right now; try again shortly."
    retry_after_s: ClassVar[int] = 1

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this answer."""
        return {"Retry-After": str(self.retry_after_s)}
