"""The endpoint pipeline: the same steps for every request, in one order.

     1  verify the token                                    401       no I/O
     2  decode and validate headers, query and body                   errors are collected, not raised yet
     3  limits of the caller and the organisation           429
        one batch read: session, person, role, idempotency record and the declared items
     4  session and person                                  401
     5  permission of the route, password change required   403
     6  stored response of the same Idempotency-Key         replay
     7  what the request itself shows                       428, 413, 415, 400, 422 with every bad field
     8  the declared items exist in the organisation        404
     9  the caller's scope covers the resource              403
    10  If-Match, then the transition                       409
    11  the use case                                        its own errors
    12  commit, then delivery of the published events
    13  one error body, and the audit row of a refused mutation

After a conflict the steps from 8 on run again, on items that are read anew.
"""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import msgspec
from chalice.app import Response as ChaliceResponse

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.deadline import deadline
from chalicelib.core.errors import AuthRequired, BatonError, IdempotencyKeyReused, InternalError, ValidationFailed
from chalicelib.core.store import ItemKey, ReadResult, get, get_many, store_errors
from chalicelib.core.table import Entity
from chalicelib.core.work import UnitOfWork
from chalicelib.edge import checks, etags, idempotency
from chalicelib.edge.decoding import Input, decode_input, sent_id
from chalicelib.edge.dependencies import Dependencies, dependencies
from chalicelib.edge.endpoint import AuditTarget, Endpoint
from chalicelib.edge.http import HttpRequest, bearer_token, encoder, error_response, json_response, read_request
from chalicelib.edge.idempotency import Fingerprint, IdempotencyRecord, IdempotentRequest, Replay, StoredResponse
from chalicelib.edge.organisation import check_organisation
from chalicelib.edge.request import ClientInfo, Request, Response

ViewT = TypeVar("ViewT")


class AuthContext(msgspec.Struct):
    """What is known of the caller, once it is known: refused mutations are audited only for known callers."""

    actor: Actor | None = None


class EncodedResponse(NamedTuple):
    """A response as it is sent, and as it is stored for a replay (None: it is not stored)."""

    sent: StoredResponse
    stored: StoredResponse | None


class Admitted(NamedTuple):
    """A caller who may call the endpoint, with what was read for them."""

    actor: Actor
    found: ReadResult
    keys: dict[str, ItemKey[Any]]
    idempotent: IdempotentRequest | None


def serve(endpoint: Endpoint, app: Any) -> ChaliceResponse:
    """Answer the app's current request. Never raises."""
    http = read_request(app.current_request)
    ids = {"request_id": http.request_id, "client_request_id": http.client_request_id}
    with observability.measured(**ids, operation=endpoint.name):
        deps = dependencies()
        with deadline(deps.clock, deps.settings.request_deadline_s):
            response = _answer_or_error(endpoint, http, deps)
        observability.log().info("answered", extra={"status": response.status_code})
        return response


def bearer(header: str | None) -> str:
    """Return the token of an `Authorization` header. Raise `AuthRequired` if there is none."""
    token = bearer_token(header)
    if not token:
        raise AuthRequired
    return token


def _answer_or_error(endpoint: Endpoint, http: HttpRequest, deps: Dependencies) -> ChaliceResponse:
    auth = AuthContext()
    try:
        with store_errors():
            return _answer(endpoint, http, deps, auth)
    except Replay as replay:
        return _respond(replay.response, http)
    except BatonError as error:
        _audit_refusal(endpoint, http, deps, auth.actor, error)
        status = endpoint.invalid_status if type(error) is ValidationFailed else error.status
        observability.bind(code=error.code)
        return error_response(error, http.request_id, status)
    except Exception:  # noqa: BLE001 - whatever it is, the caller gets the one error body
        observability.log().exception("crashed")
        return error_response(InternalError(), http.request_id)


def _answer(endpoint: Endpoint, http: HttpRequest, deps: Dependencies, auth: AuthContext) -> ChaliceResponse:
    locate = partial(http.came_from, deps.authenticator.proves)
    client = ClientInfo(http.request_id, locate, http.user_agent, http.bearer, http.headers.get("accept", ""))
    credentials = None if endpoint.public else deps.authenticator.verify(bearer(http.headers.get("authorization")))
    given = decode_input(endpoint, http, deps.settings.max_body_bytes)
    admitted = None if credentials is None else _admit(endpoint, deps, credentials, given, auth)
    if given.error is not None:
        raise given.error
    request = Request(client, http.path_params, given.body, given.query, given.if_match, signed_in=auth.actor)
    if not endpoint.mutates:
        if admitted is not None:
            checks.check_items(request, endpoint, admitted.found, admitted.keys, deps.clock.now())
        result = endpoint.handler(request)
        answer, covered = _encode(endpoint, request, result).sent, endpoint.version_covers_body
        if_none_match = http.headers.get("if-none-match")
        version_covers_body = covered(result) if callable(covered) else covered
        answer = etags.conditional(answer, if_none_match, version_covers_body=version_covers_body)
        return _respond(answer, http)
    try:
        return _respond(_run(endpoint, request, http, deps, admitted), http)
    except BatonError as error:
        if error.status < InternalError.status and admitted is not None:
            _check_duplicate(admitted.idempotent, deps)
        raise


def _admit(endpoint: Endpoint, deps: Dependencies, credentials: Any, given: Input, auth: AuthContext) -> Admitted:
    """Authenticate and authorise the caller with the one batch read of every request."""
    http = given.http
    org_id, user_id = credentials.org_id, credentials.user_id
    keys = checks.item_keys(endpoint, org_id, given.read_id(user_id), given.body if endpoint.mutates else given.query)
    record_key = idempotency.record_key(org_id, user_id, given.idempotency_key) if given.idempotency_key else None
    actor, found = _authenticate(deps, credentials, [*keys.values(), *filter(None, [record_key])], http.request_id)
    if endpoint.mutates:
        actor = msgspec.structs.replace(actor, client=http.client(deps.authenticator.proves))
    auth.actor = actor
    observability.bind(org_id=org_id, actor_id=user_id, role=actor.role)
    if endpoint.permission is not None:
        actor.require(endpoint.permission)
    if not endpoint.allows_one_time_password:
        actor.require_own_password()
    idempotent, reused = _idempotent_request(http, actor, record_key, found, deps)
    checks.check_precondition(endpoint, http.headers.get("if-match"))
    error = reused if given.error is None or (reused and isinstance(given.error, ValidationFailed)) else given.error
    if error is not None:
        raise error
    checks.check_path(http.path_params)
    check_organisation(given.organisation, actor)
    checks.check_own_fields(endpoint.own_fields, given.body, actor)
    return Admitted(actor, found, keys, idempotent)


def _authenticate(deps: Dependencies, credentials: Any, keys: list[Any], request_id: str) -> tuple[Actor, ReadResult]:
    """Return the caller and what was read in one batch."""
    org_id, user_id, presence = credentials.org_id, credentials.user_id, deps.presence
    keys = [*credentials.keys(), *presence.keys(org_id, user_id, credentials.role), *keys]
    found = deps.rate_limits.read(org_id, user_id, keys)
    actor = credentials.authenticate(found, request_id)
    deps.rate_limits.count(org_id, user_id)
    presence.record(org_id, user_id, found)
    presence.learn(org_id, credentials.role, actor.permissions)
    return actor, found


def _idempotent_request(
    http: HttpRequest,
    actor: Actor,
    record_key: ItemKey[IdempotencyRecord] | None,
    found: ReadResult,
    deps: Dependencies,
) -> tuple[IdempotentRequest | None, IdempotencyKeyReused | None]:
    """Raise `Replay` if this request was carried out before; return the error if its key belongs to another one."""
    if record_key is None:
        return None, None
    request = (http.method, http.address, http.headers.get("if-match", ""), http.essence)
    fingerprint = Fingerprint(idempotency.digest(actor.org_id, actor.user_id, *request), deps.authenticator.seal)
    reused = None
    try:
        idempotency.check_record(found.get(record_key), fingerprint, deps.clock.now())
    except IdempotencyKeyReused as error:
        reused = error
    return IdempotentRequest(record_key, fingerprint), reused


def _check_duplicate(idempotent: IdempotentRequest | None, deps: Dependencies) -> None:
    """Raise `Replay` if a copy of this request has been carried out since it was admitted."""
    if idempotent is not None:
        idempotency.check_record(get(idempotent.key), idempotent.fingerprint, deps.clock.now())


def _run(
    endpoint: Endpoint,
    request: Request[Any, Any, Any],
    http: HttpRequest,
    deps: Dependencies,
    admitted: Admitted | None,
) -> StoredResponse:
    """Run the use case and commit. The response is encoded before the commit: if that fails, nothing was done."""
    first: list[ReadResult] = [] if admitted is None else [admitted.found]
    if endpoint.batch and admitted is not None:
        checks.check_items(request, endpoint, first[0], admitted.keys, deps.clock.now())
    done = endpoint.handler(request) if endpoint.batch else None

    def decide(work: UnitOfWork) -> EncodedResponse:
        work.expected_version = request.if_match
        _set_audit_subject(endpoint, work, http)
        if admitted is not None and not endpoint.batch and endpoint.items:
            found = first.pop() if first else get_many(admitted.keys.values(), deps.clock)
            checks.check_items(request, endpoint, found, admitted.keys, work.now)
        if request.is_repeated:
            return _encode(endpoint, request, request.resource)
        result = done if endpoint.batch else endpoint.handler(request, work)
        _bind_audit_subject(endpoint, work)
        return _encode(endpoint, request, result)

    def store_response(work: UnitOfWork, response: EncodedResponse) -> None:
        if admitted is not None and admitted.idempotent is not None and response.stored is not None:
            keep = timedelta(seconds=deps.settings.idempotency_s)
            idempotent = admitted.idempotent
            idempotency.store_response(work, idempotent.key, idempotent.fingerprint, response.stored, keep)

    actor = _anonymous(http, deps) if admitted is None else admitted.actor
    return deps.runner.run(actor, decide, store_response).sent


def _anonymous(http: HttpRequest, deps: Dependencies) -> Actor:
    return Actor("", "anonymous", http.request_id, client=http.client(deps.authenticator.proves))


def _set_audit_subject(endpoint: Endpoint, work: UnitOfWork, http: HttpRequest) -> None:
    target = endpoint.audit_target
    if target is not None and (target.entity_id or target.id_from) is not None:
        work.audit(target.entity_type, _entity_id(target, http), target.action)


def _bind_audit_subject(endpoint: Endpoint, work: UnitOfWork) -> None:
    """Add the audited entity to the log lines. Raise `RuntimeError` if a use case forgot to name it.

    A public endpoint may find that there is nothing to do; then it has no row.
    """
    is_idle = endpoint.public and not len(work)
    if endpoint.audit_target is not None and work.audit_subject is None and not endpoint.batch and not is_idle:
        raise RuntimeError(f"{endpoint.name} did not set its audit subject")
    if work.audit_subject is not None:
        observability.bind(**{f"{work.audit_subject.entity_type}_id": work.audit_subject.entity_id})


def _encode(endpoint: Endpoint, request: Request[Any, Any, Any], result: Any) -> EncodedResponse:
    """Return the response in its final form, with the `ETag` of the entity that was returned or changed.

    A handler may return an entity, a tuple that begins with one, a response, or the body itself.
    """
    response: Response[Any]
    if isinstance(result, Response):
        response = result
    else:
        first = result[0] if isinstance(result, tuple) and result else result
        entity = first if isinstance(first, Entity) or endpoint.status == HTTPStatus.CREATED else request.resource
        version = entity.version if endpoint.versioned and isinstance(entity, Entity) else None
        body = result if endpoint.view is None else endpoint.view(result)
        response = Response(None if endpoint.returns is None else body, endpoint.status, version)
    sent = _stored(endpoint, response, response.body)
    if response.incomplete:
        return EncodedResponse(sent, None)
    return EncodedResponse(sent, sent if response.stored is None else _stored(endpoint, response, response.stored))


def _stored(endpoint: Endpoint, response: Response[Any], body: object) -> StoredResponse:
    headers = dict(response.headers)
    if response.version is not None:
        headers["ETag"] = f'"{response.version}"'
    text = "" if body is None else encoder.encode(body).decode()
    return StoredResponse(response.status or endpoint.status, text, headers)


def _respond(response: StoredResponse, http: HttpRequest) -> ChaliceResponse:
    return json_response(response.status, response.body, response.headers, http.request_id)


def _audit_refusal(
    endpoint: Endpoint, http: HttpRequest, deps: Dependencies, actor: Actor | None, error: BatonError
) -> None:
    """Write the audit row of a refused mutation of a known caller."""
    if actor is None or not endpoint.mutates or error.status >= InternalError.status:
        return
    target = endpoint.audit_target or AuditTarget("request", endpoint.name.upper())
    deps.refusals.refused(actor, target, _entity_id(target, http), error)


def _entity_id(target: AuditTarget, http: HttpRequest) -> str:
    """Return the id of the audited entity, as far as the request names it."""
    if target.entity_id is not None:
        return target.entity_id
    return (target.id_from and sent_id(http, target.id_from)) or http.request_id
