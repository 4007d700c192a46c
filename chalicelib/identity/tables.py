"""People, the names by which they sign in, their sessions, and the permissions of roles.

Everything that every request reads (person, session, role) is its own item under its own key, so that one batch read
gets all of it and no key is shared by a whole organisation. Names by which people sign in are items of their own:
they are unique across organisations because a sign-in does not say which one it means.
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, ExpiryAttribute, Item, MomentAttribute, TableName, key, optional

ACTIVE = "ACTIVE"
DISABLED = "DISABLED"


class _Meta:
    table_name = TableName("identity")


class Organisation(Entity):
    """A customer of Baton; `company_id` and `org_id` are its id."""

    class Meta(_Meta):
        pass

    kind = "organisation"

    org_id = UnicodeAttribute()
    name = UnicodeAttribute()
    created_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.org_id


class User(Entity):
    """A person. The password is stored as an argon2id hash and never leaves this table."""

    class Meta(_Meta):
        pass

    kind = "user"
    unaudited = frozenset({"password_hash"})

    user_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    username = UnicodeAttribute()
    email = optional(UnicodeAttribute())
    phone = optional(UnicodeAttribute())
    full_name = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute(default=ACTIVE)
    password_hash = UnicodeAttribute()
    profile_picture = optional(UnicodeAttribute())
    game_zone = optional(UnicodeAttribute())
    team = optional(UnicodeAttribute())
    reports_to = optional(UnicodeAttribute())
    skills = optional(ListAttribute[Any]())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.user_id


class LoginName(Item):
    """A name by which somebody signs in: user name, e-mail or phone, in its canonical form."""

    class Meta(_Meta):
        pass

    kind = "login_name"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class Session(Entity):
    """A signed-in device: one family of refresh tokens. Gone from use once ended or expired."""

    class Meta(_Meta):
        pass

    kind = "session"

    org_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    started_at = MomentAttribute()
    refreshed_at = MomentAttribute()
    ended_at = optional(MomentAttribute())
    end_reason = optional(UnicodeAttribute())
    expires_at = ExpiryAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.session_id


class RefreshToken(Entity):
    """One refresh token of a session, by the hash of its secret. A spent one is kept, so that its reuse is noticed."""

    class Meta(_Meta):
        pass

    kind = "refresh_token"

    spent_at = optional(MomentAttribute())
    expires_at = ExpiryAttribute()


class RolePermissions(Entity):
    """What a role may do in one organisation: `permissions` is `{code: scope}`."""

    class Meta(_Meta):
        pass

    kind = "role"

    code = UnicodeAttribute()
    permissions = JSONAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.code


def organisation_key(org_id: str) -> ItemKey[Organisation]:
    """Where an organisation is."""
    return ItemKey(Organisation, key(org_id, "ORGANISATION"), "ORGANISATION")


def user_key(org_id: str, user_id: str) -> ItemKey[User]:
    """Where a person is."""
    return ItemKey(User, key(org_id, "USER", user_id), "USER")


def login_name_key(name: str) -> ItemKey[LoginName]:
    """`name` in its canonical form (`rules.canonical_name`)."""
    return ItemKey(LoginName, key("LOGIN", name), "LOGIN")


def session_key(org_id: str, session_id: str) -> ItemKey[Session]:
    """Where a session is."""
    return ItemKey(Session, key(org_id, "SESSION", session_id), "SESSION")


def refresh_key(org_id: str, session_id: str, token_hash: str) -> ItemKey[RefreshToken]:
    """Where a refresh token of a session is, by the hash of its secret."""
    return ItemKey(RefreshToken, key(org_id, "SESSION", session_id), key("REFRESH", token_hash))


def role_key(org_id: str, code: str) -> ItemKey[RolePermissions]:
    """Where the permissions of a role are."""
    return ItemKey(RolePermissions, key(org_id, "ROLE", code), "ROLE")
