"""Reads of comments, and of the people who can read a work order: they are notified of comments and can be mentioned.

Whom a work order is within reach of depends on their role, zone and state, which can change after they commented. So
this is looked up with each comment: one batch read of the people and the usual roles, and one of other roles, if any.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TypeGuard

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.store import Query, get, get_many, parallel_reads
from chalicelib.identity.accounts.queries import all_active_users
from chalicelib.identity.accounts.rules import canonical_name
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from chalicelib.identity.roles.queries import read_roles
from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.maintenance import permissions
from chalicelib.maintenance.comments.schemas import CommentOrder, CommentQuery, PeopleQuery
from chalicelib.maintenance.comments.tables import WorkOrderComment, comment_key
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key

SHOWN = 20
"""The comments that the response with a whole work order has."""
MAX_CANDIDATES = 1000
"""The people of whom those that can be mentioned are looked for."""
_USUAL_READERS = sorted(role for role, granted in DEFAULT_PERMISSIONS.items() if permissions.READ in granted)
"""The roles that can read work orders unless an organisation has changed them."""


def list_comments(order: WorkOrder, query: CommentQuery) -> Page[WorkOrderComment]:
    """Return a page of the comments on a work order."""
    return _comments(order, newest_first=query.order is CommentOrder.NEWEST).page(query.limit, query.cursor)


def newest_comments(order: WorkOrder) -> list[WorkOrderComment]:
    """Return the newest comments on a work order, oldest first."""
    return list(_comments(order, newest_first=True).page(SHOWN).items)[::-1]


def is_person(user_id: str | None) -> TypeGuard[str]:
    """Return whether this is a user: API keys and parts of the system have ids with a colon."""
    return user_id is not None and ":" not in user_id


def find_people(order: WorkOrder, user_ids: Iterable[str], clock: Clock) -> dict[str, User]:
    """Return those of some users who can read a work order, by id."""
    keys = [user_key(order.org_id, user_id) for user_id in user_ids]
    usual = [role_key(order.org_id, role) for role in _USUAL_READERS]
    stored = get_many((*keys, *usual), clock)
    users = [user for user in map(stored.get, keys) if user is not None and user.status == ACTIVE]
    others = {role_key(order.org_id, user.role) for user in users}.difference(usual)
    further = get_many(others, clock)
    roles = {key: stored.get(key) or further.get(key) for key in (*usual, *others)}
    reached = (user for user in users if _reaches(order, user, roles[role_key(order.org_id, user.role)]))
    return {user.user_id: user for user in reached}


def list_people(order: WorkOrder, query: PeopleQuery, clock: Clock) -> list[User]:
    """Return the first users by name who can read a work order and match the search."""
    by_scope: dict[str, list[str]] = {}
    for role in read_roles(order.org_id, clock):
        if permissions.READ in role.permissions:
            by_scope.setdefault(role.permissions[permissions.READ], []).append(role.code)
    readers = {scope: sorted(roles) for scope, roles in by_scope.items()}
    people = {user.user_id: user for user in _candidates(order, readers) if _matches(user, query.search)}
    return sorted(people.values(), key=lambda user: (canonical_name(user.full_name), user.user_id))[: query.limit]


def _comments(order: WorkOrder, *, newest_first: bool) -> Query[WorkOrderComment]:
    within = WorkOrderComment.sk.startswith(comment_key(order.org_id, order.order_id, "").sk)
    pk, name = work_order_key(order.org_id, order.order_id).pk, "newest comments" if newest_first else "comments"
    return Query(WorkOrderComment, pk, range_condition=within, newest_first=newest_first, list_name=name)


def _reaches(order: WorkOrder, user: User, role: RolePermissions | None) -> bool:
    """Return whether the permission of a user's role to read work orders covers an order."""
    granted: Mapping[str, str] = {} if role is None else role.permissions
    reader = Actor(order.org_id, user.user_id, permissions=granted, game_zone=user.game_zone)
    own = (order.technician_id,) if order.game_zone == user.game_zone else ()
    return reader.reaches(permissions.READ, owners=own, zone=order.game_zone)


def _candidates(order: WorkOrder, readers: Mapping[str, list[str]]) -> Iterator[User]:
    """Return the active users whose scope covers an order: of all zones, of its zone, and its technician."""
    roles = {role for codes in readers.values() for role in codes}
    reads: list[Callable[[], list[User]]] = [partial(_technician, order, roles)]
    for scope, zone in (("org", None), ("zone", order.game_zone)):
        if readers.get(scope):
            reads.append(partial(_active_users, order.org_id, readers[scope], zone))
    for users in parallel_reads(reads):
        yield from users


def _technician(order: WorkOrder, readers: Collection[str]) -> list[User]:
    """Return the technician of an order, unless they are disabled or have another zone or role by now."""
    user = None if order.technician_id is None else get(user_key(order.org_id, order.technician_id))
    is_there = user is not None and user.status == ACTIVE and user.game_zone == order.game_zone
    return [user] if user is not None and is_there and user.role in readers else []


def _active_users(org_id: str, roles: list[str], zone: str | None) -> list[User]:
    """Return the active users of some roles, of one zone or of all, as many as there can be candidates."""
    return list(islice(all_active_users(org_id, roles, zone), MAX_CANDIDATES))


def _matches(user: User, search: str | None) -> bool:
    text = canonical_name(search or "")
    return text in canonical_name(user.full_name) or text in canonical_name(user.username)
