"""Triggers delivery to a user who has just connected, or to whom a request could not deliver in time.

A socket can be posted to only after its `$connect` has returned, so `$connect` itself cannot deliver missed events. It
invokes the function `deliver` without waiting. If that fails, the mailbox is still in the pending index and the next
sweep delivers it.
"""

from typing import Protocol

import msgspec

from chalicelib.core import aws, observability
from chalicelib.core.settings import Settings
from chalicelib.core.work import Recipient

FUNCTION = "deliver"


class DeliveryTrigger(Protocol):
    """Starts a delivery without waiting for it."""

    def trigger(self, recipient: Recipient) -> None:
        """Start the delivery of a mailbox. Must not raise."""


class LambdaDeliveryTrigger:
    """Invokes the `deliver` function through the Lambda API."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def trigger(self, recipient: Recipient) -> None:
        """Invoke without waiting; a failure is logged and left to the sweep."""
        payload = msgspec.json.encode({"org_id": recipient.org_id, "user_id": recipient.user_id})
        try:
            client = aws.client("lambda", self._settings.lambda_endpoint)
            client.invoke(FunctionName=self._settings.function_name(FUNCTION), InvocationType="Event", Payload=payload)
        except Exception:  # noqa: BLE001 - the sweep delivers all the same
            observability.log().warning("delivery not triggered; the sweep will deliver", exc_info=True)
