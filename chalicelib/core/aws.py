"""The AWS clients of this process: one per service and endpoint, made when first needed.

Making a client costs tens of milliseconds of every cold start, so there is one DynamoDB client for all models and
all threads (botocore clients are thread-safe; making them is not, hence the lock). Time-outs are short and retries
few, because behind API Gateway everything must be over within 29 seconds: an honest 503 beats a lost answer.
botocore is imported inside, so that importing the models costs nothing that a request does not use.

A single write that meets a transaction on the same item is refused by DynamoDB with `TransactionConflictException`, and
botocore does not send it again. It is nobody's error and over in milliseconds, so here it is sent again: a position
that comes while the courier is being taken, a mailbox given back while an event is appended to it.
"""

import random
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from botocore.session import Session

_lock = Lock()
_clients: dict[tuple[str, str], Any] = {}
# At least as many as `store.parallel` has threads: a connection beyond it would be opened anew for each call.
_POOL = 72
# Delivery itself decides when a post is tried again.
_ATTEMPTS = {"apigatewaymanagementapi": 1}
_LOCAL_REGION = "us-east-1"
_CONFLICT = "TransactionConflictException"
_CONFLICT_ATTEMPTS = 6


def client(service: str, endpoint: str = "") -> Any:
    """The client for `service` (a botocore service name) at `endpoint`, or at AWS's own address if that is empty."""
    key = (service, endpoint)
    found = _clients.get(key)
    if found is None:
        with _lock:
            found = _clients.get(key) or _make(service, endpoint)
            _clients[key] = found
    return found


def forget_clients() -> None:
    """Drop all clients, so that the next ones see another environment. For the local stack and for tests."""
    with _lock:
        _clients.clear()


def _make(service: str, endpoint: str) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    from chalicelib.core.decoding import ItemsParserFactory

    session = get_session()
    if service == "dynamodb":
        session.register_component("response_parser_factory", ItemsParserFactory())
    more: dict[str, Any] = {}
    if service == "s3":
        # By default addresses are signed as a region of 2014 wants them, for a host that redirects to the right one.
        style = {"addressing_style": "path" if endpoint else "virtual", "us_east_1_regional_endpoint": "regional"}
        more = {"signature_version": "s3v4", "s3": style, "request_checksum_calculation": "when_required"}
    config = Config(
        connect_timeout=settings().connect_timeout_s,
        read_timeout=settings().read_timeout_s,
        retries={"total_max_attempts": _ATTEMPTS.get(service, 3), "mode": "standard"},
        max_pool_connections=_POOL,
        parameter_validation=service != "dynamodb",
        user_agent="baton",  # botocore would work its own out again for every call: an eighth of a call's CPU time
        **more,
    )
    region = _region(session, endpoint)
    made = session.create_client(service, region_name=region, endpoint_url=endpoint or None, config=config)
    if service == "dynamodb":
        events: Any = made.meta.events  # its stubs do not know that handlers may answer
        events.register("needs-retry.dynamodb", _pause_after_conflict)
    return made


def _pause_after_conflict(attempts: int, response: Any = None, **_: Any) -> float | None:
    """Seconds until a write that met a transaction is sent again; None if it did not, or too often."""
    code = response[1].get("Error", {}).get("Code") if response else None
    if code != _CONFLICT or attempts >= _CONFLICT_ATTEMPTS:
        return None
    return random.uniform(0, 0.01 * 2**attempts)  # noqa: S311 - jitter, no secret


def _region(session: "Session", endpoint: str) -> str | None:
    """The configured region; a made-up one only where another engine than AWS is named, which ignores it."""
    configured: str | None = session.get_config_variable("region")
    return configured or (_LOCAL_REGION if endpoint else None)
