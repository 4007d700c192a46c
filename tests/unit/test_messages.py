"""E-mail, SMS and push through AWS services."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.stub import ANY, Stubber
from msgspec.structs import replace

from chalicelib.core import aws
from chalicelib.core.messages import (
    EMAIL,
    PUSH,
    SMS,
    AwsMessages,
    DeviceGone,
    LambdaMessageQueue,
    NotSent,
    OutboundMessage,
    send,
)
from chalicelib.core.settings import settings
from infra.local.messages import PrintedMessages
from tests.builders.logs import listening
from tests.builders.messages import RecordingMessages

APPLICATION = "arn:aws:sns:us-east-1:123456789012:app/GCM/baton"
DEVICE = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/baton/1"
READY = replace(settings(), email_sender="baton@example.org", sms_sender="Baton", push_application=APPLICATION)
NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
LETTER = OutboundMessage(to="anna@example.org", subject="Hello", text="The secret is x.")


def no_push(letter: OutboundMessage) -> None:
    raise AssertionError(letter.channel)


@contextmanager
def stubbed(service: str) -> Iterator[Stubber]:
    """The process's own client of a service, which answers what it is told and reaches nobody."""
    with Stubber(aws.client(service)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_email_is_sent_through_ses() -> None:
    content = {
        "Simple": {
            "Subject": {"Data": "Hello", "Charset": "UTF-8"},
            "Body": {"Text": {"Data": "The secret is x.", "Charset": "UTF-8"}},
        }
    }
    wanted = {
        "FromEmailAddress": "baton@example.org",
        "Destination": {"ToAddresses": ["anna@example.org"]},
        "Content": content,
    }
    with stubbed("sesv2") as ses:
        ses.add_response("send_email", {"MessageId": "1"}, wanted)
        send(AwsMessages(READY), LETTER, no_push, NOW)


@pytest.mark.parametrize(
    ("sender", "attribute"),
    [("Baton", "AWS.SNS.SMS.SenderID"), ("+31970000000", "AWS.MM.SMS.OriginationNumber")],
)
def test_sms_is_sent_through_sns_from_id_or_number(sender: str, attribute: str) -> None:
    attributes = {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        attribute: {"DataType": "String", "StringValue": sender},
    }
    wanted = {"PhoneNumber": "+31612345678", "Message": "Hello", "MessageAttributes": attributes}
    with stubbed("sns") as sns:
        sns.add_response("publish", {"MessageId": "1"}, wanted)
        send(
            AwsMessages(replace(READY, sms_sender=sender)),
            OutboundMessage(SMS, "+31612345678", "", "Hello"),
            no_push,
            NOW,
        )


def test_device_address_is_created_and_enabled() -> None:
    attributes = {"Enabled": "true", "Token": "fcm"}
    with stubbed("sns") as sns:
        made = {"PlatformApplicationArn": APPLICATION, "Token": "fcm"}
        sns.add_response("create_platform_endpoint", {"EndpointArn": DEVICE}, made)
        sns.add_response("set_endpoint_attributes", {}, {"EndpointArn": DEVICE, "Attributes": attributes})
        assert AwsMessages(READY).device("fcm") == DEVICE


@pytest.mark.parametrize(
    ("life", "options"),
    [
        (None, {}),
        (
            timedelta(seconds=12.7),
            {
                "android": {"priority": "HIGH", "ttl": "12s"},
                "apns": {"headers": {"apns-expiration": "0", "apns-priority": "10"}},
            },
        ),
    ],
)
def test_push_carries_text_data_and_life_to_fcm(life: timedelta | None, options: dict[str, Any]) -> None:
    sent: dict[str, Any] = {}
    with stubbed("sns") as sns:
        sns.add_response(
            "publish", {"MessageId": "1"}, {"TargetArn": DEVICE, "MessageStructure": "json", "Message": ANY}
        )
        sns.client.meta.events.register_first(
            "provide-client-params.sns.Publish", lambda params, **_: sent.update(params), unique_id="seen"
        )
        AwsMessages(READY).push(DEVICE, "New order", "Pick it up", {"id": "7"}, life)
        sns.client.meta.events.unregister("provide-client-params.sns.Publish", unique_id="seen")
    message = json.loads(json.loads(sent["Message"])["GCM"])["fcmV1Message"]["message"]
    assert message == {"notification": {"title": "New order", "body": "Pick it up"}, "data": {"id": "7"}, **options}


@pytest.mark.parametrize(("expires_in_s", "sent"), [(1, True), (0, False), (-1, False)])
@pytest.mark.parametrize("channel", [EMAIL, PUSH])
def test_message_that_has_expired_is_not_sent(channel: Any, expires_in_s: int, sent: bool) -> None:
    recorded, pushed = RecordingMessages(), list[OutboundMessage]()
    message = OutboundMessage(channel, "anna", "New order", expires_at=NOW + timedelta(seconds=expires_in_s))
    send(recorded, message, pushed.append, NOW)
    assert len(recorded.emails) + len(pushed) == sent


def test_expiry_of_a_message_survives_the_queue() -> None:
    message = OutboundMessage(PUSH, "anna", expires_at=NOW)
    assert msgspec.convert(json.loads(msgspec.json.encode(message)), OutboundMessage) == message


@pytest.mark.parametrize("code", ["EndpointDisabled", "NotFound"])
def test_gone_device_raises_device_gone(code: str) -> None:
    with stubbed("sns") as sns:
        sns.add_client_error("publish", code)
        with pytest.raises(DeviceGone):
            AwsMessages(READY).push(DEVICE, "New order", "", {})


def test_service_error_is_not_device_gone() -> None:
    with stubbed("sns") as sns:
        sns.add_client_error("publish", "InternalError")
        with pytest.raises(NotSent) as caught:
            AwsMessages(READY).push(DEVICE, "New order", "", {})
    assert not isinstance(caught.value, DeviceGone)


def test_refused_message_is_logged_without_content() -> None:
    with stubbed("sesv2") as ses, listening() as lines:
        ses.add_client_error("send_email", "MessageRejected")
        send(AwsMessages(READY), LETTER, no_push, NOW)
    assert lines.last["level"] == "ERROR"
    assert "secret" not in lines.text
    assert "anna@example.org" not in lines.text


@pytest.mark.parametrize("letter", [LETTER, OutboundMessage(SMS, "+31612345678", "", "Hello")])
def test_unconfigured_channel_is_logged(letter: OutboundMessage) -> None:
    with listening() as lines:
        send(AwsMessages(settings()), letter, no_push, NOW)
    assert lines.last["setting"] in ("BATON_EMAIL_SENDER", "BATON_SMS_SENDER")


def test_device_address_is_empty_without_push() -> None:
    assert AwsMessages(settings()).device("fcm") == ""
    AwsMessages(settings()).push("", "New order", "", {})


def test_send_passes_push_to_callback() -> None:
    pushed: list[OutboundMessage] = []
    letter = OutboundMessage(PUSH, "a-person", "New order", "Pick it up", "demo", {"id": "7"})
    send(AwsMessages(READY), letter, pushed.append, NOW)
    assert pushed == [letter]


def test_empty_message_is_not_sent() -> None:
    with listening() as lines:
        send(AwsMessages(READY), OutboundMessage(), no_push, NOW)
    assert lines.text == ""


def test_queue_invokes_send_function() -> None:
    wanted = {"FunctionName": "baton-test-send", "InvocationType": "Event", "Payload": ANY}
    with stubbed("lambda") as functions:
        functions.add_response("invoke", {"StatusCode": 202}, wanted)
        LambdaMessageQueue(settings()).put(LETTER)


def test_failed_invocation_is_logged() -> None:
    with stubbed("lambda") as functions, listening() as lines:
        functions.add_client_error("invoke", "TooManyRequestsException")
        LambdaMessageQueue(settings()).put(LETTER)
    assert lines.last["level"] == "ERROR"
    assert "secret" not in lines.text


def test_local_stack_prints_messages(capsys: pytest.CaptureFixture[str]) -> None:
    printed = PrintedMessages()
    send(printed, LETTER, no_push, NOW)
    send(printed, OutboundMessage(SMS, "+31612345678", "", "Hello"), no_push, NOW)
    printed.push(printed.device("fcm"), "New order", "Pick it up", {"id": "7"})
    said = capsys.readouterr().out
    assert "E-mail to anna@example.org: Hello\n    The secret is x.\n" in said
    assert "SMS to +31612345678: Hello\n" in said
    assert "New order" in said
