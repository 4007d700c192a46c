"""Translates Chalice's requests and responses, and makes the one error body.

All errors have the same body: `{"success": false, "error": {"code", "message", "details"}}`, plus `fields` if the input
was invalid. Every response has the security headers and `X-Request-Id`, the server's id of the request, which is in the
logs and in the audit trail too. The id that a caller sends stands beside it in the logs only, because callers may send
the same one again.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlencode

import msgspec
from chalice.app import CORSConfig
from chalice.app import Response as ChaliceResponse

from chalicelib.core.actor import Client
from chalicelib.core.errors import BatonError, MalformedForm, MalformedJson
from chalicelib.core.settings import NO_SECRET, Secret
from chalicelib.edge.client_ip import PROOF, VIEWER, parse_address
from chalicelib.edge.forms import Part, essence, field_of, is_form, parse_form
from chalicelib.edge.validation import parse_json

REQUEST_ID = "X-Request-Id"
_CLIENT_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_NOT_UTF8 = b"\xff"
_USER_AGENT_LENGTH = 200
_JSON = {"Content-Type": "application/json"}
SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every response; an endpoint may set its own `Cache-Control`."""

encoder = msgspec.json.Encoder(decimal_format="number")
"""Encodes responses: exact decimals as JSON numbers, times as RFC 3339 in UTC."""


class HttpRequest(msgspec.Struct, frozen=True, dict=True):
    """A request: header names in lower case, path parameters decoded, the body as bytes."""

    method: str
    path: str
    path_params: Mapping[str, str]
    headers: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: bytes
    request_id: str
    source_ip: str
    """The caller of API Gateway: the client, or CloudFront."""
    proof: Secret = NO_SECRET
    """The secret of our distribution, if it was sent. It is not in `headers`."""

    @property
    def client_request_id(self) -> str | None:
        """Return the caller's own id of the request; None unless it is 1 to 128 visible ASCII characters."""
        offered = self.headers.get(REQUEST_ID.lower(), "")
        return offered if _CLIENT_REQUEST_ID.fullmatch(offered) else None

    @property
    def address(self) -> str:
        """Return the path with its parameters and the query in canonical form."""
        filled = self.path.format_map({name: quote(value, safe="") for name, value in self.path_params.items()})
        query = urlencode(sorted((name, value) for name, values in self.query.items() for value in values))
        return f"{filled}?{query}"

    def came_from(self, proves: Callable[[Secret], bool]) -> str:
        """Return the client's address; `proves` tells whether a secret is that of our distribution."""
        viewer = parse_address(self.headers.get(VIEWER.lower(), ""))
        return viewer if viewer and self.proof and proves(self.proof) else self.source_ip

    def client(self, proves: Callable[[Secret], bool]) -> Client:
        """Return the client for the audit trail, its user agent cut to 200 characters."""
        return Client(self.came_from(proves), self.user_agent)

    @property
    def user_agent(self) -> str:
        """Return the client's own name of itself, cut to 200 characters."""
        return self.headers.get("user-agent", "")[:_USER_AGENT_LENGTH]

    @property
    def bearer(self) -> Secret:
        """Return the bearer token, or an empty secret if there is none."""
        return Secret(bearer_token(self.headers.get("authorization")))

    @cached_property
    def form(self) -> Sequence[Part]:
        """Return the parts of a form body. Raise `MalformedForm`."""
        return parse_form(self.headers.get("content-type", ""), self.body)

    def sent(self, name: str) -> object:
        """Return a field of the body, even if other fields are invalid; None if it is missing or cannot be read."""
        try:
            if is_form(self.headers):
                return field_of(self.form, name)
            body = parse_json(self.body)
        except (MalformedForm, MalformedJson):
            return None
        return body.get(name) if isinstance(body, dict) else None

    @property
    def essence(self) -> bytes:
        """Return the part of the body by which equal requests are recognised."""
        if is_form(self.headers):
            with suppress(MalformedForm):
                return essence(self.form)
        return self.body


def read_request(request: Any) -> HttpRequest:
    """Return our request for one of Chalice."""
    headers = {name.lower(): value for name, value in dict(request.headers).items()}
    proof = Secret(headers.pop(PROOF.lower(), ""))
    params = request.query_params
    return HttpRequest(
        method=request.method,
        path=request.path,
        path_params={name: unquote(value) for name, value in (request.uri_params or {}).items()},
        headers=headers,
        query={} if params is None else {name: params.getlist(name) for name in params},
        body=_raw_body(request),
        request_id=request_id(request.context),
        source_ip=request.context.get("identity", {}).get("sourceIp", ""),
        proof=proof,
    )


def _raw_body(request: Any) -> bytes:
    try:
        raw = request.raw_body or b""
        return raw if isinstance(raw, bytes) else raw.encode()
    except UnicodeEncodeError:  # a text with an unpaired surrogate
        return _NOT_UTF8


def request_id(context: Mapping[str, Any]) -> str:
    """Return the id that API Gateway gave the request, else a new one."""
    return str(context.get("requestId") or secrets.token_hex(16))


def bearer_token(header: str | None) -> str:
    """Return the token of an `Authorization` header, or an empty text if there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def error_body(error: BatonError) -> dict[str, Any]:
    """Return the error body."""
    body: dict[str, Any] = {
        "success": False,
        "error": {"code": error.code, "message": error.message, "details": error.details},
    }
    if error.fields:
        body["fields"] = dict(error.fields)
    return body


def json_response(status: int, body: str, headers: Mapping[str, str], request_id: str) -> ChaliceResponse:
    """Return a response with a JSON text, or without a body if the text is empty."""
    kind = _JSON if body else {}
    return ChaliceResponse(body, {**SECURITY_HEADERS, **kind, **headers, REQUEST_ID: request_id}, status)


def error_response(error: BatonError, request_id: str, status: int | None = None) -> ChaliceResponse:
    """Return the response of an error; `status` overrides its own where a contract uses another one."""
    body = encoder.encode(error_body(error)).decode()
    return json_response(status or error.status, body, error.headers, request_id)


def cors(origin: str) -> CORSConfig:
    """Return the headers that browsers may send and read."""
    return CORSConfig(
        allow_origin=origin,
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", REQUEST_ID],
        expose_headers=["ETag", REQUEST_ID, "Idempotent-Replayed", "Retry-After", "Location", "Link"],
        max_age=600,
    )
