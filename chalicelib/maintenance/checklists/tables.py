"""The tables of rides and checklists."""

import json
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import IntAttribute, key, optional, stored_in
from chalicelib.maintenance.rules import ChecklistStatus
from chalicelib.maintenance.tables import InList


class Ride(InList):
    """A ride of a park and the game zone in which it stands."""

    Meta = stored_in("maintenance")
    kind = "ride"
    unaudited = frozenset({"list_key", "place"})

    code = UnicodeAttribute()
    name = UnicodeAttribute()
    game_zone = UnicodeAttribute()


class ItemsAttribute(JSONAttribute):
    """The items of a checklist as JSON in UTF-8; with escapes most scripts would need two or three times the space."""

    def serialize(self, value: Any) -> str:
        """Return the stored form."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Checklist(InList):
    """A checklist of a ride. `items` is `[{item_ref, text, note}]`, `open_orders` the ids of open work orders.

    `open_items` names the item of each open order as `<item_ref>/<id>`; those of earlier versions are not in it. The
    release depends on the set of open orders. It and `status` change by conditional updates that leave `version` as it
    is; `routed` counts all work orders there ever were, for their codes.
    """

    Meta = stored_in("maintenance")
    kind = "checklist"
    unaudited = frozenset({"open_orders", "open_items", "list_key", "place"})

    checklist_ref = UnicodeAttribute()
    name = UnicodeAttribute()
    ride_code = UnicodeAttribute()
    items = ItemsAttribute()
    status = UnicodeAttribute(default=ChecklistStatus.OPEN.value)
    open_orders = optional(UnicodeSetAttribute())
    open_items = optional(UnicodeSetAttribute())
    routed = IntAttribute(default=0)


def ride_key(org_id: str, code: str) -> ItemKey[Ride]:
    """Return the key of a ride."""
    return ItemKey(Ride, key(org_id, "RIDE", code), "RIDE")


def checklist_key(org_id: str, checklist_ref: str) -> ItemKey[Checklist]:
    """Return the key of a checklist."""
    return ItemKey(Checklist, key(org_id, "CHECKLIST", checklist_ref), "CHECKLIST")


def rides_list(org_id: str) -> str:
    """Return the index key of the rides of an organisation, by game zone and code."""
    return key(org_id, "RIDES")


def checklists_list(org_id: str) -> str:
    """Return the index key of the checklists of an organisation, by the code of their ride and their ref."""
    return key(org_id, "CHECKLISTS")
