"""Requests and responses about users, in the console's envelope, and about the caller's own profile and devices."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.pagination import PageMeta, PageRequest
from chalicelib.edge.types import CODE, NOT_BLANK, SENTENCE, EntityId, Text100
from chalicelib.identity.roles.schemas import Granted

Username = Annotated[
    str, CODE, Meta(min_length=1, max_length=64, pattern=r"^\S+$(?!\n)", extra={SENTENCE: "must not contain spaces"})
]
Email = Annotated[
    str,
    CODE,
    Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)", extra={SENTENCE: "must be an e-mail address"}),
]
Phone = Annotated[str, NOT_BLANK, Meta(max_length=40)]
Skills = Annotated[list[Text100], Meta(max_length=50)]
Picture = Annotated[str, NOT_BLANK, Meta(max_length=1000)]
UserStatus = Annotated[
    Literal["ACTIVE", "DISABLED"],
    Meta(title="UserStatus", description="`DISABLED`: the user cannot sign in, and has no session."),
]


class UserView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A user."""

    id: str
    """The id of the user."""
    username: str
    """A name for signing in, unique among the users of all organisations; case does not matter."""
    full_name: str
    """The name that other people see."""
    role: str
    """The code of the user's role."""
    status: UserStatus
    """`ACTIVE`, or `DISABLED`: the user cannot sign in and has no sessions."""
    skills: list[str]
    """What the user is qualified for, in the organisation's own words; empty if nothing is recorded."""
    version: int
    """Counts the changes of the user, from 1. It is the `ETag`, and can be sent back as `If-Match`. A sign-in does not
    change it."""
    created_at: datetime
    """When the user was created, UTC."""
    updated_at: datetime
    """When the user was last changed, UTC."""
    email: str | None = None
    """The e-mail address, also a name for signing in, to which reset messages are sent. Absent if the user has none."""
    phone: str | None = None
    """The phone number in E.164 form, such as `+31612345678`, also a name for signing in. Absent if the user has
    none."""
    game_zone: str | None = None
    """The game zone that permissions with the scope `zone` cover. Absent if the user has none."""
    team: str | None = None
    """The team of the user. Absent if the user has none."""
    reports_to: str | None = None
    """The id of the user's superior; a technician's is notified of returned and overdue work orders. Absent if there is
    none."""
    profile_picture: str | None = None
    """The address of a picture, as it was given. Absent if the user has none."""
    last_sign_in_at: datetime | None = None
    """When the user last signed in with a password, UTC. Absent before the first time."""
    locked_until: datetime | None = None
    """When the lock of the sign-in ends that too many wrong passwords from any networks caused, UTC. Absent if the user
    is not locked out everywhere, and in the response to a change."""
    one_time_password: str | None = None
    """The generated password, which the user has to change after signing in with it. Absent except in the response to
    the request that generated it; a replay of that request omits it."""


class UserAnswer(msgspec.Struct, frozen=True):
    """One user."""

    data: UserView
    """The user."""
    success: bool = True


class UserList(msgspec.Struct, frozen=True):
    """A page of users, by user name."""

    data: list[UserView]
    """The users of this page, by user name."""
    meta: PageMeta
    """The number of this page, its size, and the number of users on all pages."""
    success: bool = True


class UserQuery(PageRequest, frozen=True, rename="camel"):
    """The filters of users, and the page."""

    role: Annotated[str, Meta(max_length=64)] | None = None
    """Only users with this role, by its code."""
    status: UserStatus | None = None
    """Only users with this status."""
    q: Annotated[str, Meta(max_length=100)] | None = None
    """Only users whose user name, full name, e-mail address or phone number contains this text; case does not
    matter."""


class CreateUser(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new user. Without a password a one-time password is generated, which the response shows once."""

    username: Username
    """A name for signing in, without spaces. It must not be in use in any organisation, also not as an e-mail address
    or phone number; case does not matter."""
    full_name: Text100
    """The name that other people see."""
    role: Text100
    """The code of a role of this organisation."""
    password: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    """A password that the user keeps: 10 to 128 characters, not a common one, and without the user name, a word of the
    full name or of the organisation's name. If it is omitted, a one-time password is generated."""
    email: Email | None = None
    """The e-mail address, also a name for signing in, to which reset messages are sent."""
    phone: Phone | None = None
    """The phone number with its country code, also a name for signing in. It is stored in E.164 form, such as
    `+31612345678`."""
    game_zone: Text100 | None = None
    """The game zone that permissions with the scope `zone` cover."""
    team: Text100 | None = None
    """The team of the user."""
    reports_to: EntityId | None = None
    """The id of the user's superior, a user of this organisation."""
    skills: Skills = []
    """What the user is qualified for, in the organisation's own words."""
    profile_picture: Picture | None = None
    """The address of a picture; it is stored as given."""


class UserChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Changes of a user. Omitted fields stay as they are; null clears a field."""

    username: Username | UnsetType = UNSET
    """A new name for signing in, without spaces, not in use in any organisation."""
    full_name: Text100 | UnsetType = UNSET
    """The name that other people see."""
    role: Text100 | UnsetType = UNSET
    """The code of the new role. All sessions of the user end."""
    status: UserStatus | UnsetType = UNSET
    """`DISABLED` ends all sessions of the user and prevents further sign-ins; `ACTIVE` allows them again."""
    email: Email | UnsetType | None = UNSET
    """The e-mail address, also a name for signing in. Null removes it."""
    phone: Phone | UnsetType | None = UNSET
    """The phone number with its country code, also a name for signing in. Null removes it."""
    game_zone: Text100 | UnsetType | None = UNSET
    """The game zone that permissions with the scope `zone` cover. Null removes it."""
    team: Text100 | UnsetType | None = UNSET
    """The team of the user. Null removes it."""
    reports_to: EntityId | UnsetType | None = UNSET
    """The id of the user's superior, a user of this organisation. Null removes it."""
    skills: Skills | UnsetType = UNSET
    """All skills of the user from now on."""
    profile_picture: Picture | UnsetType | None = UNSET
    """The address of a picture. Null removes it."""
    reset_password: bool = False
    """Whether to replace the password with a generated one-time password. All sessions of the user end, and a lock of
    the sign-in too."""

    def values(self) -> dict[str, object]:
        """Return the fields that were sent, by the attributes of a user."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__ if name != "reset_password"}
        return {name: value for name, value in sent.items() if value is not UNSET}


class RoleName(msgspec.Struct, frozen=True):
    """The code and the name of a role."""

    code: str
    """The code of the role."""
    name: str
    """The name that people read."""


class Superior(msgspec.Struct, frozen=True, rename="camel"):
    """The user whom a user reports to."""

    id: str
    """The id of the superior."""
    full_name: str | None
    """The name of the superior. Null if that user cannot be found."""


class NavSlot(msgspec.Struct, frozen=True):
    """An entry of an app's navigation."""

    screen: str
    """The screen that the entry opens, such as `TECH-DASH`."""
    label: str
    """The text of the entry, in English."""
    target: str
    """The path of this API that the screen reads, such as `/v1/me/dashboard`, without the host and `/api`."""


class MyUser(msgspec.Struct, frozen=True, rename="camel"):
    """The caller."""

    id: str
    """The id of the user; `key:` and its id if the caller is an API key."""
    username: str
    """The user name, or the name of the API key."""
    full_name: str
    """The name that other people see."""
    email: str | None
    """The e-mail address. Null if the user has none."""
    phone: str | None
    """The phone number in E.164 form. Null if the user has none."""
    profile_picture: str | None
    """The address of a picture. Null if the user has none."""
    organization: str
    """The id of the organisation."""


class OwnAccount(msgspec.Struct, frozen=True, rename="camel"):
    """The caller with their role, permissions and navigation."""

    user: MyUser
    """The caller."""
    role: RoleName
    """The role of the caller."""
    game_zone_scope: Literal["own", "org"]
    """`org` if at least one of the caller's permissions covers the whole organisation, otherwise `own`."""
    game_zone: str | None
    """The game zone of the caller. Null if there is none."""
    reports_to: Superior | None
    """The caller's superior. Null if there is none."""
    skills: list[str]
    """What the caller is qualified for; may be empty."""
    nav: list[NavSlot]
    """The entries of the app's bottom navigation, from left to right; only those that the caller may use."""
    permissions: list[Granted]
    """What the caller may do, sorted by code."""
    must_change_password: bool
    """True while the caller has a one-time password, which has to be changed first."""


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's profile."""

    full_name: str
    """The name that other people see."""
    email: str | None
    """The e-mail address. Null if the caller has none."""
    phone: str | None
    """The phone number in E.164 form. Null if the caller has none."""
    role: str
    """The code of the caller's role."""
    game_zone: str | None
    """The game zone of the caller. Null if there is none."""
    team: str | None
    """The team of the caller. Null if there is none."""
    reports_to: Superior | None
    """The caller's superior. Null if there is none."""
    skills: list[str]
    """What the caller is qualified for; may be empty."""


class RegisterDevice(msgspec.Struct, frozen=True, rename="camel"):
    """A phone or browser, identified by the token of its push service."""

    platform: Literal["android", "ios", "web"]
    """The system of the device."""
    fcm_token: Annotated[str, NOT_BLANK, Meta(max_length=4096)]
    """The registration token of Firebase Cloud Messaging, which identifies the device."""


class DeviceId(msgspec.Struct, frozen=True):
    """The id of a device."""

    id: str
    """The id of the device. It follows from the token, so registering the same token again gives the same id."""
