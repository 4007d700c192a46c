"""Sends messages to sockets: the port, and its implementation over API Gateway's management API.

The local gateway implements the same API, so deployed and local stacks run this code. Each message is posted once
without retries by the client library: delivery decides when to try again, and a silent retry could overtake the message
of another writer.
"""

from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.settings import Settings
from chalicelib.realtime.errors import ConnectionGone, SendFailed


class Sender(Protocol):
    """Sends a message to a socket."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Send a message. Raise `ConnectionGone` or `SendFailed`."""


class GatewaySender:
    """Sends through `PostToConnection`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Send to the connection at the gateway where it was opened. Raise `ConnectionGone` or `SendFailed`."""
        client = aws.client("apigatewaymanagementapi", self._settings.sockets_endpoint or endpoint)
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=message)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 410:
                raise ConnectionGone from error
            raise SendFailed from error
        except BotoCoreError as error:
            raise SendFailed from error
