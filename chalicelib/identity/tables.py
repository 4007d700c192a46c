"""People, the names by which they sign in, their sessions, and the permissions of roles.

Everything that every request reads (person, session, role) is its own item under its own key, so that one batch read
gets all of it and no key is shared by a whole organisation. Names by which people sign in are items of their own:
they are unique across organisations because a sign-in does not say which one it means.
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    SEPARATOR,
    Entity,
    ExpiryAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    key,
    optional,
)

ACTIVE = "ACTIVE"
DISABLED = "DISABLED"
NOBODY = "-"
"""The organisation and the id of people who do not exist."""


class _Meta:
    table_name = TableName("identity")


class Organisation(Entity):
    """A customer of Baton; `company_id` and `org_id` are its id.

    `settings` is `{section: {field: value}}`, what it has settled for itself (`identity/organisation.py`).
    """

    class Meta(_Meta):
        pass

    kind = "organisation"

    org_id = UnicodeAttribute()
    name = UnicodeAttribute()
    settings = optional(JSONAttribute())
    created_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.org_id


class Directory(GlobalSecondaryIndex["User"]):
    """An organisation's people by user name, with all that a list of them shows and nothing secret."""

    class Meta:
        index_name = "directory"
        projection = IncludeProjection(
            [
                "user_id",
                "org_id",
                "username",
                "email",
                "phone",
                "full_name",
                "role",
                "status",
                "profile_picture",
                "game_zone",
                "team",
                "reports_to",
                "skills",
                "version",
                "created_at",
                "updated_at",
            ]
        )

    directory_key = UnicodeAttribute(hash_key=True)
    directory_name = UnicodeAttribute(range_key=True)


class User(Entity):
    """A person. The password is stored as an argon2id hash and never leaves this table.

    `session_epoch` is copied into each session when it starts: raising it signs the person out everywhere.
    """

    class Meta(_Meta):
        pass

    kind = "user"
    unaudited = frozenset(
        {
            "org_id",
            "password_hash",
            "directory_key",
            "directory_name",
            "session_epoch",
            "forgiven_at",
            "created_at",
            "updated_at",
        }
    )

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
    one_time_password = BooleanAttribute(default=False)
    """Whether the password was made up for them, and they should choose their own."""
    session_epoch = IntAttribute(default=0)
    forgiven_at = optional(MomentAttribute())
    """Wrong passwords up to then no longer count towards a lockout."""
    directory_key = UnicodeAttribute()
    directory_name = UnicodeAttribute()
    directory = Directory()
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
    epoch = IntAttribute(default=0)
    """The person's `session_epoch` when it started; the session counts as long as that is the same."""
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


class DevicesByOwner(GlobalSecondaryIndex["Device"]):
    """The phones of one person."""

    class Meta:
        index_name = "devices_by_owner"
        projection = AllProjection()

    owner_key = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class Device(Item):
    """A phone or browser that can be pushed to, by its push token: whoever registered the token last has it.

    Its key has no organisation, since a phone that is handed on may go to somebody of another one; whose it is, it
    says itself. `endpoint_arn` is where a push goes, once one was made.
    """

    class Meta(_Meta):
        pass

    kind = "device"
    unaudited = frozenset({"fcm_token", "endpoint_arn", "owner_key"})

    device_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    platform = UnicodeAttribute()
    fcm_token = UnicodeAttribute()
    endpoint_arn = optional(UnicodeAttribute())
    registered_at = MomentAttribute()
    owner_key = UnicodeAttribute()
    devices_by_owner = DevicesByOwner()

    @property
    def entity_id(self) -> str:
        """The id by which people know it."""
        return self.pk.rsplit(SEPARATOR, 1)[-1]


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


def directory_key(org_id: str) -> str:
    """The index key of an organisation's people."""
    return key(org_id, "PEOPLE")


def device_key(device_id: str) -> ItemKey[Device]:
    """Where a device is; not by organisation, see there."""
    return ItemKey(Device, key("DEVICE", device_id), "DEVICE")


def device_owner_key(org_id: str, user_id: str) -> str:
    """The index key of somebody's devices."""
    return key(org_id, "DEVICES", user_id)


def login_name_key(name: str) -> ItemKey[LoginName]:
    """`name` in its canonical form (`phones.login_name`)."""
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
