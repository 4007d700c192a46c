"""Sends messages to sockets and closes them: the port, and its implementation over API Gateway's management API.

The local gateway implements the same API, so deployed and local stacks run this code. Each message is posted once
without retries by the client library: delivery decides when to try again, and a silent retry could overtake the message
of another writer.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.realtime.errors import ConnectionGone, SendFailed

SESSION_ENDED = 4001
CHANNEL_DENIED = 4003
TOO_MANY_CONNECTIONS = 4008
POLICY_VIOLATION = 1008
MESSAGE_TOO_BIG = 1009
_CLOSE_CODE = "x-close-code"
_BEFORE_CLOSE = "before-call.apigatewaymanagementapi.DeleteConnection"
_code: ContextVar[int] = ContextVar("close_code", default=1000)


class Sender(Protocol):
    """Sends messages to sockets, and closes them."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Send a message. Raise `ConnectionGone` or `SendFailed`."""

    def close(self, endpoint: str, connection_id: str, code: int) -> None:
        """Close a connection; one that is gone already is no error. Raise `SendFailed`."""


class GatewaySender:
    """Sends through `PostToConnection`, and closes through `DeleteConnection`."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Send to the connection at the gateway where it was opened. Raise `ConnectionGone` or `SendFailed`."""
        _call(lambda: _client(endpoint).post_to_connection(ConnectionId=connection_id, Data=message))

    def close(self, endpoint: str, connection_id: str, code: int) -> None:
        """Close a connection; one that is gone already is no error. Raise `SendFailed`.

        API Gateway has no way to choose the code of the close frame and ignores the header; the local gateway uses it.
        """
        client = _client(endpoint)
        client.meta.events.register(_BEFORE_CLOSE, _add_code, unique_id=_CLOSE_CODE)  # once, however often called
        chosen = _code.set(code)
        try:
            _call(lambda: client.delete_connection(ConnectionId=connection_id))
        except ConnectionGone:
            return
        finally:
            _code.reset(chosen)


def _add_code(params: dict[str, Any], **_: Any) -> None:
    params["headers"][_CLOSE_CODE] = str(_code.get())


def _client(endpoint: str) -> Any:
    return aws.client("apigatewaymanagementapi", endpoint)


def _call(call: Callable[[], object]) -> None:
    try:
        call()
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 410:
            raise ConnectionGone from error
        raise SendFailed from error
    except (BotoCoreError, Unavailable) as error:
        raise SendFailed from error
