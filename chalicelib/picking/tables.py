"""The table of picking: assignments with their ledgers, what each picker holds, and the queue.

    <org>#ASSIGNMENT#<id>   ASSIGNMENT        the assignment with its state, which is the fold of its ledger
                            LINES             the lines to pick
                            EVENTS#<seq>      a segment of the ledger: the entries of one transaction, never changed
                            SNAPSHOT#<slot>   the state after some of the entries, from which late ones are folded
                            SHORT#<number>    a line that was closed short, in the index `desk`
                            EFFECTS#<id>      effects that can be undone, which snapshots share; never changed
    <org>#EVENT#<id>        EVENT             the record of a client's event, ingested or rejected; never deleted
    <org>#DAYS#<monday>     <day>#<user>#<zone>#<role> the work of one person on one day
    <org>#PICKER#<user>     PICKER            the assignments that a picker holds
                            EVENTS#<seq>      a segment of the picker's own ledger: events without an assignment
                            CLAIM#<time>#<id> that they took an assignment
    <org>#ZONES             <zone>#<shard>    how many assignments of a zone wait and are picked

The lines are an item of their own because they are long and do not change, while the state changes with every scan. An
assignment that can be claimed is in the index `queue`, by priority and age; shared ones that can be joined come after
those that wait. All others are in no index. Rejected events are in the index `desk`, by status and time.
"""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, IncludeProjection

from chalicelib.core.clock import to_millis
from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)

LIST_SHARDS = Shards(4)
WAITING, JOINABLE = "0", "9"
"""The first part of a queue position: assignments that wait come before those that can be joined."""


class Assignment(Entity):
    """Goods to pick for a customer, with the state of the picking.

    `state` is the fold of the ledger up to its entry `seq` (packed JSON). `status`, `units` and the queue attributes
    are derived from it, like `holders` and `started_at`, which lists show; the other attributes come from the import.
    """

    Meta = stored_in("picking")
    kind = "assignment"
    unaudited = frozenset(
        {
            "org_id",
            "state",
            "holders",
            "started_at",
            "queue_key",
            "queue_place",
            "list_key",
            "list_place",
            "updated_at",
            "created_at",
            "snapshots",
            "counted_as",
            "day_work",
        }
    )

    assignment_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    customer = UnicodeAttribute()
    order_label = UnicodeAttribute()
    role = UnicodeAttribute()
    zone = UnicodeAttribute()
    route = UnicodeAttribute()
    priority = IntAttribute()
    quantity = DecimalAttribute()
    locations = IntAttribute()
    pallets = IntAttribute()

    status = UnicodeAttribute()
    seq = IntAttribute()
    units = DecimalAttribute()
    state = UnicodeAttribute()
    snapshots = optional(UnicodeAttribute())
    """The valid snapshots (JSON)."""
    counted_as = optional(UnicodeAttribute())
    """The zone and the status in which the counts of zones have it (a key). None if they do not have it."""
    day_work = optional(UnicodeAttribute())
    """What of the work on it the totals of days contain (JSON)."""
    holders = optional(UnicodeSetAttribute())
    started_at = optional(MomentAttribute())
    released_by = optional(UnicodeAttribute())
    closed_by = optional(UnicodeAttribute())
    close_reason = optional(UnicodeAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    queue_key = optional(UnicodeAttribute())
    queue_place = optional(UnicodeAttribute())
    queue = index(AllProjection(), queue_key=UnicodeAttribute, queue_place=UnicodeAttribute)
    """The assignments that one role can claim, in the order of the queue."""
    list_key = UnicodeAttribute()
    list_place = UnicodeAttribute()
    listed = index(
        IncludeProjection(
            [
                "assignment_id",
                "customer",
                "order_label",
                "role",
                "zone",
                "route",
                "priority",
                "quantity",
                "locations",
                "status",
                "units",
                "holders",
                "started_at",
                "close_reason",
                "created_at",
                "updated_at",
            ]
        ),
        list_key=UnicodeAttribute,
        list_place=UnicodeAttribute,
    )
    """The assignments of an organisation in one status, in the order of their creation, in shards; without the state,
    which is large and changes with every scan."""

    @property
    def entity_id(self) -> str:
        """Return the assignment's reference."""
        return self.assignment_id


class PickHourlyCount(HourlyCount):
    """How many assignments were imported and ended, and how many units were picked, in each hour."""

    Meta = stored_in("picking")


PICK_HOURS = HourlyCounts(PickHourlyCount)
"""The counts `created`, `completed`, `closed` and `units`. What is undone is subtracted in the hour of the undo."""


class ZoneCount(Item):
    """One shard of the counts of a zone by status. A shard may be negative; only the sum is meaningful."""

    Meta = stored_in("picking")
    kind = "zone_count"

    queued = IntAttribute(default=0)
    active = IntAttribute(default=0)


class PickList(Entity):
    """The lines of an assignment. `lines` is JSON: `[[number, sku, quantity, location, [barcode], pallet]]`."""

    Meta = stored_in("picking")
    kind = "pick_list"
    unaudited = frozenset({"lines"})

    assignment_id = UnicodeAttribute()
    lines = UnicodeAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id of the assignment."""
        return self.assignment_id


class Picker(Item):
    """The assignments that a picker holds (rarely several), the last one claimed, and the length of their ledger."""

    Meta = stored_in("picking")
    kind = "picker"

    held = optional(UnicodeSetAttribute())
    last = optional(UnicodeAttribute())
    seq = IntAttribute(default=0)


class PickerClaim(Item):
    """That a picker took an assignment at a time (milliseconds). Never deleted."""

    Meta = stored_in("picking")
    kind = "picker_claim"

    assignment_id = UnicodeAttribute()
    at = IntAttribute()


def assignment_key(org_id: str, assignment_id: str) -> ItemKey[Assignment]:
    """Return the key of an assignment."""
    return ItemKey(Assignment, key(org_id, "ASSIGNMENT", assignment_id), "ASSIGNMENT")


def list_key(org_id: str, assignment_id: str, status: str) -> str:
    """Return the shard of the assignments in one status that holds an assignment."""
    return LIST_SHARDS.key_of(assignment_id, org_id, "ASSIGNMENTS", status)


def list_keys(org_id: str, status: str) -> list[str]:
    """Return all shards of an organisation's assignments in one status."""
    return LIST_SHARDS.keys(org_id, "ASSIGNMENTS", status)


def list_place(created_at: datetime, assignment_id: str) -> str:
    """Return the place of an assignment in its list."""
    return key(f"{to_millis(created_at):013d}", assignment_id)


def lines_key(org_id: str, assignment_id: str) -> ItemKey[PickList]:
    """Return the key of an assignment's lines."""
    return ItemKey(PickList, key(org_id, "ASSIGNMENT", assignment_id), "LINES")


def picker_key(org_id: str, user_id: str) -> ItemKey[Picker]:
    """Return the key of a picker's item."""
    return ItemKey(Picker, key(org_id, "PICKER", user_id), "PICKER")


def claim_sort_key(at: int, *assignment_id: str) -> str:
    """Return the sort key of a claim in the partition of its picker; without an assignment, one before all of them."""
    return key("CLAIM", f"{at:013d}", *assignment_id)


def queue_key(org_id: str, role: str) -> str:
    """Return the index key of a role's queue."""
    return key(org_id, "QUEUE", role)


def queue_place(kind: str, priority: int, created_at: datetime, assignment_id: str) -> str:
    """Return a position in the queue: by priority (0 first), then by age."""
    return key(kind, f"{priority:04d}", f"{to_millis(created_at):013d}", assignment_id)


def zones_key(org_id: str) -> str:
    """Return the partition of the counts of an organisation's zones."""
    return key(org_id, "ZONES")
