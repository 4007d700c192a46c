"""E-mail, SMS and mobile push to people who are not connected.

    Messages       sends a message and waits until the service has accepted it. `AwsMessages` uses SES and SNS; the
                   local stack prints messages, tests record them.
    MessageQueue   hands a message to the function `send`, so that a request does not wait for a mail server and takes
                   equally long whether there is a message to send or not.

A channel that is not configured (no sender, no push application) is logged and never fails a request. Traded away: a
message that the service refuses is logged and not sent again, since there is no outbox for messages.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, observability
from chalicelib.core.settings import Settings

FUNCTION = "send"
EMAIL: Literal["email"] = "email"
SMS: Literal["sms"] = "sms"
PUSH: Literal["push"] = "push"
_GONE = frozenset({"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"})


class OutboundMessage(msgspec.Struct, frozen=True):
    """A message to one address. A message without an address is not sent.

    A push goes to all devices of a person (`to`) of an organisation (`org_id`); the app receives `data` with it. A
    message is never sent after `expires_at`.
    """

    channel: Literal["email", "sms", "push"] = EMAIL
    to: str = ""
    subject: str = ""
    text: str = ""
    org_id: str = ""
    data: Mapping[str, str] = msgspec.field(default_factory=dict)
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"OutboundMessage({self.channel})"  # address and text must not reach the logs


class NotSent(Exception):
    """The service did not accept the message."""


class DeviceGone(NotSent):
    """The device no longer receives messages and should be removed."""


class Messages(Protocol):
    """Sends messages. All methods raise `NotSent` if the service does not accept the message."""

    def email(self, to: str, subject: str, text: str) -> None:
        """Send an e-mail in plain text."""

    def sms(self, to: str, text: str) -> None:
        """Send an SMS to a number in E.164 format."""

    def device(self, token: str) -> str:
        """Return the ARN of the device with this FCM token, creating it if needed; "" if push is not configured."""

    def push(self, device: str, title: str, body: str, data: Mapping[str, str], life: timedelta | None = None) -> None:
        """Send a notification to a device, which must not get it after its `life`.

        Raise `DeviceGone` if the device should be removed.
        """


class MessageQueue(Protocol):
    """Sends messages in the background."""

    def put(self, message: OutboundMessage) -> None:
        """Queue a message. Must not raise, and must take equally long for a message without an address."""


def send(
    messages: Messages, message: OutboundMessage, push: Callable[[OutboundMessage], object], now: datetime
) -> None:
    """Send a message if it has an address and has not expired; log it if the service refuses it.

    `push` sends to the devices of a person, which this module does not know.
    """
    if not message.to:
        return
    if message.expires_at is not None and message.expires_at <= now:
        observability.count("MessagesExpired")
        return
    try:
        if message.channel == PUSH:
            push(message)
        elif message.channel == SMS:
            messages.sms(message.to, message.text)
        else:
            messages.email(message.to, message.subject, message.text)
    except NotSent:
        observability.log().exception("message not sent", extra={"channel": message.channel})


class LambdaMessageQueue:
    """Invokes the function `send` asynchronously."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(self, message: OutboundMessage) -> None:
        """Invoke the function without waiting; a failure is logged."""
        try:
            client = aws.client("lambda", self._settings.lambda_endpoint)
            name = self._settings.function_name(FUNCTION)
            client.invoke(FunctionName=name, InvocationType="Event", Payload=msgspec.json.encode(message))
        except Exception:  # noqa: BLE001 - the response must not reveal that there was a message
            observability.log().exception("message not queued", extra={"channel": message.channel})


class AwsMessages:
    """Sends through SES (e-mail) and SNS (SMS and mobile push)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def email(self, to: str, subject: str, text: str) -> None:
        """Send through SES, from the configured sender."""
        if not self._settings.email_sender:
            _not_configured("BATON_EMAIL_SENDER")
            return
        simple = {"Subject": _utf8(subject), "Body": {"Text": _utf8(text)}}
        _call(
            aws.client("sesv2").send_email,
            FromEmailAddress=self._settings.email_sender,
            Destination={"ToAddresses": [to]},
            Content={"Simple": simple},
        )

    def sms(self, to: str, text: str) -> None:
        """Send through SNS, as a transactional message from the configured sender."""
        sender = self._settings.sms_sender
        if not sender:
            _not_configured("BATON_SMS_SENDER")
            return
        origin = "AWS.MM.SMS.OriginationNumber" if sender.lstrip("+").isdigit() else "AWS.SNS.SMS.SenderID"
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional", origin: sender}
        described = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        _call(aws.client("sns").publish, PhoneNumber=to, Message=text, MessageAttributes=described)

    def device(self, token: str) -> str:
        """Return the platform endpoint of a token; a disabled one is enabled, since its app has just called."""
        application = self._settings.push_application
        if not application:
            _not_configured("BATON_PUSH_APPLICATION")
            return ""
        sns = aws.client("sns")
        endpoint = _call(sns.create_platform_endpoint, PlatformApplicationArn=application, Token=token)
        arn = str(endpoint["EndpointArn"])
        _call(sns.set_endpoint_attributes, EndpointArn=arn, Attributes={"Enabled": "true", "Token": token})
        return arn

    def push(self, device: str, title: str, body: str, data: Mapping[str, str], life: timedelta | None = None) -> None:
        """Send through SNS to FCM. Raise `DeviceGone` if the endpoint is disabled or deleted."""
        if not device:
            return
        notice: dict[str, Any] = {"notification": {"title": title, "body": body}, "data": dict(data)}
        if life is not None:
            notice |= _expiry(life)
        message = json.dumps({"default": body, "GCM": json.dumps({"fcmV1Message": {"message": notice}})})
        _call(aws.client("sns").publish, TargetArn=device, MessageStructure="json", Message=message)


def _expiry(life: timedelta) -> dict[str, Any]:
    """Return the options with which FCM delivers a message at once or, after its life, not at all.

    Apple's service takes a moment instead of a duration; 0 lets it try once, at once.
    """
    android = {"priority": "HIGH", "ttl": f"{int(life.total_seconds())}s"}
    return {"android": android, "apns": {"headers": {"apns-expiration": "0", "apns-priority": "10"}}}


def _call(operation: Any, **request: Any) -> Any:
    try:
        return operation(**request)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise DeviceGone from error
        raise NotSent from error
    except BotoCoreError as error:
        raise NotSent from error


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _not_configured(name: str) -> None:
    observability.log().warning("message not sent: a setting is missing", extra={"setting": name})
