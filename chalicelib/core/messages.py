"""E-mail, SMS and mobile push: what the application says to people who are not connected.

    Messages   sends, and waits until the service has taken it. `AwsMessages` is the one for SES and SNS; the local
               stack prints instead, tests remember.
    Post       takes a letter and has it sent by the function `send`, so that a request waits for no mail server and
               takes as long whether there was anything to send or not.

What is not configured (no sender, no push application) is logged and not sent; it never fails a request. Traded away:
a letter that the service refuses is lost and logged, there is no outbox for them: people ask for another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, observability
from chalicelib.core.settings import Settings

FUNCTION = "send"
EMAIL: Literal["email"] = "email"
SMS: Literal["sms"] = "sms"
PUSH: Literal["push"] = "push"
_DEAD = frozenset({"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"})


class OutboundMessage(msgspec.Struct, frozen=True):
    """Something to be sent to one address. The empty letter is sent to nobody.

    A push goes to a person of an organisation (`to`, `org_id`), on all of their devices; the app gets `data` with it.
    """

    channel: Literal["email", "sms", "push"] = EMAIL
    to: str = ""
    subject: str = ""
    text: str = ""
    org_id: str = ""
    data: Mapping[str, str] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Letter({self.channel})"  # whom it is for and what it says is nothing for logs


class NotSent(Exception):
    """The service did not take it."""


class DeviceGone(NotSent):
    """The device takes no messages any more: forget it."""


class Messages(Protocol):
    """Sends. All of these raise `NotSent` if the service does not take it."""

    def email(self, to: str, subject: str, text: str) -> None:
        """One e-mail in plain text."""
        ...

    def sms(self, to: str, text: str) -> None:
        """One SMS to a number in E.164."""
        ...

    def device(self, token: str) -> str:
        """The address (an ARN) of the device with this FCM token, made if there is none; "" if there is no push."""
        ...

    def push(self, device: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """One notification to a device's address. Raises `DeviceGone` if that device is to be forgotten."""
        ...


class MessageQueue(Protocol):
    """Has letters sent."""

    def take(self, letter: OutboundMessage) -> None:
        """Must not raise, and takes as long for the empty letter."""
        ...


def send(messages: Messages, letter: OutboundMessage, push: Callable[[OutboundMessage], object]) -> None:
    """Send a letter; the empty one goes nowhere. What cannot be sent is logged.

    `push` notifies a person, since which devices are whose is not known here.
    """
    if not letter.to:
        return
    try:
        if letter.channel == PUSH:
            push(letter)
        elif letter.channel == SMS:
            messages.sms(letter.to, letter.text)
        else:
            messages.email(letter.to, letter.subject, letter.text)
    except NotSent:
        observability.log().exception("a letter could not be sent", extra={"channel": letter.channel})


class LambdaMessageQueue:
    """Invokes the `send` function and does not wait for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def take(self, letter: OutboundMessage) -> None:
        """Invoke without waiting; a failure is logged."""
        try:
            client = aws.client("lambda", self._settings.lambda_endpoint)
            name = self._settings.function_name(FUNCTION)
            client.invoke(FunctionName=name, InvocationType="Event", Payload=msgspec.json.encode(letter))
        except Exception:  # noqa: BLE001 - the answer must not tell that there was something to send
            observability.log().exception("a letter could not be handed over", extra={"channel": letter.channel})


class AwsMessages:
    """Sends through SES (e-mail) and SNS (SMS and mobile push)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def email(self, to: str, subject: str, text: str) -> None:
        """Through SES, from the sender that is set."""
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
        """Through SNS, as a transactional message from the sender that is set."""
        sender = self._settings.sms_sender
        if not sender:
            _not_configured("BATON_SMS_SENDER")
            return
        origin = "AWS.MM.SMS.OriginationNumber" if sender.lstrip("+").isdigit() else "AWS.SNS.SMS.SenderID"
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional", origin: sender}
        described = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        _call(aws.client("sns").publish, PhoneNumber=to, Message=text, MessageAttributes=described)

    def device(self, token: str) -> str:
        """The platform endpoint of a token. One that was disabled is enabled again, since its app has just called."""
        application = self._settings.push_application
        if not application:
            _not_configured("BATON_PUSH_APPLICATION")
            return ""
        sns = aws.client("sns")
        made = _call(sns.create_platform_endpoint, PlatformApplicationArn=application, Token=token)
        arn = str(made["EndpointArn"])
        _call(sns.set_endpoint_attributes, EndpointArn=arn, Attributes={"Enabled": "true", "Token": token})
        return arn

    def push(self, device: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """Through SNS to FCM. Raises `DeviceGone` for an endpoint that is disabled or no longer there."""
        if not device:
            return
        notice = {"notification": {"title": title, "body": body}, "data": dict(data)}
        message = json.dumps({"default": body, "GCM": json.dumps({"fcmV1Message": {"message": notice}})})
        _call(aws.client("sns").publish, TargetArn=device, MessageStructure="json", Message=message)


def _call(operation: Any, **request: Any) -> Any:
    try:
        return operation(**request)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _DEAD:
            raise DeviceGone from error
        raise NotSent from error
    except BotoCoreError as error:
        raise NotSent from error


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _not_configured(name: str) -> None:
    observability.log().warning("nothing was sent: a setting is missing", extra={"setting": name})
