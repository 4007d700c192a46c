"""Translates Chalice's requests and responses, and makes the one error body.

All errors have the same body: `{"success": false, "error": {"code", "message", "details"}}`, plus `fields` if the input
was invalid. Every response has `X-Request-Id`, which is in the logs too.
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

from chalicelib.core.errors import BatonError, MalformedForm, MalformedJson
from chalicelib.core.settings import NO_SECRET, Secret
from chalicelib.edge.client_ip import PROOF, VIEWER, parse_address
from chalicelib.edge.forms import Part, essence, field_of, is_form, parse_form
from chalicelib.edge.validation import parse_json

REQUEST_ID = "X-Request-Id"
_REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}

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
    def address(self) -> str:
        """Return the path with its parameters and the query in canonical form."""
        filled = self.path.format_map({name: quote(value, safe="") for name, value in self.path_params.items()})
        query = urlencode(sorted((name, value) for name, values in self.query.items() for value in values))
        return f"{filled}?{query}"

    def came_from(self, proves: Callable[[Secret], bool]) -> str:
        """Return the client's address; `proves` tells whether a secret is that of our distribution."""
        viewer = parse_address(self.headers.get(VIEWER.lower(), ""))
        return viewer if viewer and self.proof and proves(self.proof) else self.source_ip

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
    raw = request.raw_body or b""
    return HttpRequest(
        method=request.method,
        path=request.path,
        path_params={name: unquote(value) for name, value in (request.uri_params or {}).items()},
        headers=headers,
        query={} if params is None else {name: params.getlist(name) for name in params},
        body=raw if isinstance(raw, bytes) else raw.encode(),
        request_id=request_id(headers, request.context),
        source_ip=request.context.get("identity", {}).get("sourceIp", ""),
        proof=proof,
    )


def request_id(headers: Mapping[str, str], context: Mapping[str, Any]) -> str:
    """Return the caller's `X-Request-Id` if it is well-formed, else that of API Gateway, else a new one."""
    offered = headers.get(REQUEST_ID.lower(), "")
    if _REQUEST_ID_FORM.fullmatch(offered):
        return offered
    return str(context.get("requestId") or secrets.token_hex(16))


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
    kind = _JSON if body else {"Cache-Control": "no-store"}
    return ChaliceResponse(body, {**kind, **headers, REQUEST_ID: request_id}, status)


def error_response(error: BatonError, request_id: str, status: int | None = None) -> ChaliceResponse:
    """Return the response of an error; `status` overrides its own where a contract uses another one."""
    body = encoder.encode(error_body(error)).decode()
    return json_response(status or error.status, body, error.headers, request_id)


def cors(origin: str) -> CORSConfig:
    """Return the headers that browsers may send and read."""
    return CORSConfig(
        allow_origin=origin,
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", REQUEST_ID],
        expose_headers=["ETag", REQUEST_ID, "Idempotent-Replayed", "Retry-After", "Location", "Link"],
        max_age=600,
    )
