"""Reads of users: the user directory of an organisation, and a user's superior.

The directory index holds an organisation's users by user name, and a list is filtered, counted and cut into pages
here. So `totalCount` is exact for every filter, pages can be requested in any order, and no counters have to be
maintained. The cost: one page reads the whole directory. One read returns up to 1 MB, about 1,700 users, so a list
takes two round trips up to that size, one more for each further 1,700 users, and a tenth of a read unit per user. The
index is eventually consistent.
"""

from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query, get
from chalicelib.identity.accounts import permissions
from chalicelib.identity.accounts.rules import canonical_name
from chalicelib.identity.accounts.schemas import UserQuery
from chalicelib.identity.accounts.tables import User, directory_key, user_key


class UserPage(msgspec.Struct, frozen=True):
    """A page of users, the query that it answers, and the number of users on all pages."""

    users: Sequence[User]
    total: int
    query: UserQuery


def all_users(org_id: str) -> Iterator[User]:
    """Return all users of an organisation by user name, without attributes that the index omits (passwords)."""
    return Query(User, directory_key(org_id), index=User.directory.Meta.index_name).all()


def list_users(actor: Actor, query: UserQuery) -> UserPage:
    """Return a page of the users within the caller's scope that match the query."""
    users = [
        user
        for user in all_users(actor.org_id)
        if actor.reaches(permissions.READ_USERS, owners=(user.user_id,), zone=user.game_zone) and _matches(user, query)
    ]
    return UserPage(users[query.start : query.stop], len(users), query)


def find_superior(actor: Actor) -> User | None:
    """Return the user whom the caller reports to; one more round trip if the caller reports to a user."""
    return None if actor.reports_to is None else get(user_key(actor.org_id, actor.reports_to))


def _matches(user: User, query: UserQuery) -> bool:
    if query.role not in (None, user.role) or query.status not in (None, user.status):
        return False
    if not query.q:
        return True
    text = canonical_name(query.q)
    fields = (user.username, user.full_name, user.email, user.phone)
    return any(text in canonical_name(field) for field in fields if field)
