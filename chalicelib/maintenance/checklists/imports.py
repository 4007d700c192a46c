"""The datasets `rides` and `checklists`.

A checklist names its ride, so rides are imported first. Importing a checklist again replaces its name, ride and items;
its status and its work orders stay as they are, with the text that the item had when they were routed.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get, get_many
from chalicelib.core.table import key as key_of
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import EntityId, Note500, Text100, Text500
from chalicelib.maintenance.checklists.tables import (
    Checklist,
    Ride,
    checklist_key,
    checklists_list,
    ride_key,
    rides_list,
)
from chalicelib.maintenance.permissions import IMPORT_CHECKLISTS, IMPORT_RIDES

MAX_ITEMS_BYTES = 180_000
"""The largest stored size of a checklist's items: the audit row of a change holds the old and the new ones, and an item
of the store has at most 400 KB."""


class RideRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ride and the game zone in which it stands."""

    code: EntityId
    """The natural key: the code of the ride in your own system."""
    name: Text100
    """The name of the ride."""
    game_zone: Text100
    """The game zone in which the ride stands. Work orders that exist already keep the zone that it had."""


class ChecklistItemRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item of a checklist."""

    item_ref: EntityId
    """The id of the item in your own system, unique within the checklist."""
    text: Text500
    """What the item checks."""
    note: Note500 | None = None
    """A note about the item."""


class ChecklistRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A checklist of a ride."""

    checklist_ref: EntityId
    """The natural key: the id of the checklist in your own system."""
    name: Text100
    """The name of the checklist."""
    ride_code: EntityId
    """The `code` of a ride that was imported before."""
    items: Annotated[list[ChecklistItemRecord], Meta(min_length=1, max_length=200)]
    """All items of the checklist: they replace the stored ones. Work orders that exist already keep the text of their
    item."""


def upsert_ride(work: UnitOfWork, record: RideRecord, actor: Actor) -> Outcome:
    """Add or change one ride. Raise `AccessDenied` if its old or new zone is outside the caller's scope."""
    key = ride_key(actor.org_id, record.code)
    work.audit(Ride.kind, record.code, "RIDE_IMPORTED")
    actor.require_reach(IMPORT_RIDES, zone=record.game_zone)
    ride = get(key)
    values = {
        "name": record.name,
        "game_zone": record.game_zone,
        "list_key": rides_list(actor.org_id),
        "place": key_of(record.game_zone, record.code),
    }
    if ride is None:
        work.create(key.new(code=record.code, **values))
        return "created"
    actor.require_reach(IMPORT_RIDES, zone=ride.game_zone)
    work.update(ride, values)
    return "updated"


def upsert_checklist(work: UnitOfWork, record: ChecklistRecord, actor: Actor) -> Outcome:
    """Add or change one checklist. Raise `ValidationFailed` for an unknown ride, `AccessDenied` as for rides."""
    work.audit(Checklist.kind, record.checklist_ref, "CHECKLIST_IMPORTED")
    key, of_ride = checklist_key(actor.org_id, record.checklist_ref), ride_key(actor.org_id, record.ride_code)
    stored = get_many((key, of_ride), work.clock)
    ride, checklist = stored.get(of_ride), stored.get(key)
    if ride is None:
        raise ValidationFailed({"ride_code": "is not the code of a ride; import rides first"})
    actor.require_reach(IMPORT_CHECKLISTS, zone=ride.game_zone)
    values: dict[str, Any] = {
        "name": record.name,
        "ride_code": ride.code,
        "items": _items(record),
        "list_key": checklists_list(actor.org_id),
        "place": key_of(ride.code, record.checklist_ref),
    }
    if checklist is None:
        work.create(key.new(checklist_ref=record.checklist_ref, **values))
        return "created"
    if checklist.ride_code != ride.code:
        before = get(ride_key(actor.org_id, checklist.ride_code))
        actor.require_reach(IMPORT_CHECKLISTS, zone=None if before is None else before.game_zone)
    work.update(checklist, values)
    return "updated"


def _items(record: ChecklistRecord) -> list[dict[str, str | None]]:
    """Return the items as they are stored. Raise `ValidationFailed` if a ref occurs twice or they are too large."""
    refs: set[str] = set()
    for number, item in enumerate(record.items):
        if item.item_ref in refs:
            raise ValidationFailed({f"items.{number}.item_ref": "occurs twice"})
        refs.add(item.item_ref)
    items = [{"item_ref": item.item_ref, "text": item.text, "note": item.note} for item in record.items]
    if len(Checklist.items.serialize(items).encode()) > MAX_ITEMS_BYTES:
        raise ValidationFailed({"items": f"must be at most {MAX_ITEMS_BYTES} bytes of JSON in all"})
    return items


RIDES = Dataset(
    name="rides",
    title="rides",
    record=RideRecord,
    permission=IMPORT_RIDES,
    entity_type=Ride.kind,
    action="RIDE_IMPORTED",
    key_field="code",
    upsert=upsert_ride,
    example={"code": "RC-07", "name": "River Rapids", "game_zone": "North"},
)
"""Rides by their code."""

CHECKLISTS = Dataset(
    name="checklists",
    title="checklists",
    record=ChecklistRecord,
    permission=IMPORT_CHECKLISTS,
    entity_type=Checklist.kind,
    action="CHECKLIST_IMPORTED",
    key_field="checklist_ref",
    upsert=upsert_checklist,
    example={
        "checklist_ref": "CL-2041",
        "name": "Opening inspection",
        "ride_code": "RC-07",
        "items": [{"item_ref": "A-3", "text": "Lap bars close and lock", "note": "Row 2 twice"}],
    },
)
"""Checklists by their ref."""
