"""Devices that can be pushed to: registered by whoever is signed in on them, by the token of their push service.

The id of a device is worked out from its token, so registering it again changes the one there is. A phone that is
handed on moves to whoever registers it last, also from another organisation; its last owner is told nothing on it any
more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import NotFound
from chalicelib.core.store import Query
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.identity.tables import Device, DevicesByOwner, device_key, device_owner_key

REGISTER = "identity.device.register"


def device_id(fcm_token: str) -> str:
    """The id of the device with this token."""
    return hashlib.sha256(fcm_token.encode()).hexdigest()[:32]


def register(work: UnitOfWork, actor: Actor, platform: str, fcm_token: str) -> str:
    """Stage that news of the caller go to this device, too; its id. Nothing is read: the last one wins."""
    made = device_id(fcm_token)
    values = {
        "device_id": made,
        "org_id": actor.org_id,
        "user_id": actor.user_id,
        "platform": platform,
        "fcm_token": fcm_token,
        "registered_at": work.now,
        "owner_key": device_owner_key(actor.org_id, actor.user_id),
    }
    work.audit(Device.kind, made, "DEVICE_REGISTERED")
    # What the device was before is not told: it may have been somebody's of another organisation.
    shown: dict[str, list[object]] = {"user_id": [None, actor.user_id], "platform": [None, platform]}
    actions = [getattr(Device, name).set(value) for name, value in values.items()]
    work.update_unread(device_key(made), actions=actions, changes=shown)
    return made


def forget(work: UnitOfWork, request: Request[Any, Any], wanted: str) -> None:
    """Stage that a device is told nothing any more. Raises `NotFound`, or `AccessDenied` if it is a colleague's."""
    device = request.read(device_key(wanted))
    actor = request.actor
    if device is None or device.org_id != actor.org_id:
        raise NotFound("There is no such device.")
    actor.require_reach(REGISTER, owners=(device.user_id,), message="This device is not yours.")
    # Somebody who has registered it in the meantime keeps it.
    work.remove(device_key(wanted), Device.user_id == device.user_id, NotFound("There is no such device."))


def devices_of(org_id: str, user_id: str) -> Sequence[Device]:
    """The devices on which somebody is told of news."""
    return list(Query(Device, device_owner_key(org_id, user_id), index=DevicesByOwner.Meta.index_name).all())
