"""Sending to a socket: the port, and its one implementation over API Gateway's management API.

The local gateway speaks that same API, so deployed and local stacks run this code. Each post is tried once: delivery
knows better than the client library when to try again, and a silent second try could pass another writer's post.
"""

from __future__ import annotations

from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.settings import Settings


class Gone(Exception):
    """The connection is closed, or not quite open yet."""


class NotNow(Exception):
    """The gateway could not take it; it may later."""


class Sender(Protocol):
    """Puts a message on a socket."""

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Raises `Gone` or `NotNow`."""
        ...


class GatewaySender:
    """Posts through `PostToConnection`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Post to the connection at the gateway where it was opened. Raises `Gone` or `NotNow`."""
        client = aws.client("apigatewaymanagementapi", self._settings.sockets_endpoint or endpoint)
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=message)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 410:
                raise Gone from error
            raise NotNow from error
        except BotoCoreError as error:
            raise NotNow from error
