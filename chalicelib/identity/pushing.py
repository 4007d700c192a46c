"""Notifications on the devices of a person, wherever they have signed in.

A device gets its push address when it is first pushed to, and keeps it. One that takes nothing any more (its app was
removed, its token renewed) is forgotten; the app registers again when it next starts. Nothing here fails whoever has
news to tell: they are in the person's notices anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError, Conflict
from chalicelib.core.messages import DeviceGone, Messages, NotSent, OutboundMessage
from chalicelib.core.runner import Runner
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.devices import devices_of
from chalicelib.identity.tables import Device, device_key

ACTOR = "system:push"


class Notification(msgspec.Struct, frozen=True):
    """What is shown, and what the app is given with it."""

    title: str
    body: str
    data: Mapping[str, str]


def push_letter(runner: Runner, messages: Messages, letter: OutboundMessage) -> int:
    """Notify the person whom a letter is for; on how many devices."""
    what = Notification(letter.subject, letter.text, letter.data)
    return push(runner, messages, Recipient(letter.org_id, letter.to), what)


def push(runner: Runner, messages: Messages, recipient: Recipient, what: Notification) -> int:
    """Notify somebody on all of their devices; on how many. Must be called outside of any unit of work."""
    told = 0
    for device in devices_of(recipient.org_id, recipient.user_id):
        try:
            messages.push(_address(runner, messages, device), what.title, what.body, what.data)
            told += 1
        except DeviceGone:
            _change(runner, device, partial(_forget, device))
        except NotSent:
            observability.log().warning("a notification was not sent", exc_info=True)
    observability.count("Pushed", told)
    return told


def _address(runner: Runner, messages: Messages, device: Device) -> str:
    """Where the device is pushed to, made and kept if it has no address yet."""
    if device.endpoint_arn:
        return device.endpoint_arn
    address = messages.device(device.fcm_token)
    if address:
        _change(runner, device, partial(_keep, device, address))
    return address


def _keep(device: Device, address: str, work: UnitOfWork) -> None:
    still = Device.fcm_token == device.fcm_token
    actions = [Device.endpoint_arn.set(address)]
    work.update_unread(device_key(device.device_id), condition=still, actions=actions, audited=False, final=True)


def _forget(device: Device, work: UnitOfWork) -> None:
    work.audit(Device.kind, device.device_id, "DEVICE_GONE")
    # Whoever has registered it in the meantime keeps it.
    same = (Device.user_id == device.user_id) & (Device.registered_at == device.registered_at)
    work.remove(device_key(device.device_id), same, Conflict())


def _change(runner: Runner, device: Device, decide: Callable[[UnitOfWork], None]) -> None:
    try:
        runner.run(Actor(device.org_id, ACTOR, ACTOR), decide)
    except BatonError:
        observability.log().info("a device changed while it was pushed to", extra={"device_id": device.device_id})
