"""The tables of orders and couriers, and their indexes.

A free courier (on duty, no order in hand) is in two sparse indexes: by position (`free_by_cell`) and by idle time
(`idle`). Their keys are copies of attributes that every position update sets (`home_*`), so a write that has not read
the courier can put them back into the indexes: the store copies the current values.

The idle index is partitioned by the minute of the last position. Couriers with an old position stay in old partitions,
so the search for the longest idle courier does not read them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, IncludeProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    Entity,
    FloatAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.dispatch import geo

OFFER_SHARDS = Shards(8)
LIST_SHARDS = Shards(4)
ROSTER_SHARDS = Shards(4)
IDLE_SHARDS = Shards(4)
NOWHERE = "NOWHERE"
_MINUTE_MS = 60_000
_DUTY = {True: "ON", False: "OFF"}


class Order(Entity):
    """An order."""

    Meta = stored_in("dispatch")
    kind = "order"
    unaudited = frozenset(
        {
            "org_id",
            "customer_key",
            "courier_key",
            "active_customer_key",
            "active_courier_key",
            "listed_key",
            "status_key",
            "offer_shard",
            "updated_at",
        }
    )

    order_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    status = UnicodeAttribute()
    pickup_address = UnicodeAttribute()
    pickup_lat = optional(FloatAttribute())
    pickup_lng = optional(FloatAttribute())
    dropoff_address = UnicodeAttribute()
    dropoff_lat = optional(FloatAttribute())
    dropoff_lng = optional(FloatAttribute())
    receiver_phone = UnicodeAttribute()
    notes = optional(UnicodeAttribute())
    assigned_courier = optional(UnicodeAttribute())
    driver_name = optional(UnicodeAttribute())
    driver_phone = optional(UnicodeAttribute())
    driver_picture = optional(UnicodeAttribute())
    tried = optional(UnicodeSetAttribute())
    declined_by = optional(UnicodeSetAttribute())
    released_by = optional(UnicodeSetAttribute(attr_name="handed_back_by"))
    offer_expires_at = optional(MomentAttribute())
    offer_shard = optional(UnicodeAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    customer_key = UnicodeAttribute()
    courier_key = optional(UnicodeAttribute())
    active_customer_key = optional(UnicodeAttribute())
    active_courier_key = optional(UnicodeAttribute())
    by_customer = index(AllProjection(), customer_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """A customer's orders, in the order of their creation."""
    by_courier = index(AllProjection(), courier_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """The orders that a courier has or had."""
    active_by_customer = index(AllProjection(), active_customer_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """A customer's active orders."""
    active_by_courier = index(AllProjection(), active_courier_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """The order that a courier has in hand."""
    listed_key = UnicodeAttribute()
    status_key = UnicodeAttribute()
    listed = index(AllProjection(), listed_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """All orders of an organisation, in the order of their creation, in shards."""
    by_status = index(AllProjection(), status_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """The orders of an organisation in one state, in the order of their creation, in shards."""
    offers_due = index(
        IncludeProjection(["org_id", "order_id"]), offer_shard=UnicodeAttribute, offer_expires_at=MomentAttribute
    )
    """Offers by the time at which they expire, in shards, because all organisations share them."""


class OrderHourlyCount(HourlyCount):
    """How many orders were created and ended in each hour, by their final states."""

    Meta = stored_in("dispatch")


ORDER_HOURS = HourlyCounts(OrderHourlyCount)
"""The counts `created`, `delivered`, `canceled_by_customer` and `no_nearby_driver`."""


class Courier(Item):
    """A courier: duty, the order in hand, the last position."""

    Meta = stored_in("dispatch")
    kind = "courier"

    courier_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    name = optional(UnicodeAttribute())
    """As it was when the courier last went on duty."""
    available = BooleanAttribute(default=False)
    order_id = optional(UnicodeAttribute())
    lat = optional(FloatAttribute())
    lng = optional(FloatAttribute())
    position_at = optional(MomentAttribute())
    home_cell = optional(UnicodeAttribute())
    home_place = optional(UnicodeAttribute())
    home_idle = optional(UnicodeAttribute())
    free_cell = optional(UnicodeAttribute())
    free_place = optional(UnicodeAttribute())
    idle_key = optional(UnicodeAttribute())
    idle_since = optional(MomentAttribute())
    roster_key = optional(UnicodeAttribute())
    roster = index(
        IncludeProjection(["available", "order_id", "name", "lat", "lng", "position_at"]),
        roster_key=UnicodeAttribute,
        courier_id=UnicodeAttribute,
    )
    """The couriers on duty, and those who were, in shards."""
    free_by_cell = index(
        IncludeProjection(["lat", "lng", "position_at"]), free_cell=UnicodeAttribute, free_place=UnicodeAttribute
    )
    """Free couriers by position: partitioned by coarse cell, sorted by the full geohash."""
    idle = index(IncludeProjection(["position_at"]), idle_key=UnicodeAttribute, idle_since=MomentAttribute)
    """Free couriers by idle time, partitioned by the minute of their last position."""


def order_key(org_id: str, order_id: str) -> ItemKey[Order]:
    """Return the key of an order."""
    return ItemKey(Order, key(org_id, "ORDER", order_id), "ORDER")


def courier_key(org_id: str, courier_id: str) -> ItemKey[Courier]:
    """Return the key of a courier."""
    return ItemKey(Courier, key(org_id, "COURIER", courier_id), "COURIER")


def roster_key(org_id: str, courier_id: str, *, on_duty: bool) -> str:
    """Return the shard of the couriers on duty, or off duty, that holds a courier."""
    return ROSTER_SHARDS.key_of(courier_id, org_id, "COURIERS", _DUTY[on_duty])


def roster_keys(org_id: str, *, on_duty: bool) -> list[str]:
    """Return all shards of the couriers on duty, or off duty."""
    return ROSTER_SHARDS.keys(org_id, "COURIERS", _DUTY[on_duty])


def courier_of(raw: Mapping[str, Any]) -> str:
    """Return the courier id of an index entry, taken from its key, which keeps the entries small."""
    return str(raw["pk"]["S"]).rsplit(SEPARATOR, 1)[-1]


def person_key(org_id: str, user_id: str) -> str:
    """Return the index key of a person's orders, as customer or as courier."""
    return key(org_id, "PERSON", user_id)


def listed_key(org_id: str, order_id: str) -> str:
    """Return the shard of an organisation's orders that holds an order."""
    return LIST_SHARDS.key_of(order_id, org_id, "ORDERS")


def status_values(order: Order, status: str) -> dict[str, object]:
    """Return the attributes of an order that depend on its state."""
    return {"status": status, "status_key": LIST_SHARDS.key_of(order.order_id, order.org_id, "ORDERS", status)}


def list_keys(org_id: str, status: str | None) -> list[str]:
    """Return all shards of an organisation's orders, or of those in one state."""
    return LIST_SHARDS.keys(org_id, "ORDERS", *([] if status is None else [status]))


def offer_shard(order_id: str) -> str:
    """Return the shard of the due offers that holds an order."""
    return OFFER_SHARDS.key_of(order_id, "OFFERS")


def free_cell(org_id: str, cell: str) -> str:
    """Return the index key of a coarse cell, from a geohash at least as fine."""
    return key(org_id, "FREE", cell[: geo.COVER])


def idle_key(org_id: str, position_at: datetime | None, shard: int) -> str:
    """Return the index key of couriers whose last position is from this minute (None: without a position)."""
    minute = "NONE" if position_at is None else to_millis(position_at) // _MINUTE_MS
    return key(org_id, "IDLE", minute, shard)


def idle_shard(courier_id: str) -> int:
    """Return the shard of the idle couriers that holds a courier."""
    return IDLE_SHARDS.number_of(courier_id)


def idle_keys_since(org_id: str, now: datetime, oldest: datetime) -> list[str]:
    """Return the index keys of all couriers whose last position is between `oldest` and `now`."""
    minutes = range(to_millis(oldest) // _MINUTE_MS, to_millis(now) // _MINUTE_MS + 1)
    moments = [now - timedelta(minutes=to_millis(now) // _MINUTE_MS - minute) for minute in minutes]
    return [idle_key(org_id, moment, shard) for moment in moments for shard in range(IDLE_SHARDS.count)]
