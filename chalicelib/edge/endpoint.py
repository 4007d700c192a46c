"""The endpoint: what happens to every request, in one order.

admit      the token is verified; session, person, role and the idempotency record come in one batch read
replay     a request that was carried out before gets its stored answer
permit     the role's permission, as data
check      media type and size of the body; its fields are validated when the handler asks for them
decide     the handler reads and stages; the runner commits, once, and hands the events to delivery
answer     or one error body, whatever went wrong; a refused mutation leaves its row in the audit trail
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
from chalice.app import Response

from chalicelib.core import observability
from chalicelib.core.errors import (
    AuthRequired,
    BatonError,
    InternalError,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from chalicelib.core.store import ItemKey, get, get_many, store_errors
from chalicelib.core.table import Item
from chalicelib.core.work import Actor, UnitOfWork
from chalicelib.edge import idempotency
from chalicelib.edge.contract import About, Endpoint, Naming
from chalicelib.edge.forms import FORM_DATA, decode_form, is_form
from chalicelib.edge.http import HttpRequest, encoder, error_response, json_response, read_request
from chalicelib.edge.idempotency import IdempotencyRecord, Replay, StoredAnswer
from chalicelib.edge.request import Caller, Nothing, Principal, Reply, Request
from chalicelib.edge.runtime import Runtime, runtime
from chalicelib.edge.validation import decode_body, decode_query

_NOBODY = Actor("", "anonymous", "")
_UNNAMED = "-"
_LONGEST_PATH_ID = 255
"""Bytes, since the store counts keys in bytes: 1,024 for a sort key, in which separators are escaped by three."""


@dataclass(slots=True)
class Admission:
    """How far a request has got in: who it is, once that is known, and what was read on the way."""

    principal: Principal | None = None
    loaded: dict[ItemKey[Any], Item | None] = field(default_factory=dict)


class Written(NamedTuple):
    """An answer in its final form: as it is sent, and as it is kept for a replay (None: it is not)."""

    sent: StoredAnswer
    kept: StoredAnswer | None


class Keyed(msgspec.Struct, frozen=True):
    """A request with an idempotency key: where its record is, what the request is, and the record if there is one."""

    where: ItemKey[IdempotencyRecord]
    fingerprint: str
    record: IdempotencyRecord | None


def serve(endpoint: Endpoint, app: Any) -> Response:
    """Answer the app's current request. Never raises."""
    http = read_request(app.current_request)
    with observability.measured(request_id=http.request_id, operation=endpoint.name):
        response = _guarded(endpoint, http, runtime())
        observability.log().info("answered", extra={"status": response.status_code})
        return response


def _guarded(endpoint: Endpoint, http: HttpRequest, rt: Runtime) -> Response:
    admission = Admission()
    try:
        with store_errors():
            return _answer(endpoint, http, rt, admission)
    except Replay as replay:
        answer = replay.answer
        return json_response(answer.status, answer.body, idempotency.replayed(answer), http.request_id)
    except BatonError as error:
        _note_refusal(endpoint, http, rt, admission.principal, error)
        status = endpoint.invalid_status if type(error) is ValidationFailed else error.status
        observability.bind(code=error.code)
        return error_response(error, http.request_id, status)
    except Exception:  # noqa: BLE001 - whatever it is, the caller gets the one error body
        observability.log().exception("crashed")
        return error_response(InternalError(), http.request_id)


def _answer(endpoint: Endpoint, http: HttpRequest, rt: Runtime, admission: Admission) -> Response:
    keyed: Keyed | None = None
    if not endpoint.public:
        keyed = _admit(endpoint, http, rt, admission)
    if any(len(value.encode()) > _LONGEST_PATH_ID for value in http.path_params.values()):
        raise NotFound
    _check_body(endpoint, http, rt)
    request = Request(
        Caller(http.request_id, partial(http.came_from, rt.gate.proves)),
        http.path_params,
        http.headers.get("if-match"),
        admission.principal,
        _decoder(endpoint, http),
        admission.loaded,
        None if endpoint.id_from is None else _found_id(http, endpoint.id_from),
        raw_body=http.body,
    )
    if not endpoint.mutates:
        return _respond(_stored(endpoint.handler(request)), http)
    try:
        return _respond(_carry_out(endpoint, request, http, rt, keyed), http)
    except BatonError as error:
        if error.status < InternalError.status:
            _replay_twin(keyed, rt)
        raise


def _admit(endpoint: Endpoint, http: HttpRequest, rt: Runtime, admission: Admission) -> Keyed | None:
    """Let the caller in, or raise; the one batch read of every authenticated request."""
    credentials = rt.gate.verify(bearer(http.headers.get("authorization")))
    wanted: list[ItemKey[Any]] = list(credentials.keys())
    name = idempotency.read_key(http.headers.get("idempotency-key")) if endpoint.mutates else None
    where = idempotency.record_key(credentials.org_id, credentials.user_id, name) if name else None
    loads = _loads(endpoint, Naming(credentials.org_id, credentials.user_id, partial(_found_id, http)))
    found = get_many([*wanted, *loads, *([where] if where else [])], rt.clock)
    principal = credentials.admit(found)
    admission.principal = principal
    admission.loaded = {key: found.get(key) for key in loads}
    observability.bind(org_id=principal.org_id, actor_id=principal.user_id, role=principal.role)
    if endpoint.permission is not None:
        principal.require(endpoint.permission)
    if where is None:
        return None
    keyed = Keyed(
        where,
        idempotency.fingerprint(http.method, http.address, http.headers.get("if-match", ""), http.essence),
        found.get(where),
    )
    stored = idempotency.answer_of(keyed.record, keyed.fingerprint, rt.clock.now())
    if stored is not None:
        raise Replay(stored)
    return keyed


def _loads(endpoint: Endpoint, naming: Naming) -> list[ItemKey[Any]]:
    """What the request names, as far as it could exist."""
    keys: list[ItemKey[Any]] = []
    if endpoint.loads is not None and endpoint.id_from is not None:
        named = naming.find(endpoint.id_from)
        keys += [] if named is None else [endpoint.loads(naming.org_id, named)]
    if endpoint.loads_also is not None:
        keys += endpoint.loads_also(naming)
    return keys


def bearer(header: str | None) -> str:
    """The token of an `Authorization` header. Raises `AuthRequired` if there is none."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthRequired
    return token.strip()


def _check_body(endpoint: Endpoint, http: HttpRequest, rt: Runtime) -> None:
    most = min(rt.settings.max_body_bytes, endpoint.most_body_bytes or rt.settings.max_body_bytes)
    if len(http.body) > most:
        raise PayloadTooLarge(details={"most": most})
    if not endpoint.takes_body or not http.body:
        return
    if endpoint.form:
        if not is_form(http.headers):
            raise UnsupportedMediaType(f"Send the body as {FORM_DATA}.")
        return
    kind, _, parameters = http.headers.get("content-type", "application/json").lower().partition(";")
    if kind.strip() != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    if "charset" in parameters and "utf-8" not in parameters:
        raise UnsupportedMediaType("Send the body in UTF-8.")


def _decoder(endpoint: Endpoint, http: HttpRequest) -> Callable[[], tuple[Any, Any]]:
    def decode() -> tuple[Any, Any]:
        fields: dict[str, str] = {}
        parts: list[Any] = [Nothing(), Nothing()]
        if endpoint.takes_body:
            parts[0] = _gather(fields, lambda: _body(endpoint, http))
        if endpoint.query is not Nothing:
            parts[1] = _gather(fields, lambda: decode_query(http.query, endpoint.query))
        if fields:
            raise ValidationFailed(fields)
        return parts[0], parts[1]

    return decode


def _body(endpoint: Endpoint, http: HttpRequest) -> Any:
    if endpoint.form:
        return decode_form(http.form, endpoint.body)
    return decode_body(http.body or b"{}", endpoint.body)


def _gather(fields: dict[str, str], decode: Callable[[], Any]) -> Any:
    try:
        return decode()
    except ValidationFailed as error:
        fields.update(error.fields)
        return None


def _replay_twin(keyed: Keyed | None, rt: Runtime) -> None:
    """A copy of this request may have been carried out since the admission; what it did makes this one impossible.

    Raises `Replay` with its answer, since both are one request.
    """
    if keyed is not None:
        stored = idempotency.answer_of(get(keyed.where), keyed.fingerprint, rt.clock.now())
        if stored is not None:
            raise Replay(stored)


def _carry_out(
    endpoint: Endpoint, request: Request[Any, Any], http: HttpRequest, rt: Runtime, keyed: Keyed | None
) -> StoredAnswer:
    """Decide and commit. The answer is written down first: if that fails, it is a crash with nothing done."""
    done: Reply[Any] | None = endpoint.handler(request) if endpoint.batch else None

    def decide(work: UnitOfWork) -> Written:
        about = endpoint.about
        if about is not None and (about.entity_id or about.id_from) is not None:
            work.about(about.entity_type, _subject_id(about, http), about.action)
        reply: Reply[Any] = done or endpoint.handler(request, work)
        if about is not None and work.subject is None and not endpoint.batch:
            raise RuntimeError(f"{endpoint.name} did not say what it is about")
        if work.subject is not None:
            observability.bind(**{f"{work.subject.entity_type}_id": work.subject.entity_id})
        sent = _stored(reply)
        if reply.unfinished:
            return Written(sent, None)
        return Written(sent, sent if reply.kept is None else _stored(reply, reply.kept))

    def seal(work: UnitOfWork, written: Written) -> None:
        if keyed is not None and written.kept is not None:
            keep = timedelta(seconds=rt.settings.idempotency_s)
            idempotency.remember(work, keyed.where, keyed.fingerprint, written.kept, keep)

    actor = _NOBODY if endpoint.public else request.actor
    return rt.runner.run(actor, decide, seal).sent


def _stored(reply: Reply[Any], instead: object = None) -> StoredAnswer:
    """The answer as it is sent, or as it is kept if `instead` of its body something else is."""
    headers = dict(reply.headers)
    if reply.version is not None:
        headers["ETag"] = f'"{reply.version}"'
    said = reply.body if instead is None else instead
    body = "" if said is None else encoder.encode(said).decode()
    return StoredAnswer(reply.status, body, headers)


def _respond(answer: StoredAnswer, http: HttpRequest) -> Response:
    return json_response(answer.status, answer.body, answer.headers, http.request_id)


def _note_refusal(
    endpoint: Endpoint, http: HttpRequest, rt: Runtime, principal: Principal | None, error: BatonError
) -> None:
    """Leave the audit row of a refused mutation. Only known callers are written down, and only refusals (4xx)."""
    if principal is None or not endpoint.mutates or error.status >= InternalError.status:
        return
    about = endpoint.about or About("request", endpoint.name.upper())
    actor = Actor(principal.org_id, principal.user_id, http.request_id)
    rt.refusals.refused(actor, about, _subject_id(about, http), error)


def _subject_id(about: About, http: HttpRequest) -> str:
    """The id of what the request is about, as far as it is known before the handler is asked."""
    if about.entity_id is not None:
        return about.entity_id
    return (about.id_from and _found_id(http, about.id_from)) or _UNNAMED


def _found_id(http: HttpRequest, name: str) -> str | None:
    """An id that the request itself names, as far as it can be read."""
    value: object = http.path_params.get(name)
    if value is None and http.body:
        value = http.sent(name)
    return value.encode()[:_LONGEST_PATH_ID].decode(errors="ignore") if isinstance(value, str) and value else None
