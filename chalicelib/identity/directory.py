"""Looking people up: one by id, and an organisation's people as pages of a list with filters.

The list is read from an index that holds an organisation's people by user name, whole, and is filtered, counted and cut
into pages here. So `totalCount` is exact for every filter, pages can be asked for in any order, and nothing has to
be counted along when people come and go. The price: a page of an organisation of many costs as much as all of it. One
read is up to 1 MB, some 1,700 people, so the list keeps to two round trips up to there, with one more for each further
1,700, and a tenth of a read unit per person. The index follows a change within moments, not at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import NotFound
from chalicelib.core.store import Query
from chalicelib.edge.request import Request
from chalicelib.identity.rules import canonical_name
from chalicelib.identity.tables import Directory, User, directory_key, user_key


class Wanted(msgspec.Struct, frozen=True):
    """Which people, and which page of them (from 1)."""

    page: int = 1
    page_size: int = 20
    role: str | None = None
    status: str | None = None
    q: str | None = None


class People(msgspec.Struct, frozen=True):
    """A page of people, and how many there are on all pages."""

    people: Sequence[User]
    total: int


def everybody(org_id: str) -> Iterator[User]:
    """All people of an organisation by user name, without what the index leaves out (passwords)."""
    return Query(User, directory_key(org_id), index=Directory.Meta.index_name).all()


def list_people(actor: Actor, permission: str, wanted: Wanted) -> People:
    """A page of those whom this permission of the caller reaches."""
    found = [
        user
        for user in everybody(actor.org_id)
        if actor.reaches(permission, owners=(user.user_id,), zone=user.game_zone) and _matches(user, wanted)
    ]
    start = (wanted.page - 1) * wanted.page_size
    return People(found[start : start + wanted.page_size], len(found))


def find_person(request: Request[Any, Any], user_id: str, permission: str) -> User:
    """Somebody whom the caller may see or change. Raises `NotFound` or `AccessDenied`."""
    actor = request.actor
    user = request.read(user_key(actor.org_id, user_id))
    if user is None:
        raise NotFound("There is no such person.")
    actor.require_reach(permission, owners=(user.user_id,), zone=user.game_zone)
    return user


def _matches(user: User, wanted: Wanted) -> bool:
    if wanted.role not in (None, user.role) or wanted.status not in (None, user.status):
        return False
    if not wanted.q:
        return True
    sought = canonical_name(wanted.q)
    texts = (user.username, user.full_name, user.email, user.phone)
    return any(sought in canonical_name(text) for text in texts if text)
