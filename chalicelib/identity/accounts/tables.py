"""Organisations, users, the names by which they sign in, and their devices.

A user and a role are separate items with separate keys: every request reads both in one batch read, and no partition
is shared by a whole organisation. Login names are items of their own because they are unique across organisations: a
sign-in does not say which organisation it means.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, IncludeProjection

from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    Entity,
    ExpiryAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)

ACTIVE = "ACTIVE"
DISABLED = "DISABLED"
NO_ID = "-"
"""The organisation id and the user id that stand for an unknown login name."""


class Organisation(Entity):
    """A customer of Baton; `company_id` and `org_id` are its id.

    `settings` is `{section: {field: value}}` (`identity/settings.py`).
    """

    Meta = stored_in("identity")
    kind = "organisation"

    org_id = UnicodeAttribute()
    name = UnicodeAttribute()
    settings = optional(JSONAttribute())
    created_at = MomentAttribute()

    @property
    def entity_id(self) -> str:
        """Return the id that clients use."""
        return self.org_id


class User(Entity):
    """A user. The password is stored as an argon2id hash and never leaves this table.

    `session_epoch` is copied into each session when it starts; raising it ends all sessions of the user.
    `contact_version` is copied into each reset token, and rises when the e-mail address or the phone number changes.
    """

    Meta = stored_in("identity")
    kind = "user"
    unaudited = frozenset(
        {
            "org_id",
            "password_hash",
            "directory_key",
            "directory_name",
            "role_list",
            "role_place",
            "session_epoch",
            "contact_version",
            "forgiven_at",
            "last_sign_in_at",
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
    """Whether the password was generated and has to be changed by the user before anything else."""
    session_epoch = IntAttribute(default=0)
    contact_version = IntAttribute(default=0)
    forgiven_at = optional(MomentAttribute())
    """Failed sign-ins up to this time no longer count towards a lockout."""
    last_sign_in_at = optional(MomentAttribute())
    directory_key = UnicodeAttribute()
    directory_name = UnicodeAttribute()
    directory = index(
        IncludeProjection(
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
        ),
        directory_key=UnicodeAttribute,
        directory_name=UnicodeAttribute,
    )
    """An organisation's users by user name, with everything that a list shows and no secrets."""
    role_list = UnicodeAttribute()
    role_place = UnicodeAttribute()
    by_role = index(
        IncludeProjection(["user_id", "org_id", "username", "full_name", "status", "game_zone", "team", "skills"]),
        role_list=UnicodeAttribute,
        role_place=UnicodeAttribute,
    )
    """An organisation's users of one role, by game zone and then by user name."""
    created_at = MomentAttribute()
    updated_at = MomentAttribute()


class LoginName(Item):
    """A name by which a user signs in: user name, e-mail or phone number, in canonical form."""

    Meta = stored_in("identity")
    kind = "login_name"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class TakenNames(Item):
    """Names of other organisations that a caller or a whole organisation tried to claim in an hour, as hashes."""

    Meta = stored_in("identity")
    kind = "taken_names"

    names = UnicodeSetAttribute()
    expires_at = ExpiryAttribute()


class Device(Item):
    """A phone or browser that receives push notifications, by its push token.

    It belongs to the user who registered the token last, and receives notifications while the session that registered
    it is valid. A device that was registered before this was checked has no `session_id`. The key has no organisation,
    because a phone may be handed on to a user of another one; `org_id` and `user_id` name the present owner.
    `endpoint_arn` is the address for notifications, once it was created.
    """

    Meta = stored_in("identity")
    kind = "device"
    unaudited = frozenset({"fcm_token", "endpoint_arn", "owner_key", "session_id"})

    device_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    session_id = optional(UnicodeAttribute())
    platform = UnicodeAttribute()
    fcm_token = UnicodeAttribute()
    endpoint_arn = optional(UnicodeAttribute())
    registered_at = MomentAttribute()
    owner_key = UnicodeAttribute()
    devices_by_owner = index(AllProjection(), owner_key=UnicodeAttribute, pk=UnicodeAttribute)
    """The devices of one user."""


class RegisteredDevices(Item):
    """The ids of the devices that a user has registered, in the order of the last registrations.

    Every device of the user is among them; others may have been removed or belong to another user by now.
    """

    Meta = stored_in("identity")
    kind = "registered_devices"

    device_ids = ListAttribute[Any](of=UnicodeAttribute)


def organisation_key(org_id: str) -> ItemKey[Organisation]:
    """Return the key of an organisation."""
    return ItemKey(Organisation, key(org_id, "ORGANISATION"), "ORGANISATION")


def user_key(org_id: str, user_id: str) -> ItemKey[User]:
    """Return the key of a user."""
    return ItemKey(User, key(org_id, "USER", user_id), "USER")


def directory_key(org_id: str) -> str:
    """Return the index key of an organisation's users."""
    return key(org_id, "PEOPLE")


def role_list(org_id: str, role: str) -> str:
    """Return the index key of an organisation's users of one role."""
    return key(org_id, "ROLE", role)


def role_place(game_zone: str | None, name: str = "") -> str:
    """Return the place of a user among those of the role, by canonical user name; without a name, that of the zone."""
    return key(game_zone or "", name)


def device_key(device_id: str) -> ItemKey[Device]:
    """Return the key of a device, which has no organisation (see `Device`)."""
    return ItemKey(Device, key("DEVICE", device_id), "DEVICE")


def device_owner_key(org_id: str, user_id: str) -> str:
    """Return the index key of a user's devices."""
    return key(org_id, "DEVICES", user_id)


def registered_devices_key(org_id: str, user_id: str) -> ItemKey[RegisteredDevices]:
    """Return the key of the list of a user's devices."""
    return ItemKey(RegisteredDevices, key(org_id, "DEVICES", user_id), "DEVICES")


def taken_names_key(org_id: str, actor_id: str, hour: int) -> ItemKey[TakenNames]:
    """Return the key of the taken names that a caller met within an hour, counted since the epoch.

    `NO_ID` as the caller stands for everybody in the organisation.
    """
    return ItemKey(TakenNames, key(org_id, "TAKEN", actor_id, hour), "TAKEN")


def login_name_key(name: str) -> ItemKey[LoginName]:
    """Return the key of a login name in canonical form (`phones.login_name`)."""
    return ItemKey(LoginName, key("LOGIN", name), "LOGIN")
