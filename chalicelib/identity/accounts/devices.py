"""The use cases of devices that receive push notifications: register and remove one.

A device belongs to the session that registered it, and is forgotten when that session ends. It is identified by the
token of its push service: its id is derived from the token, so registering it again changes the same item. A phone that
is handed on belongs to the user who registers it last, also in another organisation; its earlier owner receives no
notifications on it any more.

Each user has a list of the devices that they registered. A registration changes it in its own transaction and requires
that it is as it was read, so registrations at the same moment keep the limit too. Nothing else changes the list: what
is left of the devices in it matters only when it is full, and is read then.
"""

import hashlib
from collections.abc import Iterable, Sequence

from pynamodb.expressions.condition import Condition

from chalicelib.core.actor import Actor
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import Query, get_many
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.schemas import DeviceId, RegisterDevice
from chalicelib.identity.accounts.tables import (
    Device,
    RegisteredDevices,
    device_key,
    device_owner_key,
    registered_devices_key,
)

MAX_DEVICES = 10
"""The devices of one user that receive notifications."""
MAX_READ = 50
"""The registered devices that are looked at; only a user from before the list may have more than `MAX_DEVICES`."""


def device_id(fcm_token: str) -> str:
    """Return the id of the device with this token."""
    return hashlib.sha256(fcm_token.encode()).hexdigest()[:32]


def register_device(
    work: UnitOfWork, command: RegisterDevice, registered: RegisteredDevices | None, actor: Actor
) -> DeviceId:
    """Register a device of the caller and return its id; the last registration wins.

    `registered` is the list of the caller's devices as read. The oldest devices beyond `MAX_DEVICES` are removed.
    """
    new_id = device_id(command.fcm_token)
    _stage_list(work, new_id, registered, actor)
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


def _stage_list(work: UnitOfWork, new_id: str, registered: RegisteredDevices | None, actor: Actor) -> None:
    """Stage the caller's list with this device as the newest, and the removal of devices for which it has no place."""
    others = [one for one in _registered_ids(registered, actor) if one != new_id]
    if len(others) >= MAX_DEVICES:
        owned = _owned(work, others[-MAX_READ:], actor)
        others = [device.device_id for device in owned[1 - MAX_DEVICES :]]
        for device in owned[: 1 - MAX_DEVICES]:
            work.remove(device_key(device.device_id), Device.pk.does_not_exist() | unchanged(device), VersionConflict())
    known = RegisteredDevices.device_ids
    work.update_unread(
        registered_devices_key(actor.org_id, actor.user_id),
        condition=known.does_not_exist() if registered is None else known == registered.device_ids,
        on_conflict=VersionConflict(),
        actions=[known.set([*others, new_id])],
        audited=False,
    )


def _registered_ids(registered: RegisteredDevices | None, actor: Actor) -> list[str]:
    """Return the ids of the caller's devices, the oldest first; a user from before the list has it made here."""
    if registered is not None:
        return list(registered.device_ids)
    return [device.device_id for device in reversed(newest_first(devices_of(actor.org_id, actor.user_id)))]


def _owned(work: UnitOfWork, device_ids: Sequence[str], actor: Actor) -> list[Device]:
    """Return those of these devices that are the caller's now, in the same order, from one batch read."""
    keys = [device_key(one) for one in device_ids]
    found = [device for device in map(get_many(keys, work.clock).get, keys) if device is not None]
    return [device for device in found if (device.org_id, device.user_id) == (actor.org_id, actor.user_id)]


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
