"""Requests and responses of holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import CursorRequest
from chalicelib.edge.types import Scan, Text500
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, HoldStatus, value_error

HeldValue = Annotated[Scan, Meta(max_length=500)]


class CreateHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be held, and why."""

    kind: HoldKind
    """What the value names."""
    value: HeldValue
    """A lot or a serial number, which may be unknown yet, a scanned code with a serial number, or the id of a batch
    (`BAT-...`)."""
    reason: Text500
    """Why it is held. Everybody whose step is refused sees it."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a value that its kind does not have."""
        return value_errors(present)


class ReleaseHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a hold is released."""

    reason: Text500
    """Why what was held can be used."""


class HoldQuery(CursorRequest, frozen=True):
    """The filters of holds."""

    status: HoldStatus | None = None
    """Only holds in this status."""
    kind: HoldKind | None = None
    """Only holds of this kind."""
    value: HeldValue | None = None
    """Only holds of this lot, of this serial number, or a scanned code with it, or of this batch."""


class HoldView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A hold and, once it is released, its release."""

    id: str
    """The id of the hold: `HLD-` and a UUID."""
    kind: HoldKind
    """What it holds."""
    value: str
    """The lot, the serial number or the id of the batch."""
    status: HoldStatus
    """The status of the hold."""
    reason: str
    """Why it was made."""
    version: int
    """Counts the changes of the hold, from 1. It is the `ETag`, and can be sent back as `If-Match`."""
    held_at: datetime
    """When it was made, UTC."""
    held_by: str
    """The name of the person who made it."""
    held_by_id: str
    """The id of that person."""
    released_at: datetime | None = None
    """When it was released, UTC. Absent while it is open."""
    released_by: str | None = None
    """The name of the person who released it. Absent while it is open."""
    released_by_id: str | None = None
    """The id of that person. Absent while it is open."""
    release_reason: str | None = None
    """Why it was released. Absent while it is open."""


class UnitHold(msgspec.Struct, frozen=True):
    """An open hold that keeps a batch, module, pack or cell from being bound, sealed, passed or shipped."""

    id: str
    """The id of the hold (`HLD-...`)."""
    kind: HoldKind
    """What it holds."""
    value: str
    """The lot, the serial number or the id of the batch that is held."""
    reason: str
    """Why it is held."""


def value_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the error of the field `value`, if its kind is known."""
    kind, value = present.get("kind"), present.get("value")
    if not isinstance(value, str) or kind not in set(HoldKind):
        return {}
    error = value_error(HoldKind(str(kind)), value)
    return {} if error is None else {"value": error}
