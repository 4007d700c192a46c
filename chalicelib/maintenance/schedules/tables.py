"""The table of schedules.

`next_on` is the local date of the next occurrence whose work order is to be made, and `make_at` the moment to make it;
both are absent while the schedule is paused and after its last occurrence. With `make_at` a schedule is in a shard of
`schedules_due`, so a sweep reads only what is due.

The work order of an occurrence and the step to the next occurrence are one transaction, which leaves `version` as it
is: it is no edit that a person must have seen before they edit.
"""

from datetime import date, time
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, IncludeProjection

from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, IntAttribute, MomentAttribute, index, key, optional, stored_in
from chalicelib.maintenance.schedules.recurrence import Occurrence, Recurrence

SCHEDULE_SHARDS = Shards(4)


class Schedule(Entity):
    """What has to be done again and again: an item of a checklist of a ride, and when.

    Ride, checklist and item are copied, as they were when the schedule was saved or made its last work order.
    `starts_on` and `next_on` are dates in ISO 8601, `at` is a time such as `06:00`.
    """

    Meta = stored_in("maintenance")
    kind = "schedule"
    unaudited = frozenset(
        {"org_id", "schedule_zone_key", "schedule_shard", "make_at", "next_on", "created_at", "updated_at"}
    )

    schedule_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    game_zone = UnicodeAttribute()
    ride_code = UnicodeAttribute()
    ride_name = UnicodeAttribute()
    checklist_ref = UnicodeAttribute()
    checklist_name = UnicodeAttribute()
    item_ref = UnicodeAttribute()
    item_text = UnicodeAttribute()
    rrule = UnicodeAttribute()
    timezone = UnicodeAttribute()
    starts_on = UnicodeAttribute()
    at = UnicodeAttribute()
    lead_days = IntAttribute()
    priority = UnicodeAttribute()
    instructions = optional(UnicodeAttribute())
    paused = BooleanAttribute(default=False)
    paused_reason = optional(UnicodeAttribute())
    created_by_id = UnicodeAttribute()
    created_by_name = UnicodeAttribute()
    created_by_role = UnicodeAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    next_on = optional(UnicodeAttribute())

    schedule_zone_key = UnicodeAttribute()
    schedule_shard = optional(UnicodeAttribute())
    make_at = optional(MomentAttribute())
    schedules_of_zone = index(AllProjection(), schedule_zone_key=UnicodeAttribute, schedule_id=UnicodeAttribute)
    """The schedules of a game zone, oldest first."""
    schedules_due = index(
        IncludeProjection(["org_id", "schedule_id"]), schedule_shard=UnicodeAttribute, make_at=MomentAttribute
    )
    """The schedules by the moment when their next work order is made, in shards, because all organisations share
    them."""

    @property
    def entity_id(self) -> str:
        """Return the id that clients use."""
        return self.schedule_id

    @property
    def recurrence(self) -> Recurrence:
        """Return when something is to be done."""
        return Recurrence(
            self.rrule, date.fromisoformat(self.starts_on), time.fromisoformat(self.at), self.timezone, self.lead_days
        )


def schedules_key(org_id: str) -> str:
    """Return the partition of all schedules of an organisation."""
    return key(org_id, "SCHEDULES")


def schedule_key(org_id: str, schedule_id: str) -> ItemKey[Schedule]:
    """Return the key of a schedule; those of an organisation lie together, oldest first."""
    return ItemKey(Schedule, schedules_key(org_id), schedule_id)


def zone_schedules_key(org_id: str, game_zone: str) -> str:
    """Return the index key of the schedules of a game zone."""
    return key(org_id, "SCHEDULES", game_zone)


def next_values(schedule_id: str, occurrence: Occurrence | None) -> dict[str, Any]:
    """Return the values of a schedule that follow from its next occurrence; None if there is none."""
    if occurrence is None:
        return {"next_on": None, "make_at": None, "schedule_shard": None}
    return {
        "next_on": occurrence.day.isoformat(),
        "make_at": occurrence.make_at,
        "schedule_shard": SCHEDULE_SHARDS.key_of(schedule_id, "SCHEDULES"),
    }
