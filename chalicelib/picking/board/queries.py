"""Reads of the picking board: the counts of zones, queues in the order of claims, and who can pick.

Who can pick are the users of every role that may send events of scanners, without administrators, as those can be
given an assignment. A page of them takes four round trips: the caller, the roles, the users, what they hold. An
organisation with roles of its own needs one more.
"""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from chalicelib.core import cursors
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.conditional import all_of
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import HIGHEST, LOWEST, ShardedList
from chalicelib.core.store import Query, RawItem, get_many
from chalicelib.core.table import key, parts_of
from chalicelib.identity.accounts.queries import list_active_users
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.default_permissions import ROLES
from chalicelib.identity.roles.queries import read_holders
from chalicelib.picking import permissions
from chalicelib.picking.board.schemas import PickerQuery, QueueQuery, ZoneQuery
from chalicelib.picking.ledger.zone_counts import SHARDS
from chalicelib.picking.tables import JOINABLE, Assignment, Picker, ZoneCount, picker_key, queue_key, zones_key

_ROLES = ("picker", "operative")
"""The roles that have a queue."""


class CountedZone(msgspec.Struct, frozen=True):
    """A zone with the number of its assignments that wait and of those that are picked."""

    zone: str
    queued: int
    active: int


class PickerNow(msgspec.Struct, frozen=True):
    """A user who can pick, the name of their role, and what they hold."""

    user: User
    role_name: str
    picker: Picker | None


def list_queue(actor: Actor, query: QueueQuery) -> Page[Assignment]:
    """Return waiting assignments in the order of claims. Raise `AccessDenied` unless the caller may see all of them."""
    actor.require_reach(permissions.READ)
    roles = _ROLES if query.role is None else (query.role,)
    waiting = ShardedList(
        Assignment,
        [queue_key(actor.org_id, role) for role in roles],
        Assignment.queue.Meta.index_name,
        "queue_place",
        high=JOINABLE,
        filter_condition=all_of([] if query.zone is None else [Assignment.zone == query.zone]),
    )
    return waiting.page(query.limit, query.cursor)


def list_zones(actor: Actor, query: ZoneQuery) -> Page[CountedZone]:
    """Return zones by name with their counts. Raise `AccessDenied` unless the caller may see all assignments."""
    actor.require_reach(permissions.READ)
    partition = zones_key(actor.org_id)
    after = cursors.decode(query.cursor, partition, {"sk": "S"})["sk"]["S"] if query.cursor else LOWEST
    counts = Query(ZoneCount, partition, range_condition=ZoneCount.sk.between(after, HIGHEST))
    # A zone has at most so many items, and the first one of the next page may be read in part.
    rows = counts.read((query.limit + 1) * SHARDS.count).items
    zones = [_counted(zone, items) for zone, items in groupby(rows, key=_zone_of)]
    page = zones[: query.limit]
    has_more = len(zones) > query.limit
    end = {"sk": {"S": key(page[-1].zone, HIGHEST)}} if has_more else None
    return Page(page, cursors.encode(end, partition) if end else None)


def list_pickers(actor: Actor, query: PickerQuery, clock: Clock) -> Page[PickerNow]:
    """Return active users who can pick. Raise `AccessDenied` unless the caller may assign all assignments."""
    actor.require_reach(permissions.MANAGE)
    names = {
        role.code: ROLES.get(role.code) or role.name or role.code
        for role in read_holders(actor.org_id, permissions.SEND_EVENTS, clock)
    }
    page = list_active_users(actor.org_id, list(names), None, query.limit, query.cursor)
    keys = {user.user_id: picker_key(actor.org_id, user.user_id) for user in page.items}
    held = get_many(keys.values(), clock)
    pickers = [
        PickerNow(user, names[parts_of(user.role_list)[-1]], held.get(keys[user.user_id])) for user in page.items
    ]
    return Page(pickers, page.next_cursor)


def _zone_of(item: RawItem) -> str:
    return parts_of(item["sk"]["S"])[0]


def _counted(zone: str, items: Iterable[RawItem]) -> CountedZone:
    """Return the sums of the shards of a zone, each at least 0: they may be read while an assignment moves."""
    shards = [ZoneCount.from_raw_data(dict(item)) for item in items]
    queued, active = (sum(getattr(shard, status) for shard in shards) for status in ("queued", "active"))
    return CountedZone(zone, max(0, queued), max(0, active))
