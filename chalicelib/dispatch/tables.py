"""Deliveries and couriers as they are stored, and the indexes by which they are found.

A courier who is free (on duty, nothing in hand) is in two sparse indexes: by place (`free_by_cell`) and by idleness
(`idle`). Their keys are copies of attributes that every position update maintains (`home_*`), so that a courier can be
put back into the indexes by a write that has not read them: the store copies the current ones.

The idle index is split by the minute of the last position: couriers whose position has grown old stay behind in old
minutes, so that finding the longest idle never has to step over them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    Entity,
    FloatAttribute,
    Item,
    MomentAttribute,
    TableName,
    key,
    optional,
)
from chalicelib.dispatch import geo

OFFER_SHARDS = 8
IDLE_SHARDS = 4
NOWHERE = "NOWHERE"
_MINUTE_MS = 60_000


class _Meta:
    table_name = TableName("dispatch")


class ByCustomer(GlobalSecondaryIndex["Order"]):
    """A customer's deliveries; ids sort by when they were placed."""

    class Meta:
        index_name = "by_customer"
        projection = AllProjection()

    customer_key = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class ByCourier(GlobalSecondaryIndex["Order"]):
    """The deliveries that a courier has or had."""

    class Meta:
        index_name = "by_courier"
        projection = AllProjection()

    courier_key = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class ActiveByCustomer(GlobalSecondaryIndex["Order"]):
    """A customer's deliveries that are under way."""

    class Meta:
        index_name = "active_by_customer"
        projection = AllProjection()

    active_customer_key = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class ActiveByCourier(GlobalSecondaryIndex["Order"]):
    """The delivery that a courier has in hand."""

    class Meta:
        index_name = "active_by_courier"
        projection = AllProjection()

    active_courier_key = UnicodeAttribute(hash_key=True)
    order_id = UnicodeAttribute(range_key=True)


class OffersDue(GlobalSecondaryIndex["Order"]):
    """Offers by when their time is over, in a few shards since all organisations share them."""

    class Meta:
        index_name = "offers_due"
        projection = IncludeProjection(["org_id", "order_id"])

    offer_shard = UnicodeAttribute(hash_key=True)
    offer_expires_at = MomentAttribute(range_key=True)


class Order(Entity):
    """A delivery."""

    class Meta(_Meta):
        pass

    kind = "order"
    unaudited = frozenset(
        {
            "org_id",
            "customer_key",
            "courier_key",
            "active_customer_key",
            "active_courier_key",
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
    by_customer = ByCustomer()
    by_courier = ByCourier()
    active_by_customer = ActiveByCustomer()
    active_by_courier = ActiveByCourier()
    offers_due = OffersDue()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.order_id


class FreeByCell(GlobalSecondaryIndex["Courier"]):
    """Free couriers by place: partitioned by coarse cell, sorted by the full geohash."""

    class Meta:
        index_name = "free_by_cell"
        projection = IncludeProjection(["lat", "lng", "position_at"])

    free_cell = UnicodeAttribute(hash_key=True)
    free_place = UnicodeAttribute(range_key=True)


class Idle(GlobalSecondaryIndex["Courier"]):
    """Free couriers by how long they have been idle, split by the minute of their last position."""

    class Meta:
        index_name = "idle"
        projection = IncludeProjection(["position_at"])

    idle_key = UnicodeAttribute(hash_key=True)
    idle_since = MomentAttribute(range_key=True)


class Courier(Item):
    """A courier at work: on duty or not, what is in hand, where they were last."""

    class Meta(_Meta):
        pass

    kind = "courier"

    courier_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
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
    free_by_cell = FreeByCell()
    idle = Idle()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.pk.rsplit(SEPARATOR, 1)[-1]


def order_key(org_id: str, order_id: str) -> ItemKey[Order]:
    """Where a delivery is."""
    return ItemKey(Order, key(org_id, "ORDER", order_id), "ORDER")


def courier_key(org_id: str, courier_id: str) -> ItemKey[Courier]:
    """Where a courier is."""
    return ItemKey(Courier, key(org_id, "COURIER", courier_id), "COURIER")


def courier_of(raw: Mapping[str, Any]) -> str:
    """The courier of an index entry. Indexes do not repeat the id, which the key ends with: entries stay small."""
    return str(raw["pk"]["S"]).rsplit(SEPARATOR, 1)[-1]


def person_key(org_id: str, user_id: str) -> str:
    """The index key of somebody's deliveries, as customer or as courier."""
    return key(org_id, "PERSON", user_id)


def offer_shard(order_id: str) -> str:
    """Which shard of the due offers a delivery is in."""
    return key("OFFERS", zlib.crc32(order_id.encode()) % OFFER_SHARDS)


def free_cell(org_id: str, cell: str) -> str:
    """The index key of a coarse cell, from a geohash at least as fine."""
    return key(org_id, "FREE", cell[: geo.COVER])


def idle_key(org_id: str, position_at: datetime | None, shard: int) -> str:
    """The index key of couriers whose last position was in this minute (None: who never sent one)."""
    minute = "NONE" if position_at is None else to_millis(position_at) // _MINUTE_MS
    return key(org_id, "IDLE", minute, shard)


def idle_shard(courier_id: str) -> int:
    """Which shard of the idle couriers a courier is in."""
    return zlib.crc32(courier_id.encode()) % IDLE_SHARDS


def idle_keys_since(org_id: str, now: datetime, oldest: datetime) -> list[str]:
    """The index keys of all couriers whose last position lies between `oldest` and `now`."""
    minutes = range(to_millis(oldest) // _MINUTE_MS, to_millis(now) // _MINUTE_MS + 1)
    moments = [now - timedelta(minutes=to_millis(now) // _MINUTE_MS - minute) for minute in minutes]
    return [idle_key(org_id, moment, shard) for moment in moments for shard in range(IDLE_SHARDS)]
