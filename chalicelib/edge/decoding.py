"""The input of a request: headers, query and body, decoded and validated before anything is read from the store.

An error is returned with the input and not raised, because the pipeline has to know first whether the caller may call
the endpoint at all. Every bad field of headers, query and body is named at once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from chalicelib.core.errors import (
    BatonError,
    MalformedJson,
    MalformedQuery,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from chalicelib.edge import idempotency
from chalicelib.edge.checks import MAX_ID_BYTES
from chalicelib.edge.csv_response import CSV
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.forms import FORM_DATA, decode_form, is_form
from chalicelib.edge.http import HttpRequest
from chalicelib.edge.organisation import split_body, split_form
from chalicelib.edge.request import Empty, parse_if_match
from chalicelib.edge.validation import decode_body, decode_query, unknown_parameters

_REPLACEMENT = "\ufffd"

ValueT = TypeVar("ValueT")


class Input(NamedTuple):
    """What a request carries; `error` is set if any of it is invalid, and the invalid parts are None then."""

    http: HttpRequest
    body: Any
    query: Any
    if_match: int | None
    idempotency_key: str | None
    error: BatonError | None
    organisation: dict[str, object]
    """The fields of the body that name the organisation, which are not in `body`."""

    def read_id(self, user_id: str) -> Callable[[str], str | None]:
        """Return the function that finds an id by the name of its path parameter, body field or query parameter."""

        def read(name: str) -> str | None:
            if name == "user_id" and name not in self.http.path_params:
                return user_id
            value: object = self.http.path_params.get(name)
            if value is None and self.error is None:
                value = _field(self.body, name) or _field(self.query, name)
            return value if isinstance(value, str) and value and len(value.encode()) <= MAX_ID_BYTES else None

        return read


def decode_input(endpoint: Endpoint, http: HttpRequest, max_body_bytes: int) -> Input:
    """Return the decoded input of a request, or its errors. Raises nothing."""
    fields: dict[str, str] = {}
    organisation: dict[str, object] = {}
    key = None
    if endpoint.mutates and not endpoint.public:
        key = _collect(fields, lambda: idempotency.read_key(http.headers.get("idempotency-key")))
    if_match = (
        _collect(fields, lambda: parse_if_match(http.headers.get("if-match"))) if endpoint.takes_if_match else None
    )
    try:
        _check_media(endpoint, http, max_body_bytes)
        if http.query and not endpoint.any_query:
            _check_query_encoding(http.query)
        body = _collect(fields, lambda: _body(endpoint, http, organisation)) if endpoint.takes_body else Empty()
    except BatonError as error:
        return Input(http, None, None, if_match, key, error, organisation)
    query = (
        _collect(fields, lambda: decode_query(http.query, endpoint.query)) if endpoint.query is not Empty else Empty()
    )
    if http.query and not endpoint.any_query:
        fields.update(unknown_parameters(http.query, endpoint.query))
    invalid = _invalid_input(endpoint, http, fields) if fields else None
    return Input(http, body, query, if_match, key, invalid, organisation)


def sent_id(http: HttpRequest, name: str) -> str | None:
    """Return an id that the request names in a path parameter or body field, cut to the longest key, else None."""
    value: object = http.path_params.get(name)
    if value is None and http.body:
        value = http.sent(name)
    return value.encode()[:MAX_ID_BYTES].decode(errors="ignore") if isinstance(value, str) and value else None


def _invalid_input(endpoint: Endpoint, http: HttpRequest, fields: dict[str, str]) -> ValidationFailed:
    error = ValidationFailed(fields)
    return error if endpoint.invalid_input is None else endpoint.invalid_input(error, http.sent)


def _check_media(endpoint: Endpoint, http: HttpRequest, max_body_bytes: int) -> None:
    """Raise `PayloadTooLarge` or `UnsupportedMediaType`."""
    limit = min(max_body_bytes, endpoint.max_body_bytes or max_body_bytes)
    if len(http.body) > limit:
        raise PayloadTooLarge(details=dict(endpoint.too_large or {"most": limit}))
    if not endpoint.takes_body or not http.body or endpoint.read_body is not None:
        return
    if endpoint.form:
        if not is_form(http.headers):
            raise UnsupportedMediaType(f"Send the body as {FORM_DATA}.")
        return
    kind, _, parameters = http.headers.get("content-type", "application/json").lower().partition(";")
    if kind.strip() != "application/json" and not _is_csv(endpoint, http):
        raise UnsupportedMediaType("Send the body as application/json.")
    if "charset" in parameters and "utf-8" not in parameters:
        raise UnsupportedMediaType("Send the body in UTF-8.")


def _is_csv(endpoint: Endpoint, http: HttpRequest) -> bool:
    """Return whether the body is CSV, and the endpoint takes that."""
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    return endpoint.csv_body is not None and kind == CSV


def _check_query_encoding(query: Mapping[str, Sequence[str]]) -> None:
    """Raise `MalformedQuery` for invalid UTF-8, which the gateway decodes to replacement characters."""
    if any(_REPLACEMENT in text for name, values in query.items() for text in (name, *values)):
        raise MalformedQuery


def _body(endpoint: Endpoint, http: HttpRequest, organisation: dict[str, object]) -> Any:
    """Return the decoded body; the fields that name the organisation are added to `organisation` instead."""
    if endpoint.read_body is not None:
        return endpoint.read_body(http.body)
    if endpoint.form:
        parts, sent = split_form(http.form, endpoint.body)
        organisation |= sent
        return decode_form(parts, endpoint.body)
    _check_utf8(http.body)
    body = http.body
    if endpoint.csv_body is not None and _is_csv(endpoint, http):
        body = endpoint.csv_body(body.decode())
    raw, sent = split_body(body or b"{}", endpoint.body)
    organisation |= sent
    try:
        return decode_body(raw, endpoint.body)
    except MalformedJson:
        recovered = None if endpoint.recover_body is None else endpoint.recover_body(http.body)
        if recovered is None:
            raise
        return recovered


def _check_utf8(body: bytes) -> None:
    """Raise `MalformedJson` unless a body is valid UTF-8.

    API Gateway delivers bodies as text, and replaces what is not UTF-8 by U+FFFD. So that character is refused
    everywhere; a client that means it can send it as an escape.
    """
    if body.isascii():
        return
    try:
        replaced = body.decode().find(_REPLACEMENT)
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not valid UTF-8 (byte {error.start}).") from error
    if replaced >= 0:
        raise MalformedJson(f"The body is not valid UTF-8 (character {replaced}).")


def _collect(fields: dict[str, str], decode: Callable[[], ValueT]) -> ValueT | None:
    """Return what `decode` returns; add the fields of its `ValidationFailed` and return None."""
    try:
        return decode()
    except ValidationFailed as error:
        fields.update(error.fields)
        return None


def _field(struct: object, name: str) -> object:
    """Return the value of the field that clients call `name`."""
    if not isinstance(struct, msgspec.Struct):
        return None
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    return next((getattr(struct, attribute) for sent, attribute in names if sent == name), None)
