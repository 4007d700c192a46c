"""Waking delivery for somebody who has just connected.

A socket can only be posted to once its `$connect` has returned, so `$connect` itself cannot deliver what was missed.
It asks for it: the function `deliver` is invoked without waiting. Should that fail, the pending index has the mailbox
all the same and the next sweep delivers.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from chalicelib.core import aws, observability
from chalicelib.core.settings import Settings
from chalicelib.core.work import Recipient

FUNCTION = "deliver"


class DeliveryTrigger(Protocol):
    """Starts a delivery that nobody waits for."""

    def wake(self, recipient: Recipient) -> None:
        """Must not raise."""
        ...


class LambdaDeliveryTrigger:
    """Invokes the `deliver` function through Lambda's own API."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def wake(self, recipient: Recipient) -> None:
        """Invoke without waiting; a failure is logged and left to the sweep."""
        payload = msgspec.json.encode({"org_id": recipient.org_id, "user_id": recipient.user_id})
        try:
            client = aws.client("lambda", self._settings.lambda_endpoint)
            client.invoke(FunctionName=self._settings.function_name(FUNCTION), InvocationType="Event", Payload=payload)
        except Exception:  # noqa: BLE001 - the sweep delivers all the same
            observability.log().warning("delivery could not be woken; the sweep will do it", exc_info=True)
