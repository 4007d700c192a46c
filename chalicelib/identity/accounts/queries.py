"""Reads of users: the user directory of an organisation, and a user's superior.

The directory index holds an organisation's users by user name, and a list is filtered, counted and cut into pages
here. So `totalCount` is exact for every filter, pages can be requested in any order, and no counters have to be
maintained. The cost: one page reads the whole directory. One read returns up to 1 MB, about 1,700 users, so a list
takes three round trips up to that size, one more for each further 1,700 users, and a tenth of a read unit per user. The
index is eventually consistent. The last round trip reads the users of the page and their wrong passwords, which change
with every sign-in, so the index does not hold them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import MAX_SIZE, Page
from chalicelib.core.sharding import HIGHEST, ShardedList
from chalicelib.core.store import Query, get, get_many, parallel_reads
from chalicelib.identity.accounts import permissions
from chalicelib.identity.accounts.rules import canonical_name
from chalicelib.identity.accounts.schemas import UserQuery
from chalicelib.identity.accounts.tables import ACTIVE, User, directory_key, role_list, role_place, user_key
from chalicelib.identity.sessions.lockout import Lockout
from chalicelib.identity.sessions.tables import tries_key
from chalicelib.identity.sessions.throttling import user_subject


class UserState(NamedTuple):
    """A user, and when a lock ends that too many wrong passwords cause everywhere (None: there is none)."""

    user: User
    locked_until: datetime | None


class UserPage(msgspec.Struct, frozen=True):
    """A page of users, the query that it answers, and the number of users on all pages."""

    users: Sequence[UserState]
    total: int
    query: UserQuery


def all_users(org_id: str) -> Iterator[User]:
    """Return all users of an organisation by user name, without attributes that the index omits (passwords)."""
    return Query(User, directory_key(org_id), index=User.directory.Meta.index_name).all()


def list_active_users(
    org_id: str, roles: Sequence[str], game_zone: str | None, limit: int, cursor: str | None
) -> Page[User]:
    """Return a page of the active users of some roles, of one game zone or of all, by zone and then by user name.

    They have the attributes that the index of roles holds.
    """
    users = ShardedList(
        User,
        [role_list(org_id, role) for role in roles],
        User.by_role.Meta.index_name,
        "role_place",
        filter_condition=User.status == ACTIVE,
    )
    if game_zone is not None:
        low = role_place(game_zone)
        users = msgspec.structs.replace(users, low=low, high=f"{low}{HIGHEST}")
    return users.page(limit, cursor)


def all_active_users(org_id: str, roles: Sequence[str], game_zone: str | None) -> Iterator[User]:
    """Yield the users that `list_active_users` lists; pages are read as they are needed."""
    cursor: str | None = None
    while roles:
        page = list_active_users(org_id, roles, game_zone, MAX_SIZE, cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def list_users(actor: Actor, query: UserQuery, lockout: Lockout) -> UserPage:
    """Return a page of the users within the caller's scope that match the query."""
    users = [
        user
        for user in all_users(actor.org_id)
        if actor.reaches(permissions.READ_USERS, owners=(user.user_id,), zone=user.game_zone) and _matches(user, query)
    ]
    return UserPage(_states(users[query.start : query.stop], lockout), len(users), query)


def find_superior(actor: Actor) -> User | None:
    """Return the user whom the caller reports to; one more round trip if the caller reports to a user."""
    return None if actor.reports_to is None else get(user_key(actor.org_id, actor.reports_to))


def _states(users: Sequence[User], lockout: Lockout) -> list[UserState]:
    """Return users from the directory with what it does not hold: their last sign-ins and locks."""
    people = [user_key(user.org_id, user.user_id) for user in users]
    tries = [tries_key(user_subject(user.user_id)) for user in users]
    [read_people, read_tries] = parallel_reads([partial(get_many, keys, lockout.clock) for keys in (people, tries)])
    states = []
    for user, of_person, of_tries in zip(users, people, tries, strict=True):
        stored = read_people.get(of_person)
        forgiven_at = None if stored is None else stored.forgiven_at
        user.last_sign_in_at = None if stored is None else stored.last_sign_in_at
        states.append(UserState(user, lockout.locked_until(read_tries.get(of_tries), forgiven_at)))
    return states


def _matches(user: User, query: UserQuery) -> bool:
    if query.role not in (None, user.role) or query.status not in (None, user.status):
        return False
    if not query.q:
        return True
    text = canonical_name(query.q)
    fields = (user.username, user.full_name, user.email, user.phone)
    return any(text in canonical_name(field) for field in fields if field)
