"""Requests and responses about users, in the console's envelope, and about the caller's own profile and devices."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.pagination import PageMeta, PageRequest
from chalicelib.edge.types import CODE, NOT_BLANK, SENTENCE, EntityId
from chalicelib.identity.roles.schemas import Granted

Username = Annotated[
    str, CODE, Meta(min_length=1, max_length=64, pattern=r"^\S+$(?!\n)", extra={SENTENCE: "must not contain spaces"})
]
Email = Annotated[
    str,
    CODE,
    Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)", extra={SENTENCE: "must be an e-mail address"}),
]
Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Phone = Annotated[str, NOT_BLANK, Meta(max_length=40)]
Skills = Annotated[list[Text100], Meta(max_length=50)]
Picture = Annotated[str, NOT_BLANK, Meta(max_length=1000)]
UserStatus = Literal["ACTIVE", "DISABLED"]


class UserView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A user. `oneTimePassword` appears once, in the response to the request that generated it.

    `lockedUntil` appears while too many wrong passwords, from any networks, lock the user out everywhere.
    """

    id: str
    username: str
    full_name: str
    role: str
    status: UserStatus
    skills: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    phone: str | None = None
    game_zone: str | None = None
    team: str | None = None
    reports_to: str | None = None
    profile_picture: str | None = None
    last_sign_in_at: datetime | None = None
    locked_until: datetime | None = None
    one_time_password: str | None = None


class UserAnswer(msgspec.Struct, frozen=True):
    """One user."""

    data: UserView
    success: bool = True


class UserList(msgspec.Struct, frozen=True):
    """A page of users, by user name."""

    data: list[UserView]
    meta: PageMeta
    success: bool = True


class UserQuery(PageRequest, frozen=True, rename="camel"):
    """Filters: by role, by status, by a text in user name, full name, e-mail address or phone number."""

    role: Annotated[str, Meta(max_length=64)] | None = None
    status: UserStatus | None = None
    q: Annotated[str, Meta(max_length=100)] | None = None


class NewUser(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A new user. Without a password a one-time password is generated, which the response shows once."""

    username: Username
    full_name: Text100
    role: Text100
    password: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    email: Email | None = None
    phone: Phone | None = None
    game_zone: Text100 | None = None
    team: Text100 | None = None
    reports_to: EntityId | None = None
    skills: Skills = []
    profile_picture: Picture | None = None


class UserChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Changes of a user. Omitted fields stay as they are; null clears a field."""

    username: Username | UnsetType = UNSET
    full_name: Text100 | UnsetType = UNSET
    role: Text100 | UnsetType = UNSET
    status: UserStatus | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    game_zone: Text100 | UnsetType | None = UNSET
    team: Text100 | UnsetType | None = UNSET
    reports_to: EntityId | UnsetType | None = UNSET
    skills: Skills | UnsetType = UNSET
    profile_picture: Picture | UnsetType | None = UNSET
    reset_password: bool = False

    def values(self) -> dict[str, object]:
        """Return the fields that were sent, by the attributes of a user."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__ if name != "reset_password"}
        return {name: value for name, value in sent.items() if value is not UNSET}


class RoleName(msgspec.Struct, frozen=True):
    """The code and the name of a role."""

    code: str
    name: str


class Superior(msgspec.Struct, frozen=True, rename="camel"):
    """The user whom a user reports to."""

    id: str
    full_name: str | None


class NavSlot(msgspec.Struct, frozen=True):
    """A navigation entry: the screen that it opens, its label, and the path that the screen reads."""

    screen: str
    label: str
    target: str


class MyUser(msgspec.Struct, frozen=True, rename="camel"):
    """The caller."""

    id: str
    username: str
    full_name: str
    email: str | None
    phone: str | None
    profile_picture: str | None
    organization: str


class Me(msgspec.Struct, frozen=True, rename="camel"):
    """The caller with their role, permissions and navigation. `gameZoneScope` is `own` or `org`.

    With `mustChangePassword` only `POST /v1/me/password`, refresh and sign-out are allowed.
    """

    user: MyUser
    role: RoleName
    game_zone_scope: Literal["own", "org"]
    game_zone: str | None
    reports_to: Superior | None
    skills: list[str]
    nav: list[NavSlot]
    permissions: list[Granted]
    must_change_password: bool


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's profile; `role` is the role's code."""

    full_name: str
    email: str | None
    phone: str | None
    role: str
    game_zone: str | None
    team: str | None
    reports_to: Superior | None
    skills: list[str]


class NewDevice(msgspec.Struct, frozen=True, rename="camel"):
    """A phone or browser, identified by the token of its push service."""

    platform: Literal["android", "ios", "web"]
    fcm_token: Annotated[str, NOT_BLANK, Meta(max_length=4096)]


class DeviceId(msgspec.Struct, frozen=True):
    """The id of a device."""

    id: str
