"""The AWS clients of the process: one per service and endpoint, created at first use.

Creating a client takes tens of milliseconds of a cold start, so all models and threads share one DynamoDB client
(botocore clients are thread-safe, creating them is not, hence the lock). Time-outs are short and retries few, because
API Gateway ends a request after 29 seconds, and a 503 in time is better than no response. botocore is imported in
functions, so that importing the models does not import it.

DynamoDB refuses a single write during a transaction on the same item with `TransactionConflictException`, which
botocore does not retry. Such a conflict ends within milliseconds, so the write is sent again: for example a position
that arrives while the courier is assigned, or a mailbox released while an event is appended to it.

Past the deadline of a request (`core.deadline`) no call is begun or repeated, and shortly before it a call waits for
its response no longer than until the deadline.
"""

import random
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.core import deadline
from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from botocore.session import Session

_lock = Lock()
_clients: dict[tuple[str, str], Any] = {}
# At least as many as `store.parallel` has threads: calls beyond it would each open a new connection.
_POOL = 72
# Delivery has its own retries.
_ATTEMPTS = {"apigatewaymanagementapi": 1}
_LOCAL_REGION = "us-east-1"
_CONFLICT = "TransactionConflictException"
_CONFLICT_ATTEMPTS = 6
_SHORTEST_READ_S = 1.0
UNREADABLE = "ServiceUnavailable"
"""The error code of a response that cannot be read (`core.decoding`)."""


def client(service: str, endpoint: str = "") -> Any:
    """Return the client for `service` (a botocore service name) at `endpoint`, or at AWS if that is empty."""
    key = (service, endpoint)
    existing = _clients.get(key)
    if existing is None:
        with _lock:
            existing = _clients.get(key) or _create(service, endpoint)
            _clients[key] = existing
    return existing


def forget_clients() -> None:
    """Drop all clients, so that new ones use a changed environment. For the local stack and tests."""
    with _lock:
        _clients.clear()


def _create(service: str, endpoint: str) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    from chalicelib.core.decoding import ItemsParserFactory

    session = get_session()
    if service == "dynamodb":
        session.register_component("response_parser_factory", ItemsParserFactory())
    options: dict[str, Any] = {}
    if service == "s3":
        # By default URLs are signed for the global host, which redirects to that of the region.
        style = {"addressing_style": "path" if endpoint else "virtual", "us_east_1_regional_endpoint": "regional"}
        options = {"signature_version": "s3v4", "s3": style, "request_checksum_calculation": "when_required"}
    config = Config(
        connect_timeout=settings().connect_timeout_s,
        read_timeout=settings().read_timeout_s,
        retries={"total_max_attempts": _ATTEMPTS.get(service, 3), "mode": "standard"},
        max_pool_connections=_POOL,
        parameter_validation=service != "dynamodb",
        user_agent="baton",  # botocore would build its own for every call: an eighth of a call's CPU time
        **options,
    )
    region = _region(session, endpoint)
    created = session.create_client(service, region_name=region, endpoint_url=endpoint or None, config=config)
    events: Any = created.meta.events  # the stubs do not allow for handlers that return a value
    events.register("before-send", _observe_deadline)
    if service == "dynamodb":
        _use_own_parts(session, created)
    events.register_first("needs-retry", _end_retries)
    return created


def _use_own_parts(session: "Session", client: Any) -> None:
    """Replace parts of a client of DynamoDB for which botocore has no components, as it has for parsers."""
    from chalicelib.core.encoding import ItemsSerializer
    from chalicelib.core.signing import RequestSigner

    own, events = vars(client), client.meta.events
    own["_serializer"] = ItemsSerializer()
    own["_resolve_endpoint_ruleset"] = _cache_endpoint(client)
    events.unregister("request-created.dynamodb", own["_request_signer"].handler)
    events.register("request-created.dynamodb", RequestSigner(session.get_credentials(), client.meta.region_name))
    events.register("needs-retry.dynamodb", _pause_after_conflict)
    events.register_first("needs-retry.dynamodb", _mark_unreadable)


def _cache_endpoint(client: Any) -> Callable[..., tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return what finds the endpoint of a call: botocore finds it anew for each, and it is always the same.

    It depends on the operation and on names of tables only where these are ARNs.
    """
    resolve = client._resolve_endpoint_ruleset  # noqa: SLF001 - botocore has no public way to keep it
    found: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def cached(operation_model: Any, params: Any, request_context: dict[str, Any], *_: Any) -> Any:
        if not found:
            found.append(resolve(operation_model, params, request_context))
        return found[0]

    return cached


def _observe_deadline(request: Any, **_: Any) -> None:
    """Limit the wait for a response to the time until the deadline. Raise `Unavailable` if that has passed."""
    remaining_s = deadline.remaining_s()
    if remaining_s < settings().read_timeout_s:
        request.context["read_timeout"] = max(remaining_s, _SHORTEST_READ_S)


def _end_retries(**_: Any) -> bool | None:
    """Return False, which ends the retries, past the deadline."""
    return None if deadline.has_time() else False


def _mark_unreadable(response: Any = None, **_: Any) -> None:
    """Give a response that cannot be read the status of an error, for which botocore repeats the call."""
    if response and response[1].get("Error", {}).get("Code") == UNREADABLE:
        response[0].status_code = 503


def _pause_after_conflict(attempts: int, response: Any = None, **_: Any) -> float | None:
    """Return the seconds until a write is sent again after a transaction conflict; None for no retry."""
    code = response[1].get("Error", {}).get("Code") if response else None
    if code != _CONFLICT or attempts >= _CONFLICT_ATTEMPTS:
        return None
    return random.uniform(0, 0.01 * 2**attempts)  # noqa: S311 - jitter, no secret


def _region(session: "Session", endpoint: str) -> str | None:
    """Return the configured region. With another engine than AWS, which ignores it, there is a default."""
    configured: str | None = session.get_config_variable("region")
    return configured or (_LOCAL_REGION if endpoint else None)
