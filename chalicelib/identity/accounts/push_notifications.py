"""Sends push notifications to the devices of a user.

A device whose session has ended gets none and is deleted, and devices of a disabled user get none. A device gets its
push address with its first notification and keeps it. A device that accepts no notifications any more (the app was
removed, the token renewed) is deleted; the app registers it again when it next starts. A failure here never fails the
change that caused the notification, since the user's list has it anyway.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError, Conflict
from chalicelib.core.messages import DeviceGone, Messages, NotSent, OutboundMessage
from chalicelib.core.runner import Runner
from chalicelib.core.store import get_many
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts.devices import MAX_DEVICES, MAX_READ, devices_of, newest_first, unchanged
from chalicelib.identity.accounts.tables import ACTIVE, Device, device_key, user_key
from chalicelib.identity.sessions.authentication import is_valid
from chalicelib.identity.sessions.tables import session_key

ACTOR = "system:push"


class PushNotification(msgspec.Struct, frozen=True):
    """The text that a device shows, and the data for its app."""

    title: str
    body: str
    data: Mapping[str, str]
    expires_at: datetime | None = None


def push_message(runner: Runner, messages: Messages, message: OutboundMessage) -> int:
    """Send a message as notifications to its recipient; return the number of devices."""
    notification = PushNotification(message.subject, message.text, message.data, message.expires_at)
    return push(runner, messages, Recipient(message.org_id, message.to), notification)


def push(runner: Runner, messages: Messages, recipient: Recipient, notification: PushNotification) -> int:
    """Notify a user on their devices, each before the notification expires; return the number.

    Must be called outside of any unit of work.
    """
    sent = 0
    devices = newest_first(devices_of(recipient.org_id, recipient.user_id))[:MAX_READ]
    for device in _signed_in(runner, recipient, devices) if devices else []:
        try:
            address = _address(runner, messages, device)
            life = None if notification.expires_at is None else notification.expires_at - runner.clock.now()
            if life is not None and life <= timedelta(0):
                break
            messages.push(address, notification.title, notification.body, notification.data, life)
            sent += 1
        except DeviceGone:
            _change(runner, device, partial(_delete, device))
        except NotSent:
            observability.log().warning("notification not sent", exc_info=True)
    observability.count("Pushed", sent)
    return sent


def _signed_in(runner: Runner, recipient: Recipient, devices: Sequence[Device]) -> Sequence[Device]:
    """Return the devices that may be notified, from one batch read, and delete those whose session has ended."""
    org_id, user_id = recipient.org_id, recipient.user_id
    keys = {one.session_id: session_key(org_id, user_id, one.session_id) for one in devices if one.session_id}
    stored = get_many([user_key(org_id, user_id), *keys.values()], runner.clock)
    user = stored.get(user_key(org_id, user_id))
    if user is None or user.status != ACTIVE:
        return []
    valid = []
    for device in devices:
        session = stored.get(keys[device.session_id]) if device.session_id else None
        if device.session_id is None or (session is not None and is_valid(session, user, runner.clock.now())):
            valid.append(device)
        else:
            _change(runner, device, partial(_delete, device))
    return valid[:MAX_DEVICES]


def _address(runner: Runner, messages: Messages, device: Device) -> str:
    """Return the push address of a device, created and stored if it has none yet."""
    if device.endpoint_arn:
        return device.endpoint_arn
    address = messages.device(device.fcm_token)
    if address:
        _change(runner, device, partial(_store_address, device, address))
    return address


def _store_address(device: Device, address: str, work: UnitOfWork) -> None:
    same_token = Device.fcm_token == device.fcm_token
    actions = [Device.endpoint_arn.set(address)]
    work.update_unread(device_key(device.device_id), condition=same_token, actions=actions, audited=False, final=True)


def _delete(device: Device, work: UnitOfWork) -> None:
    """Stage the deletion of a device, unless it was registered again since it was read."""
    work.audit(Device.kind, device.device_id, "DEVICE_GONE")
    work.remove(device_key(device.device_id), unchanged(device), Conflict())


def _change(runner: Runner, device: Device, decide: Callable[[UnitOfWork], None]) -> None:
    try:
        runner.run(Actor(device.org_id, ACTOR, ACTOR), decide)
    except BatonError:
        observability.log().info("device changed during a push", extra={"device_id": device.device_id})
