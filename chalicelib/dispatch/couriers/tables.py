"""The table of couriers and its indexes.

A free courier (on duty, no order in hand) is in two sparse indexes: by position (`free_by_place`) and by idle time
(`idle_longest`). Their entries are made of `home_*`: the indexed position, which follows the last one (`lat`, `lng`,
`position_at`) in steps, so that few positions change an index (`positions`). Their keys are copies of `home_*`, so a
write that has not read the courier can put them back into the indexes: the store copies the current values.

Couriers whose phones went silent leave neither index, but no search meets them: the partition keys hold the time of the
indexed position, to the hour for `free_by_place`, to the minute for `idle_longest`, and a search reads only partitions
that can hold positions young enough. In the first minutes of an hour it reads those of two hours. Couriers who never
sent a position are in `idle_longest` by the ten minutes of their last sign of life (`seen_at`), so those who are gone
are left out as well.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection, KeysOnlyProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    FloatAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.dispatch.couriers import geo

ROSTER_SHARDS = Shards(4)
IDLE_SHARDS = Shards(4)
SEEN_SHARDS = Shards(2)
NOWHERE = "NOWHERE"
_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000
_SIGN_MS = 600_000
SIGN_LIFE = timedelta(milliseconds=_SIGN_MS)
"""How long a courier who never sent a position gets offers after a sign of life."""
_DUTY = {True: "ON", False: "OFF"}


class Courier(Item):
    """A courier: duty, the order in hand, the last position."""

    Meta = stored_in("dispatch")
    kind = "courier"

    courier_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    name = optional(UnicodeAttribute())
    """As it was when the courier last went on duty."""
    available = BooleanAttribute(default=False)
    duty_since = optional(MomentAttribute())
    order_id = optional(UnicodeAttribute())
    missed_offers = optional(IntAttribute())
    """Offers in a row that timed out without a sign of life in between."""
    seen_at = optional(MomentAttribute())
    """When a courier who never sent a position gave another sign of life, or little before (`presence`)."""
    lat = optional(FloatAttribute())
    lng = optional(FloatAttribute())
    position_at = optional(MomentAttribute())
    followed_at = optional(MomentAttribute())
    """When a position was last sent to the customer of the order in hand."""
    home_lat = optional(FloatAttribute())
    home_lng = optional(FloatAttribute())
    home_at = optional(MomentAttribute())
    home_cell = optional(UnicodeAttribute())
    home_place = optional(UnicodeAttribute())
    home_idle = optional(UnicodeAttribute())
    free_cell = optional(UnicodeAttribute())
    free_place = optional(UnicodeAttribute())
    idle_key = optional(UnicodeAttribute())
    idle_since = optional(MomentAttribute())
    roster_key = optional(UnicodeAttribute())
    roster = index(
        IncludeProjection(["available", "order_id", "name", "home_lat", "home_lng", "home_at"]),
        roster_key=UnicodeAttribute,
        courier_id=UnicodeAttribute,
    )
    """The couriers on duty, and those who were, in shards."""
    free_by_place = index(
        IncludeProjection(["home_lat", "home_lng", "home_at"]), free_cell=UnicodeAttribute, free_place=UnicodeAttribute
    )
    """Free couriers by position: partitioned by coarse cell and hour, sorted by the full geohash."""
    idle_longest = index(KeysOnlyProjection(), idle_key=UnicodeAttribute, idle_since=MomentAttribute)
    """Free couriers by idle time, partitioned by the minute of their indexed position, or the time of `seen_at`."""


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


def free_cell(org_id: str, cell: str, position_at: datetime) -> str:
    """Return the index key of a coarse cell and the hour of the position, from a geohash at least as fine."""
    return key(org_id, "FREE", to_millis(position_at) // _HOUR_MS, cell[: geo.COVER])


def free_nowhere(org_id: str) -> str:
    """Return the index key of couriers who never sent a position."""
    return key(org_id, "FREE", NOWHERE)


def free_cells_since(org_id: str, cell: str, now: datetime, oldest: datetime) -> list[str]:
    """Return the index keys of a coarse cell that hold all positions between `oldest` and `now`, mostly one."""
    hours = range(to_millis(oldest) // _HOUR_MS, to_millis(now) // _HOUR_MS + 1)
    return [key(org_id, "FREE", hour, cell[: geo.COVER]) for hour in hours]


def idle_key(org_id: str, position_at: datetime, shard: int) -> str:
    """Return the index key of couriers whose last position is from this minute."""
    return key(org_id, "IDLE", to_millis(position_at) // _MINUTE_MS, shard)


def idle_key_seen(org_id: str, seen_at: datetime | None, courier_id: str) -> str:
    """Return the index key of a courier without a position, by the ten minutes of their last sign of life.

    No search reads that of couriers who gave none (None).
    """
    window = "NONE" if seen_at is None else to_millis(seen_at) // _SIGN_MS
    return key(org_id, "IDLE", "SEEN", window, SEEN_SHARDS.number_of(courier_id))


def idle_shard(courier_id: str) -> int:
    """Return the shard of the idle couriers that holds a courier."""
    return IDLE_SHARDS.number_of(courier_id)


def idle_keys_at(org_id: str, position_at: datetime) -> list[str]:
    """Return the index keys of all couriers whose indexed position is from the same minute as this time."""
    return [idle_key(org_id, position_at, shard) for shard in range(IDLE_SHARDS.count)]


def idle_keys_since(org_id: str, now: datetime, oldest: datetime) -> list[str]:
    """Return the index keys of all couriers whose indexed position is between `oldest` and `now`, or little older."""
    minutes = range(to_millis(oldest) // _MINUTE_MS, to_millis(now) // _MINUTE_MS + 1)
    moments = [now - timedelta(minutes=to_millis(now) // _MINUTE_MS - minute) for minute in minutes]
    return [idle for moment in moments for idle in idle_keys_at(org_id, moment)]


def idle_keys_seen_at(org_id: str, seen_at: datetime) -> list[str]:
    """Return the index keys of all couriers without a position who gave a sign of life in these ten minutes."""
    return [key(org_id, "IDLE", "SEEN", to_millis(seen_at) // _SIGN_MS, shard) for shard in range(SEEN_SHARDS.count)]
