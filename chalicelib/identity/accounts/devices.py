"""The use cases of devices that receive push notifications: register and remove one.

A device belongs to the session that registered it, and is forgotten when that session ends. It is identified by the
token of its push service: its id is derived from the token, so registering it again changes the same item. A phone that
is handed on belongs to the user who registers it last, also in another organisation; its earlier owner receives no
notifications on it any more.
"""

import hashlib
from collections.abc import Iterable, Sequence

from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import Query
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.schemas import DeviceId, NewDevice
from chalicelib.identity.accounts.tables import Device, device_key, device_owner_key

MAX_DEVICES = 10
"""The devices of one user that receive notifications."""


def device_id(fcm_token: str) -> str:
    """Return the id of the device with this token."""
    return hashlib.sha256(fcm_token.encode()).hexdigest()[:32]


def register_device(work: UnitOfWork, command: NewDevice, actor: Actor) -> DeviceId:
    """Register a device of the caller and return its id; the last registration wins.

    The oldest devices beyond `MAX_DEVICES` are removed. The list of devices may lag behind, so two registrations at the
    same moment can leave one too many, which gets no notifications.
    """
    new_id = device_id(command.fcm_token)
    others = [device for device in devices_of(actor.org_id, actor.user_id) if device.device_id != new_id]
    for device in newest_first(others)[MAX_DEVICES - 1 :]:
        work.remove(device_key(device.device_id), Device.pk.does_not_exist() | unchanged(device), VersionConflict())
    values = {
        "device_id": new_id,
        "org_id": actor.org_id,
        "user_id": actor.user_id,
        "session_id": actor.session_id or None,
        "platform": command.platform,
        "fcm_token": command.fcm_token,
        "registered_at": work.now,
        "owner_key": device_owner_key(actor.org_id, actor.user_id),
    }
    work.audit(Device.kind, new_id, "DEVICE_REGISTERED")
    # The audit row has no old values: the device may have belonged to a user of another organisation.
    changes: dict[str, list[object]] = {"user_id": [None, actor.user_id], "platform": [None, command.platform]}
    actions = set_actions(Device, values)
    work.update_unread(device_key(new_id), actions=actions, changes=changes)
    return DeviceId(new_id)


def remove_device(work: UnitOfWork, device: Device) -> None:
    """Remove a device, unless another user has registered it since it was read."""
    work.remove(device_key(device.device_id), Device.user_id == device.user_id, VersionConflict())


def devices_of(org_id: str, user_id: str) -> Sequence[Device]:
    """Return the devices on which a user receives notifications."""
    return list(Query(Device, device_owner_key(org_id, user_id), index=Device.devices_by_owner.Meta.index_name).all())


def newest_first(devices: Iterable[Device]) -> list[Device]:
    """Return devices by their registration, the newest first."""
    return sorted(devices, key=lambda device: (device.registered_at, device.device_id), reverse=True)


def unchanged(device: Device) -> Condition:
    """Return the condition that a device was not registered again since it was read."""
    same: Condition = (Device.user_id == device.user_id) & (Device.registered_at == device.registered_at)
    return same
